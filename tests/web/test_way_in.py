"""The way in: Alice comes by a link her shop made, Mia signs in with two factors, and Sam learns nothing."""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.test import Client

from amends import policies
from amends.core.vocabulary import Party
from amends.orders import arrivals, brands, links, marketplaces, staff
from amends.orders.arrivals import Arrival
from amends.web import assets, seats
from amends.web.tokens import personal_path

from .people import NAMES, START, Market

ALICE = {"party": "buyer", "name": NAMES[Party.BUYER]}
PASSWORD = "a kettle that boils"  # noqa: S105 - of nobody


class Browser(Client):
    """Somebody's browser, which calls the service by a name it knows."""

    def __init__(self, **words: Any) -> None:
        super().__init__(SERVER_NAME="localhost", **words)


def mint(market: Market, **fields: Any) -> Any:
    """What the marketplace's back end is answered when it asks for a link."""
    return Browser().post(
        "/v1/party-links",
        json.dumps(fields),
        content_type="application/json",
        headers={"Authorization": f"Bearer {market.key}"},
    )


def path_of(answer: Any) -> str:
    assert answer.status_code == 201, answer.content
    url: str = answer.json()["url"]
    return url.removeprefix("http://localhost")


@pytest.fixture
def heard() -> Iterator[list[Arrival]]:
    told: list[Arrival] = []
    arrivals.listeners.append(told.append)
    yield told
    arrivals.listeners.remove(told.append)


# ── party links ──────────────────────────────────────────────────────────────────────────────────


def test_alice_comes_by_her_link_and_sits_at_her_order(market: Market, heard: list[Arrival]) -> None:
    market.order()
    browser = Browser()
    browser.get("/")
    came = browser.get(path_of(mint(market, **ALICE, order="O-1", language="pt-BR", zone="America/Recife")))
    assert came.status_code == 302
    seat = seats.seat_id(market.marketplace, Party.BUYER, "alice")
    assert came["Location"] == f"/at/{seat}/orders/O-1/"
    settings = browser.get(f"/at/{seat}/settings/").content.decode()
    assert '<html lang="pt"' in settings
    assert "America/Recife" in settings
    assert [(one.name, one.language, one.zone) for one in heard] == [("alice", "pt", "America/Recife")]
    assert Browser().get(f"/at/{seat}/").status_code == 404, "the address alone opens nothing for Sam"


def test_the_session_gets_a_new_key_with_each_link(market: Market) -> None:
    browser = Browser()
    browser.get(path_of(mint(market, **ALICE)))
    before = browser.cookies["amends"].value
    browser.get(path_of(mint(market, party="seller", name="bob")))
    assert browser.cookies["amends"].value != before


def test_a_link_whose_time_is_over_says_so_kindly_and_where_to_get_another(market: Market) -> None:
    brands.change(market.marketplace, {"name": "Samovar Street", "shop": "https://samovar.example/orders"})
    link = links.Link(market.marketplace, Party.BUYER, "alice", datetime.now(UTC) - timedelta(seconds=1))
    link = link._replace(key=links.mark_of(market.key), language="en")
    over = Browser().get(f"/in/{links.written(link)}/")
    assert over.status_code == 410
    assert "This link no longer opens" in over.content.decode()
    assert "https://samovar.example/orders" in over.content.decode()
    assert "amends" not in over.cookies


def test_a_link_that_was_tampered_with_is_nothing(market: Market) -> None:
    path = path_of(mint(market, **ALICE))
    token = path.removeprefix("/in/").removesuffix("/")
    for forged in (f"x{token}", token[:-3] + "abc", token.partition(":")[0], "a" * 5000):
        assert Browser().get(f"/in/{forged}/").status_code == 404


def test_a_link_dies_with_the_key_that_minted_it(market: Market) -> None:
    path = path_of(mint(market, **ALICE))
    assert marketplaces.revoke_key(market.marketplace, market.key)
    assert Browser().get(path).status_code == 410


