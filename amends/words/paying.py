"""How somebody paid, as people say it, where the marketplace's word for it is one everybody uses."""

from __future__ import annotations

import re
from typing import Final

from django.utils.translation import gettext as _

from .saying import listed

METHODS: Final = {
    "card": "card",
    "wallet": "wallet",
    "voucher": "voucher",
}
ENDING: Final = {
    "card": "card ending in {end}",
    "wallet": "wallet ending in {end}",
}
_NUMBERED: Final = re.compile(r"(card|wallet)-([0-9]{2,4})")
BETWEEN: Final = " + "
"""What the core puts between the methods of one refund."""


def method(named: str) -> str:
    """“card ending in 4242, voucher” for “card-4242 + voucher”; any other word of a marketplace as it stands."""
    return listed(_one(part) for part in named.split(BETWEEN))


def _one(named: str) -> str:
    if named in METHODS:
        return _(METHODS[named])
    numbered = _NUMBERED.fullmatch(named)
    return _(ENDING[numbered[1]]).format(end=numbered[2]) if numbered else named
