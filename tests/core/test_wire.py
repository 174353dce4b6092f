"""What is written stays readable for ever, and whatever is sent in is read or refused, never a crash.

The golden files are the promise. They are written once, by `AMENDS_WRITE_GOLDEN=1` and never over one that is
there: a class or a field that no file shows yet gets a new file, an old file stays what it was.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import types
import typing
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.core import commands as c
from amends.core import events as e
from amends.core import values as v
from amends.core.evolve import fold
from amends.core.private import Private
from amends.core.refusals import Refused
from amends.core.vocabulary import EvidenceKind, Grounds, Party, RefusalCode, Verb
from amends.core.wire import (
    GENESIS,
    MalformedWire,
    Recorded,
    broken_link,
    canonical,
    read_command,
    read_event,
    record,
    seal,
    write_command,
    write_event,
)
from amends.policies import load
from tests.core import builders as b

GOLDEN = Path(__file__).parents[1] / "golden"
WRITE = os.environ.get("AMENDS_WRITE_GOLDEN") == "1"
KINDS = sorted(e.EVENTS.values(), key=lambda kind: kind.__name__)


# ── samples: every field of a class filled with something that is not its default ────────────────


def sample(kind: Any) -> Any:
    """The class with every field set, as deterministic as a golden file must be."""
    hints = typing.get_type_hints(kind)
    names = kind._fields if hasattr(kind, "_fields") else [field.name for field in dataclasses.fields(kind)]
    return kind(**{name: _value(hints[name], name) for name in names})


def _value(hint: Any, name: str) -> Any:
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        return _value(next(part for part in typing.get_args(hint) if part is not type(None)), name)
    if origin is tuple:
        return (_value(typing.get_args(hint)[0], name),)
    if origin is frozenset:
        return frozenset({f"{name}-b", f"{name}-a"})
    if hint is Private:
        return Private(f"secret {name}")
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return list(hint)[-1]
    plain = {
        str: f"{name}-1",
        int: 1250,
        bool: name != "counts",
        datetime: datetime(2026, 3, 4, 5, 6, 7, 8, tzinfo=UTC),
        date: date(2026, 3, 20),
        timedelta: timedelta(days=2, hours=3),
    }
    return plain[hint] if hint in plain else sample(hint)


def golden_files(kind: type[e.Event]) -> list[Path]:
    return sorted((GOLDEN / "events").glob(f"{kind.__name__}-*.json"))


def shown_fields(kind: type[e.Event]) -> set[str]:
    """The fields that some golden file of the class shows."""
    return {key for path in golden_files(kind) for key in json.loads(path.read_bytes())}


def fields_of(kind: type[e.Event]) -> set[str]:
    return {"type"} | {field.name for field in dataclasses.fields(kind)}


# ── golden events ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_event_has_golden_files_that_show_each_of_its_fields(kind: type[e.Event]) -> None:
    missing = fields_of(kind) - shown_fields(kind)
    if missing and WRITE:
        path = GOLDEN / "events" / f"{kind.__name__}-{len(golden_files(kind)) + 1}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(canonical(write_event(seal(sample(kind), b.seal))) + b"\n")
        missing = fields_of(kind) - shown_fields(kind)
    assert not missing, f"no golden file of {kind.__name__} shows {sorted(missing)}; AMENDS_WRITE_GOLDEN=1 writes one"


@pytest.mark.parametrize("path", sorted((GOLDEN / "events").glob("*-*.json")), ids=lambda path: path.stem)
def test_a_golden_event_is_read_and_written_again_byte_for_byte(path: Path) -> None:
    written = path.read_bytes()
    document = json.loads(written)
    assert document["type"] == path.stem.split("-")[0]
    event = read_event(document)
    assert type(event).__name__ == document["type"]
    assert canonical(write_event(event)) + b"\n" == written


def test_no_golden_file_tells_of_an_event_nobody_knows() -> None:
    """A class that is gone would leave histories behind that nobody can read."""
    told = {path.stem.split("-")[0] for path in (GOLDEN / "events").glob("*-*.json")}
    assert told == set(e.EVENTS)


def test_a_default_once_left_out_of_the_bytes_means_the_same_for_ever() -> None:
    """Fields equal to their default are not written, so another default would change what old histories say."""
    path = GOLDEN / "events" / "defaults.json"
    today: dict[str, dict[str, Any]] = {}
    for kind in KINDS:
        required = {f.name for f in dataclasses.fields(kind) if f.default is dataclasses.MISSING}
        full = write_event(seal(sample(kind), b.seal))
        bare = read_event({key: value for key, value in full.items() if key in required | {"type"}})
        left_out = [field for field in dataclasses.fields(kind) if field.name not in required]
        today[kind.__name__] = {field.name: repr(getattr(bare, field.name)) for field in left_out}
    if WRITE:
        known = json.loads(path.read_text()) if path.exists() else {}
        merged = {name: fields | known.get(name, {}) for name, fields in today.items()}
        path.write_text(json.dumps(merged, indent=1, sort_keys=True) + "\n")
    assert today == json.loads(path.read_text()), "AMENDS_WRITE_GOLDEN=1 adds new fields; it changes no old default"


def test_an_event_from_before_a_field_was_added_still_reads() -> None:
    old = {"type": "OrderShipped", "at": "2019-05-01T12:00:00Z", "by": "seller"}
    event = read_event(old)
    assert isinstance(event, e.OrderShipped)
    assert (event.tracking, event.carrier, event.delivery_due, event.warnings) == (None, "", None, frozenset())
    assert write_event(event) == old, "and it is written as it was, so its hash holds"


@pytest.mark.parametrize(
    ("document", "about"),
    [
        ({}, "no event is called"),
        ({"type": "OrderVanished"}, "OrderVanished"),
        ({"type": "OrderCancelled", "at": "2026-03-01T00:00:00Z"}, "by"),
        ({"type": "OrderCancelled", "at": "2026-03-01T00:00:00", "by": "seller"}, "at"),
        ({"type": "OrderCancelled", "at": "2026-03-01T00:00:00Z", "by": "nobody"}, "by"),
        ({"type": "OrderCancelled", "at": "2026-03-01T00:00:00Z", "by": "seller", "why": "x"}, "why"),
        ({"type": "PayoutSucceeded", "at": "2026-03-01T00:00:00Z", "by": "payments", "amount_minor": 1.0}, "amount"),
        ({"type": "PayoutSucceeded", "at": "2026-03-01T00:00:00Z", "by": "payments", "amount_minor": True}, "amount"),
        ({"type": "MessageSent", "at": "2026-03-01T00:00:00Z", "by": "buyer", "dispute": 1, "text": "plain"}, "text"),
        ({"type": "ClocksPaused", "at": "2026-03-01T00:00:00Z", "by": "operator", "hold": "o", "grace": 5}, "grace"),
        (
            {
                "type": "RefundScheduled", "at": "2026-03-01T00:00:00Z", "by": "clock",
                "amount_minor": 1, "lines": [], "parts": [], "due": "tomorrow",
            },
            "due",
        ),
    ],
)  # fmt: skip
def test_a_stored_document_that_was_tampered_with_is_named_not_guessed(document: dict[str, Any], about: str) -> None:
    with pytest.raises(MalformedWire, match=about):
        read_event(document)


# ── a whole history ──────────────────────────────────────────────────────────────────────────────


def long_life() -> b.Life:
    """A counter-offer, evidence, a ruling, an appeal, a return that travels, a refund and the end of protection."""
    life = b.one_chose().at(25).does("seller", "choose", option=2)
    life.at(26).does("mediator", "request_evidence", actor="mia")
    life.at(27).does("buyer", "add_evidence").at(27.5).does("seller", "add_evidence", mediator_only=True)
    life.at(28).does("mediator", "rule", actor="mia", amount="20.00")
    life.at(29).does("payments", "payout_succeeded")
    life.at(30).does("buyer", "appeal").at(31).does("mediator", "grant_appeal", actor="max")
    life.at(32).does("mediator", "rule", actor="max", wants="return_and_refund", amount="40.00")
    life.at(33).does("buyer", "ship_return").at(38).does("carrier", "track_return", state="delivered")
    return life.at(39).does("seller", "confirm_return").at(40).does("payments", "refund_succeeded").waits(90)


def golden_history() -> list[Recorded]:
    path = GOLDEN / "history.json"
    if WRITE and not path.exists():
        chain = record(seal(event, b.seal) for event in long_life().history)
        rows = [{"number": one.number, "event": write_event(one.event), "hash": one.hash} for one in chain]
        lines = ",\n".join(canonical(row).decode() for row in rows)
        path.write_text(f"[\n{lines}\n]\n")
    rows = json.loads(path.read_bytes())
    return [Recorded(row["number"], read_event(row["event"]), row["hash"]) for row in rows]


def test_the_golden_history_still_chains_to_the_hashes_it_had() -> None:
    chain = golden_history()
    assert len(chain) > 30
    assert broken_link(chain) is None
    assert record(one.event for one in chain) == tuple(chain)
    assert chain[0].hash != GENESIS


def test_the_golden_history_still_tells_the_same_order() -> None:
    order = fold([one.event for one in golden_history()], load("alx-e", dict(b.RICH)), {})
    dispute = order.disputes[0]
    assert (order.status, order.version) == ("completed", len(golden_history()))
    assert (order.held_minor, order.refunded_minor, order.released_minor) == (0, 4000, 6000)
    assert (dispute.status, dispute.outcome, dispute.refunded_minor) == ("closed", "ruled", 4000)
    assert [refund.amount_minor for refund in dispute.refunds] == [2000, 2000]
    receivable = order.accounts["receivable"]
    assert (receivable.version, receivable.balance_minor) == (3, 0), "advanced when reopened, settled by the release"


def test_a_chain_goes_on_where_it_stopped() -> None:
    events = [one.event for one in golden_history()]
    first = record(events[:10])
    assert first + record(events[10:], after=10, previous=first[-1].hash) == record(events)


def changed(event: e.Event) -> e.Event:
    return dataclasses.replace(event, at=event.at + b.SECOND)


@pytest.mark.parametrize("at", [0, 1, 7, -1])
def test_a_changed_dropped_inserted_or_swapped_event_breaks_the_chain_there(at: int) -> None:
    chain = golden_history()
    at %= len(chain)
    number, event, digest = chain[at]
    tampered = [*chain[:at], Recorded(number, changed(event), digest), *chain[at + 1 :]]
    assert broken_link(tampered) == number
    rehashed = [*chain[:at], record([changed(event)], after=at, previous=chain[at - 1].hash)[0], *chain[at + 1 :]]
    assert broken_link(rehashed) == (1 if at == 0 else number + 1 if number < len(chain) else None)
    inserted = [*chain[: at + 1], Recorded(number + 1, event, digest), *chain[at + 1 :]]
    assert broken_link(inserted) == number + 1
    if number < len(chain):
        assert broken_link([*chain[:at], *chain[at + 1 :]]) == number
        assert broken_link([*chain[:at], chain[at + 1], chain[at], *chain[at + 2 :]]) == number
    assert broken_link([*chain[:at], Recorded(number + 5, event, digest), *chain[at + 1 :]]) == number


def test_a_chain_cut_short_at_its_end_still_holds_and_an_empty_one_too() -> None:
    """The chain alone cannot see a missing tail; the order's version can."""
    assert broken_link(golden_history()[:5]) is None
    assert broken_link([]) is None


