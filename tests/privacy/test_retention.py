"""A policy keeps evidence for two years from the last closing; then the worker takes texts and files away."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

from amends import policies
from amends.core.events import DisputeClosed
from amends.orders import casefiles, evidence, holds, marketplaces, privacy, queries, signers
from amends.orders.holds import Kind
from amends.orders.verify import verify
from amends.stories.telling import sentence
from amends.vault.casefile.building import build
from amends.vault.casefile.contents import Role
from amends.worker import loop
from tests.casefile.tampering import checked, said
from tests.store.lives import accepted, act, day

from .dump import everything, found_in
from .giving import WRITTEN_BY_ALICE, a_case

Server = psycopg.Connection[tuple[Any, ...]]
BOBS = ["Keep it, Bob says.", "Bob's own note", "bobs-secret-letter", "Shenzhen"]


@pytest.fixture
def keeping(database: str) -> UUID:
    policy = policies.load("alx-d", {"evidence.keep_after_closing": "P2Y"})
    return marketplaces.register(f"shop {uuid.uuid4()}", policy).id


def closed_at(shop: UUID, folder: Path) -> datetime:
    """A case that came to its end: Alice takes the 20.00, and the refund arrives."""
    a_case(shop, folder)
    accepted(act(shop, "buyer", "accept", 14, dispute=1))
    accepted(act(shop, "payments", "refund_succeeded", 15, dispute=1))
    found = queries.order(shop, "O1", now=day(100))
    assert found is not None
    casefiles.case(shop, "O1", 1, tell=sentence, now=day(100))  # what has lapsed by then is written
    assert (found.order.held_minor, [d.status.value for d in found.order.disputes]) == (0, ["closed"])
    return next(one.event.at for one in found.history if isinstance(one.event, DisputeClosed))


def two_years_after(at: datetime) -> datetime:
    return at.replace(year=at.year + 2)


def test_texts_and_files_are_gone_when_their_time_is_over_and_not_an_hour_before(
    keeping: UUID, server: Server, files: Path, tmp_path: Path
) -> None:
    over = two_years_after(closed_at(keeping, tmp_path / "arriving"))
    assert privacy.expire(over - timedelta(hours=1), marketplace=keeping).orders == 0
    assert found_in(everything(server, files, keeping), "Rose-Camera 3000")
    assert privacy.expire(over, marketplace=keeping) == privacy.Expired(1, False)
    heap = everything(server, files, keeping)
    assert not [word for word in (*WRITTEN_BY_ALICE, *BOBS, "Rose-Camera 3000") if found_in(heap, word)]
    assert not [place for place in (files / "store").glob("??/??/*") if place.is_file()]
    assert server.execute("SELECT count(*) FROM sealed_text WHERE marketplace = %s", [keeping]).fetchone() == (0,)
    assert privacy.expire(over, marketplace=keeping).orders == 0
    report = verify(keeping)
    assert not report.broken, report.broken


def test_of_a_file_whose_time_is_over_no_name_is_left(keeping: UUID, files: Path, tmp_path: Path) -> None:
    over = two_years_after(closed_at(keeping, tmp_path / "arriving"))
    found = queries.order(keeping, "O1", now=over)
    assert found is not None
    given = [one.file.id for one in found.order.disputes[0].evidence]
    privacy.expire(over, marketplace=keeping)
    rows = evidence.found(keeping, "O1", given)
    assert evidence.names(keeping, "O1", rows.values()) == dict.fromkeys(given)


def test_the_case_file_still_verifies_with_its_texts_closed(keeping: UUID, files: Path, tmp_path: Path) -> None:
    over = two_years_after(closed_at(keeping, tmp_path / "arriving"))
    privacy.expire(over, marketplace=keeping)
    case = casefiles.case(keeping, "O1", 1, tell=sentence, now=over)
    signer = signers.signer(keeping)
    for role in Role:
        report = checked(build(case, role=role, signer=signer, made_at=over, with_pdf=False), signer.fingerprint)
        assert report.code == 0, said(report)
        assert "can no longer be opened (erased)" in "\n".join(report.holds)


def test_a_text_lost_without_an_erasure_is_damage_and_stays_damage(
    keeping: UUID, server: Server, files: Path, tmp_path: Path
) -> None:
    closed_at(keeping, tmp_path / "arriving")
    server.execute("DELETE FROM sealed_text WHERE marketplace = %s AND ref = '4.1'", [keeping])
    assert [(one.law, one.where) for one in verify(keeping).broken] == [("E1", "sealed text 4.1")]


def test_a_text_that_outlives_its_time_is_named(keeping: UUID, server: Server, files: Path, tmp_path: Path) -> None:
    over = two_years_after(closed_at(keeping, tmp_path / "arriving"))
    rows = server.execute("SELECT * FROM sealed_text WHERE marketplace = %s AND ref = '3.1'", [keeping]).fetchall()
    privacy.expire(over, marketplace=keeping)
    server.execute("INSERT INTO sealed_text VALUES (%s, %s, %s, %s, %s, %s, %s)", rows[0])
    assert [(one.law, one.where) for one in verify(keeping).broken] == [("E4", "sealed text 3.1")]


@pytest.mark.parametrize(("kind", "subject"), [(Kind.ORDER, "O1"), (Kind.PERSON, "bob")])
def test_a_hold_wins(keeping: UUID, files: Path, tmp_path: Path, kind: Kind, subject: str) -> None:
    over = two_years_after(closed_at(keeping, tmp_path / "arriving"))
    holds.hold(keeping, kind, subject, reason="court 3", now=day(200))
    assert privacy.expire(over, marketplace=keeping).orders == 0
    holds.lift(keeping, kind, subject, now=day(700))
    assert privacy.expire(over, marketplace=keeping).orders == 1


def test_an_open_dispute_keeps_everything(keeping: UUID, files: Path, tmp_path: Path) -> None:
    a_case(keeping, tmp_path / "arriving")
    assert privacy.expire(two_years_after(day(400)), marketplace=keeping).orders == 0


def test_without_a_time_in_the_policy_all_is_kept(shop: UUID, files: Path, tmp_path: Path) -> None:
    over = two_years_after(closed_at(shop, tmp_path / "arriving"))
    assert privacy.expire(over, marketplace=shop).orders == 0


def test_the_worker_does_it(keeping: UUID, server: Server, files: Path, tmp_path: Path) -> None:
    over = two_years_after(closed_at(keeping, tmp_path / "arriving"))
    worker = loop._Worker("a test", over, ())
    assert worker._upkeep(over) >= 1
    assert server.execute("SELECT count(*) FROM sealed_text WHERE marketplace = %s", [keeping]).fetchone() == (0,)
