"""`python -m bench.demolog HOME FILE`: the largest process of a demo home as a Parquet log with one time per event.

A process of its own, because the embedded engine opens one folder per process.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

from bench.peers import ACTIVITY, CASE, TIME
from exos.settings import Settings
from exos.store.database import Database, Limits

_LARGEST = "SELECT process FROM cases FINAL GROUP BY process ORDER BY sum(events) DESC LIMIT 1"
_EVENTS = """
SELECT case_id, activity, end_time, resource, lifecycle FROM case_events FINAL
WHERE process = {process:String} ORDER BY case_id, start_time, end_time, sequence
"""


def main(home: str, file: str) -> None:
    """Write the log."""
    settings = Settings.load({}, home=home)
    with Database.open(settings) as database:
        limits = Limits(300, 100_000_000, settings.memory_bytes)
        process = database.query(_LARGEST).rows[0][0]
        rows = database.query(_EVENTS, {"process": process}, limits=limits).rows
    frame = pd.DataFrame(rows, columns=[CASE, ACTIVITY, TIME, "org:resource", "lifecycle:transition"])
    frame[TIME] = pd.to_datetime(frame[TIME], utc=True, format="ISO8601")
    frame.to_parquet(Path(file))


if __name__ == "__main__":
    main(*sys.argv[1:])
