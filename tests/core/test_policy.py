"""A policy document is read whole, refused whole, and never guessed at."""

from __future__ import annotations

import copy
import json
import tomllib
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.core.durations import BusinessDays, Period, duration_document
from amends.core.policy import KEYS, Policy, PolicyError, canonical, with_overrides
from amends.core.vocabulary import Grounds, Party, Reason
from amends.policies import PRESETS, load, preset_names, read_document

NAMES = ("alx-a", "alx-b", "alx-c", "alx-d", "alx-e")
SPEC = Path(__file__).parents[3] / "shared" / "spec" / "policy.md"


def problems(document: Any) -> dict[str, str]:
    """What is wrong with a document, by key: the sentence without its key."""
    with pytest.raises(PolicyError) as caught:
        Policy.from_document(document)
    return {problem.path: f"{problem.read}; {problem.would_be_right}" for problem in caught.value.problems}


def changed(overrides: Mapping[str, object], name: str = "alx-a") -> dict[str, Any]:
    return with_overrides(read_document(name), overrides)


def without(document: dict[str, Any], *paths: str) -> dict[str, Any]:
    left = copy.deepcopy(document)
    for path in paths:
        table, key = path.split(".")
        del left[table][key]
    return left


# ---------------------------------------------------------------- the five presets


def spoken(value: object) -> object:
    """A value of a policy as the contract's table writes it."""
    match value:
        case None:
            return ""
        case Period() | BusinessDays():
            return duration_document(value)
        case frozenset():
            return set(value)
        case _:
            return value


ENDS = ("protection_ends", "P0D")
TABLE: dict[str, tuple[object, object, object, object, object]] = {
    "opening.earliest.wait": ("P10D",) * 5,
    "opening.earliest.strictly": (False, False, True, False, False),
    "opening.latest": (
        [("receipt_confirmed", "P15D"), ("delivery_due", "P15D"), ENDS],
        [("protection_ends", "P15D")],
        [ENDS],
        [ENDS],
        [ENDS],
    ),
    "opening.not_received_waits_for": ("delivery_due", "", "", "", ""),
    "opening.unreadable_tracking_is_ground_after": ("", "", "", "P15D", "P15D"),
    "opening.weak_reasons": ("warn", "warn", "refuse", "warn", "warn"),
    "opening.after_confirmation": ("allow", "allow", "refuse", "allow", "allow"),
    "opening.again": ("while_protected", "once_per_line", "never_same_reason", "while_protected", "while_protected"),
    "opening.evidence": tuple({"received_problem": files, "not_received": 0} for files in (0, 1, 1, 0, 0)),  # type: ignore[dict-item]
    "negotiation.if_seller_silent": ("grant", "grant", "grant", "grant", "escalate"),
    "negotiation.lasts": ("P7D", "P15D", "P5D", "P15D", "P15D"),
    "negotiation.counted_from": ("opening", "opening", "opening", "first_offer", "opening"),
    "negotiation.restarts_on": (set(), set(), {"seller_offer", "buyer_revision"}, set(), set()),
    "negotiation.at_most": ("", "", "P30D", "", ""),
    "negotiation.on_buyer_reject": ("negotiate", "negotiate", "escalate", "negotiate", "negotiate"),
    "negotiation.escalation.by": (set(), set(), set(), {"buyer"}, {"buyer"}),
    "negotiation.escalation.after": ("", "", "", "first_answer", ""),
    "negotiation.after_withdrawal_past_protection": ("final", "final", "refuse", "final", "final"),
    "review.decide_within": ("P60D",) * 5,
    "return.ends_in": ({"refund"}, {"refund", "exchange"}, {"refund"}, {"refund"}, {"refund"}),
    "refund.due": ("P15D", "P15D", {"business_days": 10, "calendar": "CN"}, "P15D", "P15D"),
    "refund.latest": ("P15D", "P15D", {"business_days": 15, "calendar": "CN"}, "P15D", "P15D"),
    "appeal.grounds": (set(), set(), set(), set(), {"new_evidence", "no_mediator"}),
    "messages.language": ("any", "en", "en", "any", "any"),
}


