"""Policies by chance: a preset with some of its keys set to other values that the contract allows.

So a life under a random policy can be told as any story is, by the preset's name and its overrides. Keys and
words are read from `amends.core.policy.KEYS`; a key added there is varied from the next run on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from random import Random
from typing import Any

from amends.core.policy import KEYS, Policy, PolicyError, with_overrides
from amends.core.policy_schema import Key
from amends.policies import preset_names, read_document

Overrides = dict[str, Any]

LENGTHS = ("PT1H", "PT36H", "P1D", "P2D", "P3D", "P5D", "P7D", "P10D", "P15D", "P20D", "P30D", "P60D")
BUSINESS_DAYS = (1, 3, 10, 20)
CALENDAR = "CN"
FIXED = frozenset(
    {
        "policy.id", "policy.version", "policy.title", "policy.as_of", "policy.grade", "policy.sources",
        "evidence.photo_bytes", "evidence.video_bytes", "evidence.video_seconds", "evidence.document_bytes",
        "evidence.keep_after_closing", "declared.silence_may_pay", "messages.weigh_in_review",
        # A protection that nobody can date keeps money for ever; the policy checker's business, not ours.
        "protection.lasts",
    }
)  # fmt: skip
"""Keys that no decision reads, or that would only make a policy that nobody could ship."""


def random_policy(rng: Random) -> tuple[str, Overrides]:
    """The name of a preset, and overrides under which it is a valid policy whose every dispute can end."""
    preset = rng.choice(preset_names())
    overrides: Overrides = {}
    keys = [path for path in KEYS if path not in FIXED]
    for path in rng.sample(keys, rng.randint(3, len(keys) // 2)):
        overrides[path] = random_value(rng, path, KEYS[path])
    overrides["protection.lasts"] = rng.choice(LENGTHS[2:])
    return preset, with_an_end(preset, readable(preset, overrides))


def readable(preset: str, overrides: Mapping[str, Any]) -> Overrides:
    """Those of the overrides that the contract takes together; the rest is left out."""
    kept = dict(overrides)
    while True:
        try:
            loaded(preset, kept)
        except PolicyError as error:
            wrong = [path for path in kept if any(problem.path.startswith(path) for problem in error.problems)]
            for path in wrong or list(kept)[-1:]:
                del kept[path]
        else:
            return kept


def loaded(preset: str, overrides: Mapping[str, Any]) -> Policy:
    """The preset with the overrides, as `policies.load` reads them; the file is read once."""
    return Policy.from_document(with_overrides(_document(preset), overrides))


@cache
def _document(preset: str) -> dict[str, Any]:
    return read_document(preset)


def with_an_end(preset: str, overrides: Overrides) -> Overrides:
    """The same, with the clocks without which a dispute may wait on a silent party for ever."""
    policy = loaded(preset, overrides)
    needed: Overrides = {}
    if not _bargaining_ends(policy):
        needed |= {"negotiation.lasts": "P15D", "negotiation.counted_from": "opening"}
    for path, clock in (
        ("return.ship_within", policy.return_.ship_within),
        ("return.transit_at_most", policy.return_.transit_at_most),
        ("return.inspect_within", policy.return_.inspect_within),
        ("return.replace_within", policy.return_.replace_within),
    ):
        if clock is None:
            needed[path] = "P10D"
    if policy.dispatch.within is not None and policy.dispatch.if_not_shipped == "alert":
        needed["dispatch.if_not_shipped"] = "cancel"
    return {**overrides, **needed}


def _bargaining_ends(policy: Policy) -> bool:
    negotiation = policy.negotiation
    if negotiation.lasts is not None and negotiation.counted_from == "opening":
        return True
    answered = negotiation.seller_response is not None and negotiation.if_seller_silent != "nothing"
    return answered and negotiation.lasts is not None


# ── one value a kind ─────────────────────────────────────────────────────────────────────────────


def random_value(rng: Random, path: str, key: Key) -> Any:
    """A value that the key may well take, in document form."""
    if path in _SPECIAL:
        return _SPECIAL[path](rng)
    match key.kind:
        case "flag":
            return rng.random() < 0.5
        case "word":
            return rng.choice([*key.words, *([""] if key.optional else [])])
        case "words":
            return [word for word in key.words if rng.random() < 0.6] or [rng.choice(key.words)]
        case "number":
            return rng.choice((0, 1, 2, 5, 20))
        case "clock" | "duration":
            return random_length(rng, optional=key.optional)
        case "sums":
            return rng.choice(({}, {"USD": "20.00", "JPY": "2000", "KWD": "8.000"}, {"USD": "0.00", "EUR": "0.00"}))
        case "map":
            named = [name for name in key.names or () if rng.random() < 0.4]
            return {name: rng.choice(key.words) if key.words else rng.choice((0, 0, 1, 2)) for name in named}
        case kind:
            raise AssertionError(f"no random value for {path}, a {kind}")


def random_length(rng: Random, *, optional: bool) -> Any:
    chance = rng.random()
    if optional and chance < 0.2:
        return ""
    if chance < 0.3:
        return {"business_days": rng.choice(BUSINESS_DAYS), "calendar": CALENDAR}
    return rng.choice(LENGTHS)


_ANCHORS = ("paid", "shipped", "delivered", "delivery_due", "receipt_confirmed", "protection_ends")


def _earliest(rng: Random) -> Any:
    waits = ("P0D", "P1D", "P10D")
    return {"after": rng.choice(("paid", "shipped")), "wait": rng.choice(waits), "strictly": rng.random() < 0.3}


def _latest(rng: Random) -> Any:
    anchors = rng.sample(_ANCHORS, rng.randint(1, 3))
    return [{"after": anchor, "within": rng.choice(("P0D", "P3D", "P15D", "P60D"))} for anchor in anchors]


def _escalation(rng: Random) -> Any:
    by = [party for party in ("buyer", "seller") if rng.random() < 0.6]
    return {"by": by, "after": rng.choice(("", "first_answer", "P1D", "P5D"))}


_SPECIAL: dict[str, Callable[[Random], Any]] = {
    "opening.earliest": _earliest,
    "opening.latest": _latest,
    "negotiation.escalation": _escalation,
    "signals.dispute_rate": lambda rng: {"above": "0.20", "orders_at_least": 1, "within": "P180D"},
    "signals.disputes_in_short_time": lambda rng: {"above": rng.choice((0, 3)), "within": "P30D"},
}
