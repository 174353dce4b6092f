"""Events and commands as JSON, and the chain that holds a history together.

The written form of events is frozen by golden files from the first day: keys are the field names, a field equal
to its default is left out, so that a field added later changes no old bytes. Instants are UTC with a Z, amounts
integers, personal text only in its sealed form. Canonical bytes are UTF-8 JSON with sorted keys and no spaces.
"""

from __future__ import annotations

import dataclasses
import difflib
import hashlib
import json
import reprlib
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any, NamedTuple, TypeVar

from . import commands as c
from .durations import MalformedInstant, Period, format_instant, parse_instant, parse_period
from .events import EVENTS, Event
from .money import MAX_MINOR, UnknownCurrency, format_minor
from .private import Private, Seal
from .refusals import Refused
from .vocabulary import Party, RefusalCode, Verb

Sealable = TypeVar("Sealable")
GENESIS = "0" * 64
"""The hash before the first event."""


class MalformedWire(ValueError):
    """A stored document that is not what this version or an earlier one wrote."""


class Recorded(NamedTuple):
    """An event in its place: number in its order from 1, and the chain's hash up to and with it."""

    number: int
    event: Event
    hash: str


# ── events ───────────────────────────────────────────────────────────────────────────────────────


def write_event(event: Event) -> dict[str, Any]:
    """The event as plain JSON data. Raises ValueError while personal text in it is not sealed."""
    return {"type": type(event).__name__, **_written_fields(event)}


def read_event(document: Mapping[str, Any]) -> Event:
    """The event a document of `write_event` says, also one written before fields were added."""
    kind = EVENTS.get(str(document.get("type")))
    if kind is None:
        raise MalformedWire(f"no event is called “{document.get('type')}”")
    fields = {key: value for key, value in document.items() if key != "type"}
    try:
        return typing.cast(Event, _read_fields(kind, fields))
    except (Unreadable, TypeError) as wrong:
        raise MalformedWire(f"{kind.__name__}: {wrong}") from None


def canonical(document: Mapping[str, Any]) -> bytes:
    """The one way to write a document: sorted keys, no spaces, UTF-8."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def chained(previous: str, event: Event) -> str:
    """The hash of a history that was at `previous` and goes on with `event`: SHA-256, hex."""
    return hashlib.sha256(previous.encode() + b"\n" + canonical(write_event(event))).hexdigest()


def record(events: Iterable[Event], *, after: int = 0, previous: str = GENESIS) -> tuple[Recorded, ...]:
    """Number and chain events that follow `after` others."""
    records = []
    for number, event in enumerate(events, after + 1):
        previous = chained(previous, event)
        records.append(Recorded(number, event, previous))
    return tuple(records)


def broken_link(records: Iterable[Recorded]) -> int | None:
    """The first number at which a chain does not hold, None when all of it does."""
    previous, expected = GENESIS, 1
    for number, event, digest in records:
        previous = chained(previous, event)
        if number != expected or digest != previous:
            return expected
        expected += 1
    return None


def seal(value: Sealable, sealing: Seal) -> Sealable:
    """The event, or part of one, with every personal text in it replaced by its sealed form."""
    return typing.cast(Sealable, _sealed(value, sealing))


def _sealed(value: Any, sealing: Seal) -> Any:
    if isinstance(value, Private):
        return value if value.sealed or value.plain is None else sealing(value.plain)
    if isinstance(value, tuple):
        parts = [_sealed(part, sealing) for part in value]
        if all(new is old for new, old in zip(parts, value, strict=True)):
            return value
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        changes = {}
        for name in personal_fields(type(value)):
            old = getattr(value, name)
            new = _sealed(old, sealing)
            if new is not old:
                changes[name] = new
        return dataclasses.replace(value, **changes) if changes else value
    return value


@cache
def personal_fields(kind: type) -> tuple[str, ...]:
    """The fields of an event that may hold personal text, however deep; most events have none or one."""
    return tuple(name for name, hint in typing.get_type_hints(kind).items() if _may_be_personal(hint))


def _may_be_personal(hint: Any) -> bool:
    if hint is Private or any(_may_be_personal(part) for part in typing.get_args(hint)):
        return True
    return isinstance(hint, type) and hasattr(hint, "_fields") and bool(personal_fields(hint))


# ── commands ─────────────────────────────────────────────────────────────────────────────────────

BESIDE = frozenset({"at", "by", "do", "order", "key", "note", "actor"})
"""Keys of a command's document that are about the act, not of the verb."""


