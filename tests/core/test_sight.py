"""Who may see what: the matrix of the vocabulary cell by cell, and the same over whole histories."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.core import events as e
from amends.core import sight
from amends.core.decide import act
from amends.core.facts import Facts
from amends.core.private import Private
from amends.core.sight import Item
from amends.core.vocabulary import Party, TrackState, Verb
from amends.core.wire import seal
from tests.core import builders as b
from tests.core.builders import Life, day

BUYER, SELLER, MEDIATOR, OPERATOR = Party.BUYER, Party.SELLER, Party.MEDIATOR, Party.OPERATOR
CARRIER, PAYMENTS, MARKETPLACE, CLOCK = Party.CARRIER, Party.PAYMENTS, Party.MARKETPLACE, Party.CLOCK


# ── the matrix ───────────────────────────────────────────────────────────────────────────────────

YES, NO = True, False
# One row of the vocabulary's table at one moment, and every party's answer:
MATRIX: list[tuple[Item, Callable[[], Life], dict[Party, bool]]] = [
    (Item.CASE, b.offered, {BUYER: YES, SELLER: YES, MARKETPLACE: YES}),
    (Item.TALK, b.offered, {BUYER: YES, SELLER: YES, MARKETPLACE: YES}),
    (Item.DESTINATION, b.paid, {BUYER: YES, SELLER: YES, MARKETPLACE: YES}),
    (Item.DESTINATION, b.shipped, {BUYER: YES, SELLER: NO, MARKETPLACE: YES}),
    (Item.DESTINATION, b.completed, {BUYER: YES, SELLER: NO, MARKETPLACE: YES}),
    (Item.DESTINATION, b.cancelled, {BUYER: YES, SELLER: NO, MARKETPLACE: YES}),
    (Item.RETURN_ADDRESS, b.offered, {BUYER: NO, SELLER: YES, MARKETPLACE: YES}),
    (Item.RETURN_ADDRESS, b.return_agreed, {BUYER: YES, SELLER: YES, MARKETPLACE: YES}),
    (Item.RETURN_ADDRESS, b.replacement_due, {BUYER: YES, SELLER: YES, MARKETPLACE: YES}),
    (Item.RETURN_ADDRESS, b.agreed, {BUYER: NO, SELLER: YES, MARKETPLACE: YES}),
    (Item.OTHERS_CHOICE, b.proposed, {BUYER: NO, SELLER: NO, MARKETPLACE: YES}),
    (Item.OTHERS_CHOICE, b.one_chose, {BUYER: NO, SELLER: NO, MARKETPLACE: YES}),
    (
        Item.OTHERS_CHOICE,
        lambda: b.one_chose().does("seller", "choose", option=2),
        {BUYER: YES, SELLER: YES, MARKETPLACE: YES},
    ),
    (Item.RISK, b.offered, {BUYER: NO, SELLER: NO, MARKETPLACE: NO}),
    (Item.STAFF_NAME, b.asked, {BUYER: NO, SELLER: NO, MARKETPLACE: NO}),
]
ALWAYS = {MEDIATOR: YES, OPERATOR: YES, CLOCK: YES, CARRIER: NO, PAYMENTS: NO}
CELLS = [
    pytest.param(item, life, party, answer, id=f"{item} after {life.__name__.strip('<>')}: {party}")
    for item, life, answers in MATRIX
    for party, answer in (answers | ALWAYS).items()
]


@pytest.mark.parametrize(("item", "life", "party", "answer"), CELLS)
def test_the_matrix_holds_cell_by_cell(item: Item, life: Callable[[], Life], party: Party, answer: bool) -> None:
    order = life().order
    dispute = order.disputes[0] if order.disputes else None
    assert sight.may_see(item, party, order, dispute) is answer


def test_the_matrix_has_every_item_and_every_party() -> None:
    assert {item for item, _, _ in MATRIX} == set(Item)
    assert all(set(answers | ALWAYS) == set(Party) for _, _, answers in MATRIX)


def test_addresses_are_given_out_by_the_matrix() -> None:
    paid, shipped, agreed = b.paid().order, b.offered().order, b.return_agreed().order
    assert sight.destination(paid, SELLER) == paid.destination
    assert sight.destination(shipped, SELLER) is None
    assert sight.destination(shipped, BUYER) == shipped.destination
    assert sight.return_address(shipped, shipped.disputes[0], BUYER) is None
    assert sight.return_address(agreed, agreed.disputes[0], BUYER) == agreed.return_to
    assert sight.return_address(agreed, agreed.disputes[0], CARRIER) is None


def test_an_address_named_with_the_agreement_counts_before_the_orders_own() -> None:
    life = b.opened(wants="return_and_refund").does("seller", "accept", return_to=b.POLAND)
    address = sight.return_address(life.order, life.dispute, BUYER)
    assert address is not None
    assert address.country == "PL"


# ── evidence, choices, flags ─────────────────────────────────────────────────────────────────────


def with_files() -> Life:
    life = b.opened().does("buyer", "add_evidence", id="open to both")
    return life.does("seller", "add_evidence", id="for staff", mediator_only=True)


@pytest.mark.parametrize(
    ("party", "files"),
    [
        (BUYER, ["open-1", "open to both"]),
        (SELLER, ["open-1", "open to both", "for staff"]),
        (MEDIATOR, ["open-1", "open to both", "for staff"]),
        (OPERATOR, ["open-1", "open to both", "for staff"]),
        (MARKETPLACE, ["open-1", "open to both"]),
        (CARRIER, []),
        (PAYMENTS, []),
    ],
)
def test_evidence_for_the_mediator_only_is_seen_by_its_giver_and_the_staff(party: Party, files: list[str]) -> None:
    assert [item.file.id for item in sight.evidence(with_files().dispute, party)] == files


@pytest.mark.parametrize(
    ("party", "before", "after"),
    [
        (BUYER, [(BUYER, 1)], [(BUYER, 1), (SELLER, 2)]),
        (SELLER, [], [(BUYER, 1), (SELLER, 2)]),
        (MEDIATOR, [(BUYER, 1)], [(BUYER, 1), (SELLER, 2)]),
        (OPERATOR, [(BUYER, 1)], [(BUYER, 1), (SELLER, 2)]),
        (CARRIER, [], []),
        (PAYMENTS, [], []),
    ],
)
def test_a_choice_is_shown_to_the_other_side_once_both_have_chosen(
    party: Party, before: list[Any], after: list[Any]
) -> None:
    life = b.one_chose()
    assert list(sight.choices(life.dispute, party)) == before
    life.does("seller", "choose", option=2)
    assert list(sight.choices(life.dispute, party)) == after


FLAGS = frozenset(
    {"evidence_missing", "appeal_pending", "return_waived", "frequent_disputes", "contradicts_receipt",
     "tracking_mismatch", "pity", "off_platform_payment", "review_for_refund"}
)  # fmt: skip
PROCESS = {"evidence_missing", "appeal_pending", "return_waived"}


@pytest.mark.parametrize(
    ("party", "seen"),
    [
        (BUYER, PROCESS | {"pity", "off_platform_payment", "review_for_refund"}),
        (SELLER, PROCESS | {"off_platform_payment", "review_for_refund"}),
        (MEDIATOR, FLAGS),
        (OPERATOR, FLAGS),
        (MARKETPLACE, set()),
        (CARRIER, set()),
        (PAYMENTS, set()),
    ],
)
def test_a_party_sees_flags_about_the_process_and_warnings_that_protect_it(party: Party, seen: set[str]) -> None:
    assert sight.flags(dataclasses.replace(b.opened().dispute, flags=FLAGS), party) == seen


# ── histories ────────────────────────────────────────────────────────────────────────────────────


def seen(life: Life, party: Party) -> tuple[e.Event, ...]:
    return sight.history(life.order, life.history, party)


def seen_as(life: Life, party: Party, kind: type[e.Event]) -> list[Any]:
    return [event for event in seen(life, party) if isinstance(event, kind)]


def test_staff_sees_everything_as_it_happened() -> None:
    life = with_files()
    assert seen(life, MEDIATOR) == tuple(life.history)
    assert seen(life, OPERATOR) == tuple(life.history)


@pytest.mark.parametrize("party", [BUYER, SELLER, MARKETPLACE])
def test_who_of_the_staff_decided_is_told_by_role_only(party: Party) -> None:
    ruling = seen_as(b.ruled(), party, e.RulingMade)[0]
    assert (ruling.by, ruling.actor) == (MEDIATOR, "")
    assert all(event.actor == "" for event in seen(b.ruled(), party))


def test_the_destination_leaves_the_sellers_history_once_the_parcel_is_sent() -> None:
    assert seen_as(b.paid(), SELLER, e.OrderPlaced)[0].destination.country == "PL"
    assert seen_as(b.shipped(), SELLER, e.OrderPlaced)[0].destination is None
    assert seen_as(b.shipped(), BUYER, e.OrderPlaced)[0].destination.country == "PL"


def test_the_return_address_enters_the_buyers_history_when_a_return_is_agreed() -> None:
    before = b.opened(wants="return_and_refund").does("seller", "offer", wants="return_and_refund", return_to=b.POLAND)
    assert seen_as(before, BUYER, e.OrderPlaced)[0].return_to is None
    assert seen_as(before, BUYER, e.OfferMade)[0].return_to is None
    assert seen_as(before, SELLER, e.OfferMade)[0].return_to.country == "PL"
    after = before.does("buyer", "accept")
    assert seen_as(after, BUYER, e.OrderPlaced)[0].return_to.country == "CN"
    assert seen_as(after, BUYER, e.OfferMade)[0].return_to.country == "PL"


def test_evidence_for_the_mediator_only_is_not_even_mentioned_nor_that_it_was_taken_back() -> None:
    life = with_files().does("seller", "remove_evidence", id="for staff")
    assert [event.file.id for event in seen_as(life, BUYER, e.EvidenceAdded)] == ["open to both"]
    assert seen_as(life, BUYER, e.EvidenceRemoved) == []
    assert len(seen_as(life, SELLER, e.EvidenceRemoved)) == 1
    assert len(seen_as(life, MEDIATOR, e.EvidenceAdded)) == 2


def spoken_of(event: Any) -> list[tuple[str, str, str]]:
    """The files in an event: id, name, comment."""

    def said(text: Private | None) -> str:
        return (text.plain or "") if text else ""

    return [(file.id, said(file.name), said(file.comment)) for file in sight.files_of(event)]


@pytest.mark.parametrize("party", [BUYER, SELLER, MARKETPLACE, MEDIATOR, OPERATOR])
def test_what_was_said_of_a_file_that_was_taken_back_is_its_givers_and_the_staffs(party: Party) -> None:
    life = b.opened().does("buyer", "add_evidence", id="kept", name="a.jpg", comment="The lid.")
    life.does("buyer", "add_evidence", id="back", name="b.jpg", comment="My bedroom.")
    life.does("buyer", "remove_evidence", id="back").does("buyer", "remove_evidence", id="open-1")
    kept, back = seen_as(life, party, e.EvidenceAdded)
    assert spoken_of(kept) == [("kept", "a.jpg", "The lid.")]
    knows = party not in (SELLER, MARKETPLACE)
    assert spoken_of(back) == ([("back", "b.jpg", "My bedroom.")] if knows else [("back", "", "")])
    assert [id_ for id_, *_ in spoken_of(seen_as(life, party, e.DisputeOpened)[0])] == ["open-1"]
    assert len(seen_as(life, party, e.EvidenceRemoved)) == 2


def test_a_claims_file_for_the_mediator_only_and_that_it_was_taken_back_is_not_told_to_the_other_side() -> None:
    life = b.opened().does("buyer", "remove_evidence", id="open-1")
    first = life.last(e.DisputeOpened)
    open_one = first.files[0]._replace(id="open to both")
    secret = dataclasses.replace(first, files=(first.files[0]._replace(mediator_only=True), open_one))
    history = [secret if event is first else event for event in life.history]
    for party, files, removals in ((SELLER, ["open to both"], 0), (BUYER, ["open-1", "open to both"], 1)):
        told = sight.history(life.order, history, party)
        (opened,) = (event for event in told if isinstance(event, e.DisputeOpened))
        assert [file.id for file in opened.files] == files
        assert sum(isinstance(event, e.EvidenceRemoved) for event in told) == removals


@pytest.mark.parametrize("party", Party)
def test_a_file_as_it_was_sent_is_its_givers_and_the_staffs(party: Party) -> None:
    assert sight.original(BUYER, party) is (party in (BUYER, MEDIATOR, OPERATOR))


def test_that_an_open_file_was_taken_back_is_told_also_under_a_name_that_was_secret_before() -> None:
    life = with_files().does("seller", "remove_evidence", id="for staff")
    life.does("seller", "add_evidence", id="for staff").does("seller", "remove_evidence", id="for staff")
    assert len(seen_as(life, BUYER, e.EvidenceRemoved)) == 1


def test_a_choice_enters_the_other_sides_history_when_both_have_chosen() -> None:
    life = b.one_chose()
    assert len(seen_as(life, BUYER, e.OptionChosen)) == 1
    assert seen_as(life, SELLER, e.OptionChosen) == []
    life.does("seller", "choose", option=2)
    assert [event.option for event in seen_as(life, SELLER, e.OptionChosen)] == [1, 2]
    assert [event.option for event in seen_as(life, BUYER, e.OptionChosen)] == [1, 2]


def test_a_choice_nobody_answered_stays_hidden_when_later_options_are_chosen_by_both() -> None:
    life = b.one_chose().at(25).does("mediator", "propose", actor="mia")
    assert seen_as(life, SELLER, e.OptionChosen) == []
    life.does("buyer", "choose", option=2).does("seller", "choose", option=1)
    assert [event.option for event in seen_as(life, SELLER, e.OptionChosen)] == [2, 1]
    assert [event.option for event in seen_as(life, BUYER, e.OptionChosen)] == [1, 2, 1]


def test_what_both_once_knew_stays_known_when_new_options_are_on_the_table() -> None:
    life = b.one_chose().does("seller", "choose", option=2).at(25).does("mediator", "propose", actor="mia")
    assert [event.option for event in seen_as(life, SELLER, e.OptionChosen)] == [1, 2]


def test_risk_flags_and_the_buyers_own_warnings_are_not_the_sellers_business() -> None:
    life = b.received()
    facts = Facts(disputes_opened=tuple(day(at) for at in range(10, 16)))
    claim = b.command(life.order, BUYER, Verb.OPEN, day(16))
    opened = act(life.order, claim, day(16), facts)
    event = opened.events[-1]
    assert isinstance(event, e.DisputeOpened)
    assert "frequent_disputes" in event.flags
    told_to: list[tuple[Party, set[str]]] = [(BUYER, {"return_may_cost_more"}), (SELLER, set())]
    for party, warnings in told_to:
        told = sight.history(opened.order, [dataclasses.replace(event, warnings=event.warnings | warnings)], party)[0]
        assert isinstance(told, e.DisputeOpened)
        assert told.flags == set()
        assert told.warnings == warnings


def test_a_trap_in_a_message_is_flagged_to_its_reader_and_not_to_its_writer() -> None:
    life = b.opened().does("seller", "message", text="Please, I will lose my job, my child is ill, have mercy.")
    sent = life.last(e.MessageSent)
    assert "pity" in sent.flags
    assert "pity" in seen_as(life, BUYER, e.MessageSent)[0].flags
    assert "pity" not in seen_as(life, SELLER, e.MessageSent)[0].flags


def test_that_a_number_belongs_elsewhere_is_for_the_staff() -> None:
    life = b.return_agreed()
    shipped = b.command(life.order, BUYER, Verb.SHIP_RETURN, day(22))
    step = act(life.order, shipped, day(22), Facts(tracking_elsewhere=True))
    for party in (BUYER, SELLER, MARKETPLACE):
        (told,) = sight.history(step.order, step.events, party)
        assert isinstance(told, e.ReturnShipped)
        assert told.flags == frozenset()
    (told,) = sight.history(step.order, step.events, MEDIATOR)
    assert getattr(told, "flags", None) == {"tracking_mismatch"}


def test_that_a_parcel_went_elsewhere_is_for_the_staff() -> None:
    sent = e.OrderShipped(at=day(1), by=SELLER, elsewhere=True)
    scan = e.ParcelTracked(at=day(2), by=CARRIER, state=TrackState.DELIVERED, elsewhere=True)
    back = e.ReturnTracked(at=day(3), by=CARRIER, state=TrackState.DELIVERED, dispute=1, elsewhere=True)
    order = b.return_sent().order
    for party in (BUYER, SELLER, MARKETPLACE):
        assert [getattr(event, "elsewhere", None) for event in sight.history(order, (sent, scan, back), party)] == [
            False, False, False,
        ]  # fmt: skip
    assert sight.history(order, (sent, scan, back), MEDIATOR) == (sent, scan, back)


def test_where_the_buyer_banks_is_not_told_to_the_seller() -> None:
    life = b.refund_failed().at(26).does("operator", "correct", amount=None, refund_to="secret account", actor="olga")
    life.at(27).does("operator", "approve", actor="otto")
    assert seen_as(life, BUYER, e.CorrectionProposed) == [], "what waits for a second person is the staff's"
    for kind, name in ((e.RefundRedirected, "to"), (e.RefundFailed, "failure")):
        mine, theirs = seen_as(life, BUYER, kind)[0], seen_as(life, SELLER, kind)[0]
        assert getattr(mine, name).plain
        assert getattr(getattr(theirs, name), "plain", None) is None


@pytest.mark.parametrize("party", [CARRIER, PAYMENTS])
def test_carrier_and_provider_see_their_own_facts_only(party: Party) -> None:
    life = b.refund_failed()
    assert {event.by for event in seen(life, party)} == {party}
    assert seen(life, party)


# ── whatever happened ────────────────────────────────────────────────────────────────────────────


def texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Every plain personal text in a value, with the path to it."""
    if isinstance(value, Private):
        if value.plain is not None:
            yield path, value.plain
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from texts(getattr(value, field.name), f"{path}.{field.name}")
    elif isinstance(value, tuple):
        names = getattr(value, "_fields", [str(at) for at in range(len(value))])
        for name, part in zip(names, value, strict=True):
            yield from texts(part, f"{path}.{name}")


