"""Mia's second factor is hers: a password alone sets none up, a letter changes none, and its secret lies sealed."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.cache import cache
from django.test import override_settings

from amends.web.factors import Adapter, SealedElsewhere, forget
from amends.web.tokens import personal_path
from tests.delivery.test_letters import Letterbox, letterbox, text_of

from .people import Market
from .test_way_in import PASSWORD, Account, Browser

__all__ = ["letterbox"]

NEW = "two kettles that boil"
SET_UP = ("/staff/factors/", "/staff/factors/totp/activate/", "/staff/factors/webauthn/add/")
CHANGE = (
    *SET_UP,
    "/staff/factors/totp/deactivate/",
    "/staff/factors/recovery-codes/",
    "/staff/factors/recovery-codes/generate/",
    "/staff/factors/recovery-codes/download/",
    "/staff/factors/webauthn/",
)


@pytest.fixture(autouse=True)
def _quick() -> Iterator[None]:
    """Passwords are hashed a dozen times here, and how well is not what is asked."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture
def mia(market: Market) -> Account:
    """She has chosen her password by her personal link."""
    found = Account(market)
    found.set_password()
    return found


def thief(mia: Account) -> Browser:
    """Somebody who has her password, and no more."""
    browser = Browser()
    mia.sign_in(browser=browser)
    return browser


def reauthenticated(browser: Browser) -> None:
    browser.post("/staff/reauthenticate/?next=/staff/", {"password": PASSWORD})


def factors(mia: Account) -> list[str]:
    return sorted(Authenticator.objects.filter(user=mia.user).values_list("type", flat=True))


# ── who sets one up ──────────────────────────────────────────────────────────────────────────────


def test_who_has_only_the_password_is_told_to_ask_for_a_link(mia: Account) -> None:
    browser = thief(mia)
    reauthenticated(browser)
    assert "Ask whoever operates this service" in browser.get("/staff/").content.decode()
    for path in SET_UP:
        for asked in (browser.get(path), browser.post(path, {"code": "123456", "credential": "{}", "name": "x"})):
            assert asked.status_code == 403
            assert "amends staff link" in asked.content.decode()
    assert "mfa.totp.secret" not in browser.session, "he was shown nothing to scan"
    assert factors(mia) == []


def test_in_the_session_of_her_personal_link_she_sets_it_up(mia: Account) -> None:
    mia.sign_in()
    assert "Set up a second factor" in mia.browser.get("/staff/").content.decode()
    assert "Recovery codes" in mia.set_up_codes().content.decode()
    assert factors(mia) == ["recovery_codes", "totp"]


def test_a_fresh_link_of_the_operators_opens_the_way_again_even_where_she_is_signed_in(mia: Account) -> None:
    mia.browser = thief(mia)
    mia.user.refresh_from_db()
    assert "Your password is set" in mia.set_password(path=personal_path(mia.user)).content.decode()
    mia.sign_in()
    assert "Recovery codes" in mia.set_up_codes().content.decode()


def test_a_link_used_at_one_browser_opens_nothing_for_another_account_at_it(mia: Account, market: Market) -> None:
    olga = Account(market, name="olga")
    olga.set_password()
    olga.browser = mia.browser
    olga.sign_in()
    assert olga.browser.get("/staff/factors/totp/activate/").status_code == 403


def test_a_session_of_before_cannot_change_what_she_has_set_up(mia: Account) -> None:
    browser = thief(mia)
    mia.sign_in()
    mia.set_up_codes()
    reauthenticated(browser)
    for path in CHANGE:
        for asked in (browser.get(path), browser.post(path)):
            assert asked.status_code == 302, path
            assert asked["Location"].startswith("/staff/factors/reauthenticate/")
    assert factors(mia) == ["recovery_codes", "totp"]
    cache.clear()
    shown = browser.post("/staff/factors/reauthenticate/?next=/staff/", {"code": mia.code()})
    assert shown.status_code == 302
    assert browser.get("/staff/factors/recovery-codes/").status_code == 200, "who shows a factor may"


def test_what_mia_lost_is_made_void_and_a_fresh_link_opens_the_way(
    mia: Account, caplog: pytest.LogCaptureFixture
) -> None:
    mia.user.refresh_from_db()
    old_link = personal_path(mia.user)
    mia.sign_in()
    mia.set_up_codes()
    seat = mia.sit() + "desk/"
    assert mia.browser.get(seat).status_code == 200
    mia.user.refresh_from_db()
    with caplog.at_level("WARNING"):
        assert forget(mia.user) == ("recovery_codes", "totp")
    assert factors(mia) == []
    assert f"staff account {mia.user.pk} were made void" in caplog.text
    assert mia.browser.get(seat).status_code == 404, "the browser that was lost is signed out"
    assert mia.browser.get("/staff/factors/").status_code == 302
    assert thief(mia).get("/staff/factors/").status_code == 302, "the password that may lie beside it is none any more"
    assert "Your password is set" not in mia.set_password(path=old_link).content.decode()
    mia.browser = Browser()
    assert "Your password is set" in mia.set_password(path=personal_path(mia.user)).content.decode()
    mia.sign_in()
    assert "Recovery codes" in mia.set_up_codes().content.decode()


