"""A marketplace's own name and colours on its pages: what `orders.brands` keeps, as a small stylesheet.

The stylesheet's address says the two colours and nothing else; so it is the same for whoever has them, is kept by
browsers for ever, and takes no look at the database.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.urls import reverse

from amends.orders import brands
from amends.orders.brands import Brand

__all__ = ["Brand", "address", "brand", "stylesheet"]

OURS: Final = {"light": "#0a4a85", "dark": "#93c6ff"}
"""The accent where a brand has none (static/app.css)."""
NONE: Final = "0"
"""In an address, where a colour is ours."""


def brand(marketplace: UUID) -> Brand:
    """Raises `store.NoMarketplace`."""
    return brands.of(marketplace)


def address(shown: Brand) -> str:
    """The stylesheet of this brand; empty where it has no colours of its own."""
    if not shown.accent_light and not shown.accent_dark:
        return ""
    mark = "-".join(colour.removeprefix("#") or NONE for colour in (shown.accent_light, shown.accent_dark))
    return reverse("web:brand", kwargs={"mark": mark})


def stylesheet(mark: str) -> str | None:
    """The stylesheet of such an address; None for colours no brand can have."""
    light, _, dark = mark.partition("-")
    lit, unlit = _accent(light, "light"), _accent(dark, "dark")
    if not lit or not unlit:
        return None
    on_lit, on_unlit = brands.words_on(lit), brands.words_on(unlit)
    return (
        f"@layer tokens {{ :root {{ --accent: light-dark({lit}, {unlit}); "
        f"--on-accent: light-dark({on_lit}, {on_unlit}); }} }}\n"
    )


def _accent(mark: str, theme: str) -> str:
    colour = OURS[theme] if mark == NONE else f"#{mark}"
    whole = len(colour) == 7 and all(digit in "0123456789abcdef" for digit in colour[1:])
    return colour if whole and brands.readable(colour, theme) else ""
