"""The policies that ship with Amends, and the reading of a policy from a file.

A policy is named (`alx-a`) or pointed at (`shop/our-policy.toml`). Here is the edge: files are opened, TOML is
parsed exactly (no floats), and what the core finds wrong is given its file and line.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from amends.core.policy import Policy, PolicyError, Problem, with_overrides

__all__ = ["PRESETS", "Policy", "PolicyError", "load", "preset_names", "read_document"]

PRESETS: Final = Path(__file__).parent
_MOST_BYTES: Final = 1_048_576  # a policy is a leaflet, not a library


def preset_names() -> tuple[str, ...]:
    """The names of the shipped policies, in order."""
    return tuple(sorted(path.stem for path in PRESETS.glob("*.toml")))


def load(
    path_or_name: str | Path, overrides: Mapping[str, object] | None = None, *, folders: Iterable[str | Path] = ()
) -> Policy:
    """The policy in a file, or of that name in one of `folders` or among the presets; with keys replaced.

    Raises PolicyError: no such file, no TOML, or whatever is wrong with the policy, all of it at once, each with
    file and line where it stands in the file.
    """
    path = _find(path_or_name, tuple(map(Path, folders)))
    text = _text(path)
    document = _parse(text, path)
    try:
        return Policy.from_document(with_overrides(document, overrides) if overrides else document)
    except PolicyError as error:
        raise PolicyError(_placed(error.problems, text, path, set(overrides or ()))) from None


def read_document(path_or_name: str | Path, *, folders: Iterable[str | Path] = ()) -> dict[str, Any]:
    """The TOML document as it stands, numbers exact (Decimal, never float); it may still be no policy.

    Raises PolicyError where there is no such file, or no TOML in it.
    """
    path = _find(path_or_name, tuple(map(Path, folders)))
    return _parse(_text(path), path)


def _find(path_or_name: str | Path, folders: tuple[Path, ...]) -> Path:
    given = str(path_or_name)
    if re.fullmatch(r"[\w.-]+", given) and not given.endswith(".toml"):
        for folder in (*folders, PRESETS):
            if (folder / f"{given}.toml").is_file():
                return folder / f"{given}.toml"
    path = Path(path_or_name)
    candidates = [path] if path.is_absolute() else [path, *(folder / path for folder in folders)]
    for candidate in candidates:
        if candidate.is_file():
            return candidate
    read = "a folder" if path.is_dir() else "nowhere to be found"
    shipped = ", ".join(preset_names())
    raise PolicyError([Problem(given, read, f"give a policy file, or the name of a shipped policy: {shipped}")])


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise PolicyError([Problem(str(path), f"not readable ({reason})", "give a file you may read")]) from None
    if len(content) > _MOST_BYTES:
        right = f"a policy takes a few kilobytes, {_MOST_BYTES} bytes at most"
        raise PolicyError([Problem(str(path), f"{len(content)} bytes long", right)])
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise PolicyError([Problem(f"{path}, line {line}", "not UTF-8 text", "save the file as UTF-8")]) from None


def _parse(text: str, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except RecursionError:
        raise PolicyError(
            [Problem(str(path), "nested too deeply", "a policy has tables, and tables in them")]
        ) from None
    except ValueError as error:  # TOMLDecodeError, and numbers too long for Python to read
        message, _, place = str(error).rstrip(")").partition(" (at ")
        found = re.match(r"line (\d+)", place)
        line = found[1] if found else str(text.rstrip("\n").count("\n") + 1)
        where = f"{path}, line {line}" if place else str(path)
        right = 'write key = value under a [table], text in "quotes"'
        raise PolicyError([Problem(where, f"not TOML ({message})", right)]) from None


def _placed(problems: Iterable[Problem], text: str, path: Path, overridden: set[str]) -> list[Problem]:
    lines = text.split("\n")
    return [
        problem._replace(
            where="an override" if _within(problem.path, overridden) else _where(problem.path, lines, path)
        )
        for problem in problems
    ]


def _within(path: str, overridden: set[str]) -> bool:
    return any(path == key or path.startswith((f"{key}.", f"{key}[")) for key in overridden)


def _where(key_path: str, lines: list[str], path: Path) -> str:
    """The file, and the line of the key or, where it is missing, of its table.

    The parser tells no lines, so they are looked for as a reader would: the table's heading, then the key below it.
    """
    table, _, rest = key_path.partition(".")
    key = re.split(r"[.\[]", rest)[0]
    at = heading = 0
    inside = False
    for number, line in enumerate(lines, start=1):
        if found := re.match(r"\s*\[+\s*([^\]]*?)\s*\]", line):
            inside = found[1] == table or found[1].startswith(f"{table}.")
            if inside:
                heading = heading or number
                at = at or (number if found[1].startswith(f"{key_path}") or found[1] == f"{table}.{key}" else 0)
        elif inside and key and re.match(rf"""\s*["']?{re.escape(key)}["']?\s*[.=]""", line):
            at = at or number
    line_number = at or heading
    return f"{path}, line {line_number}" if line_number else str(path)
