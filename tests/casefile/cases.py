"""Disputes as they really go, made through the core, sealed, chained and ready for a case file."""

from __future__ import annotations

import dataclasses
import hashlib
import io
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from PIL import Image

from amends import calendars, policies
from amends.core import events as e
from amends.core.evolve import begin, evolve
from amends.core.journal import transfers
from amends.core.order import Order
from amends.core.private import Private
from amends.core.values import Filed
from amends.core.vocabulary import EvidenceKind
from amends.core.wire import GENESIS, canonical, chained, seal, write_event
from amends.stories import reading
from amends.stories.player import CoreDriver, play
from amends.stories.reading import Story
from amends.stories.telling import sentence
from amends.vault.casefile import opening
from amends.vault.casefile.building import build, end_of
from amends.vault.casefile.contents import CaseInput, EvidenceFile, JournalLine, KeptBytes, Role, SealedText
from amends.vault.casefile.signing import Signer

LAMP = Path(__file__).with_name("lamp.yaml")
STORIES = Path(__file__).parents[1] / "stories"
SIGNER = Signer(bytes(range(32)), bytes(range(32, 64)))
SOMEBODY_ELSE = Signer(bytes(range(64, 96)), bytes(range(96, 128)))
MADE = datetime(2026, 9, 1, 12, tzinfo=UTC)
KEY = b"k" * 32


def picture(colour: str, size: tuple[int, int] = (320, 240)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    return out.getvalue()


PHOTO, OTHER_PHOTO, SECRET_PHOTO = picture("tan"), picture("teal"), picture("maroon")
SHA = {name: hashlib.sha256(bytes_).hexdigest() for name, bytes_ in
       {"photo": PHOTO, "other": OTHER_PHOTO, "secret": SECRET_PHOTO}.items()}  # fmt: skip


@cache
def known_calendars() -> Any:
    return calendars.load(["CN"])


def told(story: Story) -> CoreDriver:
    driver = CoreDriver(policies.load(story.policy, story.overrides), known_calendars())
    result = play(story, driver)
    assert result.passed, result.failure
    return driver


def lamp() -> CaseInput:
    """Alice's lamp; her photograph and the mediator's are known by their hashes."""
    text = LAMP.read_text(encoding="utf-8").replace('"PHOTO"', f'"{SHA["photo"]}"')
    (story,) = reading.read_text(text.replace('"SECRET"', f'"{SHA["secret"]}"'), LAMP.name)
    world = told(story).world
    files = {SHA["photo"]: PHOTO, SHA["secret"]: SECRET_PHOTO}
    return case_of(world.history["L-1"], world.orders["L-1"], 1, files)


def lamp_with_a_claims_files() -> CaseInput:
    """The lamp, with three files named as it was opened: one for all, one for the mediator, one taken back."""
    (story,) = reading.read_file(LAMP)
    world = told(story).world
    opened = next(event for event in world.history["L-1"] if isinstance(event, e.DisputeOpened))
    stored = {"f-open": PHOTO, "f-secret": SECRET_PHOTO}
    filed = [(name, {"sha256": hashlib.sha256(stored.get(name, OTHER_PHOTO)).hexdigest()}) for name in CLAIMED]
    files = tuple(
        Filed(name, EvidenceKind.PHOTO, Private(f"{name}.jpg"), Private(f"This is {name}."), name == "f-secret", **sha)
        for name, sha in filed
    )
    back = e.EvidenceRemoved(at=opened.at, by=opened.by, dispute=1, file="f-back")
    history = list(world.history["L-1"])
    history[history.index(opened) : history.index(opened) + 1] = [dataclasses.replace(opened, files=files), back]
    return case_of(history, world.orders["L-1"], 1, stored)


CLAIMED = ("f-open", "f-secret", "f-back")


def case_of(history: Iterable[e.Event], order: Order, dispute: int, files: dict[str, bytes] | None = None) -> CaseInput:
    """What the orders room will hand over: sealed, chained, with the journal that its events made."""
    events = list(history)
    events = events[: end_of(events, dispute)]
    texts: list[SealedText] = []
    bodies: list[str] = []
    chain: list[str] = []
    lines: list[JournalLine] = []
    evidence: list[EvidenceFile] = []
    head, state = GENESIS, None
    for number, event in enumerate(events, 1):
        sealed = sealed_event(event, number, texts)
        bodies.append(canonical(write_event(sealed)).decode())
        head = chained(head, sealed)
        chain.append(head)
        before = begin(event, order.policy, order.calendars) if state is None else state
        state = before if state is None else evolve(state, event)
        lines += [JournalLine(number, at, event.at, row) for at, row in enumerate(transfers(before, event), 1)]
        evidence += [kept(number, file.id, files or {}) for file in carried(event) if file.id in (files or {})]
    return CaseInput(
        "shop", order, dispute, tuple(bodies), tuple(chain), tuple(lines), sentence, tuple(evidence), tuple(texts)
    )


def carried(event: e.Event) -> Iterable[Any]:
    return [event.file] if isinstance(event, e.EvidenceAdded) else getattr(event, "files", ())


def kept(number: int, file: str, files: dict[str, bytes]) -> EvidenceFile:
    bytes_ = files[file]
    stored = KeptBytes("image/jpeg", lambda: io.BytesIO(bytes_))
    return EvidenceFile(number, file, hashlib.sha256(bytes_).hexdigest(), original=stored, reading=stored)


def sealed_event(event: e.Event, number: int, texts: list[SealedText]) -> e.Event:
    """Sealed as the store will: what is random is counted here, so that a case is the same each time."""

    def one(plain: str) -> Private:
        ref = f"{number}.{sum(text.ref.startswith(f'{number}.') for text in texts) + 1}"
        blind = hashlib.sha256(ref.encode()).digest()
        form = opening.commitment(blind, plain) + b"nonce and ciphertext of " + ref.encode()
        texts.append(SealedText(ref, form, blind, plain))
        return Private(plain, ref, hashlib.sha256(form).hexdigest())

    return seal(event, one)


@cache
def lamp_file(role: Role = Role.COURT, *, with_pdf: bool = False) -> bytes:
    return build(lamp(), role=role, signer=SIGNER, made_at=MADE, with_pdf=with_pdf)