# ── personal text ────────────────────────────────────────────────────────────────────────────────


def privates(value: Any) -> Iterator[Private]:
    if isinstance(value, Private):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from privates(part)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from privates(getattr(value, field.name))


WITH_TEXT = [kind for kind in KINDS if any(privates(sample(kind)))]


@pytest.mark.parametrize("kind", WITH_TEXT, ids=lambda kind: kind.__name__)
def test_personal_text_is_never_written_plain(kind: type[e.Event]) -> None:
    with pytest.raises(ValueError, match="not sealed"):
        write_event(sample(kind))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_sealing_reaches_every_text_also_in_files_lines_and_places(kind: type[e.Event]) -> None:
    plain, sealed = sample(kind), seal(sample(kind), b.seal)
    assert [one.plain for one in privates(sealed)] == [one.plain for one in privates(plain)]
    assert all(one.sealed and one.digest for one in privates(sealed))
    assert b"secret" not in canonical(write_event(sealed))
    assert type(sealed) is kind


def test_sealing_one_of_many_leaves_the_rest_as_it_was() -> None:
    bare, named = v.Filed("f1", EvidenceKind.PHOTO), v.Filed("f2", EvidenceKind.VIDEO, Private("secret.mp4"))
    event = e.AppealMade(at=b.MIDNIGHT, by=Party.BUYER, dispute=1, grounds=Grounds.NEW_EVIDENCE, files=(bare, named))
    sealed = seal(event, b.seal)
    assert isinstance(sealed, e.AppealMade)
    assert sealed.files[0] is bare
    assert sealed.files[1].name == b.seal("secret.mp4")
    assert sealed.files[1].id == "f2"
    assert seal(sealed, lambda text: pytest.fail("what is sealed is not sealed again")) is sealed


