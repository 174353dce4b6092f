"""Roles, and what gives tables to them. Alone and first: every table after it uses them."""

# ruff: noqa: RUF012 (lists on the class are how Django declares a migration)

from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent / "roles.sql").read_text(encoding="utf-8")
UNDONE = "DROP FUNCTION amends_privileges(regclass, text, text, text); DROP FUNCTION amends_append_only();"


class Migration(migrations.Migration):
    initial = True
    operations = [migrations.RunSQL([SQL], UNDONE)]
