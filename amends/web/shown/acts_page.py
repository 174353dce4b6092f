"""What the pages of acts show around a form: heading, what it is about, traps, clocks, what changed meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from django.utils.translation import gettext as _

from amends.core import sight
from amends.core.vocabulary import Verb
from amends.web import traps as trapping
from amends.web import uploading, worklist
from amends.web.forms import Ahead, Asking, Check, Filled, FormKind
from amends.web.traps import Scene, Trap
from amends.words.events import event as told_event

from . import acts_ahead
from .case_acts import NAMES
from .case_matter import Numbered
from .files import Remark

FORM = "act-form"
"""The id of the form, to which ticked files belong."""
MOST_CHANGES = 8


class Way(NamedTuple):
    address: str
    words: str


class About(NamedTuple):
    title: str
    back: str
    lead: tuple[str, ...]
    traps: tuple[Trap, ...]
    due: tuple[str, ...]
    """Until when this party is awaited, or what runs, and what silence does."""
    changes: tuple[str, ...]
    """What somebody else has done since the page was made."""
    button: str
    grave: bool
    takes_files: bool
    folds_files: bool
    own_form: bool
    ways: tuple[Way, ...]
    """What else would help."""
    leave: str
    """Where one goes who does not do it: to where he came from."""
    todo: str
    """The place in the seller's list at which this was begun; "" where it was not."""
    form: str = FORM


class Hidden(NamedTuple):
    name: str
    value: str


class Ticked(NamedTuple):
    check: Check
    wrong: bool


class Sure(NamedTuple):
    """The question before a grave act."""

    title: str
    sentences: tuple[str, ...]
    traps: tuple[Trap, ...]
    checks: tuple[Ticked, ...]
    hidden: tuple[Hidden, ...]
    quoted: tuple[str, ...]
    """What the reader wrote, to be looked at once more."""
    button: str
    key: str
    """The key the form came with; a new one is made where there is none."""
    changeable: bool


def about(asking: Asking, kind: FormKind, *, version: int | None = None) -> About:
    open_now = asking.here.rights(asking.found, asking.dispute).why_not(asking.verb) is None
    return About(
        kind.title(asking),
        back(asking),
        tuple(said for said in kind.lead(asking) if said) if open_now else (),
        trapping.traps(asking.verb, scene(asking)) if open_now else (),
        _due(asking),
        tuple(changes(asking, version)) if version is not None else (),
        kind.button(asking) if open_now else "",
        kind.grave,
        kind.takes_files,
        kind.folds_files,
        kind.own_form,
        tuple(_ways(asking)),
        worklist.back(asking.here) or back(asking),
        worklist.place(asking.here),
    )


def back(asking: Asking) -> str:
    """The page of the dispute, or of the order."""
    if asking.dispute is None:
        return asking.here.url("order", order=asking.order.id)
    return asking.here.url("case", order=asking.order.id, dispute=asking.dispute.number)


def _due(asking: Asking) -> tuple[str, ...]:
    mine = acts_ahead.answer_due(asking.order, asking.dispute, asking.party)
    if mine or (asking.dispute is not None and not asking.dispute.open):
        return mine
    return acts_ahead.then(asking.order, asking.dispute, asking.party)


ALSO: dict[Verb, tuple[Verb, ...]] = {
    Verb.CONFIRM_RECEIPT: (Verb.OPEN,),
    Verb.ACCEPT: (Verb.REVISE, Verb.OFFER),
    Verb.REJECT: (Verb.REVISE, Verb.OFFER),
    Verb.ESCALATE: (Verb.REVISE, Verb.OFFER),
    Verb.WITHDRAW: (Verb.REVISE,),
    Verb.CONFIRM_RETURN: (Verb.CONTEST_RETURN,),
    Verb.REQUEST_EXTENSION: (Verb.OPEN,),
}
"""What somebody at this form may rather want."""


