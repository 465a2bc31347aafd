"""The lines of business: one YAML file each in lines/, compiled to arrays over all steps of all lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from exos.demo.calendar import Flags, Floats, Ints
from exos.demo.orders.company import HERE

TEAM, SYSTEM, VENDOR = 0, 1, 2
END, REJOIN = -1, -2
CLOCK, BUSINESS, FIELD = -1, 0, 1
_HOURS = {"clock": CLOCK, "business": BUSINESS, "field": FIELD}
ORDER = ("title", "appraisal", "flood", "closing", "default")
_WIDTH = 4
"""Ways out of a step: at most this many with a share, besides the one that takes the rest."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of business. `cases` is the number in a year at scale small; growth and season are relative."""

    index: int
    process: str
    prefix: str
    cases: int
    growth: float
    season: float
    weekdays: Floats
    due_days: Mapping[str, int]
    suppliers: str
    products: Mapping[str, float]
    fee: float
    amount: float
    first: int


@dataclass(frozen=True, slots=True)
class Steps:
    """All steps, as arrays over steps; edges as arrays (steps, _WIDTH + 1), the last column being the way that takes the rest.

    minutes and waits are medians of log-normal times; waits are in hours.
    """

    names: tuple[str, ...]
    line: Ints
    kind: Ints
    team: tuple[str, ...]
    system: tuple[str, ...]
    minutes: Floats
    spread: Floats
    complexity: Floats
    again: Floats
    fee: Floats
    maker: Flags
    joins: Flags
    aside: Ints
    runs: Ints
    series: tuple[tuple[float, ...], ...]
    to: Ints
    share: Floats
    edge_complexity: Floats
    loop: Floats
    looping: Flags
    by_maker: Flags
    by_hurry: Flags
    wait: Floats
    wait_spread: Floats
    wait_hours: Ints
    by_supplier: Flags
    drifting: Flags
    first_reason: Ints
    reason_count: Ints
    reasons: tuple[str, ...]

    def find(self, line: int, name: str) -> int:
        """The index of a step. Raises ValueError when the line has none of that name."""
        for index in np.flatnonzero(self.line == line):
            if self.names[index] == name:
                return int(index)
        raise ValueError(f"no step {name!r} in line {line}")


@cache
def lines() -> tuple[tuple[Line, ...], Steps]:
    """The lines of business and all their steps. Raises ValueError, naming file and step, when a file is malformed."""
    documents = [_read(name) for name in ORDER]
    firsts = np.cumsum([0] + [len(document["steps"]) for document in documents])
    known = tuple(_line(index, document, int(firsts[index])) for index, document in enumerate(documents))
    return known, _compile(documents, [int(first) for first in firsts])


def _read(name: str) -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(Path(HERE / "lines" / f"{name}.yaml").read_text(encoding="utf-8"))
    for step, said in document["steps"].items():
        for edge in said["next"]:
            if edge["to"] not in document["steps"]:
                raise ValueError(f"lines/{name}.yaml: {step} leads to {edge['to']!r}, which is no step")
        if len(said["next"]) > _WIDTH + 1 or any("share" not in edge for edge in said["next"][:-1]):
            raise ValueError(
                f"lines/{name}.yaml: {step} needs a share on every way out but the last, and at most {_WIDTH}"
            )
    return document


def _line(index: int, said: Mapping[str, Any], first: int) -> Line:
    week = np.array(said["weekdays"])
    return Line(
        index,
        said["process"],
        said["prefix"],
        said["cases"],
        said["growth"],
        said["season"],
        week / week.sum(),
        said["due_days"],
        said["suppliers"],
        said["products"],
        said["fee"],
        said["amount"],
        first,
    )


