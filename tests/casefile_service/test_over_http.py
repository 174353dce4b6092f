"""A party asks for the case file over HTTP, and gets what that party may see."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest

from tests.api.client import Reply, at
from tests.api.conftest import people, service, shop
from tests.api.people import People
from tests.casefile.tampering import checked

__all__ = ["people", "service", "shop"]


def manifest(reply: Reply) -> Any:
    with zipfile.ZipFile(io.BytesIO(reply.raw)) as zipped:
        return json.loads(zipped.read("manifest.json"))


@pytest.mark.parametrize(
    ("who", "role"), [("alice", "buyer"), ("bob", "seller"), ("mia", "mediator"), ("olga", "mediator"),
                      ("shop", "marketplace")]
)  # fmt: skip
def test_whoever_may_see_the_case_gets_its_file(people: People, who: str, role: str) -> None:
    people.offered()
    reply = getattr(people, who).get(at("O1", "disputes", 1, "case-file"))
    assert (reply.status, reply.headers["Content-Type"]) == (200, "application/zip")
    assert reply.headers["Content-Disposition"] == 'attachment; filename="case-O1-1.zip"'
    assert (reply.headers["X-Content-Type-Options"], reply.headers["Cache-Control"]) == ("nosniff", "no-store")
    assert manifest(reply)["role"] == role
    report = checked(reply.raw, manifest(reply)["key"])
    assert report.code == 0, report.wrong


def test_parties_never_get_the_stores_chain(people: People) -> None:
    people.offered()
    chain = zipfile.ZipFile(io.BytesIO(people.mia.get(at("O1", "disputes", 1, "case-file")).raw))
    hashes = [event["chain"].encode() for event in json.loads(chain.read("events.json"))]
    for who in (people.alice, people.bob, people.shop):
        said = b"".join(
            who.get(path).raw
            for path in (at("O1"), at("O1", "timeline"), at("O1", "disputes", 1), at("O1", "disputes", 1, "case-file"))
        )
        assert not [one for one in hashes if one in said]


def test_a_stranger_and_a_wrong_number_find_nothing(people: People) -> None:
    people.offered()
    assert people.sam.get(at("O1", "disputes", 1, "case-file")).code == "unknown_order"
    assert people.alice.get(at("O1", "disputes", 2, "case-file")).code == "unknown_dispute"
    assert people.carrier.get(at("O1", "disputes", 1, "case-file")).code == "not_allowed"