def test_a_written_life_holds_nothing_personal() -> None:
    for scenario in b.SCENARIOS.values():
        for event in scenario().history:
            written = canonical(write_event(seal(event, b.seal))).decode()
            assert not [secret for secret in b.SECRETS if secret in written], written


def test_no_golden_file_holds_anything_personal() -> None:
    for path in [*(GOLDEN / "events").glob("*.json"), GOLDEN / "history.json"]:
        assert not [secret for secret in b.SECRETS if secret in path.read_text()], path.name


# ── round trips ──────────────────────────────────────────────────────────────────────────────────

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
sealed_texts = st.builds(Private, st.none(), texts.filter(bool), texts)
amounts = st.one_of(st.integers(-(10**15) + 1, 10**15 - 1), st.sampled_from(["45.00", "-1", "", "1e3", "5.00 EUR"]))
PLAIN = {
    str: texts,
    int: st.integers(-(2**63) + 1, 2**63 - 1),
    bool: st.booleans(),
    datetime: st.datetimes(timezones=st.just(UTC)),
    date: st.dates(),
    timedelta: st.integers(0, 10**9).map(lambda seconds: timedelta(seconds=seconds)),
    Private: sealed_texts,
    c.Amount: amounts,
}


def strategy(hint: Any) -> st.SearchStrategy[Any]:
    """Values of a field's type, built from the type itself: a new field is tested the day it is added."""
    if hint in PLAIN:
        return PLAIN[hint]
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        real = [part for part in parts if part is not type(None)]
        inner = strategy(real[0]) if len(real) == 1 else amounts
        return st.none() | inner if type(None) in parts else inner
    if origin is tuple:
        return st.lists(strategy(parts[0]), max_size=2).map(tuple)
    if origin is frozenset:
        return st.frozensets(strategy(parts[0]), max_size=3)
    if issubclass(hint, StrEnum):
        return st.sampled_from(hint)
    return instances(hint)