def _compile(documents: list[dict[str, Any]], firsts: list[int]) -> Steps:
    rows = [(line, name, said) for line, document in enumerate(documents) for name, said in document["steps"].items()]
    places = [
        {name: firsts[line] + n for n, name in enumerate(document["steps"])} for line, document in enumerate(documents)
    ]
    series = tuple(sorted({tuple(said["runs"]) for _, _, said in rows if "runs" in said}))
    edges = _Edges(len(rows))
    for index, (line, _, said) in enumerate(rows):
        edges.put(index, said, places[line])

    def floats(key: str, default: float) -> Floats:
        return np.array([said.get(key, default) for _, _, said in rows], np.float64)

    def flags(key: str) -> Flags:
        return np.array([bool(said.get(key)) for _, _, said in rows])

    return Steps(
        names=tuple(name for _, name, _ in rows),
        line=np.array([line for line, _, _ in rows], np.int64),
        kind=np.array([_kind(said) for _, _, said in rows], np.int64),
        team=tuple(said.get("team", "") for _, _, said in rows),
        system=tuple(said.get("system", "") for _, _, said in rows),
        minutes=floats("minutes", 0.1),
        spread=floats("spread", 0.45),
        complexity=floats("complexity", 0.0),
        again=floats("again", 1.0),
        fee=floats("fee", 0.0),
        maker=flags("maker"),
        joins=flags("joins"),
        aside=np.array([places[line][said["aside"]] if "aside" in said else END for line, _, said in rows], np.int64),
        runs=np.array([series.index(tuple(said["runs"])) if "runs" in said else -1 for _, _, said in rows], np.int64),
        series=series,
        **edges.arrays(),
    )


def _kind(said: Mapping[str, Any]) -> int:
    return TEAM if "team" in said else VENDOR if said.get("vendor") else SYSTEM


class _Edges:
    """Fills the edge arrays of `Steps`."""

    def __init__(self, steps: int) -> None:
        shape = (steps, _WIDTH + 1)
        self.to = np.full(shape, END, np.int64)
        self.floats = {
            "share": np.zeros(shape),
            "edge_complexity": np.zeros(shape),
            "loop": np.ones(shape),
            "wait": np.zeros(shape),
            "wait_spread": np.zeros(shape),
        }
        self.flags = {
            name: np.zeros(shape, np.bool_) for name in ("looping", "by_maker", "by_hurry", "by_supplier", "drifting")
        }
        self.hours = np.full(shape, CLOCK, np.int64)
        self.first_reason = np.zeros(shape, np.int64)
        self.reason_count = np.zeros(shape, np.int64)
        self.reasons: list[str] = []

    def put(self, step: int, said: Mapping[str, Any], places: Mapping[str, int]) -> None:
        """The ways out of one step. The last takes column _WIDTH."""
        if not said["next"]:
            self.to[step, _WIDTH] = REJOIN if said.get("rejoins") else END
        for column, edge in enumerate(said["next"]):
            at = (step, _WIDTH if column == len(said["next"]) - 1 else column)
            wait = edge.get("wait", {})
            self.to[at] = places[edge["to"]]
            self.floats["share"][at] = edge.get("share", 0.0)
            self.floats["edge_complexity"][at] = edge.get("complexity", 0.0)
            self.floats["loop"][at] = edge.get("loop", 1.0)
            self.floats["wait"][at] = wait.get("hours", 0.0)
            self.floats["wait_spread"][at] = wait.get("spread", 0.0)
            self.flags["looping"][at] = "loop" in edge
            self.flags["by_maker"][at] = bool(edge.get("maker"))
            self.flags["by_hurry"][at] = bool(edge.get("hurried"))
            self.flags["by_supplier"][at] = bool(wait.get("supplier"))
            self.flags["drifting"][at] = bool(wait.get("drift"))
            self.hours[at] = _HOURS[wait.get("hours_of", "business")] if wait else CLOCK
            self.first_reason[at] = len(self.reasons)
            self.reason_count[at] = len(edge.get("reasons", ()))
            self.reasons.extend(edge.get("reasons", ()))

    def arrays(self) -> dict[str, Any]:
        """The edge fields of `Steps`."""
        return {
            "to": self.to,
            **self.floats,
            **self.flags,
            "wait_hours": self.hours,
            "first_reason": self.first_reason,
            "reason_count": self.reason_count,
            "reasons": tuple(self.reasons),
        }
