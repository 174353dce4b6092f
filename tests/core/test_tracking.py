"""Tracking numbers as people type them. The numbers with a carrier beside them come from the collection named in
NOTICE.tracking.md (MIT)."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.core.tracking import Verdict, check, fits, normalise, same_number
from amends.core.tracking_formats import FORMATS, POSTS, Trust

VALID, WRONG, UNKNOWN = Verdict.VALID, Verdict.WRONG_CHECK_DIGIT, Verdict.UNKNOWN_FORMAT

NUMBERS = [
    # the story's own
    ("RR123456785CN", VALID, "China Post"),
    ("RR123456789CN", WRONG, "China Post"),
    ("RB123456785GB", VALID, "Royal Mail Group plc"),
    ("RB123456786US", WRONG, "United States Postal Service"),
    ("RB123456785XX", UNKNOWN, None),  # the digit is right, but no such country has a post
    ("RB123456789XX", UNKNOWN, None),
    ("RR123456785TW", VALID, "Chunghwa Post"),
    # shapes with a check digit and a letter
    ("1Z5R89390357567127", VALID, "UPS"),
    ("1Z5R89390357567128", WRONG, "UPS"),
    ("K1506235620", VALID, "UPS"),
    ("K1506235622", WRONG, "UPS"),
    ("C11031500001879", VALID, "OnTrac"),
    ("C11031500001889", WRONG, "OnTrac"),
    ("D10011345983010", VALID, "OnTrac"),
    ("09980000020033F", VALID, "DPD"),
    ("09980000020033D", WRONG, "DPD"),
    # bare digits under one carrier's application identifier
    ("9400111206206406260787", VALID, "USPS"),
    ("9434611206206407667131", WRONG, "USPS"),
    ("92748931507708513018050063", VALID, "USPS"),
    ("420221539101026837331000039521", VALID, "USPS"),
    ("9611020987654312345672", VALID, "FedEx"),
    ("9611020987654312345673", WRONG, "FedEx"),
    # bare digits that half the world's carriers use
    ("3318810025", VALID, "DHL"),
    ("3318810010", UNKNOWN, None),
    ("986578788855", VALID, "FedEx"),
    ("996578788855", UNKNOWN, None),
    ("0073938000549292", UNKNOWN, None),
    ("60120172242323", UNKNOWN, "DHL"),
    ("000000000000000", UNKNOWN, None),
    # letters of the carrier's own, no check digit
    ("TBA010000000000", VALID, "Amazon"),
    ("TBA50288727400A", UNKNOWN, None),
    ("JJD0002257639032011", VALID, "Yodel"),
    ("YT2229521272164446", VALID, "YunExpress"),
    ("GM295117494011169042", VALID, "DHL"),
    ("INVOICE20240001", UNKNOWN, "DHL"),
    # nothing at all
    ("", UNKNOWN, None),
    ("ask the post", UNKNOWN, None),
    ("EZ1000000001", UNKNOWN, None),
]


@pytest.mark.parametrize(("number", "verdict", "carrier"), NUMBERS)
def test_what_a_number_says_about_itself(number: str, verdict: Verdict, carrier: str | None) -> None:
    seen = check(number)
    assert seen.verdict is verdict
    assert (carrier in seen.carriers) if carrier else seen.carriers == ()


@pytest.mark.parametrize(
    "typed",
    [
        " rr 123 456 785 cn ",
        "RR-123-456-785-CN",
        "RR–123—456‑785-CN",
        "ＲＲ１２３４５６７８５ＣＮ",
        "RR١٢٣٤٥٦٧٨٥CN",
        "RR123456785СN",  # a Cyrillic С
        "RR\u200b123456785\ufeffCN\n",
        "RR 123.456.785 CN",
    ],
)
def test_the_hand_that_typed_it_does_not_matter(typed: str) -> None:
    seen = check(typed)
    assert (seen.normal, seen.verdict, seen.country) == ("RR123456785CN", VALID, "CN")


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("RR123456789CN", "RR123456785CN"),
        ("RR12345678SCN", "RR123456785CN"),
        ("RRI23456785CN", "RR123456785CN"),
        ("TBAO1OOOOOOOOOO", "TBA010000000000"),
        ("1Z5R89390357567128", "1Z5R89390357567127"),
        ("09980000020033D", "09980000020033F"),
        ("9434611206206407667131", "9434611206206407667136"),
        ("RR123456785CN", ""),
        ("3318810010", ""),  # it may be a carrier's we do not know
        ("RB123456785XX", ""),
        ("O" * 10_000, ""),
    ],
)
def test_a_slip_of_one_sign_is_pointed_out_and_not_mended(typed: str, hint: str) -> None:
    seen = check(typed)
    assert seen.hint == hint
    assert seen.normal == normalise(typed)


@given(st.integers(0, 99_999_999), st.sampled_from(sorted(POSTS)), st.integers(1, 9))
def test_one_wrong_digit_never_passes_for_a_post(serial: int, country: str, slip: int) -> None:
    right = next(
        f"RR{serial:08}{digit}{country}" for digit in range(10) if fits("s10", f"RR{serial:08}{digit}{country}")
    )
    assert check(right).verdict is VALID
    for place in range(2, 11):
        mistyped = right[:place] + str((int(right[place]) + slip) % 10) + right[place + 1 :]
        # Two remainders share the digit 5, so the sum itself lets a few slips through; none else.
        assert check(mistyped).verdict is WRONG or right[10] == "5"


@given(st.text(max_size=60))
def test_no_scribble_is_refused_by_accident_or_breaks_anything(scribble: str) -> None:
    seen = check(scribble)
    if seen.verdict is WRONG:
        assert seen.carriers
    assert check(seen.normal) == seen


@given(st.text(alphabet="0123456789", min_size=1, max_size=19))
def test_nineteen_bare_digits_and_fewer_are_never_called_wrong(digits: str) -> None:
    assert check(digits).verdict is not WRONG


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("RR123456785CN", "rr 123456785 cn", True),
        ("RR123456785CN", "RR1234S6785CN", False),
        ("TBAO10000000000", "TBA010000000000", True),
        ("RR123456785CN", "RR123456785HK", False),
        ("420787459400111206206406260787", "9400 1112 0620 6406 2607 87", True),
        ("", "", False),
        ("RR123456785CN", "", False),
    ],
)
def test_two_people_writing_one_parcel(a: str, b: str, same: bool) -> None:
    assert same_number(a, b) is same
    assert same_number(b, a) is same


def test_a_format_nobody_knows_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError):
        fits("pigeon", "RR123456785CN")


def test_every_format_names_its_carrier_and_has_an_example_of_its_length() -> None:
    assert len({known.id for known in FORMATS}) == len(FORMATS)
    for known in FORMATS:
        assert known.carrier
        assert ("serial" in known.pattern.groupindex) is (known.trust is Trust.CHECKED), known.id


COLLECTED_AS = {
    "LaserShip 1LS7 (18)": "lasership_1ls7_18",
    "Old Dominion": "old_dominion",
    "Old Dominion Guaranteed Shipment": "old_dominion_guaranteed",
    "UPS Waybill": "ups_waybill",
}
ANOTHER_CARRIERS = {"331426749957"}  # wrong as one Purolator shape, right as the other


def test_all_collected_numbers_are_what_the_collection_says(shared: Callable[[str], Path]) -> None:
    with shared("data/tracking/test_numbers.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) == 280
    for row in rows:
        known = COLLECTED_AS.get(row["format"], row["format"])
        valid = row["expected"] == "valid"
        assert fits(known, row["as_written"]) is valid, row

        seen = check(row["as_written"])
        assert seen.normal == row["normalised"].replace("-", "")
        if valid:  # taken, and in silence unless it is any fourteen digits
            assert seen.verdict is (UNKNOWN if known == "dhl_ecommerce_14" else VALID), row
        elif seen.normal not in ANOTHER_CARRIERS:
            assert seen.verdict is not VALID, row


def test_every_number_in_the_stories_can_be_shipped(shared: Callable[[str], Path]) -> None:
    for story in sorted(shared("spec/stories").glob("*.yaml")):
        for piece in story.read_text(encoding="utf-8").split("tracking: ")[1:]:
            number = piece.replace("}", ",").split(",")[0]
            assert check(number).verdict is VALID, (story.name, number)
