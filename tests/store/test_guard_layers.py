"""What each layer stops, on an engine that also holds a table outside the allowed databases."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.alone
TESTS = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The report of corpus/guard_layers.py, which needs a process of its own."""
    folder = tmp_path_factory.mktemp("layers") / "run"
    ran = subprocess.run(
        [sys.executable, str(TESTS / "corpus" / "guard_layers.py"), str(folder)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), str(TESTS.parent / "src")])},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    told: dict[str, Any] = json.loads(ran.stdout)
    return told


@pytest.mark.timeout(90)
def test_the_guard_refuses_all_and_nothing_is_touched(report: dict[str, Any]) -> None:
    assert report["guarded"] == {"refused": report["cases"], "wrong": [], "touched": []}


@pytest.mark.timeout(90)
def test_grants_alone_keep_the_network_and_the_other_database_closed(report: dict[str, Any]) -> None:
    bare = report["bare"]
    assert [case for case in bare["leaked"] if "@VAULT@" in case or "vault" in case] == []
    assert [what for what in bare["touched"] if "connection" in what] == []


@pytest.mark.timeout(90)
def test_grants_and_readonly_alone_are_not_enough(report: dict[str, Any]) -> None:
    """Should an engine close these itself one day, this test tells: 44 answers with the file's content on 26.9."""
    bare = report["bare"]
    assert len(bare["leaked"]) >= 1
    assert any("written" in what for what in bare["touched"])
