"""Where goods go back to: asked of the seller with what is known filled in, and shown as a parcel's label."""

from __future__ import annotations

from django.utils.translation import gettext as _

from amends.core import commands as c
from amends.core.addresses import MOST_LINES, MOST_PART, lacking, located
from amends.core.order import Dispute, Order
from amends.core.private import Private
from amends.core.rules.ordering import delivered_elsewhere
from amends.core.rules.settling import return_address
from amends.core.values import Location
from amends.core.vocabulary import Party
from amends.orders.addresses import last_named
from amends.web.forms import Asking, Fields, Filled
from amends.words.reader import locale

from .case_terms import place

_NONE = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})
"""Names of no place goods could go to."""


def countries() -> list[tuple[str, str]]:
    """Codes of two letters with their names in the reader's language, in the order of their names."""
    named = {code: str(name) for code, name in locale().territories.items() if len(code) == 2 and code not in _NONE}
    return sorted(named.items(), key=lambda one: one[1])


# ── shown ────────────────────────────────────────────────────────────────────────────────────────


def label(at: Location | None) -> tuple[str, ...]:
    """The lines of a parcel's label, in the reader's language; empty where nothing is known.

    Of a place without a street there is one line: city and country.
    """
    if at is None:
        return ()
    if not at.lines:
        return (place(at),)
    city = " ".join(part for part in (_plain(at.postcode), _plain(at.city)) if part)
    country = str(locale().territories.get(at.country.upper(), at.country))
    phone = _("Phone %(number)s") % {"number": _plain(at.phone)} if _plain(at.phone) else ""
    lines = (_plain(at.name), *map(_plain, at.lines), city, _plain(at.region), country, phone)
    return tuple(line for line in lines if line)


def not_enough(order: Order, dispute: Dispute, viewer: Party) -> str:
    """What to do where a return was agreed and nothing can be sent by what is known; empty where all is there."""
    if dispute.trip is not None or not lacking(return_address(order, dispute)):
        return ""
    if viewer is Party.BUYER:
        return _("No whole address was named. Ask the seller for it in a message before you send anything.")
    if viewer is Party.SELLER:
        return _("The buyer cannot send the goods with this address. Write name, street and postcode in a message.")
    return _("With this address nothing can be sent. The seller can still write the whole one in a message.")


def _plain(text: Private | None) -> str:
    return (text.plain or "") if text is not None else ""


# ── asked ────────────────────────────────────────────────────────────────────────────────────────


def wanted(asking: Asking) -> bool:
    """Nobody has said an address goods could be sent to, and this reader is the one to say it."""
    return asking.party is Party.SELLER and bool(lacking(return_address(asking.order, asking.on)))


def first(asking: Asking) -> dict[str, str]:
    """What the fields hold at first: the address this seller named last, else as much as the order tells."""
    at = _offered(asking)[0] if wanted(asking) else None
    if at is None:
        return {}
    return {
        "return_name": _plain(at.name),
        "return_street": "\n".join(map(_plain, at.lines)),
        "return_postcode": _plain(at.postcode),
        "return_city": _plain(at.city),
        "return_region": _plain(at.region),
        "return_country": at.country.upper(),
        "return_phone": _plain(at.phone),
    }


def asked(asking: Asking) -> dict[str, object]:
    """What the part of the form with the address needs beside the fields."""
    if not wanted(asking):
        return {"ask_address": False}
    known = return_address(asking.order, asking.on)
    remembered = _offered(asking)[1]
    hints = [_("The buyer needs name, street and postcode to send goods, and learns them once a return is agreed.")]
    if remembered:
        hints.append(_("This is the address that was named last. Look whether these goods go there too."))
    elif known is not None:
        hints.append(_("So far only this is known: %(place)s.") % {"place": place(known)})
    return {"ask_address": True, "address_hints": hints, "countries": countries()}


def _offered(asking: Asking) -> tuple[Location | None, bool]:
    """The address to begin with, and whether it is remembered from another dispute."""
    known = return_address(asking.order, asking.on)
    last = last_named(asking.here.marketplace, asking.order.seller)
    if last is not None and not delivered_elsewhere(last, known):
        return last, True
    return known, False


def typed(filled: Filled, asking: Asking, *, back: bool) -> Fields:
    """The return address as a command's fields; empty where none was asked for, or none is needed.

    `back`: goods go back by this act. Then what is missing is said beside its field. Where they do not, a whole
    address is taken if nobody has named any, and half of one is left.
    """
    if not wanted(asking):
        return {}
    known = return_address(asking.order, asking.on)
    named = written(filled)
    if back and (named or known is not None):
        blame(filled, named)
    elif not named or known is not None or lacking(_located(named)):
        return {}
    return {"return_to": named} if named else {}


def written(filled: Filled) -> Fields:
    """What stands in the fields of the address, as a command has it; empty where nothing does."""
    parts: Fields = {
        name: " ".join(filled.text(f"return_{name}", most=MOST_PART).split())
        for name in ("country", "city", "name", "postcode", "region", "phone")
    }
    parts["country"] = parts["country"].upper()
    lines = [line.strip() for line in filled.text("return_street", most=MOST_LINES * MOST_PART).split("\n")]
    parts["lines"] = [line for line in lines if line]
    if len(parts["lines"]) > MOST_LINES:
        filled.blame("return_street", _("Write at most %(most)s lines here.") % {"most": MOST_LINES})
        parts["lines"] = parts["lines"][:MOST_LINES]
    return {name: part for name, part in parts.items() if part}


def blame(filled: Filled, named: Fields) -> None:
    """Say beside each field what a parcel still needs."""
    sentences = {
        "name": ("return_name", _("Name whom the parcel is for.")),
        "lines": ("return_street", _("Write street and house number.")),
        "city": ("return_city", _("Name the city.")),
        "postcode": ("return_postcode", _("Write the postcode.")),
        "country": ("return_country", _("Name the country as well.")),
    }
    for missing in lacking(_located(named)):
        filled.blame(*sentences[missing])


def _located(named: Fields) -> Location | None:
    parts: Fields = {"country": "", **named, "lines": tuple(named.get("lines", ()))}
    return located(c.Place(**parts))
