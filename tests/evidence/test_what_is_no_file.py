"""Numbers and addresses stand for no file, and what a hold keeps on the disk takes room (R166, R167)."""

from __future__ import annotations

import uuid
from pathlib import Path
from uuid import UUID

import pytest

from amends import policies
from amends.core.rules.weighing import counts, is_address
from amends.core.vocabulary import Party
from amends.orders import evidence, holds, marketplaces, trips
from tests.privacy.giving import photo, uploaded
from tests.store.lives import accepted, act, day, disputed, shipped

from .test_no_file_no_evidence import code, files

__all__ = ["files"]
CLAIM = {"lines": ["A"], "received": True, "reason": "defective", "wants": "refund", "amount": "45.00"}
NUMBER = {"kind": "tracking", "name": "RR123456785CN"}


@pytest.fixture(params=[False, True], ids=["market", "sandbox"])
def strict(database: str, request: pytest.FixtureRequest) -> UUID:
    """A marketplace whose policy asks for one file where something is defective."""
    policy = policies.load("alx-d", {"opening.evidence": {"defective": 1}})
    return marketplaces.register(f"strict {uuid.uuid4()}", policy, sandbox=request.param).id


def test_alice_cannot_open_with_tracking_numbers_in_place_of_a_photo(strict: UUID, files: Path) -> None:
    where = strict
    shipped(where)
    for given in ([{"kind": "tracking", "name": str(one)} for one in (1, 2, 3)], [NUMBER], [NUMBER, NUMBER]):
        refused = act(where, "buyer", "open", 12, **CLAIM, files=given)
        assert code(refused) == "evidence_required"
        assert refused.order is not None
        assert refused.order.disputes == ()
    file = uploaded(where, Party.BUYER, photo("red"), "kettle.jpg", files, 12)
    said = {"kind": "photo", "id": file.file, "sha256": file.sha256}
    opened = act(where, "buyer", "open", 12, **CLAIM, files=[said, NUMBER])
    accepted(opened)
    assert opened.order is not None
    assert [item.file.counts for item in opened.order.disputes[0].evidence] == [True, True], "it is evidence still"


def test_a_number_given_before_is_no_file_when_alice_says_the_kettle_is_defective(strict: UUID, files: Path) -> None:
    shop = strict
    shipped(shop)
    accepted(act(shop, "buyer", "open", 36, **CLAIM | {"reason": "not_received", "received": False}))
    accepted(act(shop, "buyer", "add_evidence", 37, dispute=1, **NUMBER))
    revised = act(shop, "buyer", "revise", 38, dispute=1, received=True, reason="defective")
    assert code(revised) == "evidence_required"


@pytest.mark.parametrize(
    "name",
    [
        "example.com", "example.com?x", "//example.com/x", "www.example.com", "https://example.com", "EXAMPLE.COM",
        "http:example.com", "example.com:8080/x", "example.com#a", "example.com.", "<https://example.com>",
        "\u200bexample.com", "ｅxample．ｃom", "пример.рф/кадр", "me@example.com", "192.168.7.7/film",
        "my film: https://example.com/kettle", "\\\\host\\film", "mailto:me@example.com", "example.com/kettle.mp4",
    ],
)  # fmt: skip
def test_an_address_counts_for_nothing_however_it_is_written(name: str) -> None:
    assert is_address(name)
    for kind in ("photo", "video", "document", "tracking"):
        assert not counts(kind, name, "")
        assert counts(kind, name, "ab" * 32), "the file itself counts, whatever it is called"
    assert not counts("link", name, "ab" * 32)


@pytest.mark.parametrize(
    "name",
    ["", "kettle.jpg", "Kettle.PDF", "kettle.mp4", "2026-02-01 kettle.heic", "delivered in Tver on 20 February",
     "The tag. The label says XL", "12.50", "1", "No. 7/8", "RR123456785CN", "RR 123 456 785 CN", "v1.2"],
)  # fmt: skip
def test_names_of_files_and_words_are_no_addresses(name: str) -> None:
    assert not is_address(name)
    assert counts("photo", name, "")


def test_a_number_with_dots_is_a_number() -> None:
    assert counts("tracking", "RR.123456785.CN", "")


def test_what_bob_throws_away_under_a_hold_takes_his_room_in_the_end(shop: UUID, files: Path) -> None:
    disputed(shop)
    holds.hold(shop, holds.Kind.ORDER, "O1", reason="court 3", now=day(12))
    where = evidence.place(shop, "O1", Party.SELLER)
    assert where is not None
    limit = where.policy.evidence.files_per_party
    file = uploaded(shop, Party.SELLER, photo("navy"), "away.jpg", files, 12.5).file
    evidence.forget(shop, "O1", file)
    assert _loose(shop) == 0, "a few that he threw away cost him nothing"
    _more_of(shop, file, 2 * limit - 1)
    assert _loose(shop) == limit
    assert _loose(shop, Party.BUYER) == 0
    holds.lift(shop, holds.Kind.ORDER, "O1", now=day(13))
    assert _loose(shop) == 0, "they go with the next sweep"


def _loose(shop: UUID, party: Party = Party.SELLER) -> int:
    where = evidence.place(shop, "O1", party)
    assert where is not None
    return where.loose


def _more_of(shop: UUID, file: str, times: int) -> None:
    """As many rows like this one, as if he had gone on."""
    trips.run(
        shop,
        """INSERT INTO evidence_file (file, marketplace, order_key, giver, party, state, key_id, name, kind, media_type,
          size, sha256, pieces, facts, hints, received_at)
        SELECT 'f_' || md5(file || n), marketplace, order_key, giver, party, state, key_id, name, kind, media_type,
          size, sha256, pieces, facts, hints, received_at
        FROM evidence_file, generate_series(1, %(times)s) n WHERE marketplace = %(m)s AND file = %(file)s""",
        {"m": shop, "file": file, "times": times},
    )
