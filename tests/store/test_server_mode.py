"""What is different on a server: its users, their bounds, its clock, and what the doctor says about them."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import urlsplit

import pyarrow as pa
import pytest

from clickhouse_server import PASSWORD, READER, SOURCE, serve
from exos.errors import BadSettings, ExosError, LockedOut, QueryRefused, QueryTimeout, Unavailable
from exos.settings import Settings
from exos.store import checks, remote
from exos.store import migrate as schema
from exos.store.database import Database, Limits
from exos.store.failures import translate
from exos.store.migrate import migrate
from exos.store.permitted import Permitted

pytestmark = pytest.mark.embedded("it starts a server of its own")


@pytest.fixture(scope="module")
def dsn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serve(tmp_path_factory.mktemp("mode")) as dsn:
        yield dsn


def chosen(dsn: str, **more: Any) -> Settings:
    return Settings.load({}, home="/nowhere", database=dsn, memory_limit=1024, **more)


@pytest.fixture(scope="module", params=["one user", "a reader of its own"])
def served(dsn: str, request: pytest.FixtureRequest) -> Iterator[Database]:
    settings = chosen(dsn, database_reader=READER if "reader" in request.param else None)
    with Database.open(settings) as opened:
        migrate(opened, settings)
        yield opened


def test_reads_cannot_write(served: Database) -> None:
    for statement in (
        "INSERT INTO cases (process) VALUES ('x')",
        "DROP TABLE cases",
        "CREATE TABLE x (a Int8) ENGINE = Memory",
    ):
        with pytest.raises(QueryRefused):
            served.query(statement)
    served.command("CREATE TABLE IF NOT EXISTS written (a Int64) ENGINE = MergeTree ORDER BY a")
    assert served.append("written", pa.table({"a": [1]}).to_batches()) == 1
    assert served.query("SELECT count() > 0 AS there FROM written").rows == [[1]]


def test_limits_and_time_zone_hold(served: Database) -> None:
    with pytest.raises(QueryTimeout):
        served.query("SELECT count() FROM numbers(100000000000) WHERE sin(number) > 2", limits=Limits(0.3, 10, 10**9))
    asked = "SELECT getSetting('session_timezone') AS zone, getSetting('max_result_rows') AS rows"
    assert served.query(asked, limits=Limits(5, 77, 10**9)).rows == [["UTC", 77]]


class Breaking:
    """A line to the server that can break after a request has been passed on and before its answer comes back."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.breaks = 0
        self.broken = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._port))
                threading.Thread(target=self._pass, args=(near, far, False), daemon=True).start()
                threading.Thread(target=self._pass, args=(far, near, True), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, answering: bool) -> None:
        with suppress(OSError), source, target:
            while data := source.recv(65_536):
                if answering and self.breaks:
                    self.breaks -= 1
                    self.broken += 1
                    break
                target.sendall(data)
            for end in (source, target):
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._listener.close()


def test_reads_are_tried_again_and_writes_are_not(dsn: str) -> None:
    line = Breaking(urlsplit(dsn).port or 0)
    try:
        with Database.open(chosen(f"{dsn.rpartition(':')[0]}:{line.port}/exos")) as database:
            database.command("CREATE TABLE IF NOT EXISTS once (a Int64) ENGINE = MergeTree ORDER BY a")
            line.breaks = 1
            assert database.query("SELECT 1 AS one").rows == [[1]]
            assert (line.breaks, line.broken) == (0, 1)
            line.breaks = 1
            with pytest.raises(Unavailable, match="cannot be reached"):
                database.insert("once", pa.table({"a": [1]}))
            line.breaks = 1
            with pytest.raises(Unavailable, match="cannot be reached"):
                database.command("INSERT INTO once SELECT 2 AS a")
            assert (line.breaks, line.broken) == (0, 3)
            rows = database.query("SELECT a, count() AS times FROM once GROUP BY a ORDER BY a").rows
            assert rows == [[1, 1], [2, 1]]
    finally:
        line.close()


def test_a_cloud_service_that_sleeps_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []

    def asleep(settings: Settings, user: str, password: str) -> str:
        tried.append(f"{user}:{password}")
        if len(tried) < 3:
            raise Unavailable("ClickHouse cannot be reached: timed out")
        return "client"

    monkeypatch.setattr(remote, "_client", asleep)
    monkeypatch.setattr("exos.store.remote.time.sleep", lambda _: None)
    cloud = chosen("clickhouses://ann:a%40b@x.eu.aws.clickhouse.cloud/exos")
    assert str(remote._awake(cloud)) == "client"
    assert tried == ["ann:a@b"] * 3
    tried.clear()
    with pytest.raises(Unavailable):
        remote._awake(chosen("clickhouses://ann:b@clickhouse.example.com/exos"))
    assert len(tried) == 1


@pytest.mark.parametrize("user", ["exos:wrong", f"nobody:{PASSWORD.replace(' ', '%20')}"])
def test_a_wrong_password(dsn: str, user: str) -> None:
    with pytest.raises(LockedOut, match="does not let EXOS in") as raised:
        Database.open(chosen(f"clickhouse://{user}@{dsn.rpartition('@')[2]}"))
    assert "EXOS_DATABASE" in raised.value.hint
    assert "127.0.0.1" not in raised.value.message


def test_the_embedded_engine_alone_has_sessions(served: Database) -> None:
    with pytest.raises(BadSettings, match="embedded"):
        served.session()


def theirs(table: str) -> str:
    """The statement that makes a table of ClickStack's, with a column that only its owner has."""
    script = (Path(schema.__file__).parent / "schema" / "011_clickstack_metrics.sql").read_text()
    words = {"telemetry": "clickstack", "on_cluster": "", "replicated": "", "ttl": "toIntervalDay(30)"}
    made = next(one for one in schema.statements(Template(script).substitute(words)) if f".{table} " in one)
    return made.replace("(", "(`theirs` Int8, ", 1)


