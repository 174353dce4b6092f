"""What the reader can do now, in the order of what most people should do; and what he cannot, why, and from when."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from amends import words
from amends.core.order import Terms
from amends.core.rights import Impossible, Rights, rights
from amends.core.rules.amounts import payable
from amends.core.vocabulary import DisputeStatus, Party, RefusalCode, Verb, Wants

from .case_matter import Matter

V = Verb
ORDER_OF_ACTS = (
    *(V.GRANT_APPEAL, V.DENY_APPEAL, V.RULE, V.REQUEST_EVIDENCE, V.PROPOSE),
    *(V.CHOOSE, V.SHIP_RETURN, V.CONFIRM_REPLACEMENT, V.CONFIRM_RETURN, V.SHIP_REPLACEMENT),
    *(V.ACCEPT, V.REVISE, V.OFFER, V.REJECT, V.CONTEST_RETURN, V.ADD_EVIDENCE, V.ESCALATE, V.APPEAL),
    *(V.CORRECT, V.DISMISS, V.WITHDRAW),
)
"""The first possible one is the main one where it is the reader's turn."""
ELSEWHERE = frozenset({V.MESSAGE, V.REMOVE_EVIDENCE})
"""The message box (`case_talk`); a link beside each file."""
BETTER = frozenset({V.CHOOSE, V.REVISE, V.REJECT})
"""What is named before an offer that is a trap."""
GRAVE = frozenset({V.WITHDRAW, V.DISMISS})
NEVER_MAIN = frozenset({V.ADD_EVIDENCE, V.ESCALATE, V.APPEAL, V.CORRECT, V.DISMISS, V.WITHDRAW, V.CONTEST_RETURN})
NAMES = {
    V.ACCEPT: gettext_noop("Accept"),
    V.OFFER: gettext_noop("Offer something else"),
    V.REVISE: gettext_noop("Ask for something else"),
    V.REJECT: gettext_noop("Turn it down"),
    V.WITHDRAW: gettext_noop("Withdraw the dispute"),
    V.ESCALATE: gettext_noop("Call the mediator"),
    V.MESSAGE: gettext_noop("Write a message"),
    V.ADD_EVIDENCE: gettext_noop("Add evidence"),
    V.REMOVE_EVIDENCE: gettext_noop("Take evidence back"),
    V.CHOOSE: gettext_noop("Choose an option"),
    V.SHIP_RETURN: gettext_noop("Enter the number of the return"),
    V.CONFIRM_RETURN: gettext_noop("Confirm that the goods are back"),
    V.CONTEST_RETURN: gettext_noop("Say what is wrong with the goods that came back"),
    V.SHIP_REPLACEMENT: gettext_noop("Enter the number of the replacement"),
    V.CONFIRM_REPLACEMENT: gettext_noop("Confirm that the replacement came"),
    V.APPEAL: gettext_noop("Appeal against the result"),
    V.REQUEST_EVIDENCE: gettext_noop("Ask for evidence"),
    V.PROPOSE: gettext_noop("Put options to both"),
    V.RULE: gettext_noop("Decide"),
    V.DISMISS: gettext_noop("Dismiss the dispute"),
    V.GRANT_APPEAL: gettext_noop("Grant the appeal"),
    V.DENY_APPEAL: gettext_noop("Turn the appeal down"),
    V.CORRECT: gettext_noop("Propose a correction"),
    V.OPEN: gettext_noop("Open another dispute"),
    V.CONFIRM_RECEIPT: gettext_noop("Confirm receipt"),
    V.REQUEST_EXTENSION: gettext_noop("Ask for more time"),
    V.EXTEND_PROTECTION: gettext_noop("Extend protection"),
    V.SHIP: gettext_noop("Enter the number of the parcel"),
    V.CANCEL_ORDER: gettext_noop("Cancel the order"),
    V.PAUSE_CLOCKS: gettext_noop("Stop the clocks of this order"),
    V.RESUME_CLOCKS: gettext_noop("Let the clocks go on"),
    V.APPROVE: gettext_noop("Agree as the second person"),
}


class Act(NamedTuple):
    verb: str
    words: str
    address: str
    kind: str
    """`main`, `plain` or `grave`."""


class Cannot(NamedTuple):
    words: str
    refusal: words.Said


class Acts(NamedTuple):
    on_dispute: tuple[Act, ...]
    on_order: tuple[Act, ...]
    cannot: tuple[Cannot, ...]
    accepting: str
    """While they bargain: what accepting means, in words with the money; empty where nothing can be accepted."""
    theirs: tuple[str, ...]
    """What the other side can do now, as its own buttons say it without their money."""


def acts(matter: Matter, url: Callable[..., str], *, yours: bool) -> Acts:
    """Exactly what the rights say. `url` makes addresses of the reader's seat, `yours`: it is his turn."""
    order, dispute = matter.order, matter.dispute
    can = [verb for verb in matter.rights.can if verb not in ELSEWHERE]
    can.sort(key=lambda verb: ORDER_OF_ACTS.index(verb) if verb in ORDER_OF_ACTS else len(ORDER_OF_ACTS))
    if _a_trap(matter) and V.ACCEPT in can:  # not what most people should do
        can.remove(V.ACCEPT)
        can.insert(sum(verb in BETTER for verb in can), V.ACCEPT)
    asked = dispute.status is DisputeStatus.AWAITING_EVIDENCE and matter.viewer in dispute.asked
    if asked and V.ADD_EVIDENCE in can:
        can.remove(V.ADD_EVIDENCE)
        can.insert(0, V.ADD_EVIDENCE)
    shown = tuple(
        Act(
            verb.value,
            button(matter, verb),
            url("act", order=order.id, dispute=dispute.number, verb=verb.value),
            _kind(matter, verb, main=yours and at == 0 and (verb not in NEVER_MAIN or asked)),
        )
        for at, verb in enumerate(can)
    )
    refused = (*some_day(matter.rights), *some_day(matter.order_rights))
    return Acts(
        shown,
        tuple(_on_order(matter, verb, url) for verb in matter.order_rights.can),
        tuple(Cannot(_(NAMES[one.verb]), words.refusal(one.refusal)) for one in refused),
        _accepting(matter) if V.ACCEPT in can else "",
        theirs(matter),
    )


