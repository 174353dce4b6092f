"""The demonstration in a service of its own and a Chromium to look at it, for pictures and for timing pages."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "amends.config.settings")
os.environ.setdefault("AMENDS_LOG_LEVEL", "ERROR")
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # playwright's loop runs in this thread; nothing here is asynchronous


class Showing(NamedTuple):
    told: Any
    """tests.browser.crawl.Told"""
    site: Any
    browser: Any


@contextmanager
def showing() -> Iterator[Showing]:
    """Told, served and ready to be looked at; everything is gone afterwards."""
    import django

    django.setup()
    from django.conf import settings
    from playwright.sync_api import sync_playwright

    from amends.stories import demonstration
    from tests import database as fixtures
    from tests.api import service as real
    from tests.browser.conftest import CHROMIUM, FLAGS
    from tests.browser.crawl import Told
    from tests.browser.people import Site
    from tests.store import cluster

    with ExitStack() as stack:
        files = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="amends-showing-")))
        url = stack.enter_context(cluster.running()).format(database="postgres")
        database = stack.enter_context(real.database_on(url))
        fixtures._use(database)
        settings.AMENDS_FILES = str(files)
        own = {"AMENDS_SECRET_KEY": settings.SECRET_KEY, "AMENDS_FILES": str(files), "AMENDS_DEMO": "1"}
        service = stack.enter_context(real.serving(database, **own))
        told = Told(demonstration.told("", lambda _: None).marketplace)
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield Showing(told, Site(service.port, files), browser)
        browser.close()
