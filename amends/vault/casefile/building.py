"""One dispute as one file: a zip with all that happened, signed, cut to what its reader may see.

docs/case-file.md says what each entry holds and what it proves; `verify-case-file` checks it without this package.
"""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, BinaryIO, NamedTuple

from amends.core import events as e
from amends.core import sight
from amends.core.durations import format_instant
from amends.core.sight import files_of
from amends.core.vocabulary import EvidenceKind, Party
from amends.core.wire import GENESIS, canonical, chained, read_event
from amends.vault.kinds import Kind

from . import container, opening, reading_copy, redaction
from .contents import CaseInput, EvidenceFile, JournalLine, KeptBytes, Role
from .letter import README
from .redaction import Shown
from .signing import Signer, printable

FORMAT = "amends case file"
VERSION = 1

OFFERS = (e.DisputeOpened, e.ClaimRevised, e.OfferMade, e.OfferRejected, e.TermsAccepted, e.OptionsProposed)
DECISION = (
    e.RulingMade,
    e.OptionChosen,
    e.ChoicesDiffered,
    e.DisputeSettled,
    e.DisputeDismissed,
    e.DisputeClosed,
    e.DisputeReopened,
    e.AppealMade,
    e.AppealGranted,
    e.AppealDenied,
    e.Approved,
)
_SUFFIX = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/heic": "heic",
    "image/avif": "avif",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "video/webm": "webm",
    "application/pdf": "pdf",
}


class BrokenCase(ValueError):
    """What was handed in is not one whole, unbroken dispute: nothing is signed that does not hold."""


def build(case: CaseInput, *, role: Role, signer: Signer, made_at: datetime, with_pdf: bool = True) -> bytes:
    """The case file as bytes; the same input gives the same bytes. Raises what `write` raises."""
    out = io.BytesIO()
    write(case, out, role=role, signer=signer, made_at=made_at, with_pdf=with_pdf)
    return out.getvalue()


def write(
    case: CaseInput, out: BinaryIO, *, role: Role, signer: Signer, made_at: datetime, with_pdf: bool = True
) -> tuple[str, ...]:
    """Write the case file, evidence in pieces; answers with the ids of the files that are in it, each once.

    Raises `BrokenCase` where events, texts or files do not belong together, `container.TooLarge` beyond 4 GiB,
    before any evidence is opened where what is said of it is too large already.
    """
    events = _events(case)
    salts = signer.salts_of(case.marketplace, case.order.id)
    shown = redaction.shown_to(role, case.order, events, case.bodies, salts, case.pseudonyms)
    parts = _Parts(case, role, shown)
    said = [kept.size for _, kept, _ in parts.stored()]
    container.refuse_if_too_large(sum(said), len(said))
    files = {name: canonical(content) for name, content in parts.documents(made_at).items()}
    if with_pdf:
        copy = reading_copy.Copy(parts.documents(made_at), _pictures(parts.evidence), case.frame)
        files["reading-copy.pdf"] = reading_copy.render(copy, made_at=made_at)
    files["README.txt"] = README.format(fingerprint=printable(signer.fingerprint)).encode()
    entries = [container.entry_of(name, content) for name, content in sorted(files.items())]
    entries += [_evidence(name, kept, sha256) for name, kept, sha256 in parts.stored()]
    head = case.chain[-1]
    manifest = canonical(
        {
            "format": FORMAT,
            "version": VERSION,
            "marketplace": case.marketplace,
            "order": case.order.id,
            "dispute": case.dispute,
            "role": role.value,
            "made_at": format_instant(made_at),
            "key": signer.fingerprint,
            "events": len(shown),
            "case_head": redaction.case_head([one.digest for one in shown]),
            "store_head_commitment": redaction.head_commitment(head, salts.of(0, "head")),
            "store_head": {"salt": salts.of(0, "head").hex(), "head": head} if parts.complete else None,
            "withheld": parts.withheld,
            "entries": [{"name": each.name, "bytes": each.size, "sha256": each.sha256} for each in entries],
        }
    )
    signature = {"algorithm": "Ed25519", "public_key": signer.public.hex(), "signature": signer.sign(manifest).hex()}
    first = [("manifest.json", manifest), ("signature.json", canonical(signature))]
    container.write([*(container.entry_of(*each) for each in first), *entries], out)
    return tuple(dict.fromkeys(one.file for one in parts.evidence if any(_forms(one.kept))))


def end_of(events: Sequence[e.Event], dispute: int) -> int:
    """How many of the order's events make the dispute's case file: up to the last that is about it.

    Nothing later than its refund, its appeal or its correction; all of them while it is open.
    """
    about = [number for number, event in enumerate(events, 1) if getattr(event, "dispute", None) == dispute]
    closed = any(isinstance(events[number - 1], e.DisputeClosed) for number in about)
    return about[-1] if closed else len(events)


