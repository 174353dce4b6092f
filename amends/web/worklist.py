"""A seller works through his list: an act begun there leads back there, to the row that comes next.

The row's link carries `todo`, its place in the list from 1; the form hands it on as `_todo`. Once the act is done its
row is gone, and at its place stands the next. It is no right: whoever changes it lands at another row of his own list.
"""

from __future__ import annotations

from amends.core.vocabulary import Party

from .here import Here


def place(here: Here) -> str:
    """The place in digits; "" where the act was not begun at the list."""
    if here.party is not Party.SELLER:
        return ""
    given = here.request.POST.get("_todo", "") or here.request.GET.get("todo", "")
    return given if given.isascii() and given.isdigit() and len(given) < 5 else ""


def back(here: Here) -> str:
    """The list at that place; "" where the act was not begun there."""
    found = place(here)
    return f"{here.url('todo')}#row-{found}" if found else ""
