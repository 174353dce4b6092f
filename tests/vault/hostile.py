"""Hostile files in families, made from a seed: the same 250 on every machine. Each says what must become of it.

`generated()` gives them; `python -m tests.vault.hostile FOLDER` writes them out, to be tried elsewhere.
"""

from __future__ import annotations

import io
import random
import struct
import sys
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from PIL import Image

from tests.vault.honest import encoded, honest, pdf, photo

SEED = 20261123
# The test string of the European antivirus institute, in two halves: no scanner is to find it in this file.
EICAR = (r"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*").encode()
PNG = b"\x89PNG\r\n\x1a\n"


class Hostile(NamedTuple):
    family: str
    name: str
    content: bytes
    taken: bool | None = None
    """Whether it must be taken (neutralised) or refused; None where either will do."""


def generated() -> Iterator[Hostile]:
    """All families, in the same order with the same bytes each time."""
    for family in (
        *(truncated, bombs, padded, inflating, polyglots, disguises, lengths, atoms, endless, odd_jpegs, names, noise),
    ):
        yield from family(random.Random(SEED))


# ---------------------------------------------------------------- pieces to build from


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, *chunks: bytes, depth: int = 8, colour: int = 2, data: bytes = b"\0" * 64) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return PNG + chunk(b"IHDR", head) + b"".join(chunks) + chunk(b"IDAT", zlib.compress(data, 6)) + chunk(b"IEND", b"")


def box(kind: bytes, body: bytes = b"", *, length: int | None = None) -> bytes:
    return struct.pack(">I", 8 + len(body) if length is None else length) + kind + body


def archive(name: str = "../../evil.sh", content: bytes = b"#!/bin/sh\necho no\n") -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr(zipfile.ZipInfo(name), content)
    return target.getvalue()


# ---------------------------------------------------------------- families


