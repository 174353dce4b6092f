"""Files that an act names by the ids of their uploads: who gave them, what they are, whether they are free.

The API's bodies and the pages' forms say it alike: `add_evidence` by its `id`, and the verbs of `WITH_FILES` by
`files`, a list of ids, of kinds, and of objects with the fields of `ABOUT_A_FILE`. In a sandbox a kind stands for a
file; elsewhere `without_a_file` says what is no evidence.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID

from amends.core import commands as c
from amends.core.refusals import Refused
from amends.core.rules.ordering import malformed
from amends.core.told import Told
from amends.core.vocabulary import EvidenceKind, Party, RefusalCode, Verb

from . import evidence
from .evidence import PREFIX, File

WITH_FILES = frozenset({Verb.OPEN, Verb.REVISE, Verb.APPEAL, Verb.CONTEST_RETURN})
ABOUT_A_FILE = ("id", "kind", "name", "comment", "mediator_only")
"""What an entry of `files` may say; what the file is, only the upload says."""


class Giver(NamedTuple):
    """Who hands in, on which order, under which idempotency key ("" for none)."""

    marketplace: UUID
    order_key: str
    party: Party
    caller: str
    """Whose keys they are, as `handle` is told."""
    key: str


def with_uploads(body: Mapping[str, Any], verb: Verb, giver: Giver) -> dict[str, Any]:
    """The body with every upload's id replaced by what the core is to know of it: kind, id, SHA-256, and what its
    giver said with it.

    Raises Refused `malformed` for a file that is not there, not the giver's, or evidence already, and for an entry
    with fields that are none of an entry's. A word that is no such id is a kind.
    """
    if verb is Verb.ADD_EVIDENCE and _is_id(body.get("id")):
        file = _free(giver, [body["id"]])[body["id"]]
        kind = _fitting(file, body.get("kind"))
        name = body.get("name") or evidence.name_of(giver.marketplace, giver.order_key, file) or ""
        return {**body, "kind": kind, "name": name, "sha256": file.sha256}
    given = body.get("files")
    if verb not in WITH_FILES or not isinstance(given, list):
        return dict(body)
    for one in given:
        _only_its_own(one)
    free = _free(giver, [name for one in given if (name := _id_of(one))])
    files = [_as_given(free[name], one) if (name := _id_of(one)) in free else one for one in given]
    return {**body, "files": files}


def without_a_file(command: c.Command) -> Refused | None:
    """Refused `evidence_required` for the first evidence of a party that is no file and would have to be one (R166).

    A link is text and counts for nothing; a tracking number may be one. Everything else is an upload.
    """
    if isinstance(command, c.AddEvidence):
        return _fileless(command.kind, command.name, command.sha256)
    given = command.files if isinstance(command, c.OpenDispute | c.Revise | c.Appeal | c.ContestReturn) else ()
    return next((lacks for one in given if (lacks := _fileless(one.kind, one.name, one.sha256))), None)


def _fileless(kind: str, name: str, sha256: str) -> Refused | None:
    if sha256 or kind == EvidenceKind.LINK:
        return None
    if kind == EvidenceKind.TRACKING:
        return None if name.strip() else Refused(RefusalCode.EVIDENCE_REQUIRED, "number")
    return Refused(RefusalCode.EVIDENCE_REQUIRED, "file", kind=Told(kind, EvidenceKind(kind)))


def _only_its_own(one: object) -> None:
    """An entry is a word, or an object that says nothing but what a giver may say."""
    if not isinstance(one, Mapping):
        return
    for field in one:
        if field not in ABOUT_A_FILE:
            raise malformed(f"a file has no field “{str(field)[:80]}”", f"It takes: {', '.join(ABOUT_A_FILE)}.")
    if one.get("id") and not _is_id(one["id"]):
        raise malformed(f"“{str(one['id'])[:80]}” is the id of no upload", "Upload the file, and name its id.")


def _is_id(value: object) -> bool:
    return isinstance(value, str) and value.startswith(PREFIX)


def _id_of(one: object) -> str:
    """The upload that an entry names; "" where it names none."""
    name = one.get("id") if isinstance(one, Mapping) else one
    return name if isinstance(name, str) and name.startswith(PREFIX) else ""


def _as_given(file: File, one: object) -> dict[str, Any]:
    said = one if isinstance(one, Mapping) else {}
    told = {name: said[name] for name in ("name", "comment", "mediator_only") if name in said}
    return {**told, "kind": _fitting(file, said.get("kind")), "id": file.file, "sha256": file.sha256}


def _free(giver: Giver, ids: list[str]) -> dict[str, File]:
    if not ids:
        return {}
    found = evidence.found(giver.marketplace, giver.order_key, ids)
    for one in ids:
        file = found.get(one)
        if file is None or file.party != giver.party.value or file.state not in ("kept", "linked"):
            raise malformed(
                f"there is no file “{one[:80]}” of yours on this order", "Upload it first, and name its id."
            )
    taken = any(found[one].state == "linked" for one in ids)
    # Sent once more under its key, the very act that took them is answered again.
    if taken and not evidence.answered(giver.marketplace, giver.order_key, giver.caller, giver.key):
        raise malformed("one of these files is evidence already", "Upload the file again to give it once more.")
    return found


def _fitting(file: File, kind: object) -> object:
    """As what it is given; what cannot be read the core refuses."""
    if kind in (None, ""):
        return file.kinds[0].value
    if kind in set(EvidenceKind) and kind not in file.kinds:
        raise malformed(f"this file is no {kind}", f"Give it as one of: {', '.join(file.kinds)}.")
    return kind
