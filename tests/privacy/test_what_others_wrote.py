"""Olga writes down Alice's account, Mia Bob's city, a bank why a card was refused: erased with Alice, and with Bob."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

from amends.orders import casefiles, privacy, sealing
from amends.orders.verify import verify
from amends.stories.telling import sentence
from amends.vault.casefile.contents import Role
from tests.store.lives import accepted, act, agreed, day, disputed

from .dump import everything, found_in

Server = psycopg.Connection[tuple[Any, ...]]
ACCOUNT, SAID, CITY = "DE89370400440532013000 Alice Rose", "The card of Alice Rose has expired.", "Yiwu-Rose-Lane"


def a_life(shop: UUID) -> None:
    """Bob pays back, the bank refuses, Olga and Otto send it elsewhere; Mia writes down where the goods go back to."""
    agreed(shop)
    accepted(act(shop, "payments", "refund_failed", 15, dispute=1, text=SAID))
    what = {"dispute": 1, "text": "She wrote to us.", "refund_to": ACCOUNT, "actor": "olga"}
    accepted(act(shop, "operator", "correct", 16, **what))
    accepted(act(shop, "operator", "approve", 16, actor="otto"))


def rulings(shop: UUID) -> None:
    disputed(shop)
    accepted(act(shop, "seller", "reject", 14, dispute=1, text="It closed here."))
    accepted(act(shop, "buyer", "escalate", 15, dispute=1))
    accepted(
        act(
            shop, "mediator", "rule", 16, dispute=1, wants="return_and_refund", amount="45.00", text="It goes back.",
            fault="seller", funded_by="escrow", counts_against="seller",
            return_to={"country": "CN", "city": CITY},
        )
    )  # fmt: skip


def erase(shop: UUID, name: str) -> None:
    privacy.erase(shop, name, reason="asked", now=day(30))


def court(shop: UUID) -> str:
    with casefiles.written(shop, "O1", 1, role=Role.COURT, viewer="operator:olga", tell=sentence, now=day(17)) as file:
        case = zipfile.ZipFile(io.BytesIO(file.read()))
    documents = [json.loads(case.read(name)) for name in case.namelist() if name.endswith(".json")]
    return json.dumps(documents, ensure_ascii=False)


@pytest.fixture
def as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever staff or a provider wrote went under the order's key."""
    monkeypatch.setattr(sealing.Sealer, "_of_the_parties", lambda self, event, number, **parties: event)


def opens(shop: UUID, server: Server, files: Path) -> str:
    """All that can be read with the keys that are left: the court's case file, and the data in plain."""
    found = court(shop)
    kept = everything(server, files, shop)
    return found + "".join(word for word in (ACCOUNT, SAID, CITY) if found_in(kept, word))


def test_alices_account_and_what_her_bank_said_go_with_her(shop: UUID, server: Server, files: Path) -> None:
    a_life(shop)
    before = opens(shop, server, files)
    assert ACCOUNT in before
    assert SAID in before
    erase(shop, "alice")
    after = opens(shop, server, files)
    assert ACCOUNT not in after
    assert SAID not in after
    assert "She wrote to us." in after, "what staff wrote is the order's"
    assert not verify(shop).broken


def test_the_city_mia_wrote_down_goes_with_bob(shop: UUID, server: Server, files: Path) -> None:
    rulings(shop)
    erase(shop, "alice")
    assert CITY in court(shop)
    erase(shop, "bob")
    assert CITY not in court(shop)
    assert not verify(shop).broken


@pytest.mark.usefixtures("as_before")
def test_what_was_sealed_under_the_orders_key_before_goes_too(shop: UUID, server: Server, files: Path) -> None:
    a_life(shop)
    before = server.execute("SELECT owner, ref FROM sealed_text WHERE marketplace = %s", [shop]).fetchall()
    erase(shop, "alice")
    after = opens(shop, server, files)
    assert ACCOUNT not in after
    assert SAID not in after
    assert "She wrote to us." in after
    left = server.execute("SELECT owner, ref FROM sealed_text WHERE marketplace = %s", [shop]).fetchall()
    assert len(set(before) - set(left)) >= 2
    assert {owner for owner, _ in set(before) - set(left)} == {"order:O1"}
    assert not verify(shop).broken


@pytest.mark.usefixtures("as_before")
def test_bobs_city_of_before_goes_with_bob_alone(shop: UUID, files: Path) -> None:
    rulings(shop)
    erase(shop, "alice")
    assert CITY in court(shop)
    erase(shop, "bob")
    assert CITY not in court(shop)
    assert not verify(shop).broken


@pytest.mark.usefixtures("as_before")
def test_one_that_outlived_an_erasure_of_before_is_named_and_the_next_erasure_takes_it(
    shop: UUID, monkeypatch: pytest.MonkeyPatch, files: Path
) -> None:
    a_life(shop)
    with monkeypatch.context() as before:
        before.setattr(privacy, "_PERSON", privacy._PERSON[:-1])
        erase(shop, "alice")
    broken = verify(shop).broken
    assert {one.law for one in broken} == {"E4"}
    assert len(broken) >= 2
    assert "still under the order's key" in broken[0].why
    privacy.erase(shop, "alice", reason="again", now=day(31))
    assert not verify(shop).broken


def test_a_text_of_an_erased_person_that_was_changed_is_still_damage(shop: UUID, server: Server, files: Path) -> None:
    a_life(shop)
    erase(shop, "alice")
    server.execute("UPDATE sealed_text SET ciphertext = 'x' WHERE marketplace = %s", [shop])
    assert {one.law for one in verify(shop).broken} == {"E1"}


def test_what_is_missing_of_somebody_who_was_not_erased_is_damage(shop: UUID, server: Server, files: Path) -> None:
    a_life(shop)
    server.execute("DELETE FROM sealed_text WHERE marketplace = %s AND owner = 'person:alice'", [shop])
    assert {one.law for one in verify(shop).broken} == {"E1"}
