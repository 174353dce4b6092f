"""The rows, without methods. `store.py` is their only user; the tables themselves are in migrations/*.sql.

Every row but a marketplace's own is led by the marketplace, and an order's by marketplace and order key.
"""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models

from . import people_models

__all__ = ["people_models"]


class Marketplace(models.Model):
    id = models.UUIDField(primary_key=True)
    name = models.TextField(unique=True)
    policy_digest = models.TextField()
    number_secret = models.BinaryField()
    sandbox = models.BooleanField()
    clock_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField()
    provider = models.TextField()
    provider_settings = models.JSONField()
    messages_from = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "marketplace"


class MarketplaceKey(models.Model):
    pk = models.CompositePrimaryKey("marketplace", "digest")
    marketplace = models.UUIDField()
    digest = models.BinaryField()
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "marketplace_key"


class PinnedPolicy(models.Model):
    pk = models.CompositePrimaryKey("marketplace", "digest")
    marketplace = models.UUIDField()
    digest = models.TextField()
    name = models.TextField()
    version = models.IntegerField()
    document = models.TextField()
    made_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "policy"


class RegionPause(models.Model):
    pk = models.CompositePrimaryKey("marketplace", "hold")
    marketplace = models.UUIDField()
    hold = models.TextField()
    countries: ArrayField[Any, Any] = ArrayField(models.TextField())
    command = models.JSONField()
    started_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "region_pause"


class RegionSpread(models.Model):
    pk = models.CompositePrimaryKey("marketplace", "hold")
    marketplace = models.UUIDField()
    hold = models.TextField()
    command = models.JSONField()
    changed_at = models.DateTimeField()
    look_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "region_spread"


class PartyBlock(models.Model):
    pk = models.CompositePrimaryKey("marketplace", "party")
    marketplace = models.UUIDField()
    party = models.TextField()
    key_id = models.UUIDField()
    finding = models.BinaryField()
    by = models.TextField()
    actor = models.TextField()
    blocked_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "party_block"


class Event(models.Model):
    pk = models.CompositePrimaryKey("marketplace", "order_key", "number")
    marketplace = models.UUIDField()
    order_key = models.TextField()
    number = models.IntegerField()
    at = models.DateTimeField()
    type = models.TextField()
    body = models.TextField()
    chain = models.BinaryField()
    written_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "event"


class OrderRow(models.Model):
    pk = models.CompositePrimaryKey("marketplace", "order_key")
    marketplace = models.UUIDField()
    order_key = models.TextField()
    version = models.IntegerField()
    head = models.BinaryField()
    state_hash = models.BinaryField()
    policy_digest = models.TextField()
    status = models.TextField()
    buyer = models.TextField()
    seller = models.TextField()
    currency = models.TextField()
    countries: ArrayField[Any, Any] = ArrayField(models.TextField())
    holds: ArrayField[Any, Any] = ArrayField(models.TextField())
    held_minor = models.BigIntegerField()
    refunded_minor = models.BigIntegerField()
    released_minor = models.BigIntegerField()
    open_disputes = models.SmallIntegerField()
    opened_at: ArrayField[Any, Any] = ArrayField(models.DateTimeField())
    placed_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    set_aside = models.TextField(null=True)  # nothing is not an empty reason
    remind_at = models.DateTimeField(null=True)
    remind_lease = models.DateTimeField(null=True)
    desk = models.JSONField(null=True)

    class Meta:
        managed = False
        db_table = "orders"


class ShippedNumber(models.Model):
    pk = models.CompositePrimaryKey("marketplace", "order_key", "digest")
    marketplace = models.UUIDField()
    order_key = models.TextField()
    digest = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "shipped_number"


class SealedText(models.Model):
    pk = models.CompositePrimaryKey("marketplace", "order_key", "ref")
    marketplace = models.UUIDField()
    order_key = models.TextField()
    event = models.IntegerField()
    ref = models.TextField()
    owner = models.TextField()
    key_id = models.UUIDField()
    ciphertext = models.BinaryField()

    class Meta:
        managed = False
        db_table = "sealed_text"


class EvidenceFile(models.Model):
    pk = models.CompositePrimaryKey("marketplace", "order_key", "file")
    marketplace = models.UUIDField()
    order_key = models.TextField()
    file = models.TextField()
    giver = models.TextField()
    party = models.TextField()
    state = models.TextField()
    key_id = models.UUIDField()
    name = models.BinaryField()
    kind = models.TextField(null=True)  # not known until it has arrived
    media_type = models.TextField(null=True)
    size = models.BigIntegerField(null=True)
    sha256 = models.BinaryField(null=True)
    pieces = models.JSONField(null=True)
    facts = models.JSONField(null=True)
    hints = models.JSONField(null=True)
    begun_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True)
    linked_event = models.IntegerField(null=True)

    class Meta:
        managed = False
        db_table = "evidence_file"


class FileReceipt(models.Model):
    pk = models.CompositePrimaryKey("marketplace", "order_key", "file")
    marketplace = models.UUIDField()
    order_key = models.TextField()
    file = models.TextField()
    party = models.TextField()
    asked_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True)
    named_until = models.DateTimeField(null=True)
    waits_until = models.DateTimeField()
    sha256 = models.BinaryField(null=True)

    class Meta:
        managed = False
        db_table = "file_receipt"