def truncated(chance: random.Random) -> Iterator[Hostile]:
    """Cut inside the signature, the head, the middle, and just before the end; and where chance will have it."""
    for ending, content in honest().items():
        whole = len(content)
        places = {1, 3, 8, 12, 16, 24, 40, whole // 4, whole // 2, whole * 3 // 4, whole - 40, whole - 12, whole - 1}
        places |= {chance.randrange(1, whole) for _ in range(2)}
        for place in sorted(places):
            yield Hostile("truncated", f"cut-at-{place}.{ending}", content[:place])


def bombs(_chance: random.Random) -> Iterator[Hostile]:
    """Few bytes that claim many pixels."""
    for width, height in (
        (65_535, 65_535),
        (30_000, 30_000),
        (7_999, 7_999),
        (2**31 - 1, 1),
        (1, 2**31 - 1),
        (6_000, 6_000),
    ):
        for depth, colour in ((1, 0), (16, 6), (8, 3)):
            yield Hostile(
                "bomb", f"{width}x{height}-{depth}-{colour}.png", png(width, height, depth=depth, colour=colour), False
            )
    rows = b"\0" * 1_001 * 8_000  # 64 million pixels of white in eight kilobytes
    yield Hostile("bomb", "real-8000x8000.png", png(8_000, 8_000, depth=1, colour=0, data=rows), True)
    yield Hostile("bomb", "real-2900x2900.png", png(2_900, 2_900, depth=1, colour=0, data=b"\0" * 364 * 2_900), True)
    big = honest()["webp"]
    for width, height in ((16_383, 16_383), (9_000, 9_000)):
        extended = (
            b"VP8X"
            + struct.pack("<I", 10)
            + bytes(4)
            + (width - 1).to_bytes(3, "little")
            + (height - 1).to_bytes(3, "little")
        )
        body = b"WEBP" + extended + big[12:]
        yield Hostile("bomb", f"{width}.webp", b"RIFF" + struct.pack("<I", len(body)) + body, False)
    for ending in ("avif", "heic"):
        for side in (60_000, 8_000, 2**32 - 1):
            content = honest()[ending]
            place = content.index(b"ispe") + 8
            yield Hostile(
                "bomb",
                f"{side}.{ending}",
                content[:place] + struct.pack(">II", side, side) + content[place + 8 :],
                False,
            )
    frame = honest()["jpg"]
    place = frame.index(b"\xff\xc0") + 5
    for side in (65_535, 7_900):
        yield Hostile("bomb", f"{side}.jpg", frame[:place] + struct.pack(">HH", side, side) + frame[place + 4 :], False)
    for side in (1_900, 3_000):
        real = encoded("WEBP", Image.new("RGB", (side, side), "white"), lossless=True, method=0)
        yield Hostile("bomb", f"real-{side}x{side}.webp", real, side < 2_000)
    for side in (2_200, 3_600):
        real = encoded("AVIF", Image.new("RGB", (side, side)), quality=10, speed=10)
        yield Hostile("bomb", f"real-{side}x{side}.avif", real, side < 3_000)


def padded(chance: random.Random) -> Iterator[Hostile]:
    """Few bytes that open into many pixels, made heavier by bytes that are no picture, or that only look like one."""
    junk = chance.randbytes(460_000)
    many, colour = 8_000, (90, 80, 70)
    for mode, number in (("RGB", 2), ("RGBA", 6), ("LA", 4), ("P", 3)):
        pixel = {"RGB": bytes(colour), "RGBA": bytes((*colour, 9)), "LA": b"\x50\x09", "P": b"\0"}[mode]
        palette = (chunk(b"PLTE", bytes(colour)),) if mode == "P" else ()
        row = b"\0" + pixel * many
        deflating, rows = zlib.compressobj(9), []
        for _ in range(many):
            rows.append(deflating.compress(row))
        packed = b"".join(rows) + deflating.flush()
        for woven in (0, 1):
            head = chunk(b"IHDR", struct.pack(">IIBBBBB", many, many, 8, number, 0, 0, woven))
            parts = (PNG, head, *palette, chunk(b"juNk", junk), chunk(b"IDAT", packed), chunk(b"IEND", b""))
            content = b"".join(parts)
            yield Hostile("padded", f"{mode}{'-woven' * woven}.png", content, not woven)
            yield Hostile("padded", f"{mode}{'-woven' * woven}-behind.png", content + junk, not woven)
        data = b"".join((*parts[:-2], chunk(b"IDAT", packed), chunk(b"IDAT", junk), parts[-1]))
        yield Hostile("padded", f"{mode}-woven-data.png", data, False)
    flat = Image.new("RGB", (many, many), colour)
    steps = encoded("JPEG", flat, quality=10, progressive=True)
    yield Hostile("padded", "behind.jpg", steps + junk, False)
    yield Hostile("padded", "comments.jpg", steps[:2] + (b"\xff\xfe\xff\xff" + junk[:65_533]) * 7 + steps[2:], False)
    plain = encoded("JPEG", flat, quality=10)
    yield Hostile("padded", "plain.jpg", plain + junk, True)
    for form, options in (("lossless", {"lossless": True, "method": 0}), ("lossy", {"quality": 1, "method": 0})):
        real = encoded("WEBP", flat.resize((5_000, 5_000)), **options)
        body = real[8:] + b"JUNK" + struct.pack("<I", len(junk)) + junk
        yield Hostile("padded", f"{form}.webp", b"RIFF" + struct.pack("<I", len(body)) + body, False)
    for ending in ("heic", "avif"):
        content = honest()[ending]
        place = content.index(b"ispe") + 8
        wide = content[:place] + struct.pack(">II", 6_000, 6_000) + content[place + 8 :]
        yield Hostile("padded", f"free.{ending}", wide + box(b"free", junk), False)
    yield Hostile("padded", "free.mp4", honest()["mp4"] + box(b"free", junk), True)


def inflating(_chance: random.Random) -> Iterator[Hostile]:
    """Compressed parts that swell: text and profiles of PNG, streams of PDF."""
    swollen = zlib.compress(bytes(100_000_000), 1)
    rows = (b"\0" + b"\x80" * 96) * 32
    for kind, body in (
        (b"zTXt", b"Comment\0\0" + swollen),
        (b"iTXt", b"Comment\0\1\0\0\0" + swollen),
        (b"iCCP", b"profile\0\0" + swollen),
    ):
        yield Hostile("inflating", f"{kind.decode()}.png", png(32, 32, chunk(kind, body), data=rows))
        yield Hostile("inflating", f"{kind.decode()}-many.png", png(32, 32, *[chunk(kind, body)] * 12, data=rows))
    yield Hostile("inflating", "idat.png", png(32, 32, data=bytes(20_000_000)))
    stream = b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(swollen), swollen)
    whole = pdf().replace(b"<</Length 27>>stream\n0 0 1 rg 50 50 100 100 re f\nendstream", stream)
    yield Hostile("inflating", "stream.pdf", whole)
    twice = zlib.compress(swollen, 9)
    double = b"<</Length %d/Filter[/FlateDecode/FlateDecode]>>stream\n%s\nendstream" % (len(twice), twice)
    yield Hostile(
        "inflating", "twice.pdf", pdf().replace(b"<</Length 27>>stream\n0 0 1 rg 50 50 100 100 re f\nendstream", double)
    )
    objects = b"5 0 obj<</Type/ObjStm/N 9999999/First 5/Length %d/Filter/FlateDecode>>stream\n%s\nendstream\nendobj\n"
    yield Hostile("inflating", "objects.pdf", pdf(extra=objects % (len(swollen), swollen)))
    picture = b"5 0 obj<</Type/XObject/Subtype/Image/Width 30000/Height 30000/ColorSpace/DeviceRGB/BitsPerComponent 8"
    picture += b"/Length %d/Filter/FlateDecode>>stream\n%s\nendstream\nendobj\n" % (len(swollen), swollen)
    drawn = pdf(b"300 0 0 400 0 0 cm /P Do", extra=picture).replace(
        b"/Resources<<>>", b"/Resources<</XObject<</P 5 0 R>>>>"
    )
    yield Hostile("inflating", "image.pdf", drawn)
    yield Hostile("inflating", "loops.pdf", pdf(b"/P Do " * 200_000))
    yield Hostile("inflating", "strokes.pdf", pdf(b"0 0 m 300 400 l S " * 300_000))
    yield Hostile("inflating", "depth.pdf", pdf(b"[" * 500_000))
    yield Hostile("inflating", "pages.pdf", pdf().replace(b"/Kids[3 0 R]/Count 1", b"/Kids[2 0 R]/Count 99"))
    yield Hostile("inflating", "mediabox.pdf", pdf().replace(b"[0 0 300 400]", b"[0 0 9e9 1]"))


