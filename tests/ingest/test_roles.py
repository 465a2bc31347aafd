"""Which column plays which role."""

from __future__ import annotations

from typing import Any

import pytest

from exos.errors import BadFile
from exos.ingest.eventlog.format import Report
from exos.ingest.eventlog.options import Options
from exos.ingest.eventlog.roles import assign

GUESSES = {
    "case:concept:name,concept:name,time:timestamp": "case:concept:name,concept:name,time:timestamp",
    "Case ID,Activity,Complete Timestamp": "Case ID,Activity,Complete Timestamp",
    "CASE_ID;EVENT;TIME": "CASE_ID,EVENT,TIME",
    "caseid,task,end_time": "caseid,task,end_time",
    "order_id,step,ts": "order_id,step,ts",
    "Case,Activity Name,Date": "Case,Activity Name,Date",
    "concept:name,time:timestamp,case_id": "case_id,concept:name,time:timestamp",
}


def roles(columns: str, **options: Any) -> dict[str, str]:
    return assign(columns.replace(";", ",").split(","), Options(process="test", **options), Report(), "log.csv")


@pytest.mark.parametrize("columns", GUESSES)
def test_case_activity_and_time_are_found(columns: str) -> None:
    found = roles(columns)
    assert [found["case"], found["activity"], found["timestamp"]] == GUESSES[columns].split(",")


def test_the_other_roles_are_found() -> None:
    found = roles(
        "case:concept:name,concept:name,time:timestamp,start_timestamp,org:resource,lifecycle:transition,cost:total,session_id"
    )
    assert found["start"] == "start_timestamp"
    assert (found["resource"], found["lifecycle"], found["cost"], found["session"]) == (
        "org:resource",
        "lifecycle:transition",
        "cost:total",
        "session_id",
    )


def test_start_and_end_are_told_apart() -> None:
    found = roles("case_id,activity,start_time,end_time,resource")
    assert (found["start"], found["timestamp"]) == ("start_time", "end_time")


def test_a_single_time_that_is_called_a_start_is_the_time() -> None:
    found = roles("case_id,activity,start_time")
    assert found["timestamp"] == "start_time"
    assert "start" not in found


def test_standard_keys_go_before_usual_names() -> None:
    assert roles("activity,concept:name,case,time:timestamp")["activity"] == "concept:name"


def test_what_is_said_wins_and_is_not_taken_for_anything_else() -> None:
    found = roles("case_id,activity,timestamp,user", case="user", timestamp="timestamp")
    assert found["case"] == "user"
    assert "resource" not in found
    assert roles("Case_ID,Activity,Timestamp", case="case_id")["case"] == "Case_ID"


def test_guesses_are_reported() -> None:
    report = Report()
    assign(["case", "concept:name", "when"], Options(process="test", timestamp="when"), report, "log.csv")
    assert {role: found.how for role, found in report.roles.items()} == {
        "case": "by its name",
        "activity": "standard key",
        "timestamp": "as given",
    }


def test_an_unknown_column_is_refused_with_a_list() -> None:
    with pytest.raises(BadFile, match=r"no column 'when' for the timestamp\. Its columns are: case, activity, time\."):
        roles("case,activity,time", timestamp="when")


@pytest.mark.parametrize(
    ("columns", "role"), [("case,activity,x", "timestamp"), ("case,x,time", "activity"), ("x,activity,time", "case")]
)
def test_a_missing_column_is_named_with_what_to_pass(columns: str, role: str) -> None:
    with pytest.raises(
        BadFile, match=f"has no {role} column. Its columns are: {', '.join(columns.split(','))}"
    ) as refused:
        roles(columns)
    assert f"--{role} COLUMN" in refused.value.hint


def test_long_lists_of_columns_are_shortened() -> None:
    with pytest.raises(BadFile, match="and 40 more"):
        roles(",".join(f"c{place}" for place in range(100)))
