"""What is left after a kill, and who cleans it up."""

import os
import shutil
import signal
import time
from pathlib import Path

import psycopg
import pytest

from amends.postgres import Address, Server, State, Unusable, running
from tests.postgres.servers import Run, asked, linux_only, said, until_it_says

UP = """
import time
from pathlib import Path
from amends.postgres import running
try:
    with running(Path("data")) as address:
        print("up", address.pid, address.found, flush=True)
        time.sleep(60)
finally:
    print("down", flush=True)
"""

FIRST_START = """
from pathlib import Path
from amends.postgres import Server
print("first", flush=True)
Server(Path("data")).start()
"""


def gone(pid: int) -> bool:
    """Whether a process has ended, waited for or not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def wait_until(what: str, true: object) -> None:
    until = time.monotonic() + 20
    while not true():  # type: ignore[operator]
        assert time.monotonic() < until, what
        time.sleep(0.02)


def kill_all_of(address: Address) -> None:
    """kill -9 for the server and every process of it, as when the machine goes dark."""
    cluster = str(address.data / "postgres")
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                if str((entry / "cwd").readlink()) == cluster:
                    os.kill(int(entry.name), signal.SIGKILL)
            except OSError:
                continue


@linux_only
class TestTheServer:
    def test_what_was_committed_is_there_after_a_kill(self, place: Path) -> None:
        with running(place / "data") as before:
            asked(before, "CREATE TABLE kept (n int)")
            asked(before, "INSERT INTO kept VALUES (7)")
            kill_all_of(before)
            wait_until("it is seen to be down", lambda: Server(place / "data").status().state is State.STOPPED)
            with running(place / "data") as after:
                assert not after.found
                assert after.dsn == before.dsn
                assert asked(after, "SELECT n FROM kept") == 7

    def test_its_head_alone_killed_the_rest_goes_before_a_new_one_comes(self, place: Path) -> None:
        with running(place / "data") as before:
            busy = psycopg.connect(before.dsn, autocommit=True)
            os.kill(before.pid, signal.SIGKILL)
            with running(place / "data") as after:
                assert after.pid != before.pid
                assert asked(after, "SELECT 1") == 1
                with pytest.raises(psycopg.OperationalError):
                    busy.execute("SELECT 1")
            busy.close()

    def test_a_number_that_is_somebody_elses_today_does_not_keep_it_from_starting(self, place: Path, run: Run) -> None:
        with running(place / "data") as before:
            kill_all_of(before)
            pidfile = place / "data" / "postgres" / "postmaster.pid"
            owner = place.joinpath("data", "postgres").stat().st_uid
            other = run(
                "import time; print('here', flush=True); time.sleep(60)", user=owner if os.geteuid() == 0 else None
            )
            until_it_says(other, "here")
            for file in (pidfile, before.socket_dir / ".s.PGSQL.5432.lock"):
                _, rest = file.read_text().split("\n", 1)
                file.write_text(f"{other.pid}\n{rest}")
            with running(place / "data") as after:
                assert asked(after, "SELECT 1") == 1
            assert other.poll() is None, "and nobody shoots at it"

    def test_a_dead_one_that_nobody_waited_for_does_not_either(self, place: Path, run: Run) -> None:
        """The first process of many containers never asks for its dead: their numbers stay, and look alive."""
        parent = run(UP)
        pid = int(until_it_says(parent, "up").split()[1])
        kill_all_of(Server(place / "data").start())
        wait_until("it is dead", lambda: gone(pid))
        assert Path(f"/proc/{pid}").exists(), "its parent lives, and has not asked"
        with running(place / "data") as after:
            assert (after.found, after.pid != pid) == (False, True)

    def test_our_own_dead_one_is_asked_for(self, place: Path) -> None:
        with running(place / "data") as before:
            kill_all_of(before)
            with running(place / "data"):
                assert not Path(f"/proc/{before.pid}").exists()

    def test_a_copied_folder_is_a_database_of_its_own(self, place: Path) -> None:
        with running(place / "data") as original:
            asked(original, "CHECKPOINT")
            kill_all_of(original)
        with running(place / "data") as original:
            shutil.copytree(place / "data", place / "copy", symlinks=True)
            for path in (place / "data").rglob("*"):
                seen = path.stat()
                os.chown(place / "copy" / path.relative_to(place / "data"), seen.st_uid, seen.st_gid)
            assert Server(place / "copy").status().state is State.STOPPED, (
                "although its postmaster.pid names a live one"
            )
            with running(place / "copy") as copy:
                assert copy.pid != original.pid
                assert asked(copy, "SHOW data_directory") == str(place / "copy" / "postgres")
            assert asked(original, "SELECT 1") == 1


@linux_only
class TestTheFirstStart:
    @pytest.mark.parametrize("after", [0.05, 0.3, 0.6, 0.9, 1.3])
    def test_a_killed_one_is_begun_again(self, place: Path, run: Run, after: float) -> None:
        killed = run(FIRST_START)
        until_it_says(killed, "first")
        time.sleep(after)
        killed.kill()
        with running(place / "data") as address:
            assert asked(address, "SELECT current_database()") == "amends"
        assert not list((place / "data").glob("postgres.new*")), "what was left is cleared away"

    def test_nobody_starts_while_an_orphan_still_makes_a_database(self, place: Path, run: Run) -> None:
        parent = run(FIRST_START)
        wait_until("initdb is at work", lambda: list(place.glob("data/postgres.new-*/PG_VERSION")))
        (initdb,) = Path(f"/proc/{parent.pid}/task/{parent.pid}/children").read_text().split()
        os.kill(int(initdb), signal.SIGSTOP)
        try:
            parent.kill()
            parent.wait()
            with pytest.raises(Unusable, match="Another program has been starting or stopping"):
                Server(place / "data", patience=0.3).start()
        finally:
            os.kill(int(initdb), signal.SIGCONT)
        with running(place / "data") as address:
            assert asked(address, "SELECT 1") == 1

    def test_its_leftovers_are_no_database(self, place: Path) -> None:
        (place / "data" / "postgres.new-1").mkdir(parents=True)
        (place / "data" / "postgres.new-1" / "PG_VERSION").write_text("18\n")
        (place / "data" / "amends.lock").touch()
        assert Server(place / "data").status().state is State.ABSENT
        with running(place / "data"):
            assert not (place / "data" / "postgres.new-1").exists()


@linux_only
class TestTheParent:
    @pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, -2)])
    def test_a_signal_stops_parent_and_server(self, place: Path, run: Run, number: signal.Signals, status: int) -> None:
        parent = run(UP)
        pid = int(until_it_says(parent, "up").split()[1])
        parent.send_signal(number)
        parent.send_signal(number)
        said(parent, status)
        assert gone(pid)
        assert Server(place / "data").status().state is State.STOPPED
        log = next((place / "data").glob("postgres/log/*.log")).read_text()
        assert "received fast shutdown request" in log
        assert "database system is shut down" in log

    def test_killed_it_leaves_the_server_and_the_next_one_takes_it_over(self, place: Path, run: Run) -> None:
        parent = run(UP)
        pid = int(until_it_says(parent, "up").split()[1])
        parent.kill()
        parent.wait()
        assert Server(place / "data").status().state is State.RUNNING
        with running(place / "data") as address:
            assert (address.pid, address.found) == (pid, True)
            assert "was running already, and is used as it is" in address.told()
            assert asked(address, "SELECT 1") == 1
        assert gone(pid), "whoever takes it over also stops it"

    def test_interrupted_while_it_makes_the_database_it_leaves_nothing_running(self, place: Path, run: Run) -> None:
        parent = run(UP)
        wait_until("initdb is at work", lambda: list(place.glob("data/postgres.new-*/PG_VERSION")))
        parent.send_signal(signal.SIGTERM)
        assert "down" in said(parent, 143)
        assert Server(place / "data").status().state is State.ABSENT
        assert not list((place / "data").glob("postgres*"))

    def test_who_listens_to_signals_himself_keeps_doing_so(self, place: Path) -> None:
        heard: list[int] = []
        before = signal.signal(signal.SIGTERM, lambda number, _: heard.append(number))
        try:
            with running(place / "data") as address:
                os.kill(os.getpid(), signal.SIGTERM)
                assert asked(address, "SELECT 1") == 1
        finally:
            signal.signal(signal.SIGTERM, before)
        assert heard == [signal.SIGTERM]


@linux_only
def test_a_server_that_cannot_be_reached_is_neither_doubled_nor_out_of_reach_of_stop(place: Path) -> None:
    server = Server(place / "data", patience=1)
    address = server.start()
    shutil.rmtree(address.socket_dir)
    assert server.status().state is State.BUSY
    with pytest.raises(Unusable, match="has not answered for 1 seconds"):
        server.start()
    assert Server(place / "data").stop()
    assert gone(address.pid)


@linux_only
def test_a_server_whose_folder_was_removed_keeps_its_socket_until_it_ends(place: Path) -> None:
    """It would take the new one's socket with it when it goes."""
    address = Server(place / "data").start()
    shutil.rmtree(place / "data")
    try:
        with pytest.raises(Unusable, match="whose data folder was removed; such a server ends within a minute"):
            Server(place / "data").start()
        assert not gone(address.pid)
    finally:
        os.kill(address.pid, signal.SIGQUIT)
    wait_until("it has gone", lambda: gone(address.pid))
    with running(place / "data") as new:
        assert asked(new, "SELECT 1") == 1
