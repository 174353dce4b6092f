"""Two who want different things of one order at the same moment, over HTTP: exactly one wins, the other is told why.

`python -m tests.through.races [ROUNDS]` runs each race that often (200) and writes bench/results/races.json.
"""

# ruff: noqa: T201 (run by hand it tells what it sees)

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any, NamedTuple

from amends import policies
from amends.core.durations import format_instant, parse_instant
from amends.stories.client import Client, Reply
from bench.machine import machine

from .keeper import Keeper, Sandbox
from .running import Running, service

RESULTS = Path(__file__).parents[2] / "bench" / "results" / "races.json"
BEGIN = datetime(2026, 1, 5, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)
Act = Callable[["Hand"], str]
"""Does something; answers "won", or the code of its refusal. What has no say in who wins answers "done"."""


class Hand:
    """One contender's own connection; the second has the marketplace's second key."""

    def __init__(self, client: Client, keeper: Keeper, sandbox: Sandbox) -> None:
        self.client = client
        self.keeper = keeper
        self.sandbox = sandbox
        self.told: Reply | None = None

    def act(self, acting: str, path: str, **body: Any) -> str:
        self.told = self.client.post(path, body, acting=acting)
        return "won" if self.told.ok else str(self.told.document["code"])


class Race(NamedTuple):
    """`ready` brings an order to where both may act. `between` are the two who race; `codes` what the one who was too
    late may be told. Where the clock is one of them, its win is a deadline that lapsed."""

    name: str
    between: tuple[str, str]
    ready: Callable[[Arena, str], tuple[Act, Act]]
    codes: frozenset[str] = frozenset()


class Arena:
    """A sandbox in which one race is run again and again, each time on an order of its own."""

    def __init__(self, running: Running, sandbox: Sandbox) -> None:
        self.keeper = running.keeper
        self.sandbox = sandbox
        self.setter = Client(running.url, sandbox.keys[0])
        self.hands = tuple(Hand(Client(running.url, key), running.keeper, sandbox) for key in sandbox.keys)
        self.now = BEGIN
        self.move(BEGIN)

    def close(self) -> None:
        for client in (self.setter, *(hand.client for hand in self.hands)):
            client.close()

    def move(self, to: datetime) -> None:
        reply = self.setter.move_clock(to)
        assert reply.ok, reply
        self.now = to

    def wait(self, **length: float) -> None:
        self.move(self.now + timedelta(**length))

    def done(self, acting: str, path: str, **body: Any) -> Reply:
        reply = self.setter.post(path, body, acting=acting)
        assert reply.ok, (acting, path, body, reply)
        return reply

    def see(self, path: str) -> dict[str, Any]:
        reply = self.setter.get(path, acting="operator")
        assert reply.ok, reply
        return reply.document

    # ── orders as races need them ────────────────────────────────────────────────────────────────

    def placed(self, order: str) -> dict[str, Any]:
        """Alice buys a kettle from Bob."""
        return {
            "id": order,
            "buyer": "alice",
            "seller": "bob",
            "currency": "EUR",
            "lines": [{"id": "A", "title": "Kettle", "price": "40.00", "quantity": 1}],
            "payment_method": "card",
            "paid_at": format_instant(self.now),
        }

    def shipped(self, order: str) -> str:
        """The order's address, once Bob has sent it and Alice may open."""
        self.done("marketplace", "/v1/orders", **self.placed(order))
        self.done("seller", f"/v1/orders/{order}/ship", tracking="")
        self.wait(days=12)
        return f"/v1/orders/{order}"

    def opened(self, order: str) -> str:
        """The address of a dispute Bob has not answered yet."""
        path = self.shipped(order)
        self.done("buyer", f"{path}/disputes", **CLAIM)
        return f"{path}/disputes/1"

    def at_the_deadline(self, order: str) -> tuple[str, datetime]:
        """The same, in the last instant Bob has."""
        dispute = self.opened(order)
        ends = parse_instant(self.see(dispute)["deadlines"][0]["at"])
        self.move(ends)
        return dispute, ends


