"""A real server in a process of its own."""

from __future__ import annotations

import http.client
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

PATIENCE_SECONDS = 60
_POLL_SECONDS = 0.01


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: where it listens, its process, and the seconds from its start until `/readyz` said OK."""

    port: int
    pid: int
    ready_seconds: float


class Client:
    """One connection that is kept open, with nothing around it that would cost time."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

    def run(self, slug: str, params: dict[str, Any]) -> bytes:
        """The body of the answer. Raises RuntimeError with it when the status is not 200."""
        body = orjson.dumps({"params": params})
        headers = {"Content-Type": "application/json"}
        self._connection.request("POST", f"/api/playbook/{slug}/run", body, headers)
        answer = self._connection.getresponse()
        said = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{slug} answered {answer.status}: {said[:500]!r}")
        return said

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


@contextmanager
def served(home: Path) -> Iterator[Server]:
    """`exos serve` on that home; stopped afterwards."""
    port = free_port()
    command = [sys.executable, "-m", "exos", "--home", str(home), "serve", "--port", str(port)]
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        await_ready(port, process)
        yield Server(port, process.pid, time.perf_counter() - began)
    finally:
        stop(process)


def await_ready(port: int, process: subprocess.Popen[str]) -> None:
    """Ask `/readyz` until it says OK. Raises RuntimeError when the process ends or takes too long."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not _is_ready(port):
        if process.poll() is not None:
            raise RuntimeError(f"the server ended: {process.stderr.read() if process.stderr else ''}")
        if time.monotonic() > end:
            raise RuntimeError(f"the server was not ready after {PATIENCE_SECONDS} s")
        time.sleep(_POLL_SECONDS)


def stop(process: subprocess.Popen[str]) -> None:
    """End a process, by force when it does not end by itself."""
    process.terminate()
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        return answer.status == 200 and answer.read() == b"OK"
    except OSError:
        return False
    finally:
        connection.close()
