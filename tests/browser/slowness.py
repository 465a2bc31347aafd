"""Pages on a machine that has other things to do: what only holds on a quick one does not hold there."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from playwright.sync_api import BrowserContext, Page

PROCESSOR = 4  # a quarter of it
LATE = 250  # milliseconds, at most, until an answer comes; half a second for what a worker is asked
WORKERS = f"""(() => {{
    const send = Worker.prototype.postMessage;
    Worker.prototype.postMessage = function (...given) {{
        setTimeout(() => send.apply(this, given), Math.random() * {2 * LATE});
    }};
}})()"""


@contextmanager
def slow_pages() -> Iterator[None]:
    """Every page that is opened meanwhile is slow, each by a latency of its own."""
    made: Callable[..., Page] = BrowserContext.new_page

    def new_page(context: BrowserContext, **given: Any) -> Page:
        page = made(context, **given)
        session = context.new_cdp_session(page)
        session.send("Emulation.setCPUThrottlingRate", {"rate": PROCESSOR})
        session.send("Network.enable")
        late = {"offline": False, "latency": LATE * random.random(), "downloadThroughput": -1, "uploadThroughput": -1}
        session.send("Network.emulateNetworkConditions", late)
        page.add_init_script(WORKERS)
        return page

    with patch.object(BrowserContext, "new_page", new_page):
        yield
