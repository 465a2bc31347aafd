"""The receiver under kill -9, SIGTERM and a full disk: nothing acknowledged is lost, nothing counts twice.

`--trials 200` runs as many kills; the suite does a few.
"""

from __future__ import annotations

import logging
import os
import random
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from reliability.harness import check_ledger, serving, start_senders


@pytest.mark.timeout(7200)
def test_kill_9_loses_and_doubles_nothing(
    tmp_path: Path, request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
) -> None:
    trials = int(request.config.getoption("--trials"))
    chance = random.Random(11)
    with serving(tmp_path) as served:
        served.start()
        senders = start_senders(served, 5, 3)
        for trial in range(trials):
            time.sleep(chance.uniform(0.05, 2))
            served.kill()
            served.begin()
            if trial % 10 == 9:  # now and then while it starts, too
                time.sleep(chance.uniform(0.1, 2))
                served.kill()
                served.begin()
            served.await_ready()
        for sender in senders:
            sender.finish()
        served.stop()
        doubled = check_ledger(served, senders)
        rows = sum(sender.acknowledged * sender.batch for sender in senders)
        assert rows > 0
    said = f"{trials} kills, {rows:,} rows acknowledged; {doubled} doubled in the tables, none in the views"
    record_property("ledger", said)
    logging.getLogger(__name__).info(said)


@pytest.mark.timeout(120)
def test_sigterm_stores_what_was_taken(tmp_path: Path) -> None:
    with serving(tmp_path) as served:
        served.start()
        senders = start_senders(served, 4, 2)
        time.sleep(1.5)
        assert served.stop() < 10
        for sender in senders:
            assert set(sender.statuses) <= {200, 503}
        served.start()
        for sender in senders:
            sender.finish()
        assert served.stop() < 10
        assert check_ledger(served, senders) == 0


def test_not_ready_comes_first(tmp_path: Path) -> None:
    with serving(tmp_path) as served:
        served.start()
        assert served.process is not None
        served.process.terminate()
        seen = set()
        while (said := served.ask("/readyz"))[0]:
            seen.add(said[0])
        served.process.wait(10)
        assert 503 in seen


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 48 MiB. Only root can mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if (
        os.geteuid() != 0
        or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", str(folder)], capture_output=True
        ).returncode
    ):
        pytest.skip("a small file system cannot be mounted here: that needs root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.timeout(180)
def test_a_full_disk_is_survived(small_disk: Path) -> None:
    """Senders hear 503, readers are served, and when there is room again the senders' retries are stored."""
    with serving(small_disk) as served:
        served.start()
        senders = start_senders(served, 3, 1)
        time.sleep(1)
        ballast = small_disk / "ballast"
        _fill(ballast)
        end = time.monotonic() + 60
        while not any(503 in sender.statuses for sender in senders):
            assert time.monotonic() < end, [sender.statuses for sender in senders]
            time.sleep(0.05)
        time.sleep(1)
        status, why = served.ask("/readyz")
        assert (status, why.partition(b":")[0]) == (503, b"unavailable")
        assert served.ask("/healthz") == (200, b"OK")
        assert served.ask("/api/playbook")[0] == 200
        ballast.unlink()
        for sender in senders:
            sender.finish()
        end = time.monotonic() + 30
        while served.ask("/readyz") != (200, b"OK"):
            assert time.monotonic() < end
            time.sleep(0.1)
        for sender in senders:
            assert set(sender.statuses) <= {200, 503}
        served.stop()
        check_ledger(served, senders)


def _fill(path: Path) -> None:
    with open(path, "wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 65536)
        except OSError:
            return
