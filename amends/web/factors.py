"""The staff's second factors: who may set one up, change or look at one, and how their secrets are kept.

A password alone sets up nothing: it may be in other hands. The first factor is set up in a session that came through
a personal link, everything else in one that has shown a factor.
"""

from __future__ import annotations

import base64
import logging
import os
from functools import cache
from typing import Any, Final

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_used
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from .staff import account_of, has_factor, proved

log = logging.getLogger(__name__)

PLACE: Final = "/staff/factors/"
PROVING: Final = frozenset(
    {"mfa_authenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn", "mfa_login_webauthn"}
)
"""Where a factor is shown; everything else below PLACE is closed until one was."""
SETTING_UP: Final = frozenset({"mfa_index", "mfa_activate_totp", "mfa_add_webauthn"})
"""What a first factor is set up by."""
_CAME_BY: Final = "staff_link"
"""In the session: the account whose personal link was used in it."""


def came_by_link(request: HttpRequest, account: int) -> None:
    """Remember for this session that a personal link of the account was used in it."""
    request.session[_CAME_BY] = account


def may_set_up(request: HttpRequest) -> bool:
    """Whether whoever is signed in here may set up a factor now."""
    if has_factor(request):
        return proved(request)
    return bool(request.session.get(_CAME_BY) == account_of(request))


def barred(request: HttpRequest, page: str | None) -> HttpResponse | None:
    """What to answer in the place of a page of factors that is not open to this session; None where it is.

    `page` is the name of its address.
    """
    if not request.path.startswith(PLACE) or page in PROVING or not account_of(request) or proved(request):
        return None
    if has_factor(request):
        return redirect(f"{reverse('mfa_reauthenticate')}?next={reverse('staff')}")
    if page in SETTING_UP and may_set_up(request):
        return None
    return render(request, "web/staff_link_needed.html", {}, status=403)


def forget(user: Any) -> tuple[str, ...]:
    """Make every factor of the account void, the recovery codes too, and say of what kinds they were.

    Whoever holds what was lost may hold an open browser or the password as well. So the password goes with them, and
    with it every session and every link handed out before: only a fresh personal link lets its owner in again.
    """
    with transaction.atomic():
        kept = Authenticator.objects.select_for_update().filter(user_id=user.pk)
        kinds = tuple(sorted(kept.values_list("type", flat=True)))
        kept.delete()
        user.set_unusable_password()
        user.save(update_fields=["password"])
    log.warning("the second factors of staff account %s were made void: %s", user.pk, ", ".join(kinds) or "none")
    return kinds


# ── their secrets ────────────────────────────────────────────────────────────────────────────────

_SEALED: Final = "sealed1:"
_NONCE: Final = 12


class SealedElsewhere(Exception):
    """A factor's secret that does not open with the AMENDS_SECRET_KEY of today."""


class Adapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth says nothing of its types
    """Secrets of code apps and recovery codes lie in the database sealed: a copy of it shows nobody a code."""

    def encrypt(self, text: str) -> str:
        nonce = os.urandom(_NONCE)
        sealed = nonce + _cipher(settings.SECRET_KEY).encrypt(nonce, text.encode(), None)
        return _SEALED + base64.b64encode(sealed).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Raises SealedElsewhere. What was kept before secrets were sealed is read as it is."""
        if not encrypted_text.startswith(_SEALED):
            return encrypted_text
        sealed = base64.b64decode(encrypted_text.removeprefix(_SEALED))
        try:
            return _cipher(settings.SECRET_KEY).decrypt(sealed[:_NONCE], sealed[_NONCE:], None).decode()
        except InvalidTag:
            raise SealedElsewhere("a second factor was set up under another AMENDS_SECRET_KEY") from None


def listen() -> None:
    """Once a process, when allauth is ready."""
    authenticator_used.connect(_seal_old, dispatch_uid="amends factors")


def _seal_old(authenticator: Any, **_: object) -> None:
    """A code app that was set up before secrets were sealed: its first code since seals it."""
    secret = authenticator.data.get("secret")
    if isinstance(secret, str) and not secret.startswith(_SEALED):
        authenticator.data["secret"] = Adapter().encrypt(secret)
        authenticator.save(update_fields=["data"])


@cache
def _cipher(secret: str) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt=None, info=b"amends second factor").derive(secret.encode()))
