"""Alice's file is wholly here a second before her deadline: it counts, however long anybody looks at it.

Over the real store, with a scanner that answers when it is let. Mia has asked Alice for a picture on day 15, until day
18; who is silent then has nothing more to show.
"""

from __future__ import annotations

import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from amends.core.vocabulary import Party
from amends.orders import batches, casefiles, clock, evidence, queries, receipts, upkeep, waits
from amends.orders.bodies import Allowance
from amends.orders.handle import Outcome, bring_up, handle
from amends.orders.sealing import uuid7
from amends.vault.faults import NotTaken, Unreachable
from tests.api.client import at
from tests.api.people import People, ok
from tests.privacy.giving import photo
from tests.store.lives import accepted, act, day, disputed
from tests.vault.test_intake_scanning import Instream

from .conftest import Vault
from .test_uploads import UPLOADS, rows

Server = psycopg.Connection[tuple[Any, ...]]
SECOND = timedelta(seconds=1)
DUE = day(18)
IN_TIME, LATE = DUE - SECOND, DUE + SECOND


class Slow(socketserver.ThreadingTCPServer):
    """A scanner that begins to read when it is let."""

    daemon_threads = True

    def __init__(self) -> None:
        self.let = threading.Event()
        self.asked = threading.Semaphore(0)
        super().__init__(("127.0.0.1", 0), Patient)


class Patient(Instream):
    def handle(self) -> None:
        assert isinstance(self.server, Slow)
        self.server.asked.release()
        assert self.server.let.wait(20)
        super().handle()


@pytest.fixture
def scanner() -> Iterator[Slow]:
    with Slow() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.let.set()
        server.shutdown()


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scanner: Slow) -> Path:
    monkeypatch.setattr(settings, "AMENDS_FILES", str(tmp_path / "files"), raising=False)
    monkeypatch.setattr(settings, "AMENDS_CLAMD", f"127.0.0.1:{scanner.server_address[1]}", raising=False)
    return tmp_path


@pytest.fixture
def asked(shop: UUID, files: Path) -> UUID:
    disputed(shop)
    accepted(act(shop, "seller", "reject", 13, dispute=1, text="It closed here."))
    accepted(act(shop, "buyer", "escalate", 14, dispute=1))
    accepted(act(shop, "mediator", "request_evidence", 15, dispute=1, of=["buyer", "seller"], text="Show the lid."))
    found = queries.order(shop, "O1", now=day(15))
    assert found is not None
    assert found.order.dispute(1).status == "awaiting_evidence"  # type: ignore[union-attr]
    return shop


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as several:
        yield several


def place(shop: UUID, party: Party = Party.BUYER) -> evidence.Place:
    found = evidence.place(shop, "O1", party)
    assert found is not None
    return found


def sends(shop: UUID, at: datetime, folder: Path, *, colour: str = "red", given: bool = True, **known: str) -> Any:
    """Alice's request, as the edge handles it: a file, which becomes evidence at once if it is `given`."""
    try:
        where, source = place(shop), folder / f"arriving-{uuid7().hex}"
        source.write_bytes(photo(colour))
        with receipts.clocks_wait(where, received_at=at, **known) as waiting:
            file = evidence.take(
                where, source, name="lid.jpg", declared="image/jpeg", received_at=at, file=waiting.file
            )
            if not given:
                return file
            outcome = names(shop, file, at)
            waiting.stays = outcome.refused is not None and outcome.refused.code == "version_conflict"
            return outcome
    finally:
        connection.close()


def names(shop: UUID, file: evidence.File, at: datetime, by: str = "buyer") -> Outcome:
    command = {"do": "add_evidence", "by": by, "dispute": 1, "kind": "photo", "name": "lid.jpg", "id": file.file}
    return handle(shop, "O1", command | {"sha256": file.sha256}, now=at, caller=by)


def told(server: Server, shop: UUID) -> list[tuple[str, datetime]]:
    """What happened since Mia asked."""
    return server.execute(
        "SELECT type, at FROM event WHERE marketplace = %s AND at > %s ORDER BY number", [shop, day(15)]
    ).fetchall()


COUNTED = [("EvidenceAdded", IN_TIME), ("DeadlineLapsed", DUE)]


# ── whatever else happens meanwhile ──────────────────────────────────────────────────────────────


def bob_speaks(shop: UUID) -> None:
    command = {"do": "message", "by": "seller", "dispute": 1, "text": "And?", "key": "m1"}
    refused = handle(shop, "O1", command, now=LATE, caller="seller").refused
    assert refused is not None
    assert (refused.code, refused.variant) == ("version_conflict", "examining")


