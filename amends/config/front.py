"""The front: a request is received whole, within its time and size, before it costs a thread or a connection.

`application` is what granian serves (`--interface asginl`). Bodies are read here, where a thousand slow clients cost
a thousand small tasks; then Django's WSGI handler runs in one of a few threads with the body at hand. A client that
leaves while he sends has asked for nothing. The instant at which the whole request was here decides a deadline's race.
Uploads are the exception: Django is asked whether this caller may send the file, then it goes to a file (arriving.py).
A page's form with files in it comes the same way, and Django reads the form from that file.
"""

from __future__ import annotations

import asyncio
import io
import logging
import os
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.db import DatabaseError, close_old_connections

from amends.api.answers import HEADERS, Problem, Trouble, encoded
from amends.api.callers import RECEIVED
from amends.api.uploads import UPLOADS
from amends.orders.bodies import ARRIVED, ASKED, COMING, CUT, Allowance, Coming, Cut
from amends.web.uploading import comes_as_a_file

from .arriving import Arrived, Arriving, drain
from .wsgi import application as django

log = logging.getLogger(__name__)

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Environ = dict[str, Any]
Header = tuple[bytes, bytes]


class Answer(NamedTuple):
    status: int
    headers: list[Header]
    body: bytes
    stream: Any = None
    """Django's response, where its body is to be sent piece by piece: a video, a file to be saved."""


class Front:
    """`seconds` and `most_bytes` bound the body of one request, `threads` how many requests are decided at once.

    `send_seconds`: within which a reader takes each piece of a file.
    """

    def __init__(
        self,
        handler: Callable[..., Iterable[bytes]],
        *,
        seconds: float,
        most_bytes: int,
        threads: int,
        send_seconds: float,
    ) -> None:
        self.handler = handler
        self.seconds = seconds
        self.send_seconds = send_seconds
        self.most_bytes = most_bytes
        self.pool = ThreadPoolExecutor(threads, thread_name_prefix="request")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        if _is_upload(scope["method"], _path(scope)):
            await self._upload(scope, receive, send)
            return
        try:
            body = await self._body(scope, receive)
        except Problem as found:
            await _send(send, _turned_away(found))
            return
        if body is None:
            return
        environ = _environ(scope, body, datetime.now(UTC))
        await self._send(send, await self._decided(environ))

    async def _decided(self, environ: Environ) -> Answer:
        return await asyncio.get_running_loop().run_in_executor(self.pool, self._handled, environ)

    async def _upload(self, scope: Scope, receive: Receive, send: Send) -> None:
        """May he send it, and how much? Then it is received; then Django is given the file."""
        allowance = Allowance()
        asked = await self._decided(_environ(scope, b"", datetime.now(UTC)) | {ASKED: allowance})
        if not allowance.granted:
            if scope["path"].startswith("/at/"):
                await drain(receive)
            await _send(send, asked._replace(headers=[*asked.headers, (b"connection", b"close")]))
            return
        answer = await self._taken_in(scope, receive, allowance)
        if answer is not None:
            await self._send(send, answer)

    async def _taken_in(self, scope: Scope, receive: Receive, allowance: Allowance) -> Answer | None:
        """What to say to a body, whose file is gone by then; None where nobody is there any more to hear it."""
        arriving = Arriving(allowance, seconds=settings.AMENDS_UPLOAD_SECONDS)
        try:
            arrived = await arriving.received(receive, announced=_announced(scope))
            about = {COMING: allowance.coming}
            if allowance.form:
                return await self._form(scope, receive, arrived, about)
            return await self._arrived(scope, arrived, about)
        except Problem as found:
            return _turned_away(found)
        finally:
            arriving.discard()
            if allowance.coming is not None and not allowance.coming.taken:
                await asyncio.get_running_loop().run_in_executor(self.pool, _dropped, allowance.coming)

    async def _arrived(self, scope: Scope, arrived: Arrived, about: Environ) -> Answer | None:
        """A whole body is handed on; of one that broke off only what continues an upload in pieces counts."""
        answer, piece = None, scope["method"] == "PATCH"
        if piece or arrived.whole:
            about = about | {ARRIVED: str(arrived.path)} | ({} if arrived.whole else {CUT: Cut()})
            answer = await self._decided(_environ(scope, b"", arrived.at) | about)
        if arrived.trouble is not None:
            return _turned_away(arrived.trouble)
        return answer if arrived.whole else None

    async def _form(self, scope: Scope, receive: Receive, arrived: Arrived, about: Environ) -> Answer | None:
        """Django reads the form from its file. Of one that broke off it gets what came, and the sentence to show."""
        trouble = arrived.trouble
        if trouble is not None:
            said = trouble.document
            about = about | {CUT: Cut(trouble.status, f"{said['detail']} {said['way_out']}")}
            await drain(receive)
        elif not arrived.whole:
            return None
        with arrived.path.open("rb") as body:
            size = {"wsgi.input": body, "CONTENT_LENGTH": str(os.fstat(body.fileno()).st_size)}
            return await self._decided(_environ(scope, b"", arrived.at) | size | about)

    async def _send(self, send: Send, answer: Answer) -> None:
        """A body in pieces takes a thread for each of them, and none while a slow reader makes us wait.

        One who takes nothing for `send_seconds` is left: what he was sent breaks off, and the file is closed. A player
        that was paused asks for the rest anew, by its range.
        """
        if answer.stream is None:
            await _send(send, answer)
            return
        loop = asyncio.get_running_loop()
        pieces: Iterator[bytes] = iter(answer.stream)
        try:
            await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
            while piece := await loop.run_in_executor(self.pool, next, pieces, b""):
                if not await self._taken(send, {"type": "http.response.body", "body": piece, "more_body": True}):
                    return
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            await loop.run_in_executor(self.pool, answer.stream.close)

    async def _taken(self, send: Send, message: Mapping[str, Any]) -> bool:
        """Whether the reader took it in his time."""
        try:
            async with asyncio.timeout(self.send_seconds):
                await send(message)
        except TimeoutError:
            log.info("A reader took nothing for %g seconds; he is left.", self.send_seconds)
            return False
        return True

    async def _body(self, scope: Scope, receive: Receive) -> bytes | None:
        """The whole body; None where the client left before it was here. Raises Problem."""
        if _announced(scope) > self.most_bytes:
            raise self._too_large()
        try:
            async with asyncio.timeout(self.seconds):
                return await self._received(receive)
        except TimeoutError:
            raise Problem(
                Trouble.BODY_TOO_SLOW,
                f"The body was not here within {self.seconds:g} seconds.",
                "Send it in one go; the same Idempotency-Key may be used again.",
            ) from None

    async def _received(self, receive: Receive) -> bytes | None:
        parts, size = [], 0
        while True:
            message = await receive()
            if message["type"] != "http.request":
                return None
            part = message.get("body", b"")
            size += len(part)
            if size > self.most_bytes:
                raise self._too_large()
            parts.append(part)
            if not message.get("more_body", False):
                return b"".join(parts)

    def _too_large(self) -> Problem:
        return Problem(
            Trouble.BODY_TOO_LARGE,
            f"The body is larger than {self.most_bytes} bytes.",
            "Send less in one request.",
        )

    def _handled(self, environ: Environ) -> Answer:
        """Django's answer, whole; closing it gives the database connection back to the pool."""
        started: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], fault: Any = None) -> Callable[[bytes], object]:
            started[:] = [int(status[:3]), headers]
            return lambda part: None

        response = self.handler(environ, start_response)
        status, headers = started
        sent = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        if getattr(response, "streaming", False):
            close_old_connections()  # what is still to come needs the store, not the database
            return Answer(status, sent, b"", response)
        try:
            body = b"".join(response)
        finally:
            close = getattr(response, "close", None)
            if close is not None:
                close()
        return Answer(status, sent, body)


