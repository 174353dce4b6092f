"""What sellers keep ready to write, and the ways to a seller's orders."""

# ruff: noqa: RUF012 (lists on the class are how Django declares a migration)

from pathlib import Path

from django.db import migrations, models

SQL = (Path(__file__).parent / "seller_templates.sql").read_text(encoding="utf-8")
UNDONE = """
    DROP TABLE seller_template;
    DROP INDEX orders_of_seller, orders_to_do, event_asks_more_time;
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0005_desk")]

    operations = [
        migrations.RunSQL([SQL], UNDONE),
        migrations.CreateModel(
            name="SellerTemplate",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "marketplace",
                        "seller",
                        "template",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("marketplace", models.UUIDField()),
                ("seller", models.TextField()),
                ("template", models.UUIDField()),
                ("key_id", models.UUIDField()),
                ("sealed", models.BinaryField()),
                ("changed_at", models.DateTimeField()),
            ],
            options={"db_table": "seller_template", "managed": False},
        ),
    ]
