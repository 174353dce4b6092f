"""What a seller keeps ready to write: a name and a text with places for product, amount and order.

They are the seller's own words, so they are sealed under his key and go with him when he is erased.
"""

from __future__ import annotations

import json
import re
from typing import LiteralString, NamedTuple
from uuid import UUID

from amends.core.refusals import Refused
from amends.core.rules.ordering import malformed
from amends.core.told import told

from .people import key_of
from .sealing import Key, decrypt, encrypt, person, uuid7
from .trips import in_one_trip, run

MOST = 50
"""Of one seller."""
MOST_NAME = 80
MOST_TEXT = 2000
PLACES = ("product", "amount", "order")
"""What may stand in braces."""
_PLACE = re.compile(r"\{(" + "|".join(PLACES) + r")\}")


class Template(NamedTuple):
    id: UUID
    name: str
    text: str


def filled(text: str, *, product: str, amount: str, order: str) -> str:
    """The text for one case. Braces around anything else stay as they were written."""
    said = {"product": product, "amount": amount, "order": order}
    return _PLACE.sub(lambda found: said[found[1]], text)


def templates(marketplace: UUID, seller: str) -> tuple[Template, ...]:
    """All he has, by name. Raises `sealing.Unopened` where what is stored was damaged."""
    rows = in_one_trip(marketplace, _ALL, {"m": marketplace, "seller": seller, "owner": person(seller)}, begin=False)
    found = []
    for template, sealed, key_id, secret in rows:
        written = json.loads(decrypt(Key(key_id, secret), sealed, _about(marketplace, seller, template)))
        found.append(Template(template, written["name"], written["text"]))
    return tuple(sorted(found, key=lambda one: (one.name.casefold(), one.id)))


def keep(marketplace: UUID, seller: str, *, name: str, text: str, template: UUID | None = None) -> UUID:
    """Write a template, a new one where none is named. Raises `Refused` with `malformed`, and keeps nothing then."""
    name, text = " ".join(name.split()), text.strip()
    if not name or len(name) > MOST_NAME or not name.isprintable():
        raise malformed(
            "the template has no name that fits", told("Write a name of at most {most} characters.", most=MOST_NAME)
        )
    if not text or len(text) > MOST_TEXT or "\x00" in text:
        raise malformed(
            "the template has no text that fits", told("Write a text of at most {most} characters.", most=MOST_TEXT)
        )
    key = key_of(marketplace, seller)
    made = template or uuid7()
    sealed = encrypt(key, json.dumps({"name": name, "text": text}), _about(marketplace, seller, made))
    values = {"m": marketplace, "seller": seller, "template": made, "key_id": key.id, "sealed": sealed, "most": MOST}
    if not in_one_trip(marketplace, _NEW if template is None else _CHANGED, values, begin=True):
        raise _none_left() if template is None else malformed("there is no such template", "Write it as a new one.")
    return made


def forget(marketplace: UUID, seller: str, template: UUID) -> None:
    """Take one away; one that is not there is gone already."""
    run(marketplace, _GONE, {"m": marketplace, "seller": seller, "template": template})


def _none_left() -> Refused:
    return malformed(told("there are {most} templates already", most=MOST), "Take one away that you no longer use.")


def _about(marketplace: UUID, seller: str, template: UUID) -> bytes:
    """What a ciphertext is bound to: moved to another seller or template it does not open."""
    return f"{marketplace}\ntemplate\n{template}\n{seller}".encode()


_ALL: LiteralString = """SELECT t.template, t.sealed, k.key_id, k.key FROM seller_template t
  JOIN amends_keys.person_key k ON k.marketplace = t.marketplace AND k.owner = %(owner)s AND k.key_id = t.key_id
  WHERE t.marketplace = %(m)s AND t.seller = %(seller)s"""
_NEW: LiteralString = """INSERT INTO seller_template (marketplace, seller, template, key_id, sealed)
  SELECT %(m)s, %(seller)s, %(template)s, %(key_id)s, %(sealed)s
  WHERE (SELECT count(*) FROM seller_template WHERE marketplace = %(m)s AND seller = %(seller)s) < %(most)s
  RETURNING 1"""
_CHANGED: LiteralString = """UPDATE seller_template SET key_id = %(key_id)s, sealed = %(sealed)s, changed_at = now()
  WHERE marketplace = %(m)s AND seller = %(seller)s AND template = %(template)s RETURNING 1"""
_GONE: LiteralString = (
    "DELETE FROM seller_template WHERE marketplace = %(m)s AND seller = %(seller)s AND template = %(template)s"
)
