"""`python bench/run.py [NAME…]` runs the benchmarks and writes results.json and RESULTS.md."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

if __name__ == "__main__":
    # Started as a file, with neither the project nor this package installed: both come from the checkout.
    sys.path[:0] = [str(ROOT), str(ROOT / "src")]
    sys.exit(import_module("bench.suite").main(sys.argv[1:]))
