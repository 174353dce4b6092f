"""Reading settings from the environment: each one typed, and whatever cannot be meant refused by name.

A setting that is not there has a default or is asked for; one that is there is read strictly, because a service
that starts with half of its settings is found out in production.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

PREFIX = "AMENDS_"


class Environment:
    """Settings by name. Raises ImproperlyConfigured: the name, what stands there, what would be right."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values

    def text(self, name: str, default: str) -> str:
        return self.values.get(name, "").strip() or default

    def flag(self, name: str, *, default: bool) -> bool:
        read = self.text(name, "")
        if read in ("", "0", "1"):
            return default if read == "" else read == "1"
        raise _nonsense(name, read, "write 1 for yes or 0 for no")

    def number(self, name: str, default: int, *, least: int, most: int) -> int:
        read = self.text(name, str(default))
        if read.isascii() and read.isdigit() and least <= int(read[:19]) <= most:
            return int(read)
        raise _nonsense(name, read, f"write a whole number from {least} to {most}")

    def names(self, name: str, default: Iterable[str] = ()) -> list[str]:
        """Names set apart by commas."""
        read = self.text(name, "")
        return [part for part in map(str.strip, read.split(",")) if part] if read else list(default)

    def refuse_unknown(self, known: Iterable[str]) -> None:
        """A misspelt setting would silently be its default; so every AMENDS_ name must be one we know."""
        names = set(known)
        for name in sorted(self.values):
            if name.startswith(PREFIX) and name not in names and not name.startswith(f"{PREFIX}TEST_"):
                near = difflib.get_close_matches(name, names, 1)
                hint = f"did you mean {near[0]}" if near else f"there are {', '.join(sorted(names))}"
                raise ImproperlyConfigured(f"There is no setting {name}; {hint}?")


def databases(environment: Environment) -> dict[str, Any]:
    """Django's DATABASES: the one at DATABASE_URL behind a pool, or none where nothing is set."""
    url = environment.text("DATABASE_URL", "")
    if not url:
        return {}
    found = database(url)
    connections = environment.number("AMENDS_DATABASE_CONNECTIONS", 10, least=1, most=1000)
    # Prepared from the second use on: a third less CPU in the database. Off behind a pgbouncer older than 1.21.
    prepare = environment.flag("AMENDS_DATABASE_PREPARE", default=True)
    found["OPTIONS"] |= {
        # The pool waits twice as long with each vain attempt to connect anew. It is to give up soon, so that who comes
        # when the server is back makes a fresh one and does not sit out what an outage has added up to.
        "pool": {"min_size": 0, "max_size": connections, "timeout": 3, "reconnect_timeout": 1},
        "prepare_threshold": 2 if prepare else None,
        "server_side_binding": True,
    }
    # The pool keeps connections; what Django would keep beside it is lost with each thread the web server retires.
    found["CONN_MAX_AGE"] = 0
    return {"default": found}


def database(url: str) -> dict[str, Any]:
    """A PostgreSQL URL as Django wants it, without pool and options of our own.

    What follows the `?` goes to the driver as it is, so `?host=/run/postgresql` means a socket.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise _nonsense("DATABASE_URL", _without_password(url), "write postgresql://user:password@host:5432/name")
    try:
        port = parts.port
    except ValueError:
        raise _nonsense("DATABASE_URL", _without_password(url), "write the port as a number") from None
    name = unquote(parts.path.removeprefix("/"))
    if not name or "/" in name:
        raise _nonsense("DATABASE_URL", _without_password(url), "end it with the name of the database, like /amends")
    options = dict(parse_qsl(parts.query, strict_parsing=True)) if parts.query else {}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", None) or unquote(parts.hostname or ""),
        "PORT": str(port or options.pop("port", "")),
        "OPTIONS": options,
    }


class MailServer(NamedTuple):
    host: str = "localhost"
    port: int = 25
    user: str = ""
    password: str = ""
    starttls: bool = False
    tls: bool = False


def mail_server(url: str, *, sender: str) -> MailServer:
    """AMENDS_SMTP read. Whatever leaves this machine goes over TLS: letters hold links that let people in."""
    if not url:
        if sender:
            raise ImproperlyConfigured(
                "AMENDS_MAIL_FROM is set, and AMENDS_SMTP is not; name the server, like smtp://localhost:25."
            )
        return MailServer()
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        raise _nonsense("AMENDS_SMTP", _without_password(url), "write the port as a number") from None
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.path.strip("/"):
        raise _nonsense("AMENDS_SMTP", _without_password(url), "write smtp://name:password@host:587")
    if "@" not in sender:
        raise ImproperlyConfigured("AMENDS_SMTP is set; say in AMENDS_MAIL_FROM whom letters come from.")
    tls = parts.scheme == "smtps"
    near = parts.hostname in ("localhost", "127.0.0.1", "::1")
    return MailServer(
        parts.hostname,
        port or (465 if tls else 25),
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        starttls=not tls and not near,
        tls=tls,
    )


def _nonsense(name: str, read: str, right: str) -> ImproperlyConfigured:
    shown = read if len(read) <= 80 else f"{read[:77]}..."
    return ImproperlyConfigured(f"{name} is “{shown}”; {right}.")


def _without_password(url: str) -> str:
    before, at, after = url.rpartition("@")
    return f"{before.partition('://')[0]}://…@{after}" if at else url
