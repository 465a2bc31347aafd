"""Runs engine work beside the event loop, and stops it when the client goes away."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from typing import TypeVar

from anyio import CapacityLimiter, to_thread
from fastapi import Request

from exos.server.world import world

Answer = TypeVar("Answer")
_POLL_SECONDS = 0.25
_QUICK_SECONDS = 0.05
_LIMITER: CapacityLimiter | None = None


async def in_thread(work: Callable[[], Answer]) -> Answer:
    """Run blocking work in a bounded pool of threads."""
    return await to_thread.run_sync(work, limiter=_limiter())


async def cancellable(request: Request, work: Callable[[str], Answer]) -> Answer:
    """Run `work(query_id)` in a thread; cancel that query when the client disconnects."""
    query_id = str(uuid.uuid4())
    task = asyncio.ensure_future(in_thread(lambda: work(query_id)))
    pause = _QUICK_SECONDS
    while True:
        done, _ = await asyncio.wait({task}, timeout=pause)
        if done:
            return task.result()
        if await request.is_disconnected():
            await to_thread.run_sync(world(request).database.cancel, query_id)
        pause = _POLL_SECONDS


def _limiter() -> CapacityLimiter:
    """Made on first use: a limiter belongs to a running loop."""
    global _LIMITER
    if _LIMITER is None:
        _LIMITER = CapacityLimiter(32)
    return _LIMITER
