"""The message box: who reads what is written in it, and, once the dispute is closed, what more can be done."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from django.utils.translation import gettext as _

from amends import words
from amends.core.vocabulary import Verb

from .acts_ahead import appeal_until
from .case_matter import Matter


class Box(NamedTuple):
    """`appeal`, `until` and `no_appeal` are for a party of a closed dispute; of the first and last one at most."""

    address: str
    """The act it posts to; empty where nobody may write."""
    label: str
    hint: str
    waiting: str
    """Since when an answer is awaited; empty where none is."""
    appeal: str
    """Where the result can be looked at again; empty where it cannot."""
    until: str
    """Until when, in a sentence; empty where no date is set."""
    no_appeal: words.Said | None


def box(matter: Matter, url: Callable[..., str]) -> Box:
    """`url` makes addresses of the reader's seat."""
    about = {"order": matter.order.id, "dispute": matter.dispute.number}
    can = Verb.MESSAGE in matter.rights.can
    appeal, until, refused = _appeal(matter, url)
    return Box(
        url("act", **about, verb=Verb.MESSAGE.value) if can else "",
        _label(matter),
        _hint(matter),
        _waiting(matter),
        appeal,
        until,
        refused,
    )


def _label(matter: Matter) -> str:
    if matter.staff:
        return _("To both sides")
    if matter.dispute.open:
        return _("To the other side and, once there is one, the mediator")
    return _("To the marketplace's staff; the other side can read it too")


def _hint(matter: Matter) -> str:
    if matter.dispute.open:
        return _("Messages are not binding. Only an offer in this dispute counts.")
    return _("The dispute is closed: a message is answered by staff, and changes nothing in the result.")


def _waiting(matter: Matter) -> str:
    since = matter.dispute.unanswered_at
    if since is None:
        return ""
    at = {"at": words.instant(since)}
    if matter.staff:
        return _("A side wrote %(at)s and nobody of the staff has answered yet. Your message answers it.") % at
    return _("A message of %(at)s is in the queue of the marketplace's staff.") % at


def _appeal(matter: Matter, url: Callable[..., str]) -> tuple[str, str, words.Said | None]:
    dispute = matter.dispute
    pending = any(appeal.granted is None for appeal in dispute.appeals)
    if matter.staff or dispute.open or pending:
        return "", "", None
    if Verb.APPEAL in matter.rights.can:
        until = appeal_until(matter.order, dispute, matter.viewer, matter.now)
        said = _("You can do that until %(at)s.") % {"at": words.instant(until)} if until else ""
        return url("act", order=matter.order.id, dispute=dispute.number, verb=Verb.APPEAL.value), said, None
    refusal = matter.rights.why_not(Verb.APPEAL)
    return "", "", words.refusal(refusal) if refusal is not None else None