def _ways(asking: Asking) -> Iterator[Way]:
    """Other acts that are possible now; after closing the appeal."""
    here, order, dispute = asking.here, asking.order.id, asking.dispute
    wanted = ALSO.get(asking.verb, ()) + ((Verb.APPEAL,) if dispute and not dispute.open else ())
    can = here.rights(asking.found, dispute).can
    for verb in wanted:
        if verb is asking.verb or verb not in can:
            continue
        if verb is Verb.OPEN:
            yield Way(here.url("open", order=order), _("Something is wrong: open a dispute"))
        elif dispute is not None:
            yield Way(here.url("act", order=order, dispute=dispute.number, verb=verb.value), _(NAMES[verb]))


# ── traps ────────────────────────────────────────────────────────────────────────────────────────


def scene(asking: Asking, ahead: Ahead | None = None) -> Scene:
    seen = tuple(one.event for one in _history(asking))
    after = ahead.order if ahead and ahead.refused is None else None
    warned = ahead.warnings if ahead else frozenset()
    return Scene(asking.order, asking.dispute, asking.party, asking.now, seen, after, warned)


def traps(ahead: Ahead) -> tuple[Trap, ...]:
    """Those of the act as it is filled in."""
    return trapping.traps(ahead.asking.verb, scene(ahead.asking, ahead))


def _history(asking: Asking) -> tuple[Numbered, ...]:
    """What the reader may see of the order, lapses that nobody has written yet included."""
    events = [*(recorded.event for recorded in asking.found.history), *asking.found.due]
    return tuple(Numbered(at + 1, event) for at, event in sight.numbered(asking.order, events, asking.party))


# ── what somebody else did meanwhile ─────────────────────────────────────────────────────────────


def meanwhile(asking: Asking, version: int) -> tuple[Numbered, ...]:
    """What others have done, or the clock has let lapse, after that version, as far as the reader may see it."""
    return tuple(one for one in _history(asking) if one.number > version and one.event.by is not asking.party)


def changes(asking: Asking, version: int) -> tuple[str, ...]:
    """The same in sentences, the newest last."""
    found = (told_event(asking.order, one.event, asking.party) for one in meanwhile(asking, version))
    return tuple(found)[-MOST_CHANGES:]


# ── the question ─────────────────────────────────────────────────────────────────────────────────


def sure(kind: FormKind, ahead: Ahead, filled: Filled, *, refused: bool) -> Sure:
    """`refused`: it was sent without a box that has to be ticked."""
    checks = kind.checks(ahead)
    boxes = {check.name for check in checks}
    names = [name for name in filled.posted if not name.startswith("_") and name not in boxes | {"sure"}]
    hidden = [Hidden(name, value) for name in names for value in filled.many(name)]
    return Sure(
        kind.sure_title(ahead),
        kind.sure(ahead),
        traps(ahead),
        tuple(Ticked(check, refused and not filled.ticked(check.name)) for check in checks),
        tuple(one for one in hidden if one.name != "csrfmiddlewaretoken"),
        texts(filled),
        kind.sure_button(ahead),
        str(filled.posted.get("_key", "")),
        bool(kind.template_for(ahead.asking)),
    )


def texts(filled: Filled) -> tuple[str, ...]:
    """What was written at length in a form, so that it is not lost where the form cannot be shown."""
    return tuple(text for name in ("text", "comment") if (text := filled.text(name)))


def upload(asking: Asking, filled: Filled, *, again: bool) -> uploading.Part:
    """The part from which files are sent; those that wait go with the form where they are ticked."""
    here = asking.here
    offered, ticked = frozenset(filled.many("offered")), frozenset(filled.many("files"))
    return uploading.part(
        here,
        asking.found,
        back=here.request.get_full_path(),
        form=FORM,
        reason=asking.dispute.reason if asking.dispute else None,
        unticked=offered - ticked if again else frozenset(),
        remarks={one.file: Remark(one.comment, one.mediator_only) for one in filled.handed(of="offered")},
    )
