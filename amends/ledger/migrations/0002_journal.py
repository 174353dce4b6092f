"""The journal."""

# ruff: noqa: RUF012 (lists on the class are how Django declares a migration)

from pathlib import Path

from django.db import migrations, models

SQL = (Path(__file__).parent / "journal.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("ledger", "0001_roles"),
    ]

    operations = [
        migrations.RunSQL([SQL], "DROP TABLE journal"),
        migrations.CreateModel(
            name="Transfer",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "marketplace",
                        "order_key",
                        "event",
                        "position",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("marketplace", models.UUIDField()),
                ("order_key", models.TextField()),
                ("event", models.IntegerField()),
                ("position", models.SmallIntegerField()),
                ("at", models.DateTimeField()),
                ("debit", models.TextField()),
                ("credit", models.TextField()),
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.TextField()),
                ("rule", models.TextField()),
                ("debit_version", models.IntegerField()),
                ("debit_before", models.BigIntegerField()),
                ("debit_after", models.BigIntegerField()),
                ("credit_version", models.IntegerField()),
                ("credit_before", models.BigIntegerField()),
                ("credit_after", models.BigIntegerField()),
                ("written_at", models.DateTimeField()),
            ],
            options={
                "db_table": "journal",
                "managed": False,
            },
        ),
    ]
