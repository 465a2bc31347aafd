"""Memory of `exos import`, the whole process from start to end, and whether it grows with the file."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv

from bench import place
from bench.figures import Figure, Skipped, below
from bench.measure import Ended, watch

SIZES = (250_000_000, 1_000_000_000, 2_000_000_000)
CHUNK_EVENTS, CASE_EVENTS = 200_000, 10
TIMEOUT_SECONDS = 1800
FLAT = 1.25
"""How much more memory four times the file may need and still count as flat."""
ACTIVITIES = (
    "Order received", "Search title", "Examine title", "Request missing document", "Receive document", "Clear title",
    "Prepare commitment", "Review commitment", "Schedule closing", "Close order",
)  # fmt: skip
COLUMNS = ("order_id", "activity", "timestamp", "operator", "office", "product", "amount", "note")


def measure() -> Iterator[Figure]:
    """Peak memory for three sizes of file. Each file is generated, imported into a fresh home, and deleted."""
    peaks = []
    for size in SIZES:
        _check_space(2 * size)
        events, ended = _import(size)
        peaks.append(ended.peak)
        what = f"peak memory importing a CSV of {size / 1e9:g} GB ({events:,} events)"
        note = f"{events / ended.seconds:,.0f} events/s, {ended.seconds:,.0f} s from start to exit"
        yield below(what, ended.peak / 2**20, "MiB", 1024, f"{ended.peak / 2**20:,.0f} MiB", note=note)
    growth = peaks[-1] / peaks[0]
    what = f"peak at {SIZES[-1] / 1e9:g} GB over peak at {SIZES[0] / 1e9:g} GB"
    yield below(what, growth, "×", FLAT, f"{growth:.2f}×")


def _import(size: int) -> tuple[int, Ended]:
    path, home = place.work() / "memory.csv", place.work() / "memory-home"
    try:
        events = write_csv(path, size)
        command = [sys.executable, "-m", "exos", "--home", str(home), "import", str(path), "--process", "orders"]
        ended = watch([*command, "--case", "order_id"], TIMEOUT_SECONDS)
        if f"{events:,} events" not in " ".join(ended.output.split()):
            raise RuntimeError(f"not all of {events:,} events were imported: {ended.output}")
        return events, ended
    finally:
        path.unlink(missing_ok=True)
        shutil.rmtree(home, ignore_errors=True)


def write_csv(path: Path, size: int) -> int:
    """A log of about so many bytes, in the order of time as systems export it. Returns its events."""
    chance = np.random.default_rng(20260301)
    options = pyarrow.csv.WriteOptions(include_header=True)
    events = 0
    with path.open("wb") as file:
        while file.tell() < size:
            pyarrow.csv.write_csv(_chunk(events, chance), file, options)
            options = pyarrow.csv.WriteOptions(include_header=False)
            events += CHUNK_EVENTS
    return events


def _chunk(first: int, chance: np.random.Generator) -> pa.Table:
    """Cases of ten events each that overlap in time, ordered by time."""
    cases = CHUNK_EVENTS // CASE_EVENTS
    begun = np.int64(1_700_000_000_000_000) + first * 1_000_000 + chance.integers(0, 10**11, cases)
    steps = chance.integers(10**6, 10**10, (cases, CASE_EVENTS)).cumsum(axis=1)
    times = (begun[:, None] + steps).ravel()
    order = np.argsort(times, kind="stable")
    case = np.repeat(np.arange(cases) + first // CASE_EVENTS, CASE_EVENTS)[order]
    activity = np.tile(np.arange(CASE_EVENTS), cases)[order]
    activity = np.where(chance.random(CHUNK_EVENTS) < 0.08, chance.integers(0, CASE_EVENTS, CHUNK_EVENTS), activity)
    return pa.table(
        [
            _text("ORD-{:08d}", case),
            _named([f"{name}" for name in ACTIVITIES], activity),
            pa.array(times[order], pa.timestamp("us", "UTC")),
            _named([f"operator {number:03d}" for number in range(400)], chance.integers(0, 400, CHUNK_EVENTS)),
            _named([f"office {number:02d}" for number in range(30)], case % 30),
            _named(["title", "appraisal", "flood", "closing", "default"], case % 5),
            pa.array((case * 7919 % 400_000 + 50_000) / 100),
            _named([f"checked against register {number:04d}" for number in range(3000)], times[order] % 3000),
        ],
        names=list(COLUMNS),
    )


def _named(names: list[str], places: np.ndarray) -> pa.Array:
    return pa.array(names).take(pa.array(places))


def _text(pattern: str, numbers: np.ndarray) -> pa.Array:
    known, places = np.unique(numbers, return_inverse=True)
    return _named([pattern.format(number) for number in known], places)


def _check_space(needed: int) -> None:
    if shutil.disk_usage(place.work()).free < needed:
        raise Skipped(f"needs {needed / 1e9:g} GB of free disk in {place.work().parent}")
