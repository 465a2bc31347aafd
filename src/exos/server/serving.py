"""Runs the application, and stops it in order: not ready, no new connections, what is under way finished, what waits stored."""

from __future__ import annotations

import signal
import threading
from types import FrameType
from typing import Any

import uvicorn
from fastapi import FastAPI

DRAIN_SECONDS = 0.5
"""After SIGTERM the server says for so long that it is not ready, before it stops listening: whoever balances load looks away."""
FINISH_SECONDS = 5
"""How long requests under way may take to end. With the writer's own time it stays below ten seconds in all."""

KEEP_SECONDS = 75
"""How long an idle connection is kept. A sender that posts every ten seconds must not meet one that is just being closed."""


class Server(uvicorn.Server):
    """uvicorn's server with a readiness that goes first."""

    def __init__(self, app: FastAPI, host: str, port: int) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                host=host,
                port=port,
                log_level="warning",
                access_log=False,
                timeout_graceful_shutdown=FINISH_SECONDS,
                timeout_keep_alive=KEEP_SECONDS,
            )
        )
        self._app = app
        self._draining = False

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A second signal, or Ctrl-C, does not wait."""
        self._app.state.ready = False
        if sig == signal.SIGTERM and not self._draining:
            self._draining = True
            leave: Any = super().handle_exit
            timer = threading.Timer(DRAIN_SECONDS, leave, (sig, frame))
            timer.daemon = True
            timer.start()
        else:
            super().handle_exit(sig, frame)
