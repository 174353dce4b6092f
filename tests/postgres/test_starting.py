"""A database begins with a folder's name, and its server lives as long as somebody needs it."""

import os
import stat
from pathlib import Path

import psycopg
import pytest

from amends.postgres import Address, Server, State, Unusable, running
from tests.postgres.servers import Run, asked, said, until_it_says

HOLD = """
import sys, time
from pathlib import Path
from amends.postgres import running
with running(Path(sys.argv[1] if len(sys.argv) > 1 else "data")) as address:
    print("up", address.pid, address.found, flush=True)
    time.sleep({seconds})
"""


class TestAServerThatRuns:
    """What holds for one server is looked at on one server."""

    def test_it_keeps_what_it_has_promised(self, address: Address) -> None:
        for setting in ("fsync", "synchronous_commit", "full_page_writes", "data_checksums", "logging_collector"):
            assert asked(address, f"SHOW {setting}") == "on", setting

    def test_it_is_postgresql_18_whichever_else_the_wheel_carries(self, address: Address) -> None:
        assert str(asked(address, "SHOW server_version")).startswith("18.")
        assert address.version.startswith("18.")

    def test_text_is_unicode_and_sorted_by_code_point_whatever_the_machine_thinks(self, address: Address) -> None:
        assert asked(address, "SHOW server_encoding") == "UTF8"
        query = "SELECT datlocprovider::text || ' ' || datlocale FROM pg_database WHERE datname = 'amends'"
        assert asked(address, query) == "b C.UTF-8"
        assert (
            asked(
                address,
                "SELECT lower('ÄŽ') || (SELECT string_agg(x, '' ORDER BY x) FROM unnest('{ä,z,B,a}'::text[]) x)",
            )
            == "äžBazä"
        )
        assert asked(address, "SHOW timezone") == "UTC"

    def test_no_port_is_open(self, address: Address) -> None:
        assert asked(address, "SHOW listen_addresses") == ""
        assert (address.tcp, address.password_file) == (None, None)

    def test_only_its_account_gets_to_the_socket(self, address: Address) -> None:
        seen = address.socket_dir.stat()
        assert stat.S_IMODE(seen.st_mode) == 0o700
        assert seen.st_uid == (address.data / "postgres").stat().st_uid != 0 or os.geteuid() != 0

    def test_its_log_is_in_the_data_folder_and_keeps_a_week(self, address: Address) -> None:
        logs = list(address.data.glob("postgres/log/postgresql-???.log"))
        assert len(logs) == 1
        assert "ready to accept connections" in logs[0].read_text()
        assert asked(address, "SHOW log_truncate_on_rotation") == "on"

    def test_where_the_data_is_is_said(self, address: Address) -> None:
        assert str(address.data) in address.told()
        assert f"process {address.pid}" in address.told()

    def test_status_says_the_same_and_touches_nothing(self, address: Address) -> None:
        before = sorted(path.name for path in address.data.iterdir())
        status = Server(address.data).status()
        assert status.state is State.RUNNING
        assert status.address == address._replace(found=True)
        assert sorted(path.name for path in address.data.iterdir()) == before

    def test_psql_comes_in(
        self, address: Address, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PGHOST", "elsewhere.invalid")
        assert Server(address.data).psql(["-XAtc", "SELECT current_database(), 6 * 7"]) == 0
        assert capfd.readouterr().out == "amends|42\n"

    def test_psql_keeps_its_exit_status(self, address: Address) -> None:
        assert Server(address.data).psql(["-Xqc", "SELECT 1 / 0"]) == 1

    def test_a_port_cannot_be_opened_while_it_runs(self, address: Address) -> None:
        with pytest.raises(Unusable, match="running without port 54329"):
            Server(address.data, 54_329).start()

    def test_the_callers_libpq_variables_do_not_lead_it_astray(
        self, address: Address, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PGHOST", "elsewhere.invalid")
        monkeypatch.setenv("PGPORT", "1")
        monkeypatch.setenv("PGDATABASE", "nowhere")
        assert Server(address.data).status().state is State.RUNNING


def test_the_last_to_leave_stops_it(place: Path) -> None:
    with running(place / "data") as first:
        with running(place / "data") as second:
            assert (second.found, second.pid) == (True, first.pid)
        assert asked(first, "SELECT 1") == 1
    assert Server(place / "data").status().state is State.STOPPED
    assert not first.socket_dir.exists()
    with running(place / "data") as third:
        assert not third.found
        assert third.dsn == first.dsn, "who keeps the address comes back after a restart"


def test_the_one_who_came_first_may_leave_first(place: Path, run: Run) -> None:
    with running(place / "data") as first:
        other = run(HOLD.format(seconds=2))
        assert until_it_says(other, "up").split() == ["up", str(first.pid), "True"]
    assert Server(place / "data").status().state is State.RUNNING
    said(other)
    assert Server(place / "data").status().state is State.STOPPED


def test_what_was_started_to_stay_stays(place: Path) -> None:
    server = Server(place / "data")
    server.start()
    with running(place / "data") as address:
        assert address.found
    assert server.status().state is State.RUNNING
    assert server.stop()
    assert not server.stop(), "a second stop finds nothing to do"
    assert server.status().state is State.STOPPED


def test_two_first_starts_end_with_one_server(place: Path, run: Run) -> None:
    both = [run(HOLD.format(seconds=1)) for _ in range(2)]
    heard = [until_it_says(one, "up").split()[1:] for one in both]
    assert heard[0][0] == heard[1][0], "the same process"
    assert sorted(found for _, found in heard) == ["False", "True"]
    for one in both:
        said(one)
    assert Server(place / "data").status().state is State.STOPPED


@pytest.mark.parametrize(
    "name",
    [
        "a folder with spaces",
        'it\'s "quoted", $HOME, 100 % ünïcode; true',
        "/".join(["a-rather-long-name-for-a-folder-that-holds-data"] * 12),
    ],
    ids=["spaces", "quotes", "very long"],
)
def test_a_folder_may_be_called_anything(place: Path, name: str) -> None:
    with running(place / name) as address:
        assert asked(address, "SHOW data_directory") == str(place / name / "postgres")
        assert len(os.fsencode(address.socket_dir / ".s.PGSQL.65535")) <= 107


def test_a_link_and_its_folder_are_one_database(place: Path) -> None:
    (place / "link").symlink_to(place / "data")
    with running(place / "data") as one, running(place / "link") as other:
        assert one.pid == other.pid


def test_what_the_operator_tunes_is_heeded(place: Path) -> None:
    with running(place / "data"):
        pass
    with (place / "data" / "postgres" / "postgresql.conf").open("a") as conf:
        conf.write("work_mem = '7MB'\nlisten_addresses = '*'\n")
    with running(place / "data", settings={"synchronous_commit": "off"}) as address:
        assert asked(address, "SHOW work_mem") == "7MB"
        assert asked(address, "SHOW synchronous_commit") == "off"
        assert asked(address, "SHOW listen_addresses") == "", "but where it listens is said at the start only"


def test_an_empty_folder_of_a_fresh_disk_is_taken(place: Path) -> None:
    (place / "data" / "lost+found").mkdir(parents=True)
    (place / "data").chmod(0o700)
    with running(place / "data") as address:
        assert not address.found


class TestAPort:
    def test_it_wants_the_password_from_the_file(self, place: Path, free_port: int) -> None:
        with running(place / "data", free_port) as address:
            assert address.port == free_port
            assert address.password_file == place / "data" / "password"
            assert stat.S_IMODE(address.password_file.stat().st_mode) == 0o600
            password = address.password_file.read_text().strip()
            assert len(password) >= 32
            assert address.tcp is not None
            with psycopg.connect(address.tcp, password=password) as connection:
                assert connection.info.host == "127.0.0.1"
            with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
                psycopg.connect(address.tcp, password=password[::-1])
            with pytest.raises(psycopg.OperationalError, match="no password supplied"):
                psycopg.connect(address.tcp)
            everything = b"".join(path.read_bytes() for path in (place / "data" / "postgres").rglob("*.log"))
            assert password.encode() not in everything

        with running(place / "data") as address:
            assert address.tcp is None, "without --port it is closed again"
        with running(place / "data", free_port) as address:
            assert address.password_file is not None
            assert address.password_file.read_text().strip() == password, "the password stays"

    def test_one_that_is_in_use_is_said_to_be(self, place: Path, taken_port: int) -> None:
        with pytest.raises(Unusable, match=f"Port {taken_port} of 127.0.0.1 is in use by another program"):
            Server(place / "data", taken_port).start()
        assert not (place / "data" / "postgres").exists()

    @pytest.mark.parametrize("port", [0, -1, 65_536])
    def test_a_number_that_is_none_is_said_to_be(self, place: Path, port: int) -> None:
        with pytest.raises(Unusable, match=f"{port} is no port; choose one from 1 to 65535"):
            Server(place / "data", port).start()
