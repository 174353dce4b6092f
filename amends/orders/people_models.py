"""More rows, without methods: of what people are told, keep ready and look like, and of the staff."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models


class CaseTaken(models.Model):
    pk = models.CompositePrimaryKey("marketplace", "order_key", "dispute", "number")
    marketplace = models.UUIDField()
    order_key = models.TextField()
    dispute = models.IntegerField()
    number = models.IntegerField()
    staff = models.TextField()
    by = models.TextField()
    taken_at = models.DateTimeField()
    key_id = models.UUIDField(null=True)
    reason = models.BinaryField(null=True)

    class Meta:
        managed = False
        db_table = "case_taken"


class SellerTemplate(models.Model):
    pk = models.CompositePrimaryKey("marketplace", "seller", "template")
    marketplace = models.UUIDField()
    seller = models.TextField()
    template = models.UUIDField()
    key_id = models.UUIDField()
    sealed = models.BinaryField()
    changed_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "seller_template"


class Contact(models.Model):
    pk = models.CompositePrimaryKey("marketplace", "person")
    marketplace = models.UUIDField()
    person = models.TextField()
    key_id = models.UUIDField(null=True)
    address = models.BinaryField(null=True)
    language = models.TextField()
    zone = models.TextField()
    unwanted: ArrayField[Any, Any] = ArrayField(models.TextField())
    digest_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "contact"


class Notice(models.Model):
    pk = models.CompositePrimaryKey("marketplace", "order_key", "person", "event", "topic")
    marketplace = models.UUIDField()
    order_key = models.TextField()
    person = models.TextField()
    event = models.IntegerField()
    topic = models.TextField()
    party = models.TextField()
    kind = models.TextField()
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "notice"


class MarketplaceBrand(models.Model):
    marketplace = models.UUIDField(primary_key=True)
    name = models.TextField()
    accent_light = models.TextField()
    accent_dark = models.TextField()
    shop = models.TextField()
    support = models.TextField()

    class Meta:
        managed = False
        db_table = "marketplace_brand"


class BooksCheck(models.Model):
    marketplace = models.UUIDField(primary_key=True)
    begun_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True)
    whole = models.BooleanField()
    orders = models.IntegerField()
    many = models.IntegerField()
    broken: ArrayField[Any, Any] = ArrayField(models.TextField())

    class Meta:
        managed = False
        db_table = "books_check"


class StaffSeat(models.Model):
    pk = models.CompositePrimaryKey("marketplace", "account", "role")
    marketplace = models.UUIDField()
    account = models.IntegerField()
    role = models.TextField()
    name = models.TextField()
    given_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "staff_seat"


class StaffEntry(models.Model):
    pk = models.CompositePrimaryKey("account", "at")
    account = models.IntegerField()
    at = models.DateTimeField()
    second_factor = models.BooleanField()

    class Meta:
        managed = False
        db_table = "staff_entry"
