"""What the project needs is pinned wherever an environment is made of it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
_NAME = re.compile(r"[A-Za-z0-9._-]+")


@pytest.mark.parametrize("lock", ["requirements/dev.txt", "bench/requirements.txt"])
def test_every_dependency_is_pinned_with_hashes(lock: str) -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    needed = {found.group().lower() for found in map(_NAME.match, declared) if found}
    pinned = set(re.findall(r"^([a-z0-9._-]+)==\S+(?: ; .*)? \\\n    --hash=", (ROOT / lock).read_text(), re.MULTILINE))
    assert len(needed) == len(declared)
    assert needed - pinned == set(), "`make lock` pins them"
