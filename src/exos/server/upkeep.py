"""What the server does between requests: what follows from new rows is worked out soon after they arrive.

A job takes the database, does a bounded piece of work and says how much there was to do. With work it is asked again
soon, without less often, after a failure later still; it never runs for more than half of the time.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress

from exos.errors import ExosError
from exos.store import cases
from exos.store.database import Database

Job = Callable[[Database], int]

JOBS: Sequence[Job] = (cases.refresh,)
SOON, IDLE, FAILED = 2.0, 5.0, 60.0
"""Seconds until a job is asked again: after work, after a while without, after failures at most."""
_log = logging.getLogger(__name__)


@asynccontextmanager
async def upkeep(database: Database, jobs: Sequence[Job] = JOBS, soon: float = SOON) -> AsyncIterator[None]:
    """Run the jobs while the context is open. Leaving it waits for the pieces of work that are under way."""
    stopped = asyncio.Event()
    tasks = [asyncio.create_task(_repeat(job, database, stopped, soon)) for job in jobs]
    try:
        yield
    finally:
        stopped.set()
        await asyncio.gather(*tasks)


async def _repeat(job: Job, database: Database, stopped: asyncio.Event, soon: float) -> None:
    pause = soon
    while not stopped.is_set():
        begun = time.monotonic()
        try:
            worked = await asyncio.to_thread(job, database)
            pause = soon if worked else min(pause * 1.5, max(IDLE, soon))
        except ExosError as error:
            pause = min(pause * 2, FAILED)
            _log.warning("%s.%s: %s It is tried again.", job.__module__, job.__name__, error.message)
        except Exception:  # noqa: BLE001 - whatever went wrong, the job is asked again later
            pause = FAILED
            _log.exception("%s.%s failed", job.__module__, job.__name__)
        with suppress(TimeoutError):
            await asyncio.wait_for(stopped.wait(), max(pause, time.monotonic() - begun))
