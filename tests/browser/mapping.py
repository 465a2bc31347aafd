"""What the tests of the process page share: asking the server the page's questions, and waiting for the map."""

from __future__ import annotations

import json
from typing import Any
from urllib.request import Request, urlopen

from playwright.sync_api import Page

SEARCH_EXAMINE = ["Title search", "Examine"]


def ask(address: str, slug: str, **params: Any) -> list[dict[str, Any]]:
    """The rows of an analysis, as objects."""
    body = json.dumps({"params": {"process": "orders", **params}}).encode()
    request = Request(f"{address}/api/playbook/{slug}/run", body, {"Content-Type": "application/json"}, method="POST")
    with urlopen(request, timeout=30) as answer:
        table = json.load(answer)
    return [dict(zip([column["name"] for column in table["columns"]], row, strict=True)) for row in table["rows"]]


def arranged(page: Page) -> None:
    """Wait until the map that was asked for last stands and its nodes rest."""
    page.wait_for_selector(".map-card[data-arranged] .stage:not([aria-busy])")
    page.wait_for_function(
        """() => document.getAnimations().every(
            (one) => one.playState !== 'running' || one.effect.getTiming().iterations === Infinity)"""
    )


def edge(page: Page, source: str, target: str) -> Any:
    """The drawn edge between two activities."""
    return page.locator(f"process-map .edge[aria-label^='{source} → {target}:']")


def node(page: Page, name: str) -> Any:
    """The drawn activity."""
    return page.locator(f"process-map .node:has([aria-label^='{name}:'])")


def choose_edge(page: Page, source: str, target: str) -> None:
    """Click an edge where it is: in its middle."""
    point = page.evaluate(
        """(label) => {
            const edges = [...document.querySelectorAll('process-map .edge')];
            const line = edges.find((one) => one.ariaLabel.startsWith(label)).querySelector('.line');
            const at = line.getPointAtLength(line.getTotalLength() / 2).matrixTransform(line.getScreenCTM());
            return [at.x, at.y];
        }""",
        f"{source} → {target}:",
    )
    page.mouse.click(*point)


def slide(page: Page, name: str, value: int) -> None:
    """Move a slider as a hand does, and wait for the map."""
    before = page.url
    page.locator(f".map-card .{name} input").evaluate(
        "(input, value) => { input.value = value; input.dispatchEvent(new Event('input', {bubbles: true})); }", value
    )
    page.wait_for_function("(before) => location.href !== before", arg=before)
    arranged(page)
