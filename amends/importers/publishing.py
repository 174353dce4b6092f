"""New files take the place of old ones only when all of them are complete and on the disk."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TextIO

from .faults import Unusable


@contextmanager
def published(source: Path, targets: Sequence[Path]) -> Iterator[list[TextIO]]:
    """Files to write, one for each target, which become the targets when the block ends well.

    They are written beside their targets, brought to the disk, and renamed in the order of `targets`; so whoever
    sees the last one sees all of them. If the block fails, none is touched. Only the owner may read them: they name
    buyers. Raises `Unusable` where a target cannot be written, before anything is read.
    """
    _check(source, targets)
    try:
        with ExitStack() as cleaning:
            files = [cleaning.enter_context(_beside(target)) for target in targets]
            yield [file for file, _ in files]
            for file, _ in files:
                file.flush()
                os.fsync(file.fileno())
                file.close()
            for (_, path), target in zip(files, targets, strict=True):
                path.replace(target)
            for folder in {target.parent for target in targets}:
                _sync_folder(folder)
    except OSError as fault:  # also what closing a file on a full disk brings up
        raise Unusable(f"{fault.filename or targets[-1]} cannot be written: {fault.strerror}.") from None


@contextmanager
def _beside(target: Path) -> Iterator[tuple[TextIO, Path]]:
    """A new file in the target's folder, gone again at the end unless it was renamed."""
    try:
        number, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".partial", dir=target.parent)
    except OSError as fault:
        raise Unusable(f"{target} cannot be written: {fault.strerror}.") from None
    path = Path(name)
    try:
        with os.fdopen(number, "w", encoding="utf-8", newline="\n") as file:
            yield file, path
    finally:
        path.unlink(missing_ok=True)


def _check(source: Path, targets: Sequence[Path]) -> None:
    places = [target.resolve() for target in targets]
    for target, place in zip(targets, places, strict=True):
        if place == source.resolve():
            raise Unusable(f"{target} is the file to be read; name another one to write to.")
        if places.count(place) > 1:
            raise Unusable(f"{target} is named twice; commands, complaints and report need a file each.")
        if target.is_dir():
            raise Unusable(f"{target} is a folder; name a file in it.")
        if not target.parent.is_dir():
            raise Unusable(f"{target} cannot be written: there is no folder {target.parent}; make it first.")


def _sync_folder(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
