"""`python -m bench [NAME…]`: run every benchmark, or those named, write bench/results/NAME.json, print a small table.

A benchmark is a module `NAME_bench` of this folder that prints its result as JSON. Each runs in a process of its own,
so that none inherits what another left in memory.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .machine import machine

FOLDER = Path(__file__).parent
RESULTS = FOLDER / "results"


def main(names: list[str]) -> int:
    """Run them one after the other; 1 where one of them failed."""
    known = sorted(path.stem.removesuffix("_bench") for path in FOLDER.glob("*_bench.py"))
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"There is no benchmark {', '.join(unknown)}; there are: {', '.join(known)}.", file=sys.stderr)
        return 2
    RESULTS.mkdir(exist_ok=True)
    failed = False
    for name in names or known:
        command = [sys.executable, "-m", f"bench.{name}_bench"]
        done = subprocess.run(command, cwd=FOLDER.parent, capture_output=True, text=True, check=False)
        if done.returncode:
            failed = True
            print(f"{name}: failed\n{done.stderr}", file=sys.stderr)
            continue
        result = {**json.loads(done.stdout), "machine": machine()}
        (RESULTS / f"{name}.json").write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
        print("\n".join(table(name, result)), flush=True)
    return int(failed)


def table(name: str, result: dict[str, Any]) -> Iterator[str]:
    """The figures of one result, a line each."""
    yield f"{name}: {result.get('benchmark', '')}"
    for key, value in result.items():
        if isinstance(value, int | float) and not isinstance(value, bool):
            yield f"  {key.replace('_', ' '):<45} {value:>12,}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
