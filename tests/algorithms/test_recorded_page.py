"""Following a document through its recording: names of elements as a browser's own document would give them."""

from __future__ import annotations

from typing import Any

import pytest

from exos.algorithms.recorded_page import Node, Page, caption, element_of, selector
from recorded import BUTTON, ICON, PLAIN, Recording, element, text


@pytest.fixture
def page() -> Page:
    opened = Page()
    opened.load(Recording().start().events[1]["data"]["node"])
    return opened


def at(page: Page, number: int) -> Node:
    node = page.get(number)
    assert node is not None
    return node


def change(page: Page, **what: Any) -> None:
    page.apply({"source": 0, **what})


def added(parent: int, node: dict[str, Any], before: int | None = None) -> dict[str, Any]:
    return {"parentId": parent, "nextId": before, "node": node}


def test_selectors(page: Page) -> None:
    assert selector(at(page, BUTTON)) == "#place"
    assert selector(at(page, ICON)) == "#place > svg"
    assert selector(at(page, PLAIN)) == '[data-testid="card"] > p'
    assert selector(at(page, 42)) == "body > div:nth-of-type(3)"
    assert selector(at(page, 2)) == ""


def test_what_was_meant(page: Page) -> None:
    assert element_of(at(page, ICON)) is at(page, BUTTON)
    assert element_of(at(page, 34)) is at(page, PLAIN)
    assert element_of(at(page, 1)) is None


def test_captions(page: Page) -> None:
    assert caption(at(page, BUTTON)) == "Place order"
    change(page, attributes=[{"id": BUTTON, "attributes": {"aria-label": " Buy  now "}}])
    assert caption(at(page, BUTTON)) == "Buy now"
    change(page, attributes=[{"id": BUTTON, "attributes": {"aria-label": None}}], texts=[{"id": 30, "value": "Sold"}])
    assert caption(at(page, BUTTON)) == "Sold"


def test_additions_come_in_any_order(page: Page) -> None:
    second, first = element(101, "p"), element(100, "p")
    change(page, adds=[added(99, second), added(99, first, before=101), added(4, element(99, "section"))])
    assert [child.id for child in at(page, 99).children] == [100, 101]
    assert selector(at(page, 100)) == "body > section > p:nth-of-type(1)"


def test_a_node_that_moves(page: Page) -> None:
    change(page, removes=[{"parentId": 41, "id": PLAIN}], adds=[added(40, element(PLAIN, "p", text(34, "moved")))])
    assert selector(at(page, PLAIN)) == "body > div:nth-of-type(1) > p"
    assert at(page, 41).children == []


def test_removal_takes_what_is_within(page: Page) -> None:
    change(page, removes=[{"parentId": 4, "id": BUTTON}])
    assert page.get(BUTTON) is page.get(ICON) is page.get(30) is None


def test_a_shadow_tree_ends_the_selector_but_not_what_was_meant(page: Page) -> None:
    inner = {**element(120, "span"), "isShadow": True}
    change(page, adds=[added(BUTTON, inner)])
    assert selector(at(page, 120)) == ""
    assert element_of(at(page, 120)) is at(page, BUTTON)


def test_unknown_nodes_are_passed_over(page: Page) -> None:
    before = selector(at(page, 42))
    change(
        page,
        adds=[added(999, element(130, "p")), {"parentId": 4}, {"parentId": 4, "node": "nonsense"}],
        removes=[{"id": 998}, {}],
        texts=[{"id": 997, "value": "x"}],
        attributes=[{"id": 996, "attributes": {}}, {"id": 42, "attributes": "nonsense"}],
    )
    assert selector(at(page, 42)) == before


def test_a_document_deeper_than_the_stack() -> None:
    node = element(5000, "p")
    for number in range(4999, 1, -1):
        node = element(number, "div", node)
    deep = Page()
    deep.load({"type": 0, "id": 1, "childNodes": [node]})
    assert selector(at(deep, 5000)) == "div > div > div > div > p"
    change(deep, removes=[{"id": 2}])
    assert deep.get(5000) is None
