"""The key a marketplace signs its case files with, and the salts that keep withheld entries from being guessed."""

from __future__ import annotations

import hashlib
import hmac
import os
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

SIGNED = b"amends case file 1\n"
"""Stands before the manifest in what is signed, so that the signature serves for nothing else."""


class Signer(NamedTuple):
    """An Ed25519 key as its 32 secret bytes, and 32 more from which salts are derived.

    `salting` is kept for good and never changes, also when `secret` is replaced: files made at different times for
    different roles have the same salts, and so the same case chain.
    """

    secret: bytes
    salting: bytes

    @property
    def public(self) -> bytes:
        key = Ed25519PrivateKey.from_private_bytes(self.secret)
        return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    @property
    def fingerprint(self) -> str:
        """What the marketplace publishes: the SHA-256 of the public key, 64 hex digits."""
        return fingerprint_of(self.public)

    def sign(self, manifest: bytes) -> bytes:
        return Ed25519PrivateKey.from_private_bytes(self.secret).sign(SIGNED + manifest)

    def salts_of(self, marketplace: str, order: str) -> Salts:
        named = f"amends case salt\n{len(marketplace)}\n{marketplace}\n{order}".encode()
        return Salts(hmac.digest(self.salting, named, "sha256"))


class Salts(NamedTuple):
    """The salts of one order: the same place has the same salt in every file."""

    secret: bytes

    def of(self, number: int, field: str) -> bytes:
        """Sixteen bytes for a field of event `number`; number 0 is about the order as a whole."""
        return hmac.digest(self.secret, f"{number}\n{field}".encode(), "sha256")[:16]


def fingerprint_of(public: bytes) -> str:
    """SHA-256 of a public key, 64 hex digits."""
    return hashlib.sha256(public).hexdigest()


def new_signer() -> Signer:
    return Signer(os.urandom(32), os.urandom(32))


def printable(fingerprint: str) -> str:
    """A fingerprint in groups of eight, as it is read out and compared."""
    return " ".join(fingerprint[at : at + 8] for at in range(0, len(fingerprint), 8))