def polyglots(_chance: random.Random) -> Iterator[Hostile]:
    """Files that are two things at once; what is shown must be only the one."""
    good = honest()
    for ending in ("jpg", "png", "webp", "avif", "heic", "pdf"):
        yield Hostile("polyglot", f"archive.{ending}", good[ending] + archive())
    page = b"<html><script>alert(document.cookie)</script>"
    for ending in ("jpg", "png", "webp"):
        yield Hostile("polyglot", f"page.{ending}", good[ending] + page, True)
    inside = png(32, 32, chunk(b"tEXt", b"Comment\0" + page), data=(b"\0" + b"\x80" * 96) * 32)
    yield Hostile("polyglot", "page-inside.png", inside, True)
    comment = good["jpg"][:2] + b"\xff\xfe" + struct.pack(">H", len(page) + 2) + page + good["jpg"][2:]
    yield Hostile("polyglot", "page-inside.jpg", comment, True)
    yield Hostile(
        "polyglot", "php-inside.jpg", comment.replace(page, b"<?php system($_GET[0]);".ljust(len(page))), True
    )
    yield Hostile("polyglot", "script.gif", b"GIF89a/*" + bytes(8) + b"*/=1;alert(1)//", False)
    yield Hostile("polyglot", "program.jpg", b"MZ" + good["jpg"], False)
    yield Hostile("polyglot", "pdf-behind.jpg", good["jpg"] + pdf(), True)
    yield Hostile("polyglot", "page-before.pdf", page + pdf(), False)
    scripts = b"/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>"
    yield Hostile("polyglot", "script.pdf", pdf(catalog=scripts), True)
    named = b"/Names<</JavaScript<</Names[(a)<</S/JavaScript/JS(app.alert\\(1\\))>>]>>>>"
    yield Hostile("polyglot", "script-named.pdf", pdf(catalog=named), True)
    yield Hostile("polyglot", "launch.pdf", pdf(catalog=b"/OpenAction<</S/Launch/F(cmd.exe)>>"), True)
    yield Hostile("polyglot", "uri.pdf", pdf(catalog=b"/OpenAction<</S/URI/URI(http://127.0.0.1:1/)>>"), True)
    yield Hostile("polyglot", "eicar-behind.jpg", good["jpg"] + EICAR)
    yield Hostile("polyglot", "page-behind.mp4", good["mp4"] + box(b"free", page), True)


