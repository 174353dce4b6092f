"""What an erasure leaves behind, and what forbids one. And what case files are signed with."""

# ruff: noqa: RUF012 (lists on the class are how Django declares a migration)

from pathlib import Path

from django.db import migrations, models

SQL = (Path(__file__).parent / "privacy.sql").read_text(encoding="utf-8")
UNDONE = """
    DROP TABLE order_erasure, erased_party, erasure, legal_hold, amends_keys.signing_key, amends_keys.salting;
    REVOKE DELETE ON sealed_text FROM amends_worker;
"""


def _key(*fields: str) -> models.CompositePrimaryKey:
    return models.CompositePrimaryKey(*fields, blank=True, editable=False, primary_key=True, serialize=False)


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_orders")]

    operations = [
        migrations.RunSQL([SQL], UNDONE),
        migrations.CreateModel(
            name="OrderErasure",
            fields=[
                ("pk", _key("marketplace", "order_key")),
                ("marketplace", models.UUIDField()),
                ("order_key", models.TextField()),
                ("version", models.IntegerField()),
                ("erased_at", models.DateTimeField()),
            ],
            options={"db_table": "order_erasure", "managed": False},
        ),
        migrations.CreateModel(
            name="ErasedParty",
            fields=[
                ("pk", _key("marketplace", "order_key", "party")),
                ("marketplace", models.UUIDField()),
                ("order_key", models.TextField()),
                ("party", models.TextField()),
                ("pseudonym", models.TextField()),
            ],
            options={"db_table": "erased_party", "managed": False},
        ),
        migrations.CreateModel(
            name="Erasure",
            fields=[
                ("pk", _key("marketplace", "person", "erased_at")),
                ("marketplace", models.UUIDField()),
                ("person", models.TextField()),
                ("erased_at", models.DateTimeField()),
                ("reason", models.TextField()),
            ],
            options={"db_table": "erasure", "managed": False},
        ),
        migrations.CreateModel(
            name="LegalHold",
            fields=[
                ("pk", _key("marketplace", "kind", "subject", "placed_at")),
                ("marketplace", models.UUIDField()),
                ("kind", models.TextField()),
                ("subject", models.TextField()),
                ("placed_at", models.DateTimeField()),
                ("reason", models.TextField()),
                ("lifted_at", models.DateTimeField(null=True)),
            ],
            options={"db_table": "legal_hold", "managed": False},
        ),
    ]
