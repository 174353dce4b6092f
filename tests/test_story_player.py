"""What the player says when a story cannot be read, and when it goes another way than told.

A story that cannot be read names its file, its line and what would be right; a story that fails names the step, what
was expected, what came, and what had happened until then. And every kind of expectation is able to fail.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from amends import calendars, policies
from amends.core.policy import PolicyError
from amends.stories import reading
from amends.stories.player import Failure, play_in_core
from amends.stories.reading import Story, StoryError, read_file, read_text

BEGINNING = """
story: a cup with a crack
rules: [R181]
policy: alx-e
order: {id: Q-1, buyer: ada, seller: bo, currency: EUR, lines: [{id: A, title: Cup, price: "50.00", quantity: 1}],
        paid_at: 2026-03-01T00:00:00Z, payment_method: card-1, destination: {country: NO, city: Moss}}
steps:
  - {at: 2026-03-02T00:00:00Z, by: seller, do: ship, tracking: RX204273420DE}
  - {at: 2026-03-20T00:00:00Z, by: buyer, do: open, dispute: D1, lines: [A], received: true, reason: defective, wants: refund, amount: "50.00"}
"""  # noqa: E501 — a step is one line, as in the stories
RULED = """
  - {at: 2026-03-21T00:00:00Z, by: buyer, do: escalate, dispute: D1}
  - {at: 2026-03-22T00:00:00Z, by: mediator, do: message, dispute: D1, text: "I am looking at it."}
  - {at: 2026-03-23T00:00:00Z, by: mediator, do: rule, dispute: D1, wants: refund, amount: "30.00", finding: cracked, fault: seller, text: "Thirty."}
