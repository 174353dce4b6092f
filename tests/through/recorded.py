"""Recorded books of any size, made of the small one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.lab.books import book


def copies(folder: Path, many: int) -> Path:
    """The book of eight orders so many times, each copy with orders and buyers of its own."""
    path = book(folder)
    for name in ("commands.jsonl", "complaints.jsonl"):
        file = folder / name
        documents = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        lines = [json.dumps(_copy(document, number)) for number in range(many) for document in documents]
        lines.sort(key=lambda line: str(json.loads(line)["at"]))
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _copy(document: dict[str, Any], number: int) -> dict[str, Any]:
    changed = {**document, "order": f"{document['order']}-{number}"}
    for name in ("id", "buyer"):
        if name in document:
            changed[name] = f"{document[name]}-{number}"
    return changed