@pytest.mark.parametrize(("column", "name"), list(enumerate(NAMES)))
@pytest.mark.parametrize("key", TABLE)
def test_each_preset_says_what_the_table_of_the_contract_says(key: str, column: int, name: str) -> None:
    value: Any = load(name)
    for part in key.split("."):
        value = getattr(value, "return_" if part == "return" else part)
    if key == "opening.latest":
        value = [(end.after, duration_document(end.within)) for end in value]
    assert spoken(value) == TABLE[key][column]


@pytest.mark.parametrize("name", NAMES)
def test_everything_outside_the_table_is_the_same_in_all_five(name: str) -> None:
    outside = [key for key in KEYS if not key.startswith("policy.") and not any(row.startswith(key) for row in TABLE)]
    document, first = read_document(name), read_document("alx-a")
    for key in outside:
        table, leaf = key.split(".")
        assert document[table][leaf] == first[table][leaf], key


@pytest.mark.parametrize("name", NAMES)
def test_a_preset_writes_every_key_and_names_itself_as_its_file(name: str) -> None:
    document = read_document(name)
    assert [key for key in KEYS if key.split(".")[1] not in document[key.split(".")[0]]] == []
    policy = load(name)
    assert (policy.id, policy.version, policy.as_of, policy.grade) == (name, 1, "2019", "secondary")
    assert f"letter {name[-1].upper()}" in policy.sources[0]


def test_the_presets_are_the_five_readings() -> None:
    assert set(NAMES) <= set(preset_names())
    assert {path.stem for path in PRESETS.glob("*.toml")} == set(preset_names())


@pytest.mark.skipif(not SPEC.exists(), reason="the contract is not beside this checkout")
def test_guide_a_is_the_document_of_the_contract() -> None:
    fenced = SPEC.read_text(encoding="utf-8").split("```toml\n")[1].split("```")[0]
    contract = tomllib.loads(fenced, parse_float=Decimal)
    shipped = read_document("alx-a")
    for document in (contract, shipped):
        del document["policy"]["sources"]
    assert shipped == contract


# ---------------------------------------------------------------- values


def test_values_come_as_the_rules_need_them() -> None:
    policy = load(
        "alx-e",
        {
            "refund.platform_cover_at_most": {"USD": "250.00", "JPY": 300, "KWD": Decimal("1.234")},
            "approval.second_person_above": {"EUR": "500"},
            "evidence.keep_after_closing": "P2Y",
            "refund.shipping.defective": "pro_rata",
            "opening.evidence.personal": 2,
        },
    )
    assert policy.negotiation.seller_response == Period(delta=timedelta(days=5))
    assert policy.negotiation.buyer_response is None
    assert policy.negotiation.escalation.by == {Party.BUYER}
    assert policy.appeal.grounds == {Grounds.NEW_EVIDENCE, Grounds.NO_MEDIATOR}
    assert policy.refund.platform_cover_at_most == {"USD": 25_000, "JPY": 300, "KWD": 1_234}
    assert policy.approval.second_person_above == {"EUR": 50_000}
    assert policy.evidence.keep_after_closing == Period(months=24)
    assert policy.signals.dispute_rate.above == Fraction(3, 10)
    assert policy.signals.disputes_in_short_time.above == 3


def test_a_table_keyed_by_reason_goes_before_one_keyed_by_branch() -> None:
    policy = load("alx-b", {"opening.evidence.counterfeit": 3, "refund.shipping.wrong_item": "pro_rata"})
    assert policy.opening.files_needed(Reason.COUNTERFEIT) == 3
    assert policy.opening.files_needed(Reason.DEFECTIVE) == 1
    assert policy.opening.files_needed(Reason.NOT_NEEDED) == 0
    assert policy.refund.shipping_for(Reason.WRONG_ITEM) == "pro_rata"
    assert policy.refund.shipping_for(Reason.DELIVERY_METHOD_MISMATCH) == "all"
    assert policy.refund.shipping_for(Reason.DEFECTIVE) == "none"
    assert policy.refund.shipping_for(Reason.WRONG_ADDRESS) == "all"
    assert policy.refund.shipping_for(Reason.NOT_NEEDED) == "none"