def allowed(life: Life, event: e.Event, path: str, party: Party) -> bool:
    """What the matrix says of one personal text in one event."""
    order = life.order
    if party in (MEDIATOR, OPERATOR):
        return True
    if party in (CARRIER, PAYMENTS):
        return event.by is party
    dispute = order.dispute(getattr(event, "dispute", None))
    if ".destination" in path:
        return sight.may_see(Item.DESTINATION, party, order)
    if ".return_to" in path:
        return any(sight.may_see(Item.RETURN_ADDRESS, party, order, one) for one in order.disputes or (dispute,))
    if isinstance(event, e.EvidenceAdded):
        return not event.file.mediator_only or event.by is party
    if "refund_to" in path or isinstance(event, e.RefundRedirected | e.RefundFailed):
        return party is not SELLER
    return sight.may_see(Item.TALK, party, order, dispute)


MOVES = [
    ("buyer", "open"), ("seller", "offer"), ("buyer", "revise"), ("buyer", "accept"), ("seller", "accept"),
    ("buyer", "escalate"), ("mediator", "request_evidence"), ("buyer", "add_evidence"), ("seller", "add_evidence"),
    ("mediator", "propose"), ("buyer", "choose"), ("seller", "choose"), ("mediator", "rule"), ("buyer", "ship_return"),
    ("carrier", "track_return"), ("seller", "contest_return"), ("seller", "confirm_return"), ("buyer", "appeal"),
    ("mediator", "grant_appeal"), ("payments", "refund_failed"), ("seller", "message"), ("seller", "remove_evidence"),
    ("operator", "correct"), ("carrier", "track"),
]  # fmt: skip


@settings(max_examples=60)
@given(st.data())
def test_whatever_a_party_reads_in_its_history_the_matrix_allows(data: st.DataObject) -> None:
    life = b.shipped().at(20)
    moves = data.draw(st.lists(st.sampled_from(MOVES), min_size=4, max_size=14))
    for (by, verb), secret in zip(moves, data.draw(st.lists(st.booleans(), min_size=14, max_size=14)), strict=False):
        fields: dict[str, Any] = {"mediator_only": secret} if verb == "add_evidence" else {}
        if verb in ("open", "offer", "rule") and secret:
            fields = {"wants": "return_and_refund"} | ({"return_to": b.CHINA} if verb != "open" else {})
        if verb == "correct" and secret:
            fields = {"amount": None, "refund_to": "secret account"}
        life.at(20 + len(life.history) / 10).asks(by, verb, **fields)
    sealed = [seal(event, b.seal) for event in life.history]
    for party in Party:
        told = sight.history(life.order, sealed, party)
        for event in told:
            for path, text in texts(event, type(event).__name__):
                assert allowed(life, event, path, party), f"{party} reads “{text}” in {path}"
            if party not in (MEDIATOR, OPERATOR, CLOCK):
                assert not (event.actor and event.by is not party)
