"""Files that an act names by the ids of their uploads: who gave them, what they are, whether they are free."""

from __future__ import annotations

from typing import Any

from amends.core.vocabulary import EvidenceKind, Verb
from amends.orders import evidence
from amends.orders.evidence import PREFIX, File

from .answers import malformed
from .callers import Caller

WITH_FILES = frozenset({Verb.OPEN, Verb.REVISE, Verb.APPEAL, Verb.CONTEST_RETURN})


def with_uploads(body: dict[str, Any], verb: Verb, caller: Caller, order: str, key: str) -> dict[str, Any]:
    """The body with every upload's id replaced by what the core is to know of it: kind, id, SHA-256.

    Raises Problem `malformed` for a file that is not there, not the caller's, or evidence already. A word that is no
    such id is a kind, and stands for a file.
    """
    if verb is Verb.ADD_EVIDENCE and _is_id(body.get("id")):
        file = _free(caller, order, key, [body["id"]])[body["id"]]
        kind = _fitting(file, body.get("kind"))
        name = body.get("name") or evidence.name_of(caller.marketplace, order, file) or ""
        return {**body, "kind": kind, "name": name, "sha256": file.sha256}
    given = body.get("files")
    if verb not in WITH_FILES or not isinstance(given, list):
        return body
    if not all(isinstance(one, str) for one in given):
        raise malformed("“files” holds something that is no text", "Write ids of uploaded files, or kinds.")
    free = _free(caller, order, key, [one for one in given if _is_id(one)])
    files = [_as_given(free[one]) if one in free else one for one in given]
    return {**body, "files": files}


def _is_id(value: object) -> bool:
    return isinstance(value, str) and value.startswith(PREFIX)


def _as_given(file: File) -> dict[str, Any]:
    return {"kind": file.kinds[0].value, "id": file.file, "sha256": file.sha256}


def _free(caller: Caller, order: str, key: str, ids: list[str]) -> dict[str, File]:
    if not ids:
        return {}
    found = evidence.found(caller.marketplace, order, ids)
    for one in ids:
        file = found.get(one)
        if file is None or file.party != caller.party.value or file.state not in ("kept", "linked"):
            raise malformed(
                f"there is no file “{one[:80]}” of yours on this order", "Upload it first, and name its id."
            )
    taken = any(found[one].state == "linked" for one in ids)
    # Sent once more under its key, the very act that took them is answered again.
    if taken and not evidence.answered(caller.marketplace, order, caller.label, key):
        raise malformed("one of these files is evidence already", "Upload the file again to give it once more.")
    return found


def _fitting(file: File, kind: object) -> object:
    """As what it is given; what cannot be read the core refuses."""
    if kind in (None, ""):
        return file.kinds[0].value
    if kind in set(EvidenceKind) and kind not in file.kinds:
        raise malformed(f"this file is no {kind}", f"Give it as one of: {', '.join(file.kinds)}.")
    return kind