def instances(kind: Any) -> st.SearchStrategy[Any]:
    hints = typing.get_type_hints(kind)
    names = kind._fields if hasattr(kind, "_fields") else [field.name for field in dataclasses.fields(kind)]
    return st.builds(kind, **{name: strategy(hints[name]) for name in names})


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_any_event_reads_back_as_it_was(kind: type[e.Event]) -> None:
    @settings(max_examples=40)
    @given(instances(kind))
    def check(event: e.Event) -> None:
        bytes_ = canonical(write_event(event))
        again = read_event(json.loads(bytes_))
        assert again == event
        assert canonical(write_event(again)) == bytes_

    check()


@pytest.mark.parametrize("verb", Verb)
def test_any_command_reads_back_as_it_was(verb: Verb) -> None:
    @settings(max_examples=40)
    @given(instances(c.COMMANDS[verb]))
    def check(command: c.Command) -> None:
        assert read_command(json.loads(json.dumps(write_command(command)))) == command

    check()


# ── golden commands ──────────────────────────────────────────────────────────────────────────────


def golden_commands() -> list[dict[str, Any]]:
    path = GOLDEN / "commands.json"
    if WRITE and not path.exists():
        samples = [write_command(_spoken(verb)) for verb in Verb]
        path.write_text("[\n" + ",\n".join(canonical(one).decode() for one in samples) + "\n]\n")
    return json.loads(path.read_bytes())  # type: ignore[no-any-return]


def _spoken(verb: Verb) -> c.Command:
    command: c.Command = sample(c.COMMANDS[verb])
    return dataclasses.replace(command, by=sorted(command.who)[0])


def test_the_golden_commands_are_understood_and_said_the_same_way() -> None:
    documents = golden_commands()
    assert {document["do"] for document in documents} == set(Verb), "every verb has its golden command"
    for document in documents:
        command = read_command(document)
        assert command.verb == document["do"]
        assert canonical(write_command(command)) == canonical(document)


def test_the_golden_commands_show_every_field() -> None:
    for document in golden_commands():
        known = {field.name for field in dataclasses.fields(c.COMMANDS[Verb(document["do"])])}
        assert known <= set(document), f"{document['do']} does not show {sorted(known - set(document))}"


# ── reading a command ────────────────────────────────────────────────────────────────────────────

OPEN: dict[str, Any] = {
    "by": "buyer", "do": "open", "lines": ["A"], "received": True,
    "reason": "defective", "wants": "refund", "amount": "30.00",
}  # fmt: skip


def test_a_line_may_be_named_by_its_id_alone_or_with_its_pieces() -> None:
    command = read_command(OPEN | {"lines": ["A", {"line": "B", "quantity": 2}]})
    assert isinstance(command, c.OpenDispute)
    assert command.lines == (c.Pieces("A"), c.Pieces("B", 2))


