"""The band: whose turn it is, what is on the table, until when, and what silence does with the money.

It is the first thing on the case page, and what lists of disputes show of each.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from amends import words
from amends.core import deadlines, sight
from amends.core.deadlines import Deadline
from amends.core.order import Dispute, Order, missing, waiting_on
from amends.core.silence import Consequence, consequence
from amends.core.vocabulary import DeadlineName, DisputeStatus, Flag, Party, WaitingOn
from amends.words.tables import STANDS_STILL

from . import case_result as result
from . import case_said as said

N = DeadlineName
S = DisputeStatus
SOON = timedelta(hours=24)
BARGAINING_CLOCKS = frozenset({N.SELLER_RESPONSE, N.BUYER_RESPONSE, N.NEGOTIATION, N.NEGOTIATION_CAP})


class Band(NamedTuple):
    kind: str
    """`yours`, `theirs`, `still` while nothing runs, `done` once it is closed."""
    whose: str
    """“Your turn”, “The seller's turn”, or of a closed dispute its result."""
    said: tuple[str, ...]
    """What is on the table, or how it ended, a sentence each."""
    until: datetime | None
    clock: str
    """What the instant is about: “You can answer until”. Empty without one."""
    left: str
    soon: bool
    if_silent: str
    """Whose silence is meant: “If you do nothing:”."""
    silence: str
    """What it does; empty where no clock runs."""
    calm: bool
    """The reader loses nothing by waiting."""
    notes: tuple[str, ...] = ()
    """What else must be known: clocks that stand still, an appeal that waits, a date nobody can name yet."""


def band(order: Order, dispute: Dispute, viewer: Party, now: datetime) -> Band:
    """Of an order that was brought up to `now`; in the reader's language. Asks nothing of the database."""
    if not dispute.open:
        return _closed(order, dispute, viewer, now)
    yours = _yours(dispute, viewer)
    deadline = deadlines.next_of_dispute(order, dispute)
    whose = _("Your turn") if yours else words.turn(_waiting(dispute, viewer))
    made = _made("yours" if yours else "theirs", whose, _open(order, dispute, viewer))
    if order.holds:
        made = made._replace(kind="still", whose=_(STANDS_STILL))
    notes = (*_still(order, now), *_unknown(order, dispute), *_process(order, dispute, viewer))
    return _timed(made._replace(notes=notes), order, dispute, viewer, deadline, now)


def _made(kind: str, whose: str, sentences: tuple[str, ...]) -> Band:
    return Band(kind, whose, sentences, None, "", "", soon=False, if_silent="", silence="", calm=False)


def _timed(made: Band, order: Order, dispute: Dispute, viewer: Party, deadline: Deadline | None, now: datetime) -> Band:
    if deadline is None:
        return made
    leads_to = consequence(order, deadline)
    alone = deadline.awaited == (viewer,)
    if deadline.name is N.CHOICE:  # whether the other side has chosen must not show here either
        alone = viewer in deadline.awaited
    return made._replace(
        until=deadline.at,
        clock=words.clock(deadline, viewer),
        left=words.left(deadline.at, now),
        soon=deadline.at - now <= SOON,
        if_silent=_("If you do nothing:") if alone else _("If nothing happens by then:"),
        silence=words.silence(order, deadline),
        calm=_loses_nothing(dispute, viewer, deadline, leads_to),
    )


def _loses_nothing(dispute: Dispute, viewer: Party, deadline: Deadline, leads_to: Consequence) -> bool:
    """Silence gives the reader all he could want, or only brings a mediator whom he need not have answered."""
    if viewer not in (Party.BUYER, Party.SELLER):
        return False
    if leads_to.outcome is not None and leads_to.amount_minor is not None:
        wanted = dispute.settlement or dispute.claim
        if viewer is Party.BUYER:
            return leads_to.amount_minor >= wanted.amount_minor > 0
        return leads_to.amount_minor == 0
    brings_mediator = deadline.name in BARGAINING_CLOCKS and leads_to.action == "escalate"
    return brings_mediator and viewer not in deadline.awaited and viewer is Party.BUYER


