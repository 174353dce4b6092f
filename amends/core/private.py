"""Personal text, and the form in which it may stand in an event.

Rules read plain text; events must not hold any. So a field of personal text is a `Private`: plain while a
decision is made, and, once sealed at the edge, a reference and the SHA-256 of the ciphertext. The chain and
the golden files are over the sealed form, so that a person can be erased and the chain still verifies.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Private:
    """Text of one person. Two are equal when their sealed forms are; plain text is never compared or written."""

    plain: str | None = field(default=None, compare=False, repr=False)
    ref: str = ""
    digest: str = ""

    @property
    def sealed(self) -> bool:
        return bool(self.ref)


Seal = Callable[[str], Private]
"""Given plain text, stores it encrypted somewhere and answers with the sealed form (plain may stay for reading)."""


def private(text: str | None) -> Private | None:
    """A field of personal text, or None where nothing was written."""
    return Private(text) if text else None
