"""Uploaded files of an order: taken in, kept sealed under the giver's key, found again, looked at, thrown away.

    arriving    begun, in pieces; nothing is known of it yet
    kept        whole, examined and sealed; nobody but its giver knows of it
    linked      an event made it evidence (`evidence_statements.LINKED`, in the act's own write)
    removed     it was taken back before the freeze

A file is sealed with its giver's person key and bound to marketplace, order and its own id. What it may be is the
policy's the order was placed under. Who may add, remove and see it is the core's to say, not this module's.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from amends.core.policy import Policy
from amends.core.vocabulary import EvidenceKind, Party
from amends.vault import intake, storage
from amends.vault.faults import erased_meanwhile
from amends.vault.intake import Kept, Piece, Received
from amends.vault.kinds import Family, Kind
from amends.vault.names import clean
from amends.vault.sealed_file import Opened
from amends.vault.uploads import Upload, WrongOffset

from . import evidence_desk as desk
from . import evidence_statements as sql
from . import holds, people, receipts, trips
from .doubts import keys_of
from .marketplaces import pinned_policy
from .sealing import Key, decrypt, encrypt, person, uuid7
from .sealing import about as bound_text

PREFIX = "f_"
RESUMABLE_FOR = timedelta(days=1)
"""How long an upload in pieces may take, in real time."""
WAIT, WAITS = 0.1, 20
"""Seconds between looks for the end of a piece before, and how many."""
KINDS: Mapping[Family, tuple[EvidenceKind, ...]] = {
    Family.PICTURE: (
        *(EvidenceKind.PHOTO, EvidenceKind.SCREENSHOT, EvidenceKind.DOCUMENT, EvidenceKind.QUOTE),
        EvidenceKind.TRACKING,  # the carrier's page, with the number for its name
    ),
    Family.VIDEO: (EvidenceKind.VIDEO,),
    Family.DOCUMENT: (
        *(EvidenceKind.DOCUMENT, EvidenceKind.QUOTE, EvidenceKind.SCREENSHOT),
        EvidenceKind.TRACKING,
    ),
}
"""As what a file may be given; the first is meant where nobody says."""


class Place(NamedTuple):
    """An order as one party's uploads see it."""

    marketplace: UUID
    order_key: str
    party: Party
    giver: str
    """The person's name."""
    policy: Policy
    loose: int
    """The party's files that are no evidence yet; under a legal hold also those that he threw away or took back, as
    far as there are more of them than the policy lets a party give: they stay on the disk.
    """


class File(NamedTuple):
    """An uploaded file as it is known. What is None or empty is not known before the whole file is here."""

    file: str
    giver: str
    party: str
    state: str
    key_id: UUID
    sealed_name: bytes
    kind: str | None
    """Of vault.kinds.Kind: what it is, by its bytes."""
    media_type: str | None
    size: int | None
    sha256: str | None
    """Of the original, in hexadecimal."""
    pieces: dict[str, Any] | None
    facts: dict[str, Any] | None
    hints: list[str] | None
    begun_at: datetime
    received_at: datetime | None
    linked_event: int | None

    def piece(self, name: str) -> Piece | None:
        """`original`, `reading`, `thumbnail` or `stream`, where there is one."""
        found = (self.pieces or {}).get(name)
        return Piece(**found) if found else None

    @property
    def kinds(self) -> tuple[EvidenceKind, ...]:
        assert self.kind is not None, "asked of files that are kept"
        return KINDS[Kind(self.kind).family]


def place(marketplace: UUID, order_key: str, party: Party) -> Place | None:
    """The order for the uploads of its buyer or its seller; None where there is none."""
    rows = _asked(marketplace, sql.PLACE, {"o": order_key, "party": party.value})
    if not rows:
        return None
    buyer, seller, digest, loose, stays = rows[0]
    giver = buyer if party is Party.BUYER else seller
    policy = pinned_policy(marketplace, digest)
    # Who takes back a few keeps his room: a hold he knows nothing of must not cost him the answer to a mediator.
    return Place(marketplace, order_key, party, giver, policy, loose + max(0, stays - policy.evidence.files_per_party))


# ── taking in ────────────────────────────────────────────────────────────────────────────────────


def begin(where: Place, *, length: int, name: str, declared: str, now: datetime) -> Upload:
    """An upload in pieces; its id, with `f_` before it, is the file's. `now` is real time.

    Raises `vault.faults.NotTaken` where `length` is none or too large, `Unreachable` where no files are taken here.
    """
    limits = desk.limits_of(where.policy)
    upload = desk.uploads().begin(
        length=length, name="", declared=declared, expires=now + RESUMABLE_FOR, limits=limits
    )  # the name is personal: it waits sealed, in the row
    values = _given(where, PREFIX + upload.id, name)
    trips.run(where.marketplace, sql.BEGUN, values)
    return upload


