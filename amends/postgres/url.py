"""DATABASE_URL: a PostgreSQL that somebody else runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple
from urllib.parse import quote

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from .faults import Unusable

OLDEST: Final = 15
"""The oldest major version Amends works with."""

_FORM: Final = "Write it as postgresql://user:password@host:5432/name"
_PARTS: Final = ("dbname", "user", "password", "host", "port")


class Target(NamedTuple):
    """A database and the way to it. `host` may be a folder (a socket) or a list, as libpq has it; empty means libpq's
    default. `options` are all other words of libpq (sslmode, application_name, …)."""

    name: str
    user: str
    password: str
    host: str
    port: str
    options: Mapping[str, str]

    def dsn(self) -> str:
        """For psycopg; has the password in it."""
        parts = {
            "dbname": self.name,
            "user": self.user,
            "password": self.password,
            "host": self.host,
            "port": self.port,
        }
        return make_conninfo("", **{name: value for name, value in parts.items() if value}, **self.options)

    def shown(self) -> str:
        """For people and logs: without the password."""
        user = f"{self.user}@" if self.user else ""
        host = quote(self.host, safe=",:[]") + (f":{self.port}" if self.port else "")
        return f"postgresql://{user}{host}/{self.name}"

    def django(self) -> dict[str, object]:
        """An entry of Django's DATABASES; pool and timeouts are for the settings to add."""
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": self.name,
            "USER": self.user,
            "PASSWORD": self.password,
            "HOST": self.host,
            "PORT": self.port,
            "OPTIONS": dict(self.options),
        }


def read(url: str) -> Target:
    """Read a DATABASE_URL. `Unusable` where it is none, is another database's, or names no database."""
    scheme, found, _ = url.strip().partition("://")
    if not found:
        raise Unusable(f"DATABASE_URL is no URL. {_FORM}, or unset it to use the embedded PostgreSQL.")
    if scheme not in ("postgresql", "postgres"):
        raise Unusable(f"DATABASE_URL begins with {scheme}://, and Amends needs PostgreSQL. {_FORM}.")
    try:
        parts = {name: str(value) for name, value in conninfo_to_dict(url.strip()).items() if value is not None}
    except psycopg.ProgrammingError:  # its message may quote the password
        raise Unusable(
            f"DATABASE_URL cannot be read. {_FORM}; in user and password write @ as %40, / as %2F, : as %3A, # as %23, "
            "% as %25, and name only options that libpq knows."
        ) from None
    if not parts.get("dbname"):
        raise Unusable(f"DATABASE_URL names no database. {_FORM}.")
    name, user, password, host, port = (parts.pop(part, "") for part in _PARTS)
    if not all(0 < int(number) < 65_536 if number.isdecimal() else not number for number in port.split(",")):
        raise Unusable(f"DATABASE_URL has the port {port}; a port is a number from 1 to 65535. {_FORM}.")
    return Target(name, user, password, host, port, parts)


def check(target: Target, *, oldest: int = OLDEST) -> str:
    """Connect once, and say which PostgreSQL it is ("15.18"). `Unusable` where it is too old or cannot be reached."""
    try:
        with psycopg.connect(target.dsn(), connect_timeout=int(target.options.get("connect_timeout") or 5)) as asked:
            number = asked.info.server_version
    except psycopg.OperationalError as fault:
        raise Unusable(f"{target.shown()} cannot be reached: {_said(fault)} {_way_out(str(fault))}") from None
    version = f"{number // 10_000}.{number % 10_000}"
    if number // 10_000 < oldest:
        raise Unusable(
            f"{target.shown()} is PostgreSQL {version}; Amends needs {oldest} or newer. Upgrade it, or unset "
            "DATABASE_URL to use the embedded one."
        )
    return version


def _said(fault: psycopg.OperationalError) -> str:
    """The last line of what libpq said, which says why, without where."""
    lines = [
        line.strip() for line in str(fault).splitlines() if line.strip() and not line.lstrip().startswith("Is the")
    ]
    said = lines[-1].rpartition(" failed: ")[2] if lines else "it did not say why"
    return said.removeprefix("FATAL:").strip().rstrip(".") + "."


def _way_out(said: str) -> str:
    if "password" in said or "authentication" in said or "pg_hba" in said:
        return "Check user and password in DATABASE_URL, and pg_hba.conf of that server."
    if "database" in said and "does not exist" in said:
        return "Make it (createdb), or correct the name in DATABASE_URL."
    if "role" in said and "does not exist" in said:
        return "Make that user (createuser), or correct the name in DATABASE_URL."
    if "translate host" in said or "resolve" in said:
        return "Check the name of the host in DATABASE_URL."
    return "Check that it is running, and host and port in DATABASE_URL."
