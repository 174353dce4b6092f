"""How people come in: brands, seats of the staff, and what is remembered of signing in."""

# ruff: noqa: RUF012 (lists on the class are how Django declares a migration)

from pathlib import Path

from django.db import migrations, models

SQL = (Path(__file__).parent / "way_in.sql").read_text(encoding="utf-8")
UNDONE = "DROP TABLE sign_in_cache, staff_entry, staff_seat, marketplace_brand;"


def _key(*fields: str) -> models.CompositePrimaryKey:
    return models.CompositePrimaryKey(*fields, blank=True, editable=False, primary_key=True, serialize=False)


class Migration(migrations.Migration):
    dependencies = [("orders", "0003_evidence")]

    operations = [
        migrations.RunSQL([SQL], UNDONE),
        migrations.CreateModel(
            name="MarketplaceBrand",
            fields=[
                ("marketplace", models.UUIDField(primary_key=True, serialize=False)),
                ("name", models.TextField()),
                ("accent_light", models.TextField()),
                ("accent_dark", models.TextField()),
                ("shop", models.TextField()),
                ("support", models.TextField()),
            ],
            options={"db_table": "marketplace_brand", "managed": False},
        ),
        migrations.CreateModel(
            name="StaffSeat",
            fields=[
                ("pk", _key("marketplace", "account", "role")),
                ("marketplace", models.UUIDField()),
                ("account", models.IntegerField()),
                ("role", models.TextField()),
                ("name", models.TextField()),
                ("given_at", models.DateTimeField()),
            ],
            options={"db_table": "staff_seat", "managed": False},
        ),
        migrations.CreateModel(
            name="StaffEntry",
            fields=[
                ("pk", _key("account", "at")),
                ("account", models.IntegerField()),
                ("at", models.DateTimeField()),
                ("second_factor", models.BooleanField()),
            ],
            options={"db_table": "staff_entry", "managed": False},
        ),
    ]
