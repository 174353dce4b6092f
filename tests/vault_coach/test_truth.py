"""Sam, who mediates, is shown what does not fit, with how much it says; nobody is judged by it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from amends.vault.likeness import likenesses
from amends.vault.sentences import Credentials, Doubt
from amends.vault.truth import (
    CaptureFacts,
    KnownPicture,
    ParcelFacts,
    Strength,
    capture,
    parcel,
    pictures,
)

from .pictures import painted

ORDERED = datetime(2026, 6, 1, 10, tzinfo=UTC)
DELIVERED = ORDERED + timedelta(days=14)
SENT_IN = ORDERED + timedelta(days=16)


def day(days: float) -> datetime:
    return ORDERED + timedelta(days=days)


# ── pictures ─────────────────────────────────────────────────────────────────────────────────────

MINE = likenesses(painted(1))


def seen(where: str, name: str, by: str = "", likeness: int = MINE[0]) -> KnownPicture:
    return KnownPicture(likeness, where, name, by)


def test_alices_picture_from_another_case_is_a_strong_flag() -> None:
    (flag,) = pictures(MINE, [seen("case", "C-7", "alice")], case="C-9", giver="alice")
    assert (flag.code, flag.strength) == (Doubt.SAME_PICTURE_ELSEWHERE, Strength.STRONG)
    assert flag.sentence == "In case C-7 the same person gave the same picture."


def test_a_listings_picture_somewhat_changed_is_a_weak_one() -> None:
    (flag,) = pictures(MINE, [seen("listing", "L-3", likeness=MINE[0] ^ 0b111111)], case="C-9", giver="alice")
    assert (flag.code, flag.strength) == (Doubt.PICTURE_OF_A_LISTING, Strength.WEAK)


def test_a_mirrored_picture_is_found_and_this_cases_own_is_not_told() -> None:
    assert pictures(MINE, [seen("case", "C-7", likeness=MINE[1])], case="C-9", giver="alice")
    assert pictures(MINE, [seen("case", "C-9")], case="C-9", giver="alice") == ()
    assert pictures(MINE, [seen("case", "C-7", likeness=MINE[0] ^ 0xFF)], case="C-9", giver="alice") == ()
    assert pictures((), [seen("case", "C-7")], case="C-9", giver="alice") == (), "a blank picture matches nothing"


def test_screens_that_look_alike_are_told_only_where_they_are_the_same() -> None:
    near, same = seen("case", "C-7", likeness=MINE[0] ^ 0b111111), seen("case", "C-8")
    (flag,) = pictures(MINE, [near, same], case="C-9", giver="alice", photograph=False)
    assert (flag.strength, "C-8" in flag.sentence) == (Strength.WEAK, True)


# ── when and with what ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("taken", "code", "strength"),
    [
        (-30, Doubt.TAKEN_BEFORE_THE_ORDER, Strength.STRONG),
        (-1.01, Doubt.TAKEN_BEFORE_THE_ORDER, Strength.STRONG),
        (5, Doubt.TAKEN_BEFORE_DELIVERY, Strength.WEAK),
        (18, Doubt.TAKEN_LATER_THAN_SENT, Strength.WEAK),
    ],
)
def test_a_picture_of_the_wrong_day_is_flagged(taken: float, code: Doubt, strength: Strength) -> None:
    (flag,) = capture(CaptureFacts(SENT_IN, day(taken)), ordered_at=ORDERED, delivered_at=DELIVERED)
    assert (flag.code, flag.strength) == (code, strength)


@pytest.mark.parametrize("taken", [13.01, 15, 16.9])
def test_a_days_slack_is_left_to_cameras_without_a_time_zone(taken: float) -> None:
    assert capture(CaptureFacts(SENT_IN, day(taken)), ordered_at=ORDERED, delivered_at=DELIVERED) == ()


def test_a_screenshot_of_the_listing_may_be_older_than_the_parcel() -> None:
    facts = CaptureFacts(SENT_IN, day(5))
    assert capture(facts, ordered_at=ORDERED, delivered_at=DELIVERED, of_goods=False) == ()


def test_a_picture_without_metadata_raises_nothing() -> None:
    assert capture(CaptureFacts(SENT_IN), ordered_at=ORDERED, delivered_at=DELIVERED) == ()


def test_another_camera_and_an_editor_are_weak_flags() -> None:
    others = [CaptureFacts(SENT_IN, device="Pixel 9"), CaptureFacts(SENT_IN)]
    facts = CaptureFacts(SENT_IN, device="Canon EOS R5", software="Adobe Photoshop 27.1 (Windows)")
    flags = capture(facts, ordered_at=ORDERED, others=others)
    assert [(flag.code, flag.strength) for flag in flags] == [
        (Doubt.OTHER_DEVICE, Strength.WEAK),
        (Doubt.EDITED, Strength.WEAK),
    ]
    assert (
        capture(CaptureFacts(SENT_IN, device="Pixel 9", software="HDR+ 1.0"), ordered_at=ORDERED, others=others) == ()
    )


@pytest.mark.parametrize("program", ["Blackmagic Design DaVinci Resolve", "iMovie 10.4", "CapCut 5.2", "InShot"])
def test_a_film_that_was_cut_says_so_as_a_picture_does(program: str) -> None:
    (flag,) = capture(CaptureFacts(SENT_IN, software=program), ordered_at=ORDERED)
    assert flag.code is Doubt.EDITED
    assert program in flag.sentence


def test_content_credentials_are_information_and_nobody_vouches_for_them() -> None:
    (flag,) = capture(CaptureFacts(SENT_IN, credentials=Credentials.PRESENT), ordered_at=ORDERED)
    assert (flag.code, flag.strength) == (Doubt.CONTENT_CREDENTIALS, Strength.INFORMATION)
    assert "Nobody has checked here" in flag.sentence
    assert capture(CaptureFacts(SENT_IN), ordered_at=ORDERED) == ()


# ── parcels ──────────────────────────────────────────────────────────────────────────────────────


def bobs(**facts: object) -> ParcelFacts:
    return ParcelFacts("RR 1234 5678 5 CN", "PL", "Gdańsk", sent_at=day(1))._replace(**facts)  # type: ignore[arg-type]


def test_a_parcel_on_its_way_to_another_country_is_not_alices() -> None:
    (flag,) = parcel(bobs(heading_for="BR"))
    assert flag.code is Doubt.NUMBER_OF_ANOTHER_COUNTRY
    assert flag.sentence == "RR123456785CN is on its way to BR; the order goes to PL."


def test_a_number_used_before_or_scanned_before_it_was_sent_is_somebody_elses() -> None:
    flags = parcel(bobs(first_scan_at=day(-20), used_before=[("O-8", day(-5)), ("O-7", day(-22))]))
    assert [flag.code for flag in flags] == [Doubt.NUMBER_SCANNED_TOO_EARLY, Doubt.NUMBER_USED_BEFORE]
    assert "order O-7" in flags[1].sentence


@pytest.mark.parametrize("city", ["Gdansk", "GDAŃSK", "gdansk  ", "Gdańsk, PL", "Gdansk - Wrzeszcz", ""])
def test_the_same_city_in_other_letters_is_the_same_city(city: str) -> None:
    assert parcel(bobs(delivered_city=city)) == ()


@pytest.mark.parametrize(("city", "strength"), [("Poznań", Strength.STRONG), ("Гданьск", Strength.WEAK)])
def test_delivered_to_another_city(city: str, strength: Strength) -> None:
    (flag,) = parcel(bobs(delivered_city=city))
    assert (flag.code, flag.strength) == (Doubt.DELIVERED_TO_ANOTHER_CITY, strength)


def test_what_is_not_known_of_a_parcel_raises_nothing() -> None:
    assert parcel(ParcelFacts("", "PL")) == ()


def test_a_number_given_again_later_is_weak_where_it_was_first() -> None:
    (flag,) = parcel(bobs(used_after=[("O-9", day(30))]))
    assert (flag.code, flag.strength) == (Doubt.NUMBER_USED_ELSEWHERE, Strength.WEAK)


def test_a_screenshot_of_another_parcels_tracking_is_told() -> None:
    (flag,) = parcel(bobs(sent_under=["LX123456785CN"]))
    assert flag.code is Doubt.NUMBER_NOT_OF_THIS_ORDER
    assert parcel(bobs(sent_under=["LX123456785CN", "rr123456785cn"])) == ()