def test_a_link_leads_only_into_its_own_marketplace_and_to_its_persons_orders(market: Market) -> None:
    market.order()
    other = Market()
    theirs = mint(other, **ALICE, order="O-1")
    assert (theirs.status_code, theirs.json()["code"]) == (404, "unknown_order")
    carol = mint(market, party="buyer", name="carol", order="O-1")
    assert carol.json()["code"] == "unknown_order"
    assert mint(market, **ALICE, order="O-1", dispute=1).json()["code"] == "unknown_order"
    browser = Browser()
    browser.get(path_of(mint(other, **ALICE)))
    alice_there = seats.seat_id(other.marketplace, Party.BUYER, "alice")
    alice_here = seats.seat_id(market.marketplace, Party.BUYER, "alice")
    assert browser.get(f"/at/{alice_there}/settings/").status_code == 200
    assert browser.get(f"/at/{alice_here}/settings/").status_code == 404
    assert browser.get(f"/at/{alice_there}/orders/O-1/").status_code == 404


@pytest.mark.parametrize(
    "fields",
    [
        {"party": "mediator", "name": "mia"},
        {"party": "buyer", "name": ""},
        {"party": "buyer"},
        {**ALICE, "minutes": 1441},
        {**ALICE, "minutes": 0},
        {**ALICE, "minutes": True},
        {**ALICE, "dispute": 1},
        {**ALICE, "language": "tlh"},
        {**ALICE, "zone": "Mars/Olympus"},
        {**ALICE, "order": 7},
        {**ALICE, "to": "/staff/"},
    ],
)
def test_a_link_that_cannot_be_meant_is_refused_with_what_would_work(market: Market, fields: dict[str, Any]) -> None:
    refused = mint(market, **fields)
    assert (refused.status_code, refused.json()["code"]) == (422, "malformed")
    assert refused.json()["way_out"]


def test_a_key_that_acts_as_a_buyer_makes_no_links(market: Market) -> None:
    key = {"Authorization": f"Bearer {market.key}", "Amends-Acting-As": "buyer:alice"}
    refused = Browser().post("/v1/party-links", json.dumps(ALICE), content_type="application/json", headers=key)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    assert Browser().post("/v1/party-links", json.dumps(ALICE), content_type="application/json").status_code == 401


# ── how one reads, and leaving ───────────────────────────────────────────────────────────────────


def test_alice_chooses_her_language_and_zone_without_script(market: Market, heard: list[Arrival]) -> None:
    alice = market.seat(Party.BUYER)
    page = alice.get("settings/").content.decode()
    for name in ("English", "Русский", "简体中文", "Português", "العربية"):
        assert name in page
    assert alice.post("settings/", language="ar", zone="Asia/Dubai").status_code == 302
    assert '<html lang="ar" dir="rtl"' in alice.get("settings/").content.decode()
    assert heard[-1][2:] == ("alice", "ar", "Asia/Dubai")
    wrong = alice.post("settings/", language="ar", zone="Europe/Atlantis")
    assert wrong.status_code == 422
    assert "Europe/Atlantis" in wrong.content.decode()
    alice.post("settings/", utc="1", back=alice.url("settings/"))
    assert 'value="UTC"' in alice.get("settings/").content.decode()
    alice.post("settings/", utc="0", back=alice.url("settings/"))
    assert 'value="Asia/Dubai"' in alice.get("settings/").content.decode()


def test_a_form_leads_back_to_our_own_pages_only(market: Market) -> None:
    alice = market.seat(Party.BUYER)
    for elsewhere in ("https://evil.example/", "//evil.example/", "/\\evil.example"):
        assert alice.post("settings/", language="en", back=elsewhere)["Location"] == alice.url("settings/")
    assert alice.client.post("/language/", {"language": "ru", "back": "//evil.example"})["Location"] == "/"


def test_whoever_leaves_is_gone(market: Market) -> None:
    alice = market.seat(Party.BUYER)
    assert alice.get("leave/").status_code == 200
    assert alice.get("settings/").status_code == 200, "to look is not to leave"
    assert "You have left" in alice.post("leave/").content.decode()
    assert alice.get("settings/").status_code == 404


