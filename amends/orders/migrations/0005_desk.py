"""The mediators' desk: what waits for staff stands in an order's row, and who has taken which case in a table.

Rows written before say nothing about the desk; `amends replay --rebuild` puts that right.
"""

# ruff: noqa: RUF012 (lists on the class are how Django declares a migration)

from pathlib import Path

from django.db import migrations, models

SQL = (Path(__file__).parent / "desk.sql").read_text(encoding="utf-8")
UNDONE = """
    DROP TABLE case_taken;
    DROP INDEX event_of_rulings;
    DROP INDEX provider_inbox_set_aside, outbox_set_aside, orders_set_aside;
    ALTER TABLE orders DROP COLUMN desk;
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0004_way_in")]

    operations = [
        migrations.RunSQL([SQL], UNDONE),
        migrations.AddField("OrderRow", "desk", models.JSONField(null=True)),
        migrations.CreateModel(
            name="CaseTaken",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "marketplace",
                        "order_key",
                        "dispute",
                        "number",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("marketplace", models.UUIDField()),
                ("order_key", models.TextField()),
                ("dispute", models.IntegerField()),
                ("number", models.IntegerField()),
                ("staff", models.TextField()),
                ("by", models.TextField()),
                ("taken_at", models.DateTimeField()),
                ("key_id", models.UUIDField(null=True)),
                ("reason", models.BinaryField(null=True)),
            ],
            options={"db_table": "case_taken", "managed": False},
        ),
    ]