def test_an_amount_may_say_its_currency_in_the_same_field() -> None:
    command = read_command(OPEN | {"amount": {"amount_minor": 3000, "currency": "USD"}})
    assert isinstance(command, c.OpenDispute)
    assert (command.amount, command.currency) == (3000, "USD")


def test_an_amount_inside_a_list_and_of_a_verb_without_a_currency_says_it_too() -> None:
    money = {"amount_minor": 3000, "currency": "JPY"}
    paid = read_command({"by": "payments", "do": "payout_succeeded", "amount": money})
    assert isinstance(paid, c.SucceedPayout)
    assert paid.amount == "3000 JPY"
    options = [{"option": 1, "wants": "refund", "amount": money | {"currency": "USD"}}]
    proposed = read_command({"by": "mediator", "do": "propose", "dispute": 1, "options": options})
    assert isinstance(proposed, c.Propose)
    assert proposed.options[0].amount == "30.00 USD"


def test_what_is_about_the_act_is_no_field_of_the_verb() -> None:
    beside = {"at": "2026-03-01T00:00:00Z", "order": "O-1", "key": "k", "note": "n", "actor": "mia"}
    command = read_command(OPEN | beside)
    assert command.actor == "mia"
    assert command == dataclasses.replace(read_command(OPEN), actor="mia")


MALFORMED = [
    ("an unknown verb, with the nearest", {"do": "opne"}, ["opne", "Did you mean “open”?"]),
    ("a verb nothing is near", {"do": "zzz"}, ["zzz", "Choose one of", "place_order"]),
    ("an unknown party, with the nearest", {"by": "buyr"}, ["buyr", "Did you mean “buyer”?"]),
    ("no party", {"by": None}, ["by is None", "Choose one of", "carrier"]),
    ("a field that is not the verb's, with the nearest", {"reasn": "x"}, ["reasn", "Did you mean “reason”?"]),
    ("a field nothing is near", {"zzz": 1}, ["zzz", "It takes: ", "received"]),
    ("a missing field", {"amount": ...}, ["lacks the field “amount”", "Add amount"]),
    ("an amount as a number", {"amount": 30}, ["amount is 30", "as text"]),
    ("an amount as a float", {"amount": 30.0}, ["amount is 30.0", "as text"]),
    ("an amount as true", {"amount": True}, ["amount is True"]),
    ("minor units as a float", {"amount": {"amount_minor": 3.0}}, ["amount_minor is 3.0", "whole number"]),
    ("minor units as text", {"amount": {"amount_minor": "3"}}, ["amount_minor"]),
    ("minor units beyond all sense", {"amount": {"amount_minor": 10**15}}, ["amount_minor"]),
    ("minor units and something else", {"amount": {"amount_minor": 3, "tax": 1}}, ["amount"]),
    ("a currency that is no text", {"amount": {"amount_minor": 3, "currency": 7}}, ["currency is 7", "text"]),
    ("text as a number", {"reason": 7}, ["reason is 7", "Write text"]),
    ("yes instead of true", {"received": "yes"}, ["received is “yes”", "true or false"]),
    ("one instead of true", {"received": 1}, ["received is 1", "true or false"]),
    ("one line instead of a list", {"lines": "A"}, ["lines is “A”", "Write a list"]),
    ("lines that are no lines", {"lines": [7]}, ["lines[0] is 7"]),
    ("a quantity as a float", {"lines": [{"line": "A", "quantity": 1.0}]}, ["lines[0].quantity is 1.0"]),
    ("a quantity beyond all sense", {"lines": [{"line": "A", "quantity": 10**30}]}, ["lines[0].quantity"]),
    ("a field of a line nobody knows", {"lines": [{"line": "A", "colour": "red"}]}, ["lines[0].colour", "Known"]),
    ("a line without its id", {"lines": [{"quantity": 1}]}, ["lines[0].line", "Add line"]),
    ("NUL in a text", {"text": "a\0b"}, ["text is", "none of them NUL"]),
    ("half a character", {"text": "a\ud83d"}, ["text is", "whole characters"]),
    ("a novel", {"text": "x" * 20_001}, ["text is", "at most 20000 characters"]),
    ("half a character as a field", {"\ud83d": 1}, ["has no field"]),
    ("a list as an actor", {"actor": ["mia"]}, ["actor is ['mia']"]),
]


