"""Work on the next parts of a file while the current one is being stored."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
WORKERS = max(1, min(4, os.cpu_count() or 1))


def ahead(tasks: Iterable[Callable[[], T]], workers: int = WORKERS) -> Iterator[T]:
    """Results of the tasks in their order, computed by threads; at most `workers` + 1 are begun and not yet taken."""
    with ThreadPoolExecutor(workers, thread_name_prefix="eventlog") as pool:
        waiting: deque[Future[T]] = deque()
        try:
            for task in tasks:
                waiting.append(pool.submit(task))
                if len(waiting) > workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
