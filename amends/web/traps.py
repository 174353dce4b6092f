"""Traps, named where they bite: on the form of the very act that would spring them.

Pure: from the order as it stands, what the party may see of its history, and what the act would lead to. The core's
own signs are read (`WarningCode`: flags of what the other side wrote, warnings of the act); nothing is judged here.
A sentence names the trick and what follows from it, in the second person, and accuses nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from amends import words
from amends.core import sight
from amends.core.deadlines import opening_window, protection_ends
from amends.core.events import Event, MessageSent, OfferMade
from amends.core.order import Dispute, Order
from amends.core.rules.opening import return_may_cost_more
from amends.core.vocabulary import Outcome, Party, Reason, TrackState, Verb, Wants
from amends.core.vocabulary import WarningCode as W


class Trap(NamedTuple):
    code: str
    """The core's word where it has one, else ours."""
    sentence: str


class Scene(NamedTuple):
    """What one party is about to do, and on what."""

    order: Order
    dispute: Dispute | None
    party: Party
    now: datetime
    events: tuple[Event, ...]
    """What the party may see, flags that protect it included: as `sight.history` gives it."""
    after: Order | None = None
    """The order as it would stand; None where nothing is filled in yet."""
    warned: frozenset[str] = frozenset()
    """What the core would warn of."""

    @property
    def then(self) -> Dispute | None:
        return self.after.dispute(self.dispute.number) if self.after and self.dispute else None


def traps(verb: Verb, scene: Scene) -> tuple[Trap, ...]:
    """What the party should know before it does this; each thing once, the gravest first."""
    found: dict[str, Trap] = {}
    for watch in WATCHED.get((scene.party, verb), ()):
        for trap in watch(scene):
            found.setdefault(trap.code, trap)
    for code in sorted(sight.warnings(scene.warned, scene.party)):
        found.setdefault(code, Trap(code, words.warning(code)))
    return tuple(found.values())


# ── what the other side wrote ────────────────────────────────────────────────────────────────────

_ENTICED = {
    W.OFF_PLATFORM_PAYMENT: gettext_noop(
        "The seller writes of paying you outside this order. Once you end your claim for that, nobody here can get the"
        " money back for you: only an amount in an offer here is safe."
    ),
    W.REORDER_TRICK: gettext_noop(
        "The seller asks you to order again, perhaps for a very small price. The new order protects you only up to its"
        " own price, and the first payment can stay with the seller."
    ),
    W.RESEND_OFFER: gettext_noop(
        "The seller promises another parcel. A promise in a message binds nobody: if you end your claim and nothing"
        " comes, you may not be able to open it again."
    ),
    W.REPAIR_OFFER: gettext_noop(
        "The seller promises to pay for a repair. Its cost comes back to you only if it stands as an amount in an offer"
        " here."
    ),
    W.DISCOUNT_OFFER: gettext_noop(
        "The seller promises a discount on a later order. It is worth something only if you buy again, and brings you"
        " nothing back for this one."
    ),
    W.REVIEW_FOR_REFUND: gettext_noop(
        "The seller ties money to a review. What you are owed does not depend on a review, and the promise binds"
        " nobody."
    ),
    W.PRIVATE_AGREEMENT: gettext_noop(
        "The seller writes of an agreement outside this dispute. Only offers made and accepted here bind both of you."
    ),
    W.OFF_PLATFORM_RETURN: gettext_noop(
        "The seller asks you to send the goods back outside a return agreed here. Nobody here can see such a return, or"
        " get your money back for it."
    ),
    W.WAIT_LONGER: gettext_noop(
        "The seller asks you to wait. Your protection runs on meanwhile; after it ends you cannot claim your money"
        " back."
    ),
    W.PRESSURE_TO_REDUCE: gettext_noop(
        "The seller asks you to take less, or to close the dispute. You decide; what you give up now cannot be claimed"
        " later."
    ),
    W.PITY: gettext_noop(
        "The seller appeals to your sympathy. If you end your claim for it, the money goes to the seller."
    ),
}
_REASON_SWAP = gettext_noop(
    "The seller asks you to change the reason. With another reason you may have to pay for the return yourself, or lose"
    " your claim: keep the reason that says what is wrong."
)
_EVIDENCE_DEMANDS = gettext_noop(
    "The seller asks you for more and more evidence. Your claim does not wait for it; what a mediator needs, you will"
    " be asked for here."
)
_TO_SELLER = {
    W.OFF_PLATFORM_PAYMENT: gettext_noop(
        "The buyer writes of money outside this order. What you pay outside does not count here: you may have to pay it"
        " a second time."
    ),
    W.REVIEW_FOR_REFUND: gettext_noop(
        "The buyer ties money to a review. A review decides nothing here, and the promise binds nobody."
    ),
    W.OFF_PLATFORM_RETURN: gettext_noop(
        "The buyer writes of a return outside this dispute. Only a return agreed here can be followed, and refunded"
        " after it arrives."
    ),
    W.PRIVATE_AGREEMENT: gettext_noop(
        "The buyer writes of an agreement outside this dispute. Only offers made and accepted here bind both of you."
    ),
    W.PRESSURE_TO_REDUCE: gettext_noop(
        "The buyer presses you. You decide what you offer; a mediator looks at the facts, not at the tone."
    ),
}


