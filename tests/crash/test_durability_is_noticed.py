"""A server that answers before it has written is noticed at the first trip, once a process."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bench.crash_server import environment, victim

from .test_crash_points import pytestmark as needs_a_server

pytestmark = needs_a_server

FIRST_TRIPS = """
import django; django.setup()
from amends.orders import marketplaces
marketplaces.every()
marketplaces.every()
"""


@pytest.mark.parametrize(("settings", "said"), [({"synchronous_commit": "off", "fsync": "off"}, 2), ({}, 0)])
def test_what_is_off_is_said_aloud_once(settings: dict[str, str], said: int) -> None:
    with victim(settings) as server:
        env = environment(server.address.dsn) | {"AMENDS_LOG_LEVEL": "WARNING"}
        done = subprocess.run([sys.executable, "-c", FIRST_TRIPS], env=env, capture_output=True, text=True, check=True)
    lines = [line for line in done.stderr.splitlines() if "= off: a crash can lose what was answered as done" in line]
    assert len(lines) == said, done.stderr
