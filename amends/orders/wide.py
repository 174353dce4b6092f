"""What concerns more than one order: blocked parties, and regions whose clocks stand still.

The fact is written first, then each order by an act of its own: no write crosses two orders. New orders read the fact
when they are placed, with it in their guard. One that is being written while the fact is can still miss it, and whoever
spreads the act can be killed; so the act is kept in `region_spread` until it has reached every order, and workers
(`follow_up`) bring it to those it has not reached.
"""

# ruff: noqa: S608 (statements are put together from this file's constants; values travel beside them)

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import LiteralString, NamedTuple
from uuid import UUID

from amends.core import commands as c
from amends.core.durations import Duration, MalformedDuration, parse_period
from amends.core.refusals import Refused
from amends.core.rules.ordering import malformed
from amends.core.rules.outside import hold_name
from amends.core.told import listed
from amends.core.vocabulary import RefusalCode
from amends.core.wire import read_command, write_command

from . import trips
from .handle import Outcome, handle
from .people import sealed_for
from .recording import BrokenHistory

log = logging.getLogger(__name__)

LOOKED_AFTER = timedelta(seconds=30)
"""Real time: how long one process is thought to be at it, and when another looks again."""
SETTLED = timedelta(seconds=60)
"""Real time after the act: no order is still being written by somebody who did not know of it."""
AT_ONCE = 200
"""Orders a worker brings an act to before it looks after other things."""


class Spread(NamedTuple):
    """What came of an act on a region: the orders it reached, those that refused it, those that cannot be read."""

    reached: tuple[str, ...] = ()
    refused: tuple[tuple[str, Refused], ...] = ()
    malformed: Refused | None = None
    broken: tuple[str, ...] = ()


def block(marketplace: UUID, command: c.BlockParty | c.UnblockParty, *, now: datetime) -> Refused | None:
    """Let a party of the marketplace start nothing new, or again; None when it is done.

    `party` is the marketplace's own name of somebody. Blocking twice keeps the newest finding.
    """
    refused = _not_theirs(command)
    if refused is None and not command.finding.strip():
        refused = malformed("a block needs its finding", "Say why.")
    if refused is not None:
        return refused
    if isinstance(command, c.UnblockParty):
        statement = "DELETE FROM party_block WHERE marketplace = %(m)s AND party = %(party)s"
        trips.run(marketplace, statement, {"m": marketplace, "party": command.party})
        return None
    key_id, finding = sealed_for(marketplace, command.party, command.finding, about="block")
    trips.run(
        marketplace,
        """INSERT INTO party_block (marketplace, party, key_id, finding, by, actor, blocked_at)
        VALUES (%(m)s, %(party)s, %(key_id)s, %(finding)s, %(by)s, %(actor)s, %(at)s)
        ON CONFLICT (marketplace, party) DO UPDATE SET key_id = excluded.key_id, finding = excluded.finding,
            by = excluded.by, actor = excluded.actor, blocked_at = excluded.blocked_at""",
        {
            "m": marketplace,
            "party": command.party,
            "key_id": key_id,
            "finding": finding,
            "by": command.by.value,
            "actor": command.actor,
            "at": now,
        },
    )
    return None


def pause_region(marketplace: UUID, command: c.PauseClocks, *, now: datetime, most: int | None = None) -> Spread:
    """Stop the clocks of every order the region concerns, and of those that come while it lasts.

    With `most` only so many hear of it at once; workers bring it to the others.
    """
    refused = _not_theirs(command) or _unreadable(command)
    if refused is not None:
        return Spread(malformed=refused)
    document = write_command(command)
    trips.run(
        marketplace,
        f"""WITH {_TO_BE_SPREAD}
        INSERT INTO region_pause (marketplace, hold, countries, command, started_at)
        VALUES (%(m)s, %(hold)s, %(countries)s::text[], %(command)s::jsonb, %(at)s)
        ON CONFLICT (marketplace, hold) DO UPDATE SET command = excluded.command, started_at = excluded.started_at""",
        {
            "m": marketplace,
            "hold": hold_name(command.countries),
            "countries": sorted(command.countries),
            "command": json.dumps(document),
            "at": now,
            "others_from": LOOKED_AFTER,
        },
    )
    return spread(marketplace, command, now=now, most=most)


def resume_region(marketplace: UUID, command: c.ResumeClocks, *, now: datetime, most: int | None = None) -> Spread:
    """Let the clocks of a region go on, each with the time that was left, once the pause's grace is over.

    With `most` only so many hear of it at once; workers bring it to the others.
    """
    refused = _not_theirs(command)
    if refused is not None:
        return Spread(malformed=refused)
    trips.run(
        marketplace,
        f"""WITH {_TO_BE_SPREAD}
        DELETE FROM region_pause WHERE marketplace = %(m)s AND hold = %(hold)s""",
        {
            "m": marketplace,
            "hold": hold_name(command.countries),
            "command": json.dumps(write_command(command)),
            "others_from": LOOKED_AFTER,
        },
    )
    return spread(marketplace, command, now=now, most=most)


_TO_BE_SPREAD: LiteralString = """to_be_spread AS (INSERT INTO region_spread (marketplace, hold, command, look_at)
    VALUES (%(m)s, %(hold)s, %(command)s::jsonb, now() + %(others_from)s::interval)
    ON CONFLICT (marketplace, hold) DO UPDATE SET command = excluded.command, changed_at = excluded.changed_at,
        look_at = excluded.look_at)"""


