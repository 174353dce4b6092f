"""Files on their way in, for which deadlines wait."""

# ruff: noqa: RUF012 (lists on the class are how Django declares a migration)

from pathlib import Path

from django.db import migrations, models

SQL = (Path(__file__).parent / "receipts.sql").read_text(encoding="utf-8")
UNDONE = "DROP TABLE file_receipt;"


class Migration(migrations.Migration):
    dependencies = [("orders", "0008_listing_pictures")]

    operations = [
        migrations.RunSQL([SQL], UNDONE),
        migrations.CreateModel(
            name="FileReceipt",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "marketplace",
                        "order_key",
                        "file",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("marketplace", models.UUIDField()),
                ("order_key", models.TextField()),
                ("file", models.TextField()),
                ("party", models.TextField()),
                ("asked_at", models.DateTimeField()),
                ("received_at", models.DateTimeField(null=True)),
                ("named_until", models.DateTimeField(null=True)),
                ("waits_until", models.DateTimeField()),
                ("sha256", models.BinaryField(null=True)),
            ],
            options={"db_table": "file_receipt", "managed": False},
        ),
    ]