def disguises(_chance: random.Random) -> Iterator[Hostile]:
    """Other things under the names of pictures."""
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    film = honest()["mp4"]
    others = {
        "svg": svg,
        "svg-xml": b'<?xml version="1.0"?>' + svg,
        "svg-bom": b"\xef\xbb\xbf\n  " + svg,
        "html": b"<!DOCTYPE html><script>alert(1)</script>",
        "html-late": b"\n\n <html><body onload=alert(1)>",
        "xhtml": b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'/>",
        "mvg": b"push graphic-context\nimage over 0,0 0,0 'https://127.0.0.1/'\npop graphic-context",
        "eicar": EICAR,
        "zip": archive(),
        "slip": archive("..\\..\\windows\\evil.exe"),
        "elf": b"\x7fELF\x02\x01\x01" + bytes(64),
        "exe": b"MZ" + bytes(126) + b"PE\0\0",
        "shell": b"#!/bin/sh\nrm -rf /\n",
        "php": b"<?php phpinfo();",
        "gzip": b"\x1f\x8b\x08" + bytes(60),
        "tiff": encoded("TIFF"),
        "bmp": encoded("BMP"),
        "gif": encoded("GIF"),
        "ico": encoded("ICO"),
        "psd": b"8BPS\0\1" + bytes(40),
        "eps": b"%!PS-Adobe-3.0 EPSF-3.0\n(r) file\n",
        "playlist": b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n",
        "concat": b"ffconcat version 1.0\nfile /etc/passwd\n",
        "mkv": honest()["webm"].replace(b"\x42\x82\x84webm", b"\x42\x82\x84mkv\0"),
        "3gp": film[:8] + b"3gp4" + film[12:],
        "3g2": film[:8] + b"3g2a" + film[12:],
        "spaces": b" " * 5_000,
        "zeros": bytes(5_000),
        "empty": b"",
    }
    for number, (word, content) in enumerate(others.items()):
        yield Hostile("disguise", f"{word}.{('jpg', 'png', 'mp4', 'pdf')[number % 4]}", content, False)


