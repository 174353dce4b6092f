"""Where goods went back to before: a seller who answers forty disputes types his address once."""

from __future__ import annotations

from typing import Any, LiteralString
from uuid import UUID

from amends.core.events import Event
from amends.core.values import Location

from .recording import read
from .sealing import Key, about, decrypt
from .trips import in_one_trip

MOST = 200
"""Orders of a seller that are looked through, the newest first."""


def last_named(marketplace: UUID, seller: str) -> Location | None:
    """The return address with street that was named last in the seller's newest orders, by him or with an order.

    None where there is none, or where it cannot be read any more. It is the seller's own: only he is to see it.
    Raises `sealing.Unopened` where what is stored was damaged.
    """
    values = {"m": marketplace, "seller": seller, "most": MOST}
    rows = in_one_trip(marketplace, _LAST, values, begin=False)
    if not rows:
        return None
    order_key, body = rows[0][:2]
    texts = {ref: _plain(marketplace, order_key, ref, *rest) for _, _, ref, *rest in rows if ref is not None}
    (event,) = read([body], texts)
    place = _named(event)
    return place if place is not None and any(line.plain for line in place.lines) else None


def _named(event: Event) -> Location | None:
    place: Location | None = getattr(event, "return_to", None)
    return place


def _plain(marketplace: UUID, order_key: str, ref: str, ciphertext: bytes, key_id: UUID, secret: bytes) -> Any:
    return decrypt(Key(key_id, secret), ciphertext, about(marketplace, order_key, ref))


# A mediator's ruling names no address of the seller's own choosing, so it is not looked at.
_LAST: LiteralString = """SELECT e.order_key, e.body, t.ref, t.ciphertext, t.key_id, p.key
  FROM (SELECT e.order_key, e.number, e.body
      FROM (SELECT order_key FROM orders WHERE marketplace = %(m)s AND seller = %(seller)s
        ORDER BY placed_at DESC LIMIT %(most)s::int) o
      JOIN event e ON e.marketplace = %(m)s AND e.order_key = o.order_key
      WHERE e.type IN ('OrderPlaced', 'OfferMade', 'TermsAccepted', 'OptionChosen')
        AND e.body::jsonb #> '{return_to,lines}' IS NOT NULL
      ORDER BY e.at DESC, e.order_key, e.number DESC LIMIT 1) e
  LEFT JOIN (sealed_text t JOIN amends_keys.person_key p
      ON p.marketplace = t.marketplace AND p.owner = t.owner AND p.key_id = t.key_id)
    ON t.marketplace = %(m)s AND t.order_key = e.order_key AND t.event = e.number"""
