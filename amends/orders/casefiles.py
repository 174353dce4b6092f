"""A stored dispute as a case file's input. What a role may not see is left out by `vault.casefile.building`."""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, BinaryIO, Final, LiteralString, NamedTuple, cast
from uuid import UUID

from amends import words
from amends.core.events import Event
from amends.core.evolve import fold
from amends.core.journal import Transfer
from amends.core.order import Order
from amends.core.sight import files_of
from amends.core.vocabulary import Party
from amends.vault.casefile.building import end_of, write
from amends.vault.casefile.contents import CaseInput, EvidenceFile, JournalLine, KeptBytes, Role, SealedText
from amends.vault.casefile.frame import Frame
from amends.vault.casefile.redaction import sealed_parts
from amends.vault.faults import Damaged

from . import evidence, handle, looking, signers, trips
from .casefile_turns import turn
from .marketplaces import SHELF, pinned_policy
from .recording import read
from .sealing import Key, about, disclosed, theirs

Tell = Callable[[Order, Event], str]
ROLES: Final[Mapping[Party, Role]] = {
    Party.BUYER: Role.BUYER,
    Party.SELLER: Role.SELLER,
    Party.MEDIATOR: Role.MEDIATOR,
    Party.OPERATOR: Role.MEDIATOR,
    Party.MARKETPLACE: Role.MARKETPLACE,
}
"""Whose case file a party gets; one that is not named gets none."""
AS_WHAT = "case file"
"""As what a look is noted where somebody gets a case file."""
IN_MEMORY = 4 * 2**20
"""Bytes of a case file kept in memory; a larger one goes by way of the disk."""


class NoCase(LookupError):
    """The order has no such dispute, or there is no such order: a sentence."""


class _Stored(NamedTuple):
    """What the database holds of an order, as of one instant."""

    marketplace: str
    policy_digest: str
    events: list[tuple[str, str]]
    journal: list[tuple[Any, ...]]
    texts: list[tuple[str, bytes, UUID, bytes | None]]
    erased: int
    """Texts of events up to this version were removed."""
    pseudonyms: Mapping[str, str]


def case(marketplace: UUID, order_key: str, dispute: int, *, tell: Tell, now: datetime) -> CaseInput:
    """One dispute, up to its end or to now; `tell` puts an event into a sentence.

    What has lapsed by `now` is written first, so that a file ends where the order stands. Raises `NoCase`,
    `sealing.Unopened` where a text is not what was sealed, `recording.BrokenHistory`.
    """
    handle.bring_up(marketplace, order_key, now=now)
    stored = _stored(marketplace, order_key)
    if stored is None:
        raise NoCase(f"There is no order {order_key} here.")
    bodies = [body for body, _ in stored.events]
    texts = [_text(marketplace, order_key, *row) for row in stored.texts]
    plain = {text.ref: text.plain for text in texts if text.plain is not None}
    order = fold(read(bodies, plain), pinned_policy(marketplace, stored.policy_digest), SHELF)
    if order.dispute(dispute) is None:
        raise NoCase(f"Order {order_key} has no dispute {dispute}; it has {len(order.disputes)}.")
    end = end_of(read(bodies, {}), dispute)
    return CaseInput(
        stored.marketplace,
        order,
        dispute,
        tuple(bodies[:end]),
        tuple(chain for _, chain in stored.events[:end]),
        tuple(JournalLine(event, place, at, Transfer(*rest)) for event, place, at, *rest in stored.journal),
        tell,
        evidence=tuple(_files(marketplace, order_key, read(bodies[:end], {}))),
        texts=(*texts, *_removed(stored, {text.ref for text in texts})),
        pseudonyms=stored.pseudonyms,
    )


def written(
    marketplace: UUID,
    order_key: str,
    dispute: int,
    *,
    role: Role,
    viewer: str,
    tell: Tell,
    now: datetime,
    language: str = "en",
) -> BinaryIO:
    """The signed case file of a role, open at its beginning and gone when it is closed.

    Of each file in it a look is noted; `viewer` says who has it, as in `evidence.viewed`.

    In another `language` than English the reading copy and what it tells are in that language, instants in UTC; then
    `tell` is not asked.

    Raises what `case` raises, `building.BrokenCase`, `container.TooLarge`, as `kept_bytes`, and `casefile_turns.Busy`
    where this viewer has one made already, or as many are being made as a process makes at once.
    """
    with turn(marketplace, viewer):
        return _written(marketplace, order_key, dispute, role, viewer, tell, now, language)


def _written(
    marketplace: UUID,
    order_key: str,
    dispute: int,
    role: Role,
    viewer: str,
    tell: Tell,
    now: datetime,
    language: str,
) -> BinaryIO:
    found = case(marketplace, order_key, dispute, tell=tell, now=now)
    if language != "en":
        found = found._replace(tell=words.retold, frame=_frame(language))
    out = tempfile.SpooledTemporaryFile(IN_MEMORY, prefix="amends-case-")  # noqa: SIM115 (whoever reads it closes it)
    try:
        with words.reader(language):
            files = write(found, cast(BinaryIO, out), role=role, signer=signers.signer(marketplace), made_at=now)
        evidence.handed_over(marketplace, [(order_key, file) for file in files], viewer=viewer, as_what=AS_WHAT)
        out.seek(0)
    except BaseException:
        out.close()
        raise
    return cast(BinaryIO, out)


