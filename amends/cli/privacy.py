"""`amends erase`, `hold` and `subject`: what a person may ask of whoever keeps data about him, and what forbids it."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from .case import written_to
from .house import add_data, check_schema, marketplace_called, opened
from .trouble import Trouble

if TYPE_CHECKING:
    from argparse import _SubParsersAction


def add_to(commands: _SubParsersAction[argparse.ArgumentParser]) -> None:
    erase = commands.add_parser("erase", help="make all that a person wrote and gave unreadable, for good")
    erase.add_argument("person", metavar="PERSON", help="as the marketplace calls its buyer or seller")
    erase.add_argument("--reason", required=True, metavar="TEXT", help="stays on record; write no names in it")
    erase.set_defaults(command=_erase)

    subject = commands.add_parser("subject", help="everything that is held of a person, as a zip for that person")
    subject.add_argument("person", metavar="PERSON")
    subject.add_argument("-o", "--out", required=True, type=Path, metavar="FILE")
    subject.set_defaults(command=_subject)

    hold = commands.add_parser("hold", help="forbid that a person or an order is erased")
    verbs = hold.add_subparsers(required=True, metavar="place|lift|list")
    place, lift, listed = (verbs.add_parser(verb) for verb in ("place", "lift", "list"))
    for verb in (place, lift):
        verb.add_argument("kind", choices=["person", "order"])
        verb.add_argument("subject", metavar="NAME")
    place.add_argument("--reason", required=True, metavar="TEXT")
    place.set_defaults(command=_place)
    lift.set_defaults(command=_lift)
    listed.set_defaults(command=_list)
    for command in (erase, subject, place, lift, listed):
        command.add_argument("--marketplace", required=True, metavar="NAME")
        add_data(command)


def _erase(arguments: argparse.Namespace) -> int:
    with opened(arguments):
        from amends.orders import holds, privacy

        check_schema()
        marketplace = marketplace_called(arguments.marketplace)
        try:
            erased = privacy.erase(marketplace, arguments.person, reason=arguments.reason, now=datetime.now(UTC))
        except holds.Held as held:
            raise Trouble(str(held)) from None
    if not erased.anything:
        raise Trouble(f"Nothing is held of {arguments.person}. Give the id the marketplace calls this person by.")
    print(
        f"{arguments.person} is erased: the key of all texts, {erased.files} files; "
        f"shown as {erased.pseudonym or 'nobody'} in {erased.orders} orders from now on"
    )
    return 0


def _subject(arguments: argparse.Namespace) -> int:
    with opened(arguments):
        from amends.orders import clock, subject
        from amends.stories.telling import sentence
        from amends.vault.faults import Damaged, Unreachable

        check_schema()
        marketplace = marketplace_called(arguments.marketplace)
        now = clock.now_of(marketplace, datetime.now(UTC))
        held: list[Any] = []

        def write(file: BinaryIO) -> None:
            held.append(subject.export(marketplace, arguments.person, file, tell=sentence, now=now))

        try:
            written_to(arguments.out, write)
        except Damaged as lost:
            raise Trouble(f"{lost} So nothing was written. `amends vault --verify` names all such files.") from None
        except Unreachable as away:
            raise Trouble(str(away)) from None
    print(f"{arguments.out}: {held[0].orders} orders and {held[0].files} files of {arguments.person}")
    return 0


def _place(arguments: argparse.Namespace) -> int:
    with opened(arguments):
        from amends.orders import holds

        check_schema()
        marketplace = marketplace_called(arguments.marketplace)
        kind = holds.Kind(arguments.kind)
        placed = holds.hold(marketplace, kind, arguments.subject, reason=arguments.reason, now=datetime.now(UTC))
    if not placed:
        raise Trouble(f"A hold stands on {arguments.kind} {arguments.subject} already; `amends hold list` shows it.")
    print(f"{arguments.kind} {arguments.subject} is held: nothing of it is erased until `amends hold lift`")
    return 0


def _lift(arguments: argparse.Namespace) -> int:
    with opened(arguments):
        from amends.orders import holds

        check_schema()
        marketplace = marketplace_called(arguments.marketplace)
        lifted = holds.lift(marketplace, holds.Kind(arguments.kind), arguments.subject, now=datetime.now(UTC))
    if not lifted:
        raise Trouble(
            f"No hold stands on {arguments.kind} {arguments.subject}; `amends hold list` shows those that do."
        )
    print(f"{arguments.kind} {arguments.subject} is held no longer")
    return 0


def _list(arguments: argparse.Namespace) -> int:
    with opened(arguments):
        from amends.orders import holds

        check_schema()
        for hold in holds.listed(marketplace_called(arguments.marketplace)):
            until = f", lifted {hold.lifted_at:%Y-%m-%d}" if hold.lifted_at else ""
            print(f"{hold.kind.value}  {hold.subject}  since {hold.placed_at:%Y-%m-%d}{until}  {hold.reason}")
    return 0
