"""Uploaded files, who looked at them, and what tells a picture again."""

# ruff: noqa: RUF012 (lists on the class are how Django declares a migration)

from pathlib import Path

from django.db import migrations, models

SQL = (Path(__file__).parent / "evidence.sql").read_text(encoding="utf-8")
UNDONE = "DROP TABLE listing_picture_key, listing_picture, picture_key, evidence_view, evidence_file;"


class Migration(migrations.Migration):
    dependencies = [("orders", "0002_privacy")]

    operations = [
        migrations.RunSQL([SQL], UNDONE),
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
        migrations.CreateModel(
            name="ListingPicture",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "marketplace",
                        "listing",
                        "sha256",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("marketplace", models.UUIDField()),
                ("listing", models.TextField()),
                ("sha256", models.BinaryField()),
                ("media_type", models.TextField()),
                ("size", models.BigIntegerField()),
                ("facts", models.JSONField()),
                ("received_at", models.DateTimeField()),
            ],
            options={
                "db_table": "listing_picture",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="ListingPictureKey",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "marketplace",
                        "listing",
                        "sha256",
                        "position",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("marketplace", models.UUIDField()),
                ("listing", models.TextField()),
                ("sha256", models.BinaryField()),
                ("position", models.SmallIntegerField()),
                ("key", models.IntegerField()),
            ],
            options={
                "db_table": "listing_picture_key",
                "managed": False,
            },
        ),
    ]
