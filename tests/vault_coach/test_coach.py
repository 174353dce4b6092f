"""Alice is told before she sends what would convince, and is never stopped."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from PIL import Image, ImageEnhance, ImageFilter

from amends.core.vocabulary import EvidenceKind, Party, Reason
from amends.vault.coach import FileFacts, Hint, coach, of_file, of_number, wanted
from amends.vault.measures import look
from amends.vault.sentences import ENGLISH, Advice

from .pictures import painted, real

PHOTO, VIDEO, SHOT = EvidenceKind.PHOTO, EvidenceKind.VIDEO, EvidenceKind.SCREENSHOT


def file(
    picture: Image.Image | None = None, sha256: str = "1" * 64, kind: EvidenceKind = PHOTO, **known: object
) -> FileFacts:
    facts = FileFacts(sha256, kind, look(picture) if picture else None, comment="The switch.")
    return facts._replace(**known)  # type: ignore[arg-type]


def codes(hints: tuple[Hint, ...]) -> set[Advice]:
    return {hint.code for hint in hints} - {Advice.WANTED, Advice.NO_CLOSE_UP}


def told(picture: Image.Image) -> set[Advice]:
    return codes(coach(Reason.DEFECTIVE, PHOTO, file(picture)))


def test_a_good_photograph_is_praised_by_silence() -> None:
    assert [told(painted(seed)) for seed in range(5)] == [set()] * 5


def test_real_photographs_are_called_neither_dark_nor_blurred() -> None:
    for name, picture in real().items():
        assert told(picture) <= {Advice.TOO_SMALL}, name


@pytest.mark.parametrize("share", [0.05, 0.15, 0.25])
def test_a_photograph_in_the_dark_is_called_dark(share: float) -> None:
    for picture in [painted(1), painted(2), *real().values()]:
        assert Advice.TOO_DARK in told(ImageEnhance.Brightness(picture).enhance(share))


def test_a_lamp_on_black_velvet_is_not_dark() -> None:
    velvet = Image.new("RGB", (1200, 900), "black")
    velvet.paste(painted(1, (400, 400)), (400, 250))
    assert Advice.TOO_DARK not in told(velvet)


def test_glare_is_called_too_bright() -> None:
    assert told(Image.blend(painted(1), Image.new("RGB", (1200, 900), "white"), 0.92)) == {Advice.TOO_BRIGHT}


@pytest.mark.parametrize("radius", [5, 9, 20])
def test_a_shaken_photograph_is_called_blurred(radius: int) -> None:
    sharp = [picture for picture in real().values() if min(picture.size) > 200]  # a preview has no detail to lose
    for picture in [painted(1), painted(2), *sharp]:
        shaken = picture.filter(ImageFilter.GaussianBlur(radius * max(picture.size) / 1000))
        assert Advice.BLURRED in told(shaken)


def test_a_preview_is_called_too_small() -> None:
    assert told(painted(1, (320, 240))) == {Advice.TOO_SMALL}


@pytest.mark.parametrize("size", [(1, 1), (2, 1), (1, 5000), (3, 3), (9, 2)])
def test_the_oddest_picture_is_only_hinted_at(size: tuple[int, int]) -> None:
    assert Advice.TOO_SMALL in told(Image.new("RGB", size, "red"))


def test_the_same_file_and_the_same_picture_are_told_apart() -> None:
    there = file(painted(1), "a" * 64)
    smaller = painted(1).resize((900, 675))
    assert codes(coach(Reason.DEFECTIVE, PHOTO, file(painted(1), "a" * 64), [there])) == {Advice.SAME_FILE}
    assert codes(coach(Reason.DEFECTIVE, PHOTO, file(smaller, "b" * 64), [there])) == {Advice.LOOKS_THE_SAME}
    assert codes(coach(Reason.DEFECTIVE, PHOTO, file(painted(2), "c" * 64), [there])) == set()


def test_a_thing_in_the_distance_asks_for_a_close_up() -> None:
    table = Image.new("RGB", (1200, 900), "tan")
    table.paste(painted(1, (200, 150)), (500, 400))
    far, near = file(table, "a" * 64), file(painted(2), "b" * 64)
    hints = coach(Reason.DEFECTIVE, PHOTO, far)
    assert Advice.NO_CLOSE_UP in {hint.code for hint in hints}
    assert Advice.NO_CLOSE_UP not in {hint.code for hint in coach(Reason.DEFECTIVE, PHOTO, far, [near])}
    assert Advice.NO_CLOSE_UP not in {hint.code for hint in coach(Reason.NOT_RECEIVED, PHOTO, far)}


def test_a_long_silent_video_is_told_so() -> None:
    long = file(kind=VIDEO, lasts=timedelta(minutes=5, seconds=1), silent=True)
    (first, second) = [hint for hint in coach(Reason.DEFECTIVE, VIDEO, long) if hint.code is not Advice.WANTED]
    assert (first.code, second.code) == (Advice.VIDEO_TOO_LONG, Advice.VIDEO_SILENT)
    assert "6 minutes" in first.sentence
    fine = file(kind=VIDEO, lasts=timedelta(minutes=5), silent=False)
    assert codes(coach(Reason.DEFECTIVE, VIDEO, fine)) == set()
    assert codes(coach(Reason.DEFECTIVE, VIDEO, file(kind=VIDEO))) == set(), "what is not known is not held against it"


def test_screenshots_want_their_date_and_files_a_comment() -> None:
    undated = file(kind=SHOT, shows_date=False, comment="  ")
    assert codes(coach(Reason.NOT_RECEIVED, SHOT, undated)) == {Advice.SCREENSHOT_WITHOUT_DATE, Advice.NO_COMMENT}


def test_that_nobody_read_the_screenshot_is_said() -> None:
    assert codes(coach(Reason.NOT_RECEIVED, SHOT, file(kind=SHOT))) == {Advice.SCREENSHOT_DATE_UNKNOWN}
    assert codes(coach(Reason.NOT_RECEIVED, SHOT, file(kind=SHOT, shows_date=True))) == set()


def test_screens_and_papers_are_white_without_being_too_bright() -> None:
    page = Image.new("RGB", (1200, 1600), "white")
    page.paste(painted(1, (300, 120)), (100, 100))
    for kind in (SHOT, EvidenceKind.DOCUMENT):
        assert not codes(coach(Reason.DEFECTIVE, kind, file(page, kind=kind))) & {Advice.TOO_BRIGHT, Advice.BLURRED}


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("RR123456789CN", "It may be RR123456785CN."),
        ("RR123456785CN", ""),
        ("", ""),
        ("12345678901", ""),
        ("RRO23456785CN", ""),
    ],
)
def test_a_mistyped_tracking_number_is_said_with_what_it_may_be(number: str, said: str) -> None:
    hints = [
        h for h in coach(Reason.NOT_RECEIVED, SHOT, file(kind=SHOT), (), number) if h.code is Advice.TRACKING_MISTYPED
    ]
    assert bool(hints) == bool(said)
    assert all(said in hint.sentence for hint in hints)


def test_every_reason_has_something_that_convinces() -> None:
    for side, lists in ((Party.BUYER, ENGLISH.wants), (Party.SELLER, ENGLISH.seller_wants)):
        assert set(lists) == set(Reason)
        for reason in Reason:
            assert wanted(reason, side=side)
            kinds = [want.kind for want in lists[reason] for _ in range(want.many)]
            assert wanted(reason, kinds, side=side) == (), "nothing is asked for that is there"


def test_one_photograph_is_not_several_sides_and_bob_is_asked_for_other_things() -> None:
    def said(*have: EvidenceKind, side: Party = Party.BUYER) -> str:
        return " ".join(hint.sentence for hint in wanted(Reason.DEFECTIVE, have, side=side))

    assert "several sides" in said(PHOTO)
    assert "several sides" not in said(PHOTO, PHOTO)
    assert "step by step" in said(PHOTO, PHOTO, PHOTO), "the first two were the sides"
    assert "worked before it was sent" in said(side=Party.SELLER)
    assert "the fault" not in said(side=Party.SELLER)
    (unused,) = wanted(Reason.NOT_NEEDED)
    assert "unused" in unused.sentence


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("RR123456785ZZ", Advice.TRACKING_NO_SUCH_POST),
        ("RR12345678CN", Advice.TRACKING_OF_WRONG_LENGTH),
        ("RR1234567855CN", Advice.TRACKING_OF_WRONG_LENGTH),
        ("hello", Advice.TRACKING_NO_NUMBER),
        ("my parcel", Advice.TRACKING_NO_NUMBER),
        ("RR123456789CN", Advice.TRACKING_MISTYPED),
    ],
)
def test_a_number_of_no_post_a_short_one_and_none_at_all_are_told(number: str, code: Advice) -> None:
    assert [hint.code for hint in of_number(number)] == [code]


@pytest.mark.parametrize(
    "number", ["RR123456785CN", "1Z999AA10123456784", "SHOP-7712345678", "12345678", "TBA123456789012"]
)
def test_numbers_of_carriers_nobody_knows_are_left_in_peace(number: str) -> None:
    assert of_number(number) == ()


def test_a_screenshot_is_not_nagged_about_a_date_its_sender_sees() -> None:
    def told(shows_date: bool | None) -> set[Advice]:
        return {one.code for one in of_file(SHOT, file(kind=SHOT, shows_date=shows_date))}

    assert Advice.SCREENSHOT_DATE_UNKNOWN in told(None)
    assert Advice.SCREENSHOT_WITHOUT_DATE in told(False)
    assert not told(True) & {Advice.SCREENSHOT_DATE_UNKNOWN, Advice.SCREENSHOT_WITHOUT_DATE}


def test_looking_at_a_reading_size_takes_less_than_a_second() -> None:
    picture = painted(1, (2000, 1500))
    began = time.process_time()
    look(picture)
    assert time.process_time() - began < 1
