"""Mia is shown what does not fit, with how much it says; Bob and Alice never learn of it, and nothing is held up."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageEnhance, ImageOps

from amends.orders import doubts
from amends.vault import intake
from amends.vault.facts import Facts
from amends.vault.faults import NotTaken
from amends.vault.likeness import NEAR, distance
from amends.vault.limits import Limits
from amends.vault.workshop import Workshop
from tests.api.client import at
from tests.api.people import CLAIM, PLACED, People, instant, ok
from tests.vault_coach.pictures import painted

from .giving import doubted, given, jpeg, uploaded

LIMITS = Limits()


def second_case(people: People, **fields: Any) -> None:
    """Another order of Alice's, disputed like the first; its number is another one."""
    people.placed("O2", **fields)
    ok(people.bob.post(at("O2", "ship"), {"tracking": "RR987654326CN"}))
    people.day(24)
    ok(people.alice.post(at("O2", "disputes"), CLAIM | {"text": "The lid does not close."}))


def codes(people: People, order: str = "O1") -> list[tuple[str, str]]:
    return [(one["code"], one["strength"]) for one in doubted(people.mia, order)]


# ── pictures ─────────────────────────────────────────────────────────────────────────────────────


def test_the_same_photograph_in_another_case_is_shown_to_mia_alone(people: People) -> None:
    people.disputed()
    picture = painted(1)
    given(people.alice, jpeg(picture))
    second_case(people)
    changed = ImageEnhance.Brightness(ImageOps.mirror(picture).resize((900, 675))).enhance(1.05)
    file = given(people.alice, jpeg(changed, quality=70), order="O2")
    (flag,) = doubted(people.mia, "O2")
    assert (flag["code"], flag["file"], flag["about"]) == ("same_picture_elsewhere", file, "file")
    assert "In case O1 the same person gave" in flag["sentence"]
    assert doubted(people.olga, "O2") == [flag]
    for somebody in (people.bob, people.alice, people.shop, people.carrier):
        reply = somebody.get(at("O2", "disputes", 1, "doubts"))
        assert (reply.status, reply.code) == (403, "not_allowed")
    assert people.sam.get(at("O2", "disputes", 1, "doubts")).status == 404
    for view in (at("O2"), at("O2", "disputes", 1), at("O2", "timeline")):
        for somebody in (people.bob, people.alice):
            assert b"same_picture" not in somebody.get(view).raw
            assert b"In case O1" not in somebody.get(view).raw


def test_another_marketplaces_pictures_say_nothing(people: People, elsewhere: People) -> None:
    for crowd in (people, elsewhere):
        crowd.disputed()
        given(crowd.alice, jpeg(painted(1)))
    assert (codes(people), codes(elsewhere)) == ([], [])


def test_an_upload_that_was_never_given_tells_nothing(people: People) -> None:
    people.disputed()
    uploaded(people.alice, jpeg(painted(1)))
    second_case(people)
    given(people.alice, jpeg(painted(1)), order="O2")
    assert codes(people, "O2") == []


def test_the_shops_own_photograph_is_known_again(people: People) -> None:
    people.disputed()
    shown = painted(1)
    reply = ok(people.shop.send("POST", "/v1/listings/L-3/pictures", jpeg(shown)))
    assert (reply.status, reply.body["listing"], reply.body["known_before"]) == (201, "L-3", False)
    assert ok(people.shop.send("POST", "/v1/listings/L-3/pictures", jpeg(shown))).body["known_before"] is True
    given(people.alice, jpeg(shown.resize((800, 600)), quality=75))
    given(people.alice, jpeg(painted(2)))
    (flag,) = doubted(people.mia)
    assert flag["code"] == "picture_of_a_listing"
    assert "Listing L-3" in flag["sentence"]


def test_listings_are_the_marketplaces_to_fill_with_pictures(people: People) -> None:
    for somebody in (people.alice, people.bob, people.mia):
        assert somebody.send("POST", "/v1/listings/L-3/pictures", jpeg(painted(1))).code == "not_allowed"
        assert somebody.get("/v1/listings/L-3/pictures").code == "not_allowed"
        assert somebody.send("DELETE", f"/v1/listings/L-3/pictures/{'0' * 64}", b"").code == "not_allowed"
    reply = people.shop.send("POST", "/v1/listings/L-3/pictures", b"<svg onload='alert(1)'/>")
    assert reply.status == 422
    assert people.shop.send("POST", "/v1/listings/L-3/pictures", b"").status == 422