def _dropped(coming: Coming) -> None:
    """What was to come has not come: the order's deadlines wait no longer. If this fails, the wait has its bound."""
    try:
        coming.drop()
    except DatabaseError as fault:
        log.warning("An order goes on waiting for a file that broke off: %s", fault)
    finally:
        close_old_connections()


def _is_upload(method: str, path: str) -> bool:
    return comes_as_a_file(method, path) or (method in ("POST", "PATCH") and bool(UPLOADS.fullmatch(path)))


def _announced(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value[:19])
    return 0


def _environ(scope: Scope, body: bytes, received: datetime) -> Environ:
    """The request as WSGI says it (PEP 3333)."""
    server, client = scope.get("server") or ("", 0), scope.get("client") or ("", 0)
    environ: Environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": _path(scope),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": str(server[0]),
        "SERVER_PORT": str(server[1]),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": str(client[0]),
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        RECEIVED: received,
    }
    for name, value in scope["headers"]:
        if b"_" in name or name == b"content-length":
            continue  # `a_b` would pass for `a-b`
        key = name.decode("latin-1").upper().replace("-", "_")
        key = key if key == "CONTENT_TYPE" else f"HTTP_{key}"
        text = value.decode("latin-1")
        environ[key] = f"{environ[key]}{'; ' if key == 'HTTP_COOKIE' else ','}{text}" if key in environ else text
    return environ


def _path(scope: Scope) -> str:
    """The path, but with `%2F` and `%25` left as they came: an order's id may hold a slash."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    kept = raw.replace(b"%25", b"%2525").replace(b"%2F", b"%252F").replace(b"%2f", b"%252F")
    return unquote_to_bytes(kept).decode("latin-1")


def _turned_away(found: Problem) -> Answer:
    headers = {**HEADERS, "Content-Type": "application/problem+json", "Connection": "close"}
    sent = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    return Answer(found.status, sent, encoded(found.document))


async def _send(send: Send, answer: Answer) -> None:
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    await send({"type": "http.response.body", "body": answer.body, "more_body": False})


application = Front(
    django,
    seconds=settings.AMENDS_BODY_SECONDS,
    most_bytes=settings.AMENDS_BODY_BYTES,
    threads=settings.AMENDS_THREADS,
    send_seconds=settings.AMENDS_SEND_SECONDS,
)
