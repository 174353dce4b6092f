"""`python -m amends.importers FILE --mapping olist --out commands.jsonl --report report.jsonl`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from . import importing
from .mapping import MappingError, load, shipped
from .source import Limits

_UNUSABLE = 2


def main(argv: Sequence[str] | None = None) -> int:
    """Import and tell what came of it. Exit status 0, or 2 where the file or the mapping cannot be used."""
    asked = _parser().parse_args(argv)
    limits = Limits(unpacked=asked.limit_mb << 20) if asked.limit_mb else Limits()
    try:
        summary = importing.run(
            asked.file,
            load(asked.mapping),
            asked.out,
            asked.report,
            _progress() if sys.stderr.isatty() else None,
            complaints=asked.complaints,
            limits=limits,
        )
    except (MappingError, importing.Unusable) as fault:
        sys.stderr.write(f"{fault}\n")
        return _UNUSABLE
    told = json.dumps(summary.document(), ensure_ascii=False, indent=1) if asked.json else summary.told()
    sys.stdout.write(f"{told}\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="amends import", description="Real orders into commands the core eats.")
    parser.add_argument("file", type=Path, help="a CSV, a zip of CSVs, or JSON lines")
    parser.add_argument("--mapping", required=True, help=f"{', '.join(shipped())}, or a path ending in .toml")
    parser.add_argument("--out", type=Path, required=True, help="where the commands go, JSON lines")
    parser.add_argument("--report", type=Path, required=True, help="where the verdict on every row goes, JSON lines")
    parser.add_argument(
        "--complaints", type=Path, help="where reviews go; complaints.jsonl beside the commands if left out"
    )
    parser.add_argument("--limit-mb", type=int, default=0, help="how many MiB to read at most once unpacked (512)")
    parser.add_argument("--json", action="store_true", help="the summary as JSON")
    return parser


def _progress() -> Callable[[int], None]:
    def tell(orders: int) -> None:
        sys.stderr.write(f"\r{orders:,} orders")
        sys.stderr.flush()

    return tell


if __name__ == "__main__":
    sys.exit(main())