def mia_exports(shop: UUID) -> None:
    casefiles.case(shop, "O1", 1, tell=lambda order, event: "", now=LATE)


def somebody_reads(shop: UUID) -> None:
    found = queries.order(shop, "O1", now=LATE)
    assert found is not None
    assert found.due == (), "nobody is shown what may not hold"


def the_worker_sweeps(shop: UUID) -> None:
    assert clock.sweep(LATE, marketplace=shop).moved == 0
    assert clock.sweep(LATE, marketplace=shop).taken == 0, "it does not look again and again"


def the_clock_goes(shop: UUID) -> None:
    bring_up(shop, "O1", now=LATE)


MEANWHILE = [bob_speaks, mia_exports, somebody_reads, the_worker_sweeps, the_clock_goes]


@pytest.mark.parametrize("meanwhile", MEANWHILE)
def test_it_counts_whatever_happens_while_it_is_examined(
    asked: UUID, files: Path, scanner: Slow, pool: ThreadPoolExecutor, server: Server, meanwhile: Callable[[UUID], None]
) -> None:
    sending = pool.submit(sends, asked, IN_TIME, files)
    assert scanner.asked.acquire(timeout=10)
    meanwhile(asked)
    assert told(server, asked) == []
    scanner.let.set()
    accepted(sending.result(10))
    assert clock.sweep(LATE, marketplace=asked).moved == 1, "it is looked at again at once"
    assert told(server, asked)[:2] == COUNTED
    hers = "SELECT 1 FROM file_receipt WHERE marketplace = %s AND party = 'buyer'"
    assert not server.execute(hers, [asked]).fetchall()


def test_mia_who_acts_meanwhile_is_answered_once_it_is_examined(
    asked: UUID, files: Path, scanner: Slow, pool: ThreadPoolExecutor, server: Server
) -> None:
    sending = pool.submit(sends, asked, IN_TIME, files)
    assert scanner.asked.acquire(timeout=10)
    dismisses = {"do": "dismiss", "by": "mediator", "dispute": 1, "text": "No."}
    refused = handle(asked, "O1", dismisses, now=LATE, caller="mediator").refused
    assert refused is not None
    assert refused.variant == "examining_others"
    assert "file" not in str(refused), "it is not told what is looked at"
    scanner.let.set()
    accepted(sending.result(10))
    accepted(handle(asked, "O1", dismisses, now=LATE + SECOND, caller="mediator"))
    assert told(server, asked)[:2] == COUNTED


def test_of_two_files_at_once_the_second_counts_although_the_first_is_done(
    asked: UUID, files: Path, scanner: Slow, pool: ThreadPoolExecutor, server: Server
) -> None:
    sending = pool.submit(sends, asked, IN_TIME, files)
    assert scanner.asked.acquire(timeout=10)
    where = place(asked)
    with pytest.raises(NotTaken), receipts.clocks_wait(where, received_at=IN_TIME):
        raise NotTaken("broken", "This picture is broken. Send another.")
    the_worker_sweeps(asked)
    scanner.let.set()
    accepted(sending.result(10))
    assert told(server, asked) == COUNTED[:1]


def test_a_file_that_waits_for_a_thread_is_in_time_too(asked: UUID, files: Path, server: Server, scanner: Slow) -> None:
    """The service told Alice to send; her last byte came in time, and everybody there was busy with other files."""
    scanner.let.set()
    allowance, where = Allowance(), place(asked)
    receipts.expect(where, allowance, most=1 << 20, asked_at=DUE - 30 * SECOND)
    assert allowance.coming is not None
    for meanwhile in MEANWHILE:
        meanwhile(asked)
    accepted(sends(asked, IN_TIME, files, file=allowance.coming.file))
    assert told(server, asked) == COUNTED[:1]


def test_one_that_breaks_off_holds_nobody_up(asked: UUID, files: Path, server: Server) -> None:
    allowance = Allowance()
    receipts.expect(place(asked), allowance, most=1 << 20, asked_at=DUE - 30 * SECOND)
    the_worker_sweeps(asked)
    assert allowance.coming is not None
    allowance.coming.drop()
    assert clock.sweep(LATE, marketplace=asked).moved == 1
    assert told(server, asked)[0] == ("DeadlineLapsed", DUE)


