"""Undoes imports: removes the events of one, or a whole process, and brings `cases` up to date.

The ledger says `forgetting` before the first row goes and `forgotten` after the last case is current: killed in between, it is
asked for again and goes on.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from exos.errors import BadRequest, NotFound
from exos.ingest.eventlog import ledger
from exos.store import cases
from exos.store.database import Database

_TELL = """
INSERT INTO case_changes SELECT now64(6, 'UTC'), process, case_id FROM case_events
WHERE process = {process:String} AND source = {source:String} GROUP BY process, case_id
"""
_NOW = "SETTINGS mutations_sync = 2, lightweight_deletes_sync = 2, allow_nondeterministic_mutations = 1"
_EMPTIED = "case_id NOT IN (SELECT case_id FROM case_events WHERE process = {process:String})"
_HELD = """
SELECT (SELECT count() FROM case_events FINAL WHERE process = {process:String}) AS events,
       (SELECT count() FROM cases FINAL WHERE process = {process:String}) AS cases
"""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was removed. `incomplete` are other imports that had brought some of these events too: of equal events one is kept,
    and it went with this import. Importing their files again brings these back.
    """

    process: str
    imports: list[str]
    events: int
    cases: int
    incomplete: list[dict[str, Any]]

    def as_dict(self) -> dict[str, Any]:
        """For the command line and the API."""
        return asdict(self)


def forget_import(database: Database, identity: str) -> Forgotten:
    """Remove the events of one import. Raises NotFound when there is none of that id, BadRequest while it goes on."""
    known = [one for one in ledger.listed(database) if one["id"] == identity]
    if not known:
        raise NotFound(f"There is no import {identity!r}.", "`exos imports` lists them.")
    if known[0]["state"] == "running":
        raise BadRequest(f"The import {identity} goes on.", "Wait for it to end.")
    process = str(known[0]["process"])
    bound = {"process": process, "source": identity}
    with database.writing():
        before = _held(database, process)
        ledger.mark(database, process, [identity], ledger.FORGETTING)
        database.command(_TELL, bound)
        database.command(
            f"DELETE FROM case_events WHERE process = {{process:String}} AND source = {{source:String}} {_NOW}", bound
        )
        _drop_cases(database, process, f" AND {_EMPTIED}")
        cases.refresh(database)
        incomplete = _incomplete(database, process, identity)
        ledger.mark(database, process, [str(one["id"]) for one in incomplete], ledger.INCOMPLETE)
        ledger.mark(database, process, [identity], ledger.FORGOTTEN)
        after = _held(database, process)
    return Forgotten(process, [identity], before[0] - after[0], before[1] - after[1], incomplete)


def forget_process(database: Database, process: str) -> Forgotten:
    """Remove every event of a process, imported or not. Raises NotFound when there is no such process."""
    with database.writing():
        before = _held(database, process)
        ids = [str(one["id"]) for one in ledger.listed(database, process)] if process else []
        if before == (0, 0) and not ids:
            raise NotFound(f"There is no process {process!r}.", "`exos imports` lists what was imported.")
        ledger.mark(database, process, ids, ledger.FORGETTING)
        database.command(f"DELETE FROM case_events WHERE process = {{process:String}} {_NOW}", {"process": process})
        _drop_cases(database, process, "")
        ledger.mark(database, process, ids, ledger.FORGOTTEN)
    return Forgotten(process, ids, before[0], before[1], [])


def _held(database: Database, process: str) -> tuple[int, int]:
    """Events and cases of a process."""
    events, held = database.query(_HELD, {"process": process}).rows[0]
    return int(events), int(held)


def _drop_cases(database: Database, process: str, which: str) -> None:
    database.command(f"DELETE FROM cases WHERE process = {{process:String}}{which} {_NOW}", {"process": process})


def _incomplete(database: Database, process: str, forgotten: str) -> list[dict[str, Any]]:
    """Other imports of the process with fewer events left than they brought."""
    left = dict(
        database.query(
            "SELECT source, count() FROM case_events FINAL WHERE process = {process:String} GROUP BY source",
            {"process": process},
        ).rows
    )
    return [
        {"id": one["id"], "file": one["file"], "missing": one["events"] - left.get(one["id"], 0)}
        for one in ledger.listed(database, process)
        if one["id"] != forgotten and one["state"] == ledger.COMPLETE and left.get(one["id"], 0) < one["events"]
    ]
