"""Process analyses against pm4py on a ready frame: first that both say the same, then how long each takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from bench import agreement, logs, peers
from bench.figures import Figure, faster
from bench.measure import alternate, median, seconds
from exos.analysis import Playbook
from exos.settings import Settings
from exos.store.database import Database
from exos.types import Result


@dataclass(frozen=True, slots=True)
class Contest:
    """One analysis and the pm4py calls that answer the same; `agree` raises Mismatch when they do not."""

    slug: str
    theirs: Callable[[pd.DataFrame], Any]
    agree: Callable[[Result, Any, pd.DataFrame], None]
    peer: str
    goal: float
    process: str = logs.LARGE
    rounds: int = 5
    params: tuple[tuple[str, Any], ...] = ()


CONTESTS = (
    Contest("process/dfg", peers.dfg, agreement.dfg, "discover_dfg + discover_performance_dfg", 15),
    Contest("process/variants", peers.variants, agreement.variants, "get_variants", 30),
    Contest("process/rework", peers.rework, agreement.rework, "get_rework_cases_per_activity", 10),
    Contest("process/summary", peers.durations, agreement.durations, "get_all_case_durations", 10),
    Contest(
        "process/eventually_follows", peers.eventually_follows, agreement.eventually_follows,
        "discover_eventually_follows_graph", 60, logs.SINGLE, 3,
    ),
    Contest(
        "process/case_overlap", peers.case_overlap, agreement.case_overlap, "get_case_overlap", 1000, logs.SINGLE, 1
    ),
)  # fmt: skip


def measure() -> Iterator[Figure]:
    """A figure per contest, and what the SQL alone takes; also pm4py on a frame of three columns."""
    frames = {logs.SINGLE: peers.ready(logs.single().frame), logs.LARGE: peers.ready(logs.large().frame)}
    playbook = Playbook.load()
    with Database.open(Settings.load({}, home=str(logs.home()))) as database:
        for one in CONTESTS:
            yield from _contest(one, frames[one.process], playbook, database)


def _contest(one: Contest, frame: pd.DataFrame, playbook: Playbook, database: Database) -> Iterator[Figure]:
    given = {"process": one.process, **dict(one.params)}

    def ours() -> Result:
        return playbook.run(database, one.slug, given)

    answer, first = ours(), seconds_of(lambda: one.theirs(frame))
    one.agree(answer, first[1], frame)
    what = f"{one.slug}, {len(frame):,} events"
    if one.rounds > 1:
        mine, other = alternate(ours, lambda: one.theirs(frame), one.rounds)
    else:
        mine, other = median(ours, 5), first[0]
    engine = sorted(ours().statistics.elapsed for _ in range(5))[2]
    parsed = median(lambda: ours().rows, 3)
    note = f"SQL alone {engine * 1e3:,.0f} ms; with the rows as Python objects {parsed * 1e3:,.0f} ms"
    yield faster(what, mine, other, one.goal, peer=one.peer, runs=one.rounds, note=note)
    if one.rounds > 3:
        small = peers.slim(frame)
        mine, other = alternate(ours, lambda: one.theirs(small), 3)
        yield faster(f"{what}; pm4py's frame cut to three columns", mine, other, peer=one.peer, runs=3)


def seconds_of(work: Callable[[], Any]) -> tuple[float, Any]:
    """How long a call takes, and what it returns."""
    kept: list[Any] = []
    return seconds(lambda: kept.append(work())), kept[0]