def _events(case: CaseInput) -> list[e.Event]:
    """The events, after making sure that they are the order's, whole and unbroken."""
    if not case.bodies or len(case.bodies) != len(case.chain):
        raise BrokenCase(f"{len(case.bodies)} events came with {len(case.chain)} hashes; give one for each.")
    events, head = [], GENESIS
    for number, (body, digest) in enumerate(zip(case.bodies, case.chain, strict=True), 1):
        event = read_event(json.loads(body))
        head = chained(head, event)
        if canonical(json.loads(body)).decode() != body or head != digest:
            raise BrokenCase(f"The chain of order {case.order.id} breaks at event {number}. Nothing was signed.")
        events.append(event)
    if not any(isinstance(event, e.DisputeOpened) and event.dispute == case.dispute for event in events):
        raise BrokenCase(f"Order {case.order.id} has no dispute {case.dispute} in these events.")
    return events


def _evidence(name: str, kept: KeptBytes, sha256: str) -> container.Entry:
    entry = container.entry(name, kept.open)
    if sha256 not in ("", entry.sha256):
        raise BrokenCase(f"{name} has SHA-256 {entry.sha256}, recorded is {sha256}. Nothing was signed.")
    return entry


def _pictures(evidence: Sequence[_Visible]) -> dict[str, Callable[[], BinaryIO]]:
    return {
        one.stem: one.kept.reading.open
        for one in evidence
        if one.kept is not None and one.kept.reading and one.kept.reading.media_type in ("image/jpeg", "image/png")
    }


class _Visible(NamedTuple):
    """A file the role may see: in which event, under which name in the zip, and what is kept of it."""

    event: int
    by: str
    file: str
    kind: EvidenceKind
    stem: str
    kept: EvidenceFile | None


