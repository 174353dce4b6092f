"""A small HTTP client that speaks as somebody: `alice.post(…)` is Alice's own request in a sandbox."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from email.message import Message
from typing import Any, NamedTuple
from urllib.parse import quote

TIMEOUT = 20


class Reply(NamedTuple):
    status: int
    headers: Message
    raw: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.raw)

    @property
    def code(self) -> str:
        """Of a problem."""
        found: str = self.body["code"]
        return found


class Client:
    """One caller: a key, and in a sandbox the party it acts as. Opens a connection for every request."""

    def __init__(self, port: int, key: str, acting_as: str = "") -> None:
        self.port = port
        self.key = key
        self.acting_as = acting_as

    def acting(self, acting_as: str) -> Client:
        return Client(self.port, self.key, acting_as)

    def get(self, path: str, **headers: str) -> Reply:
        return self.send("GET", path, **headers)

    def post(self, path: str, document: Mapping[str, Any] | None = None, **headers: str) -> Reply:
        body = None if document is None else json.dumps(document).encode()
        return self.send("POST", path, body, **headers)

    def send(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Reply:
        """Headers by their names, with `_` for `-`."""
        sent = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        sent |= {"Amends-Acting-As": self.acting_as} if self.acting_as else {}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        try:
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            return Reply(response.status, response.headers, response.read())
        finally:
            connection.close()


def at(order: str, *parts: object) -> str:
    """The address of an order, or of something of it."""
    return "/".join(["/v1/orders", quote(order, safe=""), *map(str, parts)])
