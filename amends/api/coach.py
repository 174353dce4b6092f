"""What would make evidence convince, said before it is sent; and, to staff alone, what does not fit in a dispute.

The coach writes nothing and refuses no file. Doubts are `core.sight`'s to show: like every signal of risk they are
for mediator and operator, and nobody else learns whether there are any.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse

from amends.core import sight
from amends.core.refusals import Refused
from amends.core.vocabulary import EvidenceKind, Reason, RefusalCode
from amends.orders import doubts, queries
from amends.orders.coaching import Upload, advise
from amends.orders.doubts import GivenFile, Noticed
from amends.vault import coach
from amends.vault.coach import Hint
from amends.vault.sentences import Want

from .acting import body_of
from .answers import answer, malformed, nowhere, refusal
from .callers import NAMED, Caller, caller_of

FIELDS = ("reason", "kind", "files", "tracking", "comment", "shows_date")
MOST_FILES = 50
MOST_TEXT = 4000
BODY: dict[str, Any] = {
    "type": "object",
    "properties": {
        "reason": {"type": "string", "enum": [reason.value for reason in Reason]},
        "kind": {"type": "string", "enum": [kind.value for kind in EvidenceKind]},
        "files": {
            "type": "array",
            "maxItems": MOST_FILES,
            "items": {"type": "string", "description": "An upload's id, or a kind of evidence that is to come too"},
        },
        "tracking": {"type": "string", "maxLength": MOST_TEXT, "description": "A tracking number, as it was typed"},
        "comment": {"type": "string", "maxLength": MOST_TEXT, "description": "What is to be said with the files"},
        "shows_date": {"type": "boolean", "description": "Of screenshots: whether a date can be seen on them"},
    },
    "required": ["reason", "kind"],
    "additionalProperties": False,
}


class Asked(NamedTuple):
    """A question to the coach: uploads to be given as `kind`, and kinds that are to come too."""

    reason: Reason
    kind: EvidenceKind
    uploads: tuple[str, ...]
    kinds: tuple[EvidenceKind, ...]
    tracking: str
    comment: str
    shows_date: bool | None


# ── the coach ────────────────────────────────────────────────────────────────────────────────────


def read_coach(request: HttpRequest, order: str) -> HttpResponse:
    """What to show for a reason, and what to do better about files that were uploaded and not given yet."""
    caller = caller_of(request)
    now = caller.now(order)
    asked = _asked(body_of(request))
    found = queries.order(caller.marketplace, order, now=now)
    if found is None:
        raise nowhere()
    if not sight.may_see(sight.Item.TALK, caller.party, found.order):
        raise _not_for(caller, "asking about evidence", "buyer, seller, mediator, operator, marketplace")
    there = {file.id: file for file in doubts.files(caller.marketplace, order)}
    advised = advise(
        found.order,
        there,
        caller.party,
        asked.reason,
        [Upload(name, _own(there, name, caller).facts, asked.kind) for name in asked.uploads],
        kind=asked.kind,
        kinds=asked.kinds,
        tracking=asked.tracking,
        comment=asked.comment,
        shows_date=asked.shows_date,
    )
    document = {
        "wanted": [_want(want) for want in advised.wanted],
        "hints": [_hint(hint, file) for hint, file in advised.hints],
    }
    return answer(document)


def _own(there: dict[str, GivenFile], name: str, caller: Caller) -> GivenFile:
    """An upload that is the caller's; whoever sees the whole case may ask about anybody's."""
    file = there.get(name)
    if file is None or (caller.party in NAMED and file.party is not caller.party):
        raise malformed(
            f"there is no file “{name[:80]}” of yours here", "Upload it first, and ask with the id you are given."
        )
    return file


def _want(want: Want) -> dict[str, str]:
    hint = coach.as_hint(want)
    return {"kind": want.kind.value, "code": hint.code.value, "sentence": hint.sentence, "help": hint.help}


def _hint(hint: Hint, file: str | None) -> dict[str, str | None]:
    return {"code": hint.code.value, "sentence": hint.sentence, "help": hint.help, "file": file}


# ── what is asked ────────────────────────────────────────────────────────────────────────────────


def _asked(body: dict[str, Any]) -> Asked:
    for field in body:
        if field not in FIELDS:
            raise malformed(f"the coach has no field “{field[:80]}”", f"It takes: {', '.join(FIELDS)}.")
    files = body.get("files", [])
    if not isinstance(files, list) or len(files) > MOST_FILES or not all(isinstance(one, str) for one in files):
        raise malformed("“files” is no list that fits", f"Send at most {MOST_FILES} ids of uploads, or kinds.")
    known = set(EvidenceKind)
    return Asked(
        _reason(_text(body, "reason")),
        _kind(_text(body, "kind")),
        tuple(dict.fromkeys(name for name in files if name not in known)),
        tuple(EvidenceKind(name) for name in files if name in known),
        _text(body, "tracking"),
        _text(body, "comment"),
        _ticked(body, "shows_date"),
    )


def _ticked(body: dict[str, Any], field: str) -> bool | None:
    given = body.get(field)
    if given is not None and not isinstance(given, bool):
        raise malformed(f"“{field}” is neither true nor false", "Send true, false, or leave it out.")
    return given


def _text(body: dict[str, Any], field: str) -> str:
    text = body.get(field, "")
    if not isinstance(text, str) or len(text) > MOST_TEXT:
        raise malformed(f"“{field}” is no text that fits", f"Write at most {MOST_TEXT} characters.")
    return text


def _reason(word: str) -> Reason:
    try:
        return Reason(word)
    except ValueError:
        raise refusal(Refused(RefusalCode.UNKNOWN_REASON, reason=word[:80], known=", ".join(Reason))) from None


def _kind(word: str) -> EvidenceKind:
    try:
        return EvidenceKind(word)
    except ValueError:
        known = ", ".join(EvidenceKind)
        raise refusal(Refused(RefusalCode.EVIDENCE_TYPE_REFUSED, kind=word[:80], known=known)) from None


# ── doubts ───────────────────────────────────────────────────────────────────────────────────────


def read_doubts(request: HttpRequest, order: str, dispute: int) -> HttpResponse:
    """What does not fit in a dispute, to mediator and operator."""
    caller = caller_of(request)
    found = queries.order(caller.marketplace, order, now=caller.now(order))
    if found is None:
        raise nowhere()
    if not sight.may_see(sight.Item.RISK, caller.party, found.order):
        raise _not_for(caller, "reading doubts", "mediator, operator")
    about = found.order.dispute(dispute)
    if about is None:
        raise refusal(Refused(RefusalCode.UNKNOWN_DISPUTE))
    return answer({"doubts": [_doubt(one) for one in doubts.about(caller.marketplace, found, about)]})


def _doubt(one: Noticed) -> dict[str, str | None]:
    flag = one.flag
    return {
        "code": flag.code.value,
        "sentence": flag.sentence,
        "strength": flag.strength.value,
        "about": one.about,
        "file": one.file,
    }


def _not_for(caller: Caller, what: str, who: str) -> Exception:
    return refusal(Refused(RefusalCode.NOT_ALLOWED, verb=what, party=caller.party.value, who=who))
