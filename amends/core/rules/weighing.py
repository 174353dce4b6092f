"""What weighs as evidence: links do not (R167), and a tracking number is no file (R166)."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from .. import commands as c
from .. import values as v
from ..tracking import Verdict, check
from ..vocabulary import EvidenceKind


def counts(kind: str, name: str, sha256: str) -> bool:
    """Whether it counts: no link does, and nothing that is no more than an address under another kind (R167)."""
    if kind == EvidenceKind.LINK or sha256:
        return kind != EvidenceKind.LINK
    return not is_address(name) or (kind == EvidenceKind.TRACKING and check(name).verdict is Verdict.VALID)


def how_many(given: tuple[c.Given, ...]) -> int:
    """How many files are handed in; whether each is of a kind we take is asked after their number.

    A tracking number is evidence, but no file; the carrier's page as a file is one.
    """
    return sum(
        1
        for file in given
        if counts(file.kind, file.name, file.sha256) and (file.sha256 or file.kind != EvidenceKind.TRACKING)
    )


def is_a_file(file: v.Filed) -> bool:
    """Whether what was handed in before is one of the files a reason asks for, as `how_many` says."""
    return file.counts and (bool(file.sha256) or file.kind is not EvidenceKind.TRACKING)


def is_address(text: str) -> bool:
    """Whether the text is no more than an address, or carries a whole one: https://a.example/x, //a.example, www.a,
    a.example, a.example?x, a.example:80, me@a.example.

    The name of a file is none: kettle.jpg is no host. A sentence that only speaks of a host is none either.
    """
    plain = unicodedata.normalize("NFKC", text).translate(_READ_AS).strip(_AROUND)
    return bool(_WITH_SCHEME.search(plain) or _BEGINS.match(plain)) or _is_host(plain)


def _is_host(plain: str) -> bool:
    found = _HOST.match(plain)
    return found is not None and not (found.end() == len(plain) and (found["top"] or "").lower() in _FILES)


_READ_AS: Final = {
    **dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad")),
    ord("。"): ".",
}
_AROUND: Final = " \t\r\n\v\f<>()[]{}\"'`«»“”‘’.,;!"
_WITH_SCHEME: Final = re.compile(r"\w:[\\/]{2}")
_BEGINS: Final = re.compile(r"(?i)[\\/]{2}\S|www\.\S|(?:https?|ftps?|mailto|data|magnet|file|blob|javascript):\S")
_HOST: Final = re.compile(
    r"(?:[^\s/@]+@)?(?:(?:[\w-]+\.)+(?P<top>[^\W\d_]{2,}|xn--[\w-]+)|(?:\d{1,3}\.){3}\d{1,3})\.?"
    r"(?=$|[/\\?#]|:\d)"
)
_FILES: Final = frozenset(
    {
        *("jpg", "jpeg", "jpe", "jfif", "png", "gif", "webp", "heic", "heif", "avif", "bmp", "tif", "tiff", "pdf"),
        *("mov", "avi", "mkv", "webm", "mpg", "mpeg", "mts", "wmv", "flv", "txt", "csv", "doc", "docx", "odt", "rtf"),
        *("xls", "xlsx", "ods", "eml", "msg", "html", "htm", "zip", "wav", "ogg"),
    }
)
"""How the names of files end that people hand in."""
