"""The document of a recorded page, followed through its recording, so that what was clicked has a name.

Reads the full snapshots and mutations of rrweb 2 (types in rrweb's packages/types). Only elements, their attributes and texts are
kept; what a mutation says about unknown nodes is passed over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

ELEMENT, TEXT = 2, 3
LONGEST_SELECTOR, LONGEST_TEXT = 200, 64
_DEEPEST = 5
_BUTTONS = {"button", "submit", "reset", "image"}
_BUTTON_ROLES = {"button", "link", "tab", "menuitem", "switch"}
_FIELD_ROLES = {"spinbutton", "slider", "textbox", "combobox"}
_FIELDS = {"select", "textarea", "option", "label"}
_PIXELS = {"canvas", "video", "audio", "embed", "object", "iframe"}
_PASSED_OVER = {"style", "script", "noscript"}


@dataclass(eq=False)
class Node:
    """An element or a text. `tag` is empty for what is no element."""

    id: int
    tag: str = ""
    text: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Node] = field(default_factory=list)
    parent: Node | None = None
    shadow: bool = False

    def ancestors(self) -> Iterator[Node]:
        """The node itself, then its ancestors, out of shadow trees as well."""
        one: Node | None = self
        while one is not None:
            yield one
            one = one.parent

    @property
    def parent_element(self) -> Node | None:
        """The element around this one within the same tree."""
        return self.parent if self.parent is not None and self.parent.tag and not self.shadow else None


class Page:
    """The nodes of one page by their id."""

    def __init__(self) -> None:
        self._nodes: dict[int, Node] = {}

    def get(self, number: Any) -> Node | None:
        """The node of that id, where it is known."""
        return self._nodes.get(number) if isinstance(number, int) else None

    def load(self, snapshot: Any) -> None:
        """Take the place of everything known."""
        self._nodes.clear()
        self._read(snapshot, None)

    def apply(self, mutation: Mapping[str, Any]) -> None:
        """Follow one mutation: removals, then additions, then texts and attributes, as the player does."""
        for one in _records(mutation, "removes"):
            self._remove(self.get(one.get("id")))
        self._add(_records(mutation, "adds"))
        for one in _records(mutation, "texts"):
            if (node := self.get(one.get("id"))) is not None:
                node.text = _text(one.get("value"))
        for one in _records(mutation, "attributes"):
            if (node := self.get(one.get("id"))) is not None and isinstance(one.get("attributes"), dict):
                _change(node.attributes, one["attributes"])

    def _add(self, adds: Sequence[Mapping[str, Any]]) -> None:
        """A node waits until its parent and its next sibling are there; at last it is put at the end of its parent."""
        waiting = adds
        while waiting:
            later = []
            for one in waiting:
                parent, following = self.get(one.get("parentId")), one.get("nextId")
                if parent is None or (following is not None and self.get(following) not in parent.children):
                    later.append(one)
                else:
                    self._place(one.get("node"), parent, self.get(following))
            if len(later) == len(waiting):
                break
            waiting = later
        else:
            return
        for one in waiting:
            if (parent := self.get(one.get("parentId"))) is not None:
                self._place(one.get("node"), parent, None)

    def _place(self, said: Any, parent: Node, following: Node | None) -> None:
        if isinstance(said, dict):
            self._remove(self.get(said.get("id")))
        node = self._read(said, parent)
        if node is None:
            return
        at = parent.children.index(following) if following in parent.children else len(parent.children)
        parent.children.insert(at, node)

    def _remove(self, node: Node | None) -> None:
        if node is None:
            return
        if node.parent is not None and node in node.parent.children:
            node.parent.children.remove(node)
        stack = [node]
        while stack:
            one = stack.pop()
            self._nodes.pop(one.id, None)
            stack += one.children

    def _read(self, said: Any, parent: Node | None) -> Node | None:
        """Without recursion: documents may be nested deeper than the interpreter's stack."""
        top = self._make(said, parent)
        stack = [(top, said)] if top is not None else []
        while stack:
            node, record = stack.pop()
            for child in _records(record, "childNodes"):
                made = self._make(child, node)
                if made is not None:
                    node.children.append(made)
                    stack.append((made, child))
        return top

    def _make(self, said: Any, parent: Node | None) -> Node | None:
        if not isinstance(said, dict) or not isinstance(said.get("id"), int):
            return None
        kind = said.get("type")
        node = Node(
            said["id"],
            tag=_text(said.get("tagName")).lower() if kind == ELEMENT else "",
            text=_text(said.get("textContent")) if kind == TEXT else "",
            parent=parent,
            shadow=said.get("isShadow") is True,
        )
        if isinstance(said.get("attributes"), dict):
            _change(node.attributes, said["attributes"])
        self._nodes[node.id] = node
        return node


def element_of(node: Node) -> Node | None:
    """What a person would say they clicked: the button or link around the node, else the nearest element."""
    around = [one for one in node.ancestors() if one.tag]
    return next((one for one in around if is_clickable(one)), around[0] if around else None)


def is_clickable(element: Node) -> bool:
    """Whether it looks as if it would answer a click: link, button, summary, a role of those, or a handler of its own."""
    said = element.attributes
    return (
        element.tag in ("button", "summary")
        or (element.tag == "a" and "href" in said)
        or (element.tag == "input" and said.get("type") in _BUTTONS)
        or said.get("role") in _BUTTON_ROLES
        or "onclick" in said
        or "aria-haspopup" in said
    )


def is_field(element: Node) -> bool:
    """Whether it shows by itself that it was used (fields, labels), or shows it where no recording looks (canvas, video)."""
    said = element.attributes
    return (
        element.tag in _FIELDS
        or element.tag in _PIXELS
        or (element.tag == "input" and said.get("type") not in _BUTTONS)
        or said.get("role") in _FIELD_ROLES
        or "contenteditable" in said
    )


def selector(element: Node) -> str:
    """A CSS selector, made as the snippet makes it, so that both name the same element alike."""
    parts: list[str] = []
    one: Node | None = element
    while one is not None and one.parent_element is not None and len(parts) < _DEEPEST:
        test, name = one.attributes.get("data-testid", ""), one.attributes.get("id", "")
        if test or _plain(name):
            parts.insert(0, f'[data-testid="{test}"]' if test else f"#{name}")
            break
        alike = [child for child in one.parent_element.children if child.tag == one.tag]
        parts.insert(0, f"{one.tag}:nth-of-type({alike.index(one) + 1})" if len(alike) > 1 else one.tag)
        one = one.parent_element
    return " > ".join(parts)[:LONGEST_SELECTOR]


def caption(element: Node) -> str:
    """What the element says: its label, its text, its title; spaces joined."""
    said = element.attributes
    shown = said.get("value", "") if element.tag == "input" else "".join(_texts(element))
    return " ".join((said.get("aria-label") or shown or said.get("title", "")).split())


def _texts(element: Node) -> Iterator[str]:
    stack = [element]
    while stack:
        one = stack.pop()
        if one.tag in _PASSED_OVER:
            continue
        yield one.text
        stack += reversed(one.children)


def _plain(name: str) -> bool:
    """[a-z][-_a-z0-9]*, in any case."""
    return name[:1].isalpha() and name.isascii() and all(sign.isalnum() or sign in "_-" for sign in name)


def _change(attributes: dict[str, str], said: Mapping[str, Any]) -> None:
    for name, value in said.items():
        if value is None or value is False:
            attributes.pop(name, None)
        elif isinstance(value, str | int | float):
            attributes[name] = "" if value is True else str(value)


def _records(value: Any, name: str) -> Sequence[Any]:
    found = value.get(name) if isinstance(value, dict) else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