def standing(file: str, *, now: datetime) -> Upload:
    """How much of an upload in pieces is here. Raises `UnknownUpload`."""
    return desk.uploads().get(file.removeprefix(PREFIX), now=now)


def append(file: str, source: Path, *, offset: int, now: datetime) -> Upload:
    """The next piece. Raises `UnknownUpload`, `WrongOffset`, `NotTaken`."""
    for last in (*(False,) * WAITS, True):
        with source.open("rb") as piece:
            chunks = iter(lambda: piece.read(storage.PIECE), b"")
            try:
                return desk.uploads().append(file.removeprefix(PREFIX), offset=offset, chunks=chunks, now=now)
            except WrongOffset as wrong:
                if last or wrong.offset != offset:
                    raise
        time.sleep(WAIT)  # what came before a connection broke is only just on its way to the disk
    raise AssertionError("the last try returns or raises")


def finish(where: Place, file: str, *, now: datetime, received_at: datetime) -> File:
    """The upload is whole: examined, sealed, kept. Raises as `take`; the upload is gone then."""
    upload = standing(file, now=now)
    row = find(where.marketplace, where.order_key, file)
    name = name_of(where.marketplace, where.order_key, row) if row else None
    path = desk.uploads().finish(upload.id, now=now)
    return take(where, path, name=name or "", declared=upload.declared, received_at=received_at, file=file)


def take(
    where: Place, source: Path, *, name: str, declared: str, received_at: datetime, file: str | None = None
) -> File:
    """A whole file, which is ours from here on: examined, sealed under its giver's key, stored, and then known.

    `name` and `declared` (a media type) are what the sender says. Raises `vault.faults.NotTaken`, and `Unreachable`
    where store, scanner or the process that opens files do not answer; nothing stays behind then.
    """
    named = file or PREFIX + uuid7().hex
    limits = desk.limits_of(where.policy)
    try:
        with intake.adopt(source, name=name, declared=declared, limits=limits) as received:
            received_at = receipts.recognised(where, named, received.sha256, received_at)
            examined = intake.examine(received, workshop=desk.workshop(), limits=limits, scanner=desk.scanner())
            values = _given(where, named, received.name)
            key = people.key_of(where.marketplace, where.giver)
            bound = about(where.marketplace, where.order_key, named)
            kept = intake.keep(received, examined, store=desk.store(), key=key.secret, about=bound)
            values |= _known(received, examined, kept) | {"received_at": received_at, "owner": person(where.giver)}
        _, written = trips.in_one_transaction(where.marketplace, [holds.beside(where.marketplace), (sql.KEPT, values)])
        if not written:
            raise erased_meanwhile()
    except BaseException:
        if file is not None:
            forget(where.marketplace, where.order_key, file)
        raise
    found = find(where.marketplace, where.order_key, named)
    assert found is not None, "it was written a moment ago"
    return found


def about(marketplace: UUID, order_key: str, file: str) -> bytes:
    """What the sealed files of an upload are bound to."""
    return b"\n".join((marketplace.bytes, order_key.encode(), file.encode()))


def _given(where: Place, file: str, name: str) -> dict[str, Any]:
    """The row's first half: whose it is, and its name, sealed."""
    key = people.key_of(where.marketplace, where.giver)
    bound = bound_text(where.marketplace, where.order_key, f"{file}.name")
    return {
        "m": where.marketplace,
        "o": where.order_key,
        "file": file,
        "giver": where.giver,
        "party": where.party.value,
        "key_id": key.id,
        "name": encrypt(key, clean(name) if name else "", bound),
    }


def _known(received: Received, examined: intake.Examined, kept: Kept) -> dict[str, Any]:
    facts, kind = examined.facts, examined.facts.kind
    keys = keys_of(facts)
    return {
        "kind": kind.value,
        "media_type": kind.media_type,
        "size": facts.size,
        "sha256": facts.sha256,
        "pieces": json.dumps({name: piece._asdict() for name, piece in kept._asdict().items() if piece}),
        "facts": json.dumps(facts._asdict()),
        "hints": json.dumps(list(examined.hints)),
        "keys": list(keys),
    }


# ── finding and looking ──────────────────────────────────────────────────────────────────────────


