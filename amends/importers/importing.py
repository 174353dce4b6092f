"""The import: an export and a mapping in, commands, complaints and a report out, or nothing at all.

`run` is the door. It reads everything first, judges every row exactly once, and only then lets the new files take
the place of old ones.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from .export import Export
from .faults import Unusable
from .judging import Desk
from .mapping import Mapping
from .publishing import published
from .report import Summary
from .source import Limits, Source

__all__ = ["Limits", "Summary", "Unusable", "run"]

_USUAL: Final = Limits()


def run(
    source: Path,
    mapping: Mapping,
    out: Path,
    report: Path,
    progress: Callable[[int], None] | None = None,
    *,
    complaints: Path | None = None,
    limits: Limits = _USUAL,
) -> Summary:
    """Read `source` by `mapping`; write commands to `out`, the verdict on every row to `report`.

    `complaints` is where reviews and complaints go, by default `complaints.jsonl` beside `out`; it is written empty
    where the mapping has none. `progress` hears how many orders have been judged, now and then and at the end.

    Raises `Unusable` where the source as a whole cannot be used or a file cannot be written; then none of the three
    files is touched. The same source and mapping always give the same bytes.
    """
    beside = complaints or out.with_name("complaints.jsonl")
    with published(source, (report, beside, out)) as (report_file, complaints_file, out_file):
        with Source(source, limits) as opened:
            desk = Desk(Export(opened, mapping))
        desk.judge(progress or (lambda _: None))
        summary = desk.summary(source.name)
        for verdicts in desk.verdicts:
            report_file.writelines(verdicts.text())
        complaints_file.writelines(each.text for each in desk.complaints)
        out_file.writelines(each.text for each in desk.commands)
    return summary
