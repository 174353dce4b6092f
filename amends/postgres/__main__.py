"""`python -m amends.postgres start | stop | status | psql`: what `amends db` does."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from .command import add_verbs
from .faults import Unusable


def _say(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; answers with its exit status, 2 with a sentence on standard error for what cannot be done."""
    parser = argparse.ArgumentParser(prog="amends db", description="The embedded PostgreSQL.")
    add_verbs(parser, _say)
    arguments = parser.parse_args(argv)
    try:
        return int(arguments.command(arguments))
    except Unusable as unusable:
        sys.stderr.write(f"amends: {unusable}\n")
    except KeyboardInterrupt:
        sys.stderr.write("amends: stopped\n")
    return 2


if __name__ == "__main__":
    raise SystemExit(main())