def test_forms_without_our_mark_do_nothing(market: Market) -> None:
    alice = market.seat(Party.BUYER, client=Browser(enforce_csrf_checks=True))
    for path in ("leave/", "time/", "as/", "settings/"):
        assert alice.post(path, step="day", party="mediator", language="ru").status_code == 403
    assert alice.get("settings/").status_code == 200
    assert market.now == START


# ── a marketplace's own look ─────────────────────────────────────────────────────────────────────


def patch_brand(market: Market, **fields: Any) -> Any:
    return Browser().patch(
        "/v1/marketplace/brand",
        json.dumps(fields),
        content_type="application/json",
        headers={"Authorization": f"Bearer {market.key}"},
    )


def test_pages_wear_the_name_and_colours_of_the_marketplace(market: Market) -> None:
    asked = patch_brand(market, name="Samovar <Street>", accent_light="#7A1F5C", support="help@samovar.example")
    assert asked.status_code == 200, asked.content
    assert asked.json()["accent_light"] == "#7a1f5c"
    page = market.seat(Party.BUYER).get("settings/").content.decode()
    assert "Samovar &lt;Street&gt;" in page
    assert "mailto:help@samovar.example" in page
    style = re.search(r'href="(/brand/[^"]+)"', page)
    assert style
    sheet = Browser().get(style[1])
    assert "--accent: light-dark(#7a1f5c, #93c6ff)" in sheet.content.decode()
    assert sheet["Content-Type"].startswith("text/css")
    assert "Set-Cookie" not in sheet
    assert patch_brand(market, accent_light="").json()["name"] == "Samovar <Street>", "what is not sent stays"


@pytest.mark.parametrize(
    "fields",
    [
        {"accent_light": "#f2c14e"},
        {"accent_dark": "#333333"},
        {"accent_light": "red"},
        {"shop": "javascript:alert(1)"},
        {"support": "not an address"},
        {"name": "x" * 61},
        {"logo": "cat.png"},
    ],
)
def test_a_look_nobody_could_read_is_refused(market: Market, fields: dict[str, str]) -> None:
    refused = patch_brand(market, **fields)
    assert (refused.status_code, refused.json()["code"]) == (422, "malformed")


def test_a_stylesheet_with_other_colours_does_not_exist(database: str) -> None:
    for mark in ("f2c14e-0", "0", "0-zzzzzz", "7a1f5c-0-0", "0-93c6ff}"):
        assert Browser().get(f"/brand/{mark}.css").status_code == 404


def test_the_grounds_colours_are_checked_on_are_those_of_the_stylesheet() -> None:
    css = (assets.STATIC / "app.css").read_text(encoding="utf-8")
    for place, name in enumerate(("ground", "sheet", "turn")):
        found = re.search(rf"--{name}: light-dark\((#\w+), (#\w+)\)", css)
        assert found
        assert (brands.GROUNDS["light"][place], brands.GROUNDS["dark"][place]) == found.groups()


# ── staff ────────────────────────────────────────────────────────────────────────────────────────