def _written(scene: Scene) -> frozenset[str]:
    """The signs in what the other side has written, on this dispute or, for an act on the order, on any."""
    number = scene.dispute.number if scene.dispute else None
    return frozenset(
        flag
        for event in scene.events
        if isinstance(event, MessageSent | OfferMade) and event.by is not scene.party
        if number is None or event.dispute == number
        for flag in event.flags
    )


def _said(scene: Scene, table: dict[W, str]) -> Iterator[Trap]:
    written = _written(scene)
    return (Trap(code.value, _(sentence)) for code, sentence in table.items() if code.value in written)


def _enticements(scene: Scene) -> Iterator[Trap]:
    return _said(scene, _ENTICED)


def _asked_for_another_reason(scene: Scene) -> Iterator[Trap]:
    return _said(scene, {W.REASON_SWAP: _REASON_SWAP})


def _demands(scene: Scene) -> Iterator[Trap]:
    return _said(scene, {W.ENDLESS_EVIDENCE_DEMANDS: _EVIDENCE_DEMANDS})


def _asked_to_return_outside(scene: Scene) -> Iterator[Trap]:
    return _said(scene, {W.OFF_PLATFORM_RETURN: _ENTICED[W.OFF_PLATFORM_RETURN]})


def _to_the_seller(scene: Scene) -> Iterator[Trap]:
    return _said(scene, _TO_SELLER)


# ── what an offer hides ──────────────────────────────────────────────────────────────────────────


def _in_the_offer(scene: Scene) -> Iterator[Trap]:
    """Zero, less than before, a return for the refund that was asked for: the standing offer's own flags."""
    assert scene.dispute is not None, "an offer stands in a dispute"
    standing = scene.dispute.standing_offer
    if standing is None:
        return
    flags = _flags_of_offer(scene, scene.dispute.number, standing.number)
    before = [terms.amount_minor for terms in scene.dispute.terms if terms.by is Party.SELLER][:-1]
    for code in (W.ZERO_OFFER, W.LOWER_THAN_BEFORE, W.REFUND_SWAPPED_FOR_RETURN, W.LATE_COUNTER_OFFER):
        if code.value not in flags:
            continue
        if code is W.LOWER_THAN_BEFORE and before:
            said = _("The seller offered more before: %(before)s. If you accept now, you get %(money)s.")
            facts = {"before": _money(scene, before[-1]), "money": _money(scene, standing.amount_minor)}
            yield Trap(code.value, said % facts)
        else:
            yield Trap(code.value, words.warning(code.value))
    if standing.wants is not Wants.REFUND:
        yield from _return_costs(scene)


def _flags_of_offer(scene: Scene, dispute: int, number: int) -> frozenset[str]:
    for event in scene.events:
        if isinstance(event, OfferMade) and event.dispute == dispute and event.number == number:
            return event.flags
    return frozenset()


def _return_costs(scene: Scene) -> Iterator[Trap]:
    if return_may_cost_more(scene.order):
        yield Trap(W.RETURN_MAY_COST_MORE.value, words.warning(W.RETURN_MAY_COST_MORE.value))


def _options_with_return(scene: Scene) -> Iterator[Trap]:
    assert scene.dispute is not None, "options are put in a dispute"
    if any(option.wants is not Wants.REFUND for option in scene.dispute.options):
        yield from _return_costs(scene)


def _last_terms(scene: Scene) -> Iterator[Trap]:
    """Calling the mediator freezes what was said last."""
    if W.LAST_OFFER_COUNTS.value in scene.warned:
        said = _("Your last terms go to the mediator as they stand. If they are not what you want, change them first.")
        yield Trap(W.LAST_OFFER_COUNTS.value, said)


# ── giving it up ─────────────────────────────────────────────────────────────────────────────────


def _for_ever(scene: Scene) -> Iterator[Trap]:
    """Withdrawing where it can never be opened again."""
    then = scene.then
    if then is not None and then.outcome is Outcome.WITHDRAWN_FINAL:
        said = _("If you withdraw now, you can never open a dispute about this again, whatever was promised to you.")
        yield Trap(W.CANNOT_BE_REOPENED.value, said)


def _unprotected(scene: Scene) -> Iterator[Trap]:
    """More time was promised and is not there, or hardly any is left."""
    if W.PROTECTION_NOT_EXTENDED.value not in scene.warned:
        return
    ends = protection_ends(scene.order)
    if ends is None:
        yield Trap(W.PROTECTION_NOT_EXTENDED.value, words.warning(W.PROTECTION_NOT_EXTENDED.value))
        return
    said = _(
        "Your protection ends on %(at)s; no later date is set. An extension counts only once you see the new date here:"
        " after that day you cannot open a dispute again."
    )
    yield Trap(W.PROTECTION_NOT_EXTENDED.value, said % {"at": words.instant(ends)})