def test_the_shop_looks_over_its_pictures_and_takes_one_away(people: People, elsewhere: People) -> None:
    """Of a listing whose id has a slash in it; the same id of another shop is another listing."""
    address = "/v1/listings/lamps%2F3/pictures"
    first = ok(people.shop.send("POST", address, jpeg(painted(1, (1200, 900))))).body
    people.day(0.5)
    second = ok(people.shop.send("POST", address, jpeg(painted(2)))).body
    shown = ok(people.shop.get(address)).body
    assert (shown["listing"], [one["sha256"] for one in shown["pictures"]]) == (
        "lamps/3",
        [first["sha256"], second["sha256"]],
    )
    assert shown["pictures"][0] == {
        "kind": "jpeg",
        "sha256": first["sha256"],
        "width": 1200,
        "height": 900,
        "received_at": "2026-03-20T09:00:00Z",
        "forms": ["reading", "thumbnail"],
    }
    assert ok(elsewhere.shop.get(address)).body["pictures"] == []
    assert elsewhere.shop.send("DELETE", f"{address}/{first['sha256']}", b"").status == 404
    left = ok(people.shop.send("DELETE", f"{address}/{first['sha256']}", b"")).body
    assert [one["sha256"] for one in left["pictures"]] == [second["sha256"]]
    for gone in (first["sha256"], "0" * 64, "..%2f", "x"):
        reply = people.shop.send("DELETE", f"{address}/{gone}", b"")
        assert (reply.status, reply.code) == (404, "unknown_file")
    people.disputed()
    given(people.alice, jpeg(painted(1)))
    assert codes(people) == [], "what was taken away tells nothing more"


def test_screens_that_look_alike_are_nobodys_fault(people: People) -> None:
    """Two orders' pages differ in a number only."""
    page = Image.new("RGB", (800, 1400), "white")
    page.paste(painted(5, (700, 500)), (50, 100))
    other = page.copy()
    other.paste(Image.new("RGB", (180, 60), "navy"), (60, 900))
    people.disputed()
    given(people.alice, jpeg(page), kind="screenshot")
    second_case(people)
    given(people.alice, jpeg(other), kind="screenshot", order="O2")
    assert [strength for _, strength in codes(people, "O2")] in ([], ["weak"])


# ── when and with what ───────────────────────────────────────────────────────────────────────────


def test_a_photograph_taken_before_the_order_is_flagged(people: People) -> None:
    people.disputed()
    old = given(people.alice, jpeg(painted(1), taken=PLACED - timedelta(days=40)))
    given(people.alice, jpeg(painted(2), taken=PLACED + timedelta(days=11)))
    (flag,) = doubted(people.mia)
    assert (flag["code"], flag["strength"], flag["file"]) == ("taken_before_the_order", "strong", old)


def test_bobs_older_photograph_of_his_stock_says_little(people: People) -> None:
    people.disputed()
    given(people.bob, jpeg(painted(1), taken=PLACED - timedelta(days=40)))
    assert codes(people) == [("taken_before_the_order", "weak")]


def test_another_device_is_weak_and_no_metadata_is_nothing(people: People) -> None:
    people.disputed()
    taken = PLACED + timedelta(days=11)
    given(people.alice, jpeg(painted(1), taken=taken, device="Pixel 9"))
    given(people.alice, jpeg(painted(2)))
    assert codes(people) == []
    given(people.alice, jpeg(painted(3), taken=taken, device="Canon EOS R5"))
    assert {code for code, _ in codes(people)} == {"other_device"}
    assert {strength for _, strength in codes(people)} == {"weak"}


# ── parcels ──────────────────────────────────────────────────────────────────────────────────────


def test_a_tracking_screenshot_of_somebody_elses_parcel_is_flagged(people: People) -> None:
    people.placed("O0", buyer="sam", destination={"country": "BR", "city": "Recife"})
    people.day(0.5)
    ok(people.bob.post(at("O0", "ship"), {"tracking": "LX123456785CN"}))
    people.disputed()
    file = given(people.bob, jpeg(painted(1)), kind="tracking", name="LX 1234 5678 5 CN")
    told = {one["code"]: one for one in doubted(people.mia)}
    assert set(told) == {"number_not_of_this_order", "number_of_another_country", "number_used_before"}
    assert {one["file"] for one in told.values()} == {file}
    assert "order O0" in told["number_used_before"]["sentence"]
    assert "BR" in told["number_of_another_country"]["sentence"]


def test_the_orders_own_number_as_evidence_is_no_doubt(people: People) -> None:
    people.disputed()
    given(people.bob, jpeg(painted(1)), kind="tracking", name="rr123456785cn")
    assert codes(people) == []


def test_a_number_used_twice_is_told_of_the_later_parcel(people: People) -> None:
    people.placed("O0", buyer="sam")
    people.day(0.5)
    ok(people.bob.post(at("O0", "ship"), {"tracking": "RR123456785CN"}))
    people.disputed()
    (flag,) = doubted(people.mia)
    assert (flag["code"], flag["about"], flag["file"]) == ("number_used_before", "parcel", None)


