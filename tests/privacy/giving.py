"""A dispute with photographs: Alice's of the kettle, Bob's for Mia alone."""

from __future__ import annotations

import io
from pathlib import Path
from uuid import UUID

from PIL import Image, ImageDraw

from amends.core.vocabulary import Party
from amends.orders import evidence
from tests.store.lives import accepted, act, day, disputed

WRITTEN_BY_ALICE = ["The lid does not close.", "I live at Rose Street 7.", "kettle-at-rose-street"]
GIVEN_BY_ALICE = ["Rose-Camera 3000"]
"""What her photograph says of itself."""


def photo(colour: str, device: str = "") -> bytes:
    picture = Image.linear_gradient("L").resize((320, 240)).convert("RGB")
    ImageDraw.Draw(picture).ellipse((40, 30, 160, 120), fill=colour)
    exif = Image.Exif()
    if device:
        exif[0x0110] = device
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif)
    return out.getvalue()


def uploaded(shop: UUID, party: Party, content: bytes, name: str, folder: Path, days: float) -> evidence.File:
    where = evidence.place(shop, "O1", party)
    assert where is not None
    folder.mkdir(exist_ok=True)
    source = folder / "arriving.jpg"
    source.write_bytes(content)
    return evidence.take(where, source, name=name, declared="image/jpeg", received_at=day(days))


def give(shop: UUID, party: Party, content: bytes, name: str, folder: Path, days: float, **fields: object) -> str:
    """Uploads a photograph and makes it evidence; answers with its id."""
    file = uploaded(shop, party, content, name, folder, days)
    said = {"kind": "photo", "name": name, "id": file.file, "sha256": file.sha256, **fields}
    accepted(act(shop, party.value, "add_evidence", days, dispute=1, **said))
    return file.file


def a_case(shop: UUID, folder: Path) -> tuple[str, str]:
    """Alice writes and shows her kettle; Bob writes, and shows Mia a letter. The two files' ids."""
    disputed(shop)
    alices = give(shop, Party.BUYER, photo("red", "Rose-Camera 3000"), "kettle-at-rose-street.jpg", folder, 12.1)
    accepted(act(shop, "buyer", "message", 12.2, dispute=1, text="I live at Rose Street 7.", key="m1"))
    bobs = give(
        shop, Party.SELLER, photo("teal"), "bobs-secret-letter.jpg", folder, 12.3,
        mediator_only=True, comment="For the mediator: Bob's own note.",
    )  # fmt: skip
    accepted(act(shop, "seller", "offer", 13, dispute=1, wants="refund", amount="20.00", text="Keep it, Bob says."))
    return alices, bobs