def read_command(document: Mapping[str, Any]) -> c.Command:
    """The command a document says: `by`, `do`, and the verb's own fields as the story format names them.

    Amounts are decimal strings in the order's currency, or `{amount_minor, currency}`. Raises `Refused` with
    `malformed`, naming the field, what was read and what would be right; whatever is sent, it raises nothing else.
    """
    if not isinstance(document, Mapping):
        raise _malformed(f"it is {_shown(document)}", "Write a mapping of fields, with “by” and “do”.")
    by = _one_of(Party, document.get("by"), "by")
    verb = _one_of(Verb, document.get("do"), "do")
    kind = c.COMMANDS[verb]
    known = {field.name for field in dataclasses.fields(kind)}
    fields: dict[str, Any] = {"by": by.value}
    if document.get("actor"):
        fields["actor"] = document["actor"]
    for key, value in document.items():
        if key in known and key not in ("by", "actor"):
            fields[key] = value
        elif key not in BESIDE:
            near = difflib.get_close_matches(str(key)[:80], known, 1)
            hint = f"Did you mean “{near[0]}”?" if near else f"It takes: {', '.join(sorted(known - {'by', 'actor'}))}."
            raise _malformed(f"“{verb}” has no field {_shown(key)}", hint)
    if "currency" in known:
        _money(fields)
    for field in dataclasses.fields(kind):
        required = field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        if required and field.name not in fields:
            raise _malformed(f"“{verb}” lacks the field “{field.name}”", f"Add {field.name}.")
    try:
        return typing.cast(c.Command, _read_fields(kind, fields))
    except Unreadable as wrong:
        raise _malformed(str(wrong), wrong.mend) from None


def write_command(command: c.Command) -> dict[str, Any]:
    """The command as plain JSON data that `read_command` reads back."""
    return {"do": command.verb.value, **_written_fields(command)}


def _money(fields: dict[str, Any]) -> None:
    """`{amount_minor, currency}` says an amount and its currency in one field."""
    amount = fields.get("amount")
    if isinstance(amount, Mapping) and "currency" in amount:
        fields["currency"] = amount["currency"]
        fields["amount"] = {key: value for key, value in amount.items() if key != "currency"}


def _one_of(kind: type[E], value: object, field: str) -> E:
    word = value if isinstance(value, str) else ""
    try:
        return kind(word)
    except ValueError:
        near = difflib.get_close_matches(word[:80], list(kind), 1)
        mend = f"Did you mean “{near[0]}”?" if near else f"Choose one of: {', '.join(kind)}."
        raise _malformed(f"{field} is {_shown(value)}", mend) from None


def _malformed(why: str, mend: str) -> Refused:
    return Refused(RefusalCode.MALFORMED, why=why, mend=mend)


# ── one codec for both ───────────────────────────────────────────────────────────────────────────

E = TypeVar("E", bound=StrEnum)
Write = Callable[[Any], Any]
Read = Callable[[Any, str], Any]


class Unreadable(ValueError):
    """A field that cannot be read: what it is, and what would be right."""

    def __init__(self, field: str, value: object, mend: str) -> None:
        super().__init__(f"{field} is {_shown(value)}")
        self.mend = mend


def _shown(value: object) -> str:
    """The value for a sentence: short, however long or deep what was sent is."""
    if isinstance(value, int) and abs(value) > MAX_MINOR:
        return "a number beyond all sense"
    if isinstance(value, str):
        return f"“{value}”" if len(value) <= 78 else f"“{value[:77]}…”"
    text = _SHORT.repr(value)
    return text if len(text) <= 80 else text[:79] + "…"


class _Short(reprlib.Repr):
    """Python refuses to write numbers of thousands of digits; a sentence needs none of them."""

    def repr_int(self, x: int, level: int) -> str:
        return repr(x) if abs(x) <= MAX_MINOR else "…"


