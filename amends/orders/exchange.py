"""The hot path to PostgreSQL: several statements in one packet, and all their answers when the last has come.

psycopg's own pipeline hands each statement to the kernel by itself and wakes the server for each; here a trip is one
write and, as a rule, one read. What is ours is only the order of libpq's calls: values are turned to text and back by
psycopg, and statements stay prepared on their connection.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import psycopg
from psycopg.abc import PQGen
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGconn, PGresult
from psycopg.waiting import Ready, Wait

Rows = list[tuple[Any, ...]]
Statement = tuple[str, Mapping[str, Any]]
"""SQL with its values as `%(name)s`, and the values."""

_Key = tuple[str, tuple[int, ...]]


class Written(NamedTuple):
    """A statement as PostgreSQL reads it, and whose value each `$n` is."""

    sql: bytes
    names: tuple[str, ...]


_prepared: WeakKeyDictionary[PGconn, dict[_Key, bytes]] = WeakKeyDictionary()


def exchange(pg: psycopg.Connection[Any], statements: Sequence[Statement]) -> list[Rows]:
    """Send all statements at once, and bring the rows of each; the first that fails fails the rest.

    They are one transaction unless they say otherwise. Raises psycopg's error of the statement that failed, and
    OperationalError where the connection is lost, after which nobody knows what was done. With prepare_threshold
    None (an old pgbouncer between us) nothing is prepared.
    """
    pgconn = pg.pgconn
    known = _prepared.setdefault(pgconn, {})
    sends: list[Callable[[], None]] = []
    new: dict[int, tuple[_Key, bytes]] = {}
    answers: list[int] = []
    for text, values in statements:
        statement = written(text)
        transformer = Transformer(pg)
        dumped = transformer.dump_sequence([values[name] for name in statement.names], _AS_TEXT * len(statement.names))
        if pg.prepare_threshold is None:
            sends.append(partial(pgconn.send_query_params, statement.sql, dumped, transformer.types))
        else:
            key = (text, tuple(transformer.types or ()))
            name = known.get(key) or _named(new, key)
            if name is None:
                name = b"amends_%d" % (len(known) + len(new))
                new[len(sends)] = (key, name)
                sends.append(partial(pgconn.send_prepare, name, statement.sql, transformer.types))
            sends.append(partial(pgconn.send_query_prepared, name, dumped))
        answers.append(len(sends) - 1)
    pgconn.enter_pipeline_mode()
    results = pg.wait(_conversation(pgconn, sends))
    pgconn.exit_pipeline_mode()
    for position, (key, name) in new.items():
        if results[position].status == ExecStatus.COMMAND_OK:
            known[key] = name
    for result in results:
        if result.status == ExecStatus.FATAL_ERROR:
            raise psycopg.errors.error_from_result(result)
    return [_rows(pg, results[position]) for position in answers]


def forget(pg: psycopg.Connection[Any]) -> None:
    """The connection's prepared statements are gone: prepare them anew when they are needed."""
    _prepared.pop(pg.pgconn, None)


_AS_TEXT = (PyFormat.TEXT,)


@lru_cache(maxsize=1024)
def written(text: str) -> Written:
    names = tuple(dict.fromkeys(re.findall(r"%\((\w+)\)s", text)))
    numbered = {name: f"${number}" for number, name in enumerate(names, 1)}
    sql = re.sub(r"%\((\w+)\)s|%%", lambda found: numbered[found[1]] if found[1] else "%", text)
    return Written(sql.encode(), names)


def _named(new: Mapping[int, tuple[_Key, bytes]], key: _Key) -> bytes | None:
    """A statement that stands twice in one trip is prepared once."""
    return next((name for known, name in new.values() if known == key), None)


def _conversation(pgconn: PGconn, sends: Sequence[Callable[[], None]]) -> PQGen[list[PGresult]]:
    """Everything out, then one result for each that was sent; what follows a failure is PIPELINE_ABORTED."""
    for send in sends:
        send()
    pgconn.pipeline_sync()
    while pgconn.flush():
        # The server may have to be read before it reads on.
        if (yield Wait.RW) & Ready.R:
            pgconn.consume_input()
    results: list[PGresult] = []
    while True:
        while pgconn.is_busy():
            while not (yield Wait.R):
                continue
            pgconn.consume_input()
        result = pgconn.get_result()
        if result is None:  # between two statements
            if pgconn.status == psycopg.pq.ConnStatus.BAD:
                raise psycopg.OperationalError("the connection was lost")
            continue
        if result.status == ExecStatus.PIPELINE_SYNC:
            return results
        results.append(result)


def _rows(pg: psycopg.Connection[Any], result: PGresult) -> Rows:
    if result.status != ExecStatus.TUPLES_OK:
        return []
    transformer = Transformer(pg)
    transformer.set_pgresult(result)
    return transformer.load_rows(0, result.ntuples, tuple)
