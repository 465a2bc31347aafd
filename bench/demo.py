"""The demo worlds, from an empty home to rows that can be asked: seconds, memory, rows, and bytes on disk."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import orjson

from bench import place
from bench.figures import Figure, Skipped, below
from bench.measure import Ended, watch

GOALS = {("mortgage", "small"): 20, ("telco", "small"): 10, ("mortgage", "medium"): 180, ("mortgage", "large"): 1800}
"""Seconds that each world may take on two free cores."""
LEAST_DISK = {"small": 10**9, "medium": 6 * 10**9, "large": 40 * 10**9}
MEMORY_MIB = 4096
TIMEOUT_SECONDS = 3600
SCALES = "BENCH_SCALES"
"""Variable with the scales to measure, comma-separated; small and medium when it is not set, as large takes half an hour."""
_ROWS = "SELECT arraySum(mapValues(rows)) AS rows FROM demo_worlds FINAL WHERE status = 'complete'"


def measure() -> Iterator[Figure]:
    """Each world in a process of its own and a home of its own, which is removed afterwards."""
    wanted = os.environ.get(SCALES, "small,medium").split(",")
    for (world, scale), goal in GOALS.items():
        if scale not in wanted:
            continue
        if shutil.disk_usage(place.work()).free < LEAST_DISK[scale]:
            raise Skipped(f"{scale} needs {LEAST_DISK[scale] / 1e9:g} GB of free disk in {place.work().parent}")
        ended, worked, rows, size = _made(world, scale)
        what = f"{world} world, {scale} ({rows:,} rows)"
        disk = f"{size / 2**20:,.0f} MiB on disk, {size / rows:.0f} bytes a row"
        note = f"{worked:,.0f} s of processor time; {disk}"
        yield below(f"{what}: start to exit", ended.seconds, "s", goal, f"{ended.seconds:,.1f} s", note=note)
        peak = ended.peak / 2**20
        yield below(f"{what}: peak memory", peak, "MiB", MEMORY_MIB, f"{peak:,.0f} MiB")


def _made(world: str, scale: str) -> tuple[Ended, float, int, int]:
    """How it went, the seconds of processor time, the rows of the demo, and the bytes of the whole home."""
    home = place.work() / f"demo-{world}-{scale}"
    shutil.rmtree(home, ignore_errors=True)
    try:
        command = [sys.executable, "-m", "exos", "--home", str(home), "demo", "--no-serve"]
        before = os.times()
        ended = watch([*command, "--world", world, "--scale", scale], TIMEOUT_SECONDS)
        after = os.times()
        worked = after.children_user + after.children_system - before.children_user - before.children_system
        told = place.exos("sql", _ROWS, "--format", "json", home=home)
        return ended, worked, int(orjson.loads(told)["rows"][0][0]), _size(home)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