_SHORT = _Short()
_SHORT.maxlevel, _SHORT.maxstring, _SHORT.maxother = 3, 40, 60


class FieldCodec(NamedTuple):
    name: str
    default: Any
    write: Write
    read: Read


_NO_DEFAULT = object()


def _fields(kind: type) -> tuple[FieldCodec, ...]:
    return _CODECS.get(kind) or _CODECS.setdefault(kind, _built(kind))


_CODECS: dict[type, tuple[FieldCodec, ...]] = {}


def _built(kind: Any) -> tuple[FieldCodec, ...]:
    """How each field of a command, event or named tuple is written and read."""
    hints = typing.get_type_hints(kind)
    codecs = []
    if dataclasses.is_dataclass(kind):
        for field in dataclasses.fields(kind):
            default = _NO_DEFAULT if field.default is dataclasses.MISSING else field.default
            codecs.append(FieldCodec(field.name, default, *_codec(hints[field.name])))
    else:
        named: Any = kind
        for name in named._fields:
            codecs.append(FieldCodec(name, named._field_defaults.get(name, _NO_DEFAULT), *_codec(hints[name])))
    return tuple(codecs)


def _written_fields(value: Any) -> dict[str, Any]:
    written = {}
    for name, default, write, _ in _fields(type(value)):
        part = getattr(value, name)
        if default is _NO_DEFAULT or part != default:
            written[name] = write(part)
    return written


def _read_fields(kind: type, document: Any, path: str = "") -> Any:
    if not isinstance(document, Mapping):
        raise Unreadable(path or kind.__name__, document, "Write a mapping of fields.")
    values = {}
    for name, default, _, read in _fields(kind):
        if name in document:
            values[name] = read(document[name], f"{path}.{name}" if path else name)
        elif default is _NO_DEFAULT:
            raise Unreadable(_join(path, name), None, f"Add {name}.")
    if len(values) < len(document):
        unknown = next(key for key in document if key not in values)
        known = ", ".join(sorted(codec.name for codec in _fields(kind)))
        raise Unreadable(_join(path, str(unknown)), document[unknown], f"Known fields: {known}.")
    return kind(**values)


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _codec(hint: Any) -> tuple[Write, Read]:
    origin = typing.get_origin(hint)
    if hint == c.Amount:
        return _write_amount, _read_amount
    if origin in (typing.Union, types.UnionType):
        return _optional([part for part in typing.get_args(hint) if part is not type(None)])
    if origin in (tuple, frozenset):
        return _many(origin, typing.get_args(hint)[0])
    if hint in _PLAIN:
        return _PLAIN[hint]
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return str, _enum_reader(hint)
    if hint is Private:
        return _write_private, _read_private
    if hint is c.Pieces:
        return _written_fields, _read_pieces
    if hint is c.Given:
        return _write_given, _read_given
    if isinstance(hint, type) and (dataclasses.is_dataclass(hint) or hasattr(hint, "_fields")):
        return _written_fields, lambda value, path: _read_fields(hint, value, path)
    raise TypeError(f"no way to write {hint}")


def _optional(parts: list[Any]) -> tuple[Write, Read]:
    write, read = _codec(parts[0] if len(parts) == 1 else c.Amount)
    return (
        lambda value: None if value is None else write(value),
        lambda value, path: None if value is None else read(value, path),
    )


def _many(container: Any, part: Any) -> tuple[Write, Read]:
    write, read = _codec(part)

    def write_all(values: Any) -> list[Any]:
        return sorted(map(write, values)) if container is frozenset else [write(value) for value in values]

    def read_all(values: Any, path: str) -> Any:
        if not isinstance(values, list | tuple):
            raise Unreadable(path, values, "Write a list.")
        return container(read(value, f"{path}[{at}]") for at, value in enumerate(values))

    return write_all, read_all


def _read_flag(value: Any, path: str) -> bool:
    if type(value) is not bool:
        raise Unreadable(path, value, "Write true or false.")
    return value


def _read_text(value: Any, path: str) -> str:
    if type(value) is not str:
        raise Unreadable(path, value, "Write text.")
    if "\x00" in value or len(value) > MOST_TEXT:
        raise Unreadable(path, value, f"Write at most {MOST_TEXT} characters, none of them NUL.")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise Unreadable(path, value, "Write whole characters (there is half of one in it).") from None
    return value


