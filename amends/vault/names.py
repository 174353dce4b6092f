"""Names of files as people see them. A cleaned name is shown and offered for saving; it is never a path."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from amends.vault.kinds import Kind

LONGEST: Final = 120
"""Characters, and twice as many bytes of UTF-8, so that every file system takes it."""

_RESERVED: Final = re.compile(r"(?i)^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?=\.|\s|$)")
_UNSAFE: Final = re.compile(r'[<>:"|?*;`$%&=+@{}\[\]!\'\\/]')
_ENDING: Final = re.compile(r"\.[A-Za-z0-9]{1,5}$")
_DROPPED: Final = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
"""Controls, formats (bidi overrides, zero width), surrogates, private use, unassigned, line separators."""


def clean(name: str, kind: Kind | None = None) -> str:
    """`name` without path, control characters, bidi overrides, and what shells, sheets and pages act on.

    NFC; at most `LONGEST` characters; never empty, hidden or reserved by a system. With `kind` it ends in an
    ending of that kind, so that `photo.jpg.exe` is saved as `photo.jpg.exe.jpg` and nobody runs it.
    """
    text = unicodedata.normalize("NFC", name.encode("utf-8", "replace").decode("utf-8"))
    text = re.split(r"[/\\]", text)[-1]
    text = "".join(" " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c) not in _DROPPED)
    text = _UNSAFE.sub("_", text)
    text = re.sub(r"[ _]{2,}", lambda found: found.group()[0], text).strip(" .-")
    if _RESERVED.match(text):
        text = f"file {text}"
    text = _with_ending(text, kind) if kind else text
    return _shortened(text) or "file"


def promises(name: str) -> Kind | None:
    """The kind that the ending of a name promises; None where it promises none of ours."""
    return next((kind for kind in Kind if ending(name) in kind.extensions), None)


def ending(name: str) -> str:
    """The ending of a name with its dot, in small letters, as far as it is a plain one; else empty."""
    found = _ENDING.search(name.strip())
    return found.group().lower() if found else ""


def _with_ending(text: str, kind: Kind) -> str:
    return text if text.lower().endswith(kind.extensions) else f"{text or 'file'}{kind.extensions[0]}"


def _shortened(text: str) -> str:
    last = len(ending(text))
    stem, kept = text[: len(text) - last], text[len(text) - last :]
    stem = stem[: LONGEST - last]
    while len(stem.encode()) + last > 2 * LONGEST:
        stem = stem[:-1]
    return f"{stem.rstrip(' .')}{kept}"
