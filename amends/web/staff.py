"""Who of the staff is at this browser: signed in through django-allauth, perhaps with a second factor.

Accounts are made by `amends staff add`; nobody signs up here. A seat says whether this session proved the second
factor; it learns of it the moment it is proved, without signing in anew.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from allauth.account import signals as account_signals
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa import signals as factor_signals
from allauth.mfa.models import Authenticator
from django.http import HttpRequest
from django.urls import reverse

from amends.orders import staff
from amends.orders.staff import StaffSeat

from . import seats, staff_mail, visitors
from .seats import Seat

log = logging.getLogger(__name__)

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth says nothing of its types
    """What of allauth is ours to say."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return "/staff/"

    def send_password_reset_mail(self, user: Any, email: str, context: Mapping[str, Any]) -> None:
        """Where somebody has had a password; who never set one has a personal link for that."""
        if user.has_usable_password():
            path = reverse("account_reset_password_from_key", kwargs={"uidb36": context["uid"], "key": context["key"]})
            staff_mail.send_link(user.pk, user.email, path)


def account_of(request: HttpRequest) -> int:
    """The account signed in here; 0 where there is none. Below /staff/ only."""
    user = request.user
    return int(user.pk) if user.is_authenticated else 0


def proved(request: HttpRequest) -> bool:
    """Whether this session showed a second factor: an app's code, a passkey, a security key, a recovery code."""
    records = get_authentication_records(request, request.user)
    return any(record.get("method") == "mfa" for record in records)


def has_factor(request: HttpRequest) -> bool:
    """Whether the account has a second factor at all."""
    return bool(Authenticator.objects.filter(user_id=account_of(request), type__in=FACTORS).exists())


def sit(request: HttpRequest, place: StaffSeat) -> Seat:
    """The seat of that place at this browser. The caller has made sure that the account has it."""
    return seats.take(
        request,
        marketplace=place.marketplace,
        party=place.role,
        name=place.name,
        sandbox=place.sandbox,
        language=visitors.language_of(request),
        zone=visitors.zone_of(request),
        second_factor=proved(request),
        account=place.account,
    )


def refresh(request: HttpRequest) -> None:
    """Tell every seat of the account at this browser whether the second factor is proved by now."""
    account, second_factor = account_of(request), proved(request)
    for seat in seats.every_seat(request):
        if seat.account == account and seat.second_factor != second_factor:
            seats.keep(request, seat._replace(second_factor=second_factor))


# ── what allauth tells ───────────────────────────────────────────────────────────────────────────


def listen() -> None:
    """Once a process, when allauth is ready."""
    account_signals.user_logged_in.connect(_signed_in, dispatch_uid="amends staff")
    factor_signals.authenticator_added.connect(_factor_added, dispatch_uid="amends staff")
    factor_signals.authenticator_used.connect(_factor_used, dispatch_uid="amends staff")


def _signed_in(request: HttpRequest, user: Any, **_: object) -> None:
    second_factor = any(record.get("method") == "mfa" for record in get_authentication_records(request, user))
    staff.entered(user.pk, second_factor=second_factor)
    log.info("staff account %s signed in%s", user.pk, " with a second factor" if second_factor else "")


def _factor_added(request: HttpRequest, user: Any, authenticator: Any, **_: object) -> None:
    """Whoever has just set one up has just shown it."""
    if authenticator.type in FACTORS:
        record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)
        refresh(request)


def _factor_used(request: HttpRequest, user: Any, **_: object) -> None:
    if account_of(request) == user.pk:
        refresh(request)
