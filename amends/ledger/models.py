"""The journal's row. No methods: what a transfer means is `amends.core.journal`."""

from __future__ import annotations

from django.db import models


class Transfer(models.Model):
    """One transfer, as the core computed it. Written by the one write of an order, never changed."""

    pk = models.CompositePrimaryKey("marketplace", "order_key", "event", "position")
    marketplace = models.UUIDField()
    order_key = models.TextField()
    event = models.IntegerField()
    position = models.SmallIntegerField()
    at = models.DateTimeField()
    debit = models.TextField()
    credit = models.TextField()
    amount_minor = models.BigIntegerField()
    currency = models.TextField()
    rule = models.TextField()
    debit_version = models.IntegerField()
    debit_before = models.BigIntegerField()
    debit_after = models.BigIntegerField()
    credit_version = models.IntegerField()
    credit_before = models.BigIntegerField()
    credit_after = models.BigIntegerField()
    written_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "journal"
