"""What a case file is built from. Whoever fills it reads a database; everything below it is pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import BinaryIO, NamedTuple

from amends.core.events import Event
from amends.core.journal import Transfer
from amends.core.order import Order
from amends.core.vocabulary import Party

from .frame import ENGLISH, Frame


class Role(StrEnum):
    """For whom a case file is made."""

    BUYER = "buyer"
    SELLER = "seller"
    MEDIATOR = "mediator"
    COURT = "court"
    MARKETPLACE = "marketplace"

    @property
    def viewer(self) -> Party:
        """Through whose eyes `core.sight` looks; a court sees what the mediator saw."""
        return Party.MEDIATOR if self is Role.COURT else Party(self.value)


class JournalLine(NamedTuple):
    """A row of the journal: the number of its event, its position in it from 1, and the transfer."""

    event: int
    position: int
    at: datetime
    transfer: Transfer


class KeptBytes(NamedTuple):
    """One stored form of a file. `open` gives the same bytes at every call; each stream is closed after use."""

    media_type: str
    open: Callable[[], BinaryIO]
    size: int = 0
    """How many bytes it is said to have: so that what is too large is refused before any of it is opened."""


class EvidenceFile(NamedTuple):
    """A file some event carries: the event's number, the file's id in it, and what is kept of it.

    `sha256` is the original's, hex. `original` is what was received, `reading` the re-encoded form that is shown,
    `stream` a video's clean copy; all are None where the file was erased or taken back. Who gets which, `build` says.
    """

    event: int
    file: str
    sha256: str
    original: KeptBytes | None = None
    reading: KeptBytes | None = None
    stream: KeptBytes | None = None


class SealedText(NamedTuple):
    """A personal text as stored and, unless its person was erased, opened: see `opening`.

    `sealed` None: it was removed when its order's time of keeping was over.
    """

    ref: str
    sealed: bytes | None
    blind: bytes | None = None
    plain: str | None = None


class CaseInput(NamedTuple):
    """One dispute, whole. What a role may not see is left out by `build`, not by whoever fills this.

    `bodies` are the stored events of the order as canonical JSON, number 1 first and none missing, up to the end
    of the dispute; `chain` the stored hash after each, hex. `order` is the order as it stands now, for what has
    become visible meanwhile. `tell` puts an event, with its texts opened, into a sentence.
    """

    marketplace: str
    order: Order
    dispute: int
    bodies: tuple[str, ...]
    chain: tuple[str, ...]
    journal: tuple[JournalLine, ...]
    tell: Callable[[Order, Event], str]
    evidence: tuple[EvidenceFile, ...] = ()
    texts: tuple[SealedText, ...] = ()
    pseudonyms: Mapping[str, str] = MappingProxyType({})
    frame: Frame = ENGLISH
    """In which language the reading copy is; `tell` should speak the same."""
