"""`amends import --into`: recorded orders into the database, through the one door, as often as one likes."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from .house import marketplace_called, migrate, opened, set_up
from .trouble import Trouble

if TYPE_CHECKING:
    from amends.orders.bulk import Brought, Recorded

SHOWN = 20
"""So many refusals are told on the terminal; all of them stand in the file named by --refused."""


class Tally(NamedTuple):
    """What came of an import: orders looked at, acts written now, acts that were there, refusals by act and code."""

    orders: int = 0
    written: int = 0
    there: int = 0
    refused: Counter[str] = Counter()  # noqa: RUF012 - never changed, only added to

    def with_another(self, other: Tally) -> Tally:
        return Tally(
            self.orders + other.orders,
            self.written + other.written,
            self.there + other.there,
            self.refused + other.refused,
        )

    def told(self, marketplace: str, seconds: float) -> str:
        lines = [
            f"{self.orders:,} orders into {marketplace}: {self.written:,} acts written, {self.there:,} there already, "
            f"{self.refused.total():,} refused"
        ]
        lines += [f"  refused  {many:,} {why}" for why, many in self.refused.most_common()]
        rate = self.orders / seconds if seconds else 0
        return "\n".join([*lines, f"  {seconds:.1f} s, {rate:,.0f} orders a second"])


class Part(NamedTuple):
    """What one process brings: every order whose seller falls to its number, so that two seldom meet."""

    commands: Path
    marketplace: UUID
    number: int
    parts: int
    now: datetime
    refused: Path


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--into", metavar="MARKETPLACE", help="also bring the orders into this marketplace's database")
    parser.add_argument("--policy", metavar="FILE", help="with --into: makes the marketplace, if there is none")
    parser.add_argument("--refused", type=Path, metavar="FILE", help="with --into: every refused act, as JSON lines")
    parser.add_argument(
        "--processes", type=int, default=min(2, os.cpu_count() or 1), metavar="N", help="with --into (default: 2)"
    )


def bring(arguments: argparse.Namespace, commands: Path) -> int:
    """Bring a file of commands into the marketplace named by --into, and say what came of it."""
    with opened(arguments), TemporaryDirectory(prefix="amends-import-") as folder:
        migrate()
        marketplace = _marketplace(arguments.into, arguments.policy)
        since = time.monotonic()
        now = datetime.now(UTC)
        parts = max(1, arguments.processes)
        work = [
            Part(commands, marketplace, number, parts, now, Path(folder) / f"{number}.jsonl") for number in range(parts)
        ]
        tally = Tally()
        for one in _done(work):
            tally = tally.with_another(one)
        _tell_refusals([part.refused for part in work], arguments.refused)
    seconds = time.monotonic() - since
    print(json.dumps(tally._asdict() | {"seconds": seconds}) if arguments.json else tally.told(arguments.into, seconds))
    return 0


def _marketplace(name: str, policy: str | None) -> UUID:
    from amends import policies
    from amends.orders import marketplaces

    if policy is None or marketplaces.named(name) is not None:
        return marketplace_called(name)
    made = marketplaces.register(name, policies.load(policy))
    print(f"made the marketplace {name}\nid   {made.id}\nkey  {made.key}", file=sys.stderr)
    return made.id


def _done(work: Sequence[Part]) -> Iterator[Tally]:
    if len(work) == 1:
        yield brought(work[0])
        return
    with ProcessPoolExecutor(len(work), mp_context=get_context("spawn"), initializer=set_up) as pool:
        yield from pool.map(brought, work)


def brought(part: Part) -> Tally:
    """Bring one part; what a process of its own runs."""
    from amends.importers import importing
    from amends.orders import bulk, store

    orders, written, there, refused = 0, 0, 0, Counter[str]()
    last = ""
    try:
        with part.refused.open("w", encoding="utf-8") as file:
            for one in bulk.bring(part.marketplace, recorded_orders(part), now=part.now):
                orders += one.order_key != last
                last = one.order_key
                if one.refused is not None:
                    refused[f"{one.do}: {one.refused.code}"] += 1
                    file.write(_refusal(one))
                elif one.repeated:
                    there += 1
                else:
                    written += 1
    except (importing.Unusable, store.NoMarketplace) as unusable:
        raise Trouble(str(unusable)) from None
    return Tally(orders, written, there, refused)


def recorded_orders(part: Part) -> Iterator[tuple[str, list[Recorded]]]:
    """The part's orders, each with its acts."""
    from amends.core.durations import parse_instant
    from amends.importers.grouping import by_order
    from amends.orders.bulk import Recorded

    for order, documents in by_order(part.commands):
        if zlib.crc32(str(documents[0].get("seller")).encode()) % part.parts == part.number:
            yield (
                order,
                [
                    Recorded(
                        parse_instant(document["at"]), {k: v for k, v in document.items() if k not in ("at", "order")}
                    )
                    for document in documents
                ],
            )


def _refusal(one: Brought) -> str:
    assert one.refused is not None
    said = {
        "order": one.order_key,
        "at": f"{one.at:%Y-%m-%dT%H:%M:%SZ}",
        "do": one.do,
        "code": one.refused.code.value,
        "sentence": f"{one.refused.sentence} {one.refused.way_out}",
    }
    return json.dumps(said, ensure_ascii=False) + "\n"


def _tell_refusals(parts: Sequence[Path], file: Path | None) -> None:
    shown = 0
    try:
        out = file.open("w", encoding="utf-8") if file else None
    except OSError as wrong:
        raise Trouble(f"{file} cannot be written: {wrong.strerror}.") from None
    for part in parts:
        with part.open(encoding="utf-8") as lines:
            for line in lines:
                if out is not None:
                    out.write(line)
                elif shown < SHOWN:
                    said = json.loads(line)
                    print(f"refused  {said['order']}  {said['do']}: {said['sentence']}", file=sys.stderr)
                shown += 1
    if out is not None:
        out.close()
    elif shown > SHOWN:
        print(f"and {shown - SHOWN:,} more; --refused FILE keeps them all", file=sys.stderr)
