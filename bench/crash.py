"""`make prove-crash`: whatever crashes at the database's boundary, nothing is lost, doubled or stuck.

See docs/crash-proof.md.

python -m bench.crash --whole                 everything; writes bench/results/crash.json
python -m bench.crash --share 0.1 --seed 3    a seeded tenth of the points; prints what it would write
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

from . import crash_actor as actor
from . import crash_points as points
from .crash_actor import MODES, Fault
from .crash_load import Load, kill_under_load, kill_with_durability_off
from .crash_points import Stage, Verdict
from .crash_scenario import STEPS
from .crash_server import victim
from .crash_wire import Wire
from .machine import machine

RESULT = Path(__file__).parent / "results" / "crash.json"
KILLS = 20


def main(argv: list[str]) -> int:
    """0 when the proof holds, and fails where durability is off; else 1."""
    asked = _parser().parse_args(argv)
    started = time.monotonic()
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))  # no server is left behind
    points.processes.set_forkserver_preload([actor.__name__])
    result = {"proof": "crash points", "seed": asked.seed, **_points(asked)}
    holds = not (result["lost"] or result["doubled"] or result["stuck"])
    if asked.kills:
        kept, off = kill_under_load(asked.kills, asked.seed), kill_with_durability_off(3, asked.seed)
        print(f"kills under load {kept.kills}: {_told(kept)}", flush=True)
        as_it_must = "as it must be" if off.lost else "so the proof cannot fail, and proves nothing"
        print(f"with synchronous_commit=off, after {off.kills}: lost {len(off.lost)}, {as_it_must}", flush=True)
        result |= {"kills_under_load": _written(kept), "with_synchronous_commit_off": _written(off)}
        holds = holds and not (kept.lost or kept.doubled or kept.stuck) and bool(off.lost)
    result |= {"seconds": round(time.monotonic() - started), "machine": machine()}
    if asked.whole:
        RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    else:
        print(json.dumps(result))
    return 0 if holds else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bench.crash", description=__doc__)
    parser.add_argument(
        "--whole", action="store_true", help="every point, twenty kills; writes bench/results/crash.json"
    )
    parser.add_argument("--share", type=float, default=0.1, help="of the points, chosen by the seed; 0 for none")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kills", type=int, default=KILLS, help="of the whole server under load, 0 for none")
    parser.add_argument("--mode", choices=MODES, help="only this one")
    parser.add_argument("--step", default="", metavar="DO", help="only trips of steps that do this, like message")
    parser.add_argument("--keyless", action="store_true", help="send no idempotency keys: the proof must fail")
    return parser


def _points(asked: argparse.Namespace) -> dict[str, Any]:
    """Every mode with n = 1, 2, 3 … until a run passes untouched; or a share of those points, chosen by the seed."""
    chance, wrong, modes, held = random.Random(asked.seed), Verdict(), {}, 0
    with _stage(keyless=asked.keyless) as stage:
        first, untouched = points.run_point(stage, None)
        assert not untouched.broken, untouched.broken
        for mode in [asked.mode] if asked.mode else MODES:
            chosen = points.trips_of(first, asked.step)
            some = sorted(chance.sample(chosen, round(asked.share * len(chosen))))
            modes[mode] = 0
            for n in count(1) if asked.whole else some:
                run, left = points.run_point(stage, Fault(mode, n))
                if not run.struck:
                    break
                verdict = points.judge(run, left, untouched)
                modes[mode] += 1
                held += verdict.holds
                _tell(Fault(mode, n), verdict)
                wrong.add(verdict)
    total = sum(modes.values())
    lost, doubled, stuck = len(wrong.lost), len(wrong.doubled), len(wrong.stuck)
    print(f"crash points {held}/{total} lost {lost} doubled {doubled} stuck {stuck}", flush=True)
    figures = {"points": total, "held": held, "lost": lost, "doubled": doubled, "stuck": stuck}
    return {**figures, "trips": first.trips, "acts": len(STEPS), "modes": modes, "server_kills": stage.victim.kills}


def _tell(fault: Fault, verdict: Verdict) -> None:
    for kind in ("lost", "doubled", "stuck"):
        for what in getattr(verdict, kind):
            print(f"{fault.mode} at trip {fault.n}: {kind}: {what}", file=sys.stderr, flush=True)


def _told(load: Load) -> str:
    figures = f"lost {len(load.lost)} doubled {len(load.doubled)} stuck {len(load.stuck)}"
    return (
        f"{load.acknowledged} acts acknowledged, {figures}; {load.in_flight} in flight, "
        f"{load.had_committed} of them had committed unheard"
    )


def _written(load: Load) -> dict[str, Any]:
    return {
        "kills": load.kills,
        "acknowledged": load.acknowledged,
        "in_flight": load.in_flight,
        "committed_unheard": load.had_committed,
        "lost": len(load.lost),
        "doubled": len(load.doubled),
        "stuck": len(load.stuck),
    }


@contextmanager
def _stage(*, keyless: bool) -> Iterator[Stage]:
    with victim() as server, tempfile.TemporaryDirectory() as folder, Wire(Path(folder), server.socket) as wire:
        url = f"postgresql://postgres@/amends?host={quote(folder, safe='')}&port=5432"
        yield Stage(server, wire, url, keyless)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
