"""Every page and state of the demonstration in Chromium: nothing for axe to find, no sideways scrolling, no error.

The addresses are found by following links, so a new page is examined the day something leads to it.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from amends.stories import demonstration
from amends.web import assets

from .crawl import Place, Told, places
from .people import Person, Screen, Site

LIGHT_ENOUGH = 60 * 1024
SOME = 12
"""So many pages are looked at a second time, dark and from right to left."""


@pytest.fixture(scope="module")
def told(site: Site) -> Told:
    return Told(demonstration.told("", lambda _: None).marketplace)


@pytest.fixture(scope="module")
def pages(told: Told) -> list[Place]:
    return places(told)


def visits(browser: Browser, site: Site, found: list[Place], **how: object) -> Iterator[tuple[Place, Person]]:
    """Each place in turn, in one window for each person."""
    people: dict[str, Person] = {}
    settings = {"screen": Screen.SMALL, "dark": False, "script": True, "language": "en", **how}
    try:
        for place in found:
            seat = place.seat
            if seat.seat.id not in people:
                people[seat.seat.id] = Person(browser, site, seat, **settings)  # type: ignore[arg-type]
            yield place, people[seat.seat.id].go(place.path)
    finally:
        for person in people.values():
            person.leave()


def examined(place: Place, person: Person) -> list[str]:
    found = [*person.axe(), *person.faults, *person.small_targets()]
    if person.overflow() > 0:
        found.append(f"wider than the screen by {person.overflow()} px")
    person.faults.clear()
    return [f"{place.name} ({place.path}): {one}" for one in found]


def test_there_is_a_page_for_each_stage_and_reader(pages: list[Place]) -> None:
    names = {place.name for place in pages}
    for stage in ("awaiting_seller", "awaiting_buyer", "under_review", "awaiting_choice", "awaiting_return"):
        for reader in ("buyer", "seller"):
            assert f"{reader} case {stage}" in names
    assert len(names) > 60
    assert {"mediator desk", "operator operating", "seller todo", "buyer payments", "buyer notices"} <= names


def test_axe_finds_nothing_on_a_small_phone(browser: Browser, site: Site, pages: list[Place]) -> None:
    said = [one for place, person in visits(browser, site, pages) for one in examined(place, person)]
    assert not said, "\n".join(said)


def test_nor_in_the_dark_on_a_wide_screen(browser: Browser, site: Site, pages: list[Place]) -> None:
    some = pages[:: max(1, len(pages) // SOME)]
    found = visits(browser, site, some, dark=True, screen=Screen.DESK)
    said = [one for place, person in found for one in examined(place, person)]
    assert not said, "\n".join(said)


@pytest.mark.parametrize("language", ["ar", "zh-hans"])
def test_nor_in_another_language(browser: Browser, site: Site, told: Told, pages: list[Place], language: str) -> None:
    some = pages[:: max(1, len(pages) // SOME)]
    there = [
        place._replace(seat=told.seat(place.seat.seat.party, place.seat.seat.name, language=language)) for place in some
    ]
    said = []
    for place, person in visits(browser, site, there, language=language):
        assert person.page.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
        said += examined(place, person)
    assert not said, "\n".join(said)


def test_a_first_page_weighs_little(pages: list[Place]) -> None:
    """HTML, style and scripts, gzipped; pictures of evidence not counted."""
    scripts = [assets.asset(name) for name in ("app.css", "htmx.min.js", "app.js")]
    fixed = sum(len(one.packed) for one in scripts if one)
    heaviest = max(
        (fixed + len(gzip.compress(place.seat.client.get(place.path).content, 6)), place.name)
        for place in pages
        if " case " in place.name or place.name.endswith((" orders", " todo", " desk"))
    )
    assert heaviest[0] <= LIGHT_ENOUGH, heaviest