# ── how it is kept ───────────────────────────────────────────────────────────────────────────────


def test_the_secrets_lie_sealed_and_old_ones_are_read_and_sealed_with_the_next_code(mia: Account) -> None:
    mia.sign_in()
    mia.set_up_codes()
    kept = {one.type: one.data for one in Authenticator.objects.filter(user=mia.user)}
    assert mia.secret not in str(kept)
    assert kept["totp"]["secret"].startswith("sealed1:")
    assert kept["recovery_codes"]["seed"].startswith("sealed1:")

    Authenticator.objects.filter(user=mia.user, type="totp").update(data={"secret": mia.secret})
    mia.browser = Browser()
    mia.sign_in()
    cache.clear()
    inside = mia.browser.post("/staff/factors/authenticate/", {"code": mia.code()}, follow=True)
    assert "Your places" in inside.content.decode()
    sealed = Authenticator.objects.get(user=mia.user, type="totp").data["secret"]
    assert sealed.startswith("sealed1:")
    assert Adapter().decrypt(sealed) == mia.secret
    with override_settings(SECRET_KEY=f"not {settings.SECRET_KEY}"), pytest.raises(SealedElsewhere):
        Adapter().decrypt(sealed)


# ── a new password by mail ───────────────────────────────────────────────────────────────────────

ASK = "/staff/password/mail/"


def ask(address: str) -> Any:
    return Browser().post(ASK, {"email": address})


def arrived(letterbox: Letterbox, address: str) -> str:
    """The path in the one letter that came."""
    within(lambda: letterbox.to(address))
    [letter] = letterbox.to(address)
    found = re.search(r"https://disputes\.example(/staff/password/set/\S+)", text_of(letter))
    assert found
    return found[1]


def within(true: Callable[[], object], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come true"
        time.sleep(0.02)


def test_a_letter_brings_a_new_password_and_leaves_the_second_factor_alone(mia: Account, letterbox: Letterbox) -> None:
    mia.sign_in()
    mia.set_up_codes()
    assert "You forgot your password?" in Browser().get("/staff/login/").content.decode()
    ask(mia.email)
    mia.browser = Browser()
    done = mia.set_password(NEW, path=arrived(letterbox, mia.email))
    assert "Your password is set" in done.content.decode()
    assert factors(mia) == ["recovery_codes", "totp"]
    assert "Your second factor" in mia.sign_in(NEW).content.decode(), "the letter alone lets nobody in"
    assert mia.browser.get("/staff/").status_code == 302


def test_a_letter_is_no_personal_link(mia: Account, letterbox: Letterbox) -> None:
    ask(mia.email)
    mia.browser = Browser()
    mia.set_password(NEW, path=arrived(letterbox, mia.email))
    assert "Your places" in mia.sign_in(NEW).content.decode()
    assert mia.browser.get("/staff/factors/totp/activate/").status_code == 403


def test_asking_tells_nobody_who_has_an_account_and_soon_ends(
    mia: Account, market: Market, letterbox: Letterbox
) -> None:
    invited = Account(market, name="ivo")
    names = (mia.email, f"x{mia.email}", invited.email)
    for asking in range(4):
        answers = [ask(name) for name in names]
        assert {one.status_code for one in answers} == {302 if asking < 3 else 429}
        assert len({one.get("Location") for one in answers}) == 1
        assert len({re.sub(rb'value="\w{64}"', b"", one.content) for one in answers}) == 1
    within(lambda: len(letterbox.got) >= 3)
    assert {one["To"] for one in letterbox.got} == {mia.email}, "and nobody is written to who has no password"


def test_a_mail_server_that_hangs_keeps_nobody_waiting(mia: Account, letterbox: Letterbox) -> None:
    with socket.create_server(("127.0.0.1", 0)) as hanging:
        with override_settings(EMAIL_PORT=hanging.getsockname()[1]):
            assert ask(mia.email).status_code == 302
            caller, _ = hanging.accept()
            assert not caller.recv(0)
        caller.close()
    assert letterbox.got == []


def test_without_a_mail_server_nobody_is_offered_a_letter(mia: Account) -> None:
    assert Browser().get(ASK).status_code == 404
    assert ask(mia.email).status_code == 404
    assert "amends staff link" in Browser().get("/staff/login/").content.decode()
