"""How fast a page is seen: largest contentful paint and layout shift, in Chromium on loopback, four times slowed.

`python -m bench pages`. Each page is opened in a new window with nothing cached, `ROUNDS` times; medians are given.
Aim: 0.5 s and 0. The bytes are what came over the wire for the first page, with style and script.
"""

from __future__ import annotations

import json
import statistics
import sys
from typing import Any

from .showing import showing

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
    measured: dict[str, Any] = {}
    with showing() as there:
        from tests.browser.crawl import places
        from tests.browser.people import Person, Screen

        found = {place.name: place for place in places(there.told)}
        for name in PAGES:
            place = found[name]
            rounds = []
            for _ in range(ROUNDS):
                person = Person(
                    there.browser, there.site, place.seat, screen=Screen.PHONE, dark=False, script=True, language="en"
                )
                rounds.append(_opened(person, place.path))
                person.leave()
            measured[name] = {key: round(statistics.median(one[key] for one in rounds), 3) for key in rounds[0]}
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