def test_what_is_not_written_takes_the_default_of_the_contract() -> None:
    full = read_document("alx-a")
    clocks = {key for key, how in KEYS.items() if how.kind == "clock"}
    answers = {f"{key.split('.')[0]}.{KEYS[key].answered_by}" for key in clocks}
    optional = [key for key in KEYS if key not in clocks | answers and not key.startswith("policy.")]
    short = Policy.from_document(without(full, *optional))
    long = Policy.from_document(full)
    for table in full.keys() - {"policy"}:
        attribute = "return_" if table == "return" else table
        assert getattr(short, attribute) == getattr(long, attribute)
    assert short != long, "another document is another policy, whatever it comes to"


def test_a_policy_without_a_title_is_called_by_its_name() -> None:
    document = read_document("alx-a")
    document["policy"] = {"id": "corner-shop", "version": 2}
    policy = Policy.from_document(document)
    assert (policy.title, policy.grade, policy.sources) == ("corner-shop", "weak", ())


# ---------------------------------------------------------------- silence


CLOCKS = [key for key, how in KEYS.items() if how.kind == "clock"]


@pytest.mark.parametrize("key", CLOCKS)
def test_a_clock_that_is_not_written_is_an_error(key: str) -> None:
    found = problems(without(read_document("alx-a"), key))
    assert list(found) == [key]
    assert found[key].startswith("missing; write whole days")


@pytest.mark.parametrize("key", [key for key in CLOCKS if KEYS[key].answered_by])
def test_a_clock_without_an_answer_to_silence_names_both_keys(key: str) -> None:
    table = key.partition(".")[0]
    answer = f"{table}.{KEYS[key].answered_by}"
    document = without(changed({key: "P4D"}), answer)
    for other in CLOCKS:  # leave this clock alone with its silence
        if other != key and other.startswith(f"{table}.") and KEYS[other].optional:
            document[table][other.split(".")[1]] = ""
    found = problems(document)
    assert list(found) == [answer]
    assert "is set and silence needs an answer: write" in found[answer]
    assert key in found[answer] or table in ("refund", "protection")  # there another clock cannot be switched off


@pytest.mark.parametrize("key", [key for key in CLOCKS if KEYS[key].optional])
def test_no_clock_needs_no_answer(key: str) -> None:
    policy: Any = Policy.from_document(changed({key: ""}))
    for part in key.replace("return.", "return_.").split("."):
        policy = getattr(policy, part)
    assert policy is None


def test_protection_and_refunds_cannot_do_without_a_clock() -> None:
    never = dict.fromkeys(("protection.lasts", "refund.schedule_within", "refund.due", "refund.latest"), "")
    assert list(problems(changed(never))) == list(never)


# ---------------------------------------------------------------- what is wrong, all at once


def test_the_sentence_names_the_key_what_was_read_and_what_would_be_right() -> None:
    with pytest.raises(PolicyError) as caught:
        Policy.from_document(changed({"negotiation.seller_response": "5 days"}))
    assert str(caught.value) == (
        'negotiation.seller_response is "5 days"; write whole days as "P5D" or hours as "PT36H".'
    )


