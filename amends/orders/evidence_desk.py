"""Where evidence is taken in on this machine: folders, store, scanner, and the one process that opens files.

AMENDS_FILES/arriving   whole files while they are looked at; nothing stays there
AMENDS_FILES/uploads    files that come in pieces
AMENDS_FILES/store      what is kept, sealed; or the bucket of AMENDS_FILES_S3
"""

from __future__ import annotations

import atexit
import os
import threading
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from django.conf import settings

from amends.core.policy import Policy
from amends.vault.faults import Unreachable
from amends.vault.limits import Limits
from amends.vault.scanning import Clamd
from amends.vault.storage import LocalStore, Store
from amends.vault.uploads import FolderUploads
from amends.vault.workshop import Workshop

S3_OPTIONS = ("endpoint_url", "region_name", "addressing_style")


class NotSetUp(Unreachable):
    """Nobody said where files are to lie."""


def folder(name: str) -> Path:
    """One of the three folders, made where it is missing. Raises `NotSetUp`."""
    if not settings.AMENDS_FILES:
        raise NotSetUp(
            "No files are taken here: AMENDS_FILES is not set. Whoever operates this service has to name a folder "
            "for them; until then say in words what a file would have shown."
        )
    place = Path(settings.AMENDS_FILES).absolute() / name
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    return place


def store() -> Store:
    """What keeps the sealed files. Raises `NotSetUp`, and `Unreachable` where a bucket cannot be used."""
    if settings.AMENDS_FILES_S3:
        return _bucket(settings.AMENDS_FILES_S3)
    return LocalStore(folder("store"))


@cache
def _bucket(address: str) -> Store:
    try:
        from storages.backends.s3 import S3Storage  # type: ignore[import-untyped] # noqa: PLC0415 (an extra)

        from amends.vault.storage_s3 import S3Store  # noqa: PLC0415
    except ImportError:
        raise NotSetUp(
            "AMENDS_FILES_S3 is set, and what speaks to buckets is not installed. Install amends[s3]."
        ) from None
    parts = urlsplit(address)
    options = dict(parse_qsl(parts.query))
    if parts.scheme != "s3" or not parts.hostname or not set(options) <= set(S3_OPTIONS):
        raise NotSetUp(
            "AMENDS_FILES_S3 cannot be meant. Write s3://bucket/prefix, perhaps with "
            f"{', '.join(S3_OPTIONS)} after a question mark; name and key come from the usual AWS settings."
        )
    return S3Store(S3Storage(bucket_name=parts.hostname, location=parts.path.strip("/"), **options))


def uploads() -> FolderUploads:
    """Files that come in pieces: every web process of this machine finds them."""
    return FolderUploads(folder("uploads"))


def scanner() -> Clamd | None:
    return Clamd(settings.AMENDS_CLAMD) if settings.AMENDS_CLAMD else None


def limits_of(policy: Policy) -> Limits:
    """What a file of an order may be: its own policy's numbers, where they are narrower than what we can open."""
    ours, said = Limits(), policy.evidence
    most = int(settings.AMENDS_UPLOAD_BYTES)
    return ours._replace(
        picture_bytes=min(ours.picture_bytes, said.photo_bytes, most),
        video_bytes=min(ours.video_bytes, said.video_bytes, most),
        document_bytes=min(ours.document_bytes, said.document_bytes, most),
        video_seconds=min(ours.video_seconds, said.video_seconds),
    )


# ── the process that opens files ─────────────────────────────────────────────────────────────────

_lock = threading.Lock()
_shops: dict[int, Workshop] = {}


def workshop() -> Workshop:
    """One a process, started by its first file; it starts its own child anew after that has died."""
    with _lock:
        mine = _shops.get(os.getpid())
        if mine is None:  # a web process is a fork: what its parent started is its parent's
            mine = _shops[os.getpid()] = Workshop()
        return mine


@atexit.register
def _close() -> None:
    """Whoever leaves ends his own, and not the one of the process he was forked from."""
    mine = _shops.pop(os.getpid(), None)
    if mine is not None:
        mine.close()