def _asks_for_less(scene: Scene) -> Iterator[Trap]:
    """A revision below the claim as it stands."""
    then, now = scene.then, scene.dispute
    if then is None or now is None or then.claim.amount_minor >= now.claim.amount_minor:
        return
    said = _(
        "You ask for less than before: %(money)s instead of %(before)s. Whoever decides can go no higher than that."
    )
    facts = {"money": _money(scene, then.claim.amount_minor), "before": _money(scene, now.claim.amount_minor)}
    yield Trap("asks_for_less", said % facts)


def _takes_a_return(scene: Scene) -> Iterator[Trap]:
    then, now = scene.then, scene.dispute
    if then is None or now is None or then.claim.wants is now.claim.wants or then.claim.wants is Wants.REFUND:
        return
    said = _("You now ask to send the goods back: you get money, or another item, only once the seller has them.")
    yield Trap("asks_for_return", said)


def _another_reason(scene: Scene) -> Iterator[Trap]:
    then, now = scene.then, scene.dispute
    if then is None or now is None or then.reason is now.reason:
        return
    said = _(
        "You change the reason from “%(before)s” to “%(after)s”. What you can get, and who pays for a return,"
        " may depend on it."
    )
    facts = {"before": words.reason(now.reason), "after": words.reason(then.reason)}
    yield Trap("another_reason", said % facts)
    if then.reason is Reason.NOT_NEEDED:
        yield Trap("change_of_mind", " ".join(change_of_mind(scene.order)))


def change_of_mind(order: Order) -> tuple[str, ...]:
    """What a buyer should know who only no longer wants the goods, by the order's own policy."""
    if order.policy.refund.shipping_for(Reason.NOT_NEEDED) == "none":
        told = [_("A change of mind is nobody's fault: you may get nothing back, and nothing for the delivery.")]
    else:
        told = [_("A change of mind is nobody's fault: you may get nothing back.")]
    if order.policy.return_.postage_paid_by != "seller":
        told.append(_("Where the goods go back, you pay the postage."))
    return tuple(told)


# ── saying that it came ──────────────────────────────────────────────────────────────────────────


def _parcel_not_there(scene: Scene) -> Iterator[Trap]:
    shipment = scene.order.shipment
    if shipment is None or shipment.delivered_at is not None:
        return
    if shipment.state in (TrackState.LOST, TrackState.RETURNED):
        said = _("The carrier says that this parcel did not reach you. Confirm only what you hold in your hands.")
    else:
        said = _("The carrier has not reported this parcel as delivered. Confirm only what you hold in your hands.")
    yield Trap("parcel_not_delivered", said)


def _confirming_ends_it(scene: Scene) -> Iterator[Trap]:
    """What can still be disputed once receipt is confirmed."""
    if scene.order.policy.opening.after_confirmation == "refuse":
        said = _("Once you have confirmed, you cannot open a dispute about these goods, whatever is wrong with them.")
        yield Trap("confirming_ends_it", said)
        return
    until = [opening_window(scene.after, line).at for line in scene.after.lines] if scene.after else []
    known = [at for at in until if at is not None]
    if known:
        said = _(
            "Once you have confirmed, you cannot say that it did not come. For other problems you can open a dispute"
            " until %(at)s."
        )
        yield Trap("confirming_says_it_came", said % {"at": words.instant(min(known))})


def _money(scene: Scene, minor: int) -> str:
    return words.money(minor, scene.order.currency)


Watch = Callable[[Scene], Iterable[Trap]]
B, S = Party.BUYER, Party.SELLER
WATCHED: dict[tuple[Party, Verb], tuple[Watch, ...]] = {
    (B, Verb.ACCEPT): (_in_the_offer, _enticements),
    (B, Verb.CHOOSE): (_options_with_return, _enticements),
    (B, Verb.WITHDRAW): (_for_ever, _unprotected, _enticements),
    (B, Verb.REVISE): (_asks_for_less, _takes_a_return, _another_reason, _asked_for_another_reason, _enticements),
    (B, Verb.ESCALATE): (_last_terms,),
    (B, Verb.CONFIRM_RECEIPT): (_parcel_not_there, _confirming_ends_it, _enticements),
    (B, Verb.CONFIRM_REPLACEMENT): (_enticements,),
    (B, Verb.SHIP_RETURN): (_return_costs, _asked_to_return_outside),
    (B, Verb.ADD_EVIDENCE): (_demands,),
    (S, Verb.ACCEPT): (_to_the_seller,),
    (S, Verb.OFFER): (_to_the_seller,),
    (S, Verb.REJECT): (_to_the_seller,),
    (S, Verb.ESCALATE): (_last_terms,),
    (S, Verb.CONFIRM_RETURN): (_to_the_seller,),
    (S, Verb.CHOOSE): (_to_the_seller,),
}
"""What is looked for, by who acts and how. Warnings of the core about the act itself come beside them, always."""
