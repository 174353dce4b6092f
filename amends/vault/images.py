"""Pictures: opened by a list of formats, turned upright, brought to sRGB, encoded anew. Runs in the child only.

The new picture shares nothing with the file but how it looks: no metadata, no place, no program, no thumbnail.
"""

from __future__ import annotations

import io
import struct
import zlib
from typing import BinaryIO, Final

import pillow_heif
from PIL import (
    AvifImagePlugin,
    Image,
    ImageCms,
    ImageFile,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from amends.vault import faults, measures, metadata
from amends.vault.kinds import Kind
from amends.vault.limits import READING_SIDE, THUMBNAIL_SIDE
from amends.vault.reports import Blob, Findings

_FORMATS: Final = {Kind.JPEG: "JPEG", Kind.PNG: "PNG", Kind.WEBP: "WEBP", Kind.HEIC: "HEIF", Kind.AVIF: "AVIF"}
_BROKEN: Final = (
    *(OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, AttributeError, EOFError),
    *(struct.error, zlib.error, OverflowError, ZeroDivisionError, RuntimeError, Image.DecompressionBombError),
)
"""What the decoders raise over a broken file; they were not written to agree on one."""
_PLUGINS: Final = (JpegImagePlugin, MpoImagePlugin, PngImagePlugin, TiffImagePlugin, WebPImagePlugin, AvifImagePlugin)
_SRGB: Final = ImageCms.createProfile("sRGB")


def prepare() -> None:
    """Everything that is loaded late by itself is loaded now: afterwards no file can be opened."""
    Image.preinit()
    pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)
    pillow_heif.options.DECODE_THREADS = 1
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    Image.MAX_IMAGE_PIXELS = None  # the limit is ours, from the header and again below
    for form, ending in (("JPEG", "RGB"), ("PNG", "P"), ("WEBP", "RGB"), ("AVIF", "RGB")):
        target = io.BytesIO()
        Image.new(ending, (8, 8)).save(target, form)
        with Image.open(target, formats=[form]) as picture:
            measures.of(picture.convert("RGB"))
            metadata.of_picture(picture)


def examine(kind: Kind, file: BinaryIO, pixels: int) -> tuple[Findings, list[Blob]]:
    """What is found in a picture, with its reading size and thumbnail. Raises `NotTaken`, MemoryError."""
    try:
        with Image.open(file, formats=[_FORMATS[kind]]) as picture:
            if picture.width * picture.height > pixels:
                raise faults.too_many_pixels(picture.width, picture.height, pixels)
            return _normalised(picture)
    except _BROKEN as fault:
        raise (faults.cut_off if "truncated" in str(fault) else faults.broken)("picture") from None


def _normalised(picture: Image.Image) -> tuple[Findings, list[Blob]]:
    origin = metadata.of_picture(picture)
    width, height = picture.size
    marks = ("animated",) if getattr(picture, "n_frames", 1) > 1 and not _is_camera_set(picture) else ()
    if picture.getexif().get(0x0112) in (5, 6, 7, 8) and picture.format != "HEIF":
        width, height = height, width
    reading = upright(picture)
    blobs, measured = derivatives(reading)
    findings = Findings(width, height, marks=marks, **origin._asdict(), **measured._asdict())
    return findings, blobs


def _is_camera_set(picture: Image.Image) -> bool:
    """Several pictures in one JPEG or HEIC are what a camera files together, not an animation."""
    return picture.format in ("MPO", "JPEG", "HEIF")


def upright(picture: Image.Image) -> Image.Image:
    """The first frame at reading size, in RGB (sRGB), turned as it was held, on white where it was see-through."""
    profile = picture.info.get("icc_profile")
    picture.draft("RGB", (READING_SIDE, READING_SIDE))
    turned = _orientation(picture)
    small = _eight_bits(picture)
    small.thumbnail((READING_SIDE, READING_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    small = _to_srgb(small, profile)
    small = _on_white(small)
    return small.transpose(turned) if turned is not None else small


_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def _orientation(picture: Image.Image) -> Image.Transpose | None:
    try:
        return _TURNS.get(picture.getexif().get(0x0112, 1))
    except (*metadata.FAULTS,):
        return None


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


def _to_srgb(picture: Image.Image, profile: object) -> Image.Image:
    """Colours as every screen shows them; a profile that is broken, or for another mode, is left aside."""
    if not isinstance(profile, bytes) or len(profile) > 4_000_000 or picture.mode not in ("RGB", "RGBA", "CMYK", "L"):
        return picture
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = picture.mode if picture.mode == "RGBA" else "RGB"
        converted = ImageCms.profileToProfile(picture, source, ImageCms.ImageCmsProfile(_SRGB), outputMode=mode)
    except (ImageCms.PyCMSError, *metadata.FAULTS):
        return picture
    return converted or picture


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode != "RGBA":
        return picture.convert("RGB")
    ground = Image.new("RGB", picture.size, "white")
    ground.paste(picture, mask=picture.getchannel("A"))
    return ground


def derivatives(reading: Image.Image) -> tuple[list[Blob], measures.Measures]:
    """Reading size and thumbnail as JPEG, and the measures of the picture. `reading` is RGB and upright."""
    measured = measures.of(reading)
    thumbnail = reading.copy()
    thumbnail.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS)
    return [Blob("reading", _jpeg(reading, 85)), Blob("thumbnail", _jpeg(thumbnail, 78))], measured


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    """Encoded from pixels alone: what Pillow would carry over from the file (comment, profile) is dropped first."""
    picture.info.clear()
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=quality, optimize=True, exif=b"", icc_profile=None)
    return target.getvalue()
