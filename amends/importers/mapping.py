"""A mapping: the file in which an operator says how to read his own export.

It is TOML, documented in docs/importing.md. `load` finds it by name or path, `parse` reads its text; both answer
with a `Mapping` or raise `MappingError`, which names every problem by its key path at once.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from .faults import nearest
from .mapping_checks import checked
from .shape import Mapping, MappingError

__all__ = ["Mapping", "MappingError", "load", "parse", "shipped"]

_SHIPPED: Final = Path(__file__).parent / "mappings"


def shipped() -> tuple[str, ...]:
    """Names of the mappings that come with Amends."""
    return tuple(sorted(path.stem for path in _SHIPPED.glob("*.toml")))


def load(name: str) -> Mapping:
    """The mapping of that name (`olist`), or the one in that file (a path ending in `.toml`).

    Raises `MappingError`, also for a file that is not there, is no TOML or is no UTF-8.
    """
    path = _SHIPPED / f"{name}.toml" if name in shipped() else Path(name)
    if path.suffix != ".toml":
        known = ", ".join(shipped())
        hint = nearest(name, shipped())
        raise MappingError(name, (f"is none of our mappings ({known}) and no path ending in .toml{hint}",))
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as fault:
        raise MappingError(name, (f"cannot be read ({fault.strerror}); name a mapping file or one of ours",)) from None
    except UnicodeDecodeError as fault:
        raise MappingError(name, (f"is not UTF-8 (byte {fault.start}); save it as UTF-8",)) from None
    return parse(text, where=name)


def parse(text: str, *, where: str = "mapping") -> Mapping:
    """The mapping a TOML text describes. `where` names the text in the problems of a `MappingError`."""
    return checked(text, where)
