"""On real logs: import and analyses against a reader and a miner that share no code with them."""

from __future__ import annotations

import gzip
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import combinations, pairwise
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from exos.analysis import Playbook
from exos.ingest.eventlog import Options, import_log
from exos.store.database import Database

PLAYBOOK = Playbook.load()
Trace = list[tuple[datetime, str]]


def _read(path: Path) -> Iterator[Trace]:
    """Traces with (time, activity) per event, sorted by time, ties in the order of the file."""
    with gzip.open(path) as file:
        for _, element in ET.iterparse(file):
            if element.tag.rsplit("}")[-1] != "trace":
                continue
            trace = []
            for event in element:
                if event.tag.rsplit("}")[-1] == "event":
                    given = {one.get("key"): one.get("value") or "" for one in event}
                    trace.append((datetime.fromisoformat(given["time:timestamp"]), given["concept:name"]))
            element.clear()
            yield sorted(trace, key=lambda event: event[0])


@pytest.mark.timeout(180)
@pytest.mark.parametrize(
    ("name", "events", "cases", "activities"),
    [("bpic2012", 262_200, 13_087, 24), ("08_receipt", 8_577, 1_434, 27), ("DomesticDeclarations", 55_628, 10_357, 14)],
)
def test_agrees_with_a_plain_miner(
    database: Database, real_logs: Path, process: str, name: str, events: int, cases: int, activities: int
) -> None:
    summary = import_log(database, real_logs / f"{name}.xes.gz", Options(process=process))
    assert (summary.events, summary.cases, summary.activities) == (events, cases, activities)
    traces = list(_read(real_logs / f"{name}.xes.gz"))
    gaps: dict[tuple[str, str], list[float]] = {}
    variants: Counter[tuple[str, ...]] = Counter()
    for trace in traces:
        variants[tuple(activity for _, activity in trace)] += 1
        for (left, source), (entered, target) in pairwise(trace):
            gaps.setdefault((source, target), []).append((entered - left).total_seconds())
    later: Counter[tuple[str, str]] = Counter()
    for names, times in variants.items():
        for pair in combinations(names, 2):
            later[pair] += times

    def run(slug: str) -> list[dict[str, Any]]:
        return PLAYBOOK.run(database, slug, {"process": process}).records()

    found = {(row["source"], row["target"]): row for row in run("process/dfg")}
    assert {edge: row["frequency"] for edge, row in found.items()} == {edge: len(all_) for edge, all_ in gaps.items()}
    for edge, all_ in gaps.items():
        assert found[edge]["mean_seconds"] == pytest.approx(sum(all_) / len(all_), abs=1e-5)
        assert found[edge]["median_seconds"] == pytest.approx(median(all_), abs=1e-5)
    mined: dict[tuple[str, ...], object] = {tuple(row["variant"]): row["frequency"] for row in run("process/variants")}
    assert mined == variants
    assert {(row["source"], row["target"]): row["frequency"] for row in run("process/eventually_follows")} == later
    spans = [(trace[0][0], trace[-1][0]) for trace in traces]
    moments = sorted({moment for span in spans for moment in span})[:: max(1, len(spans) // 20)]
    overlap = {row["time"]: row["open_cases"] for row in run("process/case_overlap")}
    for moment in moments:
        shown = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        assert overlap[shown] == sum(start <= moment <= end for start, end in spans)