class Account:
    """Somebody of the staff at a browser, with an account that has no password yet."""

    def __init__(self, market: Market, role: Party = Party.MEDIATOR, name: str = "mia") -> None:
        cache.clear()  # attempts of the test before are no attempts of ours
        self.market, self.role, self.name = market, role, name
        self.email = f"{name}-{uuid.uuid4().hex[:8]}@example.com"
        self.user = get_user_model().objects.create_user(self.email, self.email)
        EmailAddress.objects.create(user=self.user, email=self.email, verified=True, primary=True)
        staff.give(market.marketplace, self.user.pk, role, name)
        self.browser = Browser()
        self.secret = ""

    def set_password(self, password: str = PASSWORD, path: str = "") -> Any:
        page = self.browser.get(path or personal_path(self.user), follow=True)
        return self.browser.post(page.request["PATH_INFO"], {"password1": password, "password2": password}, follow=True)

    def sign_in(self, password: str = PASSWORD, *, browser: Client | None = None) -> Any:
        return (browser or self.browser).post("/staff/login/", {"login": self.email, "password": password}, follow=True)

    def sit(self, *, browser: Client | None = None) -> str:
        """Take the place; the seat's address."""
        path = f"/staff/places/{self.market.marketplace}/{self.role.value}/"
        answer = (browser or self.browser).post(path)
        assert answer.status_code == 302, answer.content
        return str(answer["Location"])

    def seat(self) -> seats.Seat:
        kept = self.browser.session["seats"]
        return seats._read(seats.seat_id(self.market.marketplace, self.role, self.name), kept[next(iter(kept))])

    def code(self) -> str:
        return str(format_hotp_value(hotp_value(self.secret, int(time.time()) // 30)))

    def set_up_codes(self) -> Any:
        self.browser.get("/staff/factors/totp/activate/")
        again = self.browser.post("/staff/reauthenticate/?next=/staff/factors/totp/activate/", {"password": PASSWORD})
        assert again.status_code == 302
        page = self.browser.get("/staff/factors/totp/activate/").content.decode()
        found = re.search(r'<p class="secret" dir="ltr">(\w+)</p>', page)
        assert found, page
        self.secret = found[1]
        return self.browser.post("/staff/factors/totp/activate/", {"code": self.code()}, follow=True)


def test_mia_sets_her_password_by_a_link_that_works_once_and_signs_in(market: Market) -> None:
    mia = Account(market)
    path = personal_path(mia.user)
    assert "Your password is set" in mia.set_password().content.decode()
    assert "was used already" in Browser().get(path).content.decode()
    page = mia.sign_in().content.decode()
    assert "Your places" in page
    assert market.name in page
    assert "You cannot decide yet" in page
    assert mia.sit() == f"/at/{seats.seat_id(market.marketplace, Party.MEDIATOR, 'mia')}/"
    assert not mia.seat().second_factor


def test_a_second_factor_shown_is_known_to_the_seat_at_once_and_asked_for_at_the_next_door(market: Market) -> None:
    mia = Account(market)
    mia.set_password()
    mia.sign_in()
    mia.sit()
    assert "Recovery codes" in mia.set_up_codes().content.decode()
    assert mia.seat().second_factor, "whoever has just set it up has just shown it"

    mia.browser = Browser()
    asked = mia.sign_in()
    assert "Your second factor" in asked.content.decode()
    assert mia.browser.get("/staff/").status_code == 302, "the password alone lets nobody in any more"
    cache.clear()
    inside = mia.browser.post("/staff/factors/authenticate/", {"code": mia.code()}, follow=True)
    assert "Your places" in inside.content.decode()
    assert "with a second factor" not in inside.content.decode(), "this very time is not among those before"
    mia.sit()
    assert mia.seat().second_factor
    assert [one.second_factor for one in staff.entries(mia.user.pk)] == [True, False]


def test_a_place_that_is_taken_ends_the_seat(market: Market) -> None:
    mia = Account(market)
    mia.set_password()
    mia.sign_in()
    seat = mia.sit()
    assert mia.browser.get(f"{seat}settings/").status_code == 200
    staff.remove(market.marketplace, mia.user.pk)
    assert mia.browser.get(f"{seat}settings/").status_code == 404
    assert mia.browser.post(f"/staff/places/{market.marketplace}/mediator/").status_code == 404


def test_a_new_password_ends_the_seats_of_every_other_browser(market: Market) -> None:
    mia = Account(market)
    mia.set_password()
    mia.sign_in()
    old, stolen = mia.browser, Browser()
    mia.sign_in(browser=stolen)
    theirs = mia.sit(browser=stolen)
    assert stolen.get(f"{theirs}settings/").status_code == 200
    new = "two kettles that boil"
    changed = old.post("/staff/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert changed.status_code == 302, changed.content
    assert stolen.get(f"{theirs}settings/").status_code == 404
    assert old.get("/staff/").status_code == 200


def test_signing_out_ends_the_seats_here(market: Market) -> None:
    mia = Account(market)
    mia.set_password()
    mia.sign_in()
    seat = mia.sit()
    mia.browser.post("/staff/logout/")
    assert mia.browser.get(f"{seat}settings/").status_code == 404
    assert mia.browser.get("/staff/").status_code == 302


def test_nobody_sits_in_a_place_that_is_not_his(market: Market) -> None:
    mia, other = Account(market), Market()
    mia.set_password()
    mia.sign_in()
    for path in (f"{other.marketplace}/mediator", f"{market.marketplace}/operator", f"{market.marketplace}/buyer"):
        assert mia.browser.post(f"/staff/places/{path}/").status_code == 404


def test_nobody_signs_up_and_guessing_ends_soon(market: Market) -> None:
    mia = Account(market)
    mia.set_password()
    assert Browser().get("/staff/signup/").status_code == 404
    answers = [mia.sign_in("wrong", browser=Browser()).content.decode() for _ in range(7)]
    assert "Too many failed" in answers[-1]
    assert "Your places" not in mia.sign_in(browser=Browser()).content.decode(), "not even with the right one, for now"


def test_a_real_marketplace_has_no_personas_and_no_time_machine(database: str) -> None:
    real = marketplaces.register(f"real {uuid.uuid4()}", policies.load("alx-d"))
    key = {"Authorization": f"Bearer {real.key}"}
    link = Browser().post("/v1/party-links", json.dumps(ALICE), content_type="application/json", headers=key)
    alice = Browser()
    seat = alice.get(path_of(link))["Location"]
    page = alice.get(f"{seat}settings/").content.decode()
    assert 'class="sandbox' not in page
    assert alice.post(f"{seat}as/", {"party": "mediator"}).status_code == 404
    assert alice.post(f"{seat}time/", {"step": "day"}).status_code == 404


# ── a sandbox's people and clock ─────────────────────────────────────────────────────────────────


def test_in_a_sandbox_alice_steps_into_bob_and_mia(market: Market) -> None:
    market.order()
    market.day(10)
    market.done(Party.BUYER, "open", lines=["L1"], received=True, reason="defective", wants="refund", amount="45.00")
    alice = market.seat(Party.BUYER)
    for party, name in ((Party.SELLER, "bob"), (Party.MEDIATOR, "mia"), (Party.OPERATOR, "olga")):
        stepped = alice.post("as/", party=party.value, order="O-1", dispute="1")
        seat = seats.seat_id(market.marketplace, party, name)
        assert stepped["Location"] == f"/at/{seat}/orders/O-1/disputes/1/"
        assert alice.client.get(f"/at/{seat}/settings/").status_code == 200
    assert alice.get("settings/").status_code == 200, "and still sits at her own"
    for nobody in ({"party": "seller", "order": "O-99"}, {"party": "carrier"}, {"party": "seller"}, {}):
        assert alice.post("as/", **nobody).status_code == 404


def test_time_goes_by_and_bobs_silence_lapses(market: Market) -> None:
    market.order()
    market.day(10)
    market.done(Party.BUYER, "open", lines=["L1"], received=True, reason="defective", wants="refund", amount="45.00")
    alice = market.seat(Party.BUYER)
    back = alice.post("time/", step="hour", order="O-1", back=alice.url("settings/"))
    assert back["Location"] == alice.url("settings/")
    assert market.now == START + timedelta(days=10, hours=1)
    alice.post("time/", step="day")
    assert market.now == START + timedelta(days=11, hours=1)
    alice.post("time/", step="deadline", order="O-1")
    assert market.now == START + timedelta(days=15, seconds=1)
    dispute = market.done(Party.BUYER, "message", dispute=1, text="Thank you.").disputes[0]
    assert (dispute.status.value, str(dispute.outcome.value if dispute.outcome else "")) == (
        "closed",
        "granted_by_silence",
    )
