"""The shapes of answers, for the OpenAPI document. Answers are made in `shown` and `talk`; a test compares."""

from __future__ import annotations

from typing import Any

from ninja import Schema
from pydantic import ConfigDict, Field


class Shape(Schema):
    model_config = ConfigDict(extra="forbid")


class Money(Shape):
    amount_minor: int = Field(description="Whole minor units, like cents")
    currency: str = Field(description="ISO 4217")


class PolicyPin(Shape):
    id: str
    version: int
    digest: str


class Balances(Shape):
    paid_in: Money
    held: Money
    refunded: Money
    released: Money


class Line(Shape):
    id: str
    title: str
    quantity: int
    undecided: int = Field(description="Pieces whose money is not decided yet")
    paid: Money
    held: Money
    confirmed_at: str | None


class Payment(Shape):
    reference: str
    method: str
    captured: Money
    refunded: Money
    charged_back: Money


class Location(Shape):
    country: str
    city: str | None
    name: str | None = Field(description="Who takes the parcel in")
    lines: list[str] = Field(description="Street and house, at most three lines")
    postcode: str | None
    region: str | None
    phone: str | None


class Shipment(Shape):
    shipped_at: str
    carrier: str
    tracking: str | None
    delivery_due: str | None
    state: str | None
    delivered_at: str | None


class IfSilent(Shape):
    action: str = Field(description="The policy's word")
    outcome: str | None = Field(description="How the dispute would end; null where silence leads to another stage")
    amount_minor: int | None = Field(description="What would go to the buyer by it")
    sentence: str


class Deadline(Shape):
    name: str
    dispute: int | None
    at: str
    awaits: list[str]
    because: str
    if_silent: IfSilent


class Lapse(Shape):
    name: str
    at: str


class Refund(Shape):
    amount: Money
    due: str | None = Field(description="A date; null while the calendar is not announced")
    latest: str | None
    calendar: str
    to: str
    status: str
    funded_by: str
    dispute: int | None
    position: int


class Brief(Shape):
    number: int
    status: str
    outcome: str | None
    waiting_on: str


class Unavailable(Shape):
    action: str
    code: str
    sentence: str
    way_out: str
    until: str | None


class WaitingDecision(Shape):
    event: int
    type: str
    wants: str | None
    amount: Money | None


class Order(Shape):
    id: str
    version: int
    status: str
    placed_at: str
    policy: PolicyPin
    buyer: str | None
    seller: str | None
    currency: str
    money: Balances | None
    lines: list[Line]
    payments: list[Payment]
    destination: Location | None
    shipment: Shipment | None
    protection_ends: str | None
    clocks_stand_still: bool
    deadlines: list[Deadline]
    last_lapse: Lapse | None
    refund: Refund | None
    disputes: list[Brief]
    available_actions: list[str]
    unavailable_actions: list[Unavailable]
    waiting: WaitingDecision | None


class DisputedLine(Shape):
    line: str
    quantity: int


class Claim(Shape):
    version: int
    wants: str
    amount: Money
    text: str | None


class Offer(Shape):
    number: int
    by: str
    wants: str
    amount: Money
    standing: bool
    text: str | None


class Choice(Shape):
    option: int
    wants: str
    amount: Money
    chosen_by: list[str]


class Verdict(Shape):
    finding: str | None
    fault: str
    funded_by: str
    counts_against: str


class EvidenceFile(Shape):
    id: str
    kind: str
    by: str
    at: str
    name: str | None
    comment: str | None
    mediator_only: bool
    counts: bool
    answers: int | None = Field(description="Which of the dispute's `wanted` it shows")


class WantedThing(Shape):
    number: int = Field(description="What `add_evidence` names as `answers`")
    text: str | None
    kind: str | None = Field(description="The kind of evidence the mediator named; others tick it off too")
    came_from: list[str] = Field(description="Those who were asked and have given a file for it that counts")


class Message(Shape):
    number: int
    at: str
    by: str
    text: str | None


class AppealMade(Shape):
    by: str
    grounds: str
    granted: bool | None


class Trip(Shape):
    shipped_at: str
    tracking: str | None
    scanned: bool
    delivered_at: str | None
    lost: bool


class Return(Shape):
    wants: str
    amount: Money
    address: Location | None
    trip: Trip | None
    replacement: Trip | None


class Dispute(Shape):
    number: int
    order: str
    status: str
    outcome: str | None
    review_of: str | None
    waiting_on: str
    opened_at: str
    closed_at: str | None
    lines: list[DisputedLine]
    reason: str | None
    received: bool | None
    claim: Claim | None
    offers: list[Offer]
    options: list[Choice]
    verdict: Verdict | None
    evidence: list[EvidenceFile]
    wanted: list[WantedThing] = Field(description="What the mediator's last request for evidence listed")
    messages: list[Message] | None = Field(description="Null in answers to acts: read the dispute")
    flags: list[str]
    refunds: list[Refund]
    deadlines: list[Deadline]
    last_lapse: Lapse | None
    appeals: list[AppealMade]
    return_: Return | None = Field(alias="return")
    available_actions: list[str]
    unavailable_actions: list[Unavailable]
    waiting: WaitingDecision | None


