"""Every sentence of the coach and of the truth checks, in one place: a translation is another `Language`.

Names in braces are filled in by whoever says the sentence; tests/vault_coach compares them, language by language.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from amends.core.vocabulary import EvidenceKind, Reason


class Advice(StrEnum):
    """What a hint is about."""

    TOO_DARK = "too_dark"
    TOO_BRIGHT = "too_bright"
    BLURRED = "blurred"
    TOO_SMALL = "too_small"
    SAME_FILE = "same_file"
    LOOKS_THE_SAME = "looks_the_same"
    NO_CLOSE_UP = "no_close_up"
    NO_COMMENT = "no_comment"
    VIDEO_TOO_LONG = "video_too_long"
    VIDEO_SILENT = "video_silent"
    SCREENSHOT_WITHOUT_DATE = "screenshot_without_date"
    SCREENSHOT_DATE_UNKNOWN = "screenshot_date_unknown"
    TRACKING_MISTYPED = "tracking_mistyped"
    TRACKING_NO_SUCH_POST = "tracking_no_such_post"
    TRACKING_OF_WRONG_LENGTH = "tracking_of_wrong_length"
    TRACKING_NO_NUMBER = "tracking_no_number"
    LINK_COUNTS_FOR_NOTHING = "link_counts_for_nothing"
    WANTED = "wanted"


class Doubt(StrEnum):
    """What a mediator should look at twice."""

    SAME_PICTURE_ELSEWHERE = "same_picture_elsewhere"
    PICTURE_OF_A_LISTING = "picture_of_a_listing"
    TAKEN_BEFORE_THE_ORDER = "taken_before_the_order"
    TAKEN_BEFORE_DELIVERY = "taken_before_delivery"
    TAKEN_LATER_THAN_SENT = "taken_later_than_sent"
    OTHER_DEVICE = "other_device"
    EDITED = "edited"
    CONTENT_CREDENTIALS = "content_credentials"
    NUMBER_OF_ANOTHER_COUNTRY = "number_of_another_country"
    NUMBER_POSTED_ELSEWHERE = "number_posted_elsewhere"
    NUMBER_USED_BEFORE = "number_used_before"
    NUMBER_USED_ELSEWHERE = "number_used_elsewhere"
    NUMBER_NOT_OF_THIS_ORDER = "number_not_of_this_order"
    NUMBER_SCANNED_TOO_EARLY = "number_scanned_too_early"
    DELIVERED_TO_ANOTHER_CITY = "delivered_to_another_city"


class Credentials(StrEnum):
    """Whether a C2PA manifest is in a file. What it says, and whether it holds, is not looked at."""

    NONE = "none"
    PRESENT = "present"


class Said(NamedTuple):
    """What is noticed, and what would help."""

    sentence: str
    help: str


class Want(NamedTuple):
    """A kind of file, what it shows, and how to make it."""

    kind: EvidenceKind
    what: str
    how: str
    many: int = 1
    """How many files of the kind it takes before nobody asks for more."""


class Language(NamedTuple):
    advice: Mapping[Advice, Said]
    wants: Mapping[Reason, tuple[Want, ...]]
    """Rulebook R142–R158 by reason, the most telling first: what the buyer shows."""
    seller_wants: Mapping[Reason, tuple[Want, ...]]
    """What the seller answers it with (R157)."""
    doubts: Mapping[Doubt, str]
    credentials: Mapping[Credentials, str]
    words: Mapping[str, str]
    """What is put into the sentences above."""


_ADVICE: Final[Mapping[Advice, Said]] = {
    Advice.TOO_DARK: Said("The picture is very dark.", "Take it again by a window or with a lamp on."),
    Advice.TOO_BRIGHT: Said("The picture is almost white.", "Take it again without flash or glare."),
    Advice.BLURRED: Said(
        "Nothing in the picture is sharp.", "Rest the phone on something, and tap on what matters before you take it."
    ),
    Advice.TOO_SMALL: Said(
        "The picture has only {width} × {height} pixels.",
        "Send the photograph itself, not a preview of it or a copy from a chat.",
    ),
    Advice.SAME_FILE: Said("This very file is there already.", "Send another view of it, or leave it out."),
    Advice.LOOKS_THE_SAME: Said(
        "It looks the same as a picture that is there already.", "Another angle says more than the same one twice."
    ),
    Advice.NO_CLOSE_UP: Said(
        "None of the photographs is a close-up.",
        "Add one in which the fault fills the picture; keep one that shows the whole thing.",
    ),
    Advice.NO_COMMENT: Said("The file has no comment.", "Say in one sentence what it shows, even if it seems obvious."),
    Advice.VIDEO_TOO_LONG: Said(
        "The video lasts {minutes} minutes.",
        "Three to five minutes are enough. Cut it to the part that shows the fault.",
    ),
    Advice.VIDEO_SILENT: Said(
        "The video has no sound.", "Say aloud what you show while you film, or write it into the comment."
    ),
    Advice.SCREENSHOT_WITHOUT_DATE: Said(
        "No date can be seen on the screenshot.",
        "Take it so that the date, the address bar or the order number is on it.",
    ),
    Advice.SCREENSHOT_DATE_UNKNOWN: Said(
        "Whether the screenshot shows a date, this check cannot read.",
        "See for yourself that the date, the address bar or the order number is on it.",
    ),
    Advice.TRACKING_MISTYPED: Said(
        "{number} cannot be right: a digit or a letter is mistyped.{meant}",
        "Compare it with the label, sign by sign.",
    ),
    Advice.TRACKING_NO_SUCH_POST: Said(
        "{number} has the form of a postal number, but no post of the world ends its numbers in {country}.",
        "Compare the last two letters with the label.",
    ),
    Advice.TRACKING_OF_WRONG_LENGTH: Said(
        "{number} has {digits} digits between its letters; a postal number has nine.",
        "Compare it with the label, sign by sign.",
    ),
    Advice.TRACKING_NO_NUMBER: Said(
        "“{number}” is no tracking number of any carrier known here.",
        "Write the number as it stands on the receipt or the label, with its letters.",
    ),
    Advice.LINK_COUNTS_FOR_NOTHING: Said(
        "A link counts for nothing: what lies behind it can change.", "Send the file itself."
    ),
    Advice.WANTED: Said("It helps to show: {what}.", "{how}"),
}

_K: Final = EvidenceKind
_PHOTO: Final = Want(
    _K.PHOTO, "the fault from close by and from several sides", "Two or three photographs in daylight.", many=2
)
_STEPS: Final = Want(
    _K.PHOTO,
    "the parcel being opened and the goods looked at, step by step",
    "A photograph of each step: closed, open, unpacked, tried.",
    many=2,
)
_SENDER: Final = Want(
    _K.PHOTO, "who sent it", "The whole label on the packaging, so that sender and number can be read."
)
_LABEL: Final = Want(
    _K.PHOTO,
    "the tag or label of the goods",
    "Size or model must be readable: what the packaging says, and what the goods say.",
)
_ASSEMBLY: Final = Want(
    _K.VIDEO, "how it goes together", "Of goods in several parts, film how you put them together, to where it fails."
)
_UNUSED: Final = Want(
    _K.PHOTO, "that the goods are whole and unused", "The goods with their tags and packaging, in daylight."
)
_LISTING: Final = Want(
    _K.SCREENSHOT, "what the listing promised", "A screenshot of the order with set, colour and size."
)
_UNBOXING: Final = Want(
    _K.VIDEO, "the parcel being opened", "A video without a cut, with the sender's label on it first."
)
_WHERE_IT_IS: Final = Want(
    _K.TRACKING, "where the parcel is", "A screenshot of the tracking page with number and date."
)
_DEADLINE: Final = Want(
    _K.SCREENSHOT, "that protection is about to end", "A screenshot of the order's protection date."
)
_ADDRESS: Final = Want(
    _K.SCREENSHOT, "that your address was right", "A screenshot of the order with the address on it."
)
_WORKING: Final = Want(
    _K.VIDEO,
    "that it does not work",
    "Film it plugged in, and in the same shot something else that works on the same socket.",
)
_QUOTE: Final = Want(_K.QUOTE, "what the repair costs", "An estimate of a repairer or a tailor supports the amount.")
_OFFICIAL: Final = Want(_K.DOCUMENT, "what customs, a maker or an expert wrote", "A photograph or PDF of the letter.")

_WANTS: Final[Mapping[Reason, tuple[Want, ...]]] = {
    Reason.NOT_RECEIVED: (_WHERE_IT_IS, _DEADLINE),
    Reason.PROTECTION_ENDED_IN_TRANSIT: (_DEADLINE, _WHERE_IT_IS),
    Reason.RETURNED_TO_SENDER: (_WHERE_IT_IS, _ADDRESS),
    Reason.NO_TRACKING_INFORMATION: (_WHERE_IT_IS,),
    Reason.CUSTOMS_PROBLEM: (_OFFICIAL, _WHERE_IT_IS),
    Reason.WRONG_ADDRESS: (_ADDRESS, _WHERE_IT_IS),
    Reason.DEFECTIVE: (_PHOTO, _WORKING, _ASSEMBLY, _STEPS, _QUOTE),
    Reason.INCOMPLETE: (_PHOTO, _UNBOXING, _STEPS, _SENDER, _LISTING),
    Reason.NOT_AS_DESCRIBED: (_PHOTO, _LISTING, _LABEL, _ASSEMBLY),
    Reason.WRONG_ITEM: (_PHOTO, _LISTING, _UNBOXING, _LABEL, _SENDER),
    Reason.LOW_QUALITY: (_PHOTO, _LISTING, _QUOTE),
    Reason.DELIVERY_METHOD_MISMATCH: (_LISTING, _WHERE_IT_IS, _SENDER),
    Reason.COUNTERFEIT: (_PHOTO, _LISTING, _OFFICIAL, _LABEL, _SENDER),
    Reason.NOT_NEEDED: (_UNUSED,),
}

_SENT: Final = Want(
    _K.TRACKING, "that the parcel is on its way, or came", "A screenshot of the tracking page with number and date."
)
_POSTED: Final = Want(_K.DOCUMENT, "that the carrier took it", "The receipt of posting, with date, weight and address.")
_ADDRESSED: Final = Want(
    _K.PHOTO, "that it was sent to the right address", "The parcel with its label as it was handed over."
)
_DECLARED: Final = Want(
    _K.DOCUMENT, "what customs was told", "The customs declaration and the invoice that went with it."
)
_BEFORE: Final = Want(
    _K.PHOTO, "the goods as they were sent", "Photographs from before packing, from several sides.", many=2
)
_TESTED: Final = Want(
    _K.VIDEO, "that it worked before it was sent", "A film of the test in which the number of the piece can be read."
)
_PACKED: Final = Want(_K.VIDEO, "what was put into the parcel", "Film the packing without a cut, and the scales.")
_OFFERED: Final = Want(
    _K.SCREENSHOT, "what the listing promised", "A screenshot of the listing as it stood when it was ordered."
)
_SOURCE: Final = Want(_K.DOCUMENT, "where the goods come from", "An invoice or a letter of the maker or a wholesaler.")
_AGREED: Final = Want(
    _K.SCREENSHOT, "what was agreed about sending back", "A screenshot of the listing's conditions when it was ordered."
)

_SELLER_WANTS: Final[Mapping[Reason, tuple[Want, ...]]] = {
    Reason.NOT_RECEIVED: (_SENT, _POSTED, _ADDRESSED),
    Reason.PROTECTION_ENDED_IN_TRANSIT: (_SENT, _POSTED),
    Reason.RETURNED_TO_SENDER: (_SENT, _ADDRESSED),
    Reason.NO_TRACKING_INFORMATION: (_POSTED, _SENT),
    Reason.CUSTOMS_PROBLEM: (_DECLARED, _SENT),
    Reason.WRONG_ADDRESS: (_ADDRESSED, _SENT),
    Reason.DEFECTIVE: (_TESTED, _BEFORE),
    Reason.INCOMPLETE: (_PACKED, _POSTED, _OFFERED),
    Reason.NOT_AS_DESCRIBED: (_OFFERED, _BEFORE),
    Reason.WRONG_ITEM: (_PACKED, _OFFERED, _BEFORE),
    Reason.LOW_QUALITY: (_OFFERED, _BEFORE),
    Reason.DELIVERY_METHOD_MISMATCH: (_POSTED, _OFFERED),
    Reason.COUNTERFEIT: (_SOURCE, _OFFERED, _BEFORE),
    Reason.NOT_NEEDED: (_AGREED,),
}

_DOUBTS: Final[Mapping[Doubt, str]] = {
    Doubt.SAME_PICTURE_ELSEWHERE: "In case {case} {who} gave {alike}.",
    Doubt.PICTURE_OF_A_LISTING: (
        "Listing {listing} shows {alike}. It may be the shop's photograph, not one of the goods received."
    ),
    Doubt.TAKEN_BEFORE_THE_ORDER: ("Its camera says it was taken on {taken}, before the order was placed ({ordered})."),
    Doubt.TAKEN_BEFORE_DELIVERY: (
        "Its camera says it was taken on {taken}, before the parcel was delivered ({delivered})."
    ),
    Doubt.TAKEN_LATER_THAN_SENT: (
        "Its camera says it was taken on {taken}, after it was sent in ({received}): that clock is wrong."
    ),
    Doubt.OTHER_DEVICE: "It was taken with {device}; this person's other files with {usual}.",
    Doubt.EDITED: "It was saved by {program}. That may be no more than cropping.",
    Doubt.CONTENT_CREDENTIALS: "It carries content credentials (C2PA){state}",
    Doubt.NUMBER_OF_ANOTHER_COUNTRY: "{number} is on its way to {country}; the order goes to {meant}.",
    Doubt.NUMBER_POSTED_ELSEWHERE: (
        "{number} was given out by the post of {country}; the sender's address is in {home}. Some send from elsewhere."
    ),
    Doubt.NUMBER_USED_BEFORE: "The same number was given for order {order} on {given}.",
    Doubt.NUMBER_USED_ELSEWHERE: (
        "The same number was given for order {order} too, on {given}, after it was given here."
    ),
    Doubt.NUMBER_NOT_OF_THIS_ORDER: "{number} is not the number this order was sent under.",
    Doubt.NUMBER_SCANNED_TOO_EARLY: ("{number} was first scanned on {scanned}, before this parcel was sent ({sent})."),
    Doubt.DELIVERED_TO_ANOTHER_CITY: "It was delivered in {city}; it was to go to {meant}.",
}

_CREDENTIALS: Final[Mapping[Credentials, str]] = {
    Credentials.NONE: ": none.",
    Credentials.PRESENT: ". Nobody has checked here whether they hold, or who signed them.",
}

_WORDS: Final[Mapping[str, str]] = {
    "the_same_file": "the very same file",
    "the_same_picture": "the same picture",
    "looks_the_same": "a picture that looks the same",
    "the_same_person": "the same person",
    "somebody_else": "somebody else",
    "meant": " It may be {number}.",
}

ENGLISH: Final = Language(_ADVICE, _WANTS, _SELLER_WANTS, _DOUBTS, _CREDENTIALS, _WORDS)
