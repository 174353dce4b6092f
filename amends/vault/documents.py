"""PDFs: the first page as a picture; the file itself is only handed out as an attachment. Runs in the child only."""

from __future__ import annotations

import re
from typing import BinaryIO, Final

import pypdfium2  # type: ignore[import-untyped]
from pypdfium2 import raw

from amends.vault import faults, images
from amends.vault.limits import READING_SIDE
from amends.vault.reports import Blob, Findings

_ACTIVE: Final = re.compile(rb"/(JavaScript|JS|Launch|SubmitForm|ImportData|RichMedia)\b")
_ATTACHED: Final = re.compile(rb"/(EmbeddedFile|EmbeddedFiles|Filespec)\b")
_LOOKED_AT: Final = 1_000_000

_BLANK: Final = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj "
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj trailer<</Root 1 0 R>>\n%%EOF"
)


def prepare() -> None:
    """Opens a blank page, so that everything is loaded that is loaded late."""
    with pypdfium2.PdfDocument(_BLANK) as document:
        document[0].render(scale=1).to_pil()


def examine(file: BinaryIO, *, pages: int) -> tuple[Findings, list[Blob]]:
    """What is found in a PDF, its first page as reading size and thumbnail. Raises `NotTaken`, MemoryError."""
    marks = _marks(file)
    file.seek(0)
    try:
        with pypdfium2.PdfDocument(file) as document:
            number = len(document)
            if not number:
                raise faults.broken("PDF")
            if number > pages:
                raise faults.too_many_pages(number, pages)
            if raw.FPDF_GetSecurityHandlerRevision(document) >= 0:
                marks.add("encrypted")
            if raw.FPDFDoc_GetJavaScriptActionCount(document) > 0:
                marks.add("scripted")
            if raw.FPDFDoc_GetAttachmentCount(document) > 0:
                marks.add("attachments")
            page = document[0]
            width, height = (max(1, int(side)) for side in page.get_size())
            longer = max(width, height)
            picture = page.render(scale=min(READING_SIDE / longer, 4.0), may_draw_forms=False).to_pil()
    except (pypdfium2.PdfiumError, ValueError, OSError) as fault:
        raise (faults.locked() if "password" in str(fault).lower() else faults.broken("PDF")) from None
    blobs, measured = images.derivatives(images.at_reading_size(picture))
    findings = Findings(
        min(width, 100_000), min(height, 100_000), pages=number, marks=tuple(sorted(marks)), **measured._asdict()
    )
    return findings, blobs


def _marks(file: BinaryIO) -> set[str]:
    """What the plain bytes say: programs and files inside; compressed ones are counted by PDFium."""
    marks: set[str] = set()
    file.seek(0)
    while part := file.read(_LOOKED_AT):
        if _ACTIVE.search(part):
            marks.add("scripted")
        if _ATTACHED.search(part):
            marks.add("attachments")
        if b"/Encrypt" in part:
            marks.add("encrypted")
    return marks
