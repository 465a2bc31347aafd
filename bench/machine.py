"""The machine that figures were measured on, without its name."""

from __future__ import annotations

import os
import platform
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import psutil

PACKAGES = ("chdb", "chdb-core", "clickhouse-connect", "pyarrow", "pm4py", "pandas", "numpy", "rustxes", "r4pm")
QUIET = 0.7
"""The one-minute load up to which the machine counts as free."""


def facts() -> dict[str, Any]:
    """Cores, memory, system and the versions of everything that was measured."""
    return {
        "cores": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "cpu": _cpu(),
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
        "versions": {"python": platform.python_version(), **dict(_versions()), "exos": _exos()},
    }


def load() -> float:
    """The one-minute load."""
    return os.getloadavg()[0]


def settle(seconds: float) -> float:
    """Wait until the machine is free, at most so long. Returns the load that was reached."""
    end = time.monotonic() + seconds
    while load() > QUIET and time.monotonic() < end:
        time.sleep(5)
    return load()


@contextmanager
def others() -> Iterator[list[float]]:
    """Measures how many cores other processes kept busy meanwhile: the list holds the number afterwards."""
    found: list[float] = []
    mine, busy, began = _own_seconds(), _busy_seconds(), time.monotonic()
    yield found
    elapsed = max(time.monotonic() - began, 1e-9)
    found.append(max(0.0, (_busy_seconds() - busy - (_own_seconds() - mine)) / elapsed))


def _busy_seconds() -> float:
    times = psutil.cpu_times()
    return float(sum(times) - times.idle - getattr(times, "iowait", 0.0) - getattr(times, "guest", 0.0))


def _own_seconds() -> float:
    """Of this process and of its children that have ended."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def _versions() -> Iterator[tuple[str, str]]:
    for name in PACKAGES:
        try:
            yield name, version(name)
        except PackageNotFoundError:
            continue


def _exos() -> str:
    """The commit, with a mark when files of the product were changed since."""
    try:
        commit, changed = _git("rev-parse", "--short", "HEAD"), _git("status", "--porcelain", "--", "src")
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    return commit + ("+" if changed else "")


def _git(*arguments: str) -> str:
    root = Path(__file__).resolve().parents[1]
    said = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=True, timeout=10)
    return said.stdout.strip()


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())