def _frame(language: str) -> Frame:
    known = words.known_language(language)
    return Frame("zh" if known == "zh-hans" else known, words.say, words.instant, words.instant, words.money)


def _text(marketplace: UUID, order_key: str, ref: str, sealed: bytes, key_id: UUID, secret: bytes | None) -> SealedText:
    """As it is stored and, where its key is still there, opened. Raises `Unopened`."""
    if secret is None:
        return SealedText(ref, sealed)
    return SealedText(ref, sealed, *disclosed(Key(key_id, secret), sealed, about(marketplace, order_key, ref)))


def _removed(stored: _Stored, there: set[str]) -> Iterator[SealedText]:
    """The texts that retention or an erasure took away; any other that is missing is damage, and is found by who builds
    the file.
    """
    bodies = [body for body, _ in stored.events]
    refs = [part["ref"] for body in bodies[: stored.erased] for part in sealed_parts(json.loads(body))]
    if stored.pseudonyms:
        refs += [ref for event in read(bodies, {}) for ref, party in theirs(event) if party.value in stored.pseudonyms]
    yield from (SealedText(ref, None) for ref in dict.fromkeys(refs) if ref not in there)


def _files(marketplace: UUID, order_key: str, events: Sequence[Event]) -> Iterator[EvidenceFile]:
    """The uploads that events carry, were not taken back and can still be opened: as given, and as shown."""
    carried = [(number, file.id) for number, event in enumerate(events, 1) for file in files_of(event)]
    known = evidence.found(marketplace, order_key, {file for _, file in carried})
    for number, name in carried:
        file = known.get(name)
        if file is not None and file.state == "linked" and file.sha256 is not None:
            original = kept_bytes(marketplace, order_key, file, "original", file.media_type or "")
            if original is not None:
                reading = kept_bytes(marketplace, order_key, file, "reading", looking.JPEG)
                stream = kept_bytes(marketplace, order_key, file, "stream", looking.PLAYED.get(file.kind or "", ""))
                yield EvidenceFile(number, name, file.sha256, original, reading, stream)


def kept_bytes(marketplace: UUID, order_key: str, file: evidence.File, piece: str, media_type: str) -> KeptBytes | None:
    """A form of an upload, to be opened as often as wanted; None where there is none, or its giver was erased.

    Whoever reads it gets `vault.faults.Damaged` where it does not lie there as it was kept; whoever does not, nothing.
    """
    found = file.piece(piece)
    if found is None:
        return None
    lost = Damaged(f"File {file.file} of order {order_key} ({piece}) is missing, or is not what was kept.")
    try:
        opened = evidence.opened(marketplace, order_key, file, found)
    except (Damaged, FileNotFoundError):
        return KeptBytes(media_type, lambda: io.BufferedReader(_Stream(None, lost)), found.size)
    if opened is None:
        return None
    return KeptBytes(media_type, lambda: io.BufferedReader(_Stream(opened.read(), lost)), found.size)


class _Stream(io.RawIOBase):
    """Pieces of bytes as a file that is read once; `lost` is raised where one of them, or all, are not there."""

    def __init__(self, pieces: Iterator[bytes] | None, lost: Damaged) -> None:
        self._pieces = pieces
        self._lost = lost
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self._pieces is None:
            raise self._lost
        try:
            self._rest = self._rest or next(self._pieces, b"")
        except (Damaged, FileNotFoundError) as fault:
            raise self._lost from fault
        length = min(len(buffer), len(self._rest))
        buffer[:length], self._rest = self._rest[:length], self._rest[length:]
        return length


def _stored(marketplace: UUID, order_key: str) -> _Stored | None:
    values = {"m": marketplace, "o": order_key}
    rows, *lists = trips.in_one_snapshot([(part, values) for part in _PARTS], role=trips.APP, marketplace=marketplace)
    if not rows:
        return None
    events, journal, texts, parties = lists
    name, digest, erased = rows[0]
    return _Stored(
        name,
        digest,
        [(body, chain) for body, chain in events],
        journal,
        [(ref, sealed, key_id, secret) for ref, sealed, key_id, secret in texts],
        erased or 0,
        dict(parties),
    )


_PARTS: tuple[LiteralString, ...] = (
    """SELECT m.name, o.policy_digest, x.version FROM orders o JOIN marketplace m ON m.id = o.marketplace
    LEFT JOIN order_erasure x ON x.marketplace = o.marketplace AND x.order_key = o.order_key
    WHERE o.marketplace = %(m)s AND o.order_key = %(o)s""",
    """SELECT body, encode(chain, 'hex') FROM event WHERE marketplace = %(m)s AND order_key = %(o)s
    ORDER BY number""",
    """SELECT event, position, at, debit, credit, amount_minor, currency, rule, debit_version, debit_before,
      debit_after, credit_version, credit_before, credit_after
    FROM journal WHERE marketplace = %(m)s AND order_key = %(o)s ORDER BY event, position""",
    """SELECT t.ref, t.ciphertext, t.key_id, p.key FROM sealed_text t LEFT JOIN amends_keys.person_key p
      ON p.marketplace = t.marketplace AND p.owner = t.owner AND p.key_id = t.key_id
    WHERE t.marketplace = %(m)s AND t.order_key = %(o)s ORDER BY t.event, t.ref""",
    "SELECT party, pseudonym FROM erased_party WHERE marketplace = %(m)s AND order_key = %(o)s",
)