@pytest.mark.parametrize(("change", "words"), [row[1:] for row in MALFORMED], ids=[row[0] for row in MALFORMED])
def test_what_cannot_be_read_is_refused_with_the_field_and_what_would_be_right(
    change: dict[str, Any], words: list[str]
) -> None:
    document = {key: value for key, value in (OPEN | change).items() if value is not ...}
    with pytest.raises(Refused) as refused:
        read_command(document)
    assert refused.value.code is RefusalCode.MALFORMED
    said = f"{refused.value.sentence} {refused.value.way_out}"
    assert all(word in said for word in words), said
    assert len(said) < 1000, "an absurd length is not said back"


@pytest.mark.parametrize("document", [[], "open", 7, None, True, [OPEN]])
def test_what_is_no_mapping_at_all_is_refused(document: Any) -> None:
    with pytest.raises(Refused, match="malformed"):
        read_command(document)


@pytest.mark.parametrize("instant", ["2026-03-20T09:00:00", "2026-03-20", "soon", 5, "9999-12-31T23:59:59-12:00", None])
def test_an_instant_needs_its_zone(instant: object) -> None:
    command = {"by": "seller", "do": "ship", "delivery_due": instant}
    if instant is None:
        assert getattr(read_command(command), "delivery_due", 0) is None
        return
    with pytest.raises(Refused, match="like 2026-03-20T09:00:00Z"):
        read_command(command)


def test_an_instant_from_yaml_is_read_and_a_naive_one_refused() -> None:
    eight = datetime.fromisoformat("2026-03-20T17:00:00+08:00")
    command = read_command({"by": "seller", "do": "ship", "delivery_due": eight})
    assert isinstance(command, c.Ship)
    assert command.delivery_due == datetime(2026, 3, 20, 9, tzinfo=UTC)
    with pytest.raises(Refused, match="zone"):
        read_command({"by": "seller", "do": "ship", "delivery_due": eight.replace(tzinfo=None)})


@pytest.mark.parametrize("where", ["by", "do", "lines", "amount", "text", "received", "nonsense"])
def test_nesting_without_end_is_refused_like_anything_else(where: str) -> None:
    deep: Any = "x"
    for _ in range(50_000):
        deep = [deep]
    with pytest.raises(Refused) as refused:
        read_command(OPEN | {where: deep})
    assert len(str(refused.value)) < 1000


@pytest.mark.parametrize("where", ["by", "do", "amount", "received", "lines"])
def test_a_number_of_thousands_of_digits_is_refused_without_being_said_back(where: str) -> None:
    with pytest.raises(Refused) as refused:
        read_command(OPEN | {where: 10**5000})
    assert len(str(refused.value)) < 1000


def test_a_long_key_is_not_said_back() -> None:
    with pytest.raises(Refused) as refused:
        read_command(OPEN | {"x" * 100_000: 1})
    assert len(str(refused.value)) < 1000


# ── anything at all ──────────────────────────────────────────────────────────────────────────────

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from([*Verb, *Party, "A", "45.00", "2026-03-20T09:00:00Z", "\ud800"]),
)
keys = st.one_of(st.text(max_size=8), st.sampled_from(["by", "do", "dispute", "amount", "lines", "line", "actor"]))
anything = st.recursive(scalars, lambda x: st.lists(x, max_size=3) | st.dictionaries(keys, x, max_size=3), max_leaves=8)


def read_or_refused(document: Any) -> None:
    answer: c.Command | Refused
    try:
        answer = read_command(document)
    except Refused as refused:
        answer = refused
    if isinstance(answer, Refused):
        assert answer.code is RefusalCode.MALFORMED
        assert answer.sentence
        assert answer.way_out


@given(anything)
def test_any_json_is_a_command_or_refused(document: Any) -> None:
    read_or_refused(document)


@given(st.data())
def test_a_command_with_anything_in_one_of_its_fields_is_read_or_refused(data: st.DataObject) -> None:
    document = dict(data.draw(st.sampled_from(golden_commands())))
    for key in data.draw(st.lists(st.sampled_from(sorted(document)) | keys, min_size=1, max_size=2)):
        document[key] = data.draw(anything)
    read_or_refused(document)


@given(st.data())
def test_a_stored_event_with_anything_in_one_of_its_fields_is_read_or_named(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(KINDS))
    document = write_event(seal(sample(kind), b.seal))
    document[data.draw(st.sampled_from(sorted(document)))] = data.draw(anything)
    with contextlib.suppress(MalformedWire):  # anything else would be a crash
        read_event(document)
