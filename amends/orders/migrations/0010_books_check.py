"""What the last look at a marketplace's books said."""

# ruff: noqa: RUF012 (lists on the class are how Django declares a migration)

from pathlib import Path

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models

SQL = (Path(__file__).parent / "books_check.sql").read_text(encoding="utf-8")
UNDONE = "DROP TABLE books_check;"


class Migration(migrations.Migration):
    dependencies = [("orders", "0009_receipts")]

    operations = [
        migrations.RunSQL([SQL], UNDONE),
        migrations.CreateModel(
            name="BooksCheck",
            fields=[
                ("marketplace", models.UUIDField(primary_key=True, serialize=False)),
                ("begun_at", models.DateTimeField()),
                ("checked_at", models.DateTimeField(null=True)),
                ("whole", models.BooleanField()),
                ("orders", models.IntegerField()),
                ("many", models.IntegerField()),
                ("broken", ArrayField(models.TextField(), size=None)),
            ],
            options={"db_table": "books_check", "managed": False},
        ),
    ]