"""  # noqa: E501


def one(text: str) -> Story:
    (story,) = read_text(text, "told.yaml")
    return story


def failure_of(text: str) -> Failure | None:
    story = one(text)
    policy = policies.load(story.policy, story.overrides)
    return play_in_core(story, policy, calendars.load(["CN"])).failure


def failed(text: str) -> Failure:
    failure = failure_of(text)
    assert failure is not None, "the story went as told"
    return failure


def test_the_story_these_tests_bend_goes_as_told() -> None:
    assert failure_of(BEGINNING + RULED) is None


# ── what cannot be read ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("{at: 2026-03-19T00:00:00Z, by: seller, do: accept, dispute: D1}", "goes back in time"),
        ("{at: 2026-03-21T00:00:00, by: seller, do: accept, dispute: D1}", "an instant with its zone"),
        ("{at: 2026-03-21, by: seller, do: accept, dispute: D1}", "an instant with its zone"),
        ("{at: 20260321, by: seller, do: accept, dispute: D1}", "an instant with its zone"),
        ("{at: tomorrow, by: seller, do: accept, dispute: D1}", "at is 'tomorrow'"),
        ("{by: seller, do: accept, dispute: D1}", "lacks “at”"),
        ("{at: 2026-03-21T00:00:00Z, by: seller, do: acept, dispute: D1}", "did you mean “accept”?"),
        ("{at: 2026-03-21T00:00:00Z, by: seller, do: juggle, dispute: D1}", "there is no verb “juggle”"),
        ("{at: 2026-03-21T00:00:00Z, by: seller, dispute: D1}", "either “do” or “expect”"),
        ("{at: 2026-03-21T00:00:00Z, do: accept, expect: {dispute: D1}}", "either “do” or “expect”"),
        ("{at: 2026-03-21T00:00:00Z, expect: {dispute: D1, staus: closed}}", "did you mean “status”?"),
        ("{at: 2026-03-21T00:00:00Z, expect: closed}", "“expect” holds a mapping"),
        ("{at: 2026-03-21T00:00:00Z, by: buyer, expect: {dispute: D1}}", "a step that expects has no key “by”"),
        ("{at: 2026-03-21T00:00:00Z, by: seller, do: offer, dispute: D1, amount: 45.00}", "write amounts as text"),
        ("{at: 2026-03-21T00:00:00Z, by: seller, do: offer, dispute: D1, amount: 45}", "write amounts as text"),
        ("{at: 2026-03-21T00:00:00Z, expect: {dispute: D1, money: {held: 0.00}}}", "held is 0.00"),
        ("{at: 2026-03-21T00:00:00Z, by: buyer, by: seller, do: accept}", "the key “by” stands twice"),
        ("{at: 2026-03-21T00:00:00Z, by: buyer, do: message, 1: one}", "is not text"),
        ("{at: 2026-03-21T00:00:00Z, by: buyer, do: message, text: 'unclosed}", "this is no YAML"),
        ("{at: 2026-03-21T00:00:00Z, by: !!python/name:os.remove '', do: accept}", "this is no YAML"),
        ("{at: 2026-03-21T00:00:00Z, by: buyer, do: accept, dispute: D1, confirm_zero: !!bool maybe}", "maybe"),
        ("just words", "a step is a mapping"),
    ],
)
def test_a_step_that_cannot_be_read_is_told_with_file_and_reason(step: str, said: str) -> None:
    with pytest.raises(StoryError) as error:
        one(f"{BEGINNING}  - {step}\n")
    assert "told.yaml" in str(error.value)
    assert said in str(error.value)


def test_what_is_wrong_with_a_step_is_told_with_its_line() -> None:
    with pytest.raises(StoryError, match=r"told\.yaml, line 10: there is no verb “acept”"):
        one(f"{BEGINNING}  - {{at: 2026-03-21T00:00:00Z, by: seller, do: acept, dispute: D1}}\n")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (BEGINNING.replace("policy:", "polcy:"), "did you mean “policy”?"),
        (BEGINNING.replace("policy: alx-e\n", ""), "lacks “policy”"),
        (BEGINNING.replace("story: a cup with a crack\n", ""), "lacks “story”"),
        (BEGINNING.replace("steps:", "note:"), "lacks “steps”"),
        (BEGINNING.replace("order:", "orders:"), "orders are mappings"),
        (BEGINNING.replace("order:", "note:"), "either “order” or “orders”"),
        (BEGINNING.replace("policy: alx-e", "policy: alx-e\norders: []"), "either “order” or “orders”"),
        (BEGINNING.replace("policy: alx-e", "policy: alx-e\noverrides: [P3D]"), "overrides are a mapping"),
        (BEGINNING.replace("paid_at: 2026-03-01T00:00:00Z, ", ""), "the order lacks “paid_at”"),
        (BEGINNING.replace("2026-03-01T00:00:00Z, pay", "2026-03-01, pay"), "paid_at is '2026-03-01'"),
        (BEGINNING.replace('price: "50.00"', "price: 50.00"), "price is 50.00"),
        ("story: x\npolicy: alx-a\norder: {}\nsteps: none\n", "steps are a list"),
        ("- one\n- two\n", "a story is a mapping"),
        ("words", "a story is a mapping"),
    ],
)
def test_a_story_that_cannot_be_read_says_what_would_be_right(text: str, said: str) -> None:
    if said == "steps are a list":
        text = text.replace("order: {}", "order: {paid_at: 2026-03-01T00:00:00Z}")
    with pytest.raises(StoryError) as error:
        one(text)
    assert "told.yaml" in str(error.value)
    assert said in str(error.value)


def test_aliases_that_would_fill_the_memory_are_refused() -> None:
    doubled = "\n".join(f"l{at}: &l{at} [*l{at - 1}, *l{at - 1}]" for at in range(1, 40))
    with pytest.raises(StoryError, match="with its aliases written out"):
        one(f"story: x\nl0: &l0 [a, b]\n{doubled}\n")


def test_a_story_may_hold_a_country_called_no_and_answer_yes() -> None:
    story = one(BEGINNING.replace("received: true", "received: yes"))
    assert story.orders[0]["destination"] == {"country": "NO", "city": "Moss"}
    assert story.steps[1].document["received"] is True


def test_a_file_may_hold_many_stories_and_none() -> None:
    assert len(list(read_text(f"{BEGINNING}---\n{BEGINNING}"))) == 2
    assert list(read_text("")) == []
    assert list(read_text("---\n---\n")) == []


def test_a_file_in_another_encoding_is_told_with_the_byte(tmp_path: Path) -> None:
    path = tmp_path / "old.yaml"
    path.write_bytes(BEGINNING.replace("cup", "théière").encode("latin-1"))
    with pytest.raises(StoryError, match=r"old\.yaml: byte \d+ is no UTF-8; save the file as UTF-8"):
        list(read_file(path))


def test_a_file_too_large_for_stories_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.yaml"
    path.write_text("# " + "x" * reading.MOST_BYTES, encoding="utf-8")
    with pytest.raises(StoryError, match="split it into several files"):
        list(read_file(path))


def test_files_are_found_in_folders_and_a_missing_one_is_named(tmp_path: Path) -> None:
    for name in ("b.yaml", "a.yml", "c.txt"):
        (tmp_path / name).write_text("", encoding="utf-8")
    assert {path.name for path in reading.found([str(tmp_path)])} == {"a.yml", "b.yaml"}
    with pytest.raises(StoryError, match="no such file or folder"):
        reading.found([str(tmp_path / "z.yaml")])


def test_an_unknown_key_of_the_policy_is_told_with_the_nearest() -> None:
    story = one(BEGINNING.replace("policy: alx-e", "policy: alx-e\noverrides: {negotiation.seller_respons: P3D}"))
    with pytest.raises(PolicyError, match=r"negotiation\.seller_response"):
        policies.load(story.policy, story.overrides)


# ── what goes another way ────────────────────────────────────────────────────────────────────────


def test_a_failure_tells_the_step_what_was_expected_what_came_and_what_had_happened() -> None:
    failure = failed(
        f"{BEGINNING}{RULED}  - {{at: 2026-03-23T00:00:00Z, expect: {{dispute: D1, outcome: dismissed}}}}\n"
    )
    assert failure.step == "2026-03-23T00:00:00Z expect {dispute: D1, outcome: dismissed}"
    assert failure.line == 14
    assert (failure.expected, failure.got) == ("outcome: dismissed", "outcome: ruled")
    assert failure.timeline[0] == "Sun 1 March 2026, 00:00 UTC  Order Q-1 was placed by ada with bo; 50.00 EUR is held."
    assert "closed: ruled" in failure.timeline[-1]


def test_a_story_stops_at_its_first_difference() -> None:
    wrong = "  - {at: 2026-03-21T00:00:00Z, by: seller, do: accept, dispute: D1, refused: frozen}\n"
    failure = failed(f"{BEGINNING}{wrong}{wrong}")
    assert failure.line == 10


@pytest.mark.parametrize(
    ("step", "expected", "got"),
    [
        ("by: seller, do: accept, dispute: D1, refused: frozen", "refused frozen", "accepted"),
        ("by: buyer, do: accept, dispute: D1", "accepted", "refused no_standing_offer: There is no offer"),
        ("by: buyer, do: accept, dispute: D1, refused: frozen", "refused frozen", "refused no_standing_offer"),
        ("by: buyer, do: escalate, dispute: D1, warns: [pity]", "warns ['pity']", "warns ['last_offer_counts']"),
        ("by: seller, do: accept, dispute: D7", "accepted", "refused unknown_dispute"),
        ("by: seller, do: accept, dispute: 1", "by the story's own name", "dispute: 1"),
        ("by: seller, do: accept, order: Q-9", "accepted", "refused"),
        ("by: seller, do: accept, dispute: D1, offfer: 1", "accepted", "Did you mean “offer”?"),
        ("by: selller, do: accept, dispute: D1", "accepted", "Did you mean “seller”?"),
        ("by: seller, do: offer, dispute: D1, wants: refund", "accepted", "lacks the field “amount”"),
        ("by: carrier, do: track, state: flown", "accepted", "refused malformed"),
        ("by: buyer, do: withdraw, dispute: D1, confirm_final: perhaps", "accepted", "refused malformed"),
        ("expect: {dispute: D7, status: closed}", "a dispute D7", "no dispute of that name was opened"),
        ("expect: {status: closed}", "status: closed", "name one"),
    ],
)
def test_an_act_that_goes_another_way_says_how(step: str, expected: str, got: str) -> None:
    failure = failed(f"{BEGINNING}  - {{at: 2026-03-21T00:00:00Z, {step}}}\n")
    assert expected in failure.expected
    assert got in failure.got
    assert failure.timeline


def test_the_date_a_refusal_offers_can_be_wrong() -> None:
    step = "{at: 2026-03-05T00:00:00Z, by: buyer, do: open, dispute: D0, lines: [A], received: true, reason: defective,"
    step += ' wants: refund, amount: "1.00", refused: too_early, refused_until: 2026-03-12T00:00:01Z}'
    first, _, second = BEGINNING.rstrip().rpartition("\n")
    failure = failed(f"{first}\n  - {step}\n{second}\n")
    assert (failure.expected, failure.got) == ("refused until 2026-03-12T00:00:01Z", "until 2026-03-12T00:00:00Z")


def test_an_order_that_cannot_be_placed_fails_the_story() -> None:
    failure = failed(BEGINNING.replace("EUR", "EURO"))
    assert failure.expected == "the order is placed"
    assert "currency_mismatch" in failure.got


def test_an_order_not_placed_yet_is_not_known() -> None:
    later = BEGINNING.replace("order: {", "orders:\n  - {").replace(
        "2026-03-01T00:00:00Z, pay", "2026-04-01T00:00:00Z, pay"
    )
    assert "unknown_order" in failed(later).got


# ── every kind of expectation can fail ───────────────────────────────────────────────────────────

RIGHT_AND_WRONG = [
    ("order", "completed", "shipped"),
    ("order_status", "completed", "shipped"),
    ("status", "closed", "under_review"),
    ("outcome", "ruled", "agreed"),
    ("review_of", "none", "return"),
    ("waiting_on", "nobody", "mediator"),
    ("deadline", "{name: refund}", "{name: appeal}"),
    ("deadline", "{at: 2026-04-07T02:00:00+02:00}", "{at: 2026-04-07T02:00:00Z}"),
    ("deadline", "{if_silent: alert}", "{if_silent: refund}"),
    ("deadline", "{name: refund, at: 2026-04-07T00:00:00Z}", "none"),
    ("claim", "{wants: refund}", "{wants: return_and_refund}"),
    ("claim", '{amount: "50.00"}', '{amount: "50.0"}'),
    ("money", '{held: "0.00"}', '{held: "50.00"}'),
    ("money", '{refunded: "30.00"}', '{refunded: "50.00"}'),
    ("money", '{released: "20.00"}', '{released: "0.00"}'),
    ("money", '{released: "20.00"}', '{relesed: "20.00"}'),
    ("protection_ends", "2026-05-01T00:00:00Z", "2026-05-01T00:00:01Z"),
    ("protection_ends", "2026-05-01T00:00:00Z", "none"),
    ("refund", '{amount: "30.00"}', '{amount: "50.00"}'),
    ("refund", "{due: 2026-04-07}", "{due: 2026-04-08}"),
    ("refund", "{latest: 2026-04-07}", "{latest: calendar unknown}"),
    ("refund", "{to: card-1}", "{to: card-2}"),
    ("refund", "{status: scheduled}", "{status: failed}"),
    ("refund", "{status: scheduled}", "none"),
    ("can", "{buyer: [appeal]}", "{buyer: [appeal, accept]}"),
    ("can", "{seller: [appeal]}", "{selller: [appeal]}"),
    ("cannot", "{buyer: {accept: dispute_closed}}", "{buyer: {accept: frozen}}"),
    ("cannot", "{buyer: {accept: dispute_closed}}", "{buyer: {appeal: appeal_not_available}}"),
    ("verdict", "{finding: cracked}", "{finding: whole}"),
    ("verdict", "{fault: seller}", "{fault: buyer}"),
    ("verdict", "{funded_by: escrow}", "{funded_by: platform}"),
    ("verdict", "{counts_against: nobody}", "{counts_against: seller}"),
    ("verdict", "{fault: seller}", "none"),
    ("flags", "[]", "[evidence_missing]"),
    ("lapsed", "none", "{name: negotiation}"),
]


def told(key: str, value: str) -> str:
    return f"{BEGINNING}{RULED}  - {{at: 2026-03-23T00:00:00Z, expect: {{dispute: D1, {key}: {value}}}}}\n"


@pytest.mark.parametrize(("key", "right", "wrong"), RIGHT_AND_WRONG)
def test_an_expectation_passes_when_right_and_fails_when_wrong(key: str, right: str, wrong: str) -> None:
    assert failure_of(told(key, right)) is None
    failure = failed(told(key, wrong))
    assert failure.expected.startswith(f"{key}: ")
    assert failure.got.startswith(f"{key}: ")


def test_no_kind_of_expectation_is_left_out_above() -> None:
    assert reading.EXPECTATIONS - {key for key, _, _ in RIGHT_AND_WRONG} == {"dispute"}


def test_what_an_order_s_status_is_called_may_also_be_an_order_s_name() -> None:
    named = BEGINNING + "  - {at: 2026-03-21T00:00:00Z, expect: {order: Q-1, order_status: shipped}}\n"
    assert failure_of(named) is None
    assert failed(named.replace("order_status: shipped", "order_status: paid")).got == "order_status: shipped"
