"""Refusals: what was asked cannot be done now; why; what would work; from when.

A refusal changes nothing. Programs read the code, people read the sentence and the way out.
Sentences are kept as one table, so that they can be translated as a whole.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from .vocabulary import RefusalCode as R


class Words(NamedTuple):
    """One refusal in words. Both parts may name the facts given with the refusal, like `{until}`."""

    sentence: str
    way_out: str


class Refused(Exception):
    """Raised by a rule, returned by the door; an answer, not a fault.

    `until` is the instant from which the same act will be possible (for `too_early` under
    "more than ten days": after it), None where waiting does not help.
    """

    def __init__(self, code: R, variant: str = "", *, until: datetime | None = None, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.variant = variant
        self.until = until
        self.facts = facts

    @property
    def sentence(self) -> str:
        """What happened and why, in one or two English sentences."""
        return self._filled(self.words.sentence)

    @property
    def way_out(self) -> str:
        """What would work instead."""
        return self._filled(self.words.way_out)

    @property
    def words(self) -> Words:
        """The templates; whoever speaks another language translates them and fills in the facts."""
        return WORDS.get((self.code, self.variant)) or WORDS[self.code, ""]

    def _filled(self, text: str) -> str:
        facts = {name: _plain(value) for name, value in self.facts.items()}
        return text.format_map(_Facts(facts, until=day_and_time(self.until) if self.until else "a later date"))

    def __str__(self) -> str:
        return f"{self.code}: {self.sentence} {self.way_out}".strip()


EXAMINING = ("examining", "examining_others")
"""Variants of `version_conflict`: something that came before is not decided about, and the act is to come again."""


class _Facts(dict[str, str]):
    """A fact nobody gave is left out of the sentence rather than breaking it."""

    def __init__(self, facts: dict[str, str], until: str) -> None:
        super().__init__(facts, until=until)

    def __missing__(self, name: str) -> str:
        return "…"


def day_and_time(instant: datetime) -> str:
    """An instant as people read it: "Mon 16 March 2026, 09:00 UTC", seconds only where they matter."""
    instant = instant.astimezone(UTC)
    clock = f"{instant:%H:%M:%S}" if instant.second else f"{instant:%H:%M}"
    return f"{instant:%a} {instant.day} {instant:%B %Y}, {clock} UTC"


def _plain(value: object) -> str:
    return day_and_time(value) if isinstance(value, datetime) else str(value)


WORDS: dict[tuple[R, str], Words] = {
    (R.DUPLICATE_ORDER, ""): Words(
        "An order with this id is already here.", "Send the order under another id, or read the one that is here."
    ),
    (R.UNKNOWN_ORDER, ""): Words("There is no order with this id.", "Check the id of the order."),
    (R.UNKNOWN_DISPUTE, ""): Words("This order has no such dispute.", "Check the number of the dispute."),
    (R.UNKNOWN_LINE, ""): Words("The order has no line {line}.", "Choose among the lines {known}."),
    (R.PARTY_BLOCKED, ""): Words(
        "This account may not start anything new at the moment; disputes that are running go on.",
        "Ask support for the reasons and how to have it looked at again.",
    ),
    (R.ORDER_CANCELLED, ""): Words(
        "The order was cancelled and everything that was held went back to the buyer.",
        "Nothing is left to decide; see the refund for its dates.",
    ),
    (R.NOT_DISPATCHED, ""): Words(
        "The seller has not sent the parcel yet.",
        "Wait until it is sent; if it is not sent in time the order can be cancelled and paid back.",
    ),
    (R.TOO_LATE, ""): Words(
        "The time to open a dispute about this line ended on {ended}.",
        "Write to the seller, or ask the marketplace's support for help.",
    ),
    (R.PROTECTION_ENDED, ""): Words(
        "Buyer protection for this order ended on {ended}.",
        "Write to the seller, or ask the marketplace's support for help.",
    ),
    (R.ORDER_COMPLETED, ""): Words(
        "The order is completed: nothing is held for it any more.",
        "See the dispute's result; where the policy knows an appeal, it is offered there.",
    ),
    (R.ORDER_COMPLETED, "released"): Words(
        "Part of the money has already been released to the seller.", "Open a dispute about the lines still held."
    ),
    (R.TOO_EARLY, ""): Words(
        "It is too early: parcels need time, and a dispute can be opened from {until}.",
        "Come back then; your protection goes on until it ends on the date shown with the order.",
    ),
    (R.TOO_EARLY, "strictly"): Words(
        "It is too early: a dispute can be opened after {until}, not at that instant.", "Come back after that."
    ),
    (R.TOO_EARLY, "unreadable"): Words(
        "A tracking number nobody can read is a ground only after it has stayed so until {until}.",
        "Wait until after that, or choose another reason that fits.",
    ),
    (R.TOO_EARLY, "standing_still"): Words(
        "It is too early, and the days do not count on while the clocks stand still.",
        "Come back once they go on; the order shows when.",
    ),
    (R.IN_TRANSIT_WAIT, ""): Words(
        "The parcel is on its way and most arrive in time; “not received” can be claimed after {until}.",
        "If it has not come by then, open the dispute then. If something else is wrong, choose that reason.",
    ),
    (R.RECEIPT_CONFIRMED, ""): Words(
        "Receipt of this line was confirmed on {confirmed}, so it cannot be claimed as not received.",
        "If something is wrong with the goods, say what; if you confirmed by mistake, ask support.",
    ),
    (R.RECEIPT_CONFIRMED, "no_disputes"): Words(
        "Receipt was confirmed on {confirmed}, and under this policy that ends the right to dispute.",
        "Write to the seller, or ask the marketplace's support for help.",
    ),
    (R.RECEIPT_CONFIRMED, "already"): Words(
        "Receipt of this line was already confirmed on {confirmed}.", "Nothing more is needed."
    ),
    (R.ALREADY_DISPUTED, ""): Words(
        "A dispute about this is already open.", "Change the open dispute instead of opening another."
    ),
    (R.ALREADY_DISPUTED, "appeal"): Words(
        "Another dispute about this is open, and there can be only one.", "Grant the appeal once that one has ended."
    ),
    (R.LINE_ALREADY_DISPUTED, ""): Words(
        "This line was already disputed, and that cannot be done again.",
        "See how that dispute ended; where the policy knows an appeal, it is offered there.",
    ),
    (R.LINE_ALREADY_DISPUTED, "decided"): Words(
        "The money of these goods is decided already, so there is nothing left to confirm.",
        "See how the dispute about them ended.",
    ),
    (R.SAME_REASON_ALREADY_DISPUTED, ""): Words(
        "A dispute about this line for the same reason was withdrawn, and it cannot be opened again for that reason.",
        "If something else is wrong, choose the reason that fits.",
    ),
    (R.UNKNOWN_REASON, ""): Words("“{reason}” is no reason we know.", "Choose one of: {known}."),
    (R.REASON_NEEDS_RECEIPT, ""): Words(
        "“{reason}” is about goods that came, but you said they did not.",
        "Say that the goods came, or choose a reason about goods that did not.",
    ),
    (R.REASON_CONTRADICTS_RECEIPT, ""): Words(
        "“{reason}” is about goods that did not come, but you said they did.",
        "Say that the goods did not come, or choose what is wrong with them.",
    ),
    (R.NOT_A_GROUND, ""): Words(
        "“{reason}” alone is no ground for a dispute under this policy.",
        "If the parcel did not come in time, choose “not received” once that is possible; or the reason that fits.",
    ),
    (R.EVIDENCE_REQUIRED, ""): Words(
        "For this reason at least {needed} photo, video or document is needed; {given} was given.",
        "Add a picture or a video that shows the problem. A link does not count.",
    ),
    (R.EVIDENCE_REQUIRED, "file"): Words(
        "Evidence of the kind “{kind}” is the file itself, and no file was sent with it.",
        "Upload the file, then give it as evidence. A link counts for nothing.",
    ),
    (R.EVIDENCE_REQUIRED, "number"): Words(
        "A tracking number was announced, and neither the number nor a file was sent.",
        "Write the number, or upload a screenshot of the tracking page.",
    ),
    (R.EVIDENCE_LIMIT, ""): Words(
        "Each side may give {limit} files, and this would be more.", "Remove a file you need less, then add this one."
    ),
    (R.EVIDENCE_TYPE_REFUSED, ""): Words("“{kind}” is no kind of evidence we take.", "Give one of: {known}."),
    (R.QUANTITY_ABOVE_ORDERED, ""): Words(
        "{asked} pieces of line {line} were named, but only {left} can be disputed.", "Name at most {left}."
    ),
    (R.AMOUNT_MALFORMED, ""): Words(
        "“{amount}” is no amount in {currency}: {why}.", "Write digits and a point, like {example}."
    ),
    (R.AMOUNT_NOT_POSITIVE, ""): Words(
        "The amount must be above zero.", "Ask for an amount between {least} and {most}."
    ),
    (R.AMOUNT_NOT_POSITIVE, "negative"): Words("An amount cannot be below zero.", "Name zero or more, up to {most}."),
    (R.AMOUNT_NOT_POSITIVE, "unpaid"): Words(
        "Nothing was paid for this order, so there is nothing to hold.", "Send orders whose payments are above zero."
    ),
    (R.AMOUNT_ABOVE_PAID, ""): Words(
        "{amount} is more than the {most} that was paid for this and can be given back.", "Ask for at most {most}."
    ),
    (R.CURRENCY_MISMATCH, ""): Words(
        "The order was paid in {currency}, but the amount is in {given}.", "Name the amount in {currency}."
    ),
    (R.CURRENCY_MISMATCH, "unknown"): Words("{given} is no currency we know.", "Use an ISO 4217 code such as USD."),
    (R.MALFORMED, ""): Words("This cannot be read: {why}.", "{mend}"),
    (R.VERSION_CONFLICT, ""): Words("Somebody else changed the order meanwhile.", "Look at it again and repeat."),
    (R.VERSION_CONFLICT, "examining"): Words(
        "Something that came in before a deadline is still being looked at, so nobody can say yet what holds.",
        "Send this again in a minute; it will count as of now.",
    ),
    (R.VERSION_CONFLICT, "examining_others"): Words(
        "Something that came in before a deadline is still being looked at, so nobody can say yet what holds.",
        "Send this again in a minute.",
    ),
    (R.NOT_A_PARTY, ""): Words("There is no order with this id.", "Check the id of the order."),
    (R.NOT_ALLOWED, ""): Words("“{verb}” is not something the {party} can do.", "It is done by: {who}."),
    (R.NOT_ALLOWED, "policy"): Words("This policy does not let the {party} do that.", "It is done by: {who}."),
    (R.NOT_ALLOWED, "somebody_elses"): Words("This was given by the other side.", "Only who gave it can take it back."),
    (R.NOT_ALLOWED, "second_person"): Words(
        "The person who decided cannot also be the one who approves.", "Ask a second person of the staff."
    ),
    (R.NOT_ALLOWED, "nothing_waits"): Words("Nothing here waits for approval.", "Check the number of the event."),
    (R.NOT_ALLOWED, "no_refund"): Words("No refund of that kind is under way here.", "Check the dispute's number."),
    (R.NOT_ALLOWED, "not_waiting"): Words("A dispute that runs normally needs no correction.", "Rule on it instead."),
    (R.IDEMPOTENCY_KEY_REUSED, ""): Words("This key was used for something else.", "Send a new key."),
    (R.RATE_LIMITED, ""): Words("Too many requests at once.", "Wait a moment and try again."),
    (R.RATE_LIMITED, "messages"): Words(
        "One day allows no more messages about this closed dispute.",
        "What you wrote is with the staff. You can write again from {until}.",
    ),
    (R.NOTHING_LAPSED, ""): Words("No deadline of that name has lapsed.", "Nothing needs to be done before it lapses."),
    (R.DEADLINE_PASSED, ""): Words(
        "The answer was due by {due}; it came after that, so what the policy says about silence has happened.",
        "See the dispute for what was decided and what can still be done.",
    ),
    (R.DISPUTE_CLOSED, ""): Words(
        "The dispute is closed.", "See its result; where the policy knows an appeal, it is offered there."
    ),
    (R.FROZEN, ""): Words(
        "The dispute is with the mediator, and what both sides said last stands as it is.",
        "Wait for the mediator; answer when asked for something.",
    ),
    (R.FROZEN, "return"): Words(
        "The way out is already settled and goods are to travel back.", "Follow the steps of the return."
    ),
    (R.FROZEN, "chargeback"): Words(
        "The cardholder's bank is looking at this payment, so everything here stands still.",
        "Wait for the bank's decision; clocks go on afterwards with the time that was left.",
    ),
    (R.STALE_OFFER, ""): Words(
        "Number {given} is not on the table any more.", "Look at what stands now ({standing}) before you accept."
    ),
    (R.NO_STANDING_OFFER, ""): Words(
        "There is no offer on the table.", "Wait for the other side's offer, or change what you ask for."
    ),
    (R.ZERO_NEEDS_CONFIRMATION, ""): Words(
        "Accepting this offer means getting 0 back and ends the dispute for good.",
        "If that is what you want, confirm it; otherwise turn the offer down.",
    ),
    (R.FINAL_NEEDS_CONFIRMATION, ""): Words(
        "If you withdraw now you can never open a dispute about this again.",
        "If that is what you want, confirm it; otherwise leave the dispute open.",
    ),
    (R.WITHDRAWAL_AFTER_PROTECTION, ""): Words(
        "Protection ended on {ended}, and after that a dispute cannot be withdrawn.",
        "Leave it open: it ends by agreement or by decision.",
    ),
    (R.ESCALATION_NOT_AVAILABLE, ""): Words(
        "Under this policy the {party} cannot call the mediator.", "The mediator joins by himself when time runs out."
    ),
    (R.ESCALATION_NOT_YET, ""): Words(
        "The mediator can be called once the seller has answered, at the latest on {until}.", "Wait for the answer."
    ),
    (R.ESCALATION_NOT_YET, "no_date"): Words(
        "The mediator can be called once the seller has answered.", "Wait for the answer."
    ),
    (R.ESCALATION_NOT_YET, "wait"): Words("The mediator can be called from {until}.", "Wait until then."),
    (R.SETTLEMENT_NOT_ALLOWED, ""): Words(
        "The sides cannot settle this between themselves any more.", "Wait for the mediator's decision."
    ),
    (R.SETTLEMENT_NOT_ALLOWED, "exchange"): Words(
        "Under this policy a return does not end in an exchange.", "Choose a refund, or a return and refund."
    ),
    (R.SETTLEMENT_NOT_ALLOWED, "no_refund"): Words(
        "Under this policy a return ends in an exchange, not in a refund.",
        "Choose a refund without a return, or a return and an exchange.",
    ),
    (R.SETTLEMENT_NOT_ALLOWED, "cover"): Words(
        "The platform pays at most {most} of its own money for one order.", "Rule a smaller amount, or from escrow."
    ),
    (R.SETTLEMENT_NOT_ALLOWED, "return"): Words(
        "What happens about a return is not settled by accepting.", "Follow the steps of the return."
    ),
    (R.EVIDENCE_NOT_REQUESTED, ""): Words(
        "Files can be added now only when the mediator asks for them.", "Wait for the mediator's request."
    ),
    (R.EVIDENCE_DEADLINE_PASSED, ""): Words(
        "The file was due by {due}; it came after that.", "Wait for the mediator, who decides on what is there."
    ),
    (R.NOT_IN_REVIEW, ""): Words("The dispute is not with the mediator.", "It can be decided once it is."),
    (R.UNKNOWN_OPTION, ""): Words("There is no option {option}.", "Choose among {known}."),
    (R.UNKNOWN_OPTION, "none_named"): Words(
        "There is no option on the table.", "Choose among the options once the mediator names some."
    ),
    (R.ALREADY_CHOSEN, ""): Words("You have already chosen.", "Wait for the other side's choice."),
    (R.RULING_ABOVE_CLAIM, ""): Words(
        "{amount} is more than the {most} that was asked for.", "Rule at most {most}, or order another solution."
    ),
    (R.RULING_ABOVE_CLAIM, "less_than_refunded"): Words(
        "{most} was already paid back, and a refund is never taken back.", "Rule {most} or more."
    ),
    (R.RETURN_ADDRESS_MISSING, ""): Words(
        "Nobody has said where the goods should go back to.", "Give the return address with this step."
    ),
    (R.TRACKING_NUMBER_INVALID, ""): Words(
        "“{number}” looks like a number of {carrier}, but its check digit is wrong.",
        "Look at the receipt and type it again. {hint}",
    ),
    (R.TRACKING_NUMBER_INVALID, "missing"): Words("A tracking number is needed.", "Type the number on your receipt."),
    (R.TRACKING_MISMATCH, ""): Words(
        "That is the number of the parcel that came to you, not of the one you sent.",
        "Give the number of the parcel you sent.",
    ),
    (R.RETURN_DEADLINE_PASSED, ""): Words(
        "Parcel and number were due by {due}; they came after that.", "See the dispute for what was decided."
    ),
    (R.RETURN_NOT_DELIVERED, ""): Words("The return has not arrived yet.", "Say so once the carrier has delivered it."),
    (R.RETURN_NOT_DELIVERED, "not_sent"): Words("No return is on its way here.", "Wait until it has been sent."),
    (R.DISPUTE_OPEN, ""): Words(
        "A dispute about this is open.", "Settle or withdraw the dispute first; until then the money stays held."
    ),
    (R.APPEAL_NOT_AVAILABLE, ""): Words("This decision cannot be appealed.", "It is final under the order's policy."),
    (R.APPEAL_NOT_AVAILABLE, "too_late"): Words("The time to appeal ended on {ended}.", "The decision is final."),
    (R.APPEAL_NOT_AVAILABLE, "no_ground"): Words(
        "This ground does not fit: {why}.", "Choose a ground that does, if there is one."
    ),
    (R.APPEAL_NEEDS_EVIDENCE, ""): Words(
        "An appeal for new evidence needs the evidence.", "Add at least one file that was not there before."
    ),
    (R.ALREADY_SHIPPED, ""): Words(
        "The parcel has already been sent.", "If it does not come, or something is wrong with it, open a dispute."
    ),
    (R.DISPATCH_NOT_DUE, ""): Words(
        "The seller still has until {until} to send the parcel.", "You can cancel the order after that."
    ),
    (R.DISPATCH_NOT_DUE, "no_clock"): Words(
        "This policy sets no date by which the parcel must be sent.", "Ask the seller or the marketplace to cancel."
    ),
    (R.DISPATCH_NOT_DUE, "standing_still"): Words(
        "The seller still has time to send the parcel, and that time does not run while the clocks stand still.",
        "You can cancel the order once it is over.",
    ),
    (R.NOT_AN_EXTENSION, ""): Words(
        "Protection already lasts until {ends}; it can only be made longer.", "Name a later date."
    ),
}