CLAIM = {
    "lines": ["A"],
    "received": True,
    "reason": "defective",
    "wants": "refund",
    "amount": "30.00",
    "files": ["photo"],
}
CONFIRMED = frozenset({"receipt_confirmed", "contradicts_receipt"})
MISSING = {"lines": ["A"], "received": False, "reason": "not_received", "wants": "refund", "amount": "40.00"}


def _moves_on(arena: Arena, ends: datetime) -> Act:
    """The clock moves past the deadline."""

    def act(hand: Hand) -> str:
        reply = hand.client.move_clock(ends + SECOND)
        assert reply.ok, reply
        return "done"

    arena.now = ends + SECOND
    return act


def accept_against_lapse(arena: Arena, order: str) -> tuple[Act, Act]:
    dispute, ends = arena.at_the_deadline(order)
    return lambda hand: hand.act("seller", f"{dispute}/accept"), _moves_on(arena, ends)


def offer_against_accept(arena: Arena, order: str) -> tuple[Act, Act]:
    dispute = arena.opened(order)
    arena.done("seller", f"{dispute}/offer", wants="refund", amount="20.00")
    return (
        lambda hand: hand.act("seller", f"{dispute}/offer", wants="refund", amount="10.00"),
        lambda hand: hand.act("buyer", f"{dispute}/accept", offer=2),
    )


def two_accepts(arena: Arena, order: str) -> tuple[Act, Act]:
    dispute = arena.opened(order)
    arena.done("seller", f"{dispute}/offer", wants="refund", amount="20.00")
    return (
        lambda hand: hand.act("buyer", f"{dispute}/accept", offer=2),
        lambda hand: hand.act("buyer", f"{dispute}/accept", offer=2),
    )


def withdraw_against_accept(arena: Arena, order: str) -> tuple[Act, Act]:
    dispute = arena.opened(order)
    return (
        lambda hand: hand.act("buyer", f"{dispute}/withdraw"),
        lambda hand: hand.act("seller", f"{dispute}/accept"),
    )


def confirm_against_open(arena: Arena, order: str) -> tuple[Act, Act]:
    path = arena.shipped(order)
    return (
        lambda hand: hand.act("buyer", f"{path}/confirm_receipt"),
        lambda hand: hand.act("buyer", f"{path}/disputes", **MISSING),
    )


def pause_against_lapse(arena: Arena, order: str) -> tuple[Act, Act]:
    _, ends = arena.at_the_deadline(order)

    def pause(hand: Hand) -> str:
        done = hand.act("operator", f"/v1/orders/{order}/pause_clocks", text="A storm.", grace="P1D")
        assert done == "won", hand.told
        return "done"

    return pause, _moves_on(arena, ends)


def import_against_ship(arena: Arena, order: str) -> tuple[Act, Act]:
    at = format_instant(arena.now)
    placing = {"at": at, "order": order, "by": "marketplace", "do": "place_order", **arena.placed(order)}
    shipping = {"at": at, "order": order, "by": "seller", "do": "ship", "tracking": "RR123456785CN"}
    arena.keeper.bring(arena.sandbox.id, [placing])

    def bring(hand: Hand) -> str:
        _, ship = hand.keeper.bring(hand.sandbox.id, [placing, shipping])
        assert ship["refused"] is None or "sent" in ship["sentence"], ship
        return ship["refused"] or "won"

    return bring, lambda hand: hand.act("seller", f"/v1/orders/{order}/ship", tracking="")


RACES = (
    Race("accept against lapse", ("accept", "clock"), accept_against_lapse, frozenset({"deadline_passed"})),
    Race(
        "offer against accept", ("offer", "accept"), offer_against_accept, frozenset({"stale_offer", "dispute_closed"})
    ),
    Race("two accepts", ("first", "second"), two_accepts, frozenset({"dispute_closed"})),
    Race("withdraw against accept", ("withdraw", "accept"), withdraw_against_accept, frozenset({"dispute_closed"})),
    Race("confirm against open", ("confirm", "open"), confirm_against_open, frozenset({"dispute_open", *CONFIRMED})),
    Race("pause against lapse", ("pause", "clock"), pause_against_lapse),
    Race("import against ship", ("import", "ship"), import_against_ship, frozenset({"already_shipped"})),
)


