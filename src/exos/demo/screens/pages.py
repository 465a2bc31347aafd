"""The pages of the two applications as a recorder sees them: trees of numbered nodes, as rrweb writes them.

A page is the application's frame with one view in it. Every view is one node of the frame's main part, with numbers
of its own, so that
going to another page is one node removed and one added.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from exos.demo.screens.apps import app

PAGES = Path(__file__).parent / "pages"
DOCUMENT, _DOCTYPE, _ELEMENT, _TEXT = 0, 1, 2, 3
ROOT_NODE = 1
_VIEW_NODES = 500
"""Numbers set aside for each view."""
_EMPTY = ("input", "br", "img")
_HIDDEN_TEXT = "•"


@dataclass(frozen=True, slots=True)
class View:
    """What one page shows: the JSON of its node with all that is in it; the same as nodes added one by one, parents
    first, to the main
    part; the node's number; and the numbers of its elements by their HTML id.
    """

    node: str
    adds: str
    root: int
    numbers: dict[str, int]


@dataclass(frozen=True, slots=True)
class Frame:
    """An application's frame: the JSON of a whole snapshot with ⟨view⟩ for the view, the main part's number, its
    elements' numbers,
    and its views by page.
    """

    snapshot: str
    main: int
    numbers: dict[str, int]
    views: dict[str, View]

    def number(self, page: str, element: str) -> int:
        """The node of an element as it is on a page."""
        return self.views[page].numbers.get(element) or self.numbers[element]


class _Nodes(HTMLParser):
    """Reads HTML into rrweb's nodes, numbered from `first` in the order of the document."""

    def __init__(self, first: int) -> None:
        super().__init__()
        self.next = first
        self.top: list[dict[str, Any]] = []
        self.numbers: dict[str, int] = {}
        self._open: list[list[dict[str, Any]]] = [self.top]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if attributes.get("value"):
            attributes["value"] = "*" * len(attributes["value"])
        children: list[dict[str, Any]] = []
        self._add({"type": _ELEMENT, "tagName": tag, "attributes": attributes, "childNodes": children})
        if "id" in attributes:
            self.numbers[attributes["id"]] = self.next - 1
        if tag not in _EMPTY:
            self._open.append(children)

    def handle_endtag(self, tag: str) -> None:
        if tag not in _EMPTY:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if data.strip():
            self._add({"type": _TEXT, "textContent": data})

    def _add(self, node: dict[str, Any]) -> None:
        node["id"] = self.next
        self.next += 1
        self._open[-1].append(node)


@cache
def frame(application: str) -> Frame:
    """The frame and the views of an application."""
    head = {"type": _ELEMENT, "tagName": "head", "attributes": {}, "childNodes": [], "id": 4}
    title = {"type": _TEXT, "textContent": app(application).title, "id": 6}
    style = {"type": _ELEMENT, "tagName": "style", "attributes": {"_cssText": _read(f"{application}.css")}, "id": 7}
    head["childNodes"] = [
        {"type": _ELEMENT, "tagName": "title", "attributes": {}, "childNodes": [title], "id": 5},
        {**style, "childNodes": [{"type": _TEXT, "textContent": "", "id": 8}]},
    ]
    body = _nodes(f"{application}.html", 10)
    _main_of(body.top)["childNodes"] = ["⟨view⟩"]
    page = {"type": _ELEMENT, "tagName": "body", "attributes": {}, "childNodes": body.top, "id": 9}
    html = {"type": _ELEMENT, "tagName": "html", "attributes": {"lang": "en"}, "childNodes": [head, page], "id": 3}
    doctype = {"type": _DOCTYPE, "name": "html", "publicId": "", "systemId": "", "id": 2}
    document = {"type": DOCUMENT, "childNodes": [doctype, html], "id": ROOT_NODE}
    main = body.numbers["main"]
    views = {
        name: _view(f"{application}-{name}.html", (place + 1) * _VIEW_NODES, main)
        for place, name in enumerate(app(application).pages)
    }
    return Frame(_json(document).replace('"⟨view⟩"', "⟨view⟩"), main, body.numbers, views)


def _view(file: str, first: int, main: int) -> View:
    """All of a view within one element, which takes no part in the layout."""
    nodes = _nodes(file, first + 1)
    whole = {
        "type": _ELEMENT, "tagName": "div", "attributes": {"class": "whole", "style": "display:contents"},
        "childNodes": nodes.top, "id": first,
    }  # fmt: skip
    return View(_json(whole), ",".join(_adds(main, whole)), first, nodes.numbers)


def _adds(parent: int, node: dict[str, Any]) -> Iterator[str]:
    """A mutation adds nodes without their children, which follow."""
    alone = {**node, "childNodes": []} if "childNodes" in node else node
    yield f'{{"parentId":{parent},"nextId":null,"node":{_json(alone)}}}'
    for child in node.get("childNodes", []):
        yield from _adds(node["id"], child)


def html(application: str, page: str) -> str:
    """The page as HTML, to look at and to measure."""
    body = _read(f"{application}.html").replace(
        '<div id="main"></div>', f'<div id="main"><div style="display:contents">{_read(f"{application}-{page}.html")}</div></div>'
    )  # fmt: skip
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{app(application).title}</title><style>{_read(f'{application}.css')}</style></head><body>{body}</body></html>"
    )


def _nodes(file: str, first: int) -> _Nodes:
    parser = _Nodes(first)
    parser.feed(_read(file))
    return parser


def _main_of(nodes: list[dict[str, Any]]) -> dict[str, Any]:
    return next(node for node in nodes if node.get("attributes", {}).get("id") == "main")


def _read(file: str) -> str:
    return (PAGES / file).read_text(encoding="utf-8")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
