"""Imports: from a file to rows that can be asked, `cases` included, against pm4py from the same file to a ready frame.

The goal is about the fastest importer that pm4py ships; why other packages stand beside it without one: README.md.
"""

from __future__ import annotations

import gzip
import re
import shutil
import statistics
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from bench import logs
from bench.figures import Figure, Mismatch, faster
from bench.logs import Log
from bench.peers import SHIPPED

GOAL = 3
ROUNDS = 3
NEAR = 1.5
"""Who takes that many times as long as the fastest of pm4py's own importers, or longer, runs once."""
COPIES = 5
TIMEOUT_SECONDS = 600
_TRACE = re.compile(rb"<trace>.*</trace>", re.DOTALL)
_CASE = re.compile(
    rb'(<trace>\s*(?:<(?!event\b|string key="concept:name")[^>]*>\s*)*<string key="concept:name" value=")([^"]*)"'
)


@dataclass(frozen=True, slots=True)
class Format:
    """A file, and the readers for it: those that are pm4py's own, and those of other packages that its users call."""

    title: str
    path: Path
    shipped: tuple[str, ...]
    others: tuple[str, ...]


def measure() -> Iterator[Figure]:
    """A figure per file and reader."""
    for one in _formats():
        yield from _figures(one)
        one.path.unlink()


def _formats() -> Iterator[Format]:
    folder, log = logs.work(), logs.single()
    if logs.LOAN.is_file():
        once, many = folder / "log.xes.gz", folder / "many.xes.gz"
        shutil.copyfile(logs.LOAN, once)
        _warm_xes(once)
        yield Format("XES.gz", once, SHIPPED, ("rustxes",))
        _repeat_xes(logs.LOAN, many)
        _warm_xes(many)
        yield Format("XES.gz", many, SHIPPED, ("rustxes",))
    some = log.repeated(COPIES * len(log.frame))
    few = Log("warm-up", log.frame.head(100))
    few.write_csv(folder / "warm-many.csv")
    yield Format("CSV", some.write_csv(folder / "many.csv"), (), ("read_csv", "read_csv(engine=pyarrow)"))
    few.write_parquet(folder / "warm-many.parquet")
    yield Format("Parquet", some.write_parquet(folder / "many.parquet"), (), ("read_parquet",))


def _figures(one: Format) -> Iterator[Figure]:
    said = {"exos": _import("exos", one.path)}
    failing = []
    for side in (*one.shipped, *one.others):
        try:
            said[side] = _import(side, one.path)
        except RuntimeError:
            failing.append(side)
    _agree(said)
    medians, runs = _medians(one, said)
    own = sorted(filter(medians.__contains__, one.shipped), key=medians.__getitem__)
    events = said["exos"]["events"]
    what = f"{one.title}, {events:,} events, {one.path.stat().st_size / 1e6:,.1f} MB"
    note = "; ".join([f"{events / medians['exos']:,.0f} events/s", *(f"{side} fails on it" for side in failing)])
    for side in (*own, *filter(medians.__contains__, one.others)):
        goal = GOAL if side in own[:1] else None
        yield faster(f"{what}, against {side}", medians["exos"], medians[side], goal, runs=runs[side], note=note)
        note = ""


def _medians(one: Format, said: dict[str, Any]) -> tuple[dict[str, float], dict[str, int]]:
    """Median seconds and runs by side. The sides that matter run in turns, the first turn being that of `said`."""
    spent = {side: [float(answer["seconds"])] for side, answer in said.items()}
    limit = NEAR * min(spent[side][0] for side in one.shipped or one.others if side in spent)
    for _ in range(ROUNDS - 1):
        for side, times in spent.items():
            if side == "exos" or times[0] < limit:
                times.append(_import(side, one.path)["seconds"])
    return {side: statistics.median(times) for side, times in spent.items()}, {side: len(spent[side]) for side in spent}


def _import(side: str, path: Path) -> dict[str, Any]:
    """What one import in a fresh process says; an EXOS import gets a fresh home."""
    home = logs.work() / "import-home"
    command = [sys.executable, "-m", "bench.importer", side, str(path), str(home)]
    try:
        ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=TIMEOUT_SECONDS)
        if ended.returncode:
            raise RuntimeError(f"{side} does not read {path.name}: {ended.stderr.strip()[-2000:]}")
        said: dict[str, Any] = orjson.loads(ended.stdout.splitlines()[-1])
        return said
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _agree(said: dict[str, Any]) -> None:
    counts = {side: (one["events"], one["cases"]) for side, one in said.items()}
    if len(set(counts.values())) > 1:
        raise Mismatch(f"events and cases differ: {counts}")


def _repeat_xes(source: Path, target: Path) -> None:
    """The log COPIES times, each time with case names of its own."""
    text = gzip.decompress(source.read_bytes())
    found = _TRACE.search(text)
    assert found is not None
    with gzip.open(target, "wb", compresslevel=4) as file:
        file.write(text[: found.start()])
        for number in range(COPIES):
            # Cases begin on lines of their own: pm4py's line_by_line needs that.
            file.write(_CASE.sub(rb"\g<1>\g<2>-%d\"" % number, found.group()) + b"\n")
        file.write(text[found.end() :])


def _warm_xes(path: Path) -> None:
    """The first case of the log as a log of its own, for loading modules."""
    text = gzip.decompress(logs.LOAN.read_bytes())
    start, stop, end = text.index(b"<trace>"), text.index(b"</trace>") + len(b"</trace>"), text.rindex(b"</trace>")
    one = text[:start] + text[start:stop] + text[end + len(b"</trace>") :]
    path.with_name(f"warm-{path.name}").write_bytes(gzip.compress(one))
