"""The password of the port on 127.0.0.1: made once, kept in a file that only its owner reads."""

from __future__ import annotations

import os
import secrets
import stat

import psycopg
from psycopg import sql

from .cluster import SUPERUSER
from .folder import Folder


def password_of(folder: Folder) -> str:
    """The one in DATA/password, made if there is none. A file that others could read is closed to them."""
    descriptor = folder.open("password", os.O_RDWR)
    with os.fdopen(descriptor, "r+", encoding="ascii") as file:
        if stat.S_IMODE(os.fstat(descriptor).st_mode) & 0o077:
            os.fchmod(descriptor, 0o600)
        password = file.read().strip()
        if not password:
            password = secrets.token_urlsafe(24)
            file.write(f"{password}\n")
    return password


def set_password(server: psycopg.Connection[tuple[object, ...]], password: str) -> None:
    """Let the superuser in with it. Only its SCRAM verifier is sent, so no log ever shows the password."""
    verifier = server.pgconn.encrypt_password(password.encode(), SUPERUSER.encode(), b"scram-sha-256").decode()
    server.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(SUPERUSER), sql.Literal(verifier)))
