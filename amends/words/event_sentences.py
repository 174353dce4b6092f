"""What every event is told with. A key ending in `.you` is for the reader who did it; the others name who did."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from amends.core.vocabulary import DeadlineName as N
from amends.core.vocabulary import TrackState as T

SENTENCES: Final[Mapping[str, str]] = {
    # ------------------------------------------------ the order
    "OrderPlaced": "The order was placed; the {paid} the buyer paid is held.",
    "OrderPlaced.you": "You placed the order; the {paid} you paid is held.",
    "OrderPlaced.names": "Order {order} was placed by {buyer} with {seller}; {paid} is held.",
    "OrderCancelled": "{who} cancelled the order.",
    "OrderCancelled.you": "You cancelled the order.",
    "OrderShipped": "{who} sent the parcel.",
    "OrderShipped.you": "You sent the parcel.",
    "OrderShipped.due": "It is promised to arrive by {due}.",
    "ReceiptConfirmed.all": "{who} confirmed that the goods came.",
    "ReceiptConfirmed.all.you": "You confirmed that the goods came.",
    "ReceiptConfirmed.part": "{who} confirmed that a part of the goods came.",
    "ReceiptConfirmed.part.you": "You confirmed that a part of the goods came.",
    "ExtensionRequested": "{who} asked for longer protection, by {time}.",
    "ExtensionRequested.you": "You asked for longer protection, by {time}.",
    "ProtectionExtended": "{who} extended the protection until {until}.",
    "ProtectionExtended.you": "You extended the protection until {until}.",
    "FundsReleased": "{amount} was released to the seller.",
    "FundsReleased.to_you": "{amount} was released to you.",
    "RefundScheduled": "A refund of {amount} to the buyer is on its way.",
    "RefundScheduled.to_you": "A refund of {amount} to you is on its way.",
    "RefundScheduled.due": "It is due on {due}.",
    "RefundScheduled.latest": "It is due on {due}, and arrives on {latest} at the latest.",
    "RefundScheduled.unknown": "Its date is not known yet, because the working days are not announced so far.",
    "RefundSucceeded": "The refund has arrived.",
    "RefundFailed": "The refund could not be paid out.",
    "RefundRedirected": "{who} had the refund sent to another account.",
    "RefundRedirected.you": "You had the refund sent to another account.",
    "PayoutSucceeded": "{amount} was paid out to the seller.",
    "PayoutSucceeded.to_you": "{amount} was paid out to you.",
    "ChargebackOpened": (
        "The cardholder's bank asks for {amount} back (chargeback {reference}); everything stands still until it "
        "decides."
    ),
    "ChargebackClosed.seller": (
        "The bank decided chargeback {reference} for the seller; the clocks go on with the time that was left."
    ),
    "ChargebackClosed.buyer": (
        "The bank decided chargeback {reference} for the buyer: {held} came from the money held, {seller} from the "
        "seller."
    ),
    "ChargebackClosed.platform": "The platform bore {amount} of it.",
    "ClocksPaused": "{who} stopped the clocks.",
    "ClocksPaused.you": "You stopped the clocks.",
    "ClocksPaused.grace": "Once they go on, everybody has {time} more.",
    "ClocksResumed": "{who} let the clocks go on, from {until}.",
    "ClocksResumed.you": "You let the clocks go on, from {until}.",
    # ------------------------------------------------ claim, offers, messages
    "DisputeOpened.refund": "{who} opened dispute {number} (“{reason}”) and asks for a refund of {amount}.",
    "DisputeOpened.refund.you": "You opened dispute {number} (“{reason}”) and ask for a refund of {amount}.",
    "DisputeOpened.return_and_refund": (
        "{who} opened dispute {number} (“{reason}”) and asks to return the goods for a refund of {amount}."
    ),
    "DisputeOpened.return_and_refund.you": (
        "You opened dispute {number} (“{reason}”) and ask to return the goods for a refund of {amount}."
    ),
    "DisputeOpened.return_and_exchange": (
        "{who} opened dispute {number} (“{reason}”) and asks to exchange the goods, or for {amount} if no "
        "replacement comes."
    ),
    "DisputeOpened.return_and_exchange.you": (
        "You opened dispute {number} (“{reason}”) and ask to exchange the goods, or for {amount} if no replacement "
        "comes."
    ),
    "ClaimRevised.refund": "{who} changed the claim (“{reason}”) and now asks for a refund of {amount}.",
    "ClaimRevised.refund.you": "You changed the claim (“{reason}”) and now ask for a refund of {amount}.",
    "ClaimRevised.return_and_refund": (
        "{who} changed the claim (“{reason}”) and now asks to return the goods for a refund of {amount}."
    ),
    "ClaimRevised.return_and_refund.you": (
        "You changed the claim (“{reason}”) and now ask to return the goods for a refund of {amount}."
    ),
    "ClaimRevised.return_and_exchange": (
        "{who} changed the claim (“{reason}”) and now asks to exchange the goods, or for {amount} if no replacement "
        "comes."
    ),
    "ClaimRevised.return_and_exchange.you": (
        "You changed the claim (“{reason}”) and now ask to exchange the goods, or for {amount} if no replacement comes."
    ),
    "files": "Files given with it: {files}.",
    "OfferMade.refund": "{who} offered a refund of {amount}.",
    "OfferMade.refund.you": "You offered a refund of {amount}.",
    "OfferMade.return_and_refund": "{who} offered a refund of {amount} once the goods are back.",
    "OfferMade.return_and_refund.you": "You offered a refund of {amount} once the goods are back.",
    "OfferMade.return_and_exchange": "{who} offered to exchange the goods, or {amount} if no replacement comes.",
    "OfferMade.return_and_exchange.you": "You offered to exchange the goods, or {amount} if no replacement comes.",
    "OfferMade.nothing": "{who} turned the claim down and offered nothing.",
    "OfferMade.nothing.you": "You turned the claim down and offered nothing.",
    "OfferRejected": "{who} turned down offer {number}.",
    "OfferRejected.you": "You turned down offer {number}.",
    "TermsAccepted.offer": "{who} accepted the offer (number {number}).",
    "TermsAccepted.offer.you": "You accepted the offer (number {number}).",
    "TermsAccepted.claim": "{who} accepted the claim (number {number}).",
    "TermsAccepted.claim.you": "You accepted the claim (number {number}).",
    "DisputeEscalated": "{who} called the mediator; what both sides said last stands as it is.",
    "DisputeEscalated.you": "You called the mediator; what both sides said last stands as it is.",
    "DisputeEscalated.clock": "The mediator joined; what both sides said last stands as it is.",
    "MessageSent": "{who} wrote a message.",
    "MessageSent.you": "You wrote a message.",
    # ------------------------------------------------ evidence and the mediator
    "EvidenceAdded": "{who} added evidence: {kind}.",
    "EvidenceAdded.you": "You added evidence: {kind}.",
    "EvidenceRemoved": "{who} took a file back.",
    "EvidenceRemoved.you": "You took a file back.",
    "EvidenceRequested.buyer": "{who} asked the buyer for evidence.",
    "EvidenceRequested.buyer.you": "You asked the buyer for evidence.",
    "EvidenceRequested.seller": "{who} asked the seller for evidence.",
    "EvidenceRequested.seller.you": "You asked the seller for evidence.",
    "EvidenceRequested.both": "{who} asked both sides for evidence.",
    "EvidenceRequested.both.you": "You asked both sides for evidence.",
    "EvidenceRequested.of_you": "{who} asked you for evidence.",
    "proposal.refund": "As things stand, the proposal would be a refund of {amount}.",
    "proposal.return_and_refund": (
        "As things stand, the proposal would be a refund of {amount} once the goods are back."
    ),
    "proposal.return_and_exchange": (
        "As things stand, the proposal would be to exchange the goods, or {amount} if no replacement comes."
    ),
    "EvidenceComplete": "Everything that was asked for is there; the mediator goes on.",
    "OptionsProposed": "{who} put options to both sides.",
    "OptionsProposed.you": "You put options to both sides.",
    "option.refund": "Option {option}: a refund of {amount}.",
    "option.return_and_refund": "Option {option}: a refund of {amount} once the goods are back.",
    "option.return_and_exchange": "Option {option}: an exchange of the goods, or {amount} if no replacement comes.",
    "OptionChosen": "{who} chose option {option}.",
    "OptionChosen.you": "You chose option {option}.",
    "ChoicesDiffered": "The two sides chose different options; the mediator decides.",
    "RulingMade.nothing": "{who} ruled that nothing is refunded.",
    "RulingMade.nothing.you": "You ruled that nothing is refunded.",
    "RulingMade.refund": "{who} ruled that the buyer is refunded {amount}.",
    "RulingMade.refund.you": "You ruled that the buyer is refunded {amount}.",
    "RulingMade.return_and_refund": "{who} ruled that the buyer is refunded {amount} once the goods are back.",
    "RulingMade.return_and_refund.you": "You ruled that the buyer is refunded {amount} once the goods are back.",
    "RulingMade.return_and_exchange": (
        "{who} ruled that the goods are exchanged, or the buyer is refunded {amount} if no replacement comes."
    ),
    "RulingMade.return_and_exchange.you": (
        "You ruled that the goods are exchanged, or the buyer is refunded {amount} if no replacement comes."
    ),
    "RulingMade.waits": "It takes effect once a second person of the staff agrees.",
    "DisputeDismissed": "{who} dismissed the dispute: the reason given is no ground.",
    "DisputeDismissed.you": "You dismissed the dispute: the reason given is no ground.",
    # ------------------------------------------------ the end of it
    "DisputeSettled.nothing": "It was settled that nothing is refunded.",
    "DisputeSettled.refund": "It was settled that {amount} is refunded to the buyer.",
    "DisputeSettled.return_and_refund": (
        "It was settled that {amount} is refunded to the buyer once the goods are back."
    ),
    "DisputeSettled.return_and_exchange": (
        "It was settled that the goods are exchanged, or {amount} is refunded to the buyer if no replacement comes."
    ),
    "DisputeClosed": "Dispute {number} was closed.",
    # ------------------------------------------------ returns and replacements
    "ReturnShipped": "{who} sent the goods back.",
    "ReturnShipped.you": "You sent the goods back.",
    "ReturnTracked": "The carrier reported about the return: {state}.",
    "ReturnConfirmed": "{who} confirmed that the goods are back.",
    "ReturnConfirmed.you": "You confirmed that the goods are back.",
    "ReturnContested": "{who} says that something is wrong with the goods that came back.",
    "ReturnContested.you": "You said that something is wrong with the goods that came back.",
    "ReturnUnderReview": "The mediator looks at the return.",
    "ReplacementShipped": "{who} sent the replacement.",
    "ReplacementShipped.you": "You sent the replacement.",
    "ReplacementTracked": "The carrier reported about the replacement: {state}.",
    "ReplacementConfirmed": "{who} confirmed that the replacement came.",
    "ReplacementConfirmed.you": "You confirmed that the replacement came.",
    # ------------------------------------------------ after closing
    "AppealMade.new_evidence": "{who} appealed: there is new evidence.",
    "AppealMade.new_evidence.you": "You appealed: there is new evidence.",
    "AppealMade.no_mediator": "{who} appealed: no mediator had taken part.",
    "AppealMade.no_mediator.you": "You appealed: no mediator had taken part.",
    "AppealGranted": "{who} granted the appeal.",
    "AppealGranted.you": "You granted the appeal.",
    "AppealDenied": "{who} denied the appeal.",
    "AppealDenied.you": "You denied the appeal.",
    "AppealDenied.clock": "The appeal was denied, because nobody decided it in time.",
    "DisputeReopened": "The dispute is open again; {amount} is held again.",
    "DisputeReopened.advanced": "Of this, {amount} had been paid out already, and the seller owes it now.",
    "CorrectionProposed": "{who} proposed a correction; a second person of the staff must agree.",
    "CorrectionProposed.you": "You proposed a correction; a second person of the staff must agree.",
    "Approved": "{who} agreed as the second person.",
    "Approved.you": "You agreed as the second person.",
    "PlatformPaid": "The platform pays the seller {amount} of its own money.",
    "PlatformPaid.to_you": "The platform pays you {amount} of its own money.",
    # ------------------------------------------------ names
    "named": "{who} ({name})",
}
PARCELS: Final[Mapping[T, str]] = {
    T.ACCEPTED: "The carrier has accepted the parcel.",
    T.IN_TRANSIT: "The parcel is on its way.",
    T.ARRIVED_IN_COUNTRY: "The parcel has arrived in the country of destination.",
    T.CUSTOMS: "The parcel is at customs.",
    T.DELIVERED: "The parcel was delivered.",
    T.RETURNED: "The parcel went back to the sender.",
    T.LOST: "The carrier reported that the parcel is lost.",
    T.UNREADABLE: "The tracking number shows nothing the carrier can read.",
}
LAPSES: Final[Mapping[N, str]] = {
    N.SELLER_RESPONSE: "The seller did not answer the claim in time.",
    N.BUYER_RESPONSE: "The buyer did not answer the offer in time.",
    N.NEGOTIATION: "The time to bargain is over.",
    N.NEGOTIATION_CAP: "The longest time to bargain is over.",
    N.EVIDENCE: "The time to send evidence is over.",
    N.CHOICE: "The time to choose an option is over.",
    N.REVIEW: "The mediator did not decide in time.",
    N.RETURN_SHIPMENT: "The goods were not sent back in time.",
    N.FIRST_SCAN: "The carrier did not see the return in time.",
    N.RETURN_TRANSIT: "The return did not arrive in time.",
    N.RETURN_INSPECTION: "The time to look at the returned goods is over.",
    N.REPLACEMENT: "The replacement was not sent in time.",
    N.APPEAL: "The time to appeal is over.",
    N.APPEAL_DECISION: "The appeal was not decided in time.",
    N.DISPATCH: "The parcel was not sent in time.",
    N.PROTECTION: "The buyer's protection is over.",
    N.OPENING_WINDOW: "The time to open a dispute is over.",
    N.RELEASE: "The time for which the money is kept after receipt is over.",
    N.REFUND: "The refund did not arrive in time.",
}
ACTIONS: Final[Mapping[str, str]] = {
    "cancel": "Under the policy the order is cancelled.",
    "alert": "Under the policy the staff are told.",
    "release": "Under the policy the money goes to the seller.",
    "grant": "Under the policy the buyer gets what was asked for.",
    "grant_offer": "Under the policy the seller's offer is carried out.",
    "escalate": "Under the policy a mediator decides.",
    "review": "Under the policy a mediator decides.",
    "refund": "Under the policy the buyer is refunded.",
    "close_for_seller": "Under the policy the dispute ends and the money stays with the seller.",
    "deny": "Under the policy the result stays.",
    "final": "The result is final now.",
}
"""What the policy says about the silence. `nothing` needs no sentence."""