def lengths(chance: random.Random) -> Iterator[Hostile]:
    """Lengths that lie: of chunks, segments, boxes."""
    good = honest()
    for length in (0, 1, 0x7FFF_FFFF, 0xFFFF_FFFF):
        for ending, mark in (
            ("png", b"IDAT"),
            ("mp4", b"moov"),
            ("mp4", b"stsz"),
            ("heic", b"meta"),
            ("avif", b"iprp"),
        ):
            place = good[ending].index(mark) - 4
            wrong = good[ending][:place] + struct.pack(">I", length) + good[ending][place + 4 :]
            yield Hostile("lengths", f"{mark.decode()}-{length}.{ending}", wrong)
    place = good["webp"].index(b"VP8 ") + 4
    for length in (0, 7, 0xFFFF_FFFF):
        wrong = good["webp"][:place] + struct.pack("<I", length) + good["webp"][place + 4 :]
        yield Hostile("lengths", f"vp8-{length}.webp", wrong)
    for marker in (b"\xff\xe0", b"\xff\xdb", b"\xff\xc4"):
        place = good["jpg"].index(marker) + 2
        for length in (0, 1, 0xFFFF):
            wrong = good["jpg"][:place] + struct.pack(">H", length) + good["jpg"][place + 2 :]
            yield Hostile("lengths", f"{marker.hex()}-{length}.jpg", wrong)
    for number in range(6):
        content = bytearray(good["webm"])
        for _ in range(4):
            content[chance.randrange(40, min(400, len(content)))] ^= 0xFF
        yield Hostile("lengths", f"ebml-{number}.webm", bytes(content))


def atoms(_chance: random.Random) -> Iterator[Hostile]:
    """Boxes beyond reason: nested for ever, a million of them, tables of four thousand million entries."""
    start = box(b"ftyp", b"isom\0\0\2\0isommp41")
    media = box(b"mdat", bytes(64))
    deep = b""
    for _ in range(20_000):
        deep = box(b"moov", deep) if len(deep) < 100_000 else deep
    yield Hostile("atoms", "deep.mp4", start + deep + media, False)
    yield Hostile("atoms", "many.mp4", start + box(b"free") * 200_000 + media, False)
    yield Hostile("atoms", "tracks.mp4", start + box(b"moov", box(b"trak") * 3_000) + media, False)
    yield Hostile("atoms", "endless.mp4", start + box(b"moov", length=0) + media, False)
    good = honest()["mp4"]
    for mark, offset in ((b"stsz", 12), (b"stco", 8), (b"stts", 8), (b"stsc", 8), (b"stsd", 8), (b"elst", 8)):
        if mark in good:
            place = good.index(mark) + offset
            yield Hostile("atoms", f"{mark.decode()}.mp4", good[:place] + b"\xff" * 4 + good[place + 4 :])
    place = good.index(b"stsd") + 12 + 8 + 24
    for side in (0, 16_384, 65_535):
        wide = good[:place] + struct.pack(">HH", side, side) + good[place + 4 :]
        yield Hostile("atoms", f"{side}.mp4", wide, None if side == 0 else False)
    place = good.index(b"mvhd") + 16
    for ticks in (0xFFFF_FFFE, 100_000_000):
        yield Hostile(
            "atoms", f"lasts-{ticks}.mp4", good[:place] + struct.pack(">II", 1000, ticks) + good[place + 8 :], False
        )
    yield Hostile("atoms", "scale-zero.mp4", good[:place] + struct.pack(">II", 0, 5) + good[place + 8 :])
    many = start + box(b"moov", b"".join(box(b"trak", box(b"mdia")) for _ in range(900))) + media
    yield Hostile("atoms", "empty-tracks.mp4", many, False)
    outside = good.replace(b"url ", b"alis").replace(b"\0\0\0\x01\0\0\0\x1c", b"\0\0\0\0\0\0\0\x1c")
    yield Hostile("atoms", "reference.mov", outside)


def endless(_chance: random.Random) -> Iterator[Hostile]:
    """Animations of very many frames: only the first is ever shown."""
    frames = [Image.new("P", (32, 32), number % 250) for number in range(300)]
    yield Hostile(
        "endless", "300.gif", encoded("GIF", frames[0], save_all=True, append_images=frames[1:], loop=0), False
    )
    colours = [Image.new("RGB", (64, 64), (number, 0, 90)) for number in range(200)]
    for form in ("WEBP", "PNG"):
        moving = encoded(form, colours[0], save_all=True, append_images=colours[1:], loop=0, duration=10)
        yield Hostile("endless", f"200.{form.lower()}", moving, True)
    claims = png(32, 32, chunk(b"acTL", struct.pack(">II", 2**31 - 1, 0)), data=(b"\0" + b"\x80" * 96) * 32)
    yield Hostile("endless", "claims.png", claims)


