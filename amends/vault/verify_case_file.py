#!/usr/bin/env python3
"""Check a case file: offline, with nothing but Python 3.10 or later.

    python3 verify_case_file.py FILE.zip --key FINGERPRINT

FINGERPRINT is the SHA-256 of the marketplace's public key, 64 hex digits, got from the marketplace and not from the
file. Prints what holds and what does not. Exit code 0: everything holds. 1: something does not. 2: nobody can tell,
since the file cannot be read or no fingerprint was given.

The file is read as untrusted bytes: nothing of it is unpacked or run. docs/case-file.md describes the format.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import struct
import sys
import zlib
from collections import Counter
from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple

FORMAT, VERSION = "amends case file", 1
SIGNED = b"amends case file 1\n"
GENESIS = "0" * 64
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*(/[A-Za-z0-9][A-Za-z0-9_.-]*)?")
SHA = re.compile(r"[0-9a-f]{64}")
MOST_DOCUMENT = 128 * 2**20
CHUNK = 1 << 20
UNREADABLE = (KeyError, IndexError, TypeError, ValueError, AttributeError, RecursionError)
"""What a document of another shape makes of code that expects this one."""

OFFERS = {"DisputeOpened", "ClaimRevised", "OfferMade", "OfferRejected", "TermsAccepted", "OptionsProposed"}
DECISION = {"RulingMade", "OptionChosen", "ChoicesDiffered", "DisputeSettled", "DisputeDismissed", "DisputeClosed"}
DECISION |= {"DisputeReopened", "AppealMade", "AppealGranted", "AppealDenied", "Approved"}


class Wrong(Exception):
    """Something does not hold: one sentence."""


class Report:
    def __init__(self, key_given: bool) -> None:
        self.holds, self.wrong, self.notes = list[str](), list[str](), list[str]()
        self.key_given = key_given

    @property
    def code(self) -> int:
        return 1 if self.wrong else 0 if self.key_given else 2


# ── Ed25519 (RFC 8032, section 6), verification only ─────────────────────────────────────────────

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
Point = tuple[int, int, int, int]  # x, y, z, t with x = X/Z, y = Y/Z, x*y = T/Z


def _add(a: Point, b: Point) -> Point:
    m, n = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    c, d = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = n - m, d - c, d + c, n + m
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def _times(scalar: int, point: Point) -> Point:
    total: Point = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            total = _add(total, point)
        point, scalar = _add(point, point), scalar >> 1
    return total


def _point(encoded: bytes) -> Point | None:
    """None where the bytes are no point of the curve, or write it in another way than the one."""
    y, sign = int.from_bytes(encoded, "little") & ((1 << 255) - 1), encoded[31] >> 7
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return (x, y, 1, x * y % P)


def _encoded(point: Point) -> bytes:
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


BASE = _point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def ed25519_holds(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature is this key's over the message; malleable forms are refused."""
    key = _point(public) if len(public) == 32 and len(signature) == 64 else None
    s = int.from_bytes(signature[32:], "little")
    if key is None or s >= L or BASE is None:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    minus = (P - key[0], key[1], key[2], P - key[3])
    return _encoded(_add(_times(s, BASE), _times(challenge, minus))) == signature[:32]


# ── the zip: every byte of it must follow from names and contents ────────────────────────────────


class Entry(NamedTuple):
    name: str
    size: int
    crc: int
    start: int


STORED = struct.pack("<5H", 20, 0, 0, 0, 33)


def read_zip(file: BinaryIO) -> dict[str, Entry]:
    """The entries in their order. Raises `Wrong` for a zip that could hide, overlay or unpack anything."""
    length = file.seek(0, 2)
    file.seek(max(0, length - 22))
    tail = file.read(22)
    if len(tail) < 22 or tail[:4] != b"PK\5\6":
        raise Wrong("The file is cut off, or is no case file: it does not end as a zip ends.")
    _, _, _, count, again, size, offset, comment = struct.unpack("<4s4H2LH", tail)
    if tail[4:8] != bytes(4) or count != again or comment or offset + size + 22 != length or size > 2**24:
        raise Wrong("The zip's last bytes do not fit the rest of it: something was cut off or added.")
    file.seek(offset)
    directory, at, position, entries = file.read(size), 0, 0, {}
    for _ in range(count):
        entry = _entry(directory, at, position)
        if entry.name in entries:
            raise Wrong(f"The zip holds “{entry.name}” twice.")
        raw = entry.name.encode()
        file.seek(position)
        header = b"PK\3\4" + STORED + struct.pack("<3L2H", entry.crc, entry.size, entry.size, len(raw), 0) + raw
        if file.read(len(header)) != header:
            raise Wrong(f"The zip says two things about “{entry.name}”.")
        entries[entry.name] = entry
        at, position = at + 46 + len(raw), entry.start + entry.size
    if position != offset or at != size:
        raise Wrong("The zip has bytes that belong to none of its entries, or lacks some.")
    return entries


