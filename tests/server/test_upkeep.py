"""What follows from new rows is there seconds later, and a failing job neither stops the others nor itself."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from typing import Any

import pytest
from starlette.testclient import TestClient

from exos.analysis import Playbook
from exos.errors import Unavailable
from exos.server.app import create_app
from exos.server.upkeep import Job, upkeep
from exos.server.world import World
from exos.settings import Settings
from exos.store.database import Database
from spans import Span, send


def test_analyses_follow_the_spans(database: Database, settings: Settings, process: str) -> None:
    app = create_app(World(settings, database, Playbook.load()))
    with TestClient(app, base_url="http://127.0.0.1:8600") as client:

        def edges() -> list[list[Any]]:
            answer = client.post("/api/playbook/process/dfg/run", json={"params": {"process": process}}).json()
            return [row[:3] for row in answer["rows"]]

        said = {"exos.process": process, "exos.case.id": "1"}
        send(database, [Span("Search", "api", said), Span("Review", "api", said, seconds=60)])
        _until(lambda: edges() == [["Search", "Review", 1]])
        send(database, [Span("Sign", "api", said, seconds=90)])
        _until(lambda: edges() == [["Review", "Sign", 1], ["Search", "Review", 1]])


def test_a_failing_job_is_tried_again_and_holds_up_nobody(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    calls = {"known": 0, "unknown": 0, "good": 0}

    def known(_: Database) -> int:
        calls["known"] += 1
        raise Unavailable("The engine is busy.")

    def unknown(_: Database) -> int:
        calls["unknown"] += 1
        raise ValueError

    def good(_: Database) -> int:
        calls["good"] += 1
        return 1

    async def run() -> None:
        async with upkeep(database, (Job(known), Job(unknown), Job(good)), soon=0.01):
            deadline = time.monotonic() + 10
            while calls["good"] < 3 or calls["known"] < 2:
                assert time.monotonic() < deadline
                await asyncio.sleep(0.01)

    with caplog.at_level(logging.WARNING, "exos.server.upkeep"):
        asyncio.run(run())
    assert calls["unknown"] == 1
    assert "The engine is busy. It is tried again." in caplog.text
    assert "unknown failed" in caplog.text


def test_leaving_waits_for_what_is_under_way(database: Database) -> None:
    started, may_end, ended = threading.Event(), threading.Event(), threading.Event()

    def slow(_: Database) -> int:
        started.set()
        may_end.wait(10)
        ended.set()
        return 0

    async def run() -> None:
        async with upkeep(database, (Job(slow),)):
            await asyncio.to_thread(started.wait, 10)
            may_end.set()
        assert ended.is_set()

    asyncio.run(run())


def _until(true: Any) -> None:
    deadline = time.monotonic() + 15
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.1)
