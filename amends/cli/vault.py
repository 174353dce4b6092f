"""`amends vault`: does all evidence lie there as it was kept, and what lies there that is nobody's?"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from .house import add_data, check_schema, opened
from .trouble import Trouble

if TYPE_CHECKING:
    from argparse import _SubParsersAction

MOST_LISTED = 100


def add_to(commands: _SubParsersAction[argparse.ArgumentParser]) -> None:
    vault = commands.add_parser("vault", help="check the stored evidence, or throw away what belongs to nothing")
    what = vault.add_mutually_exclusive_group(required=True)
    what.add_argument("--verify", action="store_true", help="hash every stored piece anew; changes nothing")
    vault.add_argument(
        "--deep", action="store_true", help="with --verify: also open every file and hold it against its event; slow"
    )
    what.add_argument("--sweep", action="store_true", help="throw away what a worker would at its next upkeep")
    vault.set_defaults(command=_vault)
    add_data(vault)


def _vault(arguments: argparse.Namespace) -> int:
    if arguments.deep and not arguments.verify:
        raise Trouble("--deep is a way to verify: give it with --verify.")
    with opened(arguments):
        from amends.vault.faults import Unreachable

        check_schema()
        try:
            return _verified(deep=arguments.deep) if arguments.verify else _swept()
        except Unreachable as fault:
            raise Trouble(str(fault)) from None


def _verified(*, deep: bool) -> int:
    from amends.orders import evidence_upkeep

    checked = evidence_upkeep.verify(datetime.now(UTC), deep=deep)
    for wrong in checked.wrong:
        print(f"BROKEN  {wrong.marketplace} {wrong.order_key} {wrong.file} {wrong.piece}: {wrong.sentence}")
    for orphan in checked.orphans[:MOST_LISTED]:
        print(f"orphan  {orphan.sha256}  {orphan.size:,} bytes since {orphan.at:%Y-%m-%d %H:%M}")
    if len(checked.orphans) > MOST_LISTED:
        print(f"orphan  and {len(checked.orphans) - MOST_LISTED:,} more")
    verdict = f"{len(checked.wrong):,} BROKEN, named above" if checked.wrong else "every piece is as it was kept"
    print(f"vault: {checked.files:,} files, {checked.pieces:,} pieces, {len(checked.orphans):,} orphans, {verdict}")
    return 1 if checked.wrong else 0


def _swept() -> int:
    from amends.orders import evidence_upkeep

    swept = evidence_upkeep.sweep(datetime.now(UTC))
    print(
        f"vault: thrown away {swept.uploads:,} unfinished uploads, {swept.files:,} files nobody gave as evidence, "
        f"{swept.orphans:,} orphans, {swept.leftovers:,} leftovers"
    )
    return 0
