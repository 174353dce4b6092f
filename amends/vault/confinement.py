"""Shutting in the process that decodes: no network, no files, no other processes, little memory, little time.

Each guard is asked for and reported by name; which of them a machine grants differs (docs/evidence.md says what
holds where). All are given up for good: nothing in the process can take them back.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import resource
import struct
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

NOBODY: Final = 65_534
FONTS: Final = Path("/usr/share/fonts")
"""May be read: a PDF may lean on fonts it does not bring."""

_NEW_USER, _NEW_NETWORK, _NEW_IPC = 0x1000_0000, 0x4000_0000, 0x0800_0000
_NO_NEW_PRIVILEGES, _DIE_WITH_PARENT, _SECCOMP = 38, 1, 22
_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446
_READ_FILE, _READ_FOLDER = 1 << 2, 1 << 3

_ARCHITECTURES: Final[Mapping[str, int]] = {"x86_64": 0xC000_003E, "aarch64": 0xC000_00B7}
_REFUSED_CALLS: Final[Mapping[str, tuple[int, ...]]] = {
    # socket connect accept bind listen socketpair sendto accept4 | fork vfork execve execveat | kill tkill tgkill
    # pidfd_send_signal pidfd_open | ptrace process_vm_readv/writev | mount unshare setns | bpf perf_event_open
    # keyctl io_uring_setup userfaultfd | setpgid setsid
    "x86_64": (
        *(41, 42, 43, 49, 50, 53, 44, 288, 57, 58, 59, 322, 62, 200, 234),
        *(424, 434, 101, 310, 311, 165, 272, 308, 321, 298, 250, 425, 323, 109, 112),
    ),
    "aarch64": (
        *(198, 203, 202, 200, 201, 199, 206, 242, 221, 281, 129, 130, 131),
        *(424, 434, 117, 270, 271, 40, 97, 268, 280, 241, 219, 425, 282, 154, 157),
    ),
}
_CLONE: Final[Mapping[str, int]] = {"x86_64": 56, "aarch64": 220}
"""Starts a thread or a process, by its flags."""
_CLONE_3: Final = 435
"""The same with its flags out of a filter's sight; whoever asks is told that there is none, and takes the other."""
_THREAD: Final = 0x0001_0000
_ALLOW, _NOT_PERMITTED, _NO_SUCH_CALL, _KILL = 0x7FFF_0000, 0x0005_0001, 0x0005_0026, 0x8000_0000


def for_good() -> tuple[str, ...]:
    """Confines this process and all it forks, once, after everything is imported; the names of the guards that hold."""
    if sys.platform != "linux":
        return ()
    libc = ctypes.CDLL(None, use_errno=True)
    held = []
    if _own_network(libc):
        held.append("network")
    if _not_root():
        held.append("user")
    if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) == 0:
        held.append("privileges")
        held += _landlock(libc)
    return tuple(held)


def for_one_file(*, address_space: int | None, cpu_seconds: int, largest_output: int) -> tuple[str, ...]:
    """Limits for the process of one file: bytes of address space in all, seconds, bytes written."""
    held = []
    if address_space is not None:
        resource.setrlimit(resource.RLIMIT_AS, (address_space, address_space))
        held.append("memory")
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest_output, largest_output))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (16, 16))
    held += ["time", "output"]
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_DIE_WITH_PARENT, 9, 0, 0, 0)
        if _seccomp(libc):
            held.append("calls")
    return tuple(held)


def address_space() -> int | None:
    """Bytes of address space of this process now; None where the system does not say. To be asked before `for_good`."""
    with contextlib.suppress(OSError):
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[0]
        return int(pages) * resource.getpagesize()
    return None


def _own_network(libc: ctypes.CDLL) -> bool:
    """A network of its own, with nothing in it: as root directly, else inside a user namespace if that is allowed."""
    if libc.unshare(_NEW_NETWORK | _NEW_IPC) == 0:
        return True
    return bool(libc.unshare(_NEW_USER | _NEW_NETWORK | _NEW_IPC) == 0)


def _not_root() -> bool:
    """Leaves root for nobody; where it was not root, it stays who it is."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    return os.geteuid() != 0


def _landlock(libc: ctypes.CDLL) -> list[str]:
    """No file may be opened but fonts, no TCP, no signals to others: Landlock, by itself on Linux 5.13 and newer."""
    version = libc.syscall(_LANDLOCK_CREATE, None, ctypes.c_size_t(0), 1)
    if version < 1:
        return []
    rights = (1 << 13) - 1
    for since, bit in ((2, 13), (3, 14), (5, 15)):
        rights |= (1 << bit) if version >= since else 0
    rules = struct.pack("QQQ", rights, 3 if version >= 4 else 0, 3 if version >= 6 else 0)
    known = 24 if version >= 6 else 16 if version >= 4 else 8
    ruleset = libc.syscall(_LANDLOCK_CREATE, rules[:known], ctypes.c_size_t(known), 0)
    if ruleset < 0:
        return []
    _allow_reading(libc, ruleset, FONTS)
    done = libc.syscall(_LANDLOCK_RESTRICT, ruleset, 0) == 0
    os.close(ruleset)
    return ["files"] if done else []


def _allow_reading(libc: ctypes.CDLL, ruleset: int, folder: Path) -> None:
    try:
        place = os.open(folder, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    libc.syscall(_LANDLOCK_ADD, ruleset, 1, struct.pack("=Qi", _READ_FILE | _READ_FOLDER, place), 0)
    os.close(place)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_char_p))


def _seccomp(libc: ctypes.CDLL) -> bool:
    """The calls of `_REFUSED_CALLS` answer "not permitted" from now on, and so does a new process; a thread may begin.
    Numbers of another machine end the process.
    """
    machine = platform.machine()
    if machine not in _ARCHITECTURES:
        return False
    refused = _REFUSED_CALLS[machine]
    steps = [
        (0x20, 0, 0, 4),  # load the architecture
        (0x15, 1, 0, _ARCHITECTURES[machine]),
        (0x06, 0, 0, _KILL),
        (0x20, 0, 0, 0),  # load the number of the call
        (0x35, len(refused) + 6, 0, 0x4000_0000),  # the second set of numbers on x86-64: not permitted
        (0x15, 0, 1, _CLONE_3),
        (0x06, 0, 0, _NO_SUCH_CALL),
        (0x15, 0, 2, _CLONE[machine]),
        (0x20, 0, 0, 16),  # load its flags
        (0x45, len(refused), len(refused) + 1, _THREAD),  # a thread, or not permitted
    ]
    steps += [(0x15, len(refused) - place, 0, number) for place, number in enumerate(refused)]
    steps += [(0x06, 0, 0, _ALLOW), (0x06, 0, 0, _NOT_PERMITTED)]
    code = b"".join(struct.pack("HBBI", *step) for step in steps)
    program = _Program(len(steps), code)
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    return bool(libc.prctl(_SECCOMP, 2, ctypes.byref(program), 0, 0) == 0)
