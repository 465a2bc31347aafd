"""Times and memory: two sides in turns, medians, and what a process holds."""

from __future__ import annotations

import gc
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

POLL_SECONDS = 0.02


def seconds(work: Callable[[], Any]) -> float:
    """How long one call takes. Garbage of earlier work is collected first."""
    gc.collect()
    began = time.perf_counter()
    kept = work()
    took = time.perf_counter() - began
    del kept
    return took


def alternate(ours: Callable[[], Any], theirs: Callable[[], Any], rounds: int) -> tuple[float, float]:
    """Median seconds of both, measured in turns (A B A B …), so that a slow spell of the machine meets both."""
    spent: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        spent[0].append(seconds(ours))
        spent[1].append(seconds(theirs))
    return statistics.median(spent[0]), statistics.median(spent[1])


def median(work: Callable[[], Any], rounds: int) -> float:
    """Median seconds of several calls."""
    return statistics.median(seconds(work) for _ in range(rounds))


@dataclass(frozen=True, slots=True)
class Ended:
    """A process that ran to its end: seconds of wall time, and the most memory it held, in bytes."""

    seconds: float
    peak: int
    output: str


def watch(command: Sequence[str], timeout: float, **options: Any) -> Ended:
    """Run a process and follow its memory. Raises CalledProcessError or TimeoutExpired."""
    began = time.monotonic()
    with (
        tempfile.TemporaryFile("w+") as said,
        subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT, text=True, **options) as child,
    ):
        peak = 0
        while child.poll() is None:
            peak = max(peak, peak_bytes(child.pid))
            if time.monotonic() - began > timeout:
                child.kill()
                raise subprocess.TimeoutExpired(command, timeout)
            time.sleep(POLL_SECONDS)
        took = time.monotonic() - began
        said.seek(0)
        output = said.read()
    if child.returncode:
        raise subprocess.CalledProcessError(child.returncode, command, output)
    return Ended(took, peak, output)


def peak_bytes(pid: int) -> int:
    """The most resident memory that a process has held so far; 0 when it is gone.

    The kernel's own high-water mark where there is one: unlike `ru_maxrss` it leaves out what the parent held at the fork.
    """
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return resident_bytes(pid)
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM")), 0)


def resident_bytes(pid: int) -> int:
    """Resident memory of a process now; 0 when it is gone."""
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0