def _entry(directory: bytes, at: int, position: int) -> Entry:
    head = directory[at : at + 46]
    if len(head) < 46:
        raise Wrong("The zip's directory is cut off.")
    crc, size, _, length = struct.unpack("<3LH", head[16:30])
    raw = directory[at + 46 : at + 46 + length]
    sizes = struct.pack("<3L5H2L", crc, size, size, len(raw), 0, 0, 0, 0, 0o100644 << 16, position)
    if head != b"PK\1\2" + struct.pack("<H", 0x0314) + STORED + sizes:
        raise Wrong(f"Entry {raw[:80]!r} of the zip is not written as in a case file: packed, linked or overlapping.")
    name = raw.decode("ascii", "replace")
    if not NAME.fullmatch(name) or len(raw) != length:
        raise Wrong(f"The zip holds an entry with the name {raw[:80]!r}, which no case file has.")
    return Entry(name, size, crc, position + 30 + length)


def content(file: BinaryIO, entry: Entry) -> bytes:
    if entry.size > MOST_DOCUMENT:
        raise Wrong(f"“{entry.name}” has {entry.size:,} bytes, more than a document of a case file may.")
    file.seek(entry.start)
    return file.read(entry.size)


def measured(file: BinaryIO, entry: Entry) -> tuple[str, bool]:
    """The SHA-256 of an entry, and whether its CRC fits."""
    digest, crc, left = hashlib.sha256(), 0, entry.size
    file.seek(entry.start)
    while left and (piece := file.read(min(CHUNK, left))):
        digest.update(piece)
        crc, left = zlib.crc32(piece, crc), left - len(piece)
    return digest.hexdigest(), crc == entry.crc and not left


# ── documents ────────────────────────────────────────────────────────────────────────────────────


def canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def document(name: str, raw: bytes) -> Any:
    """Read JSON that is written in the one way there is to write it."""
    try:
        value = json.loads(raw.decode())
        if canonical(value) == raw:
            return value
    except (ValueError, RecursionError):
        pass
    raise Wrong(f"“{name}” cannot be read, or is written in another way than a case file's documents are.")


def check(file: BinaryIO, fingerprint: str = "") -> Report:
    """Everything that holds and does not hold of a case file. `fingerprint` is the key expected, as hex digits."""
    report = Report(bool(fingerprint))
    try:
        entries = read_zip(file)
        manifest = _manifest(file, entries)
    except Wrong as wrong:
        report.wrong.append(str(wrong))
        return report
    _signature(file, entries, manifest, fingerprint, report)
    _entries(file, entries, manifest, report)
    documents = {}
    for name in ("case", "events", "timeline", "offers", "decision", "journal", "texts", "evidence"):
        try:
            documents[name] = document(f"{name}.json", content(file, entries[f"{name}.json"]))
        except KeyError:
            report.wrong.append(f"“{name}.json” is missing.")
        except Wrong as wrong:
            report.wrong.append(str(wrong))
    if len(documents) == 8:
        case = Case(manifest, documents)
        for chapter in CHAPTERS:
            try:
                report.holds.append(chapter(case, report))
            except Wrong as wrong:
                report.wrong.append(str(wrong))
            except UNREADABLE as wrong:
                what = chapter.__name__.strip("_").replace("_", " ")
                report.wrong.append(f"The {what} cannot be checked, it has another shape: {str(wrong)[:80]}")
    return report


