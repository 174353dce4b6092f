"""Everything an order's one write fills, and what marketplaces set."""

# ruff: noqa: RUF012 (lists on the class are how Django declares a migration)

from pathlib import Path

import django.contrib.postgres.fields
from django.db import migrations, models

SQL = (Path(__file__).parent / "schema.sql").read_text(encoding="utf-8")
UNDONE = """
    DROP TABLE worker_beat, provider_inbox, money_intent, outbox, idempotency, sealed_text, shipped_number;
    DROP TABLE orders, event;
    DROP TABLE party_block, region_spread, region_pause, policy, marketplace_key, marketplace;
    DROP SCHEMA amends_keys CASCADE;
    DROP SCHEMA amends_sandbox CASCADE;
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [("ledger", "0002_journal")]

    operations = [
        migrations.RunSQL([SQL], UNDONE),
        migrations.CreateModel(
            name="Event",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "marketplace",
                        "order_key",
                        "number",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("marketplace", models.UUIDField()),
                ("order_key", models.TextField()),
                ("number", models.IntegerField()),
                ("at", models.DateTimeField()),
                ("type", models.TextField()),
                ("body", models.TextField()),
                ("chain", models.BinaryField()),
                ("written_at", models.DateTimeField()),
            ],
            options={
                "db_table": "event",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="Idempotency",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "marketplace",
                        "order_key",
                        "caller",
                        "key",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("marketplace", models.UUIDField()),
                ("order_key", models.TextField()),
                ("caller", models.TextField()),
                ("key", models.TextField()),
                ("body_hash", models.BinaryField()),
                ("answer", models.JSONField()),
                ("written_at", models.DateTimeField()),
            ],
            options={
                "db_table": "idempotency",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="Marketplace",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("name", models.TextField(unique=True)),
                ("policy_digest", models.TextField()),
                ("number_secret", models.BinaryField()),
                ("sandbox", models.BooleanField()),
                ("clock_at", models.DateTimeField(null=True)),
                ("made_at", models.DateTimeField()),
                ("provider", models.TextField()),
                ("provider_settings", models.JSONField()),
                ("messages_from", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "marketplace",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="MarketplaceKey",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "marketplace", "digest", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("marketplace", models.UUIDField()),
                ("digest", models.BinaryField()),
                ("made_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "marketplace_key",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="MoneyIntent",
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
                ("kind", models.TextField()),
                ("dispute", models.IntegerField(null=True)),
                ("refund", models.SmallIntegerField(null=True)),
                ("payment", models.SmallIntegerField(null=True)),
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.TextField()),
                ("funded_by", models.TextField()),
                ("target", models.TextField()),
                ("redirected", models.BooleanField()),
                ("provider_key", models.TextField()),
                ("state", models.TextField()),
                ("withdrawn_minor", models.BigIntegerField()),
                ("written_at", models.DateTimeField()),
                ("attempts", models.SmallIntegerField()),
                ("lease_until", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                ("ask_at", models.DateTimeField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("reference", models.TextField(null=True)),
                ("needs_human", models.TextField(null=True)),
            ],
            options={
                "db_table": "money_intent",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="OrderRow",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "marketplace", "order_key", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("marketplace", models.UUIDField()),
                ("order_key", models.TextField()),
                ("version", models.IntegerField()),
                ("head", models.BinaryField()),
                ("state_hash", models.BinaryField()),
                ("policy_digest", models.TextField()),
                ("status", models.TextField()),
                ("buyer", models.TextField()),
                ("seller", models.TextField()),
                ("currency", models.TextField()),
                ("countries", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ("holds", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ("held_minor", models.BigIntegerField()),
                ("refunded_minor", models.BigIntegerField()),
                ("released_minor", models.BigIntegerField()),
                ("open_disputes", models.SmallIntegerField()),
                (
                    "opened_at",
                    django.contrib.postgres.fields.ArrayField(base_field=models.DateTimeField(), size=None),
                ),
                ("placed_at", models.DateTimeField()),
                ("due_at", models.DateTimeField(null=True)),
                ("lease_until", models.DateTimeField(null=True)),
                ("set_aside", models.TextField(null=True)),
                ("remind_at", models.DateTimeField(null=True)),
                ("remind_lease", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "orders",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="OutboxMessage",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "marketplace",
                        "order_key",
                        "event",
                        "topic",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("marketplace", models.UUIDField()),
                ("order_key", models.TextField()),
                ("event", models.IntegerField()),
                ("topic", models.TextField()),
                ("written_at", models.DateTimeField()),
                ("attempts", models.SmallIntegerField()),
                ("lease_until", models.DateTimeField(null=True)),
                ("done_at", models.DateTimeField(null=True)),
                ("set_aside", models.TextField(null=True)),
            ],
            options={
                "db_table": "outbox",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="PartyBlock",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "marketplace", "party", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("marketplace", models.UUIDField()),
                ("party", models.TextField()),
                ("key_id", models.UUIDField()),
                ("finding", models.BinaryField()),
                ("by", models.TextField()),
                ("actor", models.TextField()),
                ("blocked_at", models.DateTimeField()),
            ],
            options={
                "db_table": "party_block",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="PinnedPolicy",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "marketplace", "digest", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("marketplace", models.UUIDField()),
                ("digest", models.TextField()),
                ("name", models.TextField()),
                ("version", models.IntegerField()),
                ("document", models.TextField()),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "db_table": "policy",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="RegionPause",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "marketplace", "hold", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("marketplace", models.UUIDField()),
                ("hold", models.TextField()),
                ("countries", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ("command", models.JSONField()),
                ("started_at", models.DateTimeField()),
            ],
            options={
                "db_table": "region_pause",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="RegionSpread",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "marketplace", "hold", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("marketplace", models.UUIDField()),
                ("hold", models.TextField()),
                ("command", models.JSONField()),
                ("changed_at", models.DateTimeField()),
                ("look_at", models.DateTimeField()),
            ],
            options={
                "db_table": "region_spread",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="ProviderEvent",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "marketplace",
                        "provider",
                        "event_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("marketplace", models.UUIDField()),
                ("provider", models.TextField()),
                ("event_id", models.TextField()),
                ("provider_key", models.TextField()),
                ("said", models.TextField()),
                ("reference", models.TextField()),
                ("reason", models.TextField()),
                ("came_at", models.DateTimeField()),
                ("lease_until", models.DateTimeField(null=True)),
                ("noted", models.BooleanField()),
                ("applied_at", models.DateTimeField(null=True)),
                ("set_aside", models.TextField(null=True)),
            ],
            options={
                "db_table": "provider_inbox",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="WorkerBeat",
            fields=[
                ("worker", models.TextField(primary_key=True, serialize=False)),
                ("started_at", models.DateTimeField()),
                ("round_at", models.DateTimeField()),
                ("late_by", models.DurationField()),
            ],
            options={
                "db_table": "worker_beat",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="SealedText",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "marketplace", "order_key", "ref", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("marketplace", models.UUIDField()),
                ("order_key", models.TextField()),
                ("event", models.IntegerField()),
                ("ref", models.TextField()),
                ("owner", models.TextField()),
                ("key_id", models.UUIDField()),
                ("ciphertext", models.BinaryField()),
            ],
            options={
                "db_table": "sealed_text",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="ShippedNumber",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "marketplace",
                        "order_key",
                        "digest",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("marketplace", models.UUIDField()),
                ("order_key", models.TextField()),
                ("digest", models.BinaryField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "shipped_number",
                "managed": False,
            },
        ),
    ]
