"""A refusal is a sentence somebody can act on: every code has words, and every word in braces is filled."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from string import Formatter

import pytest

from amends.core import commands as c
from amends.core.decide import act, place
from amends.core.draft import Accepted
from amends.core.facts import Facts
from amends.core.refusals import WORDS, Refused, day_and_time
from amends.core.vocabulary import SERVICE_ONLY_REFUSALS, Party, RefusalCode, TrackState, Verb
from amends.policies import load
from tests.core import builders as b
from tests.core.builders import Life

R = RefusalCode


# ── the table ────────────────────────────────────────────────────────────────────────────────────


def test_every_code_has_words_and_no_words_are_without_a_code() -> None:
    assert {code for code, variant in WORDS if not variant} == set(RefusalCode)


@pytest.mark.parametrize(("key", "words"), WORDS.items(), ids=[f"{code}-{variant}" for code, variant in WORDS])
def test_both_parts_are_whole_calm_sentences(key: tuple[RefusalCode, str], words: tuple[str, str]) -> None:
    for text in words:
        assert text.strip() == text
        assert text, "a refusal without a way out is a wall"
        assert "!" not in text
        assert "  " not in text
        assert text[0].isupper() or text[0] in "“{"
        # {mend} and {hint} bring their own full stop, or question mark
        assert text.endswith((".", "{mend}", "{hint}")), text
        assert [name for _, name, _, _ in Formatter().parse(text) if name == ""] == []


def test_a_variant_nobody_wrote_falls_back_on_the_code() -> None:
    assert Refused(R.FROZEN, "nonsense").sentence == Refused(R.FROZEN).sentence


def test_a_refusal_is_said_as_code_sentence_and_way_out() -> None:
    refused = Refused(R.UNKNOWN_DISPUTE)
    assert str(refused) == "unknown_dispute: This order has no such dispute. Check the number of the dispute."
    assert (refused.until, refused.facts) == (None, {})


def test_a_date_that_waiting_leads_to_is_said_and_one_nobody_knows_is_a_later_date() -> None:
    words = Refused(R.DISPATCH_NOT_DUE, until=b.day(15, seconds=9 * 3600)).sentence
    assert words == "The seller still has until Mon 16 March 2026, 09:00 UTC to send the parcel."
    assert "until a later date to send" in Refused(R.DISPATCH_NOT_DUE).sentence


def test_a_fact_nobody_gave_breaks_no_page() -> None:
    assert Refused(R.TOO_LATE).sentence == "The time to open a dispute about this line ended on …."


@pytest.mark.parametrize(
    ("instant", "said"),
    [
        (datetime(2026, 3, 16, 9, tzinfo=UTC), "Mon 16 March 2026, 09:00 UTC"),
        (datetime(2026, 3, 6, 9, 5, tzinfo=UTC), "Fri 6 March 2026, 09:05 UTC"),
        (datetime(2026, 3, 6, 9, 5, 7, tzinfo=UTC), "Fri 6 March 2026, 09:05:07 UTC"),
        (datetime(2026, 3, 7, 1, tzinfo=timezone(timedelta(hours=8))), "Fri 6 March 2026, 17:00 UTC"),
        (datetime(2026, 12, 31, tzinfo=UTC), "Thu 31 December 2026, 00:00 UTC"),
    ],
)
def test_an_instant_is_said_with_its_day_and_its_zone(instant: datetime, said: str) -> None:
    assert day_and_time(instant) == said


# ── as the rules raise them ──────────────────────────────────────────────────────────────────────

RETURN = "return_and_refund"


def refusals() -> Iterator[Refused]:
    """Every refusal the door gives to whoever asks anything in any scenario, and those that need more."""
    for scenario in b.SCENARIOS.values():
        life = scenario()
        for verb in Verb:
            for party in Party:
                asked = b.command(life.order, party, verb, life.now, actor="mia" if party is Party.OPERATOR else "")
                answer = act(life.order, asked, life.now).answer
                if isinstance(answer, Refused):
                    yield answer
    yield from orders_that_are_not_taken()
    yield from openings_that_are_refused()
    yield from acts_that_are_refused()


def orders_that_are_not_taken() -> Iterator[Refused]:
    policy = load("alx-a")
    lamp = c.OrderedLine("A", "Lamp", "45.00", 1)
    wrong: list[tuple[dict[str, object], Facts]] = [
        ({}, Facts(policy, order_exists=True)),
        ({}, Facts(policy, blocked=frozenset({Party.BUYER}))),
        ({"currency": "XXX"}, Facts(policy)),
        ({"lines": ()}, Facts(policy)),
        ({"lines": (lamp, lamp)}, Facts(policy)),
        ({"lines": (lamp._replace(quantity=0),)}, Facts(policy)),
        ({"lines": (lamp._replace(price="4.5.0"),)}, Facts(policy)),
        ({"shipping": "-1.00"}, Facts(policy)),
        ({"discount": "1000.00"}, Facts(policy)),
        ({"payments": (c.Paid("p", "card", "0.00"),)}, Facts(policy)),
        ({"payments": (c.Paid("p", "card", "-1.00"),)}, Facts(policy)),
    ]
    for fields, facts in wrong:
        answer = place(b.an_order(**fields), b.MIDNIGHT, facts)
        assert isinstance(answer, Refused), fields
        yield answer
    answer = place(c.PlaceOrder(by=Party.BUYER, id="", buyer="", seller="", currency="", lines=()), b.MIDNIGHT, Facts())
    assert isinstance(answer, Refused)
    yield answer


def openings_that_are_refused() -> Iterator[Refused]:
    def ask(life: Life, **fields: object) -> Refused:
        return life.tries("buyer", "open", **fields)

    def guide(name: str, **overrides: object) -> Life:
        return Life(f"alx-{name}", overrides).at(1).does("seller", "ship").at(20)

    ready = b.shipped().at(20)
    yield ask(b.paid())
    yield ask(b.shipped().at(5))
    yield ask(guide("a", **{"opening.earliest": {"after": "shipped", "wait": "P30D", "strictly": True}}))
    yield ask(b.shipped().waits(200))
    yield ask(guide("b").waits(200))
    yield ask(ready, lines=())
    yield ask(ready, lines=(c.Pieces("Z"),))
    yield ask(ready, lines=(c.Pieces("B", 4),))
    yield ask(ready, lines=(c.Pieces("B", 0),))
    yield ask(ready, reason="boredom")
    yield ask(ready, reason="not_received")
    yield ask(ready, received=False)
    yield ask(ready, wants="a pony")
    yield ask(ready, files=(c.Given("selfie"),))
    yield ask(ready, files=(c.Given("photo"),) * 21)
    for amount in ("1,00", "1.005", "0.00", "-1.00", "9999.00", "1.00 EUR", -5):
        yield ask(ready, amount=amount)
    yield ask(ready, currency="EUR")
    yield ask(guide("a"), received=False, reason="not_received")
    yield ask(b.received(), received=False, reason="not_received")
    yield ask(b.opened(), lines=(c.Pieces("A"),))
    yield ask(b.agreed(), lines=(c.Pieces("A"),))
    yield ask(b.charged_back(), lines=(c.Pieces("B"),))
    yield ask(guide("a", **{"opening.evidence": {"received_problem": 2}}))
    yield ask(guide("a", **{"opening.weak_reasons": "refuse"}), received=False, reason="customs_problem")
    yield ask(guide("a", **{"opening.personal_reasons": False}), reason="not_needed")
    yield ask(guide("a", **{"return.ends_in": ["refund"]}), wants="return_and_exchange")
    yield ask(guide("a", **{"return.ends_in": ["exchange"]}), wants=RETURN)
    yield ask(b.shipped().at(5).does("operator", "pause_clocks", countries=()))
    yield ask(
        guide("c").does("buyer", "open", files=(c.Given("photo"),) * 3).does("buyer", "withdraw"),
        files=(c.Given("photo"),) * 3,
    )
    yield ask(guide("b").does("buyer", "open").does("buyer", "withdraw"))
    yield ask(guide("a", **{"opening.after_confirmation": "refuse", "protection.after_receipt": "P15D"})
              .does("buyer", "confirm_receipt"))  # fmt: skip
    unreadable = guide("d").does("carrier", "track", state=TrackState.UNREADABLE).at(22)
    yield ask(unreadable, received=False, reason="no_tracking_information")


def acts_that_are_refused() -> Iterator[Refused]:
    guide_a = Life("alx-a", {"negotiation.after_withdrawal_past_protection": "refuse", "negotiation.lasts": "P40D"})
    guide_a.at(1).does("seller", "ship").at(55).does("buyer", "open").does("seller", "offer")
    yield b.silent().tries("seller", "offer")
    yield b.silent().tries("buyer", "revise")
    yield guide_a.at(70).tries("buyer", "withdraw")
    yield Life("alx-d").at(1).does("seller", "ship").at(20).does("buyer", "open").tries("buyer", "escalate")
    yield b.offered().tries("buyer", "accept", offer=7)
    yield b.opened().tries("buyer", "accept", offer=2)
    yield b.opened().tries("seller", "offer", amount="-1.00")
    unhurried = Life("alx-d", {"negotiation.seller_response": ""})
    yield unhurried.at(1).does("seller", "ship").at(20).does("buyer", "open").tries("buyer", "escalate")
    yield Life("alx-a").at(1).does("seller", "ship").at(20).does("buyer", "open").tries("buyer", "escalate")
    waiting = Life("alx-e", {"negotiation.escalation": {"by": ["buyer"], "after": "P2D"}})
    yield waiting.at(1).does("seller", "ship").at(20).does("buyer", "open").tries("buyer", "escalate")
    again = b.opened(lines=(c.Pieces("B", 1),), amount="5.00").does("buyer", "escalate")
    again.does("mediator", "rule", amount="5.00").does("buyer", "appeal")
    again.at(21).does("buyer", "open", lines=(c.Pieces("B"),), amount="5.00")
    yield again.tries("mediator", "grant_appeal", dispute=1)
    yield b.opened().does("seller", "reject").tries("buyer", "accept", confirm_zero=False)
    yield (
        Life("alx-b")
        .at(1)
        .does("seller", "ship")
        .at(20)
        .does("buyer", "open")
        .tries("buyer", "withdraw", confirm_final=False)
    )
    yield (
        Life("alx-a", {"protection.extendable_by": []})
        .at(1)
        .does("seller", "ship")
        .tries("seller", "extend_protection")
    )
    yield b.shipped().tries("seller", "extend_protection", days=-1)
    yield b.paid().tries("seller", "ship", tracking="EE204204779CN")
    yield b.paid().tries("seller", "ship", tracking="   ")
    yield b.return_agreed().tries("buyer", "ship_return", tracking=b.OUT)
    yield b.return_agreed().waits(32).tries("buyer", "ship_return")
    yield b.asked().waits(27).tries("buyer", "add_evidence")
    yield b.offered().does("buyer", "add_evidence", id="mine").tries("seller", "remove_evidence", id="mine")
    yield (
        Life("alx-e", return_to=None)
        .at(1)
        .does("seller", "ship")
        .at(20)
        .does("buyer", "open", wants=RETURN)
        .tries("seller", "accept", return_to=None)
    )
    yield b.proposed().tries("buyer", "choose", option=9)
    yield b.one_chose().tries("buyer", "choose")
    yield b.escalated().tries("mediator", "rule", amount="31.00")
    yield b.appeal_granted().tries("mediator", "rule", amount="1.00")
    yield b.escalated().tries("mediator", "rule", fault="fate")
    covered = Life("alx-e", {**b.RICH, "refund.platform_cover_at_most": {"USD": "5.00"}})
    covered.at(1).does("seller", "ship").at(20).does("buyer", "open").does("buyer", "escalate")
    yield covered.tries("mediator", "rule", amount="20.00", funded_by="platform")
    yield b.awaiting_approval().tries("operator", "approve", actor="mia")
    yield b.ruled().tries("buyer", "appeal", files=())
    yield b.ruled().tries("buyer", "appeal", grounds="no_mediator")
    yield b.ruled().waits(70).tries("buyer", "appeal")
    yield (
        Life("alx-e", {**b.RICH, "appeal.grounds": ["no_mediator"]})
        .at(1)
        .does("seller", "ship")
        .at(20)
        .does("buyer", "open")
        .does("buyer", "escalate")
        .does("mediator", "dismiss")
        .tries("buyer", "appeal")
    )
    yield b.agreed().waits(90).tries("marketplace", "cancel_order")
    talkative = b.agreed().waits(70)
    for _ in range(20):
        talkative.does("buyer", "message", text="secret")
    yield talkative.tries("buyer", "message", text="secret")
    yield b.received().tries("buyer", "confirm_receipt")
    yield b.agreed().tries("buyer", "confirm_receipt", lines=("A",))
    yield b.shipped().at(3).tries("seller", "ship")
    yield b.opened(wants=RETURN).tries("seller", "offer", wants="return_and_exchange", amount="999.00")
    yield b.ruled().tries("operator", "correct", amount="25.00", wants=RETURN)
    yield b.escalated().tries("operator", "correct")
    no_dispatch_date = Life("alx-a", {"dispatch.within": ""}).at(3)
    yield no_dispatch_date.tries("buyer", "cancel_order")
    yield b.paid().does("operator", "pause_clocks", countries=()).tries("buyer", "cancel_order")
    yield b.agreed().tries("marketplace", "cancel_order")
    strict = Life("alx-e", {**b.RICH, "review.parties_may_settle": False})
    strict.at(1).does("seller", "ship").at(20).does("buyer", "open").does("buyer", "escalate")
    yield strict.tries("seller", "accept")
    kept = Life("alx-e", {**b.RICH, "review.buyer_may_withdraw": "never"})
    kept.at(1).does("seller", "ship").at(20).does("buyer", "open").does("buyer", "escalate")
    yield kept.tries("buyer", "withdraw")


@pytest.fixture(scope="module")
def raised() -> list[Refused]:
    return list(refusals())


def test_the_rules_fill_every_word_of_every_refusal(raised: list[Refused]) -> None:
    for refused in raised:
        for text in (refused.sentence, refused.way_out):
            assert not re.search(r"[{}]|\bNone\b|\.\.|  ", text), f"{refused.code}/{refused.variant}: {text}"
            assert "…" not in text.replace("1, 2, 3 …", ""), f"{refused.code}/{refused.variant}: {text}"
            assert "a later date" not in text or refused.code is R.NOT_AN_EXTENSION, (
                f"{refused.code}/{refused.variant} knows no date: {text}"
            )


def test_as_raised_too_they_are_whole_calm_sentences(raised: list[Refused]) -> None:
    for refused in raised:
        for text in (refused.sentence, refused.way_out):
            assert text.rstrip().endswith((".", "?", "…")), f"{refused.code}/{refused.variant}: {text}"
            assert "!" not in text
            assert text.strip()


def test_the_tests_above_have_heard_every_refusal_of_the_core(raised: list[Refused]) -> None:
    """A refusal nobody can raise here may be one whose words are never filled."""
    heard = {(refused.code, refused.variant) for refused in raised}
    served_elsewhere = {R.UNKNOWN_ORDER, *SERVICE_ONLY_REFUSALS}
    unheard = {key for key in WORDS if key not in heard and key[0] not in served_elsewhere}
    assert unheard == {(R.EVIDENCE_REQUIRED, "file"), (R.EVIDENCE_REQUIRED, "number")}, "told by orders.handing_in"


def test_no_variant_is_raised_that_has_no_words(raised: list[Refused]) -> None:
    assert {(refused.code, refused.variant) for refused in raised} <= set(WORDS)


def test_a_date_said_as_until_is_in_the_future(raised: list[Refused]) -> None:
    assert all(refused.until is None or refused.until > b.MIDNIGHT for refused in raised)
    assert any(refused.until for refused in raised)


def test_what_would_work_works() -> None:
    """The amount a refusal names is taken; a unit more is not."""
    life = b.shipped().at(20)
    refused = life.tries("buyer", "open", amount="46.00")
    assert refused.way_out == "Ask for at most 45.00 USD."
    assert life.tries("buyer", "open", amount="45.01").code is R.AMOUNT_ABOVE_PAID
    answer = life.does("buyer", "open", amount="45.00")
    assert isinstance(answer.order.disputes[0].claim.amount_minor, int)
    assert isinstance(place(b.an_order(id="O-2"), b.MIDNIGHT, Facts(load("alx-a"))), Accepted)