def test_a_parcel_delivered_in_another_city_is_told(people: People) -> None:
    people.shipped()
    people.day(9)
    ok(people.carrier.post(at("O1", "track"), {"state": "delivered", "country": "PL", "city": "Poznan"}))
    people.day(12)
    ok(people.alice.post(at("O1", "disputes"), CLAIM | {"received": False, "reason": "not_received"}))
    assert ("delivered_to_another_city", "strong") in codes(people)


def test_delivered_in_the_right_city_in_other_letters_is_no_doubt(people: People) -> None:
    people.shipped()
    people.day(9)
    ok(people.carrier.post(at("O1", "track"), {"state": "delivered", "country": "PL", "city": "GDAŃSK"}))
    people.day(12)
    ok(people.alice.post(at("O1", "disputes"), CLAIM))
    assert codes(people) == []


# ── no false alarm ───────────────────────────────────────────────────────────────────────────────


def test_different_photographs_are_never_the_same(people: People) -> None:
    people.disputed()
    for seed in (1, 2):
        given(people.alice, jpeg(painted(seed)))
    second_case(people)
    for seed in (3, 4, 5):
        given(people.alice, jpeg(painted(seed)), order="O2")
    assert (codes(people), codes(people, "O2")) == ([], [])


def test_no_two_real_photographs_are_taken_for_one(shared: Callable[[str], Path], tmp_path: Path) -> None:
    """Every honest file that lies beside the checkout, through the real intake; those of one name are one picture."""
    looks: dict[str, Facts] = {}
    with Workshop() as workshop:
        for file in sorted(shared("data/media/ok").iterdir()):
            with suppress(NotTaken):
                chunks = [file.read_bytes()]
                with intake.receive(chunks, name=file.name, declared="", limits=LIMITS, folder=tmp_path) as received:
                    looks[file.name] = intake.examine(received, workshop=workshop, limits=LIMITS).facts
    shown = {name: facts for name, facts in looks.items() if doubts.keys_of(facts)}
    assert len(shown) > 25
    near = {
        (one, other)
        for (one, mine), (other, theirs) in combinations(shown.items(), 2)
        for hash_of_one in (mine.phash, mine.phash_mirrored)
        if hash_of_one and theirs.phash and distance(int(hash_of_one, 16), int(theirs.phash, 16)) <= NEAR
    }
    assert {pair for pair in near if picture_of(pair[0]) != picture_of(pair[1])} == set()
    assert ("pillow__flower.jpg", "pillow__flower.webp") in near, "the same picture in another encoding is found"


def picture_of(name: str) -> str:
    return re.sub(r"_orientation_\d", "", name.partition(".")[0])


@pytest.mark.parametrize("dispute", [2, 99])
def test_there_are_no_doubts_about_a_dispute_that_is_not_there(people: People, dispute: int) -> None:
    people.disputed()
    assert people.mia.get(at("O1", "disputes", dispute, "doubts")).code == "unknown_dispute"


# ── where and when a parcel was first seen ───────────────────────────────────────────────────────


def test_a_parcel_first_scanned_before_it_was_sent_is_flagged(people: People) -> None:
    """Bob ships on day 1 under a number that the carrier has known for four days."""
    people.shipped()
    people.day(2)
    scan = {"state": "in_transit", "country": "CN"}
    ok(people.carrier.post(at("O1", "track"), scan | {"scanned_at": instant(-3)}))
    ok(people.carrier.post(at("O1", "track"), scan))
    people.day(12)
    ok(people.alice.post(at("O1", "disputes"), CLAIM))
    (flag,) = doubted(people.mia)
    assert (flag["code"], flag["strength"], flag["about"]) == ("number_scanned_too_early", "strong", "parcel")
    assert "17 March 2026" in flag["sentence"]


def test_a_scan_on_the_day_or_told_without_an_instant_is_no_doubt(people: People) -> None:
    people.shipped()
    ok(people.carrier.post(at("O1", "track"), {"state": "accepted", "scanned_at": instant(0.5)}))
    ok(people.carrier.post(at("O1", "track"), {"state": "in_transit"}))
    later = people.carrier.post(at("O1", "track"), {"state": "in_transit", "scanned_at": instant(3)})
    assert later.code == "malformed", "nobody scans tomorrow"
    people.day(12)
    ok(people.alice.post(at("O1", "disputes"), CLAIM))
    assert codes(people) == []


def test_a_number_of_another_post_than_the_sellers_is_weak(people: People) -> None:
    people.placed(return_to={"country": "DE", "city": "Jena"})
    people.day(1)
    ok(people.bob.post(at("O1", "ship"), {"tracking": "RR123456785CN"}))
    people.day(12)
    ok(people.alice.post(at("O1", "disputes"), CLAIM))
    (flag,) = doubted(people.mia)
    assert (flag["code"], flag["strength"], flag["about"]) == ("number_posted_elsewhere", "weak", "parcel")
    assert "CN" in flag["sentence"]
    assert "DE" in flag["sentence"]
