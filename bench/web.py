"""The web server as `amends web` runs it, on a benchmark's database, and clients that tell it lives over HTTP."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from typing import Any

from .service import COMMANDS_A_LIFE, life

ON_DISPUTE = {"offer", "message", "accept"}


class Web:
    """Started when entered, gone when left."""

    def __init__(self, url: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.environ = {**os.environ, "DATABASE_URL": url, "AMENDS_LOG_LEVEL": "ERROR"}
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Web:
        command = [sys.executable, "-m", "amends.cli", "web", "--port", str(self.port)]
        self.process = subprocess.Popen(command, env=self.environ, stdout=subprocess.DEVNULL)
        until = time.monotonic() + 30
        while not self._ready():
            if self.process.poll() is not None or time.monotonic() > until:
                raise RuntimeError("the web server did not come up")
            time.sleep(0.05)
        return self

    def __exit__(self, *_: object) -> None:
        assert self.process is not None
        self.process.terminate()
        self.process.wait(20)

    def _ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def lives(self, key: str, seconds: float, *, clients: int) -> float:
        """Commands a second. The clients are threads of one other process."""
        command = [sys.executable, "-m", "bench.web", str(self.port), str(seconds), str(clients)]
        done = subprocess.run(command, input=key, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"the clients failed: {done.stderr[-2000:]}")
        return float(done.stdout)

    def told(self, key: str, lives: int) -> None:
        """So many lives, one after the other."""
        client = Client(self.port, key, f"M{lives}-{time.monotonic_ns()}")
        for number in range(lives):
            client.life(number)

    def memory(self) -> list[int]:
        """Resident bytes of each of the server's processes."""
        assert self.process is not None
        found = subprocess.run(["ps", "-e", "-o", "pid=,ppid=,rss="], capture_output=True, text=True, check=True)
        rows = [tuple(map(int, line.split())) for line in found.stdout.splitlines()]
        family, size = {self.process.pid}, 0
        while size != len(family):
            size = len(family)
            family |= {pid for pid, parent, _ in rows if parent in family}
        return [rss * 1024 for pid, _, rss in rows if pid in family]


class Client:
    """One connection, kept; one life after the other."""

    def __init__(self, port: int, key: str, name: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        self.name = name

    def life(self, number: int) -> None:
        order = f"{self.name}-{number:06}"
        for index, command in enumerate(life(order)):
            path, body = _request(order, command)
            headers = {"Amends-Acting-As": command["by"], "Idempotency-Key": f"{order} {index}"}
            self.connection.request("POST", path, body, {**self.headers, **headers})
            answer = self.connection.getresponse()
            told = answer.read()
            if answer.status >= 300:
                raise RuntimeError(f"{path}: {answer.status} {told[:400]!r}")


def _request(order: str, command: dict[str, Any]) -> tuple[str, bytes]:
    fields = {name: value for name, value in command.items() if name not in ("by", "do", "dispute")}
    path = "/v1/orders"
    if command["do"] == "open":
        path += f"/{order}/disputes"
    elif command["do"] in ON_DISPUTE:
        path += f"/{order}/disputes/1/{command['do']}"
    elif command["do"] != "place_order":
        path += f"/{order}/{command['do']}"
    return path, json.dumps(fields).encode()


def main() -> int:
    port, seconds, clients = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
    key = sys.stdin.read().strip()
    done, faults = [0] * clients, []
    since = time.perf_counter()

    def work(client: int) -> None:
        one = Client(port, key, f"H{os.getpid()}-{client}")
        try:
            while time.perf_counter() - since < seconds:
                one.life(done[client])
                done[client] += 1
        except (RuntimeError, OSError, http.client.HTTPException) as fault:
            faults.append(fault)

    threads = [threading.Thread(target=work, args=(client,)) for client in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        print(faults[0], file=sys.stderr)
        return 1
    print(sum(done) * COMMANDS_A_LIFE / (time.perf_counter() - since))
    return 0


if __name__ == "__main__":
    sys.exit(main())