WRONG: dict[str, tuple[object, str]] = {
    "policy.id": ("Alx A/../x", "small letters"),
    "policy.version": (0, "1 or more"),
    "policy.sources": ("rulebook", "a list of texts"),
    "policy.grade": ("excellent", '"operator", "operator_old", "secondary" or "weak"'),
    "policy.deadline_includes_last_instant": ("yes", "true or false"),
    "dispatch.within": ("P-1D", "P5D"),
    "protection.lasts": ("P11000D", "ten years"),
    "protection.after_receipt": ({"business_days": 0, "calendar": "CN"}, "business_days = 10"),
    "protection.extendable_by": (["carrier"], '"seller", "marketplace" and "operator"'),
    "opening.earliest": ("P10D", '"after", "wait" and "strictly"'),
    "opening.latest": ({"after": "shipped"}, "a list of tables"),
    "opening.not_received_waits_for": ("christmas", '"delivery_due"'),
    "opening.personal_reasons": (1, "true or false"),
    "opening.evidence": ({"received_problem": -1}, "0 or more"),
    "negotiation.seller_response": ("P0D", "no time at all"),
    "negotiation.lasts": ("P3M", "months and years differ in length"),
    "negotiation.restarts_on": (["seller_offer", "full_moon"], '"seller_offer" and "buyer_revision"'),
    "negotiation.escalation": ({"by": ["mediator"], "after": "first_answer"}, '"buyer" and "seller"'),
    "review.decide_within": ({"business_days": 10}, 'calendar = "CN"'),
    "review.if_undecided": (["alert"], '"alert", "grant" or "close_for_seller"'),
    "return.ends_in": ([], "at least one"),
    "refund.shipping": ({"not_received": "half"}, '"all", "pro_rata" or "none"'),
    "refund.platform_cover_at_most": ({"JPY": "2.50"}, 'USD = "250.00"'),
    "appeal.by": (None, '"buyer" and "seller"'),
    "evidence.photo_bytes": (2**50, "at most"),
    "evidence.keep_after_closing": ({"business_days": 3, "calendar": "CN"}, "business days have no meaning"),
    "signals.dispute_rate": ({"above": "1.5", "orders_at_least": 5, "within": "P9D"}, "between 0 and 1"),
    "signals.disputes_in_short_time": ({"above": True, "within": "P9D"}, "a whole number"),
    "approval.second_person_above": ({"USD": "-1.00"}, "sums by currency"),
    "declared.silence_may_pay": ({"return.if_no_scan": ""}, "the reason as text"),
}


def test_everything_wrong_is_told_at_once_each_with_its_path() -> None:
    found = problems(changed({key: value for key, (value, _) in WRONG.items()}))
    for key, (_, hint) in WRONG.items():
        told = [sentence for path, sentence in found.items() if path == key or path.startswith((f"{key}.", f"{key}["))]
        assert len(told) == 1, key
        assert hint in told[0], key
    assert len(found) == len(WRONG)


@pytest.mark.parametrize(("key", "wrong"), [(key, value) for key, (value, _) in WRONG.items()])
def test_nothing_right_is_reported(key: str, wrong: object) -> None:
    assert all(path.startswith(key) for path in problems(changed({key: wrong})))


@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("negotiaton", "[negotiation]"),
        ("negotiation.seller_respons", "negotiation.seller_response"),
        ("opening.earliest.strict", "opening.earliest.strictly"),
        ("refund.shipping.recieved_problem", "refund.shipping.received_problem"),
        ("refund.platform_cover_at_most.USDD", "refund.platform_cover_at_most.USD"),
        ("declared.silence_may_pay.if_no_scan", "declared.silence_may_pay.return.if_no_scan"),
    ],
)
def test_an_unknown_key_is_told_with_the_nearest_known_one(path: str, near: str) -> None:
    document: Any = read_document("alx-a")
    table = document
    *tables, key = path.split(".") if "silence" not in path else ["declared", "silence_may_pay", "if_no_scan"]
    for part in tables:
        table = table[part]
    table[key] = "x"
    found = problems(document)
    assert list(found) == [path]
    assert found[path].startswith("unknown;")
    assert found[path].endswith(near)


@pytest.mark.parametrize("value", [0.3, float("nan"), [0.3], {"above": 0.3, "orders_at_least": 5, "within": "P9D"}])
@pytest.mark.parametrize("key", ["signals.dispute_rate", "evidence.video_seconds", "policy.sources", "refund.due"])
def test_floats_are_refused_wherever_they_stand(key: str, value: object) -> None:
    document = changed({key: value})
    assert any(path.startswith(key) for path in problems(document))
    with pytest.raises(PolicyError):
        canonical(document)


def test_a_document_of_nonsense_is_refused_in_sentences() -> None:
    assert problems({})["policy.id"].startswith("missing;")
    assert problems({"policy": 3, "review": []})["review"].startswith("[]; write a table with")
    assert "policy.version" in problems(changed({"policy.version": 10**6000}))


