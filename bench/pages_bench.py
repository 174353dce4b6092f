"""How fast a page is seen: largest contentful paint and layout shift, in Chromium on loopback, four times slowed.

`python -m bench pages`. Each page is opened in a new window with nothing cached, `ROUNDS` times; medians are given.
Aim: 0.5 s and 0. The bytes are what came over the wire for the first page, with style and script.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "amends.config.settings")
os.environ.setdefault("AMENDS_LOG_LEVEL", "ERROR")
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # playwright's loop runs in this thread; nothing here is asynchronous

ROUNDS = 7
SLOWER = 4
AIM_MILLISECONDS = 500
PAGES = ("buyer orders", "buyer case awaiting_buyer", "seller todo", "mediator desk", "mediator case under_review")
WATCH = """() => { window.seen = {lcp: 0, shift: 0};
  new PerformanceObserver(list => { for (const one of list.getEntries()) window.seen.lcp = one.startTime; })
    .observe({type: 'largest-contentful-paint', buffered: true});
  new PerformanceObserver(list => { for (const one of list.getEntries()) window.seen.shift += one.value; })
    .observe({type: 'layout-shift', buffered: true}); }"""


def main() -> int:
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

    measured: dict[str, Any] = {}
    with ExitStack() as stack:
        files = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="amends-pages-")))
        url = stack.enter_context(cluster.running()).format(database="postgres")
        database = stack.enter_context(real.database_on(url))
        fixtures._use(database)
        settings.AMENDS_FILES = str(files)
        own = {"AMENDS_SECRET_KEY": settings.SECRET_KEY, "AMENDS_FILES": str(files), "AMENDS_DEMO": "1"}
        service = stack.enter_context(real.serving(database, **own))
        told = Told(demonstration.told("", lambda _: None).marketplace)
        found = {place.name: place for place in places(told)}
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        for name in PAGES:
            rounds = []
            for _ in range(ROUNDS):
                place = found[name]
                person = Person(
                    browser, Site(service.port, files), place.seat, screen=Screen.PHONE, dark=False, script=True,
                    language="en",
                )  # fmt: skip
                rounds.append(_opened(person, place.path))
                person.leave()
            measured[name] = {key: round(statistics.median(one[key] for one in rounds), 3) for key in rounds[0]}
        browser.close()
    worst = max(one["lcp_milliseconds"] for one in measured.values())
    shift = max(one["layout_shift"] for one in measured.values())
    print(
        json.dumps(
            {
                "benchmark": f"pages on a phone, loopback Chromium, CPU {SLOWER} times slower; medians of {ROUNDS}",
                "worst_lcp_milliseconds": worst,
                "aim_lcp_milliseconds": AIM_MILLISECONDS,
                "worst_layout_shift": shift,
                "pages": measured,
            }
        )
    )
    return 0


def _opened(person: Any, path: str) -> dict[str, float]:
    """One page in a fresh window."""
    wire = person.context.new_cdp_session(person.page)
    wire.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    person.page.add_init_script(f"({WATCH})()")
    person.page.goto(path, wait_until="load")
    person.page.wait_for_timeout(400)
    seen = person.page.evaluate("window.seen")
    size = person.page.evaluate(
        "performance.getEntriesByType('navigation').concat(performance.getEntriesByType('resource'))"
        ".filter(one => !one.name.includes('/files/')).reduce((sum, one) => sum + one.encodedBodySize, 0)"
    )
    return {"lcp_milliseconds": seen["lcp"], "layout_shift": seen["shift"], "bytes": size}


if __name__ == "__main__":
    sys.exit(main())