def some_day(rights: Rights) -> tuple[Impossible, ...]:
    """What is refused now and may be possible another day: not what this order's policy never gives this party."""
    never = (RefusalCode.NOT_ALLOWED, "policy")
    return tuple(one for one in rights.cannot if (one.refusal.code, one.refusal.variant) != never)


def theirs(matter: Matter) -> tuple[str, ...]:
    """What the other side can do now, for a party; () for staff, who see both, and where it can do nothing.

    Whether it has chosen among the mediator's options is not for this reader to know: choosing stays named.
    """
    if matter.staff:
        return ()
    can = {*rights(matter.order, matter.dispute, matter.other, matter.now).can} - ELSEWHERE
    if matter.dispute.status is DisputeStatus.AWAITING_CHOICE:
        can.add(V.CHOOSE)
    return tuple(_(NAMES[verb]) for verb in ORDER_OF_ACTS if verb in can)


def _on_order(matter: Matter, verb: Verb, url: Callable[..., str]) -> Act:
    key = matter.order.id
    address = url("open", order=key) if verb is V.OPEN else url("order_act", order=key, verb=verb.value)
    return Act(verb.value, _(NAMES[verb]), address, "plain")


def _kind(matter: Matter, verb: Verb, *, main: bool) -> str:
    if verb in GRAVE or (verb is V.ACCEPT and _nothing_offered(matter)):
        return "grave"
    return "main" if main else "plain"


def _a_trap(matter: Matter) -> bool:
    """The offer gives nothing, or money only against a return that was not asked for."""
    standing = matter.dispute.standing_offer
    if matter.viewer is not Party.BUYER or standing is None:
        return False
    swapped = matter.dispute.claim.wants is Wants.REFUND and standing.wants is not Wants.REFUND
    return swapped or standing.amount_minor == 0


def _nothing_offered(matter: Matter) -> bool:
    standing = matter.dispute.standing_offer
    return matter.viewer is Party.BUYER and standing is not None and standing.amount_minor == 0


# ── what the buttons say ─────────────────────────────────────────────────────────────────────────


def button(matter: Matter, verb: Verb) -> str:
    """The act with its money: “Accept 20.00 USD”."""
    dispute = matter.dispute
    if verb is V.ACCEPT:
        terms = dispute.claim if matter.viewer is Party.SELLER else dispute.standing_offer
        return _accept(matter, terms) if terms is not None else _(NAMES[verb])
    if verb is V.REJECT:
        if matter.viewer is Party.SELLER:
            return _("Refuse to pay anything")
        standing = dispute.standing_offer
        facts = {"money": _money(matter, standing.amount_minor) if standing else ""}
        return _("Turn down %(money)s") % facts if standing else _(NAMES[verb])
    if verb is V.ADD_EVIDENCE and dispute.status is DisputeStatus.AWAITING_EVIDENCE:
        return _("Send what was asked for")
    settled = dispute.settlement
    if verb is V.CONFIRM_RETURN and settled is not None and settled.wants is Wants.RETURN_AND_REFUND:
        return _("The goods are back: refund %(money)s") % {"money": _money(matter, settled.amount_minor)}
    return _(NAMES[verb])


def _accept(matter: Matter, terms: Terms) -> str:
    facts = {"money": _money(matter, terms.amount_minor)}
    if matter.viewer is Party.SELLER:
        if terms.wants is Wants.REFUND:
            return _("Refund %(money)s") % facts
        if terms.wants is Wants.RETURN_AND_REFUND:
            return _("Take the goods back and refund %(money)s") % facts
        return _("Take the goods back and replace them")
    if not terms.amount_minor:
        return _("Accept %(money)s and end the dispute") % facts
    if terms.wants is Wants.REFUND:
        return _("Accept %(money)s") % facts
    if terms.wants is Wants.RETURN_AND_REFUND:
        return _("Return the goods and accept %(money)s") % facts
    return _("Return the goods and accept the exchange")


def _accepting(matter: Matter) -> str:
    dispute = matter.dispute
    terms = dispute.claim if matter.viewer is Party.SELLER else dispute.standing_offer
    if terms is None or dispute.status not in (DisputeStatus.AWAITING_SELLER, DisputeStatus.AWAITING_BUYER):
        return ""
    kept = max(0, payable(matter.order, dispute) - terms.amount_minor)
    facts = {"money": _money(matter, terms.amount_minor), "kept": _money(matter, kept)}
    back = terms.wants is not Wants.REFUND and terms.amount_minor
    if matter.viewer is Party.SELLER:
        if back:
            return _("Accepting settles this for good: the goods come back, then %(money)s goes to the buyer.") % facts
        return _("Accepting settles this for good: %(money)s goes to the buyer, you keep %(kept)s.") % facts
    if back:
        return _("Accepting settles this for good: you send the goods back, then %(money)s comes to you.") % facts
    return _("Accepting settles this for good: you get %(money)s, the seller keeps %(kept)s.") % facts


def _money(matter: Matter, minor: int) -> str:
    return words.money(minor, matter.order.currency)
