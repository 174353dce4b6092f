"""B5: from the command to the first page answered, on an empty folder and on one that has its database.

`python -m bench.start_bench`. Real processes, real HTTP: `amends up` on the embedded PostgreSQL, three rounds of each.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

ROUNDS = 3
PATIENCE = 120.0


def measure() -> dict[str, object]:
    empty, warm = [], []
    for _ in range(ROUNDS):
        folder = Path(tempfile.mkdtemp(prefix="amends-bench-"))
        folder.chmod(0o755)
        try:
            empty.append(_first_page(folder / "data"))
            warm.append(_first_page(folder / "data"))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    return {
        "benchmark": "B5 start to first page",
        "empty_directory_seconds": round(statistics.median(empty), 2),
        "warm_database_seconds": round(statistics.median(warm), 2),
        "floors_and_goals": {"warm": (3, 1), "empty": (20, 8)},
        "rounds": {"empty": [round(one, 2) for one in empty], "warm": [round(one, 2) for one in warm]},
    }


def _first_page(data: Path) -> float:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [sys.executable, "-m", "amends.cli", "up", "--port", str(port), "--data", str(data)]
    since = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            while not _answers(port):
                if process.poll() is not None or time.perf_counter() - since > PATIENCE:
                    raise RuntimeError("amends up did not answer")
                time.sleep(0.01)
            return time.perf_counter() - since
        finally:
            process.terminate()
            process.wait(30)


def _answers(port: int) -> bool:
    with (
        contextlib.suppress(urllib.error.URLError, OSError),
        urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as page,
    ):
        return bool(page.status == 200 and page.read())
    return False


if __name__ == "__main__":
    print(json.dumps(measure()))