def _manifest(file: BinaryIO, entries: dict[str, Entry]) -> dict[str, Any]:
    if list(entries)[:2] != ["manifest.json", "signature.json"]:
        raise Wrong("This is no case file: it does not begin with its manifest and its signature.")
    manifest = document("manifest.json", content(file, entries["manifest.json"]))
    if not isinstance(manifest, dict) or (manifest.get("format"), manifest.get("version")) != (FORMAT, VERSION):
        raise Wrong("This is no case file of a kind this script knows; get a newer verify_case_file.py.")
    try:
        listed = [(each["name"], each["bytes"], SHA.fullmatch(each["sha256"])) for each in manifest["entries"]]
        needed = all(type(manifest[key]) is kind for key, kind in MANIFEST.items())
    except UNREADABLE:
        raise Wrong("The manifest is not one of a case file.") from None
    if not needed or not all(sha for _, _, sha in listed):
        raise Wrong("The manifest is not one of a case file.")
    names = [name for name, _, _ in listed]
    for name in [name for name in list(entries)[2:] if name not in names]:
        raise Wrong(f"“{name}” was added: the manifest does not know it.")
    for name in [name for name in names if name not in entries]:
        raise Wrong(f"“{name}” was removed: the manifest names it, the zip does not hold it.")
    if names != list(entries)[2:]:
        raise Wrong("The entries of the zip stand in another order than the manifest names them in.")
    for name, size, _ in listed:
        if entries[name].size != size:
            raise Wrong(f"“{name}” was changed: it has {entries[name].size:,} bytes, the manifest says {size}.")
    return manifest


MANIFEST = {"marketplace": str, "order": str, "dispute": int, "role": str, "made_at": str, "key": str, "events": int}
MANIFEST.update({"case_head": str, "store_head_commitment": str, "withheld": dict, "entries": list})


def _signature(
    file: BinaryIO, entries: dict[str, Entry], manifest: dict[str, Any], fingerprint: str, report: Report
) -> None:
    try:
        signed = document("signature.json", content(file, entries["signature.json"]))
        public, signature = bytes.fromhex(signed["public_key"]), bytes.fromhex(signed["signature"])
        expected = {"algorithm": "Ed25519", "public_key": public.hex(), "signature": signature.hex()}
    except (Wrong, *UNREADABLE):
        report.wrong.append("The signature cannot be read.")
        return
    own = hashlib.sha256(public).hexdigest()
    raw = content(file, entries["manifest.json"])
    if signed != expected or not ed25519_holds(public, SIGNED + raw, signature):
        report.wrong.append("The signature does not belong to this manifest: one of them was changed or forged.")
    elif manifest["key"] != own:
        report.wrong.append(f"The manifest names the key {grouped(manifest['key'])}, but {grouped(own)} signed it.")
    elif fingerprint and fingerprint != own:
        report.wrong.append(f"It is signed, but with another key than yours. It was signed by {grouped(own)}.")
    elif fingerprint:
        report.holds.append(f"The signature is that of the key {grouped(own)}, the one you named.")
    else:
        report.notes.append(
            f"The signature is that of the key {grouped(own)}. Whether that is the marketplace's key, nobody but the "
            "marketplace can tell you: ask it for its fingerprint and give it with --key."
        )


def _entries(file: BinaryIO, entries: dict[str, Entry], manifest: dict[str, Any], report: Report) -> None:
    changed = []
    for each in manifest["entries"]:
        sha256, whole = measured(file, entries[each["name"]])
        if sha256 != each["sha256"] or not whole:
            changed.append(each["name"])
    for name in ("manifest.json", "signature.json"):
        if not measured(file, entries[name])[1]:
            changed.append(name)
    report.wrong.extend(f"“{name}” was changed: it is not what the manifest says." for name in changed)
    if not changed:
        report.holds.append(
            f"All {len(manifest['entries'])} entries are what the manifest says, and nothing was added."
        )


# ── the chapters of the case ─────────────────────────────────────────────────────────────────────


class Case:
    """The documents by name, and the fields of the events shown by number."""

    def __init__(self, manifest: dict[str, Any], documents: dict[str, Any]) -> None:
        self.manifest, self.documents, self.shown = manifest, documents, dict[int, dict[str, Any]]()
        for at, event in enumerate(documents["events"] if isinstance(documents["events"], list) else (), 1):
            if isinstance(event, dict) and isinstance(event.get("fields"), dict):
                self.shown[at] = event["fields"]


