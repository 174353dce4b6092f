"""A policy document as plain values: what stands in it, whether it is exact, and its canonical bytes.

Nothing here knows which keys a policy has; `policy.py` does.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple


class Problem(NamedTuple):
    """One mistake in a policy document.

    `path` is the dotted key, `read` what stands there (or "missing", "unknown"), `would_be_right` a clause that
    can follow a semicolon. `where` is file and line, added by whoever read the file; the core knows no files.
    """

    path: str
    read: str
    would_be_right: str
    where: str = ""

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return f"{place}{self.path} is {self.read}; {self.would_be_right}."


class PolicyError(ValueError):
    """A policy document cannot be used. `problems` holds all that is wrong with it, `str()` one line for each."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


def canonical(document: Mapping[str, object]) -> bytes:
    """The document as compact JSON in UTF-8 with sorted keys: what the digest is taken of.

    Neither the order of keys nor the way a number is written in TOML (0.3, 0.30) changes it.
    Floats and other values that are not exact are a PolicyError.
    """
    problems = inexact(document, "")
    if problems:
        raise PolicyError(problems)
    return json.dumps(_plain(document), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode(
        "utf-8", errors="backslashreplace"
    )


def inexact(value: object, path: str) -> list[Problem]:
    """What JSON would not carry exactly: floats first of all, then dates, bytes, keys that are no text."""
    match value:
        case str() | bool() | None:
            return []
        case int() if value.bit_length() <= 256:  # nobody means a larger one, and Python refuses to write it out
            return []
        case Decimal() if value.is_finite():
            return []
        case Mapping():
            return [
                problem
                for key, item in value.items()
                for problem in (
                    inexact(item, f"{path}.{key}" if path else str(key))
                    if isinstance(key, str)
                    else [Problem(path or "the document", f"keyed by {shown(key)}", "write keys as text")]
                )
            ]
        case list() | tuple():
            return [problem for at, item in enumerate(value) for problem in inexact(item, f"{path}[{at}]")]
        case float():
            return [Problem(path, shown(value), 'numbers are exact here; write a whole number or text, as "0.30"')]
        case _:
            return [Problem(path, shown(value), "write it as text in quotes")]


def shown(value: object) -> str:
    """A value of a document as its author would recognise it, cut where it is long."""
    if isinstance(value, bool):
        written = "true" if value else "false"
    elif isinstance(value, str):
        written = json.dumps(value, ensure_ascii=False)
    elif isinstance(value, Mapping):
        written = "{" + ", ".join(f"{key} = {shown(item)}" for key, item in list(value.items())[:8]) + "}"
    elif isinstance(value, list | tuple):
        written = "[" + ", ".join(shown(item) for item in value[:8]) + "]"
    elif isinstance(value, int) and value.bit_length() > 256:
        written = "a number of more than 77 digits"  # str() of a huge one is refused by Python itself
    elif isinstance(value, float):
        written = f"the inexact number {value}"
    else:
        written = "nothing" if value is None else str(value)
    return written if len(written) <= 80 else f"{written[:77]}..."


def plain_decimal(value: Decimal) -> str:
    """A decimal without exponent and trailing zeros: the same number is always the same text."""
    if not value.is_finite() or abs(value.adjusted()) > 40:
        return str(value)
    written = format(value, "f")
    written = written.rstrip("0").rstrip(".") if "." in written else written
    return "0" if written in ("-0", "") else written


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word most like this one, or "" where none is near."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    return close[0] if close else ""


def _plain(value: object) -> object:
    match value:
        case Decimal():
            return plain_decimal(value)
        case Mapping():
            return {str(key): _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
        case str():
            return str(value)  # a StrEnum is text like any other
        case _:
            return value
