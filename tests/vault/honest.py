"""Honest files to begin with: a picture, a video, a PDF, made here so that nothing of anybody is needed."""

from __future__ import annotations

import io
from typing import Any

import av
import pillow_heif
from av.video.frame import VideoFrame
from PIL import Image, ImageDraw


def photo(width: int = 320, height: int = 240) -> Image.Image:
    """A picture with shapes in it, no two corners alike."""
    picture = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    draw = ImageDraw.Draw(picture)
    draw.ellipse((width // 8, height // 8, width // 2, height // 2), fill="red")
    draw.rectangle((width // 2, height // 2, width - 9, height - 9), fill="navy")
    return picture


def encoded(form: str, picture: Image.Image | None = None, **options: Any) -> bytes:
    target = io.BytesIO()
    if form == "HEIF":
        pillow_heif.from_pillow(picture or photo()).save(target, quality=60)
    else:
        (picture or photo()).save(target, form, **options)
    return target.getvalue()


def video(
    form: str = "mp4",
    *,
    frames: int = 10,
    size: tuple[int, int] = (160, 120),
    tags: dict[str, str] | None = None,
    codec: str = "",
) -> bytes:
    """A short video without sound, H.264 where there is an encoder in MP4 and MOV, VP8 in WebM; 10 frames a second."""
    codec = codec or ("libx264" if "libx264" in av.codecs_available else "mpeg4")
    target = io.BytesIO()
    with av.open(target, "w", format=form, options={"movflags": "use_metadata_tags"} if form != "webm" else {}) as out:
        out.metadata.update(tags or {})
        stream: Any = out.add_stream("libvpx" if form == "webm" else codec, rate=10)
        stream.width, stream.height = size
        maker: Any = VideoFrame
        for number in range(frames):
            picture = photo(*size)
            ImageDraw.Draw(picture).rectangle((number * 5, 5, number * 5 + 20, 25), fill="white")
            out.mux(stream.encode(maker.from_image(picture)))
        out.mux(stream.encode())
    return target.getvalue()


def pdf(page: bytes = b"0 0 1 rg 50 50 100 100 re f", *, extra: bytes = b"", catalog: bytes = b"") -> bytes:
    """A PDF of one page with right offsets. `extra` are further objects, `catalog` further entries of the catalogue."""
    bodies = [
        b"<</Type/Catalog/Pages 2 0 R" + catalog + b">>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 400]/Contents 4 0 R/Resources<<>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(page), page),
    ]
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate(bodies, start=1):
        places.append(len(out))
        out += b"%d 0 obj%s\nendobj\n" % (number, body)
    out += extra
    start = len(out)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"xref\n0 5\n0000000000 65535 f \n" + table
    return out + b"trailer<</Root 1 0 R/Size 5>>\nstartxref\n%d\n%%%%EOF\n" % start


HONEST: dict[str, bytes] = {}


def honest() -> dict[str, bytes]:
    """One good file of each kind, by its ending."""
    if not HONEST:
        HONEST.update(
            jpg=encoded("JPEG", quality=80),
            png=encoded("PNG"),
            webp=encoded("WEBP", quality=80),
            avif=encoded("AVIF", quality=60),
            heic=encoded("HEIF"),
            mp4=video("mp4"),
            mov=video("mov"),
            webm=video("webm"),
            pdf=pdf(),
        )
    return HONEST
