"""`exos key`, alone and beside a server that has the home folder open."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from exos.metadata import IngestKeys, Metadata
from exos.settings import Settings


def exos(home: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    given = {**os.environ, "EXOS_HOME": str(home), "COLUMNS": "200", **environ}
    command = [sys.executable, "-m", "exos", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, env=given, check=False)


@pytest.fixture
def keys(tmp_path: Path) -> IngestKeys:
    settings = Settings.load({}, home=str(tmp_path))
    return IngestKeys(Metadata.open(settings), settings)


@pytest.mark.timeout(60)
def test_make_list_revoke(tmp_path: Path, keys: IngestKeys) -> None:
    made = exos(tmp_path, "key", "create", "order desk").stdout.strip()
    keys.refresh()
    assert keys.name_of(made) == "order desk"
    listed = exos(tmp_path, "key", "list", EXOS_INGEST_KEYS="a,b", EXOS_INGEST_OPEN="yes").stdout
    assert made in listed
    assert "2 further in EXOS_INGEST_KEYS" in listed
    assert "without a key" in listed
    assert "Revoked order desk" in exos(tmp_path, "key", "revoke", "order desk").stdout
    keys.refresh()
    assert keys.name_of(made) is None
    assert "revoked" in exos(tmp_path, "key", "list").stdout
    assert "Revoked default" in exos(tmp_path, "key", "revoke", "1").stdout


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["create", "default"], 1, "a live key named 'default'"),
        (["create", ""], 2, "needs a name"),
        (["revoke", "nobody"], 1, "no live ingest key 'nobody'"),
        (["revoke"], 2, "Missing argument"),
    ],
)
def test_failures_are_one_line_and_a_next_step(tmp_path: Path, arguments: list[str], code: int, says: str) -> None:
    done = exos(tmp_path, "key", *arguments)
    assert done.returncode == code
    assert says in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    ("url", "code", "says"), [("mysql://x/y", 2, "names mysql"), ("sqlite:////dev/null/x.db", 1, "cannot be used")]
)
def test_a_store_that_cannot_be_used_stops_the_server_with_a_reason(
    tmp_path: Path, url: str, code: int, says: str
) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    done = exos(tmp_path, "serve", "--port", str(port), EXOS_METADATA=url)
    assert done.returncode == code
    assert says in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.timeout(60)
def test_the_doctor_looks_at_the_store(tmp_path: Path) -> None:
    assert "ingest keys: default" in exos(tmp_path, "doctor").stdout
