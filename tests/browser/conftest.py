"""People at real browsers: Debian's Chromium, driven over real HTTP against the service that granian serves."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from amends.core.vocabulary import Party
from tests.api import service as real
from tests.database import database
from tests.web.people import Market

from .people import Person, Screen, Site

__all__ = ["database"]

# Playwright's loop runs in this very thread, and Django takes that for asynchronous code; nothing here is.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

CHROMIUM = os.environ.get("AMENDS_CHROMIUM", "") or shutil.which("chromium") or shutil.which("chromium-browser") or ""
FLAGS = (
    *("--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--disable-quic"),
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM:
        pytest.skip("there is no Chromium on this machine: install Debian's package chromium, or set AMENDS_CHROMIUM")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield started
        started.close()


@pytest.fixture(scope="session")
def site(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The service on the same database in which the tests tell their stories."""
    from django.conf import settings  # noqa: PLC0415

    files = tmp_path_factory.mktemp("files")
    settings.AMENDS_FILES = str(files)
    own = {
        "AMENDS_SECRET_KEY": settings.SECRET_KEY,
        "AMENDS_FILES": str(files),
        "AMENDS_LOG_LEVEL": "ERROR",
        "AMENDS_BODY_SECONDS": "10",
        "AMENDS_BODY_BYTES": str(2**20),
    }
    with real.serving(database, **own) as service:
        yield Site(service.port, Path(files))


@pytest.fixture
def market(site: Site) -> Market:
    """A sandbox under the policy alx-d, at START."""
    return Market()


@pytest.fixture
def sits(browser: Browser, site: Site, market: Market) -> Iterator[Callable[..., Person]]:
    """`sits("buyer", language="ar", screen=Screen.PHONE)`: that person at a browser of his own."""
    people: list[Person] = []

    def person(
        party: Party | str,
        name: str = "",
        *,
        language: str = "en",
        zone: str = "UTC",
        screen: Screen = Screen.DESK,
        dark: bool = False,
        script: bool = True,
        market: Market = market,
    ) -> Person:
        seat = market.seat(party, name, language=language, zone=zone)
        found = Person(browser, site, seat, screen=screen, dark=dark, script=script, language=language)
        people.append(found)
        return found

    yield person
    for one in people:
        one.leave()
