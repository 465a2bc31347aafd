"""How soon a server with the large log answers, and what it holds when nobody asks."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator

from bench import logs
from bench.figures import Figure, below
from bench.measure import resident_bytes
from bench.serving import Client, served

ROUNDS = 5
REST_SECONDS = 5
ASKED = ("summary", "dfg", "activities", "variants", "cases", "rework", "bottlenecks", "eventually_follows")


def measure() -> Iterator[Figure]:
    """Seconds from the start of the process to `/readyz` OK; resident memory at rest, fresh and after it has worked."""
    home = logs.home()
    ready, fresh, worked = [], [], []
    for number in range(ROUNDS):
        with served(home) as server:
            ready.append(server.ready_seconds)
            if number > 1:
                continue
            time.sleep(REST_SECONDS)
            fresh.append(resident_bytes(server.pid) / 1e6)
            client = Client(server.port)
            for name in ASKED:
                client.run(f"process/{name}", {"process": logs.LARGE})
            client.close()
            time.sleep(REST_SECONDS)
            worked.append(resident_bytes(server.pid) / 1e6)
    what = f"a home with {logs.LARGE_EVENTS / 1e6:g} M events:"
    seconds = statistics.median(ready)
    yield below(f"{what} from start to ready", seconds, "s", 3, f"{seconds:.2f} s", runs=ROUNDS)
    yield below(f"{what} resident at rest", max(fresh), "MB", 500, f"{max(fresh):,.0f} MB", runs=len(fresh))
    note = f"after {len(ASKED)} analyses of the whole log"
    yield below(f"{what} resident at rest after work", max(worked), "MB", shown=f"{max(worked):,.0f} MB", note=note)
