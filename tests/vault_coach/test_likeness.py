"""The same picture is found again however it was re-encoded, and different pictures are left in peace."""

from __future__ import annotations

import io
import random

import pytest
from PIL import Image, ImageEnhance, ImageOps

from amends.vault.likeness import NEAR, distance, likeness, likenesses, lookup_keys, stored_keys

from .pictures import painted, real


def again(picture: Image.Image) -> dict[str, Image.Image]:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=35)
    return {
        "saved small": Image.open(out),
        "halved": picture.resize((picture.width // 2, picture.height // 2)),
        "paler": ImageEnhance.Contrast(picture).enhance(0.7),
        "grey": picture.convert("L"),
    }


def of(picture: Image.Image) -> int:
    found = likeness(picture)
    assert found is not None
    return found


def test_a_painted_picture_is_found_again() -> None:
    for seed in range(12):
        picture = painted(seed)
        assert {
            name: distance(of(picture), of(other)) <= NEAR for name, other in again(picture).items()
        } == dict.fromkeys(again(picture), True)


def test_a_real_photograph_is_found_again() -> None:
    """All but one: a test pattern of fine stripes has no coarse waves to go by."""
    for name, picture in real().items():
        if name != "pillow__exif.png":
            far = {how: distance(of(picture), of(other)) for how, other in again(picture).items()}
            assert max(far.values()) <= NEAR, (name, far)


def test_different_pictures_are_far_apart() -> None:
    found = [of(painted(seed)) for seed in range(40)] + [of(picture) for picture in real().values()]
    nearest = min(distance(one, other) for at, one in enumerate(found) for other in found[:at])
    assert nearest > NEAR + 4


def test_a_mirrored_picture_is_found_by_its_second_likeness() -> None:
    picture = painted(3)
    mirrored = of(ImageOps.mirror(picture))
    assert distance(of(picture), mirrored) > NEAR
    assert min(distance(each, mirrored) for each in likenesses(picture)) <= 2


@pytest.mark.parametrize("colour", ["white", "black", "grey"])
def test_a_blank_picture_looks_like_nothing(colour: str) -> None:
    assert likeness(Image.new("RGB", (800, 600), colour)) is None
    assert likenesses(Image.new("L", (1, 1), colour)) == ()


def test_whatever_is_near_shares_a_key_and_little_else_does() -> None:
    dice = random.Random(1)
    for _ in range(2_000):
        one = dice.getrandbits(64)
        other = one
        for bit in dice.sample(range(64), dice.randrange(NEAR + 1)):
            other ^= 1 << bit
        assert lookup_keys(one) & set(stored_keys(other)), f"{one:x} and {other:x} are {distance(one, other)} apart"
    strangers = [(dice.getrandbits(64), dice.getrandbits(64)) for _ in range(5_000)]
    assert sum(bool(lookup_keys(one) & set(stored_keys(other))) for one, other in strangers) < 50
