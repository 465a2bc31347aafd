"""The embedded engine in a process of its own, reached as a ClickHouse server."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SOURCE = Path(__file__).parents[1] / "src"
PASSWORD, READER_PASSWORD = "writer's pass word", "reader:€"
READER = f"exos_reader:{READER_PASSWORD}"


@contextmanager
def serve(home: Path, memory_mib: int = 1024, **more: str) -> Iterator[str]:
    """Start the endpoint over `home`, give its DSN, and end it. `more` goes into its environment."""
    environment = {
        **os.environ,
        **more,
        "PYTHONPATH": str(SOURCE),
        "EXOS_CLICKHOUSE_PASSWORD": PASSWORD,
        "EXOS_CLICKHOUSE_READER_PASSWORD": READER_PASSWORD,
    }
    command = [sys.executable, "-m", "exos.server.clickhouse", "--home", str(home), "--port", "0"]
    process = subprocess.Popen(
        [*command, "--memory-limit", str(memory_mib)], stdout=subprocess.PIPE, text=True, env=environment
    )
    assert process.stdout is not None
    try:
        line = process.stdout.readline().strip()
        assert line.startswith("clickhouse://exos@127.0.0.1:"), "the endpoint did not start"
        yield line.replace("exos@", "exos:writer%27s%20pass%20word@")
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()
