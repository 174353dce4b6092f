"""The process that opens files: what it cannot do, and that a file which kills it kills nobody else."""

import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from amends.vault import faults
from amends.vault.workshop import Workshop
from tests.vault.conftest import Desk
from tests.vault.honest import honest, pdf

ATTEMPTS = """
import ctypes, errno, os, socket, sys, threading
from amends.vault import confinement
secret, number = sys.argv[1], int(sys.argv[2])
size = confinement.address_space()
guards = list(confinement.for_good()) if "process" in sys.argv[3] else []
if "file" in sys.argv[3]:
    guards += confinement.for_one_file(address_space=size + 64_000_000, cpu_seconds=2, largest_output=1_000_000)
def attempt(what, act):
    try:
        act()
    except (OSError, MemoryError) as fault:
        print(what, "refused", type(fault).__name__)
    else:
        print(what, "ALLOWED")
print("guards", "none", *guards, flush=True)
attempt("connect", lambda: socket.socket().connect(("127.0.0.1", number)))
attempt("socket", lambda: socket.socket())
attempt("read", lambda: open(secret).read())
attempt("list", lambda: os.listdir("/"))
attempt("write", lambda: open(os.path.dirname(secret) + "/new", "w"))
attempt("signal", lambda: os.kill(os.getppid(), 0))
attempt("memory", lambda: bytearray(200_000_000))
def spawn(number, *flags):
    libc = ctypes.CDLL(None, use_errno=True)
    process = libc.syscall(ctypes.c_long(number), *map(ctypes.c_long, flags))
    if not process:
        os._exit(0)
    if process < 0:
        raise OSError(ctypes.get_errno(), "")
CLONE = confinement._CLONE[os.uname().machine]
attempt("fork", lambda: os._exit(0) if not os.fork() else None)
attempt("clone", lambda: spawn(CLONE, 17, 0, 0, 0, 0))
wanted = (ctypes.c_uint64 * 8)(0, 0, 0, 0, 17)
attempt("clone3", lambda: spawn(435, ctypes.addressof(wanted), 64))
attempt("leave", os.setsid)
def thread():
    started = threading.Thread(target=print, args=("inside", "is a thread"))
    started.start()
    started.join()
attempt("thread", thread)
sys.stdout.flush()
attempt("run", lambda: os.execv("/bin/true", ["true"]))
"""
NOTHING_KEEPS_FROM = (
    *("connect", "socket", "read", "list", "write", "memory", "fork", "clone", "clone3", "leave", "thread"),
)


def attempts(tmp_path: Path, layers: str) -> dict[str, str]:
    """What each attempt came to in a process with the guards of the whole process, of the one file, or both."""
    secret = tmp_path / "secret"
    secret.write_text("the evidence of somebody else")
    secret.chmod(0o644)
    with socket.create_server(("127.0.0.1", 0)) as server:
        done = subprocess.run(
            [sys.executable, "-c", ATTEMPTS, str(secret), str(server.getsockname()[1]), layers],
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
    return dict(line.split(" ", 1) for line in done.stdout.splitlines())


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux shuts a process in this far")
@pytest.mark.parametrize(
    ("layers", "due"),
    [
        ("none", {}),
        ("process", {"connect": "network", "read": "files", "list": "files", "write": "files"}),
        ("file", {"connect": "calls", "socket": "calls", "run": "calls", "signal": "calls", "memory": "memory"}),
        ("file", dict.fromkeys(("fork", "clone", "clone3", "leave"), "calls")),
        ("process and file", {"connect": "network", "read": "files", "write": "files", "run": "calls"}),
    ],
)
def test_the_process_can_do_nothing_but_compute(tmp_path: Path, layers: str, due: dict[str, str]) -> None:
    found = attempts(tmp_path, layers)
    guards = set(found.pop("guards", "").split())
    for what, guard in due.items():
        if guard in guards:
            assert found[what].startswith("refused"), f"{what}: {found[what]} with {sorted(guards)}"
    assert found["thread"] == "ALLOWED", "decoders may compute in threads"
    if layers == "none":
        assert {what for what, came in found.items() if came == "ALLOWED"} >= set(NOTHING_KEEPS_FROM)
    missing = set(due.values()) - guards
    if missing:
        pytest.skip(f"this machine does not grant: {', '.join(sorted(missing))}")


def test_a_process_that_was_killed_is_started_anew(tmp_path: Path) -> None:
    with Workshop() as workshop:
        desk = Desk(workshop, tmp_path)
        desk.takes(honest()["jpg"])
        first = workshop.process_id
        assert first is not None
        os.kill(first, signal.SIGKILL)
        desk.takes(honest()["jpg"])
        assert workshop.process_id != first


def test_the_process_leaves_with_whoever_started_it(tmp_path: Path) -> None:
    code = (
        "import os, sys; from amends.vault.workshop import Workshop\n"
        "w = Workshop(); w._started(); print(w.process_id, flush=True); os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    child = int(done.stdout)
    for _ in range(100):
        try:
            os.kill(child, 0)
        except ProcessLookupError:
            return
        status = Path(f"/proc/{child}/stat")
        if status.exists() and ") Z" in status.read_text():
            return
        time.sleep(0.1)
    pytest.fail(f"process {child} is still there")


def test_files_that_are_opened_one_after_the_other_share_nothing_and_several_threads_wait(desk: Desk) -> None:
    kinds = ["jpg", "png", "webp", "heic", "pdf", "avif"] * 3
    with ThreadPoolExecutor(6) as threads:
        found = list(threads.map(lambda ending: desk.takes(honest()[ending], f"a.{ending}").facts.kind, kinds))
    assert [kind.value for kind in found] == [{"jpg": "jpeg"}.get(ending, ending) for ending in kinds]


def test_a_file_that_takes_too_long_is_stopped(desk: Desk) -> None:
    with pytest.raises(faults.NotTaken, match="more time or memory than any honest file needs"):
        desk.takes(pdf(b"0 0 m 300 400 l S " * 900_000), "a.pdf")
