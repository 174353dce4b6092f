"""Who the server runs as. PostgreSQL refuses to be root, so root hands it to an account without privileges."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Final, NamedTuple

from .faults import Unusable

STAND_INS: Final = ("postgres", "nobody")
"""Whom root tries in turn, where nobody owns the data yet."""


class Account(NamedTuple):
    """An account of this machine. `stands_in`: the caller is root, and processes must drop to it."""

    name: str
    uid: int
    gid: int
    stands_in: bool

    def popen(
        self,
        argv: Sequence[str | Path],
        *,
        output: IO[bytes] | int,
        keep_open: Sequence[int] = (),
        session: bool = False,
    ) -> subprocess.Popen[bytes]:
        """Start a program as this account, in /, with an environment of its own and nothing on standard input.

        `keep_open` are descriptors it inherits; `session` takes it out of reach of the terminal's Ctrl-C.
        """
        drop: dict[str, object] = {"user": self.uid, "group": self.gid, "extra_groups": []} if self.stands_in else {}
        try:
            return subprocess.Popen(  # type: ignore[call-overload,no-any-return]  # noqa: S603 - programs of ours, no shell
                [os.fspath(part) for part in argv],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd="/",
                env=own_environment(os.environ),
                umask=0o077,
                pass_fds=tuple(keep_open),
                start_new_session=session,
                **drop,
            )
        except (PermissionError, ValueError, subprocess.SubprocessError) as fault:
            # Before the exec in the child: root without the right to become somebody else, or a file out of reach.
            if self.stands_in and not _may_become(self):
                raise Unusable(
                    f"You are root here without the right to become {self.name}, and PostgreSQL refuses to run as "
                    "root. Run Amends as an ordinary user, or set DATABASE_URL to a PostgreSQL that runs elsewhere."
                ) from None
            raise Unusable(f"{argv[0]} cannot be run as {self.name}: {fault}.") from None

    def answer(self, argv: Sequence[str | Path], *, keep_open: Sequence[int] = ()) -> tuple[int, str]:
        """Run a program to its end: its status, and all it said. Interrupted, it does not leave it behind."""
        process = self.popen(argv, output=subprocess.PIPE, keep_open=keep_open, session=True)
        try:
            said, _ = process.communicate()
        except BaseException:
            process.kill()
            process.wait()
            raise
        return process.returncode, said.decode(errors="replace")

    def first_closed(self, path: Path) -> Path | None:
        """The first folder on the way to `path`, itself included, that this account may not enter; None if all is open.

        Tried, not computed: lists of rights and mounts that mode bits do not show count too.
        """
        way = [*reversed(path.parents), path]
        script = 'for folder; do cd "$folder" 2>/dev/null || { printf %s "$folder"; exit 1; }; done'
        status, said = self.answer(["/bin/sh", "-c", script, "sh", *way])
        return Path(said) if status else None


def own_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """What PostgreSQL's programs see: no PG* variable of the caller's, no language, no library path."""
    kept = {name: environ[name] for name in ("PATH", "TMPDIR") if name in environ}
    return {"PATH": os.defpath, **kept, "LC_ALL": "C", "TZ": "UTC"}


def named(uid: int, *, stands_in: bool) -> Account:
    """The account with this number. `Unusable` where it has no entry in passwd: initdb refuses without one."""
    import pwd  # noqa: PLC0415 - not on every platform; the sentence about that comes first

    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise Unusable(
            f"User number {uid} has no entry in passwd, and PostgreSQL refuses to run without one. Use a user that "
            "has a name, or set DATABASE_URL to a PostgreSQL that runs elsewhere."
        ) from None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, stands_in)


def stand_in() -> Account:
    """The account that root gives a new database to. `Unusable` where there is none of STAND_INS."""
    import pwd  # noqa: PLC0415

    for name in STAND_INS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Account(name, entry.pw_uid, entry.pw_gid, stands_in=True)
    raise Unusable(
        f"PostgreSQL refuses to run as root, and there is no account {' or '.join(STAND_INS)} to run it. "
        "Make one (useradd --system postgres), or run Amends as an ordinary user."
    )


def shown(uid: int) -> str:
    """An account for people: its name, or its number where it has none."""
    import pwd  # noqa: PLC0415

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user number {uid}"


def home_of_owner(path: Path) -> bool:
    """Whether this folder is the home of whoever owns it. Homes are never taken over."""
    import pwd  # noqa: PLC0415

    try:
        home = Path(pwd.getpwuid(path.stat().st_uid).pw_dir)
        return home.exists() and home.samefile(path)
    except (KeyError, OSError):
        return False


def _may_become(account: Account) -> bool:
    try:
        subprocess.run(["/bin/true"], user=account.uid, group=account.gid, extra_groups=[], check=True)
    except (OSError, ValueError, subprocess.SubprocessError):
        return False
    return True