def test_tables_of_a_clickstack_are_left_as_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serve(tmp_path, EXOS_TELEMETRY_DATABASE="clickstack") as dsn:
        settings = chosen(dsn, telemetry_database="clickstack")
        with Database.open(settings) as database:
            database.command("CREATE DATABASE clickstack")
            database.command(theirs("otel_metrics_sum"))
            sent: list[str] = []
            command = database.command

            def recording(sql: str, params: Any = None) -> None:
                sent.append(sql)
                command(sql, params)

            monkeypatch.setattr(database, "command", recording)
            migrate(database, settings)
            made = [statement for statement in sent if "CREATE TABLE IF NOT EXISTS `clickstack`." in statement]
            assert any("otel_traces" in statement for statement in made)
            assert not any(".otel_metrics_sum " in statement for statement in made)
            assert not any("DATABASE" in statement for statement in sent)
            assert "otel_traces 0 rows" in dict(checks.checks(database))["telemetry"]()


ROWS = [
    ("readonly", "0", None, None, 0),
    ("max_execution_time", "0", None, "20", 0),
    ("max_result_rows", "0", "10", None, 0),
    ("session_timezone", "", None, None, 0),
    ("max_memory_usage", "5", None, None, 1),
]


def test_what_is_sent_is_what_the_user_may_set() -> None:
    permitted = Permitted(ROWS, "ann")
    wanted = {
        "max_execution_time": "60.0",
        "max_result_rows": 5,
        "session_timezone": "UTC",
        "max_memory_usage": 10,
        "made_up_later": 1,
    }
    assert permitted.fit(wanted) == {"max_execution_time": "20", "max_result_rows": "10", "session_timezone": "UTC"}
    assert permitted.fit({"max_execution_time": 0}) == {"max_execution_time": "20"}
    assert permitted.fit({"max_execution_time": 5}) == {"max_execution_time": 5}


@pytest.mark.parametrize(
    ("value", "fixed", "sent"), [("0", 0, {"readonly": 1}), ("0", 1, {}), ("2", 0, {}), ("2", 1, {})]
)
def test_readonly_is_sent_where_it_can_be(value: str, fixed: int, sent: dict[str, int]) -> None:
    assert Permitted([("readonly", value, None, None, fixed)], "ann").reading == sent


def test_a_user_that_can_set_nothing_is_told() -> None:
    with pytest.raises(BadSettings, match="readonly = 1") as raised:
        Permitted([("readonly", "1", None, None, 1)], "ann")
    assert "readonly = 2" in raised.value.hint


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ("Code: 516. DB::Exception: Authentication failed (AUTHENTICATION_FAILED)", LockedOut),
        ("Code: 202. DB::Exception: Too many simultaneous queries (TOO_MANY_SIMULTANEOUS_QUERIES)", Unavailable),
        ("Code: 252. DB::Exception: Too many parts (TOO_MANY_PARTS)", Unavailable),
        ("Code: 452. DB::Exception: Setting x should not be changed (SETTING_CONSTRAINT_VIOLATION)", QueryRefused),
    ],
)
def test_errors_of_servers(said: str, error: type[ExosError]) -> None:
    assert type(translate(RuntimeError(said))) is error


def said(found: list[checks.Check]) -> dict[str, str]:
    return {name: check() for name, check in found}


def test_the_doctor_s_checks(served: Database) -> None:
    told = said(checks.checks(served))
    assert list(told) == ["version", "rights", "clock", "replicas", "storage", "parts", "telemetry"]
    assert told["rights"] == "exos may do what is needed in exos"
    assert "otel_traces 0 rows" in told["telemetry"]


def test_the_doctor_finds_what_is_wrong(dsn: str, served: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    found = dict(checks.checks(served))
    monkeypatch.setattr(checks, "OLDEST", (99, 1))
    with pytest.raises(ExosError, match="too old"):
        found["version"]()
    monkeypatch.setattr("exos.store.checks.time.time", lambda: 1_000_000_000.0)
    with pytest.raises(ExosError, match="s apart"):
        found["clock"]()
    monkeypatch.setattr(checks, "_FREE_SHARE", 2.0)
    with pytest.raises(ExosError, match="GiB left"):
        found["storage"]()
    monkeypatch.setattr(checks, "_PARTS", 0)
    with pytest.raises(ExosError, match="parts"):
        found["parts"]()
    monkeypatch.setattr(served, "telemetry", "nothing_here")
    with pytest.raises(ExosError, match="has no otel_traces"):
        found["telemetry"]()
    as_reader = f"clickhouse://{READER}@{dsn.rpartition('@')[2]}"
    with Database.open(chosen(as_reader.replace("reader:€", "reader%3A%E2%82%AC"))) as reading:
        with pytest.raises(ExosError, match="lacks rights") as raised:
            dict(checks.checks(reading))["rights"]()
        assert "GRANT SELECT, INSERT" in raised.value.hint


@pytest.mark.timeout(60)
@pytest.mark.parametrize(("password", "code", "says"), [("", 0, "ok   rights"), ("wrong", 1, "FAIL database")])
def test_exos_doctor(dsn: str, tmp_path: Path, password: str, code: int, says: str) -> None:
    if password:
        dsn = f"clickhouse://exos:{password}@{dsn.rpartition('@')[2]}"
    done = subprocess.run(
        [sys.executable, "-m", "exos", "--home", str(tmp_path), "--database", dsn, "doctor"],
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert says in done.stdout
    assert "pass%20word" not in done.stdout
