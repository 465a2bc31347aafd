"""Where the files of a run are, and the command line as the benchmarks call it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path


def work() -> Path:
    """The folder for files of this run. The suite makes and removes it."""
    folder = Path(os.environ.get("EXOS_BENCH_WORK") or Path(tempfile.gettempdir()) / "exos-bench")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def exos(*arguments: str, home: Path, timeout: float = 900) -> str:
    """Run the command line on a home. Returns what it printed; raises RuntimeError with it when it fails."""
    command = [sys.executable, "-m", "exos", "--home", str(home), *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=timeout)
    if ended.returncode:
        raise RuntimeError(f"exos {' '.join(arguments)}: {ended.stderr.strip()}")
    return ended.stdout
