"""How long the longest function and the longest file of amends/ are, and may be.

A ratchet, not a wall: ratchet.json holds what was true once, and nothing may grow past it. `make ratchet` lowers it
to what is true today. To raise it, edit the file, and let the commit say why.
"""

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

CHECKOUT = Path(__file__).parents[2]
LIMITS = Path(__file__).with_name("ratchet.json")


class Length(NamedTuple):
    """Lines of something, and where it stands."""

    lines: int
    place: str


def measure(folder: Path) -> dict[str, list[Length]]:
    """Every file's and every function's length under that folder, longest first; decorators and docstrings count."""
    files: list[Length] = []
    functions: list[Length] = []
    for path in sorted(folder.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        place = path.relative_to(folder.parent).as_posix()
        files.append(Length(len(text.splitlines()), place))
        functions.extend(_functions(text, place))
    return {"longest_file": sorted(files, reverse=True), "longest_function": sorted(functions, reverse=True)}


def _functions(text: str, place: str) -> Iterator[Length]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            yield Length((node.end_lineno or first) - first + 1, f"{place}:{node.lineno} {node.name}")


def past(limits: dict[str, int], lengths: dict[str, list[Length]]) -> list[str]:
    """One sentence for each thing that is longer than the ratchet allows."""
    return [
        f"{length.place} has {length.lines} lines; the {kind.replace('_', ' ')} may have {limits[kind]}. "
        "Split it by thought."
        for kind, found in lengths.items()
        for length in found
        if length.lines > limits[kind]
    ]


def lowered(limits: dict[str, int], lengths: dict[str, list[Length]]) -> dict[str, int]:
    """The limits brought down to today's longest; never up."""
    return {kind: min([limit, *(length.lines for length in lengths[kind][:1])]) for kind, limit in limits.items()}


def main() -> None:
    """Lower ratchet.json to what amends/ needs today, and say so."""
    before = json.loads(LIMITS.read_text(encoding="utf-8"))
    lengths = measure(CHECKOUT / "amends")
    after = lowered(before, lengths)
    LIMITS.write_text(json.dumps(after, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    for kind, limit in after.items():
        longest = f"; the longest is {lengths[kind][0].place}" if lengths[kind] else ""
        print(f"{kind.replace('_', ' ')}: {before[kind]} -> {limit} lines{longest}")


if __name__ == "__main__":
    main()
