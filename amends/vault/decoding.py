"""Pictures opened at reading size, each kind by the way that holds the least memory at once. Runs in the child only.

A JPEG is decoded at a part of its size, a PNG in stripes; of WebP and AVIF only the planes of the codec are whole,
of HEIC one copy. headers.py and sniffing.py reckon what each takes, before anything is opened.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from typing import Any, BinaryIO, Final, NamedTuple

import av
import pillow_heif
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from PIL import Image

from amends.vault import faults, metadata, stripes
from amends.vault.gathering import Gathering, on_white, scaled
from amends.vault.kinds import Kind
from amends.vault.limits import jpeg_scale, reading_size

_FORMATS: Final = {Kind.JPEG: "JPEG", Kind.PNG: "PNG", Kind.WEBP: "WEBP", Kind.HEIC: "HEIF", Kind.AVIF: "AVIF"}
_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ON_ITS_SIDE: Final = frozenset(_TURNS[number] for number in (5, 6, 7, 8))
_STRIPE: Final = 1 << 20
"""Bytes of a decoded picture that are scaled at once."""
_WEBP_WORDS: Final = {b"EXIF": "exif", b"XMP ": "xmp", b"ICCP": "icc_profile"}
_MOST_WORDS: Final = 4_000_000


class Said(NamedTuple):
    """What a picture says of itself."""

    origin: metadata.Origin = metadata.Origin()
    turn: Image.Transpose | None = None
    """What brings it upright."""
    profile: object = None
    moves: bool = False


class Decoded(NamedTuple):
    small: Image.Image
    """At reading size, as stored: L, RGB, RGBA or CMYK."""
    width: int
    """Of the whole, as seen: turned."""
    height: int
    said: Said


def decode(kind: Kind, file: BinaryIO, pixels: int) -> Decoded:
    """The first frame. Raises `NotTaken` beyond so many pixels, MemoryError, and whatever a decoder thinks of."""
    if kind is Kind.PNG:
        about = stripes.sheet(file)
        if not about.woven:
            with Image.open(io.BytesIO(about.words), formats=["PNG"]) as words:
                said = _said(words, moves=about.moves)
            _within(about.width, about.height, pixels)
            return _decoded(stripes.picture(file, about), (about.width, about.height), said)
    found = _webp(file, pixels) if kind is Kind.WEBP else None
    if found is not None:
        return found
    file.seek(0)
    with Image.open(file, formats=[_FORMATS[kind]]) as picture:
        _within(*picture.size, pixels)
        # Several pictures in one JPEG or HEIC are what a camera files together, not an animation.
        moves = getattr(picture, "n_frames", 1) > 1 and kind not in (Kind.JPEG, Kind.HEIC)
        said = _said(picture, moves=moves)
        size = picture.size
        if kind is not Kind.HEIC:
            return _decoded(_avif(picture, file) or _by_pillow(picture), size, said)
    return _heic(file, said, pixels)


def _decoded(small: Image.Image, size: tuple[int, int], said: Said) -> Decoded:
    width, height = reversed(size) if said.turn in _ON_ITS_SIDE else size
    return Decoded(small, width, height, said)


def _said(words: Image.Image, *, moves: bool) -> Said:
    origin, profile = metadata.of_picture(words), words.info.get("icc_profile")
    try:
        return Said(origin, _TURNS.get(words.getexif().get(0x0112, 1)), profile, moves)
    except (*metadata.FAULTS,):
        return Said(origin, None, profile, moves)


def _within(width: int, height: int, pixels: int) -> None:
    if width * height > pixels:
        raise faults.too_many_pixels(width, height, pixels)


def _by_pillow(picture: Image.Image) -> Image.Image:
    if picture.format in ("JPEG", "MPO"):
        scale = jpeg_scale(*picture.size)
        picture.draft("RGB", (max(1, picture.width // scale), max(1, picture.height // scale)))
    shown = _eight_bits(picture)
    return scaled(shown, reading_size(*shown.size))


def _eight_bits(picture: Image.Image) -> Image.Image:
    """In a mode that can be scaled: L, RGB, RGBA, CMYK."""
    mode = picture.mode
    if mode in ("L", "RGB", "RGBA", "CMYK"):
        picture.load()
        return picture
    if mode == "1":
        return picture.convert("L")
    if mode.startswith("I;16"):
        # Sixteen bits: Pillow would cut off at 255, so the upper eight are taken.
        return Image.frombytes("L", picture.size, picture.tobytes()[0 if mode == "I;16B" else 1 :: 2])
    see_through = mode in ("LA", "PA", "La", "RGBa") or "transparency" in picture.info
    return picture.convert("RGBA" if see_through else "RGB")


def _webp(file: BinaryIO, pixels: int) -> Decoded | None:
    """A WebP that stands still; None of one that moves, or that the video codec does not know what to do with."""
    words, moves = Image.new("L", (1, 1)), False
    for kind, length in _riff(file):
        moves |= kind in (b"ANIM", b"ANMF")
        if kind in _WEBP_WORDS and length <= _MOST_WORDS:
            words.info[_WEBP_WORDS[kind]] = file.read(length)
    if moves:
        return None
    file.seek(0)
    codec: Any = VideoCodecContext.create("webp", "r")
    codec.thread_count = 1
    try:
        frames = codec.decode(av.Packet(file.read()))
    except av.InvalidDataError:
        return None
    if not frames:
        return None
    size = frames[0].width, frames[0].height
    _within(*size, pixels)
    return _decoded(shown(frames[0]), size, _said(words, moves=False))


def _riff(file: BinaryIO) -> Iterator[tuple[bytes, int]]:
    """Kind and length of each chunk; the file stands at its body then."""
    place = 12
    while True:
        file.seek(place)
        head = file.read(8)
        if len(head) < 8:
            return
        kind, length = struct.unpack("<4sI", head)
        yield kind, length
        place += 8 + length + length % 2


def _avif(picture: Image.Image, file: BinaryIO) -> Image.Image | None:
    """An AVIF by its one stream; None where it is made of several, or sees through, or moves: then Pillow does it."""
    if picture.format != "AVIF" or picture.mode != "RGB" or getattr(picture, "is_animated", False):
        return None
    file.seek(0)
    try:
        with av.open(file, "r", format="mov") as container:
            if len(container.streams) != 1:
                return None
            container.streams.video[0].codec_context.thread_count = 1
            frame = next(container.decode(video=0), None)
            return shown(frame) if frame is not None and (frame.width, frame.height) == picture.size else None
    except (av.InvalidDataError, IndexError):
        return None


def shown(frame: VideoFrame) -> Image.Image:
    """A frame at reading size, RGBA where it sees through, else RGB; not turned."""
    width, height = reading_size(frame.width, frame.height)
    mode = "RGBA" if any(part.is_alpha for part in frame.format.components) else "RGB"
    small: Any = frame.reformat(width=width, height=height, format="rgba" if mode == "RGBA" else "rgb24")
    plane = small.planes[0]
    return Image.frombytes(mode, (width, height), memoryview(plane), "raw", mode, plane.line_size)


def _heic(file: BinaryIO, said: Said, pixels: int) -> Decoded:
    """libheif turns it upright by itself; its rows are scaled where they lie."""
    file.seek(0)
    film = pillow_heif.open_heif(file, convert_hdr_to_8bit=True, remove_stride=False)
    still = film[film.primary_index]
    _within(*still.size, pixels)
    rows = memoryview(still.data)  # the size may be another one after this
    (width, height), mode = still.size, still.mode
    if mode not in ("L", "LA", "RGB", "RGBA"):
        return _decoded(_by_pillow(still.to_pillow()), (width, height), said)
    gathering = Gathering(width, height)
    at_once = gathering.rows(_STRIPE // still.stride)
    for top in range(0, height, at_once):
        high = min(at_once, height - top)
        part = rows[top * still.stride : (top + high) * still.stride]
        stripe = Image.frombytes(mode, (width, high), part, "raw", mode, still.stride)
        gathering.add(stripe if mode in ("L", "RGB") else on_white(stripe.convert("RGBA")))
    return _decoded(gathering.picture(), (width, height), said)
