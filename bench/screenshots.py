"""`make screenshots`: every page and state of the demonstration as a picture, on a phone and on a desk, light and dark.

Written to build/screenshots, to be looked at by eye; those the documentation shows are copied to docs/pictures.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

from .showing import Showing, showing

ROOT = Path(__file__).parents[1]
OUT = ROOT / "build" / "screenshots"
PICTURES = ROOT / "docs" / "pictures"
SHOWN = {
    "buyer case awaiting_buyer": "case",
    "seller case awaiting_seller": "seller",
    "mediator decide rule under_review": "decide",
}
"""What the documentation shows, and under which name: each on a desk and on a phone, light."""


def main() -> int:
    """Tell the demonstration, follow every link, take the pictures."""
    from tests.browser.people import Screen

    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    with showing() as there:
        looks = ((screen, dark) for dark in (False, True) for screen in (Screen.PHONE, Screen.DESK))
        taken = sum(_taken(there, screen, dark=dark) for screen, dark in looks)
    print(f"{taken} pictures in {OUT.relative_to(ROOT)}")
    return 0


def _taken(there: Showing, screen: Any, *, dark: bool) -> int:
    """Every page at one size and in one light; how many."""
    from tests.browser.crawl import places
    from tests.browser.people import Person

    folder = OUT / f"{screen.name.lower()}-{'dark' if dark else 'light'}"
    folder.mkdir()
    people: dict[str, Any] = {}

    def at(seat: Any) -> Any:
        if seat.seat.id not in people:
            people[seat.seat.id] = Person(
                there.browser, there.site, seat, screen=screen, dark=dark, script=True, language="en"
            )
        return people[seat.seat.id]

    found = places(there.told)
    at(found[0].seat).go("/").page.screenshot(path=folder / "home.png", full_page=True)
    for place in found:
        person = at(place.seat).go(place.path)
        person.page.screenshot(path=folder / f"{place.name.replace(' ', '_')}.png", full_page=True)
        if place.name in SHOWN and not dark:
            _shown(person, f"{SHOWN[place.name]}-{screen.name.lower()}.png")
    for person in people.values():
        person.leave()
    return len(found) + 1


def _shown(person: Any, name: str) -> None:
    """The top of the page, as much of it as documentation needs."""
    size = person.page.viewport_size or {"width": 1200, "height": 900}
    clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"] * 1.4}
    person.page.screenshot(path=PICTURES / name, full_page=True, clip=clip)


if __name__ == "__main__":
    sys.exit(main())
