"""A wire between client and server that can lose a reply.

The client speaks to a socket here, and everything it says is handed on. Once told to, the wire lets the next question
through, waits until the server has answered all of it (so that its COMMIT has taken effect), keeps the answer to
itself, and hangs up: what a client sees when a cable is pulled at the worst of all moments.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType

READY_FOR_QUERY = ord("Z")
"""The server's last message about everything sent up to a Sync; before it the transaction has ended."""


class Wire:
    """Listens at `folder`/.s.PGSQL.5432 and hands on to the server's socket until it is left."""

    def __init__(self, folder: Path, server: Path) -> None:
        self._server = server
        self._losing: Callable[[], None] | None = None
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(folder / ".s.PGSQL.5432"))
        self._listening.listen(64)

    def __enter__(self) -> Wire:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listening.close()

    def lose_next(self, then: Callable[[], None]) -> None:
        """Lose the next reply, whoever gets it; `then` runs when the server has given it and before the hanging up."""
        self._losing = then

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:  # closed: nobody is to be connected any more
                return
            server = socket.socket(socket.AF_UNIX)
            try:
                server.connect(str(self._server))
            except OSError:  # the server is gone; so is this connection
                client.close()
                continue
            threading.Thread(target=self._questions, args=(client, server), daemon=True).start()
            threading.Thread(target=self._answers, args=(client, server), daemon=True).start()

    def _questions(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while said := client.recv(65536):
                server.sendall(said)
        _hang_up(client, server)

    def _answers(self, client: socket.socket, server: socket.socket) -> None:
        kept = b""
        with suppress(OSError):
            while said := server.recv(65536):
                if self._losing is None:
                    client.sendall(said)
                    continue
                kept += said
                if _complete(kept):
                    then, self._losing = self._losing, None
                    then()
                    break
        _hang_up(client, server)


def _complete(said: bytes) -> bool:
    """Whether these messages, whole from the first byte on, end with the server being ready for more.

    A message is a byte for its kind, four for the length of the rest (themselves included), and the rest.
    """
    at = 0
    while at + 5 <= len(said):
        kind, after = said[at], at + 1 + int.from_bytes(said[at + 1 : at + 5])
        if kind == READY_FOR_QUERY and after <= len(said):
            return True
        at = after
    return False


def _hang_up(*ends: socket.socket) -> None:
    for end in ends:
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()
