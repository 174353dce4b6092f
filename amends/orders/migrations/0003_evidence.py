"""What the models of evidence say; their tables are made with all the others by schema.sql."""

# ruff: noqa: RUF012 (lists on the class are how Django declares a migration)

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0002_privacy")]

    operations = [
        migrations.CreateModel(
            name="EvidenceFile",
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
                ("giver", models.TextField()),
                ("party", models.TextField()),
                ("state", models.TextField()),
                ("key_id", models.UUIDField()),
                ("name", models.BinaryField()),
                ("kind", models.TextField(null=True)),
                ("media_type", models.TextField(null=True)),
                ("size", models.BigIntegerField(null=True)),
                ("sha256", models.BinaryField(null=True)),
                ("pieces", models.JSONField(null=True)),
                ("facts", models.JSONField(null=True)),
                ("hints", models.JSONField(null=True)),
                ("begun_at", models.DateTimeField()),
                ("received_at", models.DateTimeField(null=True)),
                ("linked_event", models.IntegerField(null=True)),
            ],
            options={
                "db_table": "evidence_file",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="EvidenceView",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "marketplace",
                        "order_key",
                        "file",
                        "at",
                        "viewer",
                        "as_what",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("marketplace", models.UUIDField()),
                ("order_key", models.TextField()),
                ("file", models.TextField()),
                ("at", models.DateTimeField()),
                ("viewer", models.TextField()),
                ("as_what", models.TextField()),
            ],
            options={
                "db_table": "evidence_view",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="PictureKey",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "marketplace",
                        "order_key",
                        "file",
                        "position",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("marketplace", models.UUIDField()),
                ("order_key", models.TextField()),
                ("file", models.TextField()),
                ("position", models.SmallIntegerField()),
                ("key", models.IntegerField()),
            ],
            options={
                "db_table": "picture_key",
                "managed": False,
            },
        ),
    ]