def test_one_that_drips_holds_a_deadline_up_for_a_quarter_of_an_hour(asked: UUID, files: Path) -> None:
    receipts.expect(place(asked), Allowance(), most=1 << 20, asked_at=DUE - 30 * SECOND)
    bring_up(asked, "O1", now=DUE + waits.BOUND)
    bob_speaks(asked)
    outcome = bring_up(asked, "O1", now=DUE + waits.BOUND + SECOND)
    assert outcome is not None
    assert outcome.lapsed


def test_what_is_refused_or_late_changes_nothing(asked: UUID, files: Path, server: Server, scanner: Slow) -> None:
    scanner.let.set()
    late = sends(asked, LATE, files).refused
    assert late is not None
    assert late.code == "evidence_deadline_passed"
    assert told(server, asked)[0] == ("DeadlineLapsed", DUE)


def test_bobs_own_late_answer_is_not_saved_by_alices_file(
    asked: UUID, files: Path, scanner: Slow, pool: ThreadPoolExecutor, server: Server
) -> None:
    sending = pool.submit(sends, asked, IN_TIME, files)
    assert scanner.asked.acquire(timeout=10)
    command = {"do": "add_evidence", "by": "seller", "dispute": 1, "kind": "link", "name": "https://example.org/lid"}
    first = handle(asked, "O1", command, now=LATE, caller="seller").refused
    scanner.let.set()
    accepted(sending.result(10))
    again = handle(asked, "O1", command, now=LATE, caller="seller").refused
    assert first is not None
    assert again is not None
    assert (first.variant, again.code) == ("examining", "evidence_deadline_passed")


# ── what breaks ──────────────────────────────────────────────────────────────────────────────────


def dies(shop: UUID, folder: Path, monkeypatch: pytest.MonkeyPatch, fault: BaseException) -> None:
    """Alice's file came in time and is hashed; then `fault`."""

    def examine(*about: object, **more: object) -> None:
        raise fault

    with monkeypatch.context() as broken:
        broken.setattr("amends.vault.intake.examine", examine)
        if not isinstance(fault, Unreachable):  # killed: nothing after it runs
            broken.setattr("amends.orders.receipt_statements.DECIDED", "SELECT 1")
        with pytest.raises(type(fault)):
            sends(shop, IN_TIME, folder)


@pytest.mark.parametrize("fault", [Unreachable("clamd does not answer"), KeyboardInterrupt()])
def test_the_very_file_sent_again_counts_as_of_the_first_time(
    asked: UUID, files: Path, server: Server, scanner: Slow, monkeypatch: pytest.MonkeyPatch, fault: BaseException
) -> None:
    scanner.let.set()
    dies(asked, files, monkeypatch, fault)
    for meanwhile in MEANWHILE:
        meanwhile(asked)
    other = sends(asked, LATE, files, colour="blue").refused
    assert other is not None
    assert other.variant == "examining", "another file is another file"
    accepted(sends(asked, LATE + SECOND, files))
    assert told(server, asked) == COUNTED[:1]


