"""One person at one browser: what he reads, clicks and writes, and what an examiner of accessibility would say."""

from __future__ import annotations

import enum
import re
from pathlib import Path
from typing import Any, NamedTuple

from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Response

from tests.web.people import AtSeat


class Site(NamedTuple):
    port: int
    files: Path

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"


class Screen(enum.Enum):
    """Width and height in CSS pixels."""

    SMALL = (320, 640)
    PHONE = (390, 844)
    DESK = (1200, 900)


class Person:
    """Every error in the console, and every request that leaves the site, is a fault of the page: see `faults`."""

    def __init__(
        self, browser: Browser, site: Site, seat: AtSeat, *, screen: Screen, dark: bool, script: bool, language: str
    ) -> None:
        self.site = site
        self.seat = seat
        self.scripted = script
        width, height = screen.value
        self.context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
            locale={"zh-hans": "zh-CN", "pt": "pt-BR"}.get(language, language),
            base_url=site.address,
        )
        name = settings.SESSION_COOKIE_NAME
        self.context.add_cookies([{"name": name, "value": seat.client.cookies[name].value, "url": site.address}])
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(10_000)
        self.faults: list[str] = []
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda fault: self.faults.append(str(fault)))
        self.page.on("response", self._answered)

    def leave(self) -> None:
        self.context.close()

    # ── going and reading ────────────────────────────────────────────────────────────────────────

    def go(self, path: str = "") -> Person:
        """To an address below his seat, or, with a slash in front, anywhere on the site."""
        self.page.goto(path if path.startswith("/") else self.seat.url(path))
        return self

    @property
    def text(self) -> str:
        """The visible text of the page, its spaces made one."""
        return re.sub(r"\s+", " ", self.page.locator("body").inner_text()).strip()

    def reads(self, *words: str) -> Person:
        for one in words:
            assert one in self.text, f"“{one}” is not on {self.page.url}:\n{self.text[:3000]}"
        return self

    def reads_not(self, *words: str) -> Person:
        for one in words:
            assert one not in self.text, f"“{one}” is on {self.page.url}"
        return self

    # ── doing ────────────────────────────────────────────────────────────────────────────────────

    def click(self, words: str | re.Pattern[str]) -> Person:
        """The link or button that says so; the first where there are more."""
        self.button(words).click()
        self.page.wait_for_load_state("load")
        return self

    def button(self, words: str | re.Pattern[str]) -> Locator:
        return self.page.get_by_role("button", name=words).or_(self.page.get_by_role("link", name=words)).first

    def write(self, label: str | re.Pattern[str], words: str) -> Person:
        self.page.get_by_label(label).first.fill(words)
        return self

    def choose(self, label: str | re.Pattern[str]) -> Person:
        """A radio button, a box to tick, by its label."""
        self.page.get_by_label(label).first.check()
        return self

    def act(self, verb: str) -> Person:
        """The button of this act, whatever it says; it must be offered on the page."""
        with self.page.expect_navigation():
            self.page.locator(f'main a[href$="/do/{verb}/"]').first.click()
        return self

    def fill(self, **fields: str) -> Person:
        """Fields by their name: text is written, what is chosen or ticked is named by its value."""
        for name, value in fields.items():
            found = self.page.locator(f'main [name="{name}"]')
            kind = found.first.get_attribute("type") or ""
            if kind in ("radio", "checkbox"):
                self.page.locator(f'main [name="{name}"][value="{value}"]').check()
            elif found.first.evaluate("one => one.tagName") == "SELECT":
                found.first.select_option(value)
            else:
                found.first.fill(value)
        return self

    def send(self) -> Person:
        """Press the button that does it; where the page asks once more, tick what it asks and press again."""
        self.press()
        if self.page.locator('#do[name="sure"]').count():
            for box in self.page.locator("main form.act input[type=checkbox]").all():
                box.check()
            self.press()
        return self

    def decides(self) -> Person:
        """What a mediator has filled in: the letter is read first, then sent."""
        for step in ("preview", "send"):
            with self.page.expect_navigation():
                self.page.locator(f'#decision button[name="_step"][value="{step}"]').click()
        return self

    def press(self) -> Person:
        """The one button that does it, once."""
        with self.page.expect_navigation():
            self.page.locator("#do").click()
        return self

    def case(self, order: str = "O-1", dispute: int = 1) -> Person:
        return self.go(f"orders/{order}/disputes/{dispute}/")

    # ── what an examiner would say ───────────────────────────────────────────────────────────────

    def axe(self) -> list[str]:
        """What axe finds: rule, help and the first element of each. Empty is what we want."""
        if self.page.evaluate("typeof axe") == "undefined":
            self.page.evaluate(AXE_SCRIPT)
        violations: list[dict[str, Any]] = self.page.evaluate(
            "axe.run({resultTypes: ['violations']}).then(found => found.violations)"
        )
        return [
            f"{one['id']}: {one['help']}: {one['nodes'][0]['target']} {one['nodes'][0]['html'][:150]}"
            for one in violations
        ]

    def overflow(self) -> int:
        """By how many pixels the page is wider than the screen."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))

    def small_targets(self) -> list[str]:
        """Buttons and fields lower or narrower than 24 px; what a label makes larger is exempt, and links in text."""
        script = """() => [...document.querySelectorAll('button, .button, input:not([type=hidden]), select, textarea')]
            .filter(one => { const box = one.getBoundingClientRect();
              const labelled = one.closest('label') || document.querySelector(`label[for="${one.id}"]`);
              return box.width && box.height && !labelled && (box.height < 24 || box.width < 20); })
            .map(one => one.outerHTML.slice(0, 120))"""
        found: list[str] = self.page.evaluate(script)
        return found

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.faults.append(message.text)

    def _answered(self, response: Response) -> None:
        if not response.url.startswith((self.site.address, "data:", "blob:")):
            self.faults.append(f"a request left the site: {response.url}")
        if response.status >= 500:
            self.faults.append(f"{response.status} {response.url}")