class _Parts:
    """The documents of the zip, for one role."""

    def __init__(self, case: CaseInput, role: Role, shown: Sequence[Shown]) -> None:
        self.case = case
        self.role = role
        self.shown = shown
        self.complete = all(one.whole for one in shown)
        self.digests = {
            sealed["ref"]: sealed["sha256"]
            for one in shown
            for sealed in redaction.sealed_parts([one.fields, one.partly])
        }
        self.texts = [text for text in case.texts if text.ref in self.digests]
        self._check_texts()
        plain = {text.ref: text.plain for text in self.texts if text.plain is not None}
        self.readable = {one.number: redaction.with_texts(one.event, plain) for one in shown if one.event is not None}
        self.evidence = list(self._visible())
        self.withheld = {
            "events": sum(one.event is None for one in shown),
            "fields": sum(len(one.hashes) for one in shown),
        }

    def documents(self, made_at: datetime) -> dict[str, Any]:
        """Every JSON entry by its name."""
        return {
            "case.json": self._case(made_at),
            "events.json": [self._event(one) for one in self.shown],
            "timeline.json": self._timeline(),
            "offers.json": self._copies(OFFERS),
            "decision.json": self._copies(DECISION),
            "journal.json": [self._row(line) for line in self.case.journal if line.event <= len(self.shown)],
            "texts.json": self._texts(),
            "evidence.json": [self._file(one) for one in self.evidence],
        }

    def stored(self) -> Iterator[tuple[str, KeptBytes, str]]:
        """The evidence that goes into the zip: name, bytes, and the SHA-256 they must have ("" where any will do)."""
        for one in self.evidence:
            for what, kept in _forms(one.kept):
                yield _name(one.stem, what, kept), kept, one.kept.sha256 if one.kept and what == "original" else ""

    def _case(self, made_at: datetime) -> dict[str, Any]:
        order, placed = self.case.order, self.shown[0].event
        assert isinstance(placed, e.OrderPlaced), "no role is refused the placing"
        return {
            "marketplace": self.case.marketplace,
            "order": order.id,
            "dispute": self.case.dispute,
            "role": self.role.value,
            "made_at": format_instant(made_at),
            "buyer": placed.buyer,
            "seller": placed.seller,
            "currency": order.currency,
            "policy": {"id": order.policy.id, "version": order.policy.version, "digest": order.policy.digest},
            "totals": totals(self.case),
        }

    def _event(self, one: Shown) -> dict[str, Any]:
        return one.written() | ({"chain": self.case.chain[one.number - 1]} if self.complete else {})

    def _timeline(self) -> list[dict[str, Any]]:
        return [
            {
                "event": number,
                "at": format_instant(event.at),
                "by": event.by.value,
                "sentence": self.case.tell(self.case.order, event),
            }
            for number, event in self.readable.items()
        ]

    def _copies(self, kinds: tuple[type[e.Event], ...]) -> list[dict[str, Any]]:
        """Fields of this dispute's events of these kinds, as the events have them."""
        return [
            {"event": one.number, "fields": one.fields}
            for one in self.shown
            if isinstance(one.event, kinds) and getattr(one.event, "dispute", None) == self.case.dispute
        ]

    def _row(self, line: JournalLine) -> dict[str, Any]:
        return {"event": line.event, "position": line.position, "at": format_instant(line.at)} | line.transfer._asdict()

    def _texts(self) -> list[dict[str, Any]]:
        told = []
        for text in self.texts:
            entry: dict[str, Any] = {"ref": text.ref, "sha256": self.digests[text.ref]}
            if text.sealed is not None and text.plain is not None and text.blind is not None:
                entry |= {"sealed": text.sealed.hex(), "blind": text.blind.hex(), "text": text.plain}
            told.append(entry)
        return sorted(told, key=lambda entry: [int(part) for part in entry["ref"].split(".") if part.isdigit()])

    def _check_texts(self) -> None:
        doubled = [ref for ref, count in Counter(text.ref for text in self.texts).items() if count > 1]
        missing = sorted(set(self.digests) - {text.ref for text in self.texts})
        if doubled or missing:
            raise BrokenCase(f"Texts {', '.join(doubled + missing)} are missing or given twice.")
        for text in self.texts:
            if not opening.holds(text, self.digests[text.ref]):
                raise BrokenCase(f"Text {text.ref} is not the one its event was sealed with. Nothing was signed.")

    # ── evidence ─────────────────────────────────────────────────────────────────────────────────

    def _visible(self) -> Iterator[_Visible]:
        kept = {(one.event, one.file): one for one in self.case.evidence}
        for number, event in self.readable.items():
            for at, file in enumerate(files_of(event), 1):
                stem = f"evidence/{number:04}-{at}"
                forms = self._allowed(kept.get((number, file.id)), event.by)
                yield _Visible(number, event.by.value, file.id, file.kind, stem, forms)

    def _allowed(self, kept: EvidenceFile | None, giver: Party) -> EvidenceFile | None:
        """The original to whom `core.sight` gives it, to others what was made of it; a PDF is read in no other form."""
        if kept is None or kept.original is None:
            return kept
        if sight.original(giver, self.role.viewer) or kept.original.media_type == Kind.PDF.media_type:
            return kept._replace(stream=None)
        return kept._replace(original=None)

    def _file(self, one: _Visible) -> dict[str, Any]:
        """A link is no file, of one erased or taken back no bytes are left: all keep their entry."""
        forms = [
            {"what": what, "media_type": kept.media_type, "name": _name(one.stem, what, kept)}
            for what, kept in _forms(one.kept)
        ]
        told = {"event": one.event, "file": one.file, "by": one.by, "kind": one.kind.value, "forms": forms}
        return told | ({"sha256": one.kept.sha256} if one.kept else {})


def _forms(kept: EvidenceFile | None) -> Iterator[tuple[str, KeptBytes]]:
    if kept and kept.original:
        yield "original", kept.original
    if kept and kept.stream:
        yield "stream", kept.stream
    if kept and kept.reading:
        yield "reading", kept.reading


def _name(stem: str, what: str, kept: KeptBytes) -> str:
    """Never the name somebody gave: that stands in the texts."""
    return f"{stem}-{what}.{_SUFFIX.get(kept.media_type, 'bin')}"


def totals(case: CaseInput) -> Mapping[str, int]:
    """Where the order's money is after the last of the case's events, from its journal; minor units."""
    balances: Counter[str] = Counter()
    for line in case.journal:
        if line.event <= len(case.bodies):
            balances[_PLACE.get(line.transfer.debit.split(":")[0], "")] -= line.transfer.amount_minor
            balances[_PLACE.get(line.transfer.credit.split(":")[0], "")] += line.transfer.amount_minor
    return {
        "paid_in_minor": -balances["captured"],
        "held_minor": balances["held"],
        "refunded_minor": balances["refunded"],
        "charged_back_minor": balances["charged_back"],
        "released_minor": balances["released"],
        "platform_paid_minor": balances["platform_paid"],
    }


_PLACE = {
    "captured": "captured",
    "escrow": "held",
    "refunds": "refunded",
    "chargebacks": "charged_back",
    "seller": "released",
    "paid_out": "released",
    "receivable": "released",
    "goodwill": "platform_paid",
}
