"""What templates may call: addresses of this seat, money, instants, and the hidden fields of every form."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from amends import words
from amends.core.durations import format_instant
from amends.web import acting, assets

register = template.Library()


@register.simple_tag
def ticking() -> str:
    """What a countdown says, for the script that counts on in the server's own words (`words.ticking`)."""
    return words.ticking()


@register.simple_tag
def asset(name: str) -> str:
    """`{% asset "app.css" %}`: the address of a file of `static/`."""
    return assets.address(name[:])  # a literal of a template is a SafeString, which a Path cannot intern


@register.simple_tag(takes_context=True)
def at(context: dict[str, Any], name: str, **about: object) -> str:
    """`{% at "case" order=key dispute=1 %}`: an address of the seat the page is for."""
    address: str = context["here"].url(name, **about)
    return address


@register.simple_tag
def money(minor: int, currency: str) -> SafeString:
    """Digits and currency as the reader writes them; never broken between two lines."""
    return format_html('<span class="sum">{}</span>', words.money(minor, currency))


@register.filter
def instant(at: datetime) -> SafeString:
    """`{{ deadline.at|instant }}`: in the reader's zone, with the machine's form beside it and UTC on demand."""
    machine = format_instant(at)
    return format_html(
        '<time datetime="{}" title="{} UTC">{}</time>', machine, machine[:16].replace("T", " "), words.instant(at)
    )


@register.filter
def machine(at: datetime) -> str:
    """The instant in UTC, as programs write it."""
    return format_instant(at)


@register.filter
def day(when: date) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', when.isoformat(), words.day(when))


@register.simple_tag
def form_marks(version: int | None = None) -> SafeString:
    """`{% form_marks order.version %}`: the hidden fields that make a double click one act, and an old page known."""
    key = format_html('<input type="hidden" name="_key" value="{}">', acting.fresh_key())
    if version is None:
        return key
    return format_html('{}<input type="hidden" name="_version" value="{}">', key, version)
