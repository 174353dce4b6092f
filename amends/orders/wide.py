"""What concerns more than one order: blocked parties, and regions whose clocks stand still.

The fact is written first, then each order by an act of its own: no write crosses two orders. New orders read the fact
when they are placed, with it in their guard. One that is being written while the fact is can still miss it, so whoever
sweeps calls `spread` again while a pause lasts; it reaches only those it has not reached.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from amends.core import commands as c
from amends.core.durations import Duration, MalformedDuration, parse_period
from amends.core.refusals import Refused
from amends.core.rules.outside import hold_name
from amends.core.vocabulary import RefusalCode
from amends.core.wire import write_command

from . import trips
from .handle import Outcome, handle
from .people import sealed_for


class Spread(NamedTuple):
    """What came of an act on a region: the orders it reached, and those that refused it."""

    reached: tuple[str, ...] = ()
    refused: tuple[tuple[str, Refused], ...] = ()
    malformed: Refused | None = None


def block(marketplace: UUID, command: c.BlockParty | c.UnblockParty, *, now: datetime) -> Refused | None:
    """Let a party of the marketplace start nothing new, or again; None when it is done.

    `party` is the marketplace's own name of somebody. Blocking twice keeps the newest finding.
    """
    refused = _not_theirs(command)
    if refused is None and not command.finding.strip():
        refused = _malformed("a block needs its finding", "Say why.")
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


def pause_region(marketplace: UUID, command: c.PauseClocks, *, now: datetime) -> Spread:
    """Stop the clocks of every order the region concerns, and of those that come while it lasts."""
    refused = _not_theirs(command) or _unreadable(command)
    if refused is not None:
        return Spread(malformed=refused)
    document = write_command(command)
    trips.run(
        marketplace,
        """INSERT INTO region_pause (marketplace, hold, countries, command, started_at)
        VALUES (%(m)s, %(hold)s, %(countries)s::text[], %(command)s::jsonb, %(at)s)
        ON CONFLICT (marketplace, hold) DO UPDATE SET command = excluded.command, started_at = excluded.started_at""",
        {
            "m": marketplace,
            "hold": hold_name(command.countries),
            "countries": sorted(command.countries),
            "command": json.dumps(document),
            "at": now,
        },
    )
    return spread(marketplace, command, now=now)


def resume_region(marketplace: UUID, command: c.ResumeClocks, *, now: datetime) -> Spread:
    """Let the clocks of a region go on, each with the time that was left, once the pause's grace is over."""
    refused = _not_theirs(command)
    if refused is not None:
        return Spread(malformed=refused)
    trips.run(
        marketplace,
        "DELETE FROM region_pause WHERE marketplace = %(m)s AND hold = %(hold)s",
        {"m": marketplace, "hold": hold_name(command.countries)},
    )
    return spread(marketplace, command, now=now)


def spread(marketplace: UUID, command: c.PauseClocks | c.ResumeClocks, *, now: datetime) -> Spread:
    """Bring the act to every order of the region it has not reached yet. Safe to call again, also after a crash."""
    pausing = isinstance(command, c.PauseClocks)
    reached, refused = [], []
    for order_key in _of_region(marketplace, command.countries, held=not pausing):
        outcome: Outcome = handle(marketplace, order_key, command, now=now)
        if outcome.refused is None:
            reached.append(order_key)
        else:
            refused.append((order_key, outcome.refused))
    return Spread(tuple(reached), tuple(refused))


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
    who = ", ".join(sorted(command.who))
    return Refused(RefusalCode.NOT_ALLOWED, verb=command.verb.value, party=command.by.value, who=who)


def _unreadable(command: c.PauseClocks) -> Refused | None:
    if not command.text.strip():
        return _malformed("a pause needs its reason", "Say why the clocks stand still.")
    return None if _period(command.grace) else _malformed("the grace period cannot be read", "Write it like P2D.")


def _period(text: str) -> Duration | None:
    try:
        return parse_period(text)
    except MalformedDuration:
        return None


def _malformed(why: str, mend: str) -> Refused:
    return Refused(RefusalCode.MALFORMED, why=why, mend=mend)
