"""What a forger does: change the zip, sign it anew with a key of his own, or, inside the house, with the real one."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable
from typing import Any

from amends.core.wire import canonical
from amends.vault.casefile import container
from amends.vault.casefile.signing import Signer

from .cases import SIGNER
from .verifying import verifier

Files = dict[str, bytes]


def unpacked(zipped: bytes) -> Files:
    file = io.BytesIO(zipped)
    return {name: verifier.content(file, entry) for name, entry in verifier.read_zip(file).items()}


def packed(files: Files) -> bytes:
    out = io.BytesIO()
    container.write([container.entry_of(name, content) for name, content in files.items()], out)
    return out.getvalue()


def signed_again(files: Files, signer: Signer, **claims: Any) -> Files:
    """With a manifest that fits the changed entries, signed by `signer`."""
    rest = {name: content for name, content in files.items() if name not in ("manifest.json", "signature.json")}
    listed = [
        {"name": name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in rest.items()
    ]
    manifest = canonical(json.loads(files["manifest.json"]) | {"entries": listed, "key": signer.fingerprint} | claims)
    signature = {"algorithm": "Ed25519", "public_key": signer.public.hex(), "signature": signer.sign(manifest).hex()}
    return {"manifest.json": manifest, "signature.json": canonical(signature), **rest}


def edited(files: Files, name: str, edit: Callable[[Any], Any]) -> Files:
    """With one JSON entry edited in place, or replaced by what `edit` gives back."""
    document = json.loads(files[name])
    changed = edit(document)
    return files | {name: canonical(document if changed is None else changed)}


def checked(zipped: bytes, key: str = SIGNER.fingerprint) -> verifier.Report:
    return verifier.check(io.BytesIO(zipped), key)


def said(report: verifier.Report) -> str:
    return "\n".join(report.wrong)
