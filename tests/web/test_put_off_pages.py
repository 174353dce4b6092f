"""A file is on its way before its first byte may come; and who acts meanwhile reads when to send it again."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from amends.api import answers
from amends.core.refusals import EXAMINING, Refused
from amends.core.vocabulary import Party, RefusalCode
from amends.orders import evidence, queries, receipts
from amends.orders.bodies import ASKED, Allowance
from amends.vault.intake import Gate

from .people import START, Market

CLAIM: dict[str, Any] = {
    "received": True,
    "reason": "low_quality",
    "lines": [{"line": "L1", "quantity": 1}],
    "wants": "refund",
    "amount": "45.00",
    "text": "The lid does not close.",
}


class Watching(Allowance):
    """The front's question; it notes whether a file was noted as coming when its body was let come."""

    noted = False

    def grant(self, most: int, gate: Gate | None = None, *, form: bool = False) -> None:
        self.noted = self.coming is not None
        super().grant(most, gate, form=form)


def test_a_body_is_let_come_only_once_it_is_noted(market: Market, tmp_path: Path) -> None:
    market.order()
    alice = market.seat(Party.BUYER)
    with override_settings(AMENDS_FILES=str(tmp_path)):
        asked = Watching()
        about: dict[str, Any] = {ASKED: asked}
        alice.client.post(alice.url("orders/O-1/upload/"), {}, **about)
    assert (asked.granted, asked.noted) == (True, True)


def test_bob_reads_that_he_has_to_send_it_again_and_not_what_is_looked_at(market: Market) -> None:
    market.order()
    market.day(12)
    market.done(Party.BUYER, "open", **CLAIM)
    market.done(Party.SELLER, "reject", dispute=1, text="It closed here.")
    market.done(Party.BUYER, "escalate", dispute=1)
    market.done(Party.MEDIATOR, "request_evidence", dispute=1, of=["buyer", "seller"], text="Show the lid.")
    found = queries.order(market.marketplace, "O-1", now=market.now)
    where = evidence.place(market.marketplace, "O-1", Party.BUYER)
    assert found is not None
    assert where is not None
    receipts.expect(where, Allowance(), most=1, asked_at=market.now)
    market.day(16)
    bob = market.seat(Party.SELLER)
    reply = bob.post("orders/O-1/disputes/1/do/message/", text="And?", _key="k1")
    page = reply.content.decode()
    assert (reply.status_code, reply.headers["Retry-After"]) == (409, "60")
    assert "it will count as of now" in page
    assert "And?" in page, "what he wrote is kept"
    assert not queries.order(market.marketplace, "O-1", now=START + timedelta(days=16)).due  # type: ignore[union-attr]


@pytest.mark.parametrize("variant", EXAMINING)
def test_a_program_is_told_when_to_come_again(variant: str) -> None:
    told = answers.refusal(Refused(RefusalCode.VERSION_CONFLICT, variant))
    assert (told.status, told.headers["Retry-After"]) == (409, "60")
    assert "file" not in told.document["detail"] + told.document["way_out"]
