"""The opponent: pm4py, as its users call it, at its fastest. AGPL: nothing outside this folder may import it."""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

warnings.simplefilter("ignore")
with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
    import pm4py
    from pm4py.util import constants

    constants.SHOW_PROGRESS_BAR = False

CASE, ACTIVITY, TIME = "case:concept:name", "concept:name", "time:timestamp"
Pairs = dict[tuple[str, str], Any]


def read_xes(path: Path, reader: str = "rustxes") -> pd.DataFrame:
    """An XES log as the frame that pm4py makes of it, by one of SHIPPED or, where that package is installed, by "rustxes".

    Raises what the reader raises; some fail on real logs.
    """
    with contextlib.redirect_stdout(io.StringIO()):
        frame: pd.DataFrame = pm4py.read_xes(str(path), variant=reader)
    return frame


def read_csv(path: Path, engine: str = "c") -> pd.DataFrame:
    """A CSV log the way pm4py's documentation reads one: pandas, then `format_dataframe`."""
    return ready(pd.read_csv(path, engine=engine))


def read_parquet(path: Path) -> pd.DataFrame:
    """A Parquet log the way pm4py's documentation reads one."""
    return ready(pd.read_parquet(path))


def ready(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame that pm4py's functions ask for: keys named, times converted, sorted."""
    made: pd.DataFrame = pm4py.format_dataframe(frame, case_id=CASE, activity_key=ACTIVITY, timestamp_key=TIME)
    return made


def slim(frame: pd.DataFrame) -> pd.DataFrame:
    """A ready frame with nothing but the three columns that pm4py needs: it copies and sorts less."""
    return frame[[CASE, ACTIVITY, TIME]].copy()


def dfg(frame: pd.DataFrame) -> tuple[Pairs, Pairs]:
    """Frequency of each edge, and its times: the two calls that together answer what `process/dfg` answers."""
    return pm4py.discover_dfg(frame)[0], pm4py.discover_performance_dfg(frame)[0]


def variants(frame: pd.DataFrame) -> dict[tuple[str, ...], int]:
    """Cases per sequence of activities."""
    found: dict[tuple[str, ...], int] = pm4py.get_variants(frame)
    return found


def eventually_follows(frame: pd.DataFrame) -> Pairs:
    """How often an activity comes later in a case than another."""
    found: Pairs = pm4py.discover_eventually_follows_graph(frame)
    return found


def rework(frame: pd.DataFrame) -> dict[str, int]:
    """Cases that have an activity more than once."""
    found: dict[str, int] = pm4py.get_rework_cases_per_activity(frame)
    return found


def durations(frame: pd.DataFrame) -> list[float]:
    """Seconds of every case, sorted."""
    found: list[float] = pm4py.get_all_case_durations(frame)
    return found


def case_overlap(frame: pd.DataFrame) -> list[int]:
    """For every case the number of cases that were open while it was, itself included."""
    found: list[int] = pm4py.get_case_overlap(frame)
    return found


SHIPPED = ("line_by_line", "iterparse", "iterparse_20", "iterparse_mem_compressed", "chunk_regex")
"""The importers of XES that are pm4py's own. With `rustxes` it hands the file to a package of another project, which none of
its dependencies or extras brings: r4pm or, where that is missing, rustxes."""
READERS: dict[str, Callable[[Path], pd.DataFrame]] = {
    **{name: partial(read_xes, reader=name) for name in SHIPPED},
    "rustxes": read_xes,
    "read_csv": read_csv,
    "read_csv(engine=pyarrow)": partial(read_csv, engine="pyarrow"),
    "read_parquet": read_parquet,
}
"""All ways to a ready frame, by the name under which figures mention them."""
