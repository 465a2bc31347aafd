"""Recordings of the demo in rrweb's own player: they play to their end, and show what the spans say."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parents[2]
NAMES = ("broken-button", "vendor-timeout", "order-on-a-phone")


def _script(name: str) -> ModuleType:
    """A script of docs/, which is no package."""
    spec = importlib.util.spec_from_file_location(f"docs_{name}", ROOT / "docs" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def player() -> ModuleType:
    """The script that opens recordings in the player."""
    return _script("recordings")


@pytest.fixture(scope="module")
def pictures(player: ModuleType) -> dict[str, tuple[Any, int]]:
    """Three recordings of a small world, each with the moment of its picture."""
    shown: dict[str, tuple[Any, int]] = player.pictures(date(2026, 11, 24))
    assert tuple(shown) == NAMES
    return shown


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """An empty page."""
    opened = chromium.new_page()
    yield opened
    opened.close()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", NAMES)
def test_a_recording_plays_to_its_end(
    page: Page, player: ModuleType, pictures: dict[str, tuple[Any, int]], name: str
) -> None:
    recording, _ = pictures[name]
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    player.open_player(page, recording)
    length = page.evaluate("window.player.getMetaData().totalTime")
    assert length == recording.events[-1]["timestamp"] - recording.events[0]["timestamp"]
    # Hours in a second or two: as fast as the player goes.
    page.evaluate("speed => { window.player.setConfig({speed}); window.player.play(0); }", max(length / 1_500, 8))
    page.wait_for_function("window.finished === true")
    assert faults == []
    assert page.evaluate("window.warnings") == []


@pytest.mark.timeout(300)
def test_the_page_shows_what_the_spans_say(
    page: Page, player: ModuleType, pictures: dict[str, tuple[Any, int]]
) -> None:
    recording, at = pictures["vendor-timeout"]
    player.open_player(page, recording)
    player.seek(page, at)
    shown = page.frame_locator("iframe")
    case = next(
        told["exos.context.case_id"]
        for _, name, told in recording.spans
        if name == "console.error" and told["error.message"].startswith("Vendor gateway")
    )
    assert shown.locator("h1").inner_text() == case
    assert shown.locator("#notice.bad").inner_text() == "Vendor gateway timeout (504). Try again."
    player.seek(page, 100)
    assert shown.locator("h1").inner_text() == "My queue"
    assert shown.locator("tr.next td").first.inner_text().strip() != ""


@pytest.mark.timeout(300)
def test_the_cursor_is_on_the_button_that_is_broken(
    page: Page, player: ModuleType, pictures: dict[str, tuple[Any, int]]
) -> None:
    recording, at = pictures["broken-button"]
    player.open_player(page, recording)
    before = recording.when("error_click", exos__frustration__element="#attach") - 200
    player.seek(page, before)
    documents = page.frame_locator("iframe").locator("#documents").inner_text()
    player.seek(page, at)
    box = page.frame_locator("iframe").locator("#attach").bounding_box()
    cursor = page.locator(".replayer-mouse").bounding_box()
    assert box is not None
    assert cursor is not None
    assert box["x"] <= cursor["x"] <= box["x"] + box["width"]
    assert box["y"] <= cursor["y"] + 20 <= box["y"] + box["height"] + 20
    assert page.frame_locator("iframe").locator("#documents").inner_text() == documents


@pytest.mark.timeout(300)
def test_a_phone_fills_in_the_form(page: Page, player: ModuleType, pictures: dict[str, tuple[Any, int]]) -> None:
    recording, _ = pictures["order-on-a-phone"]
    player.open_player(page, recording)
    changed = recording.when("change", target_xpath='//*[@id="full-name"]')
    player.seek(page, changed + 50)
    shown = page.frame_locator("iframe")
    assert shown.locator("h1").inner_text() == "Who are you?"
    assert set(shown.locator("#full-name").input_value()) == {"*"}


@pytest.mark.timeout(300)
def test_elements_are_where_they_were_measured(chromium: Browser) -> None:
    """layout.json, from which clicks are taken, is that of the pages as they are."""
    from exos.demo.screens.apps import DESK, SITE
    from exos.demo.screens.layout import boxes

    layout = _script("layout")
    for name in (DESK, SITE):
        measured = layout.measure(chromium, name)
        for number, size in enumerate(measured):
            for place, element in enumerate(layout.app(name).elements):
                if element.name in measured[size]:
                    assert list(boxes(name)[number, place]) == pytest.approx(measured[size][element.name], abs=3)
