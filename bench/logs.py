"""The event logs that benchmarks run on: the real loan log, repeated until it is large, or else the demo's log."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from bench import peers
from bench.figures import Skipped
from bench.peers import CASE
from bench.place import exos, work

ROOT = Path(__file__).resolve().parents[1]
LOAN = ROOT.parent / "shared" / "data" / "process" / "bpic2012.xes.gz"
LARGE_EVENTS = 5_000_000
SINGLE, LARGE = "log", "log-repeated"
"""Names of the processes in the home that `home()` makes."""


@dataclass(frozen=True, slots=True)
class Log:
    """A log as pm4py's importer gives it: one row per event, in the order of the file, with the standard XES keys."""

    name: str
    frame: pd.DataFrame

    def repeated(self, events: int) -> Log:
        """The log once more and once more, each time with cases of its own, until it has so many events."""
        times = -(-events // len(self.frame))
        copies = [self.frame.assign(**{CASE: self.frame[CASE] + f"-{number}"}) for number in range(times)]
        return Log(f"{self.name} × {times}", pd.concat(copies, ignore_index=True))

    def write_parquet(self, path: Path) -> Path:
        """As a Parquet file with the standard keys as columns."""
        pq.write_table(pa.Table.from_pandas(self.frame, preserve_index=False), path, row_group_size=262_144)
        return path

    def write_csv(self, path: Path) -> Path:
        """As a CSV file with the standard keys as columns."""
        table = pa.Table.from_pandas(self.frame, preserve_index=False)
        pa.csv.write_csv(table, path)
        return path


def single() -> Log:
    """The loan log; without it the demo log. Raises Skipped when there is neither."""
    cached = work() / "single.parquet"
    name = "loan log (BPIC 2012)" if LOAN.is_file() else "generated demo log"
    if not cached.is_file():
        frame = peers.read_xes(LOAN) if LOAN.is_file() else _demo()
        frame.to_parquet(cached)
    return Log(name, pd.read_parquet(cached))


def large() -> Log:
    """The log repeated to LARGE_EVENTS events."""
    return single().repeated(LARGE_EVENTS)


def home() -> Path:
    """An EXOS home that has SINGLE and LARGE, made by `exos import` on first use."""
    place = work() / "home"
    if not (place / "complete").is_file():
        shutil.rmtree(place, ignore_errors=True)
        for name, log in ((SINGLE, single()), (LARGE, large())):
            path = log.write_parquet(work() / f"{name}.parquet")
            exos("import", str(path), "--process", name, home=place)
            path.unlink()
        (place / "complete").touch()
    return place


def _demo() -> pd.DataFrame:
    """The largest process of the generated demo."""
    place, path = work() / "demo", work() / "demo.parquet"
    try:
        exos("demo", "--no-serve", home=place)
        subprocess.run(
            [sys.executable, "-m", "bench.demolog", str(place), str(path)],
            check=True, capture_output=True, text=True, timeout=600,
        )  # fmt: skip
    except subprocess.CalledProcessError as error:
        raise Skipped(f"{LOAN.name} is not beside the checkout, and the demo cannot be made: {error.stderr}") from None
    return pd.read_parquet(path)