# ── whose turn ───────────────────────────────────────────────────────────────────────────────────


def _yours(dispute: Dispute, viewer: Party) -> bool:
    if dispute.status is S.AWAITING_CHOICE and viewer in (Party.BUYER, Party.SELLER):
        return dispute.chosen(viewer) is None
    on = waiting_on(dispute)
    if on is WaitingOn.BOTH:
        return viewer in missing(dispute)
    return on.value == viewer.value


def _waiting(dispute: Dispute, viewer: Party) -> WaitingOn:
    """Never that the other side has chosen already: that is not for this reader to know."""
    if dispute.status is S.AWAITING_CHOICE and viewer in (Party.BUYER, Party.SELLER):
        return WaitingOn.SELLER if viewer is Party.BUYER else WaitingOn.BUYER
    return waiting_on(dispute)


# ── what is on the table ─────────────────────────────────────────────────────────────────────────


def _open(order: Order, dispute: Dispute, viewer: Party) -> tuple[str, ...]:
    match dispute.status:
        case S.AWAITING_SELLER | S.AWAITING_BUYER:
            return _bargaining(order, dispute, viewer)
        case S.UNDER_REVIEW:
            return (_review(dispute, viewer),)
        case S.AWAITING_EVIDENCE:
            return (_evidence(dispute, viewer),)
        case S.AWAITING_CHOICE:
            return _choice(dispute, viewer)
        case S.RETURN_IN_TRANSIT:
            return (said.settled(order, dispute, viewer), _on_the_road(dispute, viewer))
        case S.AWAITING_REPLACEMENT:
            return (_replacement(dispute, viewer),)
        case _:
            return (said.settled(order, dispute, viewer),)


def _bargaining(order: Order, dispute: Dispute, viewer: Party) -> tuple[str, ...]:
    asked = said.claim(order, dispute.claim, viewer)
    standing = dispute.standing_offer
    if standing is not None:
        offered = said.offer(order, standing, viewer)
        return (offered, asked) if viewer is Party.BUYER else (asked, offered)
    if dispute.answered_at is None:
        if viewer is Party.SELLER:
            return (asked, _("You have not answered yet."))
        return (asked, _("The seller has not answered yet."))
    if viewer is Party.BUYER:
        return (asked, _("You turned the last offer down. No offer is on the table now."))
    return (asked, _("The buyer turned the last offer down. No offer is on the table now."))


def _review(dispute: Dispute, viewer: Party) -> str:
    if dispute.stakes is not None:
        return _("The appeal was granted. A mediator decides the case anew, from all that both sides have shown.")
    if dispute.review_of_return:
        return _("A mediator decides what happens about the goods on their way back, and about the money.")
    if viewer is Party.MEDIATOR:
        return _("What both sides said last stands frozen. You can ask for evidence, put options to both, or decide.")
    return _("A mediator has the case and decides. What both sides said last stands as it is.")


def _evidence(dispute: Dispute, viewer: Party) -> str:
    awaited = missing(dispute)
    if viewer in awaited:
        return _("The mediator asks you to show something. What exactly stands below, under “Evidence”.")
    if viewer in dispute.asked:
        return _("You have sent what was asked of you. The mediator waits for the other side.")
    if awaited == (Party.BUYER,):
        return _("The mediator has asked the buyer for evidence and waits for it.")
    if awaited == (Party.SELLER,):
        return _("The mediator has asked the seller for evidence and waits for it.")
    return _("The mediator has asked both sides for evidence and waits for it.")


def _choice(dispute: Dispute, viewer: Party) -> tuple[str, ...]:
    many = len(dispute.options)
    put = ngettext(
        "The mediator has put %(many)s option to both sides.",
        "The mediator has put %(many)s options to both sides.",
        many,
    ) % {"many": many}
    rule = _("If both choose the same, it is settled; if not, the mediator decides.")
    mine = dict(sight.choices(dispute, viewer)).get(viewer)
    if mine is not None:
        chosen = _("You have chosen option %(option)s. What the other side chooses is shown once both have chosen.")
        return (chosen % {"option": mine}, rule)
    return (put, rule)