class EvidenceView(models.Model):
    pk = models.CompositePrimaryKey("marketplace", "order_key", "file", "at", "viewer", "as_what")
    marketplace = models.UUIDField()
    order_key = models.TextField()
    file = models.TextField()
    at = models.DateTimeField()
    viewer = models.TextField()
    as_what = models.TextField()

    class Meta:
        managed = False
        db_table = "evidence_view"


class PictureKey(models.Model):
    pk = models.CompositePrimaryKey("marketplace", "order_key", "file", "position")
    marketplace = models.UUIDField()
    order_key = models.TextField()
    file = models.TextField()
    position = models.SmallIntegerField()
    key = models.IntegerField()

    class Meta:
        managed = False
        db_table = "picture_key"


class OrderErasure(models.Model):
    pk = models.CompositePrimaryKey("marketplace", "order_key")
    marketplace = models.UUIDField()
    order_key = models.TextField()
    version = models.IntegerField()
    erased_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "order_erasure"


class ErasedParty(models.Model):
    pk = models.CompositePrimaryKey("marketplace", "order_key", "party")
    marketplace = models.UUIDField()
    order_key = models.TextField()
    party = models.TextField()
    pseudonym = models.TextField()

    class Meta:
        managed = False
        db_table = "erased_party"


class Erasure(models.Model):
    pk = models.CompositePrimaryKey("marketplace", "person", "erased_at")
    marketplace = models.UUIDField()
    person = models.TextField()
    erased_at = models.DateTimeField()
    reason = models.TextField()

    class Meta:
        managed = False
        db_table = "erasure"


class LegalHold(models.Model):
    pk = models.CompositePrimaryKey("marketplace", "kind", "subject", "placed_at")
    marketplace = models.UUIDField()
    kind = models.TextField()
    subject = models.TextField()
    placed_at = models.DateTimeField()
    reason = models.TextField()
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "legal_hold"


class ListingPicture(models.Model):
    pk = models.CompositePrimaryKey("marketplace", "listing", "sha256")
    marketplace = models.UUIDField()
    listing = models.TextField()
    sha256 = models.BinaryField()
    media_type = models.TextField()
    size = models.BigIntegerField()
    facts = models.JSONField()
    received_at = models.DateTimeField()
    key_id = models.UUIDField(null=True)
    pieces = models.JSONField(null=True)

    class Meta:
        managed = False
        db_table = "listing_picture"


class ListingPictureKey(models.Model):
    pk = models.CompositePrimaryKey("marketplace", "listing", "sha256", "position")
    marketplace = models.UUIDField()
    listing = models.TextField()
    sha256 = models.BinaryField()
    position = models.SmallIntegerField()
    key = models.IntegerField()

    class Meta:
        managed = False
        db_table = "listing_picture_key"


class Idempotency(models.Model):
    pk = models.CompositePrimaryKey("marketplace", "order_key", "caller", "key")
    marketplace = models.UUIDField()
    order_key = models.TextField()
    caller = models.TextField()
    key = models.TextField()
    body_hash = models.BinaryField()
    answer = models.JSONField()
    written_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "idempotency"


class OutboxMessage(models.Model):
    pk = models.CompositePrimaryKey("marketplace", "order_key", "event", "topic")
    marketplace = models.UUIDField()
    order_key = models.TextField()
    event = models.IntegerField()
    topic = models.TextField()
    written_at = models.DateTimeField()
    attempts = models.SmallIntegerField()
    lease_until = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    set_aside = models.TextField(null=True)

    class Meta:
        managed = False
        db_table = "outbox"


class MoneyIntent(models.Model):
    pk = models.CompositePrimaryKey("marketplace", "order_key", "event", "position")
    marketplace = models.UUIDField()
    order_key = models.TextField()
    event = models.IntegerField()
    position = models.SmallIntegerField()
    kind = models.TextField()
    dispute = models.IntegerField(null=True)
    refund = models.SmallIntegerField(null=True)
    payment = models.SmallIntegerField(null=True)
    amount_minor = models.BigIntegerField()
    currency = models.TextField()
    funded_by = models.TextField()
    target = models.TextField()
    redirected = models.BooleanField()
    provider_key = models.TextField()
    state = models.TextField()
    withdrawn_minor = models.BigIntegerField()
    written_at = models.DateTimeField()
    attempts = models.SmallIntegerField()
    lease_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    ask_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    reference = models.TextField(null=True)  # no answer yet is not an empty reference
    needs_human = models.TextField(null=True)

    class Meta:
        managed = False
        db_table = "money_intent"


class ProviderEvent(models.Model):
    pk = models.CompositePrimaryKey("marketplace", "provider", "event_id")
    marketplace = models.UUIDField()
    provider = models.TextField()
    event_id = models.TextField()
    provider_key = models.TextField()
    said = models.TextField()
    reference = models.TextField()
    reason = models.TextField()
    came_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    noted = models.BooleanField()
    applied_at = models.DateTimeField(null=True)
    set_aside = models.TextField(null=True)

    class Meta:
        managed = False
        db_table = "provider_inbox"


class WorkerBeat(models.Model):
    worker = models.TextField(primary_key=True)
    started_at = models.DateTimeField()
    round_at = models.DateTimeField()
    late_by = models.DurationField()

    class Meta:
        managed = False
        db_table = "worker_beat"
