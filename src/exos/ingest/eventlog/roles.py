"""Which column plays which role: by what the caller says, else by the standard keys and the usual names."""

from __future__ import annotations

import re
from collections.abc import Sequence

from exos.errors import BadFile
from exos.ingest.eventlog.format import Report, Role
from exos.ingest.eventlog.options import Options

STANDARD = {
    "case": "case:concept:name",
    "activity": "concept:name",
    "timestamp": "time:timestamp",
    "start": "start_timestamp",
    "resource": "org:resource",
    "lifecycle": "lifecycle:transition",
    "cost": "cost:total",
    "session": "session_id",
    "trace": "trace_id",
    "span": "span_id",
}
"""The keys of the XES standard and of what exports XES to tables."""

USUAL: dict[str, tuple[str, ...]] = {
    "case": (
        "case", "caseid", "casename", "casekey", "casenumber", "caseno", "caseidentifier", "traceconceptname", "processinstance",
        "processinstanceid", "instanceid", "exoscaseid", "orderid", "ordernumber", "ticketid", "incidentid", "applicationid",
        "loanid", "claimid",
    ),
    "activity": (
        "activity", "activityname", "activityid", "activitylabel", "event", "eventname", "eventtype", "task", "taskname", "step",
        "stepname", "action", "conceptname", "exosactivity", "operation",
    ),
    "timestamp": (
        "timestamp", "timetimestamp", "completetimestamp", "completiontimestamp", "endtimestamp", "endtime", "timeend",
        "completetime", "completiontime", "finishtime", "finishtimestamp", "end", "enddate", "completed", "completedat",
        "eventtime", "eventtimestamp", "eventdatetime", "datetime", "time", "date", "occurredat", "createdat", "ts",
    ),
    "start": (
        "starttimestamp", "starttime", "timestart", "begintime", "begintimestamp", "start", "startdate", "started", "startedat",
        "begin",
    ),
    "resource": (
        "resource", "orgresource", "resourceid", "resourcename", "user", "userid", "username", "operator", "agent", "employee",
        "assignee", "performer", "worker", "exosresource", "enduserid",
    ),
    "lifecycle": ("lifecycletransition", "lifecycle", "transition", "lifecyclestate", "exoslifecycle"),
    "cost": ("costtotal", "cost", "costs", "totalcost", "exoscost"),
    "session": ("sessionid", "rumsessionid", "session"),
    "trace": ("traceid",),
    "span": ("spanid",),
}  # fmt: skip
"""Names as they are met, in the order of preference, without case and punctuation."""

NAMED = ("case", "activity", "timestamp", "start", "resource", "lifecycle", "cost")
_HINT = {
    "case": "Name the column that tells cases apart: --case COLUMN.",
    "activity": "Name the column that says what was done: --activity COLUMN.",
    "timestamp": "Name the column with the time: --timestamp COLUMN.",
}


def assign(columns: Sequence[str], options: Options, report: Report, source: str) -> dict[str, str]:
    """Role → column for a table. Case, activity and timestamp are always among them.

    Raises BadFile when a named column does not exist, or one of these three is not found; both list the columns.
    """
    roles: dict[str, Role] = {}
    for role in NAMED:
        if wanted := options.column(role):
            roles[role] = _named(role, wanted, columns, source)
    for role in STANDARD:
        if role not in roles and (found := _guess(role, columns, {taken.column for taken in roles.values()})):
            roles[role] = found
    _one_time_is_completion(roles, options)
    for role, hint in _HINT.items():
        if role not in roles:
            raise BadFile(f"{source} has no {role} column. Its columns are: {listed(columns)}.", hint)
    report.roles = roles
    return {role: found.column for role, found in roles.items()}


def listed(columns: Sequence[str]) -> str:
    """Column names for a message."""
    shown = ", ".join(columns[:60])
    return shown + (f" and {len(columns) - 60} more" if len(columns) > 60 else "")


def bare(name: str) -> str:
    """A name without case, spaces and punctuation."""
    return re.sub(r"[\W_]+", "", name.lower())


def _named(role: str, wanted: str, columns: Sequence[str], source: str) -> Role:
    if wanted in columns:
        return Role(wanted, "as given")
    similar = [column for column in columns if column.lower() == wanted.lower()]
    if len(similar) == 1:
        return Role(similar[0], "as given")
    raise BadFile(
        f"{source} has no column {wanted!r} for the {role}. Its columns are: {listed(columns)}.",
        "Name one of these columns.",
    )


def _guess(role: str, columns: Sequence[str], taken: set[str]) -> Role | None:
    free = [column for column in columns if column not in taken]
    if STANDARD[role] in free:
        return Role(STANDARD[role], "standard key")
    names = {
        bare(column): column for column in reversed(free) if not column.lower().startswith("case:") or role == "case"
    }
    for usual in USUAL[role]:
        if usual in names:
            return Role(names[usual], "by its name")
    return None


def _one_time_is_completion(roles: dict[str, Role], options: Options) -> None:
    """A log whose only time is called a start still has one time per event."""
    if "timestamp" not in roles and "start" in roles and not options.start:
        roles["timestamp"] = roles.pop("start")
