"""Pictures: opened by a list of formats, turned upright, brought to sRGB, encoded anew. Runs in the child only.

The new picture shares nothing with the file but how it looks: no metadata, no place, no program, no thumbnail.
"""

from __future__ import annotations

import io
import struct
import zlib
from typing import BinaryIO, Final

import av
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

from amends.vault import decoding, faults, measures, metadata
from amends.vault.gathering import on_white, scaled
from amends.vault.kinds import Kind
from amends.vault.limits import THUMBNAIL_SIDE, reading_size
from amends.vault.reports import Blob, Findings

_BROKEN: Final = (
    *(OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, AttributeError, EOFError),
    *(struct.error, zlib.error, OverflowError, ZeroDivisionError, RuntimeError, Image.DecompressionBombError),
    av.FFmpegError,
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
        found = decoding.decode(kind, file, pixels)
        reading = _on_screens(found.small, found.said.profile)
        if found.said.turn is not None:
            reading = reading.transpose(found.said.turn)
    except av.MemoryError:
        raise MemoryError from None
    except _BROKEN as fault:
        raise (faults.cut_off if "truncated" in str(fault) else faults.broken)("picture") from None
    blobs, measured = derivatives(reading)
    marks, origin = ("animated",) if found.said.moves else (), found.said.origin
    return Findings(found.width, found.height, marks=marks, **origin._asdict(), **measured._asdict()), blobs


def at_reading_size(picture: Image.Image) -> Image.Image:
    """A picture that was drawn here (the page of a document, a frame of a video) as `derivatives` takes it."""
    return on_white(scaled(picture, reading_size(*picture.size)))


def _on_screens(small: Image.Image, profile: object) -> Image.Image:
    """In RGB (sRGB), on white where it was see-through."""
    return on_white(_to_srgb(small, profile))


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


def derivatives(reading: Image.Image) -> tuple[list[Blob], measures.Measures]:
    """Reading size and thumbnail as JPEG, and the measures of the picture. `reading` is RGB and upright."""
    measured = measures.of(reading)
    thumbnail = scaled(reading, reading_size(*reading.size, THUMBNAIL_SIDE))
    return [Blob("reading", _jpeg(reading, 85)), Blob("thumbnail", _jpeg(thumbnail, 78))], measured


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    """Encoded from pixels alone: what Pillow would carry over from the file (comment, profile) is dropped first."""
    picture.info.clear()
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=quality, optimize=True, exif=b"", icc_profile=None)
    return target.getvalue()