MOST_TEXT = 20_000
MOST_NUMBER = 2**63 - 1
"""What a database can hold."""


def _read_number(value: Any, path: str) -> int:
    if type(value) is not int or abs(value) > MOST_NUMBER:
        raise Unreadable(path, value, "Write a whole number.")
    return value


def _read_instant(value: Any, path: str) -> datetime:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise Unreadable(path, value, "Write the zone, like 2026-03-20T09:00:00Z.")
        return parse_instant(value.isoformat())
    try:
        return parse_instant(value)
    except (MalformedInstant, TypeError, AttributeError):
        raise Unreadable(path, value, "Write an instant with its zone, like 2026-03-20T09:00:00Z.") from None


def _read_date(value: Any, path: str) -> date:
    try:
        return date.fromisoformat(value)
    except (ValueError, TypeError):
        raise Unreadable(path, value, "Write a date like 2026-03-20.") from None


def _read_length(value: Any, path: str) -> timedelta:
    try:
        return parse_period(value).elapsed
    except (ValueError, TypeError):
        raise Unreadable(path, value, "Write a period like P5D.") from None


def _read_amount(value: Any, path: str) -> int | str:
    if isinstance(value, Mapping) and "amount_minor" in value and set(value) <= {"amount_minor", "currency"}:
        return _read_minor(value, path)
    if type(value) is not str:
        raise Unreadable(path, value, "Write amounts as text with the currency's decimals, like “45.00”.")
    return _read_text(value, path)


def _read_minor(value: Mapping[str, Any], path: str) -> int | str:
    """Minor units; where their currency is named it travels with the text, so that the rules compare it."""
    minor = value["amount_minor"]
    if type(minor) is not int or abs(minor) > MAX_MINOR:
        raise Unreadable(_join(path, "amount_minor"), minor, f"Write a whole number, at most {MAX_MINOR}.")
    if "currency" not in value:
        return minor
    currency = _read_text(value["currency"], _join(path, "currency"))
    try:
        return f"{format_minor(minor, currency)} {currency}"
    except UnknownCurrency as unknown:
        raise Unreadable(_join(path, "currency"), currency, f"{unknown}.") from None


def _write_amount(amount: c.Amount) -> str | dict[str, int]:
    """Decimal text as it came; minor units are said to be some."""
    return {"amount_minor": amount} if isinstance(amount, int) else amount


def _read_pieces(value: Any, path: str) -> c.Pieces:
    """A line by its id alone, or with its number of pieces."""
    if isinstance(value, str):
        return c.Pieces(value)
    return typing.cast(c.Pieces, _read_fields(c.Pieces, value, path))


def _write_given(file: c.Given) -> str | dict[str, Any]:
    """A kind alone is a word, as it was before there were uploads."""
    return file.kind if file == c.Given(file.kind) else _written_fields(file)


def _read_given(value: Any, path: str) -> c.Given:
    if isinstance(value, Mapping):
        return typing.cast(c.Given, _read_fields(c.Given, value, path))
    return c.Given(_read_text(value, path))


def _write_private(text: Private) -> dict[str, str]:
    if not text.sealed:
        raise ValueError("personal text is not sealed; seal the event before it is written")
    return {"ref": text.ref, "sha256": text.digest}


def _read_private(value: Any, path: str) -> Private:
    if not isinstance(value, Mapping) or set(value) != {"ref", "sha256"}:
        raise Unreadable(path, value, "A sealed text has ref and sha256.")
    return Private(None, str(value["ref"]), str(value["sha256"]))


def _enum_reader(kind: type[StrEnum]) -> Read:
    def read(value: Any, path: str) -> StrEnum:
        try:
            return kind(value)
        except ValueError:
            raise Unreadable(path, value, f"Choose one of: {', '.join(kind)}.") from None

    return read


_PLAIN: dict[Any, tuple[Write, Read]] = {
    str: (str, _read_text),
    int: (int, _read_number),
    bool: (bool, _read_flag),
    datetime: (format_instant, _read_instant),
    date: (date.isoformat, _read_date),
    timedelta: (lambda length: str(Period(delta=length)), _read_length),
}
