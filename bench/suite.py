"""Runs benchmarks, each in a process of its own, and keeps the results of those that were not run this time."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from bench import machine, report

HERE = Path(__file__).parent
ROOT = HERE.parent
RESULTS, PAGE = HERE / "results.json", HERE / "RESULTS.md"
NAMES = ("process", "importing", "deriving", "memory", "api", "server", "page", "ingest", "demo")
TIMEOUT_SECONDS = 7200


def main(arguments: list[str]) -> int:
    """Run the named benchmarks, or all. Returns 0 when every goal was met, 1 when one was missed or a run failed."""
    parser = argparse.ArgumentParser(prog="bench/run.py", description="Measures every figure that the README states.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}; all when left out")
    parser.add_argument("--keep", metavar="FOLDER", help="folder for the large logs, kept for the next run")
    parser.add_argument("--wait", type=float, default=60, help="seconds to wait for a free machine (60)")
    given = parser.parse_args(arguments)
    unknown = set(given.names) - set(NAMES)
    if unknown:
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}; known are {', '.join(NAMES)}")
    folder = Path(given.keep or tempfile.mkdtemp(prefix="exos-bench-")).absolute()
    try:
        return _run_all(given.names or list(NAMES), folder, given.wait)
    finally:
        if not given.keep:
            shutil.rmtree(folder, ignore_errors=True)


def _run_all(names: list[str], folder: Path, wait: float) -> int:
    results = orjson.loads(RESULTS.read_bytes()) if RESULTS.is_file() else {}
    good = True
    for name in names:
        before = machine.settle(wait)
        began = time.monotonic()
        with machine.others() as busy:
            answer = _run(name, folder)
        results[name] = {
            "date": datetime.now(UTC).date().isoformat(),
            "seconds": round(time.monotonic() - began, 1),
            "load_before": round(before, 2),
            "cores_used_by_others": round(busy[0], 2),
            "machine": machine.facts(),
            **answer,
        }
        good = good and report.say(name, results[name])
        known = {one: results[one] for one in NAMES if one in results}
        RESULTS.write_bytes(orjson.dumps(known, option=orjson.OPT_INDENT_2) + b"\n")
        PAGE.write_text(report.page(known))
    return 0 if good else 1


def _run(name: str, folder: Path) -> dict[str, Any]:
    """The figures of one benchmark, or why there are none."""
    out = folder / f"{name}.json"
    folder.mkdir(parents=True, exist_ok=True)
    out.unlink(missing_ok=True)
    path = os.pathsep.join([str(ROOT), str(ROOT / "src")])
    # Settings of whoever runs this must not change what is measured.
    kept = {
        key: value for key, value in os.environ.items() if key.startswith("EXOS_BENCH_") or not key.startswith("EXOS_")
    }
    environ = {**kept, "PYTHONPATH": path, "EXOS_BENCH_WORK": str(folder)}
    command = [sys.executable, "-m", "bench.one", name, str(out)]
    print(f"{name} …", flush=True)
    try:
        subprocess.run(command, env=environ, check=True, timeout=TIMEOUT_SECONDS)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        return {"failed": str(error), "figures": []}
    answer: dict[str, Any] = orjson.loads(out.read_bytes())
    return answer