class Ran(NamedTuple):
    """What came of a race: who won how often, what the losers were told, and everything that should not be."""

    name: str
    rounds: int
    won: Counter[str]
    told: Counter[str]
    wrong: tuple[str, ...]
    seconds: float


def run(running: Running, race: Race, rounds: int) -> Ran:
    """The race so many times, each on an order of its own; then the books are looked at."""
    arena = Arena(running, running.keeper.sandbox(policies.load("alx-d").document))
    won, told = Counter[str](), Counter[str]()
    wrong: list[str] = []
    since = time.monotonic()
    with ThreadPoolExecutor(2) as pool:
        for number in range(rounds):
            order = f"race-{number}"
            answers = _raced(pool, arena, race.ready(arena, order))
            winner, code, faults = _judged(arena, race, order, answers)
            won[winner] += 1
            told[code] += code != ""
            wrong += [f"round {number}: {fault}" for fault in faults]
    wrong += running.keeper.broken(arena.sandbox.id)
    arena.close()
    return Ran(race.name, rounds, won, +told, tuple(wrong), time.monotonic() - since)


def _raced(pool: ThreadPoolExecutor, arena: Arena, acts: tuple[Act, Act]) -> list[str]:
    barrier = Barrier(2)

    def go(act: Act, hand: Hand) -> str:
        hand.told = None
        barrier.wait(10)
        return act(hand)

    running = [pool.submit(go, act, hand) for act, hand in zip(acts, arena.hands, strict=True)]
    return [one.result(60) for one in running]


def _judged(arena: Arena, race: Race, order: str, answers: list[str]) -> tuple[str, str, list[str]]:
    """Who won, what the loser was told, and what is wrong with that."""
    if "clock" in race.between:
        types = [one["type"] for one in arena.see(f"/v1/orders/{order}/timeline")["timeline"]]
        lapsed = "DeadlineLapsed" in types
        answers = [_against_the_clock(answers[0], types), "won" if lapsed else "too late"]
    winners = [name for name, answer in zip(race.between, answers, strict=True) if answer == "won"]
    if len(winners) != 1:
        return " and ".join(winners) or "nobody", "", [f"{answers} on {order}: not one winner"]
    loser = 1 - race.between.index(winners[0])
    code, reply = answers[loser], arena.hands[loser].told
    if race.between[loser] == "clock" or race.name == "pause against lapse":
        return winners[0], "", []
    faults = [] if code in race.codes else [f"{race.between[loser]} was told {code}"]
    if reply is not None and not reply.ok:
        stands = arena.see(f"/v1/orders/{order}")["version"]
        said = reply.document.get("order_version")
        if said != stands or not reply.document.get("detail"):
            faults.append(f"{race.between[loser]} was told version {said}, the order stands at {stands}")
    return winners[0], code, faults


def _against_the_clock(answer: str, types: list[str]) -> str:
    """A pause is taken either way; it has won where it came before the deadline could lapse."""
    if answer != "done":
        return answer
    paused = types.index("ClocksPaused")
    if "DeadlineLapsed" in types:
        return "too late" if types.index("DeadlineLapsed") < paused else "won"
    return "won"


def main(rounds: int) -> int:
    """Run all of them and write the result; 1 where something was wrong."""
    with service() as running:
        results = [run(running, race, rounds) for race in RACES]
    for one in results:
        print(f"{one.name:26} {dict(one.won)}  told {dict(one.told)}  wrong {len(one.wrong)}  {one.seconds:.0f} s")
        print("\n".join(f"  {fault}" for fault in one.wrong[:10]))
    document = {
        "benchmark": "races of two over HTTP, one winner each",
        "rounds_each": rounds,
        "wrong": sum(len(one.wrong) for one in results),
        "races": [one._asdict() for one in results],
        "machine": machine(),
    }
    RESULTS.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    return 1 if any(one.wrong for one in results) else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 200))
