"""What a mediator lists when she asks for evidence is ticked off by files that count."""

from __future__ import annotations

from amends.core import commands as c
from amends.core import events as e
from amends.core import wire
from amends.core.order import missing
from amends.core.vocabulary import DisputeStatus, EvidenceKind, Party
from amends.core.wanted import wanted
from tests.core import builders as b
from tests.core.builders import Life

LIST = (c.WantedThing("The kettle, plugged in", "video"), c.WantedThing(" The lid "))
BOTH = (Party.BUYER, Party.SELLER)


def asked(of: tuple[Party, ...] = BOTH, things: tuple[c.WantedThing, ...] = LIST) -> Life:
    return b.escalated().at(23).does("mediator", "request_evidence", of=of, text="secret", wanted=things)


def ticks(life: Life, viewer: Party = Party.MEDIATOR) -> list[tuple[Party, ...]]:
    return [item.came_from for item in wanted(life.order.disputes[0], viewer)]


def test_mia_lists_two_things_and_sees_of_each_who_has_shown_it() -> None:
    life = asked()
    assert [(item.number, item.text.plain, item.kind) for item in wanted(life.order.disputes[0], Party.BUYER)] == [
        (1, "The kettle, plugged in", EvidenceKind.VIDEO),
        (2, "The lid", None),
    ]
    assert ticks(life) == [(), ()]
    life.at(24).does("buyer", "add_evidence", kind="photo", answers=2)
    assert ticks(life) == [(), (Party.BUYER,)]
    assert missing(life.order.disputes[0]) == (Party.SELLER,), "a list completes nothing"
    life.does("seller", "add_evidence", kind="photo")
    assert life.order.disputes[0].status is DisputeStatus.UNDER_REVIEW
    assert ticks(life) == [(), (Party.BUYER,)], "what has come stays ticked, what has not stays open"


def test_a_link_ticks_nothing_off() -> None:
    life = asked().at(24).does("buyer", "add_evidence", kind="link", name="see my channel", answers=1)
    assert ticks(life) == [(), ()]


def test_what_alice_shows_the_mediator_alone_is_ticked_for_her_and_mia_only() -> None:
    life = asked().at(24).does("buyer", "add_evidence", kind="photo", answers=1, mediator_only=True)
    assert ticks(life) == ticks(life, Party.BUYER) == [(Party.BUYER,), ()]
    assert ticks(life, Party.SELLER) == [(), ()]
    assert ticks(life, Party.CARRIER) == []


def test_a_new_request_has_ticks_of_its_own() -> None:
    life = asked().at(24).does("buyer", "add_evidence", kind="photo", answers=1)
    life.at(25).does("mediator", "request_evidence", of=BOTH, text="secret", wanted=LIST[:1])
    assert ticks(life) == [()]
    assert all(item.answers is None for item in life.order.disputes[0].evidence)
    life.at(26).does("mediator", "request_evidence", of=BOTH, text="secret")
    assert ticks(life) == []


def test_an_event_of_before_reads_without_a_list() -> None:
    life = asked(things=())
    [event] = [one for one in life.history if isinstance(one, e.EvidenceRequested)]
    document = wire.write_event(wire.seal(event, b.seal))
    assert "wanted" not in document
    assert wire.read_event(document) == wire.seal(event, b.seal)


def test_the_list_is_sealed_like_every_text() -> None:
    [event] = [one for one in asked().history if isinstance(one, e.EvidenceRequested)]
    written = wire.canonical(wire.write_event(wire.seal(event, b.seal))).decode()
    assert "kettle" not in written
    assert "lid" not in written.replace("sealed", "")