def _on_the_road(dispute: Dispute, viewer: Party) -> str:
    trip = dispute.trip
    if trip is None:
        return ""
    if trip.delivered_at is None:
        facts = {"when": words.instant(trip.shipped_at)}
        return _("The goods have been on their way back since %(when)s.") % facts
    facts = {"when": words.instant(trip.delivered_at)}
    if viewer is Party.SELLER:
        return _("The carrier delivered the goods to you on %(when)s. Say whether they are all right.") % facts
    return _("The carrier delivered the goods to the seller on %(when)s. The seller looks at them now.") % facts


def _replacement(dispute: Dispute, viewer: Party) -> str:
    sent = dispute.replacement
    if sent is not None:
        facts = {"when": words.instant(sent.shipped_at)}
        return _("The goods are back. The replacement has been on its way since %(when)s.") % facts
    if viewer is Party.SELLER:
        return _("The goods are back. Send the same item once more, and enter its tracking number.")
    return _("The goods are back. The seller is to send the same item once more.")


# ── what else must be known ──────────────────────────────────────────────────────────────────────


def _still(order: Order, now: datetime) -> tuple[str, ...]:
    notes = []
    if order.charged_back:
        notes.append(
            _(
                "The cardholder's bank is looking at this payment. Until it has decided, everything here stands still;"
                " then the clocks go on with the time that was left."
            )
        )
    if any(not hold.startswith("chargeback") for hold in order.holds):
        notes.append(
            _(
                "The clocks of this order stand still. Nobody loses time by that: they go on later with the time that"
                " was left."
            )
        )
    if not order.holds and order.stand_until is not None and order.stand_until > now:
        facts = {"when": words.instant(order.stand_until)}
        notes.append(_("The clocks stand still until %(when)s, then they go on with the time that was left.") % facts)
    return tuple(notes)


def _unknown(order: Order, dispute: Dispute) -> tuple[str, ...]:
    if not any(number == dispute.number for _name, number, _day in deadlines.unknown(order)):
        return ()
    return (
        _(
            "A date here counts in working days of a year whose holidays are not announced yet. It is named as soon as"
            " they are; until then nothing runs out."
        ),
    )


def _process(order: Order, dispute: Dispute, viewer: Party) -> tuple[str, ...]:
    notes = []
    shown = sight.flags(dispute, viewer)
    if Flag.EVIDENCE_MISSING.value in shown:
        notes.append(_("The evidence that was asked for did not come in time. The mediator decides on what is there."))
    if Flag.RETURN_UNVERIFIED.value in shown:
        notes.append(_("The carrier has not confirmed the return. The mediator looks at it."))
    if dispute.waiting is not None and viewer in (Party.MEDIATOR, Party.OPERATOR):
        notes.append(_("A decision has been made and takes effect once a second person of the staff agrees."))
    return tuple(notes)


# ── after closing ────────────────────────────────────────────────────────────────────────────────


def _closed(order: Order, dispute: Dispute, viewer: Party, now: datetime) -> Band:
    pending = bool(dispute.appeals) and dispute.appeals[-1].granted is None
    made = _made("done", result.headline(order, dispute, viewer), result.sentences(order, dispute, viewer, now))
    if pending:
        yours = viewer is Party.MEDIATOR
        made = made._replace(kind="yours" if yours else "theirs", notes=(result.appealed(dispute, viewer),))
    if order.holds:
        made = made._replace(kind="still")
    made = made._replace(notes=(*made.notes, *_still(order, now), *_process(order, dispute, viewer)))
    running = [one for one in deadlines.of_dispute(order, dispute) if not order.holds and one.name is not N.REFUND]
    deadline = min(running, key=lambda one: one.rank, default=None)
    if deadline is None or (deadline.name is N.APPEAL and not result.may_appeal(order, dispute, viewer, now)):
        return made
    if deadline.name is N.APPEAL:
        deadline = deadline._replace(awaited=(viewer,))
    return _timed(made, order, dispute, viewer, deadline, now)._replace(calm=False)
