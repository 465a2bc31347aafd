"""What an answer over HTTP costs beyond its SQL on the same engine: at most a seventh and five milliseconds."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson

from bench import logs
from bench.figures import Figure, Verdict
from bench.serving import Client, await_ready, free_port, stop

FACTOR, MILLISECONDS = 1.15, 5
ROUNDS = 15
QUESTIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("process/summary", {}),
    ("process/dfg", {}),
    ("process/activities", {}),
    ("process/variants", {}),
    ("process/case_overlap", {}),
    ("process/cases", {"limit": 1000}),
    ("process/cases", {"limit": 10_000}),
)


def measure() -> Iterator[Figure]:
    """A figure per question, on the large log: the time over HTTP less the allowed multiple of the SQL's."""
    with _host() as (client, engine):
        for slug, params in QUESTIONS:
            given = {"process": logs.LARGE, **params}
            answer = orjson.loads(client.run(slug, given))
            spent: tuple[list[float], list[float]] = ([], [])
            for _ in range(ROUNDS):
                began = time.perf_counter()
                client.run(slug, given)
                spent[0].append(time.perf_counter() - began)
                spent[1].append(engine(slug, given))
            yield _figure(slug, params, answer, *map(statistics.median, spent))


def _figure(slug: str, params: dict[str, Any], answer: dict[str, Any], http: float, sql: float) -> Figure:
    extra = (http - FACTOR * sql) * 1e3
    named = "".join(f" {name}={value}" for name, value in params.items())
    what = f"{slug}{named}: {len(answer['rows']):,} rows"
    shown = f"{http / sql:.2f}×, {(http - sql) * 1e3:+.1f} ms"
    goal = f"≤ {FACTOR}× + {MILLISECONDS} ms"
    verdict: Verdict = "met" if extra <= MILLISECONDS else "missed"
    return Figure(what, http, "s", extra, shown, goal, verdict, sql, "the SQL alone, chDB's JSON", ROUNDS)


@contextmanager
def _host() -> Iterator[tuple[Client, Any]]:
    port = free_port()
    command = [sys.executable, "-m", "bench.api_host", str(logs.home()), str(port)]
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)

    def engine(slug: str, params: dict[str, Any]) -> float:
        assert process.stdin is not None
        assert process.stdout is not None
        print(orjson.dumps({"slug": slug, "params": params}).decode(), file=process.stdin, flush=True)
        return float(orjson.loads(process.stdout.readline())["seconds"])

    try:
        await_ready(port, process)
        client = Client(port)
        yield client, engine
        client.close()
    finally:
        stop(process)
