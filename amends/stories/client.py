"""A small HTTP client of the service: one connection that is kept, one key, JSON both ways."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from datetime import datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from types import TracebackType
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from amends.core.durations import format_instant

PAUSE = 0.05
"""Seconds between two tries while the service is away."""
TIMEOUT = 60.0
"""Seconds a single answer may take: moving a clock does all that is due before it answers."""


class ServiceError(Exception):
    """The service is away, or answered what no service of ours answers."""


class Reply(NamedTuple):
    status: int
    document: dict[str, Any]

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300


class Client:
    """Asks as one marketplace. Not for two threads at once: give each its own.

    `patience` is how many seconds a request waits for a service that is away, and sends itself again: only where it
    may be sent twice, which is a read, a moved clock, or an act with an idempotency key.
    """

    def __init__(self, url: str, key: str, *, patience: float = 0.0) -> None:
        self.url = urlsplit(url)
        if self.url.scheme not in ("http", "https") or not self.url.hostname:
            raise ServiceError(f"“{url}” is no address of a service; write http://127.0.0.1:8000")
        self.key = key
        self.patience = patience
        self._connection: HTTPConnection | None = None

    def get(self, path: str, *, acting: str = "") -> Reply:
        return self._patiently("GET", path, None, self._headers(acting))

    def post(
        self,
        path: str,
        document: Mapping[str, Any],
        *,
        acting: str = "",
        key: str = "",
        version: int | None = None,
    ) -> Reply:
        """`key` makes it safe to send again; `version` is the order's version it was decided on."""
        headers = self._headers(acting) | {"Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        body = json.dumps(document, ensure_ascii=False).encode()
        return self._patiently("POST", path, body, headers) if key else self._once("POST", path, body, headers)

    def move_clock(self, to: datetime) -> Reply:
        """Move the sandbox's clock forward. Twice to the same instant is the same as once."""
        body = json.dumps({"to": format_instant(to)}).encode()
        headers = self._headers("") | {"Content-Type": "application/json"}
        return self._patiently("POST", "/v1/sandbox/clock", body, headers)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def __enter__(self) -> Client:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    # ── one request ──────────────────────────────────────────────────────────────────────────────

    def _headers(self, acting: str) -> dict[str, str]:
        headers = {"Authorization": f"Bearer {self.key}", "Accept": "application/json"}
        return headers | ({"Amends-Acting-As": acting} if acting else {})

    def _patiently(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Reply:
        """Once more at least: a kept connection may have been closed while nobody used it."""
        until = time.monotonic() + self.patience
        kept = self._connection is not None
        while True:
            try:
                reply = self._once(method, path, body, headers)
                if reply.status != 503 or time.monotonic() > until:
                    return reply
            except ServiceError:
                if time.monotonic() > until and not kept:
                    raise
            kept = False
            time.sleep(PAUSE if self.patience else 0)

    def _once(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Reply:
        try:
            connection = self._connected()
            connection.request(method, path, body, dict(headers))
            answer = connection.getresponse()
            text = answer.read()
        except (OSError, HTTPException) as away:
            self.close()
            raise ServiceError(f"{self.url.geturl()} does not answer {method} {path}: {away!r}") from None
        return Reply(answer.status, self._read(answer.status, text))

    def _connected(self) -> HTTPConnection:
        if self._connection is None:
            kind = HTTPSConnection if self.url.scheme == "https" else HTTPConnection
            self._connection = kind(self.url.hostname or "", self.url.port, timeout=TIMEOUT)
        return self._connection

    def _read(self, status: int, text: bytes) -> dict[str, Any]:
        try:
            document = json.loads(text)
        except ValueError:
            raise ServiceError(f"{self.url.geturl()} answered {status} and no JSON: {text[:200]!r}") from None
        if not isinstance(document, dict):
            raise ServiceError(f"{self.url.geturl()} answered {status} and no JSON object: {text[:200]!r}")
        return document
