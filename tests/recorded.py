"""Recordings for tests: a page of a few elements, and what a visitor does on it, as rrweb's events."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

ORIGIN = 1_790_000_000_000
URL = "https://shop.example/orders"


def element(number: int, tag: str, *children: dict[str, Any], **attributes: Any) -> dict[str, Any]:
    """An element of a snapshot. `data_testid` becomes data-testid."""
    named = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
    return {"type": 2, "id": number, "tagName": tag, "attributes": named, "childNodes": list(children)}


def text(number: int, content: str) -> dict[str, Any]:
    """A text of a snapshot."""
    return {"type": 3, "id": number, "textContent": content}


# Ids of what can be clicked.
BUTTON, ICON, LINK, ANCHOR, FIELD, STEPPER, PLAIN, DISABLED, QUIET, AREA = 10, 11, 12, 13, 14, 15, 16, 17, 18, 19
BODY = (
    element(BUTTON, "button", element(ICON, "svg"), text(30, " Place \n order "), id="place"),
    element(LINK, "a", text(31, "Help"), href="https://shop.example/help"),
    element(ANCHOR, "a", text(32, "Details"), href=f"{URL}#"),
    element(40, "div", element(FIELD, "input", type="number"), element(STEPPER, "button", text(33, "more"))),
    element(41, "div", element(PLAIN, "p", text(34, "Jane Doe, 12 Main Street")), data_testid="card"),
    element(42, "div", element(DISABLED, "button", text(35, "Off"), disabled=True)),
    element(43, "div", element(QUIET, "button", text(36, "Hush")), data_exos_ignore=""),
    element(44, "div", element(AREA, "textarea")),
)


@dataclass
class Recording:
    """Collects events; `at` are milliseconds after ORIGIN."""

    events: list[dict[str, Any]] = field(default_factory=list)

    def start(self, url: str = URL, at: int = 0) -> Recording:
        """The page is loaded."""
        page = {"type": 0, "id": 1, "childNodes": [element(2, "html", element(3, "head"), element(4, "body", *BODY))]}
        self.events += [
            {"type": 4, "data": {"href": url, "width": 1000, "height": 800}, "timestamp": ORIGIN + at},
            {"type": 2, "data": {"node": page, "initialOffset": {}}, "timestamp": ORIGIN + at},
        ]
        return self

    def say(self, at: int, **data: Any) -> Recording:
        """One incremental event."""
        self.events.append({"type": 3, "data": data, "timestamp": ORIGIN + at})
        return self

    def click(self, node: int, at: int, x: float = 50, y: float = 60, pressed: int | None = 40) -> Recording:
        """A click of a person, pressed so many milliseconds before; None: made by the page."""
        if pressed is not None:
            self.say(at - pressed, source=2, type=1, id=node, x=x, y=y)
            self.say(at - 1, source=2, type=0, id=node, x=x, y=y)
        return self.say(at, source=2, type=2, id=node, x=x, y=y)

    def clicks(self, node: int, *times: int, **more: Any) -> Recording:
        """Several clicks."""
        for at in times:
            self.click(node, at, **more)
        return self

    def mutate(self, at: int, **what: Any) -> Recording:
        """A mutation of the document."""
        return self.say(at, source=0, **{"adds": [], "removes": [], "texts": [], "attributes": [], **what})

    def pass_time(self, at: int) -> Recording:
        """Something that answers nothing, so that time is known to have passed."""
        return self.say(at, source=2, type=6, id=4)
