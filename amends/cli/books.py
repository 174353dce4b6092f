"""`amends books --verify` and `amends replay`: is everything that is stored as it must be?"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from .house import add_data, check_schema, marketplace_called, opened
from .trouble import Trouble

if TYPE_CHECKING:
    from argparse import _SubParsersAction

    from amends.orders.verify import Report

NOT_CHECKED = {
    "C6": "every order ends: proved of a policy by `amends policy check`, not of a row",
    "E2": "nothing is added after the freeze: refused at the door, shown by stories; files: `amends vault --verify`",
    "E4": "no plain text is left after an erasure: shown by a test, as what is gone cannot be looked for",
    "A1, A2, A3": "who may act and read: refused at the door, shown by tests",
}
"""Laws a look at the stored rows cannot decide, and who answers for them instead."""


def add_to(commands: _SubParsersAction[argparse.ArgumentParser]) -> None:
    books = commands.add_parser("books", help="check every invariant on all that is stored")
    books.add_argument("--verify", action="store_true", required=True, help="look at everything, change nothing")
    books.add_argument("--fast", action="store_true", help="only orders written in the last day")
    books.set_defaults(command=_books)
    replay = commands.add_parser("replay", help="fold every order from its events, and compare with its row")
    replay.add_argument("--rebuild", action="store_true", help="put right the rows that differ (never an event)")
    replay.set_defaults(command=_replay)
    for command in (books, replay):
        command.add_argument("--marketplace", metavar="NAME", help="only this one (default: all)")
        add_data(command)


def _books(arguments: argparse.Namespace) -> int:
    with opened(arguments):
        from amends.orders import verify
        from amends.payments import check as sandbox

        check_schema()
        only = marketplace_called(arguments.marketplace) if arguments.marketplace else None
        try:
            report = verify.verify(only, fast=arguments.fast)
            report.broken += sandbox.check(only)
        except verify.CannotLook as blind:
            raise Trouble(str(blind)) from None
    _say_broken(report)
    for law, why in NOT_CHECKED.items():
        print(f"not checked here  {law}: {why}")
    for missing in report.unenforced:
        print(f"not enforced      {missing}")
    verdict = "every invariant holds" if report.holds else f"{len(report.broken):,} BROKEN, named above"
    print(f"books: {report.orders:,} orders, {report.transfers:,} transfers, {verdict}")
    return 0 if report.holds else 1


def _replay(arguments: argparse.Namespace) -> int:
    with opened(arguments):
        from amends.orders import marketplaces, verify

        check_schema()
        if arguments.marketplace:
            chosen = [marketplace_called(arguments.marketplace)]
        else:
            chosen = [marketplace for marketplace, _ in marketplaces.every()]
        rebuilt = 0
        if arguments.rebuild:
            rebuilt = sum(len(verify.replay(marketplace).rebuilt) for marketplace in chosen)
        reports = [verify.verify(marketplace) for marketplace in chosen]
    for report in reports:
        _say_broken(report)
    orders, events, broken = (
        sum(part) for part in zip(*[(r.orders, r.events, len(r.broken)) for r in reports] or [(0, 0, 0)], strict=True)
    )
    put_right = f"{rebuilt:,} rows built anew, " if arguments.rebuild else ""
    print(f"replay: {orders:,} orders from {events:,} events, {put_right}{broken:,} differences")
    return 1 if broken else 0


def _say_broken(report: Report) -> None:
    for broken in report.broken:
        print(broken)
    sys.stdout.flush()
