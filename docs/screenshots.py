"""Take the pictures of docs/images from a running portal: python docs/screenshots.py http://127.0.0.1:8600

Needs Chromium. Add a page by adding a line to PAGES.
"""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

IMAGES = Path(__file__).parent / "images"
WIDE = {"width": 1440, "height": 1010}
NARROW = {"width": 390, "height": 844}


@dataclass(frozen=True)
class Picture:
    """One page: file name, address, and what has to be there; `more` is added to the address where there is room."""

    name: str
    path: str
    ready: str
    more: str = ""


PAGES = [
    Picture("overview", "/", "exos-kpi .value"),
    Picture("settings", "/settings", "#sources tbody tr"),
    Picture(
        "process",
        "/process?process=title&range=90d&compare=previous",
        ".map-card[data-arranged]",
        '&edge=["Title search","Vendor follow-up"]',
    ),
]


def main(address: str) -> None:
    """Write every picture, light and dark, wide and narrow."""
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for picture in PAGES:
            for dark in (False, True):
                for ending, size in (("", WIDE), ("-narrow", NARROW)):
                    _take(browser, address, picture, dark, ending, size)
        browser.close()


def _take(browser: Browser, address: str, picture: Picture, dark: bool, ending: str, size: dict[str, int]) -> None:
    tone = "dark" if dark else "light"
    context = browser.new_context(viewport=size, color_scheme=tone, timezone_id="UTC", reduced_motion="reduce")  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(address + picture.path + ("" if ending else picture.more))
    page.wait_for_selector(picture.ready)
    page.wait_for_load_state("networkidle")
    page.mouse.move(size["width"] - 2, size["height"] - 2)
    page.screenshot(path=IMAGES / f"{picture.name}-{tone}{ending}.png", animations="disabled")
    context.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8600")
