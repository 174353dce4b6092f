"""Alice asks before she sends: what would convince, and what is wrong with her pictures. Nobody stops her."""

from __future__ import annotations

import time

import pytest
from PIL import Image, ImageEnhance, ImageFilter

from tests.api.client import at
from tests.api.people import People
from tests.vault.honest import video
from tests.vault_coach.pictures import painted

from .giving import asked, given, hints, jpeg, uploaded


def test_before_any_file_alice_is_told_what_would_convince(people: People) -> None:
    people.disputed()
    found = asked(people.alice)
    assert [one["kind"] for one in found["wanted"]] == ["photo", "video", "video", "photo", "quote"]
    assert all(one["sentence"] and one["help"] for one in found["wanted"])
    assert found["hints"] == []
    have = ["photo", "photo", "video", "video", "photo", "photo"]
    assert [one["kind"] for one in asked(people.alice, *have)["wanted"]] == ["quote"]
    assert [one["kind"] for one in asked(people.alice, "photo", *have[2:4])["wanted"]] == ["photo", "photo", "quote"]
    bobs = asked(people.bob)["wanted"]
    assert [one["kind"] for one in bobs] == ["video", "photo"], "a seller shows how he sent it"
    assert not {one["sentence"] for one in bobs} & {one["sentence"] for one in found["wanted"]}


def test_a_dark_and_a_blurred_picture_are_told_from_a_good_one(people: People) -> None:
    people.disputed()
    good = painted(1)
    files = {
        "good": uploaded(people.alice, jpeg(good)),
        "dark": uploaded(people.alice, jpeg(ImageEnhance.Brightness(painted(2)).enhance(0.12))),
        "blurred": uploaded(people.alice, jpeg(painted(3).filter(ImageFilter.GaussianBlur(12)))),
        "small": uploaded(people.alice, jpeg(painted(4, (320, 240)))),
    }
    found = asked(people.alice, *files.values())
    told = {name: hints(found, file) for name, file in files.items()}
    assert told == {"good": set(), "dark": {"too_dark"}, "blurred": {"blurred"}, "small": {"too_small"}}


def test_the_coach_answers_within_a_second(people: People) -> None:
    people.disputed()
    files = [uploaded(people.alice, jpeg(painted(seed))) for seed in range(3)]
    began = time.process_time()
    asked(people.alice, *files)
    assert time.process_time() - began < 1


def test_the_same_file_and_the_same_picture_are_found_under_another_name(people: People) -> None:
    people.disputed()
    picture = painted(1)
    given(people.alice, jpeg(picture))
    again = uploaded(people.alice, jpeg(picture), "kettle_from_the_left.jpg")
    encoded_anew = uploaded(people.alice, jpeg(picture.resize((900, 675)), quality=70), "other.jpg")
    other = uploaded(people.alice, jpeg(painted(2)))
    assert hints(asked(people.alice, again), again) == {"same_file"}
    assert hints(asked(people.alice, encoded_anew), encoded_anew) == {"looks_the_same"}
    assert hints(asked(people.alice, other), other) == set()
    both = asked(people.alice, other, encoded_anew, again)
    assert hints(both, again) == {"same_file"}, "beside what is given already"


def test_a_mistyped_number_is_said_with_what_it_may_be(people: People) -> None:
    people.disputed()
    (hint,) = asked(people.alice, tracking="RR 1234 5678 9 CN")["hints"]
    assert hint["code"] == "tracking_mistyped"
    assert "RR123456785CN" in hint["sentence"]
    assert asked(people.alice, tracking="RR123456785CN")["hints"] == []


def test_a_silent_video_and_an_unread_screenshot_are_told(people: People) -> None:
    people.disputed()
    film = uploaded(people.alice, video(), "film.mp4")
    assert hints(asked(people.alice, film, kind="video"), film) == {"video_silent"}
    screen = uploaded(people.alice, jpeg(Image.new("RGB", (800, 1400), "white")), "screen.jpg")
    assert hints(asked(people.alice, screen, kind="screenshot"), screen) == {"screenshot_date_unknown"}
    assert hints(asked(people.alice, screen, kind="screenshot", shows_date=True), screen) == set()
    assert hints(asked(people.alice, screen, kind="screenshot", shows_date=False), screen) == {
        "screenshot_without_date"
    }
    assert people.alice.post(at("O1", "coach"), {"reason": "defective", "kind": "photo", "shows_date": 1}).status == 422
    assert "no_comment" in hints(asked(people.alice, screen, kind="screenshot", comment=""), screen)
    assert hints(asked(people.alice, kind="link")) == {"link_counts_for_nothing"}


def test_asking_writes_nothing_and_stops_nothing(people: People) -> None:
    people.disputed()
    dark = uploaded(people.alice, jpeg(Image.new("RGB", (1200, 900), "black")))
    before = people.alice.get(at("O1")).body["version"]
    assert "too_dark" in hints(asked(people.alice, dark))
    assert people.alice.get(at("O1")).body["version"] == before
    body = {"kind": "photo", "id": dark}
    assert people.alice.post(at("O1", "disputes", 1, "add_evidence"), body).status == 200


def test_nobody_asks_about_somebody_elses_upload(people: People) -> None:
    people.disputed()
    file = uploaded(people.alice, jpeg(painted(1)))
    body = {"reason": "defective", "kind": "photo", "files": [file]}
    assert people.bob.post(at("O1", "coach"), body).code == "malformed"
    assert people.sam.post(at("O1", "coach"), body).code == "unknown_order"
    assert people.carrier.post(at("O1", "coach"), body).code == "not_allowed"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"kind": "photo"}, "unknown_reason"),
        ({"reason": "ugly", "kind": "photo"}, "unknown_reason"),
        ({"reason": "defective"}, "evidence_type_refused"),
        ({"reason": "defective", "kind": "hologram"}, "evidence_type_refused"),
        ({"reason": "defective", "kind": "photo", "files": "photo"}, "malformed"),
        ({"reason": "defective", "kind": "photo", "files": [1]}, "malformed"),
        ({"reason": "defective", "kind": "photo", "files": ["f_" + "0" * 32]}, "malformed"),
        ({"reason": "defective", "kind": "photo", "tracking": 7}, "malformed"),
        ({"reason": "defective", "kind": "photo", "colour": "red"}, "malformed"),
    ],
)
def test_what_cannot_be_meant_is_told_so(people: People, body: dict[str, object], code: str) -> None:
    people.disputed()
    reply = people.alice.post(at("O1", "coach"), body)
    assert (reply.status, reply.code) == (422, code)
    assert reply.body["way_out"]
