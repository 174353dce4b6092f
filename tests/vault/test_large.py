"""Large honest pictures are taken, and cost no more than their bytes have earned; what they hold is shown rightly."""

import io
import struct
import zlib

import pytest
from PIL import Image

from amends.vault import faults, limits, sniffing
from amends.vault.limits import Limits
from tests.vault.conftest import Desk
from tests.vault.honest import encoded, honest, photo
from tests.vault.hostile import chunk, png
from tests.vault.test_intake import near, shown


@pytest.fixture(scope="module")
def usual(workshop: object, tmp_path_factory: pytest.TempPathFactory) -> int:
    """Bytes at the peak of a small picture."""
    desk = Desk(workshop, tmp_path_factory.mktemp("usual"))  # type: ignore[arg-type]
    return desk.takes(honest()["jpg"]).used.peak_kilobytes * 1024


def grained(width: int, height: int) -> Image.Image:
    """As a camera makes it: nothing in it is flat."""
    grain = Image.effect_noise((width // 8, height // 8), 90).resize((width, height))
    return Image.blend(photo(width, height), grain.convert("RGB"), 0.3)


LARGE = {
    "12 megapixels of a phone": lambda: encoded("JPEG", grained(4_032, 3_024), quality=75),
    "12 megapixels in passes": lambda: encoded("JPEG", grained(4_032, 3_024), quality=75, progressive=True),
    "50 megapixels of a phone": lambda: encoded("JPEG", grained(8_160, 6_120), quality=75),
    "a long screenshot": lambda: encoded("PNG", photo(1_440, 12_000).convert("RGBA"), compress_level=1),
    "a screen of 5,120 pixels, almost blank": lambda: encoded("PNG", Image.new("RGBA", (5_120, 2_880), "white")),
    "a page scanned at 600 dots": lambda: encoded("PNG", photo(4_960, 7_016).convert("L").convert("1")),
    "12 megapixels of WebP": lambda: encoded("WEBP", grained(4_000, 3_000), quality=60, method=0),
}


@pytest.mark.parametrize("what", LARGE)
def test_a_large_honest_picture_is_taken_within_what_it_earned(desk: Desk, usual: int, what: str) -> None:
    content = LARGE[what]()
    taken = desk.takes(content, "a." + ("png" if content[1:4] == b"PNG" else "jpg"))
    assert 1_500 <= max(shown(taken).size) <= 2_000
    used = taken.used.peak_kilobytes * 1024 - usual
    assert used < limits.MEMORY_FOR_ALL, f"{used} bytes for {len(content)}"
    assert taken.used.cpu_milliseconds < 5_000


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "P", "1"])
def test_a_picture_read_in_stripes_is_the_whole_picture(desk: Desk, mode: str) -> None:
    stored = photo(2_600, 2_200).convert(mode)
    taken = desk.takes(encoded("PNG", stored, compress_level=1), "a.png")
    assert (taken.facts.width, taken.facts.height) == (2_600, 2_200)
    assert shown(taken).size == (2_000, 1_692)
    assert near(shown(taken), stored.convert("RGB")) < (12 if mode == "1" else 2)


@pytest.mark.parametrize(
    ("depth", "colour", "pixel"),
    [(16, 2, b"\xc8\x55\x0a\xaa\x0a\xaa"), (16, 6, b"\xc8\x55\x0a\xaa\x0a\xaa\xff\xff"), (8, 2, b"\xc8\x0a\x0a")],
)
@pytest.mark.parametrize("filtered", range(5))
def test_every_filter_and_depth_is_undone(desk: Desk, depth: int, colour: int, pixel: bytes, filtered: int) -> None:
    """A sheet of one colour, as each filter writes it: the first pixel, then only what differs from it."""
    wide, high, size = 2_400, 900, len(pixel)
    same = bytes(size)
    half = bytes((value - value // 2) % 256 for value in pixel)
    across = {0: pixel, 1: same, 2: pixel, 3: half, 4: same}[filtered]
    first = bytes([filtered]) + pixel + across * (wide - 1)
    below = {0: pixel * wide, 1: pixel + same * (wide - 1), 2: same * wide, 3: half + same * (wide - 1), 4: same * wide}
    data = first + (bytes([filtered]) + below[filtered]) * (high - 1)
    taken = desk.takes(png(wide, high, depth=depth, colour=colour, data=data), "a.png")
    red, green, blue = shown(taken).resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
    assert (red, green, blue) == pytest.approx((200, 10, 10), abs=3)
    assert max(high - low for low, high in shown(taken).getextrema()) <= 3


def test_the_one_colour_that_stands_for_nothing_is_white(desk: Desk) -> None:
    rows = b"".join(b"\0" + bytes([shade]) * 100 for shade in (0x00, 0x55, 0xFF) for _ in range(100))
    taken = desk.takes(png(400, 300, chunk(b"tRNS", struct.pack(">H", 1)), depth=2, colour=0, data=rows), "a.png")
    shades = [shown(taken).getpixel((200, row))[0] for row in (50, 150, 250)]
    assert shades == pytest.approx([0, 255, 255], abs=3)


def test_a_png_that_ends_before_its_last_row_is_cut_off(desk: Desk) -> None:
    """Its chunks are whole, so only its rows show it."""
    with pytest.raises(faults.NotTaken) as refused:
        desk.takes(png(400, 300, data=bytes(range(256)) * 900), "a.png")
    assert refused.value.code == "cut_off"


def test_what_a_picture_weighs_is_read_from_its_head() -> None:
    """Only bytes of the picture count; comments and what lies behind it do not."""
    plain, junk = encoded("JPEG", photo(1_000, 800), quality=60), bytes(60_000)
    heavy = plain[:2] + b"\xff\xfe\xea\x62" + junk + plain[2:] + junk
    first, second = (sniffing.sniff(io.BytesIO(content), len(content)) for content in (plain, heavy))
    assert first.data == second.data < len(plain)
    passes = encoded("JPEG", photo(1_000, 800), quality=60, progressive=True)
    found = sniffing.sniff(io.BytesIO(passes), len(passes))
    assert found.memory == first.memory + 2 * 1_000 * 800 * 3 // 2, "all components are kept until the last pass"
    sheet = png(3_000, 3_000, chunk(b"juNk", junk), data=zlib.compress(bytes(9_003 * 3_000)) + bytes(9_003 * 3_000))
    assert sniffing.sniff(io.BytesIO(sheet), len(sheet)).data == len(sheet) - len(junk) - 12 - 57


def test_what_no_machine_could_open_is_refused_by_its_head(desk: Desk) -> None:
    """Moving WebP takes most: of 64 megapixels more than any file may have, whatever it brings."""
    canvas = struct.pack("<I", 2) + b"".join((side - 1).to_bytes(3, "little") for side in (8_000, 8_000))
    frame = b"ANMF" + struct.pack("<I", 40_000_000) + bytes(40_000_000)
    body = b"WEBPVP8X" + struct.pack("<I", 10) + canvas + frame
    with pytest.raises(faults.NotTaken, match="up to 31 million pixels are taken"):
        desk.takes(b"RIFF" + struct.pack("<I", len(body)) + body, "a.webp", limits=Limits())
