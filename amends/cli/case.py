"""`amends case`: a dispute as one signed file, and the key it is signed with."""

from __future__ import annotations

import argparse
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from .house import add_data, check_schema, marketplace_called, opened
from .trouble import Trouble

if TYPE_CHECKING:
    from argparse import _SubParsersAction

LANGUAGES = ("en", "ru", "zh-hans", "pt", "ar")
ROLES = ("buyer", "seller", "mediator", "court", "marketplace")


def add_to(commands: _SubParsersAction[argparse.ArgumentParser]) -> None:
    case = commands.add_parser("case", help="a dispute as one signed file, and the key it is signed with")
    verbs = case.add_subparsers(required=True, metavar="export|key")
    export = verbs.add_parser("export", help="write one dispute as a zip that anybody can check offline")
    export.add_argument("order", metavar="ORDER")
    export.add_argument("dispute", metavar="DISPUTE", type=int, help="its number in the order, from 1")
    export.add_argument("--as", dest="role", required=True, choices=ROLES, help="for whom: what this role may see")
    export.add_argument(
        "--language", default="en", choices=LANGUAGES, help="of the reading copy: en (default), ru, zh-hans, pt, ar"
    )
    export.add_argument("-o", "--out", required=True, type=Path, metavar="FILE")
    export.set_defaults(command=_export)
    key = verbs.add_parser("key", help="the fingerprint to publish, and those of before with their days")
    key.add_argument("--replace", action="store_true", help="sign with a new key from now on; the old secret is lost")
    key.set_defaults(command=_key)
    for verb in (export, key):
        verb.add_argument("--marketplace", required=True, metavar="NAME")
        add_data(verb)


def written_to(place: Path, write: Callable[[BinaryIO], None]) -> None:
    """A file that is there whole or not at all. Raises Trouble where it cannot be written."""
    beside = place.with_name(f".{place.name}.{os.getpid()}")
    try:
        with beside.open("xb") as file:
            write(file)
        beside.replace(place)
    except OSError as fault:
        raise Trouble(
            f"{place} cannot be written: {fault.strerror or fault}. Name a file in a folder of yours."
        ) from None
    finally:
        with suppress(OSError):
            beside.unlink()


def _export(arguments: argparse.Namespace) -> int:
    with opened(arguments):
        from amends.orders import casefiles, clock
        from amends.stories.telling import sentence
        from amends.vault.casefile.building import BrokenCase
        from amends.vault.casefile.container import TooLarge
        from amends.vault.casefile.contents import Role
        from amends.vault.faults import Damaged, Unreachable

        check_schema()
        marketplace = marketplace_called(arguments.marketplace)
        now = clock.now_of(marketplace, datetime.now(UTC))
        role = Role(arguments.role)
        try:
            made = casefiles.written(
                marketplace,
                arguments.order,
                arguments.dispute,
                role=role,
                viewer=f"operator, for the {role.value}",
                tell=sentence,
                now=now,
                language=arguments.language,
            )
        except (casefiles.NoCase, BrokenCase, TooLarge, Unreachable) as trouble:
            raise Trouble(str(trouble)) from None
        except Damaged as lost:
            raise Trouble(f"{lost} So no case file was made. `amends vault --verify` names all such files.") from None
        with made:
            written_to(arguments.out, lambda file: shutil.copyfileobj(made, file))
    print(f"{arguments.out}: dispute {arguments.dispute} of order {arguments.order}, as the {role.value} may see it")
    return 0


def _key(arguments: argparse.Namespace) -> int:
    with opened(arguments):
        from amends.orders import signers
        from amends.vault.casefile.signing import printable

        check_schema()
        marketplace = marketplace_called(arguments.marketplace)
        if arguments.replace:
            signers.replace(marketplace)
        else:
            signers.signer(marketplace)
        for key in signers.published(marketplace):
            until = f"until {key.until:%Y-%m-%d}" if key.until else "in use"
            print(f"{printable(key.fingerprint)}  since {key.since:%Y-%m-%d}, {until}")
    return 0