# ---------------------------------------------------------------- overrides


@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("negotiation.seller_respons", "negotiation.seller_response"),
        ("opening.earliest.waits", "opening.earliest.wait"),
        ("refund.shipping.defect", "refund.shipping.defective"),
        ("negotiation.lasts.days", "negotiation.lasts has no keys below it"),
        ("lasts", "protection.lasts"),
        ("qqq", "docs/policies.md"),
    ],
)
def test_an_override_of_nothing_is_refused(path: str, near: str) -> None:
    with pytest.raises(PolicyError) as caught:
        changed({path: "P3D"})
    assert path in str(caught.value)
    assert near in str(caught.value)


def test_an_override_reaches_into_a_table_that_is_not_written() -> None:
    document = without(read_document("alx-a"), "opening.earliest", "refund.shipping")
    policy = Policy.from_document(
        with_overrides(document, {"opening.earliest.wait": "P3D", "refund.shipping.personal": "all"})
    )
    assert spoken(policy.opening.earliest.wait) == "P3D"
    assert policy.opening.earliest.after == "shipped"
    assert policy.refund.shipping["not_received"] == "all"


def test_overrides_leave_the_document_alone() -> None:
    document = read_document("alx-a")
    before = copy.deepcopy(document)
    terms = {"by": ["buyer"], "after": ""}
    other = with_overrides(document, {"opening.earliest.wait": "P1D", "negotiation.escalation": terms})
    other["negotiation"]["escalation"]["by"].append("seller")
    assert document == before
    assert terms == {"by": ["buyer"], "after": ""}


WORDS = [key for key, how in KEYS.items() if how.kind == "word"]


@given(
    st.dictionaries(st.sampled_from(WORDS), st.integers(0, 9)),
    st.dictionaries(st.sampled_from(CLOCKS), st.integers(1, 3650)),
)
def test_what_an_override_sets_is_what_the_policy_says(words: dict[str, int], days: dict[str, int]) -> None:
    overrides = {key: KEYS[key].words[at % len(KEYS[key].words)] for key, at in words.items()}
    overrides |= {key: f"P{number}D" for key, number in days.items()}
    policy = Policy.from_document(changed(overrides))
    for key, value in overrides.items():
        table, leaf = key.split(".")
        place = policy if table == "policy" else getattr(policy, "return_" if table == "return" else table)
        assert spoken(getattr(place, leaf)) == value
        assert policy.document[table][leaf] == value


# ---------------------------------------------------------------- the digest


def shuffled(value: Any, draw: Any) -> Any:
    if isinstance(value, dict):
        keys = draw(st.permutations(list(value)))
        return {key: shuffled(value[key], draw) for key in keys}
    return [shuffled(item, draw) for item in value] if isinstance(value, list) else value


@given(st.data(), st.sampled_from(NAMES))
def test_the_digest_does_not_depend_on_the_order_of_keys(data: Any, name: str) -> None:
    document = shuffled(read_document(name), data.draw)
    assert Policy.from_document(document).digest == load(name).digest


def test_the_digest_does_not_depend_on_how_toml_is_laid_out() -> None:
    one = tomllib.loads("[signals]\ndispute_rate = { above = 0.30, orders_at_least = 5 }", parse_float=Decimal)
    two = tomllib.loads("[signals.dispute_rate]\n# half\norders_at_least = 0x5\nabove = 3e-1", parse_float=Decimal)
    assert canonical(one) == canonical(two)


@given(st.sampled_from(WORDS))
def test_another_word_is_another_digest(key: str) -> None:
    for word in KEYS[key].words:
        other = Policy.from_document(changed({key: word}))
        table, leaf = key.split(".")
        same = read_document("alx-a")[table][leaf] == word
        assert (other.digest == load("alx-a").digest) is same


@pytest.mark.parametrize("name", NAMES)
def test_a_pinned_document_gives_the_policy_back(name: str) -> None:
    policy = load(name)
    stored = json.loads(json.dumps(policy.document))
    assert Policy.from_document(stored) == policy
    assert Policy.from_document(stored).digest == policy.digest
    assert len(policy.digest) == 64


