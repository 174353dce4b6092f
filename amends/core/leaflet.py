"""A policy as the leaflet a seller is handed: plain words, every clock with what silence does.

Here it is decided which sentence stands where; the sentences themselves are in `leaflet_english.py`.
A key that changes nothing under this policy (the time to appeal where nobody can) is left out.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Final, NamedTuple

from amends.core.durations import Duration, Period, duration_words
from amends.core.leaflet_english import ENGLISH
from amends.core.money import Money
from amends.core.policy import Earliest, Latest, Negotiation, Policy, Return
from amends.core.vocabulary import Party

WIDTH: Final = 88
_MEBIBYTE: Final = 1_048_576

Points = list[list[str]]  # a point is one bullet, made of sentences


class Chapter(NamedTuple):
    title: str
    points: tuple[str, ...]
    """Each a few sentences."""


def leaflet(
    policy: Policy, sentences: Mapping[str, str] = ENGLISH, say: Callable[[Duration | Money], str] | None = None
) -> str:
    """The whole policy in words, wrapped at 88 columns, with a newline at the end.

    `sentences` are those of `leaflet_english.py` or their translation; `say` writes lengths of time and amounts,
    in English where it is left out. Source: docs/policies.md.
    """
    return _Leaflet(policy, sentences, say or _english).text()


def chapters(
    policy: Policy, sentences: Mapping[str, str] = ENGLISH, say: Callable[[Duration | Money], str] | None = None
) -> tuple[Chapter, ...]:
    """The same without its head, to be laid out by a page."""
    found = _Leaflet(policy, sentences, say or _english).chapters()
    return tuple(Chapter(title, tuple(" ".join(point) for point in points)) for title, points in found)


def _english(value: Duration | Money) -> str:
    return str(value) if isinstance(value, Money) else duration_words(value)


class _Leaflet:
    def __init__(
        self, policy: Policy, sentences: Mapping[str, str], written: Callable[[Duration | Money], str]
    ) -> None:
        self.policy = policy
        self.sentences = sentences
        self.written = written

    def chapters(self) -> list[tuple[str, Points]]:
        named: tuple[tuple[str, Points], ...] = (
            ("time", self.time()),
            ("dispatch", self.dispatch()),
            ("protection", self.protection()),
            ("opening", self.opening()),
            ("negotiation", self.negotiation()),
            ("review", self.review()),
            ("return", self.returns()),
            ("refund", self.refund()),
            ("appeal", self.appeal()),
            ("evidence", self.evidence()),
            ("messages", self.messages()),
            ("staff", self.staff()),
        )
        return [(self.say(f"section.{name}"), points) for name, points in named]

    def text(self) -> str:
        lines = self.head()
        for title, points in self.chapters():
            lines += ["", title, "-" * len(title)]
            for point in points:
                lines += textwrap.wrap(
                    " ".join(point), WIDTH, initial_indent="- ", subsequent_indent="  ", break_on_hyphens=False
                )
        return "\n".join(lines) + "\n"

    def head(self) -> list[str]:
        policy = self.policy
        title = self.say("page.title", title=policy.title)
        name = [self.say("page.name", id=policy.id, version=policy.version)]
        name += [self.say("page.as_of", as_of=policy.as_of)] if policy.as_of else []
        name += [self.say(f"grade.{policy.grade}"), self.say("page.you")]
        sources = [self.say("page.sources", sources=self.say("list.sources").join(policy.sources))]
        paragraphs = [name, sources] if policy.sources else [name]
        wrapped = [textwrap.fill(" ".join(paragraph), WIDTH) for paragraph in paragraphs]
        return [*textwrap.wrap(title, WIDTH), "=" * min(len(title), WIDTH), *wrapped]

    # ------------------------------------------------ chapters

    def time(self) -> Points:
        last = self.say(f"time.last_instant.{self.policy.deadline_includes_last_instant}")
        return [[self.say("time.days")], [last]]

    def dispatch(self) -> Points:
        dispatch = self.policy.dispatch
        return [self.clock("dispatch.within", dispatch.within, f"dispatch.if_not_shipped.{dispatch.if_not_shipped}")]

    def protection(self) -> Points:
        protection = self.policy.protection
        extension = self.parties("protection.extendable_by", protection.extendable_by)
        return [
            [
                self.say(f"protection.lasts.{protection.starts}", time=self.written(protection.lasts)),
                self.say(f"protection.if_nothing_happens.{protection.if_nothing_happens}"),
            ],
            [extension],
            [self.say(f"protection.while_disputed.{protection.while_disputed}"), self.say("protection.disputed")],
            [self.maybe("protection.after_receipt", protection.after_receipt)],
        ]

    def opening(self) -> Points:
        opening = self.policy.opening
        waits = opening.not_received_waits_for
        unreadable = self.maybe("opening.unreadable", opening.unreadable_tracking_is_ground_after)
        confirmed = [self.say(f"opening.after_confirmation.{opening.after_confirmation}")]
        if opening.after_confirmation == "allow":
            lost = opening.not_received_after_confirmation
            confirmed.append(self.say(f"opening.not_received_after_confirmation.{lost}"))
        return [
            [self.say(f"opening.needs.{opening.needs}"), self.earliest(opening.earliest)],
            [self.latest(opening.latest)],
            [
                self.say("opening.not_received_waits_for", until=self.say(f"until.{waits}"))
                if waits
                else self.say("opening.not_received_waits_for.none")
            ],
            confirmed,
            [self.say(f"opening.weak_reasons.{opening.weak_reasons}"), unreadable],
            [self.say(f"opening.personal_reasons.{opening.personal_reasons}")],
            [self.say(f"opening.per.{opening.per}"), self.say(f"opening.again.{opening.again}")],
            [self.opening_evidence(opening.evidence)],
        ]

    def negotiation(self) -> Points:
        bargaining = self.policy.negotiation
        answer = self.clock(
            "negotiation.seller_response",
            bargaining.seller_response,
            f"negotiation.if_seller_silent.{bargaining.if_seller_silent}",
        )
        if bargaining.seller_response:
            answer.append(self.say(f"negotiation.restarts.{bargaining.seller_response_restarts_on_revision}"))
        return [
            [*answer, self.say("negotiation.messages")],
            self.window(bargaining),
            self.clock(
                "negotiation.buyer_response",
                bargaining.buyer_response,
                f"negotiation.if_buyer_silent.{bargaining.if_buyer_silent}",
            ),
            [self.say(f"negotiation.on_buyer_reject.{bargaining.on_buyer_reject}"), self.escalation(bargaining)],
            [self.say(f"negotiation.past.{bargaining.after_withdrawal_past_protection}")],
        ]

    def review(self) -> Points:
        review = self.policy.review
        missing, undecided = f"review.if_evidence_missing.{review.if_evidence_missing}", review.if_undecided
        return [
            [self.say("review.frozen")],
            self.clock("review.evidence_within", review.evidence_within, missing),
            self.clock("review.choose_within", review.choose_within, f"review.if_no_choice.{review.if_no_choice}"),
            self.clock("review.decide_within", review.decide_within, f"review.if_undecided.{undecided}"),
            [self.say(f"review.ruling_above_claim.{review.ruling_above_claim}")],
            [
                self.say(f"review.parties_may_settle.{review.parties_may_settle}"),
                self.say(f"review.buyer_may_withdraw.{review.buyer_may_withdraw}"),
            ],
        ]

    def returns(self) -> Points:
        back = self.policy.return_
        return [
            [self.return_end(back), self.say(f"return.postage_paid_by.{back.postage_paid_by}")],
            self.clock("return.ship_within", back.ship_within, f"return.if_not_shipped.{back.if_not_shipped}"),
            self.clock("return.first_scan_within", back.first_scan_within, f"return.if_no_scan.{back.if_no_scan}"),
            self.clock(
                "return.transit_at_most", back.transit_at_most, f"return.if_transit_ends.{back.if_transit_ends}"
            ),
            self.clock(
                "return.inspect_within", back.inspect_within, f"return.if_not_inspected.{back.if_not_inspected}"
            ),
            [self.say(f"return.local.{back.local_warehouse_receipt_refunds}")],
            *(
                [
                    self.clock(
                        "return.replace_within", back.replace_within, f"return.if_not_replaced.{back.if_not_replaced}"
                    )
                ]
                if "exchange" in back.ends_in
                else []
            ),
        ]

    def refund(self) -> Points:
        refund = self.policy.refund
        due, latest = self.written(refund.due), self.written(refund.latest)
        name = "refund.due" if refund.due == refund.latest else "refund.due.latest"
        return [
            [
                self.say("refund.method"),
                self.say("refund.schedule_within", time=self.written(refund.schedule_within)),
            ],
            [
                self.say(name, due=due, latest=latest),
                self.say(f"refund.if_late.{refund.if_late}"),
                self.say(f"refund.makeup.{refund.makeup_days_count}"),
            ],
            self.shipping(refund.shipping),
            [self.sums("refund.cover", refund.platform_cover_at_most)],
        ]

    def appeal(self) -> Points:
        appeal = self.policy.appeal
        if not appeal.grounds:
            return [[self.say("appeal.none")]]
        grounds = self.either(self.say(f"appeal.grounds.{ground}") for ground in sorted(appeal.grounds))
        return [
            [self.say("appeal.grounds", grounds=grounds), self.parties("appeal.by", appeal.by)],
            [self.maybe("appeal.within", appeal.within)],
            self.clock("appeal.decide_within", appeal.decide_within, f"appeal.if_undecided.{appeal.if_undecided}"),
        ]

    def evidence(self) -> Points:
        evidence = self.policy.evidence
        sizes = self.say(
            "evidence.sizes",
            photo=self.size(evidence.photo_bytes),
            video=self.size(evidence.video_bytes),
            seconds=evidence.video_seconds,
            document=self.size(evidence.document_bytes),
        )
        return [
            [self.say("evidence.files", files=self.count("files", evidence.files_per_party)), sizes],
            [self.say("evidence.links")],
            [self.maybe("evidence.keep", evidence.keep_after_closing)],
        ]

    def messages(self) -> Points:
        messages = self.policy.messages
        return [
            [self.say("messages.binding"), self.say(f"messages.weigh.{messages.weigh_in_review}")],
            [self.say(f"messages.language.{messages.language}")],
        ]

    def staff(self) -> Points:
        rate, burst = self.policy.signals.dispute_rate, self.policy.signals.disputes_in_short_time
        share, within = _percent(rate.above), self.written(rate.within)
        disputes = self.count("disputes", burst.above)
        return [
            [
                self.say("staff.rate", share=share, orders=rate.orders_at_least, time=within),
                self.say("staff.burst", disputes=disputes, time=self.written(burst.within)),
                self.say("staff.looks"),
            ],
            [self.sums("staff.approval", self.policy.approval.second_person_above)],
        ]

    # ------------------------------------------------ sentences with a choice in them

    def earliest(self, earliest: Earliest) -> str:
        name = "opening.earliest" + (".zero" if _is_zero(earliest.wait) else "")
        return self.say(
            name + (".strictly" if earliest.strictly else ""),
            time=self.written(earliest.wait),
            since=self.say(f"since.{earliest.after}"),
            until=self.say(f"until.{earliest.after}"),
        )

    def latest(self, latest: tuple[Latest, ...]) -> str:
        moments = [
            self.say(
                "opening.latest.moment" + (".zero" if _is_zero(end.within) else ""),
                time=self.written(end.within),
                since=self.say(f"since.{end.after}"),
                until=self.say(f"until.{end.after}"),
            )
            for end in latest
        ]
        if not moments:
            return self.say("opening.latest.none")
        if len(moments) > 1:
            return self.say("opening.latest.many", moments=self.joined(moments))
        always = latest[0].after in ("protection_ends", "paid")
        return self.say("opening.latest.protection" if always else "opening.latest.one", moment=moments[0])

    def opening_evidence(self, evidence: Mapping[str, int]) -> str:
        needed = [
            self.say("opening.evidence.item", files=self.count("files", number), about=self.say(f"about.{name}"))
            for name, number in sorted(evidence.items())
            if number or name not in ("not_received", "received_problem", "personal")
        ]
        if not any(evidence.values()):
            return self.say("opening.evidence.none")
        return self.say("opening.evidence", list=self.joined(needed))

    def window(self, bargaining: Negotiation) -> list[str]:
        ends = self.say(f"negotiation.if_window_ends.{bargaining.if_window_ends}")
        cap = bargaining.at_most
        if bargaining.lasts is None:
            alone = [self.say("negotiation.at_most.alone", time=self.written(cap)), ends] if cap else []
            return alone or [self.say("negotiation.lasts.none")]
        lasts = self.say(f"negotiation.lasts.{bargaining.counted_from}", time=self.written(bargaining.lasts))
        if not bargaining.restarts_on:
            restarts = [self.say("negotiation.restarts_on.none")]
        else:
            acts = self.joined(self.say(f"negotiation.restarts_on.{act}") for act in sorted(bargaining.restarts_on))
            restarts = [self.say("negotiation.restarts_on", acts=acts)]
        capped = [self.maybe("negotiation.at_most", cap)] if cap or bargaining.restarts_on else []
        return [lasts, *restarts, *capped, ends]

    def escalation(self, bargaining: Negotiation) -> str:
        escalation = bargaining.escalation
        if not escalation.by:
            return self.say("negotiation.escalation.none")
        parties = self.either(self.say(f"party.{party}") for party in sorted(escalation.by))
        match escalation.after:
            case None:
                return self.say("negotiation.escalation", parties=parties)
            case "first_answer":
                return self.say("negotiation.escalation.first_answer", parties=parties)
            case wait:
                return self.say("negotiation.escalation.later", parties=parties, time=self.written(wait))

    def return_end(self, back: Return) -> str:
        return self.say(f"return.ends_in.{'both' if len(back.ends_in) > 1 else next(iter(back.ends_in))}")

    def shipping(self, shipping: Mapping[str, str]) -> list[str]:
        said = []
        for share in ("all", "pro_rata", "none"):
            about = [self.say(f"about.{name}") for name in sorted(shipping) if shipping[name] == share]
            said += [self.say(f"refund.shipping.{share}", list=self.joined(about))] if about else []
        return [*said, self.say("refund.shipping.otherwise")]

    # ------------------------------------------------ leaves

    def say(self, sentence: str, **fields: object) -> str:
        return self.sentences[sentence].format(**fields)

    def clock(self, name: str, time: Duration | None, silence: str) -> list[str]:
        """The clock, then what silence does; a clock that does not run has no silence."""
        return [self.maybe(name, time)] if time is None else [self.maybe(name, time), self.say(silence)]

    def maybe(self, name: str, time: Duration | None) -> str:
        if time is None:
            return self.say(f"{name}.none")
        if _is_zero(time) and f"{name}.zero" in self.sentences:
            return self.say(f"{name}.zero")
        return self.say(name, time=self.written(time))

    def parties(self, name: str, parties: frozenset[Party]) -> str:
        listed = self.joined(self.say(f"party.{party}") for party in sorted(parties))
        return self.say(name, parties=listed) if parties else self.say(f"{name}.none")

    def sums(self, name: str, sums: Mapping[str, int]) -> str:
        listed = self.either(self.written(Money(minor, currency)) for currency, minor in sorted(sums.items()))
        return self.say(name, sums=listed) if sums else self.say(f"{name}.none")

    def count(self, what: str, number: int) -> str:
        return self.say(f"{what}.one" if number == 1 else f"{what}.many", number=number)

    def size(self, size: int) -> str:
        mebibytes, rest = divmod(size, _MEBIBYTE)
        return self.say("size.bytes", number=size) if rest or not size else self.say("size.mebibytes", number=mebibytes)

    def joined(self, parts: Iterable[str]) -> str:
        return self.listed(list(parts), "list.and")

    def either(self, parts: Iterable[str]) -> str:
        return self.listed(list(parts), "list.or")

    def listed(self, parts: list[str], together: str) -> str:
        if len(parts) < 2:
            return "".join(parts)
        return self.say(together, first=self.say("list.comma").join(parts[:-1]), last=parts[-1])


def _is_zero(time: Duration) -> bool:
    return isinstance(time, Period) and not time.months and time.delta == timedelta()


def _percent(share: Fraction) -> str:
    percent = share * 100
    exact = Decimal(percent.numerator) / Decimal(percent.denominator)
    return f"{exact.normalize():f}%"
