"""`exos backfill`, alone and through a running server."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest

from exos.cli.backfilling import print_summary
from exos.cli.doors import RemoteDoor
from exos.errors import BadParameter


def exos(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "EXOS_HOME": str(home), "EXOS_MEMORY_LIMIT": "1024", "COLUMNS": "200"}
    return subprocess.run(
        [sys.executable, "-m", "exos", *arguments], capture_output=True, text=True, timeout=60, env=environ, check=False
    )


@pytest.mark.timeout(60)
def test_alone(tmp_path: Path) -> None:
    done = exos(tmp_path, "backfill")
    assert done.returncode == 0, done.stderr
    assert "0 rows" in done.stdout
    assert "product_events" in done.stdout
    wrong = exos(tmp_path, "backfill", "--since", "soon")
    assert wrong.returncode == 2
    assert "since is 'soon'" in wrong.stderr


@pytest.mark.parametrize(
    ("slices", "unchanged", "said"),
    [
        (28, 0, "1,200,000 rows derived"),
        (1, 27, "1,200,000 rows, derived now or before"),
        (0, 28, "0 rows derived, 1,200,000 there already"),
    ],
)
def test_what_had_been_derived_is_not_told_as_derived(
    capsys: pytest.CaptureFixture[str], slices: int, unchanged: int, said: str
) -> None:
    summary = {"slices": slices, "unchanged": unchanged, "read": 0, "seconds": 0.1, "rows": {"case_events": 1_200_000}}
    print_summary(summary)
    assert f"case_events     {said}\n" in capsys.readouterr().out


@pytest.mark.timeout(60)
def test_through_a_running_server(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environ = {**os.environ, "EXOS_HOME": str(tmp_path), "EXOS_MEMORY_LIMIT": "1024", "EXOS_SELF_TELEMETRY": "0"}
    server = subprocess.Popen([sys.executable, "-m", "exos", "serve", "--port", str(port)], env=environ)
    try:
        _wait(f"http://127.0.0.1:{port}/readyz")
        done = exos(tmp_path, "backfill", "--table", "case_events")
        assert done.returncode == 0, done.stderr
        assert "case_events" in done.stdout
        assert "product_events" not in done.stdout
        with closing(RemoteDoor(f"http://127.0.0.1:{port}")) as door, pytest.raises(BadParameter, match="cases"):
            door.backfill({"targets": ["cases"]}, lambda rows, total: None)
    finally:
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=20) == 0


def _wait(url: str) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            urllib.request.urlopen(url, timeout=2).read()
            return
        except OSError:
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.1)