class Warned(Shape):
    code: str
    sentence: str


class Happened(Shape):
    number: int
    type: str
    at: str
    sentence: str


class Acted(Shape):
    order: Order
    dispute: Dispute | None
    warnings: list[Warned]
    events: list[Happened]
    lapsed: list[Happened]
    repeated: bool


class Told(Shape):
    number: int
    at: str
    by: str
    type: str
    sentence: str
    dispute: int | None
    data: dict[str, Any]


class Upload(Shape):
    id: str
    state: str = Field(description="arriving, kept (no evidence yet) or linked (evidence)")
    name: str | None = Field(description="Cleaned; null where its giver was erased")
    kind: str | None = Field(description="What it is, by its bytes; null until all of it is here")
    media_type: str | None
    size: int | None
    sha256: str | None = Field(description="Of the original as it was sent")
    received_at: str | None = Field(description="When the whole file was here: what a deadline goes by")
    width: int | None = Field(description="Pixels as seen; of a document its first page in points")
    height: int | None
    milliseconds: int | None
    pages: int | None
    forms: list[str] = Field(
        description="In which whoever asks can have it: reading, thumbnail, stream, original. The original of the "
        "other side is had as a PDF only"
    )
    hints: list[str] = Field(description="Worth knowing; for its giver only")
    offset: int | None = Field(description="Of an upload in pieces: where to go on")
    length: int | None


class Uploaded(Shape):
    file: Upload
    warnings: list[dict[str, str]] = Field(description="Where it was added to a dispute at once")


class Timeline(Shape):
    timeline: list[Told]


class Orders(Shape):
    orders: list[Order]
    next: str | None


class PolicyDocument(PolicyPin):
    document: dict[str, Any]


class Marketplace(Shape):
    id: str
    name: str
    sandbox: bool
    clock: str | None
    policy: PolicyDocument


class Brand(Shape):
    name: str = Field(description="As people see it")
    accent_light: str = Field(description="Like #0a4a85, on light grounds; empty: ours")
    accent_dark: str
    shop: str = Field(description="Where the shop's own pages are")
    support: str = Field(description="A page or an e-mail address")


class Contact(Shape):
    """Where a buyer or seller is written to; `email` is empty where no address is known."""

    name: str
    email: str
    language: str
    zone: str


class PartyLink(Shape):
    url: str = Field(description="Where to send the buyer's or seller's browser")
    expires_at: str


class Clock(Shape):
    now: str


class Party(Shape):
    party: str
    blocked: bool


class OrderRefused(Shape):
    order: str
    code: str
    sentence: str


class Region(Shape):
    countries: list[str]
    paused: bool
    reached: int
    refused: list[OrderRefused]


class RecordOfTime(Shape):
    since: str | None = Field(description="Orders placed after this; null for all")
    complete: bool = Field(description="False where there are more disputed orders than are counted: the newest are")
    orders: int = Field(description="Without cancelled ones")
    disputes: int
    counted: int = Field(description="Disputes that count against the seller")
    counted_orders: int = Field(description="Orders with at least one of them")
    rate: str | None = Field(description="counted_orders by orders, like 0.0312; null without orders")
    ended: dict[str, int] = Field(description="How many ended how; docs/api.md has the words")
    not_counted: dict[str, int] = Field(description="How many do not count, by the reason; docs/api.md has the words")


class SellerRecord(Shape):
    seller: str
    as_of: str
    recent: RecordOfTime = Field(description="Of the last 90 days")
    all: RecordOfTime


class Alive(Shape):
    status: str


class Problem(Shape):
    """RFC 9457."""

    type: str
    title: str
    status: int
    code: str = Field(description="For programs: a refusal of the glossary, or what only HTTP refuses")
    detail: str = Field(description="What happened, and why")
    way_out: str = Field(description="What would work")
    until: str = Field(default="", description="From when the same act will be possible")
    order_version: int = Field(default=0, description="Where the order stands")


class Wish(Shape):
    kind: str = Field(description="A kind of evidence that would help and is not there yet")
    code: str
    sentence: str
    help: str


class Hinted(Shape):
    code: str
    sentence: str
    help: str = Field(description="What would help")
    file: str | None = Field(description="The upload it is about; null where it is about all of them")


class Coached(Shape):
    wanted: list[Wish]
    hints: list[Hinted]


class Doubt(Shape):
    code: str
    sentence: str
    strength: str = Field(description="information, weak or strong; none of them decides anything")
    about: str = Field(description="file, parcel, return or replacement")
    file: str | None


class Doubts(Shape):
    doubts: list[Doubt]


class ListingPicture(Shape):
    kind: str
    sha256: str = Field(description="Of the file as it was sent: what the picture is called by")
    width: int
    height: int
    received_at: str = Field(description="Pages tell whether it was known when an order was placed")
    forms: list[str] = Field(description="reading and thumbnail; none where only its measures were ever kept")


class ListingPictures(Shape):
    listing: str
    pictures: list[ListingPicture]


class ListingPictureTaken(ListingPicture):
    listing: str
    known_before: bool = Field(description="This very file was the listing's already")
    hints: list[str]
