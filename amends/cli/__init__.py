"""The command line: one file a group of commands, each of which imports only the room it opens.

Exit status 0: done. 1: done, and something is not as it should be (a story failed, a policy is refuted, an
invariant is broken). 2: it could not be done, and a sentence says why and what would work.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from amends import __version__

from . import books, case, orders, policies, privacy, service, showing, staff, stories, vault
from .trouble import Trouble


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; answers with its exit status."""
    from amends.core.policy import PolicyError
    from amends.core.refusals import Refused

    arguments = _parser().parse_args(argv)
    try:
        return int(arguments.command(arguments))
    except (Trouble, PolicyError) as trouble:
        print(f"amends: {trouble}", file=sys.stderr)
    except Refused as refused:
        print(f"amends: {refused.sentence} {refused.way_out}", file=sys.stderr)
    except BrokenPipeError:
        sys.stderr.close()
    except KeyboardInterrupt:
        print("amends: stopped", file=sys.stderr)
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="amends", description="Buyer protection and disputes for marketplaces.")
    parser.add_argument("--version", action="version", version=f"amends {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    stories.add_to(commands)
    policies.add_to(commands)
    orders.add_to(commands)
    service.add_to(commands)
    showing.add_to(commands)
    staff.add_to(commands)
    books.add_to(commands)
    vault.add_to(commands)
    case.add_to(commands)
    privacy.add_to(commands)
    return parser
