"""How a policy document is read: one reader a kind of value, every mistake noted, none fatal by itself.

`policy.py` says which keys there are; here is what a duration, a word, a sum or a list of
anchors looks like in the document, and the sentence for the one who wrote something else.
Source: docs/policies.md.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, Final, get_args

from amends.core.durations import BusinessDays, MalformedDuration, parse_duration
from amends.core.money import EXPONENTS, parse_minor
from amends.core.policy_document import Problem, nearest, plain_decimal, shown

Notes = list[Problem]
Reader = Callable[[object, str, Notes], Any]  # answers None once it has noted a problem


class _Required:
    def __repr__(self) -> str:
        return "REQUIRED"


REQUIRED: Final = _Required()


@dataclass(frozen=True)
class Key:
    """One key of a policy table: how it is read and what holds when it is not written."""

    kind: str  # word, words, clock, duration, flag, number, rate, text, texts, sums, table, tables, map
    read: Reader
    right: str  # what would be right, as a clause
    default: object = REQUIRED  # in document form
    words: tuple[str, ...] = ()  # of a word or of a list of words
    answered_by: str = ""  # of a clock: the key of the same table that says what silence does
    optional: bool = False  # of a clock or duration: "" may be written
    parts: Mapping[str, Key] | None = None  # of a table below this one: its keys
    names: tuple[str, ...] | None = None  # of a map: the names it may hold; None where any may


# ---------------------------------------------------------------- fields of the tables in policy.py
# They answer Any, as dataclasses.field() in effect does: the annotation beside them is the type.

_DURATION_RIGHT = 'write whole days as "P5D" or hours as "PT36H"'
_BUSINESS_DAYS_RIGHT = 'write {business_days = 10, calendar = "CN"}'
_NO_TIME = datetime.timedelta()
_TEN_YEARS = datetime.timedelta(days=3653)
_BUSINESS_DAYS_IN_TEN_YEARS = 2610
_LARGEST_NUMBER = 2**40  # a tebibyte; no size, count or number of orders in a policy is larger
_LARGEST_SUM_MINOR = 10**15


def clock(*, if_: str = "", optional: bool = True, zero: bool = False, default: object = REQUIRED) -> Any:
    """A clock somebody may let lapse. It must be written; `if_` names the key that says what silence does.

    `optional` lets "" mean "no clock" (None); `zero` lets it lapse at once.
    """
    return duration(if_=if_, optional=optional, zero=zero, default=default, kind="clock")


def duration(
    *,
    default: object,
    if_: str = "",
    optional: bool = False,
    zero: bool = False,
    elapsed: bool = True,
    business_days: bool = True,
    word: str = "",
    kind: str = "duration",
) -> Any:
    """A stretch of time, ten years at most.

    `optional` lets "" mean None, `word` is a single word that may stand in its place; `elapsed` refuses months and
    years, which have no one length: only what is merely kept may count them.
    """
    right = _DURATION_RIGHT + (f', or "{word}"' if word else "")

    def read(value: object, path: str, notes: Notes) -> Any:
        if optional and value == "":
            return None
        if word and value == word:
            return word
        return _read_duration(value, path, notes, right, zero=zero, elapsed=elapsed, business_days=business_days)

    words = (word,) if word else ()
    if_missing = right + (', or "" for none' if optional else "")
    return _field(Key(kind, read, if_missing, default, words=words, answered_by=if_, optional=optional))


def word(alias: object, default: object = REQUIRED) -> Any:
    """One word of a Literal alias."""
    words: tuple[str, ...] = get_args(alias)
    right = f"write {_either(words)}"

    def read(value: object, path: str, notes: Notes) -> Any:
        return value if isinstance(value, str) and value in words else _note(notes, path, value, right)

    return _field(Key("word", read, right, default, words=words))


def word_or_nothing(alias: object, default: object) -> Any:
    """One word of a Literal alias, or "" for None."""
    words: tuple[str, ...] = get_args(alias)
    right = f'write {_either(words)}, or "" for none'

    def read(value: object, path: str, notes: Notes) -> Any:
        if value == "" or (isinstance(value, str) and value in words):
            return value or None
        return _note(notes, path, value, right)

    return _field(Key("word", read, right, default, words=words, optional=True))


def words(
    allowed: tuple[str, ...], default: object, *, into: Callable[[str], Any] = str, at_least_one: bool = False
) -> Any:
    """A list of words without order, read as a frozenset of `into(word)`."""
    right = f"write a list of any of {_either(allowed, last='and')}" + (", at least one" if at_least_one else "")

    def read(value: object, path: str, notes: Notes) -> Any:
        known = isinstance(value, list | tuple) and all(isinstance(item, str) and item in allowed for item in value)
        if not known or (at_least_one and not value):
            return _note(notes, path, value, right)
        return frozenset(into(item) for item in value)  # type: ignore[attr-defined]

    return _field(Key("words", read, right, default, words=allowed))


def flag(default: object) -> Any:
    """true or false."""
    right = "write true or false"

    def read(value: object, path: str, notes: Notes) -> Any:
        return value if isinstance(value, bool) else _note(notes, path, value, right)

    return _field(Key("flag", read, right, default))


def number(default: object, *, at_least: int = 0) -> Any:
    """A whole number."""
    right = _number_right(at_least)
    return _field(Key("number", lambda v, p, n: _read_number(v, p, n, at_least), right, default))


def rate(default: object) -> Any:
    """A share of one, exact: "0.30", read as Fraction(3, 10)."""
    right = 'write a share between 0 and 1, as 0.30 or "0.30"'

    def read(value: object, path: str, notes: Notes) -> Any:
        if isinstance(value, str | Decimal | int) and not isinstance(value, bool):
            try:
                exact = Decimal(value)
            except InvalidOperation:
                return _note(notes, path, value, right)
            if exact.is_finite() and 0 <= exact <= 1:
                return Fraction(exact)
        return _note(notes, path, value, right)

    return _field(Key("rate", read, right, default))


def text(default: object, *, empty: bool = True) -> Any:
    """Words for people."""
    right = "write it as text in quotes"

    def read(value: object, path: str, notes: Notes) -> Any:
        return value if isinstance(value, str) and (empty or value.strip()) else _note(notes, path, value, right)

    return _field(Key("text", read, right, default))


def name() -> Any:
    """The name of a policy, fit for a file name."""
    right = 'write small letters, digits, dots and dashes, as "alx-a"'
    letters = frozenset("abcdefghijklmnopqrstuvwxyz0123456789.-_")

    def read(value: object, path: str, notes: Notes) -> Any:
        fits = isinstance(value, str) and 0 < len(value) <= 64 and letters.issuperset(value) and value[0] not in ".-_"
        return str(value) if fits else _note(notes, path, value, right)

    return _field(Key("text", read, right))


def texts(default: object) -> Any:
    """A list of words for people, in order."""
    right = "write a list of texts"

    def read(value: object, path: str, notes: Notes) -> Any:
        if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
            return tuple(value)
        return _note(notes, path, value, right)

    return _field(Key("texts", read, right, default))


def table(cls: type[Any], default: object) -> Any:
    """A table within a table, read as the dataclass `cls`."""
    parts = keys_of(cls)
    right = f"write a table with {_either(tuple(parts), last='and')}"

    def read(value: object, path: str, notes: Notes) -> Any:
        return read_table(cls, value, path, notes)

    return _field(Key("table", read, right, default, parts=parts))


def tables(cls: type[Any], default: object) -> Any:
    """A list of tables, read as a tuple of the dataclass `cls`."""
    parts = keys_of(cls)
    right = f"write a list of tables with {_either(tuple(parts), last='and')}"

    def read(value: object, path: str, notes: Notes) -> Any:
        if not isinstance(value, list | tuple):
            return _note(notes, path, value, right)
        return tuple(read_table(cls, item, f"{path}[{at}]", notes) for at, item in enumerate(value))

    return _field(Key("tables", read, right, default))


def sums(default: object) -> Any:
    """Sums of money by currency, `{ USD = "250.00" }`, read into minor units."""
    right = 'write sums by currency, as { USD = "250.00" }'

    def read_sum(value: object, path: str, notes: Notes) -> Any:
        currency = path.rpartition(".")[2]
        if currency not in EXPONENTS:
            return _unknown(notes, path, currency, EXPONENTS)
        if isinstance(value, str | Decimal | int) and not isinstance(value, bool):
            try:
                minor = parse_minor(plain_decimal(value) if isinstance(value, Decimal) else str(value), currency)
            except ValueError as error:
                return _note(notes, path, value, f"{right} ({str(error).rstrip('.')})")
            if 0 <= minor <= _LARGEST_SUM_MINOR:
                return minor
        return _note(notes, path, value, f"{right}, not negative and within reason")

    return _map_field(read_sum, right, default, kind="sums", names=None)


def numbers_by(names: tuple[str, ...], default: object) -> Any:
    """Whole numbers by name."""
    return _map_field(lambda v, p, n: _read_number(v, p, n, 0), _number_right(0), default, kind="map", names=names)


def words_by(names: tuple[str, ...], alias: object, default: object) -> Any:
    """Words of a Literal alias by name."""
    allowed: tuple[str, ...] = get_args(alias)
    right = f"write {_either(allowed)}"

    def read(value: object, path: str, notes: Notes) -> Any:
        return value if isinstance(value, str) and value in allowed else _note(notes, path, value, right)

    return _map_field(read, right, default, kind="map", names=names, words=allowed)


def texts_by(names: Callable[[], tuple[str, ...]], default: object) -> Any:
    """Texts by name. The names are asked for late: they may be keys of the policy itself."""
    right = "write the reason as text in quotes"

    def read(value: object, path: str, notes: Notes) -> Any:
        if not isinstance(value, Mapping):
            return _note(notes, path, value, 'write a table, as { "return.if_no_scan" = "why" }')
        for key, why in value.items():
            if key not in names():
                _unknown(notes, f"{path}.{key}", str(key), names())
            elif not isinstance(why, str) or not why.strip():
                _note(notes, f"{path}.{key}", why, right)
        return {str(key): str(why) for key, why in value.items()}

    return _field(Key("map", read, right, default))


# ---------------------------------------------------------------- tables


def chapter(cls: type[Any]) -> Any:
    """A table of the document, read as the dataclass `cls`."""
    return dataclasses.field(metadata={"table": cls})


def keys_of(cls: type[Any]) -> dict[str, Key]:
    """The keys of a table, in the order in which its dataclass names them."""
    return {f.name: f.metadata["key"] for f in dataclasses.fields(cls) if "key" in f.metadata}


def read_fields(cls: type[Any], value: object, path: str, notes: Notes) -> Any:
    """What the table at `path` says, by field; None where it is no table at all.

    Unknown keys are noted with the nearest known one. A clock must be written, and once it is set, so must the
    key that says what silence does: silence is always an explicit answer.
    """
    keys = keys_of(cls)
    if not isinstance(value, Mapping):
        return _note(notes, path, value, f"write a table with {_either(tuple(keys), last='and')}")
    for key in value:
        if key not in keys:
            _unknown(notes, f"{path}.{key}", str(key), keys)
    answers = {key.answered_by: clock_name for clock_name, key in keys.items() if value.get(clock_name, "") != ""}
    return {name: _read_key(keys[name], name, value, path, notes, set_clock=answers.get(name, "")) for name in keys}


def read_table(cls: type[Any], value: object, path: str, notes: Notes) -> Any:
    """The table at `path` as a `cls`; None once anything in it is wrong."""
    before = len(notes)
    fields = read_fields(cls, value, path, notes)
    return None if fields is None or len(notes) > before else cls(**fields)


def _read_key(key: Key, name: str, value: Mapping[str, object], path: str, notes: Notes, *, set_clock: str) -> Any:
    here = f"{path}.{name}"
    if name in value:
        return key.read(value[name], here, notes)
    if set_clock:
        right = f"{path}.{set_clock} is set and silence needs an answer: {key.right}"
        return _problem(notes, here, "missing", right)
    if key.default is REQUIRED:
        return _problem(notes, here, "missing", key.right)
    return key.read(key.default, here, notes)


# ---------------------------------------------------------------- helpers


def _read_duration(
    value: object, path: str, notes: Notes, right: str, *, zero: bool, elapsed: bool, business_days: bool
) -> Any:
    if isinstance(value, Mapping):
        right = _BUSINESS_DAYS_RIGHT if business_days else f"business days have no meaning here; {right}"
    try:
        parsed = parse_duration(value)
    except MalformedDuration:
        return _note(notes, path, value, right)
    if isinstance(parsed, BusinessDays):
        if not business_days:
            return _note(notes, path, value, right)
        negative, nothing, absurd = parsed.days < 0, parsed.days == 0, parsed.days > _BUSINESS_DAYS_IN_TEN_YEARS
    else:
        if parsed.months and elapsed:
            return _note(notes, path, value, f"months and years differ in length; {right}")
        length = datetime.timedelta(days=parsed.months * 365 // 12) + parsed.delta
        negative, nothing, absurd = length < _NO_TIME, length == _NO_TIME, length > _TEN_YEARS
    if negative:
        return _note(notes, path, value, f"time does not run backwards; {right}")
    if nothing and not zero:
        return _note(notes, path, value, f"nobody could act in no time at all; {right}")
    if absurd:
        return _note(notes, path, value, f"ten years is the most a clock may run; {right}")
    return parsed


def _unknown(notes: Notes, path: str, word: str, known: Iterable[str]) -> Any:
    known = list(known)
    near = nearest(word, known)
    if near:
        where = path[: len(path) - len(word)]
        right = f"the nearest known one is {where}{near}"
    else:
        right = f"known are {', '.join(known[:24])}"
    return _problem(notes, path, "unknown", right)


def _number_right(at_least: int) -> str:
    return f"write a whole number, {at_least} or more"


def _read_number(value: object, path: str, notes: Notes, at_least: int) -> Any:
    if isinstance(value, int) and not isinstance(value, bool) and at_least <= value <= _LARGEST_NUMBER:
        return value
    return _note(notes, path, value, f"{_number_right(at_least)}, {_LARGEST_NUMBER} at most")


def _map_field(
    read_one: Reader,
    right: str,
    default: object,
    *,
    kind: str,
    names: tuple[str, ...] | None,
    words: tuple[str, ...] = (),
) -> Any:
    def read(value: object, path: str, notes: Notes) -> Any:
        if not isinstance(value, Mapping):
            return _note(notes, path, value, f"write a table; for each of its names, {right}")
        for key in value:
            if names is not None and key not in names:
                _unknown(notes, f"{path}.{key}", str(key), names)
        known = {key: item for key, item in value.items() if names is None or key in names}
        return {str(key): read_one(item, f"{path}.{key}", notes) for key, item in known.items()}

    return _field(Key(kind, read, right, default, words=words, names=names))


def _field(key: Key) -> Any:
    return dataclasses.field(metadata={"key": key})


def _note(notes: Notes, path: str, value: object, right: str) -> Any:
    """Note what stands there; answers None, so that a reader can end with it."""
    return _problem(notes, path, shown(value), right)


def _problem(notes: Notes, path: str, read: str, right: str) -> Any:
    notes.append(Problem(path, read, right))
    return None


def _either(words: tuple[str, ...], *, last: str = "or") -> str:
    quoted = [f'"{word}"' for word in words]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} {last} {quoted[-1]}"
