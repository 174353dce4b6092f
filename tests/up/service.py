"""A real `amends up` in a folder of its own: started, listened to, killed in parts, and looked after."""

from __future__ import annotations

import http.client
import http.cookiejar
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

CHECKOUT = Path(__file__).parents[2]
PATIENCE = 60.0
READY = 240.0
"""A demonstration is told through the service, photographs and all: half a minute, and on a machine whose disk is busy
with others many times that."""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def until(true: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
    """Wait for something to come true, and say what did not."""
    end = time.monotonic() + patience
    while not true():
        assert time.monotonic() < end, f"not within {patience:.0f} s: {what}"
        time.sleep(0.05)


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AMENDS_", "DATABASE_URL"))}
    cache = {"AMENDS_CACHE": os.environ["AMENDS_CACHE"]} if "AMENDS_CACHE" in os.environ else {}
    return kept | cache | {"PYTHONPATH": str(CHECKOUT), "AMENDS_LOG_LEVEL": "WARNING"} | more


def amends(*arguments: str | Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """One command to its end."""
    command = [sys.executable, "-m", "amends.cli", *map(str, arguments)]
    return subprocess.run(
        command, env=environment(**environ), capture_output=True, text=True, timeout=2 * PATIENCE, check=False
    )


class Up:
    """`amends up` on `data`; what it says is kept in `said`."""

    def __init__(self, data: Path, *arguments: str, port: int = 0, **environ: str) -> None:
        self.data = data
        self.port = port or free_port()
        command = [sys.executable, "-m", "amends.cli", "up", "--data", str(data), "--port", str(self.port), *arguments]
        self.began = time.monotonic()
        self._said = data.parent / f"said-at-{self.port}-{uuid.uuid4().hex[:6]}"
        with self._said.open("wb") as said:
            self.process = subprocess.Popen(
                command,
                env=environment(**environ),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def said(self) -> str:
        return self._said.read_text(encoding="utf-8")

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ready(self) -> Up:
        until(lambda: f"ready {self.address}\n" in self.said or self.process.poll() is not None, "ready", READY)
        assert self.process.poll() is None, self.said
        return self

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        """Status and body of a page; 0 where nobody answers."""
        try:
            return self._exchange("GET", path, None, headers)[:2]
        except OSError:
            return 0, ""

    def headers(self, path: str) -> dict[str, str]:
        return self._exchange("GET", path, None, {})[2]

    def ask(self, path: str, body: dict[str, object] | None = None, *, by: str = "marketplace") -> Any:
        """What the API answers the demonstration's key, acting as `by`; it must be a yes."""
        key = (self.data / "demo_key").read_text().strip()
        headers = {"Authorization": f"Bearer {key}", "Amends-Acting-As": by, "Content-Type": "application/json"}
        sent = None if body is None else json.dumps(body).encode()
        status, answer, _ = self._exchange("GET" if body is None else "POST", path, sent, headers)
        assert status in (200, 201), answer
        return json.loads(answer)

    def case(self, order: str, *, by: str) -> str:
        """The page of the order's first dispute, as a visitor of the demonstration finds it who steps into `by`."""
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        browser = urllib.request.build_opener(jar, urllib.request.ProxyHandler({}))
        with browser.open(self.address, timeout=20) as first:
            (token,) = set(re.findall('name="csrfmiddlewaretoken" value="([^"]+)"', first.read().decode()))
        form = {"csrfmiddlewaretoken": token, "party": by, "order": order, "dispute": "1"}
        with browser.open(f"{self.address}/step-in/", urlencode(form).encode(), timeout=20) as page:
            return str(page.read().decode())

    def _exchange(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> tuple[int, str, dict[str, str]]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode(), {name.lower(): value for name, value in answer.getheaders()}
        except http.client.HTTPException as cut:
            raise ConnectionError(str(cut)) from None
        finally:
            connection.close()

    def stop(self, number: signal.Signals = signal.SIGTERM) -> float:
        """Send the signal; the seconds until it ended, which must be with status 0."""
        began = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(PATIENCE)
        assert self.process.returncode == 0, self.said
        return time.monotonic() - began

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def end(self) -> None:
        """It and whatever it started are gone afterwards, whether it ever was ready or not."""
        self.kill()
        for pid in processes_of(self):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def processes_of(up: Up) -> dict[int, str]:
    """What still runs of it: its children by the port or by the number of their parent, the database by its folder."""
    marks = (f"--port {up.port} ", f"127.0.0.1:{up.port} ", f"--child-of {up.process.pid}", str(up.data))
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and int(entry.name) != os.getpid():
            line = _command_of(entry)
            if any(mark in line for mark in marks):
                found[int(entry.name)] = line
    return found


def _command_of(entry: Path) -> str:
    try:
        if (entry / "stat").read_text().rpartition(")")[2].split()[0] == "Z":
            return ""
        return (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def child(up: Up, name: str) -> int:
    """The process of its `amends web` or `amends worker`, the first of its session; 0 where there is none.

    The web server calls itself granian once it is at work.
    """
    words = {"web": ("amends.cli web", "granian "), "worker": ("amends.cli worker",)}[name]
    for pid, line in processes_of(up).items():
        with suppress(ProcessLookupError):
            if any(word in line for word in words) and os.getsid(pid) == pid:
                return pid
    return 0


def kill(pid: int) -> None:
    """kill -9. Never of process 0, which would be ourselves and all our kin."""
    assert pid > 1, "there is nobody to kill"
    os.kill(pid, signal.SIGKILL)


def postmaster(up: Up) -> int:
    try:
        return int((up.data / "postgres" / "postmaster.pid").read_text().splitlines()[0])
    except (OSError, IndexError, ValueError):
        return 0