def test_what_was_left_behind_holds_nothing_up_after_a_quarter_of_an_hour(
    asked: UUID, files: Path, server: Server, scanner: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    scanner.let.set()
    dies(asked, files, monkeypatch, KeyboardInterrupt())
    the_worker_sweeps(asked)
    [(left,)] = server.execute(
        "SELECT waits_until - clock_timestamp() FROM file_receipt WHERE marketplace = %s", [asked]
    ).fetchall()
    assert waits.BOUND - timedelta(minutes=1) < left <= waits.BOUND
    server.execute("UPDATE file_receipt SET waits_until = clock_timestamp() WHERE marketplace = %s", [asked])
    bring_up(asked, "O1", now=LATE)
    assert told(server, asked)[0] == ("DeadlineLapsed", DUE)
    server.execute("UPDATE file_receipt SET waits_until = waits_until - interval '1 day 1 s'")
    upkeep.prune(day(18), messages_kept=timedelta(days=90))
    assert not server.execute("SELECT 1 FROM file_receipt WHERE marketplace = %s", [asked]).fetchall()


def test_a_lease_of_the_sweep_outlives_no_wait(asked: UUID, files: Path) -> None:
    """Looked at and left alone, an order is looked at again when its lease is over, half a minute later."""
    receipts.expect(place(asked), Allowance(), most=1 << 20, asked_at=IN_TIME)
    the_worker_sweeps(asked)
    assert timedelta(minutes=1) >= batches.LEASE


# ── sent first, named afterwards ─────────────────────────────────────────────────────────────────


def test_a_file_named_a_minute_after_it_came_counts_as_of_its_receipt(
    asked: UUID, files: Path, server: Server, scanner: Slow
) -> None:
    scanner.let.set()
    file = sends(asked, IN_TIME, files, given=False)
    for meanwhile in MEANWHILE:
        meanwhile(asked)
    accepted(names(asked, file, DUE + 60 * SECOND))
    assert clock.sweep(LATE, marketplace=asked).moved == 1
    assert told(server, asked)[:2] == COUNTED


def test_named_before_the_deadline_it_counts_when_it_was_named(
    asked: UUID, files: Path, server: Server, scanner: Slow
) -> None:
    scanner.let.set()
    file = sends(asked, IN_TIME, files, given=False)
    accepted(names(asked, file, DUE))
    assert told(server, asked) == [("EvidenceAdded", DUE)]


def test_named_later_than_that_it_is_late(asked: UUID, files: Path, scanner: Slow) -> None:
    scanner.let.set()
    file = sends(asked, IN_TIME, files, given=False)
    refused = names(asked, file, IN_TIME + receipts.NAMED_WITHIN + 30 * SECOND).refused
    assert refused is not None
    assert refused.code == "evidence_deadline_passed"


def test_a_file_thrown_away_is_waited_for_no_longer(asked: UUID, files: Path, server: Server, scanner: Slow) -> None:
    scanner.let.set()
    file = sends(asked, IN_TIME, files, given=False)
    bring_up(asked, "O1", now=LATE)
    assert told(server, asked) == []
    evidence.forget(asked, "O1", file.file)
    bring_up(asked, "O1", now=LATE)
    assert told(server, asked)[0] == ("DeadlineLapsed", DUE)


# ── over HTTP ────────────────────────────────────────────────────────────────────────────────────


def on_their_way(vault: Vault) -> list[tuple[bool, bool]]:
    """Of what is on its way: whether it is received, and whether it waits to be named."""
    found = rows(vault, "SELECT received_at IS NOT NULL, named_until IS NOT NULL FROM file_receipt")
    rows(vault, "DELETE FROM file_receipt WHERE received_at IS NOT NULL RETURNING 1")
    return found


def test_a_row_stands_before_the_first_byte_may_come_and_goes_with_the_connection(people: People, vault: Vault) -> None:
    people.disputed()
    on_their_way(vault)
    head = f"POST {UPLOADS} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {people.shop.key}\r\n"
    with socket.create_connection(("127.0.0.1", vault.service.port), 5) as raw:
        raw.sendall(f"{head}Amends-Acting-As: buyer:alice\r\nContent-Length: 90000\r\n\r\n".encode())
        until(lambda: on_their_way(vault) == [(False, False)])
    until(lambda: on_their_way(vault) == [])


def until(so: Callable[[], bool]) -> None:
    end = time.monotonic() + 5
    while not so():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.05)


def test_what_is_given_or_refused_leaves_no_row_and_what_waits_can_be_named(people: People, vault: Vault) -> None:
    people.disputed()
    on_their_way(vault)
    ok(people.alice.send("POST", UPLOADS, photo("red"), Upload_Name="lid.jpg", Upload_Dispute="1"))
    assert people.alice.send("POST", UPLOADS, b"<svg></svg>", Upload_Name="lid.svg").status == 422
    assert on_their_way(vault) == []
    ok(people.alice.send("POST", UPLOADS, photo("blue"), Upload_Name="lid.jpg"))
    assert on_their_way(vault) == [(True, True)]
    begun = ok(people.alice.send("POST", UPLOADS, b"", Upload_Length=str(len(photo("teal")))))
    assert on_their_way(vault) == [], "nothing has come yet"
    half = people.alice.send("PATCH", begun.headers["Location"], photo("teal")[:500], Upload_Offset="0")
    assert half.headers["Upload-Offset"] == "500"
    assert on_their_way(vault) == [], "what is missing has all the time it has"
    ok(people.alice.send("PATCH", begun.headers["Location"], photo("teal")[500:], Upload_Offset="500"))
    assert on_their_way(vault) == [(True, True)]


def test_the_clock_of_a_sandbox_passes_what_nobody_names(people: People) -> None:
    people.disputed()
    people.day(16.999)
    ok(people.alice.send("POST", UPLOADS, photo("red"), Upload_Name="lid.jpg"))
    people.day(17.0001)
    people.day(25)
    assert people.alice.get(at("O1", "disputes", 1)).body["status"] == "closed"
