"""What somebody should be warned of: tricks in messages, traps in offers, a buyer who disputes nearly every order.

Warnings, never decisions: nothing here refuses anything, moves a clock or changes an amount (rulebook R252, R275).
A trap is named to the readers it protects (`PROTECTS`) in one sentence (`SENTENCES`). The wordings are data (the
package phrases). Reading is a guess, so it leans to silence where an ordinary sentence looks alike.

Source: rulebook §13 (R258–R277), R043, R116, R241–R244, R349–R351.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Final, Literal

from amends.core.phrases import EXTENSION, PHRASES
from amends.core.phrases.folding import fold
from amends.core.phrases.reading import Reader
from amends.core.vocabulary import Party, Wants, WarningCode

# ---------------------------------------------------------------- messages

_TRAPS: Final = Reader(PHRASES)
_PROMISES: Final[Reader[Literal["extension"]]] = Reader({"extension": EXTENSION})


def read_message(text: str) -> frozenset[WarningCode]:
    """The traps of rulebook §13 in what somebody wrote, in English, Russian, Chinese, Portuguese or Spanish.

    Empty for an ordinary message. Who wrote it, and so whether anybody needs the warning, is the caller's to know
    (`PROTECTS`). Case, accents, look-alike letters and invisible characters do not matter. Source: R258–R277.
    """
    return _TRAPS.read(text)


def promises_extension(text: str) -> bool:
    """Whether the writer promises to extend the protection, or says he has. Only the new date counts (R043)."""
    return bool(_PROMISES.read(text))


# ---------------------------------------------------------------- offers


def offer_warnings(
    *,
    claim_wants: Wants,
    wants: Wants,
    amount_minor: int,
    previous_minor: int | None,
    return_may_cost_more: bool,
    late: bool,
) -> frozenset[WarningCode]:
    """What the reader of an offer should see before he accepts it.

    `amount_minor`: of this offer, in minor units, 0 or more. `previous_minor`: of the seller's offer before, None at
    the first. `return_may_cost_more`: sending the goods back may cost more than the refund; it is said only when the
    offer asks for a return. `late`: the offer came when the time to answer was nearly over. Source: R116, R242,
    R268, R269, R274.
    """
    asks_return = wants is not Wants.REFUND
    seen = {
        WarningCode.ZERO_OFFER: amount_minor == 0,
        WarningCode.LOWER_THAN_BEFORE: previous_minor is not None and amount_minor < previous_minor,
        WarningCode.REFUND_SWAPPED_FOR_RETURN: asks_return and claim_wants is Wants.REFUND,
        WarningCode.RETURN_MAY_COST_MORE: asks_return and return_may_cost_more,
        WarningCode.LATE_COUNTER_OFFER: late,
    }
    return frozenset(code for code, holds in seen.items() if holds)


def frequent_disputes(
    *,
    now: datetime,
    opened: Sequence[datetime],
    orders: Sequence[datetime],
    rate_above: Fraction,
    orders_at_least: int,
    rate_within: timedelta,
    burst_above: int,
    burst_within: timedelta,
) -> bool:
    """Whether the buyer who opens a dispute now disputes unusually often. A mark for the mediator, nothing more.

    `opened`: when he opened disputes on other orders; the one he opens now counts as one more. `orders`: when he
    placed his orders, this one included. Either is enough: more than `rate_above` of at least `orders_at_least`
    orders within `rate_within` were disputed, or more than `burst_above` disputes within `burst_within`. Windows
    include both ends; what lies after `now` does not count. Source: R349–R351, policy `[signals]`.
    """
    placed = _within(orders, now, rate_within)
    disputed = _within(opened, now, rate_within) + 1
    often = placed > 0 and placed >= orders_at_least and Fraction(disputed, placed) > rate_above
    return often or _within(opened, now, burst_within) + 1 > burst_above


def _within(instants: Sequence[datetime], now: datetime, window: timedelta) -> int:
    return sum(now - window <= instant <= now for instant in instants)


# ---------------------------------------------------------------- language


def not_in_english(text: str) -> bool:
    """Whether a text is plainly in another language, for a policy that asks for English.

    A third or more of the letters in another script: yes. In Latin script, the everyday words decide: at least two
    of another language, and more of them than of English. Fewer than twenty Latin letters are too few to tell: no.
    Source: R249, policy `messages.language`.
    """
    letters = [letter for letter in unicodedata.normalize("NFKC", text) if letter.isalpha()]
    foreign = sum(letter > "\u024f" and not "\u1e00" <= letter <= "\u1eff" for letter in letters)
    if foreign * 3 >= len(letters) > 0:
        return True
    if len(letters) - foreign < 20:
        return False
    words = _LATIN_WORD.findall(fold(text))
    english = sum(word in _ENGLISH for word in words)
    other = sum(word in _OTHER_LATIN for word in words)
    return other >= 2 and other > english


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_LATIN_WORD: Final = re.compile(r"[a-z\u00df-\u024f]+")
# Everyday words that tell a language; none that two of them share with English (no, me, do, die, in, on, was, so …).
_ENGLISH: Final = _words(
    "the and is are you your it this that of to for with have has not i we my will be was please but from can when if"
    " what as at by they he she there would on in an or our did been were so do no me all which about how"
)
_OTHER_LATIN: Final = _words(
    # Spanish, Portuguese
    "el los las que del una por para con su sus se lo pero como esta este esto muy ya cuando usted gracias dinero"
    " paquete pedido producto quiero hola tengo porque envio nao voce uma os um com mais mas foi meu minha seu sua"
    " pra obrigado obrigada produto recebi dias ainda quero isso ele tem ao dos das em na nos y e o"
    # French, Italian
    " le les des et est vous je pas pour dans avec mais sur ce cette une mon votre bonjour merci colis argent produit"
    " il che non per sono della di mi questo ho una anche pacco grazie ma come"
    # German, Dutch
    " der das und ist nicht ich sie ein eine zu mit den auf es bitte danke paket ware geld wir haben habe aber dem"
    " het een niet ik van voor met maar zijn heb mijn pakket geld graag"
    # Polish, Czech, Turkish, Indonesian, Vietnamese without marks
    " nie jest sie na do ze to prosze paczka mam ale czy dziekuje przesylka je jsem neni prosim balik"
    " bir ve bu icin cok ama degil lutfen paket para var yok yang dan tidak saya ini untuk dengan barang sudah"
    " khong toi hang cua cho"
) - _words("to do on no me so in an as a at it all")


# ---------------------------------------------------------------- what the reader is told

SENTENCES: Final[Mapping[WarningCode, str]] = {
    WarningCode.WEAK_REASON: (
        "This reason alone rarely wins; the one that says what you are missing, such as “not received”, stands better."
    ),
    WarningCode.OFF_PLATFORM_PAYMENT: (
        "This message speaks of money outside this order; once you agree to that, nobody here can get it back for you."
    ),
    WarningCode.REORDER_TRICK: (
        "This message asks you to order again; the new order protects you only up to its own price, and closing this"
        " dispute can leave the first payment with the seller."
    ),
    WarningCode.REVIEW_FOR_REFUND: (
        "This message ties a refund to a review; what you are owed does not depend on it, and a promise made here does"
        " not bind anybody."
    ),
    WarningCode.PITY: (
        "This message appeals to your sympathy; if you close the dispute for it, the money goes to the seller when your"
        " protection ends."
    ),
    WarningCode.REPAIR_OFFER: (
        "This message offers you a repair; its cost is refunded to you only if it stands as an amount in an offer here."
    ),
    WarningCode.RESEND_OFFER: (
        "This message promises you another parcel; if you close the dispute and it does not come, you may not be able"
        " to open it again."
    ),
    WarningCode.DISCOUNT_OFFER: (
        "This message offers you a discount on a later order; it is worth something only if you buy again, and it gives"
        " you nothing back for this one."
    ),
    WarningCode.REASON_SWAP: (
        "This message asks you to change the reason; with another reason you may have to pay the return yourself or"
        " lose your claim."
    ),
    WarningCode.ZERO_OFFER: (
        "The amount of this offer is zero; if you accept it, you receive nothing and the dispute closes."
    ),
    WarningCode.LOWER_THAN_BEFORE: (
        "This offer is lower than the one before; if you accept it, you receive the lower amount."
    ),
    WarningCode.REFUND_SWAPPED_FOR_RETURN: (
        "You asked for a refund without a return; under this offer you get money only once the goods are back."
    ),
    WarningCode.RETURN_MAY_COST_MORE: (
        "Sending the goods back may cost you more than this refund brings; look up the postage before you agree."
    ),
    WarningCode.LATE_COUNTER_OFFER: (
        "This offer came shortly before the time to answer ran out and may start the clock anew; your own claim still"
        " stands, and you need not take the offer to keep it."
    ),
    WarningCode.PROTECTION_NOT_EXTENDED: (
        "An extension was promised, but your protection still ends on the same date; if you close the dispute before"
        " you see a new date, you may not be able to open it again."
    ),
    WarningCode.WAIT_LONGER: (
        "This message asks you to wait; your protection runs on meanwhile, and after it ends you can no longer claim"
        " your money back."
    ),
    WarningCode.OFF_PLATFORM_RETURN: (
        "This message asks you to send the goods back outside a return agreed here; nobody here can see such a return"
        " or get your money back for it."
    ),
    WarningCode.PRESSURE_TO_REDUCE: (
        "This message asks you to take less or to close the dispute; you decide, and what you give up now cannot be"
        " claimed later."
    ),
    WarningCode.ENDLESS_EVIDENCE_DEMANDS: (
        "This message asks you for more evidence; the claim does not wait for it, and what a mediator needs you will be"
        " asked for here."
    ),
    WarningCode.PRIVATE_AGREEMENT: (
        "This message speaks of an agreement outside the dispute; only offers made and accepted here bind both of you."
    ),
    WarningCode.CANNOT_BE_REOPENED: (
        "If you withdraw now, this dispute cannot be opened again, and the money goes to the seller when your"
        " protection ends."
    ),
    WarningCode.LAST_OFFER_COUNTS: (
        "If you do nothing until the negotiation ends, your last terms go to the mediator as they stand; change them"
        " now if they are not what you want."
    ),
    WarningCode.LINK_IS_NO_EVIDENCE: (
        "A link is kept as text and counts for nothing, because what is behind it can change; upload the file itself."
    ),
    WarningCode.TRACKING_UNVERIFIED: (
        "This tracking number has no format we know, so nobody here can follow the parcel by it; compare it with the"
        " label, since a parcel that cannot be followed may count as not sent."
    ),
    WarningCode.FREQUENT_DISPUTES: (
        "You are looking at a buyer who disputes more of his orders than most; that proves nothing about this one, so"
        " weigh its evidence on its own."
    ),
    WarningCode.CONTRADICTS_RECEIPT: (
        "The receipt of these goods was confirmed earlier; say how that happened, or a mediator may rely on the"
        " confirmation instead of on your words."
    ),
    WarningCode.NOT_IN_ENGLISH: (
        "This is not in English, which the other side and the mediator read here; what you mean may be lost until you"
        " write it in English."
    ),
}  # fmt: skip
"""One sentence a warning, in the second person, for the reader it protects: the trick and what follows from it."""

_BUYER: Final = frozenset({Party.BUYER})
_BOTH: Final = frozenset({Party.BUYER, Party.SELLER})
_EITHER_WAY: Final = frozenset(
    {
        WarningCode.OFF_PLATFORM_PAYMENT,
        WarningCode.REVIEW_FOR_REFUND,
        WarningCode.PRESSURE_TO_REDUCE,
        WarningCode.PRIVATE_AGREEMENT,
        WarningCode.OFF_PLATFORM_RETURN,
        WarningCode.LAST_OFFER_COUNTS,
        WarningCode.LINK_IS_NO_EVIDENCE,
        WarningCode.TRACKING_UNVERIFIED,
        WarningCode.NOT_IN_ENGLISH,
    }
)

PROTECTS: Final[Mapping[WarningCode, frozenset[Party]]] = {
    code: _BOTH if code in _EITHER_WAY else _BUYER for code in WarningCode
} | {WarningCode.FREQUENT_DISPUTES: frozenset({Party.MEDIATOR})}
"""Who is shown a warning. Where it is about a message or an offer, the writer himself is left out by the caller; where
it is about one's own act, it comes in the answer to whoever acted. A buyer who asks a seller for money outside, or
threatens with a review, sets the same traps, so those protect both. How often a buyer disputes
is for the staff only."""
