"""The application on a real port, in a thread of this process, with its database open beside it."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn

from exos.server.app import create_app
from exos.server.world import World

PATIENCE_SECONDS = 30


@dataclass(frozen=True)
class Listening:
    """Where it listens, and what it works on."""

    port: int
    world: World

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        """Status and body of one POST."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        try:
            connection.request("POST", path, body, dict(headers))
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()


@contextmanager
def listening(world: World) -> Iterator[Listening]:
    """Serve while the context is open."""
    config = uvicorn.Config(create_app(world), host="127.0.0.1", port=0, log_level="warning", access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, name="listening", daemon=True)
    thread.start()
    end = time.monotonic() + PATIENCE_SECONDS
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        assert time.monotonic() < end, "the server takes too long to start"
        time.sleep(0.01)
    try:
        yield Listening(server.servers[0].sockets[0].getsockname()[1], world)
    finally:
        server.should_exit = True
        thread.join(PATIENCE_SECONDS)