def _events(case: Case, report: Report) -> str:
    """Numbers, hashes, the case chain, and the store's chain where nothing is withheld."""
    manifest, head, store, whole = case.manifest, GENESIS, GENESIS, True
    events, withheld = case.documents["events"], Counter({"events": 0, "fields": 0})
    for number, event in enumerate(events, 1):
        if event["number"] != number:
            raise Wrong(f"Event {event['number']} stands at place {number}: one was removed, added or moved.")
        digest = event["withheld"] if "withheld" in event else _event_hash(event)
        withheld["events"] += "withheld" in event
        withheld["fields"] += len(event.get("withheld_fields", {}))
        whole = whole and "fields" in event and not event.get("withheld_fields")
        head = hashlib.sha256(f"{head}\n{digest}".encode()).hexdigest()
        if whole:
            store = hashlib.sha256(store.encode() + b"\n" + canonical(event["fields"])).hexdigest()
            if event["chain"] != store and manifest["store_head"]:
                raise Wrong(f"The store's chain breaks at event {number}: it is not what was recorded.")
    if head != manifest["case_head"] or len(events) != manifest["events"] or not events:
        raise Wrong("The chain of events does not end where the manifest says: an event was changed, added or removed.")
    if withheld != manifest["withheld"]:
        raise Wrong("More or less is withheld than the manifest says.")
    if whole != (manifest["store_head"] is not None):
        raise Wrong("The store's chain is given where something is withheld, or missing where nothing is.")
    if whole:
        salt, last = manifest["store_head"]["salt"], manifest["store_head"]["head"]
        made = hashlib.sha256(b"amends store head\n" + bytes.fromhex(salt) + last.encode()).hexdigest()
        if last != store or made != manifest["store_head_commitment"]:
            raise Wrong("The store's chain does not end where the manifest says.")
    if withheld["events"] or withheld["fields"]:
        report.notes.append(
            f"Redacted: {withheld['events']} entries wholly, {withheld['fields']} fields of others, for the role "
            f"“{manifest['role']}”. Each keeps its place and its hash. The value “case_head” must be the same in "
            f"every file of this case made at the same event: {head}"
        )
    return f"The chain holds: events 1 to {len(events)}, none missing, none moved, none changed."


def _event_hash(event: dict[str, Any]) -> str:
    number, fields, salts = event["number"], event["fields"], event["salts"]
    hashes = dict(event.get("withheld_fields", {}))
    if set(fields) - set(salts) or set(salts) & set(hashes):
        raise Wrong(f"Event {number} has fields without their salts, or both shown and withheld.")
    for name, salt in salts.items():
        value = canonical(fields[name]) if name in fields else b""
        told = b"amends case field\n" + bytes.fromhex(salt) + name.encode() + b"\n" + value
        hashes[name] = hashlib.sha256(told).hexdigest()
    listed = "".join(f"{name} {hashes[name]}\n" for name in sorted(hashes))
    return hashlib.sha256(f"amends case event\n{number}\n{listed}".encode()).hexdigest()


def _texts(case: Case, report: Report) -> str:
    """Each text is the one its event was sealed with."""
    meant = {each["ref"]: each["sha256"] for each in _sealed(list(case.shown.values()))}
    opened, seen = 0, set()
    for text in case.documents["texts"]:
        ref = text["ref"]
        if ref in seen or meant.get(ref) != text["sha256"]:
            raise Wrong(f"Text {ref} stands twice, or belongs to no event shown.")
        seen.add(ref)
        if "text" in text:
            sealed, promised = bytes.fromhex(text["sealed"]), bytes.fromhex(text["blind"]) + text["text"].encode()
            if len(text["blind"]) != 64 or hashlib.sha256(sealed).hexdigest() != text["sha256"]:
                raise Wrong(f"Text {ref} is not the one that was sealed.")
            if sealed[:32] != hashlib.sha256(b"amends text\n" + promised).digest():
                raise Wrong(f"Text {ref} was changed: it is not what was written when the event happened.")
            opened += 1
    if seen != set(meant):
        raise Wrong(f"Text {min(set(meant) - seen)} was removed.")
    closed = f"; {len(seen) - opened} can no longer be opened (erased)" if len(seen) > opened else ""
    return f"All {opened} texts are what was written when their events happened{closed}."


