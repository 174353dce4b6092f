"""Sealing personal text so that one text can be opened to a stranger without giving a person's key away.

The chain holds the SHA-256 of what is stored. If that were a ciphertext alone, a reader of a case file could not tell
whether the plain text beside it is the one that was sealed, unless he had the key; and keys are per person. So what is
stored begins with a commitment to the plain text:

    sealed      = commitment ‖ nonce ‖ AES-256-GCM(key, nonce, blind ‖ text, bound_to ‖ commitment)
    commitment  = SHA-256("amends text\n" ‖ blind ‖ text)          blind: 32 random bytes, only inside the ciphertext

To open one text, its blind is shown. Anybody then checks with SHA-256 alone that the event's digest is that of
`sealed`, and that `sealed` begins with the commitment to blind and text. Nothing else is opened by it, and nobody,
platform included, can name another text for the same event. With the person's key destroyed the blind is gone, and a
commitment under an unknown blind tells nothing even of a text of one word.
"""

from __future__ import annotations

import hashlib
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .contents import SealedText

BLIND = 32
COMMITMENT = 32
NONCE = 12
DOMAIN = b"amends text\n"


class NotWhatWasSealed(ValueError):
    """A stored text that was changed, moved, or is under another key."""


def commitment(blind: bytes, plain: str) -> bytes:
    """What binds a stored text to its plain form, and tells nothing of it while the blind is unknown."""
    return hashlib.sha256(DOMAIN + blind + plain.encode()).digest()


def encrypt(secret: bytes, plain: str, bound_to: bytes) -> bytes:
    """The stored form of a text, under its person's 32-byte key; an event carries this form's SHA-256."""
    blind, nonce = os.urandom(BLIND), os.urandom(NONCE)
    promised = commitment(blind, plain)
    return promised + nonce + AESGCM(secret).encrypt(nonce, blind + plain.encode(), bound_to + promised)


def decrypt(secret: bytes, sealed: bytes, bound_to: bytes) -> tuple[bytes, str]:
    """The blind, and the text that was sealed. Raises `NotWhatWasSealed`."""
    promised, nonce, hidden = sealed[:COMMITMENT], sealed[COMMITMENT:][:NONCE], sealed[COMMITMENT + NONCE :]
    try:
        opened = AESGCM(secret).decrypt(nonce, hidden, bound_to + promised)
    except (InvalidTag, ValueError):
        raise NotWhatWasSealed("a stored text is not what was sealed") from None
    blind, plain = opened[:BLIND], opened[BLIND:].decode()
    if commitment(blind, plain) != promised:
        raise NotWhatWasSealed("a stored text is not the one its commitment was made for")
    return blind, plain


def holds(text: SealedText, digest: str) -> bool:
    """Whether the text is the one an event means by `digest`: as stored and, where it is opened, as read.

    Of one that was removed nothing can be said, so nothing may be shown.
    """
    if text.sealed is None:
        return text.plain is None and text.blind is None
    if hashlib.sha256(text.sealed).hexdigest() != digest:
        return False
    if text.plain is None or text.blind is None:
        return text.plain is None and text.blind is None
    return text.sealed[:COMMITMENT] == commitment(text.blind, text.plain)
