"""Work on the next parts of a file while the current one is being stored."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from exos.errors import ExosError

T = TypeVar("T")
WORKERS = max(1, min(4, os.cpu_count() or 1))


def ahead(tasks: Iterable[Callable[[], T]], workers: int = WORKERS) -> Generator[T]:
    """Results of the tasks in their order, computed by threads; at most `workers` + 1 are begun and not yet taken.

    Where no further task can be had because of an error, the results of those before come first, then the error.
    """
    with ThreadPoolExecutor(workers, thread_name_prefix="eventlog") as pool:
        waiting: deque[Future[T]] = deque()
        error: ExosError | None = None
        coming = iter(tasks)
        try:
            while True:
                try:
                    task = next(coming, None)
                except ExosError as broken:
                    error, task = broken, None
                if task is None:
                    break
                waiting.append(pool.submit(task))
                if len(waiting) > workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
            if error is not None:
                raise error
        finally:
            for future in waiting:
                future.cancel()
