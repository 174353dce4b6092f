"""A page read as a person reads it: its words, its forms with what stands in them."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser
from typing import Any


class _Reader(HTMLParser):
    def __init__(self, form: str) -> None:
        super().__init__()
        self.form, self.inside = form, False
        self.fields: dict[str, list[str]] = {}
        self.area = ""
        self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        about = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = about.get("id") == self.form
        if not self.inside:
            return
        name = about.get("name", "")
        if tag == "input" and name:
            if about.get("type") in ("radio", "checkbox") and "checked" not in about:
                return
            self.fields.setdefault(name, []).append(about.get("value", ""))
        elif tag == "textarea":
            self.area = name
            self.fields[name] = [""]
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and "selected" in about:
            self.fields[self.select] = [about.get("value", "")]

    def handle_data(self, data: str) -> None:
        if self.inside and self.area:
            self.fields[self.area][0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        elif tag == "textarea":
            if self.area:
                self.fields[self.area][0] = self.fields[self.area][0].removeprefix("\n")
            self.area = ""
        elif tag == "select":
            self.select = ""


def form(answer: Any, name: str = "act-form") -> dict[str, Any]:
    """What the form would send if it were sent as it stands."""
    reader = _Reader(name)
    reader.feed(answer.content.decode())
    return {key: values[0] if len(values) == 1 else values for key, values in reader.fields.items()}


def said(answer: Any) -> str:
    """The words of the page, one blank between them."""
    page = answer.content.decode().partition("<main")[2].partition("</main>")[0]
    bare = re.sub(r"<textarea.*?</textarea>", " ", page, flags=re.DOTALL)
    text = html.unescape(re.sub(r"<[^>]*>", " ", bare)).replace("\N{NO-BREAK SPACE}", " ")
    return " ".join(text.split())
