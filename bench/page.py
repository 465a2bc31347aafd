"""The process page in Chromium: when it can be worked with, and how much of our own code it transfers."""

from __future__ import annotations

import shutil
import statistics
from collections.abc import Iterator
from contextlib import closing, suppress
from typing import Any
from urllib.parse import quote, urlsplit

from playwright.sync_api import Browser, Request, sync_playwright

from bench import logs
from bench.figures import Figure, Skipped, below
from bench.serving import served

ROUNDS = 7
SETTLE_MILLISECONDS = 500
VIEWPORT: Any = {"width": 1440, "height": 900}
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
OWN_KILOBYTES = 138
_INTERACTIVE = """
() => {
  const panels = [...document.querySelectorAll("main exos-state")];
  const settled = panels.length && panels.every((one) => one.getAttribute("state") === "ready" && !one.hasAttribute("aria-busy"));
  return settled && document.querySelector("process-map svg") ? performance.now() : false;
}
"""


def measure() -> Iterator[Figure]:
    """Cold loads, each in a fresh profile: milliseconds until every panel is filled, and bytes by origin."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        raise Skipped("Chromium is not installed: `make browser` brings it where that is permitted")
    with served(logs.home()) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        try:
            yield from _figures(browser, f"http://127.0.0.1:{server.port}")
        finally:
            browser.close()


def _figures(browser: Browser, address: str) -> Iterator[Figure]:
    sizes: dict[str, int] = {}
    for process, events in ((logs.SINGLE, len(logs.single().frame)), (logs.LARGE, logs.LARGE_EVENTS)):
        page = f"{address}/process?process={quote(process)}"
        sizes = _transferred(browser, page)
        seconds = statistics.median(_load(browser, page) for _ in range(ROUNDS))
        note = "every panel filled: figures, map, variants, cases; no cache, in a tab that is open"
        what = f"process page, {events:,} events: cold load to interactive"
        yield below(what, seconds, "s", 1, f"{seconds:.2f} s", runs=ROUNDS, note=note)
    own = sizes["own"] / 1e3
    note = ", ".join(f"{kind} {sizes[kind] / 1e3:,.0f} kB" for kind in ("libraries", "data", "headers")) + " besides"
    yield below("process page: own code transferred", own, "kB", OWN_KILOBYTES, f"{own:,.1f} kB", note=note)


def _load(browser: Browser, url: str) -> float:
    """Seconds of one load without any cache. Nobody listens to its requests: that alone took a third of a second."""
    with closing(browser.new_context(viewport=VIEWPORT)) as context:
        page = context.new_page()
        page.goto("about:blank")
        page.wait_for_timeout(SETTLE_MILLISECONDS)
        page.goto(url, wait_until="commit")
        shown = page.wait_for_function(_INTERACTIVE, polling="raf", timeout=30_000).json_value()
        page.wait_for_load_state("networkidle")
        return float(shown) / 1e3


def _transferred(browser: Browser, url: str) -> dict[str, int]:
    """Bytes that went over the wire for one load without any cache."""
    requests: list[Request] = []
    with closing(browser.new_context(viewport=VIEWPORT)) as context:
        # Playwright marks the handler itself, so it cannot be a builtin method.
        context.on("requestfinished", lambda request: requests.append(request))
        page = context.new_page()
        page.goto(url)
        page.wait_for_function(_INTERACTIVE, polling="raf", timeout=30_000)
        page.wait_for_load_state("networkidle")
        return _sizes(requests)


def _sizes(requests: list[Request]) -> dict[str, int]:
    """Bytes of the answers' bodies by what they are, as they were sent (packed), and of all their headers."""
    found = {"own": 0, "libraries": 0, "data": 0, "headers": 0}
    for request in requests:
        with suppress(Exception):
            sizes = request.sizes()
            found[_kind(urlsplit(request.url).path)] += sizes["responseBodySize"]
            found["headers"] += sizes["responseHeadersSize"]
    return found


def _kind(path: str) -> str:
    if path.startswith(("/api/", "/v1/")):
        return "data"
    foreign = path.startswith("/portal/vendor/") and not path.startswith("/portal/vendor/pages/")
    return "libraries" if foreign or path == "/sdk/hyperdx.js" else "own"
