"""`amends up`: Olga starts the service, looks at it, kills parts of it, and stops it."""

import signal
import socket
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.store import cluster

from .conftest import Start
from .service import PATIENCE, amends, child, free_port, kill, postmaster, processes_of, until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def test_a_first_start_answers_and_a_signal_leaves_nothing_behind(start: Start) -> None:
    up = start().ready()
    assert up.get("/readyz")[0] == 200
    assert up.said.splitlines().count(f"ready {up.address}") == 1
    assert "Amends runs here" in up.get("/")[1]
    assert str(up.data) in up.said
    assert child(up, "web")
    assert child(up, "worker")

    assert up.stop(signal.SIGTERM) < 10
    assert processes_of(up) == {}
    assert "The data stays in" in up.said


def test_the_second_start_tells_nothing_again_and_finds_the_data_and_the_secrets(start: Start) -> None:
    first = start("--demo").ready()
    key = (first.data / "demo_key").read_text()
    for name in ("secret_key", "demo_key"):
        assert stat.S_IMODE((first.data / name).stat().st_mode) == 0o600
    assert (first.data / "secret_key").read_text().strip() not in first.said
    first.stop(signal.SIGINT)

    again = start("--demo").ready()
    assert "Telling" not in again.said
    assert (again.data / "demo_key").read_text() == key, "the key that was printed before still works"
    again.process.send_signal(signal.SIGINT)
    again.process.send_signal(signal.SIGINT)
    again.stop(signal.SIGINT)
    assert processes_of(again) == {}


def test_whatever_is_killed_is_started_again(start: Start) -> None:
    up = start().ready()
    for name in ("web", "worker"):
        before = child(up, name)
        kill(before)
        until(lambda name=name, before=before: child(up, name) not in (0, before), f"{name} is started again")
        assert f"{name} ended (killed by SIGKILL)" in up.said
    until(lambda: up.get("/readyz")[0] == 200, "the new web answers")

    before = postmaster(up)
    kill(before)
    until(lambda: postmaster(up) not in (0, before) and up.get("/readyz")[0] == 200, "the database is back")
    assert "PostgreSQL answers again" in up.said
    up.stop()
    assert processes_of(up) == {}


def test_killed_outright_it_takes_its_children_with_it_and_the_next_start_goes_on(start: Start) -> None:
    up = start().ready()
    server = postmaster(up)
    up.kill()
    until(lambda: not child(up, "web") and not child(up, "worker"), "the children are gone", 5)
    assert postmaster(up) == server, "the database lives on, and is found"

    again = start(port=up.port).ready()
    assert "was running already" in again.said
    again.stop()
    assert processes_of(again) == {}
    assert processes_of(up) == {}


def test_a_port_in_use_is_said_before_anything_is_started(start: Start, taken_port: int) -> None:
    up = start(port=taken_port)
    assert up.process.wait(PATIENCE) == 2
    until(lambda: f"Port {taken_port} of 127.0.0.1 cannot be used: address already in use" in up.said, "the sentence")
    assert "--port" in up.said
    assert not up.data.exists()


def test_a_folder_of_somebody_else_is_left_alone(place: Path) -> None:
    theirs = place / "theirs"
    theirs.mkdir()
    (theirs / "letter").write_text("Dear Sam")
    refused = amends("up", "--data", theirs, "--port", str(free_port()))
    assert refused.returncode == 2
    assert "is not empty (letter)" in refused.stderr
    assert [path.name for path in theirs.iterdir()] == ["letter"]


def test_it_runs_on_a_database_elsewhere_and_leaves_it_running(start: Start) -> None:
    with cluster.running() as server:
        with psycopg.connect(server.format(database="postgres"), autocommit=True) as olga:
            olga.execute("CREATE DATABASE elsewhere")
        url = server.format(database="elsewhere")
        early = amends("books", "--verify", DATABASE_URL=url)
        assert early.returncode == 2
        assert "Run `amends migrate` first" in early.stderr, "a look changes nothing, not even an empty database"
        up = start(DATABASE_URL=url).ready()
        assert "The data is in postgresql://" in up.said
        assert "AMENDS_SECRET_KEY is not set" in up.said
        assert not up.data.exists(), "no database of our own is made"
        up.stop()
        assert processes_of(up) == {}
        made = amends("marketplace", "new", "Olga's shop", "--policy", "alx-d", DATABASE_URL=url)
        assert made.returncode == 0, made.stderr
        assert "key  amk_" in made.stdout
        assert "Olga's shop" in amends("marketplace", "list", DATABASE_URL=url).stdout


def test_no_database_there_is_a_sentence() -> None:
    refused = amends("up", "--port", str(free_port()), DATABASE_URL="postgresql://127.0.0.1:1/nowhere")
    assert refused.returncode == 2
    assert "cannot be reached" in refused.stderr


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]
