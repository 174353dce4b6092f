"""Style and script, each at an address with the hash of its bytes, kept by browsers for ever."""

from __future__ import annotations

import gzip
import hashlib
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from .here import guarded, nothing_here

STATIC: Final = Path(__file__).parent / "static"
TYPES: Final = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


class Asset(NamedTuple):
    body: bytes
    packed: bytes
    """The same, gzipped."""
    media_type: str
    mark: str


@cache
def asset(name: str) -> Asset | None:
    """One of the files in `static/`, read once."""
    path = STATIC / name
    if path.suffix not in TYPES or path.parent != STATIC or not path.is_file():
        return None
    body = path.read_bytes()
    mark = hashlib.sha256(body).hexdigest()[:12]
    return Asset(body, gzip.compress(body, 9, mtime=0), TYPES[path.suffix], mark)


def address(name: str) -> str:
    found = asset(name)
    if found is None:
        raise LookupError(f"static/{name} does not exist")
    return reverse("web:asset", kwargs={"mark": found.mark, "name": name})


@guarded
def serve(request: HttpRequest, mark: str, name: str) -> HttpResponse:
    found = asset(name)
    if found is None or found.mark != mark:
        return nothing_here(request)
    packed = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(found.packed if packed else found.body, content_type=found.media_type)
    if packed:
        response["Content-Encoding"] = "gzip"
    response["Vary"] = "Accept-Encoding"
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
