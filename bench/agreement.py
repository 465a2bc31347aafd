"""Whether both sides say the same: counts exactly, times within a millionth. Raises Mismatch where they do not."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from bench.figures import Mismatch
from bench.peers import CASE, TIME
from exos.types import Result

RELATIVE, ABSOLUTE = 1e-6, 1e-6


def dfg(ours: Result, theirs: tuple[Mapping[Any, int], Mapping[Any, Mapping[str, float]]], _: pd.DataFrame) -> None:
    """Frequencies exactly; mean, median and sum of the times of each edge."""
    edges = {(row["source"], row["target"]): row for row in ours.records()}
    _same("frequencies of edges", {edge: row["frequency"] for edge, row in edges.items()}, dict(theirs[0]))
    for edge, times in theirs[1].items():
        for name, column in (("mean", "mean_seconds"), ("median", "median_seconds"), ("sum", "total_seconds")):
            _close(f"{name} of {edge}", edges[edge][column], times[name])


def variants(ours: Result, theirs: Mapping[tuple[str, ...], int], _: pd.DataFrame) -> None:
    """Every variant with its number of cases."""
    _same("variants", {tuple(row["variant"]): row["frequency"] for row in ours.records()}, dict(theirs))


def rework(ours: Result, theirs: Mapping[str, int], _: pd.DataFrame) -> None:
    """Cases with rework per activity; pm4py leaves out those without."""
    found = {row["activity"]: row["rework_cases"] for row in ours.records() if row["rework_cases"]}
    _same("rework", found, dict(theirs))


def durations(ours: Result, theirs: list[float], frame: pd.DataFrame) -> None:
    """Number of cases and events; median and 95th percentile of the durations."""
    row = ours.records()[0]
    _same("cases and events", (row["cases"], row["events"]), (len(theirs), len(frame)))
    _close("median duration", row["median_duration_seconds"], float(np.median(theirs)))
    _close("95th percentile", row["p95_duration_seconds"], float(np.percentile(theirs, 95)))


def eventually_follows(ours: Result, theirs: Mapping[tuple[str, str], int], _: pd.DataFrame) -> None:
    """Every pair with its frequency."""
    found = {(row["source"], row["target"]): row["frequency"] for row in ours.records()}
    _same("eventually-follows", found, dict(theirs))


def case_overlap(ours: Result, theirs: list[int], frame: pd.DataFrame) -> None:
    """pm4py counts for each case those open while it was; the series of open cases must lead to the same numbers."""
    spans = frame.groupby(CASE)[TIME].agg(["min", "max"])
    starts = spans["min"].to_numpy(dtype="datetime64[us]")
    ends = spans["max"].to_numpy(dtype="datetime64[us]")
    times = pd.to_datetime(pd.Series(ours.column("time")), utc=True, format="ISO8601")
    moments = times.to_numpy(dtype="datetime64[us]")
    open_cases = np.asarray(ours.column("open_cases"), dtype=np.int64)
    at_start = open_cases[np.searchsorted(moments, starts)]
    sorted_starts, sorted_ends = np.sort(starts), np.sort(ends)
    joined = np.searchsorted(sorted_starts, ends, "right") - np.searchsorted(sorted_starts, starts, "right")
    at_end = open_cases[np.searchsorted(moments, ends)]
    left = np.searchsorted(sorted_ends, ends, "left") - np.searchsorted(sorted_ends, starts, "left")
    _same("overlap from starts", Counter((at_start + joined).tolist()), Counter(theirs))
    _same("overlap from ends", Counter((at_end + left).tolist()), Counter(theirs))


def _same(what: str, ours: Any, theirs: Any) -> None:
    if ours != theirs:
        raise Mismatch(f"{what} differ: {_difference(ours, theirs)}")


def _close(what: str, ours: float, theirs: float) -> None:
    if not math.isclose(ours, theirs, rel_tol=RELATIVE, abs_tol=ABSOLUTE):
        raise Mismatch(f"{what}: {ours!r} here, {theirs!r} there")


def _difference(ours: Any, theirs: Any) -> str:
    if not isinstance(ours, dict) or not isinstance(theirs, dict):
        return f"{ours!r} here, {theirs!r} there"
    keys = [key for key in {**ours, **theirs} if ours.get(key) != theirs.get(key)]
    samples = "; ".join(f"{key}: {ours.get(key)} here, {theirs.get(key)} there" for key in keys[:3])
    return f"{len(keys)} of {len({**ours, **theirs})}, such as {samples}"
