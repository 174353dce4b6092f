"""How a marketplace shows itself to people: its name, its colour, where its shop is and who helps.

A colour is taken only where words in it can be read on every ground we put them on.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit
from uuid import UUID

from amends.core.rules.ordering import malformed

from .store import NoMarketplace
from .trips import WORKER, in_one_trip

MOST_NAME = 60
MOST_ADDRESS = 300
LEAST_CONTRAST: Final = 4.5
"""WCAG 2.2, AA, for text of any size."""
GROUNDS: Final = {
    "light": ("#f5f4f0", "#fffefb", "#e6effa"),
    "dark": ("#121417", "#1b1e22", "#17293c"),
}
"""What words in the accent stand on: ground, sheet and the band of whoever's turn it is (static/app.css)."""
FIELDS: Final = ("name", "accent_light", "accent_dark", "shop", "support")
_COLOUR: Final = re.compile(r"#[0-9a-f]{6}")


class Brand(NamedTuple):
    """What people see of a marketplace. Empty text: nothing was set, and ours stands."""

    name: str
    sandbox: bool
    accent_light: str = ""
    """Like #0a4a85, on light grounds."""
    accent_dark: str = ""
    shop: str = ""
    support: str = ""
    """A page, or an e-mail address."""


def of(marketplace: UUID) -> Brand:
    """Raises `store.NoMarketplace`."""
    rows = in_one_trip(
        marketplace,
        """SELECT coalesce(nullif(b.name, ''), m.name), m.sandbox, coalesce(b.accent_light, ''),
          coalesce(b.accent_dark, ''), coalesce(b.shop, ''), coalesce(b.support, '')
        FROM marketplace m LEFT JOIN marketplace_brand b ON b.marketplace = m.id WHERE m.id = %(m)s""",
        {"m": marketplace},
        begin=False,
    )
    if not rows:
        raise NoMarketplace(f"there is no marketplace {marketplace}")
    return Brand(*rows[0])


def change(marketplace: UUID, given: Mapping[str, Any]) -> Brand:
    """Set the fields that are given, empty text taking one away; the others stay. Answers with the whole.

    Raises Refused `malformed`: a colour that cannot be read on our grounds, an address that is none.
    """
    read = {field: _read(field, value) for field, value in given.items()}
    in_one_trip(
        marketplace,
        """INSERT INTO marketplace_brand AS b (marketplace, name, accent_light, accent_dark, shop, support)
        VALUES (%(m)s, coalesce(%(name)s::text, ''), coalesce(%(accent_light)s::text, ''),
          coalesce(%(accent_dark)s::text, ''), coalesce(%(shop)s::text, ''), coalesce(%(support)s::text, ''))
        ON CONFLICT (marketplace) DO UPDATE SET
          name = coalesce(%(name)s::text, b.name), accent_light = coalesce(%(accent_light)s::text, b.accent_light),
          accent_dark = coalesce(%(accent_dark)s::text, b.accent_dark), shop = coalesce(%(shop)s::text, b.shop),
          support = coalesce(%(support)s::text, b.support) RETURNING 1""",
        {"m": marketplace, **dict.fromkeys(FIELDS), **read},
        role=WORKER,
        begin=True,
    )
    return of(marketplace)


def _read(field: str, value: Any) -> str:
    if field not in FIELDS:
        raise malformed(f"a brand has no “{str(field)[:80]}”", f"It has: {', '.join(FIELDS)}.")
    if not isinstance(value, str) or not value.isprintable():
        raise malformed(f"“{field}” is no text of one line", "Write it as text; empty takes it away.")
    text = value.strip()
    if not text:
        return ""
    if field == "name":
        if len(text) > MOST_NAME:
            raise malformed(f"the name is longer than {MOST_NAME} characters", "Choose a shorter one.")
        return text
    if field == "shop":
        return _web_address(text)
    return _help(text) if field == "support" else _colour(text.lower(), field.removeprefix("accent_"))


def _web_address(text: str) -> str:
    try:
        parts = urlsplit(text)
        whole = parts.scheme in ("https", "http") and bool(parts.hostname)
    except ValueError:
        whole = False
    if not whole or len(text) > MOST_ADDRESS or " " in text:
        raise malformed(f"“{text[:80]}” is no address of a page", "Write it whole, like https://shop.example/help.")
    return text


def _help(text: str) -> str:
    if re.fullmatch(r"[^@\s<>\"?&]+@[^@\s<>\"?&]+", text) and len(text) <= MOST_ADDRESS:
        return text
    return _web_address(text)


# ── colours ──────────────────────────────────────────────────────────────────────────────────────


def _colour(text: str, theme: str) -> str:
    if not _COLOUR.fullmatch(text):
        raise malformed(f"“{text[:20]}” is no colour", "Write six hexadecimal digits, like #0a4a85.")
    if not readable(text, theme):
        other = "darker" if theme == "light" else "lighter"
        worst = min(contrast(text, ground) for ground in GROUNDS[theme])
        raise malformed(
            f"words in {text} cannot be read well on our {theme} grounds (contrast {worst:.1f}, needed "
            f"{LEAST_CONTRAST})",
            f"Choose a {other} colour.",
        )
    return text


def readable(colour: str, theme: str) -> bool:
    """Whether words in `colour` stand out enough from every ground of the theme."""
    return all(contrast(colour, ground) >= LEAST_CONTRAST for ground in GROUNDS[theme])


def contrast(one: str, other: str) -> float:
    """WCAG's ratio of two colours like #0a4a85, from 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def words_on(colour: str) -> str:
    """White or nearly black, whichever is read better on the colour: one of the two always can be."""
    return max(("#ffffff", "#0c1014"), key=lambda word: contrast(word, colour))


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
