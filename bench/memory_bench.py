"""B6: what a web worker holds after 10,000 requests, and what a worker holds for each open deadline.

`python -m bench.memory_bench`. Resident memory as the kernel counts it; the web server's workers are looked at after
a thousand requests and after ten thousand more, so that what grows with requests shows.
"""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from pathlib import Path

from .service import AT_ONCE, COMMANDS_A_LIFE, START, database
from .web import Web

REQUESTS = 10_000
FEW, MANY = 1_000, 101_000


def measure() -> dict[str, object]:
    with database() as url:
        from amends import policies
        from amends.orders import marketplaces

        shop = marketplaces.register("bench", policies.load("alx-d", AT_ONCE), sandbox=True)
        with Web(url) as web:
            web.told(shop.key, 1_000 // COMMANDS_A_LIFE)
            early = web.memory()
            web.told(shop.key, REQUESTS // COMMANDS_A_LIFE)
            late = web.memory()
        few, many = _worker(FEW), _worker(MANY)
    return {
        "benchmark": "B6 memory",
        "web_worker_mb_after_1000_requests": round(max(early) / 2**20, 1),
        "web_worker_mb_after_11000_requests": round(max(late) / 2**20, 1),
        "worker_bytes_per_open_deadline": round(max(0, many - few) / (MANY - FEW), 1),
        "floors_and_goals": {"web_worker_mb": (250, 150), "worker_bytes_per_open_deadline": (0, 0)},
    }


def _worker(open_deadlines: int) -> int:
    """Resident bytes of this process after sweeping over so many orders of which none is due."""
    from amends.orders import clock

    from .crowd import Crowd

    crowd = Crowd(f"crowd {open_deadlines}")
    crowd.fill(due=0, waiting=open_deadlines)
    for _ in range(20):
        swept = clock.sweep(START + timedelta(days=1))
        assert swept.taken == 0, swept
    return resident("self")


def resident(process: int | str) -> int:
    lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS"))


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure()) + "\n")
