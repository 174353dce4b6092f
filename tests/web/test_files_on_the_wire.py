"""Forms with files through the front: streamed to the disk, looked at there, and holding nobody up."""

from __future__ import annotations

import http.client
import os
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from email.message import Message
from pathlib import Path
from typing import NamedTuple

import pytest
from django.conf import settings

from amends.core.vocabulary import Party
from amends.orders import evidence
from tests.api import service as real
from tests.vault import honest

from .holding import HELD
from .people import AtSeat, Market
from .test_files import CLAIM, UPLOAD, listed

UPLOAD_SECONDS, UPLOAD_BYTES = 3, 2_000_000
SEND_SECONDS = 1
LONG = 9 * 2**20
"""More than lies between a server and a reader who takes nothing."""
BOUNDARY = "a8f1c2"


class Live(NamedTuple):
    port: int
    files: Path

    @property
    def arriving(self) -> list[Path]:
        return list((self.files / "arriving").iterdir()) if (self.files / "arriving").exists() else []

    @property
    def held(self) -> bool:
        """Whether a process of the service has the file open that it streams."""
        for handle in Path("/proc").glob("[0-9]*/fd/*"):
            with suppress(OSError):
                if handle.readlink() == self.files / HELD:
                    return True
        return False


@pytest.fixture(scope="module")
def live(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """The service on the tests' own database, with their key: it knows the seats they take."""
    files = tmp_path_factory.mktemp("files")
    mine = {
        "AMENDS_FILES": str(files),
        "AMENDS_SECRET_KEY": settings.SECRET_KEY,
        "AMENDS_UPLOAD_BYTES": str(UPLOAD_BYTES),
        "AMENDS_UPLOAD_SECONDS": str(UPLOAD_SECONDS),
        "AMENDS_SEND_SECONDS": str(SEND_SECONDS),
        "AMENDS_LOG_LEVEL": "ERROR",
    }
    with real.serving(database, "tests.web.holding:application", **mine) as service:
        yield Live(service.port, files)


class Browser:
    """One seat on the wire, with the cookies and the form's mark of a browser."""

    def __init__(self, live: Live, who: AtSeat) -> None:
        self.port, self.who = live.port, who
        cookie = f"{settings.SESSION_COOKIE_NAME}={who.client.cookies[settings.SESSION_COOKIE_NAME].value}"
        self.headers = {"Cookie": cookie}
        page = self.ask("GET", UPLOAD)
        mark = re.search(rb'name="csrfmiddlewaretoken" value="(\w+)"', page.body)
        sealed = re.search(rf"{settings.CSRF_COOKIE_NAME}=(\w+)", str(page.headers))
        assert mark is not None
        assert sealed is not None
        self.mark = mark[1].decode()
        self.headers["Cookie"] += f"; {settings.CSRF_COOKIE_NAME}={sealed[1]}"

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Reply:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            address = path if path.startswith("/") else self.who.url(path)
            connection.request(method, address, body, self.headers | named)
            response = connection.getresponse()
            return Reply(response.status, response.headers, response.read())
        finally:
            connection.close()

    def form(self, content: bytes, name: str = "kettle.jpg", mark: str = "", **fields: str) -> bytes:
        """As a browser writes it: the fields in the order of the page, the file behind them."""
        written = {"csrfmiddlewaretoken": mark or self.mark, "dispute": "1", **fields}
        parts = [
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{text}\r\n'.encode()
            for field, text in written.items()
        ]
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        head += "Content-Type: image/jpeg\r\n\r\n"
        return b"".join(parts) + head.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()

    def sends(self, body: bytes) -> Reply:
        return self.ask("POST", UPLOAD, body, Content_Type=f"multipart/form-data; boundary={BOUNDARY}")

    def begun(self, method: str, path: str, length: int, body: bytes, **headers: str) -> socket.socket:
        """A request of which only a part is sent."""
        named = {"Content-Length": str(length), **{name.replace("_", "-"): value for name, value in headers.items()}}
        lines = [f"{name}: {value}" for name, value in (self.headers | named).items()]
        address = path if path.startswith("/") else self.who.url(path)
        wire = socket.create_connection(("127.0.0.1", self.port), 20)
        wire.sendall("\r\n".join([f"{method} {address} HTTP/1.1", "Host: localhost", *lines, "", ""]).encode() + body)
        return wire


class Reply(NamedTuple):
    status: int
    headers: Message
    body: bytes


@pytest.fixture
def disputed(market: Market) -> Market:
    market.order()
    market.day(12)
    market.done(Party.BUYER, "open", **CLAIM)
    return market


@pytest.fixture
def alice(disputed: Market, live: Live) -> Browser:
    return Browser(live, disputed.seat("buyer"))


def large() -> bytes:
    """Larger than any other page may be sent."""
    content = honest.encoded("JPEG", honest.photo(2400, 1800), quality=97)
    assert len(content) > 2 * real.BODY_BYTES
    return content


# ── what is sent ─────────────────────────────────────────────────────────────────────────────────


def test_a_photo_larger_than_a_page_comes_in_and_leaves_nothing_behind(
    disputed: Market, live: Live, alice: Browser
) -> None:
    content = large()
    answer = alice.sends(alice.form(content, comment="The lid"))
    assert answer.status == 303, answer.body.decode()
    [item] = listed(disputed)
    kept = evidence.find(disputed.marketplace, "O-1", item.file.id)
    assert kept is not None
    assert (kept.size, item.file.comment.plain if item.file.comment else "") == (len(content), "The lid")
    assert not live.arriving


def test_a_wrong_mark_is_turned_away_and_nothing_is_kept(disputed: Market, live: Live, alice: Browser) -> None:
    assert alice.sends(alice.form(large(), mark="x" * 64)).status == 403
    piece = alice.ask("POST", UPLOAD, b"", Upload_Length="100")
    assert piece.status == 403
    assert not listed(disputed)
    assert not live.arriving


def test_a_stranger_is_turned_away_before_he_has_sent_anything(disputed: Market, live: Live, alice: Browser) -> None:
    body = alice.form(large())
    alice.headers["Cookie"] = alice.headers["Cookie"].partition("; ")[2]
    answer = alice.sends(body)
    assert answer.status == 404
    assert not live.arriving


def test_what_is_too_large_comes_back_as_a_page_with_everything_she_wrote(
    disputed: Market, live: Live, alice: Browser
) -> None:
    answer = alice.sends(alice.form(b"\xff\xd8\xff" + b"\0" * 4_000_000, comment="Look at the lid"))
    page = answer.body.decode()
    assert answer.status == 413
    assert "This is more than 2 MB" in page
    assert "Look at the lid" in page
    assert not live.arriving
    assert not listed(disputed)


def test_a_form_that_breaks_off_is_forgotten(disputed: Market, live: Live, alice: Browser) -> None:
    body = alice.form(large())
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    with alice.begun("POST", UPLOAD, len(body), body[:100_000], Content_Type=kind):
        end = time.monotonic() + 5
        while not live.arriving and time.monotonic() < end:
            time.sleep(0.05)
        assert live.arriving
    end = time.monotonic() + 5
    while live.arriving and time.monotonic() < end:
        time.sleep(0.05)
    assert not live.arriving
    assert not listed(disputed)


def test_an_upload_cut_in_the_middle_goes_on_where_it_was(disputed: Market, live: Live, alice: Browser) -> None:
    content = large()
    marked = {"X_CSRFToken": alice.mark}
    begun = alice.ask("POST", UPLOAD, b"", Upload_Length=str(len(content)), Upload_Name="lid.jpg", **marked)
    assert begun.status == 201
    address = re.search(rb'"address": "([^"]+)"', begun.body)
    assert address is not None
    path = address[1].decode()
    half = len(content) // 2
    with alice.begun("PATCH", path, len(content), content[:half], Upload_Offset="0", **marked):
        time.sleep(0.3)
    offset, end = 0, time.monotonic() + 5
    while not offset and time.monotonic() < end:
        time.sleep(0.05)
        offset = int(alice.ask("HEAD", path).headers["upload-offset"])
    assert 0 < offset <= half
    assert alice.ask("PATCH", path, content[offset:], Upload_Offset=str(offset)).status == 403
    whole = alice.ask("PATCH", path, content[offset:], Upload_Offset=str(offset), **marked)
    assert whole.status == 200
    assert b'"whole": true' in whole.body
    [file] = evidence.waiting(disputed.marketplace, "O-1", Party.BUYER)
    assert file.size == len(content)


def test_thirty_two_forms_that_drip_hold_no_page_up(disputed: Market, live: Live, alice: Browser) -> None:
    body = alice.form(large())
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    slow = [alice.begun("POST", UPLOAD, len(body), body[:200], Content_Type=kind) for _ in range(32)]
    stop = threading.Event()

    def drip() -> None:
        while not stop.wait(0.3):
            for one in slow:
                with suppress(OSError):
                    one.sendall(b"x")

    dripping = threading.Thread(target=drip)
    dripping.start()
    try:
        started = time.monotonic()
        for _ in range(5):
            assert alice.ask("GET", UPLOAD).status == 200
        assert time.monotonic() - started < 3 * UPLOAD_SECONDS, "held up, the first would wait for eight rounds of them"
        assert alice.sends(alice.form(large())).status == 303
    finally:
        stop.set()
        dripping.join()
        for one in slow:
            one.close()


# ── what is read ─────────────────────────────────────────────────────────────────────────────────


def test_a_reader_who_takes_nothing_is_left_and_his_file_closed(live: Live, alice: Browser) -> None:
    (live.files / HELD).write_bytes(os.urandom(LONG))
    assert len(alice.ask("GET", f"/{HELD}").body) == LONG, "who reads gets all of it"
    assert not live.held
    stalled = [alice.begun("GET", f"/{HELD}", 0, b"") for _ in range(2 * real.THREADS)]
    try:
        assert all(wire.recv(12).startswith(b"HTTP/1.1 200") for wire in stalled)
        assert live.held
        assert alice.ask("GET", UPLOAD).status == 200, "nobody else waits for them"
        within(SEND_SECONDS + 10, lambda: not live.held, "nor does the service, for ever")
        assert all(len(b"".join(iter(lambda wire=wire: wire.recv(1 << 20), b""))) < LONG for wire in stalled)
    finally:
        for wire in stalled:
            wire.close()


def within(seconds: float, true: Callable[[], object], why: str) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, why
        time.sleep(0.05)
