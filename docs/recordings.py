"""Take the pictures docs/images/recording-*.png of recordings of the demo, as rrweb's player shows them: python
docs/recordings.py

Needs Chromium and the player in tests/browser/.vendor (python frontend/build.py). Generates the small demo world
without a database.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from playwright.sync_api import Page, sync_playwright

from exos.demo.storeys import Plan
from exos.demo.worlds import SEED, WORLDS
from exos.ingest.recordings import Chunk, join_chunks

HERE = Path(__file__).parent
IMAGES = HERE / "images"
PLAYER = HERE.parent / "tests" / "browser" / ".vendor"
_HEAD = (
    '<!doctype html><meta charset="utf-8"><style>body { margin: 0 } iframe { border: 0 }</style><div id="player"></div>'
)
_OPEN = """events => {
    window.warnings = [];
    const keep = (...words) => window.warnings.push(words.map(String).join(" "));
    console.warn = keep;
    console.error = keep;
    const root = document.getElementById("player");
    window.player = new rrwebReplay.Replayer(events, {root, mouseTail: true, showWarning: true});
    window.player.on("finish", () => { window.finished = true; });
}"""


@dataclass
class Held:
    """Keeps the batches of the tables that are wanted, instead of writing them."""

    wanted: tuple[str, ...] = ("hyperdx_sessions", "otel_traces")
    batches: dict[str, list[pa.RecordBatch]] = field(default_factory=dict)

    def insert(self, table: str, batches: Iterable[pa.RecordBatch]) -> int:
        """Rows of the batches, all of which are made."""
        listed = list(batches)
        if table in self.wanted:
            self.batches.setdefault(table, []).extend(listed)
        return sum(batch.num_rows for batch in listed)

    def tell(self, share: float) -> None:
        """Nobody watches."""


@dataclass(frozen=True)
class Recording:
    """One recorded session: its application, the rrweb events in order, and its spans as (milliseconds, name,
    attributes).
    """

    session: str
    service: str
    events: list[dict[str, Any]]
    spans: list[tuple[int, str, dict[str, str]]]

    @property
    def mobile(self) -> bool:
        """Whether it is of a phone."""
        return bool(self.size["width"] < 600)

    @property
    def size(self) -> dict[str, int]:
        """Width and height of the browser's window."""
        data = next(event["data"] for event in self.events if event["type"] == 4)
        return {"width": data["width"], "height": data["height"]}

    def when(self, span: str, **attributes: str) -> int:
        """Milliseconds from the first event to the first span of that name that says all this; -1 when there is none."""
        said = {name.replace("__", "."): value for name, value in attributes.items()}
        for at, name, known in self.spans:
            if name == span and said.items() <= known.items():
                return at - int(self.events[0]["timestamp"])
        return -1


def recordings(end: date) -> list[Recording]:
    """All recordings of the small world that ends on a day."""
    held = Held()
    WORLDS["mortgage"].build(Plan(SEED, 1, end), held)
    chunks: dict[str, list[Chunk]] = {}
    service: dict[str, str] = {}
    for batch in held.batches["hyperdx_sessions"]:
        for row in batch.select(["ServiceName", "Body", "ResourceAttributes", "LogAttributes"]).to_pylist():
            session, said = dict(row["ResourceAttributes"])["rum.sessionId"], dict(row["LogAttributes"])
            numbers = int(said["rr-web.chunk"]), int(said["rr-web.total-chunks"])
            chunks.setdefault(session, []).append(Chunk(said["rr-web.event"], *numbers, row["Body"]))
            service[session] = row["ServiceName"]
    events = {session: list(join_chunks(pieces)) for session, pieces in chunks.items()}
    spans: dict[str, list[tuple[int, str, dict[str, str]]]] = {session: [] for session in events}
    for batch in held.batches["otel_traces"]:
        names = ["Timestamp", "SpanName", "ResourceAttributes", "SpanAttributes"]
        browser = pc.is_in(batch.column("ServiceName"), pa.array(["order-desk", "public-site"]))
        columns = batch.select(names).filter(browser)
        at = columns.column("Timestamp").cast(pa.int64()).to_pylist()
        for moment, row in zip(at, columns.drop_columns(["Timestamp"]).to_pylist(), strict=True):
            session = dict(row["ResourceAttributes"])["rum.sessionId"]
            if session in spans:
                spans[session].append((moment // 1_000_000, row["SpanName"], dict(row["SpanAttributes"])))
    return [
        Recording(session, service[session], events[session], sorted(spans[session], key=lambda span: span[0]))
        for session in events
    ]


def open_player(page: Page, recording: Recording) -> None:
    """Put the player on an empty page, at the start of the recording."""
    page.set_viewport_size(recording.size)  # type: ignore[arg-type]
    page.set_content(_HEAD)
    page.add_style_tag(path=PLAYER / "replay.css")
    page.add_script_tag(path=PLAYER / "replay.js")
    page.evaluate(_OPEN, recording.events)


def seek(page: Page, milliseconds: int) -> None:
    """Go to a moment and stay there."""
    page.evaluate("at => window.player.pause(at)", milliseconds)
    page.wait_for_timeout(150)


def pictures(end: date) -> dict[str, tuple[Recording, int]]:
    """Name of the picture → what it shows: the recording and the moment, in milliseconds."""
    known = recordings(end)
    broken = [(each, each.when("rage_click", exos__frustration__element="#attach")) for each in known]
    lost = [(each, each.when("console.error", error__message="Vendor gateway timeout (504)")) for each in known]
    asked = [
        (each, each.when("routeChange", location__href="https://www.thornwick.example/order/property"))
        for each in known
    ]
    return {
        "broken-button": next((each, at + 600) for each, at in broken if at > 0),
        "vendor-timeout": next((each, at + 900) for each, at in lost if at > 0),
        "order-on-a-phone": next((each, at + 8_000) for each, at in asked if at > 0 and each.mobile),
    }


def main() -> None:
    """Write the pictures."""
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, (recording, at) in pictures(datetime.now(UTC).date()).items():
            page = browser.new_page()
            open_player(page, recording)
            seek(page, at)
            page.screenshot(path=IMAGES / f"recording-{name}.png", animations="disabled")
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
