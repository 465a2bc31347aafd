"""Imports: from a file to rows that can be asked, `cases` included, against pm4py from the same file to a ready frame."""

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

GOAL = 3
ROUNDS = 3
COPIES = 5
TIMEOUT_SECONDS = 600
_TRACE = re.compile(rb"<trace>.*</trace>", re.DOTALL)
_CASE = re.compile(
    rb'(<trace>\s*(?:<(?!event\b|string key="concept:name")[^>]*>\s*)*<string key="concept:name" value=")([^"]*)"'
)


@dataclass(frozen=True, slots=True)
class Format:
    """A file, and the ways pm4py can read it: those that may be its fastest in turns with ours, the slow ones once."""

    title: str
    path: Path
    fast: tuple[str, ...]
    slow: tuple[str, ...] = ()


def measure() -> Iterator[Figure]:
    """A figure per format against pm4py's fastest reader of it, and one for each slower reader."""
    for one in _formats():
        yield from _figures(one)
        one.path.unlink()


def _formats() -> Iterator[Format]:
    folder, log = logs.work(), logs.single()
    if logs.LOAN.is_file():
        once, many = folder / "log.xes.gz", folder / "many.xes.gz"
        shutil.copyfile(logs.LOAN, once)
        _warm_xes(once)
        yield Format("XES.gz", once, ("rustxes",), ("line_by_line", "iterparse"))
        _repeat_xes(logs.LOAN, many)
        _warm_xes(many)
        yield Format("XES.gz", many, ("rustxes",))
    some = log.repeated(COPIES * len(log.frame))
    few = Log("warm-up", log.frame.head(100))
    few.write_csv(folder / "warm-many.csv")
    yield Format("CSV", some.write_csv(folder / "many.csv"), ("read_csv", "read_csv(engine=pyarrow)"))
    few.write_parquet(folder / "warm-many.parquet")
    yield Format("Parquet", some.write_parquet(folder / "many.parquet"), ("read_parquet",))


def _figures(one: Format) -> Iterator[Figure]:
    spent: dict[str, list[float]] = {side: [] for side in ("exos", *one.fast)}
    said: dict[str, Any] = {}
    for _ in range(ROUNDS):
        for side, times in spent.items():
            said[side] = _import(side, one.path)
            times.append(said[side]["seconds"])
    for side in one.slow:
        said[side] = _import(side, one.path)
        spent[side] = [said[side]["seconds"]]
    _agree(said)
    medians = {side: statistics.median(times) for side, times in spent.items()}
    fastest = min(one.fast, key=medians.__getitem__)
    events = said["exos"]["events"]
    megabytes = one.path.stat().st_size / 1e6
    what = f"{one.title}, {events:,} events, {megabytes:,.1f} MB"
    for side in (fastest, *(name for name in medians if name not in ("exos", fastest))):
        goal = GOAL if side == fastest else None
        note = f"{events / medians['exos']:,.0f} events/s" if goal else ""
        runs = len(spent[side])
        yield faster(what, medians["exos"], medians[side], goal, peer=f"pm4py, {side}", runs=runs, note=note)


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
            file.write(_CASE.sub(rb"\g<1>\g<2>-%d\"" % number, found.group()))
        file.write(text[found.end() :])


def _warm_xes(path: Path) -> None:
    """The first case of the log as a log of its own, for loading modules."""
    text = gzip.decompress(logs.LOAN.read_bytes())
    start, stop, end = text.index(b"<trace>"), text.index(b"</trace>") + len(b"</trace>"), text.rindex(b"</trace>")
    one = text[:start] + text[start:stop] + text[end + len(b"</trace>") :]
    path.with_name(f"warm-{path.name}").write_bytes(gzip.compress(one))
