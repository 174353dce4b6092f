"""The leaflet tells everything a policy decides, in words a seller can read."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.core.leaflet import WIDTH, leaflet
from amends.core.leaflet_english import ENGLISH
from amends.core.policy import KEYS
from amends.policies import load, preset_names

# alx-a with everything switched on that it leaves off, so that no answer is an answer to nothing.
ALL_ON: dict[str, object] = {
    "negotiation.buyer_response": "P4D",
    "negotiation.restarts_on": ["seller_offer"],
    "negotiation.at_most": "P30D",
    "negotiation.escalation": {"by": ["buyer"], "after": ""},
    "return.ends_in": ["refund", "exchange"],
    "appeal.grounds": ["new_evidence", "no_mediator"],
    "evidence.keep_after_closing": "P2Y",
}
# What cannot be flipped (one word only) and what is not for sellers (declarations for the checker).
ONE_WORD = {key for key, how in KEYS.items() if how.kind == "word" and len(how.words) == 1 and not how.optional}
UNTOLD = {"declared.silence_may_pay"}

OTHER: dict[str, list[object]] = {
    "policy.id": ["corner-shop"],
    "policy.title": ["Corner shop"],
    "policy.as_of": ["2031", ""],
    "policy.sources": [["our lawyer"], []],
    "protection.extendable_by": [["seller", "marketplace"], ["operator"], []],
    "opening.earliest": [
        {"after": "shipped", "wait": "P10D", "strictly": True},
        {"after": "shipped", "wait": "P0D"},
        {"after": "shipped", "wait": "P0D", "strictly": True},
        {"after": "delivery_due", "wait": "P10D"},
    ],
    "opening.latest": [
        [{"after": "protection_ends", "within": "P0D"}],
        [{"after": "delivered", "within": "P15D"}],
        [{"after": "delivered", "within": "P16D"}],
    ],
    "opening.evidence": [{"received_problem": 1}, {"received_problem": 2}, {"received_problem": 2, "counterfeit": 0}],
    "negotiation.restarts_on": [["buyer_revision"], ["seller_offer", "buyer_revision"], []],
    "negotiation.escalation": [
        {"by": ["seller"], "after": ""},
        {"by": ["buyer"], "after": "first_answer"},
        {"by": ["buyer"], "after": "P3D"},
        {"by": []},
    ],
    "return.ends_in": [["refund"], ["exchange"]],
    "refund.shipping": [{}, {"not_received": "all"}, {"not_received": "pro_rata"}, {"counterfeit": "all"}],
    "refund.platform_cover_at_most": [{"USD": "250.00"}, {"USD": "250.00", "JPY": "300"}],
    "appeal.grounds": [["new_evidence"], ["no_mediator"], []],
    "appeal.by": [["buyer"], ["seller"], []],
    "signals.dispute_rate": [
        {"above": "0.305", "orders_at_least": 5, "within": "P180D"},
        {"above": "0.3", "orders_at_least": 6, "within": "P180D"},
        {"above": "0.3", "orders_at_least": 5, "within": "P90D"},
    ],
    "signals.disputes_in_short_time": [{"above": 1, "within": "P30D"}, {"above": 3, "within": "P31D"}],
    "approval.second_person_above": [{"USD": "500.00"}, {"USD": "500.01"}],
}


def others(key: str) -> list[object]:
    """Values of a key that all must read differently, and differently from the policy as it is."""
    how = KEYS[key]
    table, leaf = key.split(".")
    now: Any = load("alx-a", ALL_ON).document[table][leaf]
    if key in OTHER:
        return OTHER[key]
    match how.kind:
        case "word":
            words = [*how.words, ""] if how.optional else list(how.words)
            return [word for word in words if word != now]
        case "flag":
            return [not now]
        case "number":
            return [now + 1, now + 1_048_576]
        case "clock" | "duration":
            nothing = [""] if how.optional and now != "" else []
            days: list[object] = ["P77D", "PT47H"]
            return (
                [*days, *nothing]
                if how.kind == "duration"
                else [*days, {"business_days": 9, "calendar": "DE"}, *nothing]
            )
        case _:
            raise AssertionError(f"say in OTHER how {key} may be flipped")


@pytest.mark.parametrize("key", [key for key in KEYS if key not in ONE_WORD | UNTOLD])
def test_each_value_of_each_key_shows(key: str) -> None:
    seen = {leaflet(load("alx-a", ALL_ON)): "as it is"}
    for value in others(key):
        text = leaflet(load("alx-a", {**ALL_ON, key: value}))
        assert text not in seen, f"{key} = {value!r} reads like {seen[text]!r}"
        seen[text] = str(value)


# Answers that alx-a gives to clocks it does not run.
ASLEEP = {"negotiation.if_buyer_silent", "return.replace_within", "appeal.by", "appeal.within", "appeal.decide_within"}
ASLEEP |= {"appeal.if_undecided"}


@pytest.mark.parametrize("key", [key for key in KEYS if key not in ONE_WORD | UNTOLD])
def test_in_guide_a_all_shows_that_changes_anything(key: str) -> None:
    plain = leaflet(load("alx-a"))
    table, leaf = key.split(".")
    now: Any = load("alx-a").document[table][leaf]
    policies = [load("alx-a", {key: value}) for value in others(key) if value != now]
    flipped = [leaflet(policy) for policy in policies if policy.negotiation.escalation.by or "escalation" not in key]
    if key in ASLEEP:
        assert set(flipped) == {plain}
    else:
        assert plain not in flipped


def test_only_answers_without_an_alternative_are_never_flipped() -> None:
    answers = {"protection.if_nothing_happens", "return.if_not_replaced", "refund.if_late"}
    assert answers == ONE_WORD


CLOCKS = [key for key, how in KEYS.items() if how.kind == "clock" and how.answered_by]


@pytest.mark.parametrize("key", CLOCKS)
def test_each_clock_stands_beside_what_silence_does(key: str) -> None:
    """One bullet tells both: a reader of the clock reads the answer."""
    table = key.partition(".")[0]
    answer = f"{table}.{KEYS[key].answered_by}"
    for word in KEYS[answer].words:
        text = leaflet(load("alx-a", {**ALL_ON, key: "PT1237M", answer: word}))
        bullets = [" ".join(bullet.split()) for bullet in re.split(r"\n(?=- |\n)", text)]
        about = [bullet for bullet in bullets if "1237 minutes" in bullet]
        assert len(about) == 1
        sentence = ENGLISH.get(f"{answer}.{word}")
        assert sentence, f"no sentence for {answer} = {word}"
        # Two clocks share their answer with another one: it is told once, beside the first.
        told_in = (
            text.replace("\n  ", " ") if key in ("protection.after_receipt", "refund.schedule_within") else about[0]
        )
        assert sentence in told_in


@pytest.mark.parametrize("name", preset_names())
def test_a_leaflet_fits_the_page_and_speaks_plainly(name: str) -> None:
    text = leaflet(load(name))
    assert max(map(len, text.splitlines())) <= WIDTH
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    body = text.partition("Counting days")[2]
    assert not re.findall(r"\w+_\w+|\bP\d|\bPT\d|[{}\[\]]|None|True|False", body), "no word of the file's own"
    for title in ("Sending", "Protection", "Opening a dispute", "Bargaining", "When a mediator decides", "Returns"):
        assert f"\n{title}\n{'-' * len(title)}\n" in text
    for title in ("Refunds", "Appeals", "Evidence", "Messages", "Staff"):
        assert f"\n{title}\n{'-' * len(title)}\n" in text


def test_guide_a_reads_like_this() -> None:
    text = leaflet(load("alx-a")).replace("\n  ", " ")
    assert "- You have 5 days to answer a dispute. If you are silent, the buyer gets what they ask for" in text
    assert "- Both of you have 7 days from the opening to agree. Nothing makes this time start again." in text
    assert "If you have not agreed by then, a mediator decides." in text


def test_guide_c_reads_like_this() -> None:
    text = leaflet(load("alx-c")).replace("\n  ", " ")
    assert "A refund is due within 10 business days (CN), and within 15 business days (CN) at the latest." in text
    assert "This time starts again with each change the buyer makes and each new offer of yours." in text
    assert "However often it starts again, it ends after 30 days." in text
    assert "Files the buyer must add when opening: 1 file for a parcel that came with a problem." in text


@given(st.sampled_from([key for key, how in KEYS.items() if how.kind == "word"]), st.integers(0, 9), st.booleans())
def test_no_policy_is_without_words(key: str, at: int, on: bool) -> None:
    words = KEYS[key].words
    assert leaflet(load("alx-c", {**(ALL_ON if on else {}), key: words[at % len(words)]}))


def test_a_translation_needs_nothing_but_sentences() -> None:
    class Marked(dict[str, str]):
        def __missing__(self, key: str) -> str:
            return f"<{key}>"

    text = leaflet(load("alx-e", ALL_ON), Marked())
    told = re.findall(r"<([^<>]+)>", text)
    assert set(told) <= set(ENGLISH)
    assert re.sub(r"<[^<>]+>|[-=\s,]", "", text) == ""
