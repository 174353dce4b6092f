"""What a case file says to whoever unpacks it."""

README = """\
THIS IS A CASE FILE

It holds one dispute of a marketplace: what happened, what was offered, the evidence, the decision, and every
movement of the money. The marketplace signed it. You need not believe it: you can check it yourself, offline.

How to check it

1. Get verify-case-file from the project Amends, not from whoever handed you this file. It is one file of plain
   Python (3.10 or later), needs nothing else, and is short enough to be read.
2. Get the fingerprint of the marketplace's signing key from the marketplace itself. This file claims that it is

       {fingerprint}

   but whoever forges a file can claim anything: compare.
3. Run:   python3 verify-case-file THIS-FILE.zip --key "FINGERPRINT"

It says in plain sentences what holds and what does not. If one byte was changed since the file was signed, it says so.

What lies here

reading-copy.pdf   the case to be read and printed
case.json          which dispute, whose, for whom this file was made, and where the money is
timeline.json      what happened, a sentence an event
offers.json        claims, offers and answers to them
decision.json      how it was decided and how it ended
journal.json       every movement of the money, in double entry
events.json        the events themselves, number 1 first, each hash-chained to the one before it
texts.json         what people wrote, each text with the proof that it is the one the event means
evidence.json      the files given as evidence; the files themselves lie in evidence/
manifest.json      the SHA-256 of everything above
signature.json     the signature (Ed25519) of manifest.json, and the public key

Some of it may be withheld from whoever this file was made for. What is withheld keeps its place and its hash:
compare the value "case_head" in manifest.json with another party's file of the same case. They must be the same.
"""
