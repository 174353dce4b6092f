"""The service as it is, and beside it one address whose answer is read from a file that stays open meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings

from amends.config.front import Front
from amends.config.wsgi import application as django

HELD = "held.bin"
"""Its name in AMENDS_FILES, and its address."""
PIECE = 65_536


class Held:
    """An answer in pieces, as Django's streaming ones are: `close` is called by whoever sends it."""

    streaming = True

    def __init__(self, path: Path) -> None:
        self.file = path.open("rb")

    def __iter__(self) -> Iterator[bytes]:
        return iter(lambda: self.file.read(PIECE), b"")

    def close(self) -> None:
        self.file.close()


def handler(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    if environ["PATH_INFO"] != f"/{HELD}":
        return django(environ, start_response)
    path = Path(settings.AMENDS_FILES) / HELD
    start_response("200 OK", [("Content-Length", str(path.stat().st_size))])
    return Held(path)


application = Front(
    handler,
    seconds=settings.AMENDS_BODY_SECONDS,
    most_bytes=settings.AMENDS_BODY_BYTES,
    threads=settings.AMENDS_THREADS,
    send_seconds=settings.AMENDS_SEND_SECONDS,
)