def _sealed(value: Any) -> Iterator[dict[str, str]]:
    if isinstance(value, dict) and set(value) == {"ref", "sha256"}:
        yield value
    elif isinstance(value, (dict, list)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _sealed(part)


def _case_and_timeline(case: Case, report: Report) -> str:
    """The head of the case, and every copy of an event's words, say what the events say."""
    told, first = case.documents["case"], case.shown[1]
    for key in ("marketplace", "order", "dispute", "role", "made_at"):
        if told[key] != case.manifest[key]:
            raise Wrong(f"case.json and manifest.json differ about “{key}”.")
    for key in ("buyer", "seller", "currency", "order", "policy"):
        if told[key] != first[key]:
            raise Wrong(f"case.json says another {key} than the order's first event.")
    timeline = case.documents["timeline"]
    expected = [(number, fields["at"], fields["by"]) for number, fields in case.shown.items()]
    if [(one["event"], one["at"], one["by"]) for one in timeline] != expected:
        raise Wrong("The timeline is not that of the events.")
    for name, kinds in (("offers", OFFERS), ("decision", DECISION)):
        mine = [
            {"event": number, "fields": fields}
            for number, fields in case.shown.items()
            if fields["type"] in kinds and fields.get("dispute") == told["dispute"]
        ]
        if case.documents[name] != mine:
            raise Wrong(f"“{name}.json” says something else than the events.")
    report.notes.append("The sentences of the timeline and the reading copy retell the events: the signer vouches.")
    return "Timeline, offers and decision are those of the events."


def _journal(case: Case, report: Report) -> str:
    """Each row balances, no account has a gap or is below zero, and each event moved what it says."""
    accounts: dict[str, tuple[int, int]] = {}
    moved: Counter[tuple[int, str, str]] = Counter()
    last = (0, 0)
    for row in case.documents["journal"]:
        place = (row["event"], row["position"])
        where = f"Row {place[1]} of event {place[0]} in the journal"
        if place not in ((last[0], last[1] + 1), (max(place[0], last[0] + 1), 1)):
            raise Wrong(f"{where} stands in the wrong place: rows are missing, doubled or moved.")
        if type(row["amount_minor"]) is not int or row["amount_minor"] <= 0 or row["debit"] == row["credit"]:
            raise Wrong(f"{where} moves nothing.")
        if (row["currency"], row["at"]) != (case.documents["case"]["currency"], case.shown[place[0]]["at"]):
            raise Wrong(f"{where} is of another day or in another currency than its event.")
        for side, sign in (("debit", -1), ("credit", 1)):
            version, before = accounts.get(row[side], (0, 0))
            after = before + sign * row["amount_minor"]
            if (row[f"{side}_version"], row[f"{side}_before"], row[f"{side}_after"]) != (version + 1, before, after):
                raise Wrong(f"{where} does not add up, or an entry of account “{row[side]}” is missing.")
            if after < 0 and row[side].split(":")[0] not in ("captured", "receivable", "platform"):
                raise Wrong(f"{where} takes more from “{row[side]}” than is there.")
            accounts[row[side]] = (version + 1, after)
        moved[place[0], _place(row["debit"]), _place(row["credit"])] += row["amount_minor"]
        last = place
    expected: Counter[tuple[int, str, str]] = Counter()
    for number, fields in case.shown.items():
        for debit, credit, amount in _moves(fields):
            expected[number, debit, credit] += amount
    if moved != +expected:
        number = min(key[0] for key in moved.keys() | expected.keys() if moved[key] != expected[key])
        raise Wrong(f"The journal moved other money than event {number} says.")
    if case.documents["case"]["totals"] != _totals(accounts):
        raise Wrong("The totals of the case are not those of its journal.")
    return f"The journal's {len(case.documents['journal'])} rows add up, without a gap, and move what the events say."


def _place(account: str) -> str:
    """What is released goes to the seller, or against what he owes; which of both, the event does not say."""
    return "sellers" if account in ("seller", "receivable") else account


def _moves(fields: dict[str, Any]) -> Iterator[tuple[str, str, int]]:
    """What an event says about money."""
    kind, lines = (
        fields["type"],
        sum(line["amount_minor"] for line in fields.get("lines", []) if "amount_minor" in line),
    )
    if kind == "OrderPlaced":
        for number, payment in enumerate(fields["payments"], 1):
            yield f"captured:{number}", "escrow", payment["amount_minor"]
    elif kind == "RefundScheduled" and fields.get("funded_by") != "platform":
        for part in fields["parts"]:
            yield "escrow", f"refunds:{part['payment']}", part["amount_minor"]
    elif kind in ("PlatformPaid", "RefundScheduled"):
        yield "platform", "goodwill", fields["amount_minor"]
    elif kind == "FundsReleased":
        yield "escrow", "sellers", lines
    elif kind == "PayoutSucceeded":
        yield "sellers", "paid_out", fields["amount_minor"]
    elif kind == "DisputeReopened":
        yield "sellers", "escrow", sum(line["amount_minor"] for line in fields["taken_back"])
    elif kind == "ChargebackClosed":
        yield "escrow", "chargebacks", lines
        yield "sellers", "chargebacks", fields.get("from_seller_minor", 0)
        yield "platform", "goodwill", fields.get("from_platform_minor", 0)


def _totals(accounts: dict[str, tuple[int, int]]) -> dict[str, int]:
    def of(*names: str) -> int:
        return sum(balance for name, (_, balance) in accounts.items() if name.split(":")[0] in names)

    totals = {"paid_in_minor": -of("captured"), "held_minor": of("escrow"), "refunded_minor": of("refunds")}
    totals.update({"charged_back_minor": of("chargebacks"), "platform_paid_minor": of("goodwill")})
    totals["released_minor"] = of("seller", "paid_out", "receivable")
    return totals


def _evidence(case: Case, report: Report) -> str:
    """Every file an event carries has its entry; every stored file is the one its event means."""
    hashes = {each["name"]: each["sha256"] for each in case.manifest["entries"]}
    meant = {}
    for number, fields in case.shown.items():
        one = fields.get("file")  # of a removal it is the name alone
        for at, file in enumerate(fields.get("files", []) + ([one] if isinstance(one, dict) else []), 1):
            meant[number, at] = (file, fields["by"])
    listed: set[str] = set()
    proved = vouched = gone = 0
    numbered = [(one["event"], one["file"], one["by"], one["kind"]) for one in case.documents["evidence"]]
    if numbered != [(key[0], file["id"], by, file["kind"]) for key, (file, by) in meant.items()]:
        raise Wrong("The list of evidence is not that of the events: an entry was removed, added or changed.")
    for one, (file, _) in zip(case.documents["evidence"], meant.values(), strict=True):
        bound = file.get("sha256") or (file["id"] if SHA.fullmatch(file["id"]) else None)
        if bound and one.get("sha256", bound) != bound:
            raise Wrong(f"The file “{file['id']}” of event {one['event']} was swapped: the event names another one.")
        for form in one["forms"]:
            listed.add(form["name"])
            if form["what"] == "original" and hashes.get(form["name"]) != one["sha256"]:
                raise Wrong(f"“{form['name']}” was swapped: it is not the file that was given.")
        original = any(form["what"] == "original" for form in one["forms"])
        proved, vouched = proved + bool(bound and original), vouched + bool(one["forms"] and not (bound and original))
        gone += not one["forms"]
    if listed != {name for name in hashes if name.startswith("evidence/")}:
        raise Wrong("The files in evidence/ are not those of the list.")
    if vouched:
        report.notes.append(
            f"For {vouched} files of evidence the signer alone vouches (no original, or no hash in it)."
        )
    kept = f"; {gone} are links, or no longer kept" if gone else ""
    return f"The evidence is that of the events: {proved} files proved by their events{kept}."


CHAPTERS = (_events, _texts, _case_and_timeline, _journal, _evidence)


# ── the command ──────────────────────────────────────────────────────────────────────────────────


def grouped(fingerprint: Any) -> str:
    text = str(fingerprint)[:64]
    return " ".join(text[at : at + 8] for at in range(0, len(text), 8))


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Check a case file, offline.")
    parser.add_argument("file", help="the case file, a zip")
    parser.add_argument("--key", default="", help="the fingerprint of the marketplace's key, 64 hex digits")
    asked = parser.parse_args(arguments)
    fingerprint = re.sub(r"[\s:-]", "", asked.key).lower()
    if fingerprint and not SHA.fullmatch(fingerprint):
        return _say(2, "A fingerprint has 64 digits from 0 to 9 and a to f. Copy it whole.")
    try:
        with open(asked.file, "rb") as file:
            report = check(file, fingerprint)
    except OSError as failure:
        return _say(2, f"{asked.file} cannot be read: {failure.strerror}.")
    lines = [f"holds    {line}" for line in report.holds] + [f"note     {line}" for line in report.notes]
    lines += [f"BROKEN   {line}" for line in report.wrong]
    ends = ["Everything holds.", "This case file does not hold.", "Nothing is broken, but who signed it is not known."]
    return _say(report.code, *lines, "", ends[report.code])


def _say(code: int, *lines: str) -> int:
    """A forger may write into names what moves a terminal's cursor; it is written out instead."""
    for line in lines:
        sys.stdout.write("".join(x if x.isprintable() else f"[U+{ord(x):04X}]" for x in line[:600]) + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
