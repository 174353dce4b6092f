"""The guards of tests/conftest.py, seen at work."""

import socket
from datetime import UTC, datetime

import pytest


def test_a_test_cannot_reach_the_internet() -> None:
    # 192.0.2.0/24 is set aside for documentation: nobody is there, should the guard ever fail.
    with socket.socket() as caller:
        caller.settimeout(0.1)
        with pytest.raises(Exception, match="tests talk to this machine only"):
            caller.connect(("192.0.2.1", 80))


def test_a_test_can_reach_this_machine() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as caller:
        assert caller.getpeername() == server.getsockname()


def test_the_machines_own_zone_is_an_odd_one() -> None:
    assert datetime(2026, 3, 1, tzinfo=UTC).astimezone().strftime("%z") == "+0545"
