"""Measure where the elements of the demo's pages are, in a real browser: python docs/layout.py

Writes src/exos/demo/screens/layout.json, from which the demo's recordings take their clicks. Needs Chromium. Run it
after a change of the
pages in src/exos/demo/screens/pages.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from exos.demo.screens import pages
from exos.demo.screens.apps import DESK, HERE, SITE, app
from exos.demo.screens.layout import VIEWPORTS

_BOX = "element => { const b = element.getBoundingClientRect(); return [b.x, b.y, b.width, b.height].map(Math.round) }"


def main() -> None:
    """Measure both applications; the order desk only as it is on a desk."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        measured = {name: measure(browser, name) for name in (DESK, SITE)}
        browser.close()
    target = Path(HERE) / "layout.json"
    target.write_text(
        json.dumps(measured, indent=1).replace("\n    ", " ").replace("\n   ]", "]") + "\n", encoding="utf-8"
    )


def measure(browser: Browser, name: str) -> dict[str, dict[str, list[int]]]:
    """Per viewport and element: left, top, width, height, before any scrolling."""
    found: dict[str, dict[str, list[int]]] = {}
    for size, (width, height) in VIEWPORTS.items():
        if size == "mobile" and name == DESK:
            found[size] = {}
            continue
        page = browser.new_page(viewport={"width": width, "height": height})
        found[size] = {}
        for place, path in enumerate(app(name).pages):
            page.set_content(pages.html(name, path))
            for element in (each for each in app(name).elements if each.page == place):
                found[size][element.name] = page.locator(element.selector).evaluate(_BOX)
        page.close()
    return found


if __name__ == "__main__":
    main()
