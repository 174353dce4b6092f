"""Where people are written to, and what they were told."""

# ruff: noqa: RUF012 (lists on the class are how Django declares a migration)

from pathlib import Path

import django.contrib.postgres.fields
from django.db import migrations, models

SQL = (Path(__file__).parent / "notices.sql").read_text(encoding="utf-8")
UNDONE = "DROP TABLE notice, contact;"


def _key(*fields: str) -> models.CompositePrimaryKey:
    return models.CompositePrimaryKey(*fields, blank=True, editable=False, primary_key=True, serialize=False)


class Migration(migrations.Migration):
    dependencies = [("orders", "0006_seller_templates")]

    operations = [
        migrations.RunSQL([SQL], UNDONE),
        migrations.CreateModel(
            name="Contact",
            fields=[
                ("pk", _key("marketplace", "person")),
                ("marketplace", models.UUIDField()),
                ("person", models.TextField()),
                ("key_id", models.UUIDField(null=True)),
                ("address", models.BinaryField(null=True)),
                ("language", models.TextField()),
                ("zone", models.TextField()),
                ("unwanted", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ("digest_at", models.DateTimeField(null=True)),
                ("changed_at", models.DateTimeField()),
            ],
            options={"db_table": "contact", "managed": False},
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("pk", _key("marketplace", "order_key", "person", "event", "topic")),
                ("marketplace", models.UUIDField()),
                ("order_key", models.TextField()),
                ("person", models.TextField()),
                ("event", models.IntegerField()),
                ("topic", models.TextField()),
                ("party", models.TextField()),
                ("kind", models.TextField()),
                ("at", models.DateTimeField()),
                ("read_at", models.DateTimeField(null=True)),
                ("mailed_at", models.DateTimeField(null=True)),
            ],
            options={"db_table": "notice", "managed": False},
        ),
    ]
