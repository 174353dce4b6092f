"""ClamAV, where a marketplace has one: the bytes go over clamd's socket (INSTREAM), a verdict comes back."""

from __future__ import annotations

import re
import socket
import struct
from typing import BinaryIO, Final, NamedTuple, Protocol

from amends.vault.faults import Unreachable

_PIECE: Final = 1 << 16
_LONGEST_ANSWER: Final = 4096


class Scanner(Protocol):
    def scan(self, file: BinaryIO) -> str | None:
        """What was found in the file, None where nothing was. Raises `Unreachable`: no answer is not a pass."""


class Clamd(NamedTuple):
    """`address` is the path of clamd's socket ("/run/clamav/clamd.ctl") or "host:port"."""

    address: str
    seconds: int = 60

    def scan(self, file: BinaryIO) -> str | None:
        """Sends the file from its beginning. Also `Unreachable`: larger than clamd's StreamMaxLength."""
        try:
            with self._connected() as clamd:
                answer = _answer(clamd, file)
        except OSError as fault:
            raise Unreachable(
                f"The virus scanner at {self.address} does not answer ({fault.strerror or fault}). "
                "The file was not judged; try again in a few minutes."
            ) from None
        found = re.fullmatch(r"stream: (.+) FOUND", answer)
        if found:
            return "".join(c if c.isprintable() else "?" for c in found.group(1))[:80]
        if answer == "stream: OK":
            return None
        raise Unreachable(f"The virus scanner gave no verdict: {answer[:200]!r}. The file was not judged; try again.")

    def _connected(self) -> socket.socket:
        if self.address.startswith("/"):
            found = socket.socket(socket.AF_UNIX)
            found.settimeout(self.seconds)
            try:
                found.connect(self.address)
            except OSError:
                found.close()
                raise
            return found
        host, _, port = self.address.rpartition(":")
        return socket.create_connection((host, int(port)), timeout=self.seconds)


def _answer(clamd: socket.socket, file: BinaryIO) -> str:
    """The line clamd answers; where it hangs up early (file too large for it) its line is still there to be read."""
    file.seek(0)
    try:
        clamd.sendall(b"zINSTREAM\0")
        while piece := file.read(_PIECE):
            clamd.sendall(struct.pack(">I", len(piece)) + piece)
        clamd.sendall(struct.pack(">I", 0))
    except (BrokenPipeError, ConnectionResetError):
        pass
    answer = b""
    while b"\0" not in answer and len(answer) < _LONGEST_ANSWER:
        part = clamd.recv(1024)
        if not part:
            break
        answer += part
    return answer.partition(b"\0")[0].decode("utf-8", "replace").strip()