def test_the_same_document_is_read_once() -> None:
    assert load("alx-a") is load("alx-a")
    assert load("alx-a") != load("alx-b")
    assert len({load("alx-a"), load("alx-a"), load("alx-b")}) == 2


# ---------------------------------------------------------------- files


def test_a_file_is_told_with_the_line_of_each_mistake(tmp_path: Path) -> None:
    text = (PRESETS / "alx-a.toml").read_text(encoding="utf-8")
    line = text[: text.index("seller_response =")].count("\n") + 1
    table = text[: text.index("[review]")].count("\n") + 1
    broken = text.replace('seller_response = "P5D"', 'seller_response = "5 days"').replace(
        "evidence_within", "evidence_withn", 1
    )
    file = tmp_path / "mine.toml"
    file.write_text(broken, encoding="utf-8")
    with pytest.raises(PolicyError) as caught:
        load(file)
    told = str(caught.value).splitlines()
    assert told[0].startswith(f'{file}, line {line}: negotiation.seller_response is "5 days";')
    assert told[1].startswith(f"{file}, line {table + 1}: review.evidence_withn is unknown; the nearest known one is ")
    assert told[2].startswith(f"{file}, line {table}: review.evidence_within is missing;")
    assert len(told) == 3


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b'[policy]\nid = "a"\nversion 1\n', ", line 3 is not TOML"),
        (b"[policy]\nid = \n", ", line 2 is not TOML"),
        (b'[policy]\n\nid = "a', ", line 3 is not TOML"),
        (b'[policy]\ntitle = "\xff"\n', ", line 2 is not UTF-8 text"),
        (b"x = " + b"9" * 9000, "is not TOML"),
        (b"x = " + b"[" * 5000, "is nested too deeply"),
        (b"#" * 2_000_000, "bytes long"),
    ],
)
def test_a_file_that_is_no_toml_is_told_with_its_line(tmp_path: Path, content: bytes, told: str) -> None:
    file = tmp_path / "mine.toml"
    file.write_bytes(content)
    with pytest.raises(PolicyError, match=r"mine\.toml") as caught:
        load(file)
    assert told in str(caught.value)
    assert str(caught.value).count("\n") == 0


@pytest.mark.parametrize("name", ["alx-z", "nowhere/shop.toml"])
def test_a_policy_that_is_nowhere_names_those_that_are_shipped(name: str) -> None:
    with pytest.raises(PolicyError, match=f"{name} is nowhere to be found.*alx-a, alx-b, alx-c"):
        load(name)


def test_a_folder_is_no_policy(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="is a folder"):
        load(tmp_path)


def test_a_folder_given_goes_before_the_presets(tmp_path: Path) -> None:
    text = (PRESETS / "alx-a.toml").read_text(encoding="utf-8")
    (tmp_path / "alx-a.toml").write_text(text.replace("version = 1", "version = 7"), encoding="utf-8-sig")
    assert load("alx-a", folders=[tmp_path]).version == 7
    assert load("alx-a.toml", folders=[tmp_path]).version == 7
    assert load("alx-b", folders=[tmp_path]).version == 1
    assert load("alx-a").version == 1


def test_a_wrong_override_is_told_as_one() -> None:
    with pytest.raises(PolicyError, match=r"^an override: refund.due is \"soon\"; write whole days"):
        load("alx-a", {"refund.due": "soon"})


# ---------------------------------------------------------------- its page


@pytest.mark.parametrize("key", KEYS)
def test_every_key_is_documented_with_its_words(key: str) -> None:
    page = (Path(__file__).parents[2] / "docs" / "policies.md").read_text(encoding="utf-8")
    table, leaf = key.split(".")
    chapter = page.split(f"\n### `[{table}]`")[1].split("\n#")[0]
    rows = [line for line in chapter.splitlines() if line.startswith(f"| `{leaf}` |")]
    assert len(rows) == 1, f"docs/policies.md says nothing of {key}, or says it twice"
    assert all(f"`{word}`" in rows[0] for word in KEYS[key].words), f"docs/policies.md leaves out a word of {key}"
