"""Finds events that another import brought already: a newer export of the same log would count most of its events twice.

Events that are alike in all, their place in the file included, collapse into one and do no harm: a log that only grew at its end.
"""

from __future__ import annotations

from exos.ingest.eventlog.ledger import Entry
from exos.store.database import Database

LOOKED_AT = 500_000
"""Events compared at most; of larger logs, those of a share of the cases: what is compared is held in memory."""
_WHAT, _EXACTLY = "case_id, activity, start_time, end_time", "case_id, start_time, end_time, sequence, event_id"
_OTHERS = "process = {process:String} AND source != {source:String} AND cityHash64(case_id) % {parts:UInt64} = 0"
_TWICE = f"""
SELECT
    count() AS compared,
    countIf(({_WHAT}) IN (SELECT {_WHAT} FROM case_events WHERE {_OTHERS})
        AND ({_EXACTLY}) NOT IN (SELECT {_EXACTLY} FROM case_events WHERE {_OTHERS})) AS twice
FROM %s
WHERE cityHash64(case_id) % {{parts:UInt64}} = 0
"""
_FROM = f"""
SELECT source, any(file) AS file, count() AS events
FROM case_events
LEFT JOIN (SELECT id AS source, file FROM imports FINAL WHERE process = {{process:String}}) AS known USING (source)
WHERE {_OTHERS} AND ({_WHAT}) IN (SELECT {_WHAT} FROM %s)
GROUP BY source
ORDER BY events DESC, source
LIMIT 1
"""


def note(database: Database, table: str, entry: Entry, events: int) -> str:
    """What to tell about the staged events of an import that repeat others, with the next step; empty where none do."""
    bound = {"process": entry.process, "source": entry.id, "parts": 1 + events // LOOKED_AT}
    there = database.query(f"SELECT 1 FROM case_events WHERE {_OTHERS} LIMIT 1", {**bound, "parts": 1}).rows
    if not there:
        return ""
    compared, twice = database.query(_TWICE.replace("%s", table), bound).rows[0]
    if not twice:
        return ""
    found = database.query(_FROM.replace("%s", table), bound).rows
    source, file, _ = found[0] if found else ("", "", 0)
    earlier = f"import {source} ({file})" if file else "events that are there already"
    return (
        f"{twice:,} of {compared:,} events{' compared' if compared < events else ''} repeat the case, activity and time of"
        f" {earlier}: they count twice now. If this is a newer export of the same log: exos forget"
        f" {source if file else entry.id}, otherwise leave both. This import is undone with: exos forget {entry.id}."
    )