def find(marketplace: UUID, order_key: str, file: str) -> File | None:
    rows = _asked(marketplace, sql.FILE, {"o": order_key, "file": file})
    return _read(rows[0]) if rows else None


def found(marketplace: UUID, order_key: str, files: Iterable[str]) -> dict[str, File]:
    """The uploads of these ids that there are."""
    rows = _asked(marketplace, sql.FILES, {"o": order_key, "files": list(files)})
    return {row[0]: _read(row) for row in rows}


def waiting(marketplace: UUID, order_key: str, party: Party) -> list[File]:
    """What this party has sent, whole, and no act has named yet; the oldest first."""
    rows = _asked(marketplace, sql.WAITING, {"o": order_key, "party": party.value})
    return [_read(row) for row in rows]


def _read(row: tuple[Any, ...]) -> File:
    """JSON comes as text: Django has taken the driver's reading of it away."""
    told: dict[str, Any] = dict(zip(File._fields, row, strict=True))
    for name in ("pieces", "facts", "hints"):
        told[name] = json.loads(told[name]) if told[name] is not None else None
    return File(**told)


def answered(marketplace: UUID, order_key: str, caller: str, key: str) -> bool:
    """Whether this caller's key has its answer already: then the files of the act were taken by that very act."""
    return bool(key and _asked(marketplace, sql.ANSWERED, {"o": order_key, "caller": caller, "key": key}))


def forget(marketplace: UUID, order_key: str, file: str) -> None:
    """Drop a file that is no evidence; what lies in the store is an orphan then, and swept, unless a hold stands."""
    trips.run(marketplace, sql.FORGOTTEN, {"m": marketplace, "o": order_key, "file": file})


def name_of(marketplace: UUID, order_key: str, file: File) -> str | None:
    """What the giver called it, cleaned; None where he was erased. Raises `sealing.Unopened`."""
    return names(marketplace, order_key, [file])[file.file]


def names(marketplace: UUID, order_key: str, files: Iterable[File]) -> dict[str, str | None]:
    """The same for several, by their ids: each giver's key is fetched once."""
    keys: dict[tuple[str, UUID], bytes | None] = {}
    told: dict[str, str | None] = {}
    for file in files:
        whose = (file.giver, file.key_id)
        if whose not in keys:
            keys[whose] = _secret(marketplace, file)
        secret, bound = keys[whose], bound_text(marketplace, order_key, f"{file.file}.name")
        there = secret is not None and file.sealed_name  # else its giver was erased, or its time of keeping is over
        told[file.file] = decrypt(Key(file.key_id, secret or b""), file.sealed_name, bound) if there else None
    return told


def opened(marketplace: UUID, order_key: str, file: File, piece: Piece) -> Opened | None:
    """A piece of the file, to be read from any place; None where its giver was erased.

    Raises `Damaged` where it is not what was sealed, FileNotFoundError where it does not lie in the store.
    """
    secret = _secret(marketplace, file)
    if secret is None:
        return None
    kept = desk.store()

    def read(start: int, stop: int) -> bytes:
        return storage.read(kept, piece.sha256, start, stop)

    return Opened(read, piece.sealed_size, secret, about(marketplace, order_key, file.file))


def viewed(marketplace: UUID, order_key: str, file: str, *, viewer: str, as_what: str) -> None:
    """Note that somebody looked, once a minute: a video is read in a hundred pieces.

    `viewer` says the role, and the name where one is known.
    """
    handed_over(marketplace, [(order_key, file)], viewer=viewer, as_what=as_what)


def handed_over(marketplace: UUID, files: Sequence[tuple[str, str]], *, viewer: str, as_what: str) -> None:
    """The same of several files, each with its order: what goes out as one file was looked at too."""
    values = {"m": marketplace, "viewer": viewer, "as_what": as_what}
    trips.run(marketplace, sql.VIEWED, values | {"orders": [o for o, _ in files], "files": [f for _, f in files]})


class View(NamedTuple):
    file: str
    at: datetime
    viewer: str
    as_what: str


def views(marketplace: UUID, order_key: str) -> list[View]:
    """Who looked at the files of an order, the first look first; of more than a thousand looks the newest."""
    return [View(*row) for row in reversed(_asked(marketplace, sql.VIEWS, {"o": order_key}))]


def _secret(marketplace: UUID, file: File) -> bytes | None:
    rows = _asked(marketplace, sql.KEY, {"owner": person(file.giver), "key_id": file.key_id})
    return bytes(rows[0][0]) if rows else None


def _asked(marketplace: UUID, statement: Any, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    return trips.in_one_trip(marketplace, statement, {"m": marketplace, **values}, begin=False)
