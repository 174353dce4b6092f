"""What goes wrong with a database, as sentences somebody can act on."""

from __future__ import annotations

import errno
import re


class Unusable(Exception):
    """The database cannot be started, reached or used; the sentence says why and what would work.

    A person can mend it, so the command line prints the sentence and ends with status 2.
    """


_WAYS_OUT = {
    errno.EACCES: "Choose a folder you may write to with --data, or let its owner change that",
    errno.EPERM: "Choose a folder you may write to with --data, or let its owner change that",
    errno.EROFS: "Choose a folder on a disk that can be written to with --data",
    errno.ENOSPC: "Make room (a new database takes about 60 MB), or choose another disk with --data",
    errno.EDQUOT: "Make room (a new database takes about 60 MB), or choose another disk with --data",
    errno.ENOTDIR: "Choose a folder with --data",
    errno.ENAMETOOLONG: "Choose a shorter path with --data",
    errno.ELOOP: "Choose a folder that is not behind a link with --data",
}


def because(fault: OSError, place: object) -> Unusable:
    """What the operating system refused at `place`, as a sentence with a way out."""
    way_out = _WAYS_OUT.get(fault.errno or 0, "Choose another folder with --data")
    return Unusable(f"{place} cannot be used: {(fault.strerror or str(fault)).lower()}. {way_out}.")


_ENDINGS = (
    (
        ("No space left on device", "Disk quota exceeded"),
        "The disk of {data} is full. Make room (a new database takes about 60 MB), or choose another disk with --data.",
    ),
    (
        ("could not bind IPv4 address", "could not create any TCP/IP sockets"),
        "The server could not open port {port} of 127.0.0.1: {said}. Choose another with --port, or leave it out.",
    ),
    (
        ("using socket file",),
        "Another PostgreSQL still uses the socket of {data}, perhaps one whose data folder was removed; such a server "
        "ends within a minute. Try again then: {said}.",
    ),
    (
        ("still in use",),
        "Processes of an earlier server are still at work in {data}; they end by themselves. Try again in a moment: "
        "{said}.",
    ),
    (
        ("Permission denied", "Operation not permitted"),
        "PostgreSQL may not use {data}: {said}. Look who owns the files in it.",
    ),
)


def ending(log: str, *, data: object, port: object) -> Unusable:
    """Why PostgreSQL (or initdb) ended at once, from what it wrote; the worst line is quoted."""
    said = _worst(log)
    for words, sentence in _ENDINGS:
        if any(word in log for word in words):
            return Unusable(sentence.format(data=data, port=port, said=said))
    return Unusable(
        f"PostgreSQL did not start on {data}: {said}. The whole story is in {data}/start.log and postgres/log."
    )


_TELLING = ("could not ", "invalid value", "unrecognized ", "syntax error", "PANIC:", "FATAL:", "error:")


def _worst(log: str) -> str:
    """The line that tells most: what could not be done or read, else what was fatal, else the last."""
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    telling = next((line for word in _TELLING for line in lines if word in line), lines[-1] if lines else "")
    return _PREFIX.sub("", telling).rstrip(".") or "it said nothing"


_PREFIX = re.compile(r"^(?:.*\[\d+\] (?:\S+@\S+ )?)?(?:\w+: )*(?:LOG|FATAL|PANIC|ERROR|WARNING|error): +")
"""`2026-03-01 09:00:00.000 UTC [17] FATAL:  ` of the server, `initdb: error: ` of the tools."""
