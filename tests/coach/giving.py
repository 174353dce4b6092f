"""Files to give, and how they are given: uploaded first, then handed in."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

from PIL import Image

from tests.api.client import Client, at
from tests.api.people import ok

DATE_TAKEN = 0x9003


def jpeg(picture: Image.Image, *, taken: datetime | None = None, device: str = "", quality: int = 90) -> bytes:
    """As a phone files it; without `taken` and `device` it says nothing of itself."""
    exif = Image.Exif()
    if device:
        exif[0x0110] = device
    if taken is not None:
        exif.get_ifd(0x8769)[DATE_TAKEN] = f"{taken:%Y:%m:%d %H:%M:%S}"
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=quality, exif=exif)
    return target.getvalue()


def uploaded(who: Client, content: bytes, name: str = "IMG_0001.jpg", order: str = "O1") -> str:
    """The file's id."""
    reply = who.send("POST", at(order, "uploads"), content, Content_Type="application/octet-stream", Upload_Name=name)
    found: str = ok(reply).body["file"]["id"]
    return found


def given(
    who: Client, content: bytes, *, kind: str = "photo", name: str = "", order: str = "O1", dispute: int = 1
) -> str:
    """Uploaded and handed in; the file's id."""
    file = uploaded(who, content, order=order)
    body = {"kind": kind, "id": file, "comment": "The lid.", "name": name}
    ok(who.post(at(order, "disputes", dispute, "add_evidence"), body))
    return file


def asked(who: Client, *files: str, order: str = "O1", **fields: Any) -> dict[str, Any]:
    """The coach's answer about a defective kettle's photographs."""
    body = {"reason": "defective", "kind": "photo", "files": list(files), "comment": "The lid.", **fields}
    found: dict[str, Any] = ok(who.post(at(order, "coach"), body)).body
    return found


def hints(answer: dict[str, Any], file: str | None = None) -> set[str]:
    """Codes, of one file where it is named; that something else would help too is left out."""
    return {one["code"] for one in answer["hints"] if file is None or one["file"] == file}


def doubted(who: Client, order: str = "O1", dispute: int = 1) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ok(who.get(at(order, "disputes", dispute, "doubts"))).body["doubts"]
    return found
