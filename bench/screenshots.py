"""`make screenshots`: every page and state of the demonstration as a picture, on a phone and on a desk, light and dark.

Written to build/screenshots, to be looked at by eye; those the documentation shows are copied to docs/pictures.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "amends.config.settings")
os.environ.setdefault("AMENDS_LOG_LEVEL", "ERROR")
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # playwright's loop runs in this thread; nothing here is asynchronous

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
    import django

    django.setup()
    from django.conf import settings
    from playwright.sync_api import sync_playwright

    from amends.stories import demonstration
    from tests import database as fixtures
    from tests.api import service as real
    from tests.browser.conftest import CHROMIUM, FLAGS
    from tests.browser.crawl import Told, places
    from tests.browser.people import Person, Screen, Site
    from tests.store import cluster

    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    with ExitStack() as stack:
        files = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="amends-screenshots-")))
        url = stack.enter_context(cluster.running()).format(database="postgres")
        database = stack.enter_context(real.database_on(url))
        fixtures._use(database)
        settings.AMENDS_FILES = str(files)
        own = {"AMENDS_SECRET_KEY": settings.SECRET_KEY, "AMENDS_FILES": str(files), "AMENDS_DEMO": "1"}
        service = stack.enter_context(real.serving(database, **own))
        told = Told(demonstration.told("", lambda _: None).marketplace)
        site = Site(service.port, files)
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        taken = 0
        for screen, dark in ((Screen.PHONE, False), (Screen.DESK, False), (Screen.PHONE, True), (Screen.DESK, True)):
            folder = OUT / f"{screen.name.lower()}-{'dark' if dark else 'light'}"
            folder.mkdir()
            first = Person(browser, site, told.seat("buyer"), screen=screen, dark=dark, script=True, language="en")
            first.go("/").page.screenshot(path=folder / "home.png", full_page=True)
            if not dark:
                _shown(first, f"home-{screen.name.lower()}.png")
            first.leave()
            people: dict[str, Person] = {}
            for place in places(told):
                if place.seat.seat.id not in people:
                    people[place.seat.seat.id] = Person(
                        browser, site, place.seat, screen=screen, dark=dark, script=True, language="en"
                    )
                path = folder / f"{place.name.replace(' ', '_')}.png"
                people[place.seat.seat.id].go(place.path).page.screenshot(path=path, full_page=True)
                taken += 1
                if place.name in SHOWN and not dark:
                    _shown(people[place.seat.seat.id], f"{SHOWN[place.name]}-{screen.name.lower()}.png")
            for person in people.values():
                person.leave()
        browser.close()
    print(f"{taken} pictures in {OUT.relative_to(ROOT)}")
    return 0


def _shown(person: Any, name: str) -> None:
    """The top of the page, as much of it as documentation needs."""
    size = person.page.viewport_size or {"width": 1200, "height": 900}
    clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"] * 1.4}
    person.page.screenshot(path=PICTURES / name, full_page=True, clip=clip)


if __name__ == "__main__":
    sys.exit(main())
