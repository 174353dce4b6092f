"""ClamAV over its socket: a real clamd where there is one, and in any case a server that speaks its protocol."""

import io
import shutil
import socket
import socketserver
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from amends.vault import faults, intake
from amends.vault.scanning import Clamd
from tests.vault.conftest import LIMITS, Desk
from tests.vault.honest import honest
from tests.vault.hostile import EICAR

LARGEST = 1_000_000


class Instream(socketserver.BaseRequestHandler):
    """The part of clamd's protocol that is used, and one signature: that of the test file everybody agreed on."""

    def handle(self) -> None:
        assert self.exactly(10) == b"zINSTREAM\0"
        content = b""
        while length := struct.unpack(">I", self.exactly(4))[0]:
            content += self.exactly(length)
            if len(content) > LARGEST:
                self.request.sendall(b"INSTREAM size limit exceeded. ERROR\0")
                return
        found = b"stream: Eicar-Test-Signature FOUND\0" if EICAR in content else b"stream: OK\0"
        self.request.sendall(found)

    def exactly(self, length: int) -> bytes:
        content = b""
        while len(content) < length:
            part = self.request.recv(length - len(content))
            assert part, "the client hung up"
            content += part
        return content


@pytest.fixture
def clamd() -> Iterator[Clamd]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Instream) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Clamd(f"127.0.0.1:{server.server_address[1]}", seconds=10)
        server.shutdown()


def test_a_virus_behind_a_photo_is_found_and_nothing_is_kept(clamd: Clamd, desk: Desk) -> None:
    content = honest()["jpg"] + EICAR
    with (
        pytest.raises(faults.NotTaken, match="found Eicar-Test-Signature in this file, so it was not kept"),
        intake.receive([content], name="a.jpg", declared="", limits=LIMITS, folder=desk.folder) as received,
    ):
        intake.examine(received, workshop=desk.workshop, limits=LIMITS, scanner=clamd)
    assert list(desk.folder.iterdir()) == []


def test_a_clean_photo_passes(clamd: Clamd) -> None:
    assert clamd.scan(io.BytesIO(honest()["jpg"])) is None
    assert clamd.scan(io.BytesIO(bytes(900_000))) is None


def test_no_answer_is_not_a_pass() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(faults.Unreachable, match="does not answer"):
        Clamd(address).scan(io.BytesIO(b"x"))
    with pytest.raises(faults.Unreachable, match="does not answer"):
        Clamd("/nowhere/clamd.ctl").scan(io.BytesIO(b"x"))


def test_a_file_too_large_for_the_scanner_is_not_a_pass(clamd: Clamd) -> None:
    with pytest.raises(faults.Unreachable, match=r"size limit exceeded|does not answer|no verdict"):
        clamd.scan(io.BytesIO(bytes(LARGEST * 3)))


def test_a_scanner_that_hangs_up_is_not_a_pass() -> None:
    class Silent(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(10)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Silent) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with pytest.raises(faults.Unreachable):
            Clamd(f"127.0.0.1:{server.server_address[1]}", seconds=5).scan(io.BytesIO(bytes(100_000)))
        server.shutdown()


def test_a_real_clamd_finds_it_too(tmp_path: Path) -> None:
    program = shutil.which("clamd")
    if program is None:
        pytest.skip("there is no clamd on this machine; only the protocol was tested")
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "own.ndb").write_text(f"Eicar-Test-Signature:0:*:{EICAR.hex()}\n")
    place = tmp_path / "clamd.ctl"
    (tmp_path / "clamd.conf").write_text(
        f"LocalSocket {place}\nDatabaseDirectory {tmp_path / 'base'}\nForeground yes\nUser root\n"
    )
    server = subprocess.Popen([program, "--config-file", str(tmp_path / "clamd.conf")])
    try:
        for _ in range(300):
            if place.exists():
                break
            time.sleep(0.1)
        assert Clamd(str(place)).scan(io.BytesIO(honest()["jpg"] + EICAR))
        assert Clamd(str(place)).scan(io.BytesIO(honest()["jpg"])) is None
    finally:
        server.kill()
        server.wait()