def spread(
    marketplace: UUID, command: c.PauseClocks | c.ResumeClocks, *, now: datetime, most: int | None = None
) -> Spread:
    """Bring the act to every order of the region it has not reached yet, or to `most` of them.

    Safe to call again, also after a crash. An order with a broken history is named, and stops no other.
    """
    pausing = isinstance(command, c.PauseClocks)
    reached, refused, broken = [], [], []
    for order_key in islice(_of_region(marketplace, command.countries, held=not pausing), most):
        try:
            outcome: Outcome = handle(marketplace, order_key, command, now=now)
        except BrokenHistory as history:
            log.error("An act on a region did not reach an order: %s", history)
            broken.append(order_key)
            continue
        if outcome.refused is None:
            reached.append(order_key)
        else:
            refused.append((order_key, outcome.refused))
    return Spread(tuple(reached), tuple(refused), broken=tuple(broken))


# ── what was missed ──────────────────────────────────────────────────────────────────────────────


class _Unfinished(NamedTuple):
    """An act on a region that may not have reached every order; `settled`: nobody can miss it any more."""

    marketplace: UUID
    hold: str
    command: str
    settled: bool
    changed_at: datetime
    clock_at: datetime | None


def follow_up(real_now: datetime, *, most: int = AT_ONCE) -> int:
    """Bring one act on a region to orders it missed, at most to `most` of them; how many it reached.

    Orders are missed where they were placed in the same moment, or where whoever spread the act was killed. Any number
    of workers may call this; it is theirs in turn.
    """
    values = {"again": LOOKED_AFTER, "settled": SETTLED}
    found = trips.in_one_trip(None, _NEXT, values, role=trips.WORKER, begin=True)
    if not found:
        return 0
    act = _Unfinished(*found[0])
    done = spread(act.marketplace, _command(act), now=act.clock_at or real_now, most=most)
    if done.reached and len(done.reached) + len(done.refused) + len(done.broken) >= most:
        _mark(act, _LOOK_AGAIN)
    elif act.settled and not done.refused and not done.broken:
        _mark(act, _DONE)
    return len(done.reached)


def finish(marketplace: UUID, *, now: datetime) -> None:
    """Bring every act on a region of this marketplace to all the orders it has not reached yet."""
    rows = trips.in_one_trip(marketplace, _ALL, {"m": marketplace}, begin=False)
    for (command,) in rows:
        act = read_command(json.loads(command))
        assert isinstance(act, c.PauseClocks | c.ResumeClocks), "only these are kept there"
        spread(marketplace, act, now=now)


def _command(unfinished: _Unfinished) -> c.PauseClocks | c.ResumeClocks:
    command = read_command(json.loads(unfinished.command))
    assert isinstance(command, c.PauseClocks | c.ResumeClocks), "only these are kept there"
    return command


def _mark(act: _Unfinished, statement: LiteralString) -> None:
    values = {"m": act.marketplace, "hold": act.hold, "changed_at": act.changed_at}
    trips.run(act.marketplace, statement, values, role=trips.WORKER)


_NEXT: LiteralString = """UPDATE region_spread s SET look_at = now() + %(again)s::interval
    FROM (SELECT marketplace, hold FROM region_spread WHERE look_at <= now() ORDER BY look_at
        LIMIT 1 FOR UPDATE SKIP LOCKED) p
    JOIN marketplace m ON m.id = p.marketplace
    WHERE s.marketplace = p.marketplace AND s.hold = p.hold
    RETURNING s.marketplace, s.hold, s.command, s.changed_at + %(settled)s::interval < now(), s.changed_at,
        m.clock_at"""
# An act that came meanwhile has another `changed_at`, and stays.
_LOOK_AGAIN: LiteralString = """UPDATE region_spread SET look_at = now()
    WHERE marketplace = %(m)s AND hold = %(hold)s AND changed_at = %(changed_at)s"""
_DONE: LiteralString = """DELETE FROM region_spread
    WHERE marketplace = %(m)s AND hold = %(hold)s AND changed_at = %(changed_at)s"""
_ALL: LiteralString = "SELECT command FROM region_spread WHERE marketplace = %(m)s ORDER BY changed_at"


def _of_region(marketplace: UUID, countries: tuple[str, ...], *, held: bool) -> Iterator[str]:
    """Orders of the region, held by its pause or not yet; in the order of their keys, read as they are needed."""
    after = ""
    while True:
        rows = trips.in_one_trip(
            marketplace,
            """SELECT order_key FROM orders WHERE marketplace = %(m)s AND order_key > %(after)s
            AND countries && %(countries)s::text[] AND (%(hold)s = ANY (holds)) = %(held)s AND status <> 'cancelled'
            ORDER BY order_key LIMIT 500""",
            {
                "m": marketplace,
                "after": after,
                "countries": list(countries),
                "hold": hold_name(countries),
                "held": held,
            },
            begin=False,
        )
        for (order_key,) in rows:
            yield order_key
        if not rows:
            return
        after = rows[-1][0]


def _not_theirs(command: c.Command) -> Refused | None:
    if command.by in command.who:
        return None
    who = listed(sorted(command.who))
    return Refused(RefusalCode.NOT_ALLOWED, verb=command.verb, party=command.by, who=who)


def _unreadable(command: c.PauseClocks) -> Refused | None:
    if not command.text.strip():
        return malformed("a pause needs its reason", "Say why the clocks stand still.")
    return None if _period(command.grace) else malformed("the grace period cannot be read", "Write it like P2D.")


def _period(text: str) -> Duration | None:
    try:
        return parse_period(text)
    except MalformedDuration:
        return None