def odd_jpegs(_chance: random.Random) -> Iterator[Hostile]:
    """JPEGs with more in them than a picture: TIFF metadata that loops, several pictures, broken places."""
    good = honest()["jpg"]

    def with_exif(body: bytes) -> bytes:
        return good[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 8) + b"Exif\0\0" + body + good[2:]

    loop = b"II*\0\x08\0\0\0" + struct.pack("<H", 1) + struct.pack("<HHII", 0x8769, 4, 1, 8) + struct.pack("<I", 8)
    yield Hostile("odd_jpeg", "ifd-loop.jpg", with_exif(loop), True)
    huge = b"II*\0\x08\0\0\0" + struct.pack("<H", 1) + struct.pack("<HHII", 0x010F, 2, 0xFFFF_FFFF, 8) + bytes(4)
    yield Hostile("odd_jpeg", "ifd-huge.jpg", with_exif(huge), True)
    many = b"II*\0\x08\0\0\0" + struct.pack("<H", 0xFFFF) + bytes(12) * 500
    yield Hostile("odd_jpeg", "ifd-many.jpg", with_exif(many), True)
    turned = b"MM\0*\0\0\0\x08" + struct.pack(">HHHII", 1, 0x0112, 3, 1, 99 << 16) + bytes(4)
    yield Hostile("odd_jpeg", "orientation-99.jpg", with_exif(turned), True)
    tiff = encoded("TIFF")
    yield Hostile("odd_jpeg", "tiff-inside.jpg", with_exif(tiff[:60_000]), True)
    pair = encoded("MPO", photo(), save_all=True, append_images=[photo()])
    yield Hostile("odd_jpeg", "pair.mpo", pair, True)
    yield Hostile("odd_jpeg", "pair-cut.mpo", pair[: len(pair) * 3 // 4])
    profile = b"ICC_PROFILE\0\1\1" + b"\xff" * 2_000
    icc = good[:2] + b"\xff\xe2" + struct.pack(">H", len(profile) + 2) + profile + good[2:]
    yield Hostile("odd_jpeg", "profile.jpg", icc, True)
    progressive = encoded("JPEG", progressive=True)
    scan = progressive[progressive.rindex(b"\xff\xda") : -2]
    yield Hostile("odd_jpeg", "scans.jpg", progressive[:-2] + scan * 3_000 + b"\xff\xd9")


def names(_chance: random.Random) -> Iterator[Hostile]:
    """Good pictures under bad names."""
    good = honest()["jpg"]
    for name in (
        *("../../etc/passwd", "..\\..\\win.ini", "/etc/shadow", "C:\\x.jpg", "a/../../b.jpg", "....//....//c.jpg"),
        *("photo\u202egpj.exe", "a\0.jpg", "a\r\nSet-Cookie: x.jpg", "\u200b.jpg", "CON.jpg", "nul", "com1.png"),
        *("x" * 5_000 + ".jpg", "ф" * 500, "", ".", "..", " ", ".htaccess", "<script>.jpg", "=cmd()|' /C calc'!A0.jpg"),
        *("photo.jpg.exe", "$(rm -rf ~).jpg", "`id`.jpg", "a;b.jpg", "%2e%2e%2f.jpg", "\ud800.jpg", "e\u0301.jpg"),
    ):
        yield Hostile("name", name, good, True)


def noise(chance: random.Random) -> Iterator[Hostile]:
    """Good files with a few bytes changed anywhere."""
    for ending, content in honest().items():
        for number in range(4):
            changed = bytearray(content)
            for _ in range(1 + len(content) // 500):
                changed[chance.randrange(len(changed))] = chance.randrange(256)
            yield Hostile("noise", f"{number}.{ending}", bytes(changed))


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    for number, one in enumerate(generated()):
        ending = one.name.rpartition(".")[2][:4]
        (folder / f"{number:03} {one.family}.{ending if ending.isalnum() else 'bin'}").write_bytes(one.content)
