"""Dying with the process that started us: what `amends up` leaves behind when it is killed outright must be nothing."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time
from typing import Final

PR_SET_PDEATHSIG: Final = 1
LOOK: Final = 0.25
"""Seconds between two looks, where the kernel does not tell us."""


def die_with(parent: int) -> None:
    """From now on this process is killed when `parent`, which started it, is gone; at once if it is gone already.

    On Linux the kernel sees to it. Its word is about the *thread* that started us, so start children from the main
    one. Elsewhere a thread of ours looks four times a second.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    else:
        threading.Thread(target=_watch, args=(parent,), name="parent", daemon=True).start()
    if os.getppid() != parent:  # it was gone before we asked
        os.kill(os.getpid(), signal.SIGKILL)


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK)
    os.kill(os.getpid(), signal.SIGKILL)
