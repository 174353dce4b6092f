"""How order ids and seats stand in addresses."""

from __future__ import annotations

import re

from django.urls import register_converter
from django.urls.converters import StringConverter


class OrderId(StringConverter):
    """An order's id in one part of a path. Slash, percent and tilde are written `~2F`, `~25`, `~7E`."""

    def to_python(self, value: str) -> str:
        return re.sub("~([0-9A-F]{2})", lambda found: chr(int(found[1], 16)), value)

    def to_url(self, value: str) -> str:
        written = re.sub("[~/%]", lambda found: f"~{ord(found[0]):02X}", value)
        return written.replace(".", "~2E") if set(written) == {"."} else written


class SeatId(StringConverter):
    regex = "[a-z2-7]{16}"


register_converter(OrderId, "order_id")
register_converter(SeatId, "seat")
