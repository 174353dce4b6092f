"""What a listing shows is kept itself, not only what tells it again."""

# ruff: noqa: RUF012 (lists on the class are how Django declares a migration)

from pathlib import Path

from django.db import migrations, models

SQL = (Path(__file__).parent / "listing_pictures.sql").read_text(encoding="utf-8")
UNDONE = "ALTER TABLE listing_picture DROP COLUMN key_id, DROP COLUMN pieces;"


class Migration(migrations.Migration):
    dependencies = [("orders", "0007_notices")]

    operations = [
        migrations.RunSQL(
            [SQL],
            UNDONE,
            state_operations=[
                migrations.AddField("ListingPicture", "key_id", models.UUIDField(null=True)),
                migrations.AddField("ListingPicture", "pieces", models.JSONField(null=True)),
            ],
        ),
    ]
