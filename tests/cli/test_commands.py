"""The command line as a program: exit codes, formats, and the way through a running server."""

from __future__ import annotations

import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from exos.cli.output import as_parquet
from exos.types import Column, Result

LOG = "case_id,activity,timestamp\n1,a,2026-03-01T10:00:00Z\n1,b,2026-03-01T11:00:00Z\n2,a,2026-03-01T12:00:00Z\n"


def exos(home: Path, *arguments: str | bytes) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "EXOS_HOME": str(home), "EXOS_MEMORY_LIMIT": "1024", "COLUMNS": "200"}
    return subprocess.run(
        [sys.executable, "-m", "exos", *arguments], capture_output=True, text=True, timeout=60, env=environ, check=False,
        cwd=home,
    )  # fmt: skip


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one small process."""
    home = tmp_path_factory.mktemp("cli")
    (home / "log.csv").write_text(LOG)
    done = exos(home, "import", str(home / "log.csv"), "--process", "small")
    assert done.returncode == 0, done.stderr
    assert "3 events, 2 cases, 2 activities" in done.stdout
    return home


@pytest.mark.timeout(60)
def test_formats(loaded: Path) -> None:
    table = exos(loaded, "run", "process/dfg", "-p", "process=small")
    assert "1 h" in table.stdout
    assert "1 rows" in table.stdout
    body = json.loads(exos(loaded, "run", "process/dfg", "-p", "process=small", "--format", "json").stdout)
    assert body["rows"][0][:5] == ["a", "b", 1, 1, 3600]
    csv = exos(loaded, "run", "process/dfg", "-p", "process=small", "--format", "csv").stdout
    assert csv.splitlines()[:2] == [
        "source,target,frequency,case_frequency,mean_seconds,median_seconds,p95_seconds,total_seconds",
        "a,b,1,1,3600,3600,3600,3600",
    ]
    sql = exos(loaded, "run", "process/dfg", "-p", "process=small", "--format", "sql").stdout
    assert "{process:String}" in sql


@pytest.mark.timeout(60)
def test_parquet_keeps_nanoseconds() -> None:
    import pyarrow.parquet

    moment = "2026-11-26T12:41:09.144000001Z"
    result = Result.of(
        (Column("at", "DateTime64(9, 'UTC')"), Column("seen", "DateTime64(6, 'UTC')")), [[moment, moment[:26] + "Z"]]
    )
    table = pyarrow.parquet.read_table(io.BytesIO(as_parquet(result)))
    assert [str(field.type) for field in table.schema] == ["timestamp[ns, tz=UTC]", "timestamp[us, tz=UTC]"]
    assert table.column("at")[0].value % 1000 == 1


@pytest.mark.timeout(60)
def test_numbers_without_end_are_no_nulls(loaded: Path) -> None:
    import pyarrow.parquet

    sql = "SELECT 1 / 0 AS a, -1 / 0 AS b, 0 / 0 AS c, NULL AS d, [1 / 0, 0.5, NULL] AS e, 0.25 AS f"
    names, row = exos(loaded, "sql", sql).stdout.splitlines()[:2]
    assert row.split() == ["inf", "-inf", "nan", "–", "inf,", "0.5,", "–", "0.25"]
    assert names.split() == list("abcdef")
    assert (
        exos(loaded, "sql", sql, "--format", "csv").stdout.splitlines()[1] == 'inf,-inf,nan,,"[""inf"",0.5,null]",0.25'
    )
    columns = (Column("a", "Float64"), Column("e", "Array(Nullable(Float64))"))
    table = pyarrow.parquet.read_table(io.BytesIO(as_parquet(Result.of(columns, [["inf", ["-inf", 0.5, None]]]))))
    assert table.to_pylist() == [{"a": float("inf"), "e": [float("-inf"), 0.5, None]}]


def test_parquet(loaded: Path) -> None:
    import io

    import pyarrow.parquet

    environ = {**os.environ, "EXOS_HOME": str(loaded)}
    done = subprocess.run(
        [sys.executable, "-m", "exos", "run", "process/cases", "-p", "process=small", "--format", "parquet"],
        capture_output=True, timeout=60, env=environ, check=True,
    )  # fmt: skip
    table = pyarrow.parquet.read_table(io.BytesIO(done.stdout))
    assert table.column("case_id").to_pylist() == ["1", "2"]
    assert str(table.schema.field("start").type) == "timestamp[us, tz=UTC]"


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["run", "process/dfg"], 2, "'process' is missing"),
        (["run", "process/dfg", "-p", "process=small", "-p", "top=3"], 2, "no parameter 'top'"),
        (["run", "process/dfg", "-p", "process=small", "-p", "limit=many"], 2, "limit is 'many'"),
        (["run", "process/dfg", "-p", "process=nope"], 1, "Known are: small"),
        (["run", "process/dgf"], 2, "no analysis"),
        (["sql", "SELECT {a:UInt8}", "-p", "a=300"], 2, "holds 0 to 255"),
        (["sql", "SELECT {a:String}", "-p", b"a=\xff"], 2, "not valid Unicode"),
        (["import", "x.csv", "--process", ""], 2, "no process name"),
        (["import", "x.csv", "--process", "a\nb"], 2, "control character"),
        (["import", "x.csv", "--process", "p", "--delimiter", "ab"], 2, "is not one character"),
        (["import", "log.csv", "--process", "p", "--format", "docx"], 2, "no format"),
        (["demo", "--scale", "vast", "--no-serve"], 2, "no scale"),
        (["serve", "--port", "99999"], 2, "EXOS_PORT is 99999"),
        (["forget"], 2, "Either an import or a process"),
        (["forget", "0123456789abcdef", "--yes"], 1, "no import"),
        (["run", "process/dfg", "-p", "process"], 2, "not name=value"),
        (["run", "process/dfg", "--format", "xml"], 2, "not one of"),
        (["sql", "SELEC 1"], 1, "Did you mean SELECT? Free SQL is one SELECT"),
        (["sql", "how many cases are there?"], 1, "begins with SELECT, WITH or FROM, and this one with HOW"),
        (["sql", "SELECT file('/etc/passwd')"], 1, "error:"),
        (["import", "/nowhere/log.xes", "--process", "p"], 1, "error:"),
        (["nonsense"], 2, "No such command"),
        (["demo", "--home", "elsewhere"], 2, "put it before `demo`"),
        (["key", "list", "--database=chdb:///elsewhere"], 2, "put it before `key`"),
        (["sql", "SELECT 1", "--hom", "elsewhere"], 2, "No such option"),
        (["list", "nothing"], 2, "no area"),
    ],
)
def test_failures_are_one_line_and_a_next_step(
    loaded: Path, arguments: list[str | bytes], code: int, says: str
) -> None:
    done = exos(loaded, *arguments)
    assert done.returncode == code
    assert says in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.timeout(60)
def test_a_cut_answer_is_noted(loaded: Path) -> None:
    done = exos(loaded, "sql", "SELECT number FROM numbers(10001)", "--format", "csv")
    assert len(done.stdout.splitlines()) == 10_001
    assert done.stderr == "note: cut at 10,000 rows: raise EXOS_SQL_ROWS or narrow the query\n"
    assert exos(loaded, "sql", "SELECT number FROM numbers(10000)", "--format", "csv").stderr == ""


@pytest.mark.timeout(60)
def test_list_and_doctor(loaded: Path) -> None:
    listed = exos(loaded, "list", "process").stdout
    assert "process/dfg" in listed
    told = exos(loaded, "doctor").stdout
    for check in (
        "journal    nothing waits",
        "database",
        "version    ClickHouse",
        "storage",
        "parts",
        "telemetry  otel_traces",
    ):
        assert f"ok   {check}" in told
    assert exos(loaded, "migrate").stdout == "The schema is current.\n"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def served(loaded: Path) -> Iterator[str]:
    port = _free_port()
    environ = {**os.environ, "EXOS_HOME": str(loaded), "EXOS_MEMORY_LIMIT": "1024"}
    server = subprocess.Popen([sys.executable, "-m", "exos", "serve", "--port", str(port)], env=environ)
    url = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                urllib.request.urlopen(f"{url}/readyz", timeout=1).read()
                break
            except OSError:
                time.sleep(0.1)
        yield url
    finally:
        server.send_signal(signal.SIGTERM)
        assert server.wait(15) == 0


@pytest.mark.timeout(120)
def test_through_a_running_server(served: str, loaded: Path) -> None:
    """While a server owns the folder, the other commands ask it."""
    with urllib.request.urlopen(
        urllib.request.Request(
            f"{served}/api/playbook/process/dfg/run",
            data=b'{"params": {"process": "small"}}',
            headers={"Content-Type": "application/json"},
        )
    ) as answer:
        api = json.loads(answer.read())
    body = json.loads(exos(loaded, "run", "process/dfg", "-p", "process=small", "--format", "json").stdout)
    assert (body["rows"], body["columns"]) == (api["rows"], api["columns"])
    assert json.loads(exos(loaded, "sql", "SELECT 1 AS one", "--format", "json").stdout)["rows"] == [[1]]
    (loaded / "more.csv").write_text(LOG.replace("\n1,", "\n7,"))
    done = exos(loaded, "import", str(loaded / "more.csv"), "--process", "more")
    assert "3 events, 2 cases" in done.stdout, done.stderr
    again = exos(loaded, "import", str(loaded / "more.csv"), "--process", "more")
    assert "nothing changed" in again.stdout
    line = next(row for row in exos(loaded, "imports").stdout.splitlines() if "more.csv" in row)
    assert "complete" in line
    assert "Removed 3 events and 2 cases" in exos(loaded, "forget", line.split()[0], "--yes").stdout
    assert "more.csv" not in exos(loaded, "imports").stdout
    unknown = exos(loaded, "run", "process/dgf")
    assert (unknown.returncode, "no analysis" in unknown.stderr) == (2, True)
    refused = exos(loaded, "sql", "SELECT file('/etc/passwd')")
    assert refused.returncode == 1
    assert "root:" not in refused.stdout + refused.stderr
    assert "serves it at" in exos(loaded, "doctor").stdout
    busy = exos(loaded, "migrate")
    assert busy.returncode == 1
    assert f"Ask it at {served}" in busy.stderr
