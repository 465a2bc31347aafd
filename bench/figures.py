"""What a benchmark states: figures, each with its goal, and whether it was met."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

Verdict = Literal["met", "missed", "no goal"]


class Mismatch(Exception):
    """The two sides answered differently: there is nothing to compare, however fast either was."""


class Skipped(Exception):
    """Something that the benchmark needs is not here; the message says what."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the results.

    `ours` and `theirs` are medians in `unit`. `value` is what the goal is about (a ratio, a difference or `ours` itself),
    printed as `shown`. `note` says what else there is to know.
    """

    what: str
    ours: float
    unit: str
    value: float
    shown: str
    goal: str = ""
    verdict: Verdict = "no goal"
    theirs: float | None = None
    peer: str = ""
    runs: int = 1
    note: str = ""

    def as_dict(self) -> dict[str, Any]:
        """For results.json."""
        return asdict(self)

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Figure:
        """The inverse of `as_dict`."""
        return cls(**given)


def faster(what: str, ours: float, theirs: float, goal: float | None = None, **more: Any) -> Figure:
    """How many times faster than the peer. `ours` and `theirs` are seconds, `goal` the least ratio."""
    ratio = theirs / ours
    verdict = _verdict(goal, ratio >= (goal or 0))
    return Figure(what, ours, "s", ratio, f"{ratio:,.1f}×", _text("≥ {:g}×", goal), verdict, theirs, **more)


def below(what: str, value: float, unit: str, goal: float | None = None, shown: str = "", **more: Any) -> Figure:
    """A figure that must stay below its goal."""
    text = shown or f"{value:,.4g} {unit}"
    limit = _text("< {:g} " + unit, goal)
    return Figure(what, value, unit, value, text, limit, _verdict(goal, value < (goal or 0)), **more)


def _text(pattern: str, goal: float | None) -> str:
    return "" if goal is None else pattern.format(goal)


def _verdict(goal: float | None, reached: bool) -> Verdict:
    if goal is None:
        return "no goal"
    return "met" if reached else "missed"
