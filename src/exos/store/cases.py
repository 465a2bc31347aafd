"""Keeps `cases` current: rebuilds the row of every case whose events changed.

`case_changes` says which those are. Inserts bear the time at which they began and become visible when they are done, so one may
appear behind others that were worked off already. Therefore a refresh writes down which inserts it has seen, and the next
one looks at all of the last minute that nobody has seen. Rebuilding a case twice gives the same row, so a refresh may be
killed or run again at any time.
"""

from __future__ import annotations

from exos.store.database import Database

OVERLAP_SECONDS = 60
"""How long an insert may take from its beginning until it is visible."""

_PENDING = """
WITH (SELECT greatest(max(upto), toDateTime64('1970-01-02', 6, 'UTC')) - toIntervalSecond({overlap:UInt32})
      FROM case_refreshes) AS horizon
SELECT {batch:UInt64} AS batch, changed_at, count() AS changes
FROM case_changes
WHERE changed_at > horizon
GROUP BY changed_at
HAVING (changed_at, changes) NOT IN (
    SELECT changed_at, changes
    FROM case_batches
    WHERE changed_at > horizon AND batch IN (SELECT batch FROM case_refreshes WHERE upto > horizon)
)
"""
_SEE = f"INSERT INTO case_batches (batch, changed_at, changes) {_PENDING}"
_CHANGED = """
    SELECT process, case_id FROM case_changes
    WHERE changed_at IN (SELECT changed_at FROM case_batches WHERE batch = {batch:UInt64})
"""
# The count of `cases` costs nothing; with it, at worst twice as many cases are rebuilt as needed.
_EVERYTHING = f"SELECT uniq(process, case_id) >= 0.9 * (SELECT count() FROM cases) AS everything FROM ({_CHANGED})"
_RECORD = """
INSERT INTO case_refreshes (upto, cases, batch)
SELECT greatest(max(changed_at), (SELECT max(upto) FROM case_refreshes)), sum(changes), {batch:UInt64}
FROM case_batches
WHERE batch = {batch:UInt64}
"""

# `case_events` is ordered by process and case, so the aggregation streams in key order; blocks are kept small,
# because a row of `cases` is wide. Where every case is rebuilt no condition says so: looking 7.4 M events up in a set of
# 740,000 cases costs a third of the whole and 60 MiB, and both grow with the log. Measured on those, 2 cores: 10 s of CPU and
# 0.26 GiB; with the condition and blocks of twice as many rows 13 s and 0.54 GiB. Idle time is the sum of the gaps unless
# activities overlap; only then the latest completion so far is worked out, which costs a quarter of the whole where it is
# done for every case.
_OF_CHANGED = f"WHERE (process, case_id) IN ({_CHANGED})"
_REBUILD = """
INSERT INTO cases (process, case_id, start_time, end_time, events, activities, start_times, end_times, resources, edges,
                   gaps, idle, variant, attributes, version)
WITH
    arraySort(groupArray((start_time, end_time, sequence, event_id, activity, resource))) AS lived,
    lived.1 AS starts,
    lived.2 AS ends,
    lived.5 AS names,
    arrayMap(
        (left, entered) -> toUInt64(greatest(0, toUnixTimestamp64Micro(entered) - toUnixTimestamp64Micro(left))),
        arrayPopBack(ends), arrayPopFront(starts)) AS waits,
    arrayReduceInRanges('max', arrayMap(place -> (1, place), arrayEnumerate(ends)), ends) AS latest,
    groupArrayIf((start_time, sequence, case_attributes), notEmpty(case_attributes)) AS said
SELECT
    process,
    case_id,
    starts[1],
    arrayMax(ends),
    length(names),
    names,
    starts,
    ends,
    lived.6,
    arrayMap((a, b) -> cityHash64(a, b), arrayPopBack(names), arrayPopFront(names)),
    waits,
    if(arraySort(ends) = ends, arraySum(waits), arraySum(
        (left, entered) -> toUInt64(greatest(0, toUnixTimestamp64Micro(entered) - toUnixTimestamp64Micro(left))),
        arrayPopBack(latest), arrayPopFront(starts))),
    cityHash64(names),
    arrayFold((known, one) -> mapUpdate(known, CAST(one.3, 'Map(String, String)')), arraySort(one -> (one.1, one.2), said),
              CAST(map(), 'Map(String, String)')),
    {batch:UInt64}
FROM case_events FINAL
%s
GROUP BY process, case_id
SETTINGS short_circuit_function_evaluation = 'force_enable',
         optimize_aggregation_in_order = 1, max_threads = 2, max_block_size = 8192, max_insert_block_size = 16384,
         min_insert_block_size_rows = 16384, min_insert_block_size_bytes = 33554432
"""


def refresh(database: Database) -> int:
    """Rebuild the cases that changed since the last refresh; the number of changes worked off (0: nothing to do)."""
    with database.writing():
        batch = {"batch": _now(database), "overlap": OVERLAP_SECONDS}
        if not database.query(f"SELECT count() AS pending FROM ({_PENDING})", batch).rows[0][0]:
            return 0
        database.command(_SEE, batch)
        everything = database.query(_EVERYTHING, batch).rows[0][0]
        database.command(_REBUILD % ("" if everything else _OF_CHANGED), batch)
        database.command(_RECORD, batch)
        changes = database.query("SELECT sum(changes) AS n FROM case_batches WHERE batch = {batch:UInt64}", batch)
        return int(changes.rows[0][0])


def settle(database: Database) -> None:
    """Merge `cases` so that reading the newest version of each costs nothing extra. Worth it after a large import."""
    with database.writing():
        database.command("OPTIMIZE TABLE cases FINAL")


def _now(database: Database) -> int:
    """Microseconds since 1970, by the engine's clock."""
    return int(database.query("SELECT toUnixTimestamp64Micro(now64(6)) AS now").rows[0][0])
