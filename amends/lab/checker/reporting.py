"""A report in words, for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from .findings import PROVABLE, Code, Finding, Report

_WIDTH = 118


def told(report: Report) -> str:
    """What was proved, then what was found, the worst first, each counter-example below its finding."""
    lines = [
        f"policy {report.policy}: {report.states:,} states and {report.moves:,} steps in {report.seconds:.1f} s",
        "",
    ]
    for code in report.proved:
        lines += _wrapped(f"proved: {code.value} — {PROVABLE[code]}{_bound(report, code)}.")
    for finding in report.findings:
        lines += ["", *_finding(finding)]
    return "\n".join([*lines, "", _verdict(report)]) + "\n"


def _bound(report: Report, code: Code) -> str:
    if code is Code.SILENCE_ENDS_EVERY_ORDER and report.bound_days is not None:
        return f" within {report.bound_days} days"
    return ""


def _finding(finding: Finding) -> Iterator[str]:
    yield from _wrapped(f"{finding.level.value}: {finding.code.value} — {finding.sentence}")
    if finding.keys:
        yield from _wrapped(f"look at: {', '.join(finding.keys)}", indent="  ")
    if finding.counterexample:
        yield "  a story that shows it (play it with `amends play FILE`):"
        yield from ("    " + line for line in finding.counterexample.splitlines())


def _wrapped(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=indent + "  ",
        break_on_hyphens=False,
        break_long_words=False,
    )


def _verdict(report: Report) -> str:
    errors = len(report.errors)
    if not errors:
        return f"{report.policy}: nothing refutes this policy."
    return f"{report.policy}: {errors} {'error' if errors == 1 else 'errors'}."
