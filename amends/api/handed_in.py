"""Files that a body names by the ids of their uploads (orders/handing_in.py), with what is wrong as problems."""

from __future__ import annotations

from typing import Any

from amends.core.refusals import Refused
from amends.core.vocabulary import Verb
from amends.orders import handing_in
from amends.orders.handing_in import WITH_FILES, Giver

from .answers import malformed, refusal
from .callers import Caller


def with_uploads(body: dict[str, Any], verb: Verb, caller: Caller, order: str, key: str) -> dict[str, Any]:
    """As `handing_in.with_uploads`; over HTTP `files` are texts and objects. Raises Problem `malformed`."""
    given = body.get("files")
    if verb in WITH_FILES and isinstance(given, list) and not all(isinstance(one, str | dict) for one in given):
        raise malformed(
            "“files” holds something that is no text and no object", "Write ids of uploaded files, or kinds."
        )
    giver = Giver(caller.marketplace, order, caller.party, caller.label, key)
    try:
        return handing_in.with_uploads(body, verb, giver)
    except Refused as refused:
        raise refusal(refused) from None
