"""Parts of a file are worked on ahead of time, and still come in order."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from exos.errors import BadFile
from exos.ingest.eventlog.json_stream import elements
from exos.ingest.eventlog.pipeline import ahead


def test_results_come_in_the_order_of_the_tasks() -> None:
    second = threading.Event()

    def wait() -> int:
        assert second.wait(5)
        return 1

    def release() -> int:
        second.set()
        return 2

    assert list(ahead([wait, release], workers=2)) == [1, 2]


def test_only_a_few_tasks_are_begun_before_their_results_are_taken() -> None:
    begun: list[int] = []

    def tasks() -> Iterator[Callable[[], int]]:
        for number in range(100):
            begun.append(number)
            yield partial(int, number)

    results = ahead(tasks(), workers=2)
    assert next(results) == 0
    assert len(begun) == 3
    results.close()


def test_what_was_read_before_an_error_comes_first() -> None:
    def tasks() -> Iterator[Callable[[], int]]:
        yield from (partial(int, number) for number in range(5))
        raise BadFile("cut short")

    results = ahead(tasks(), workers=3)
    taken: list[int] = []
    with pytest.raises(BadFile, match="cut short"):
        taken.extend(results)
    assert taken == [0, 1, 2, 3, 4]


def test_an_error_of_a_task_is_raised_in_its_place() -> None:
    def broken() -> int:
        raise BadFile("no")

    tasks: list[Callable[[], int]] = [partial(int, 1), broken, partial(int, 3)]
    results = ahead(tasks, workers=2)
    assert next(results) == 1
    with pytest.raises(BadFile):
        next(results)


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_json_is_read_element_by_element(size: int) -> None:
    text = ' {"a": [1, {"b": [2, 3]}, "ü\\" ]", 4.5e3 , null], "x": {"y": [1]}, "e": [ ], "n": 12}\n'.encode()
    blocks = (text[start : start + size] for start in range(0, len(text), size))
    assert list(elements(blocks, "log.json")) == [
        ("a", 1),
        ("a", {"b": [2, 3]}),
        ("a", 'ü" ]'),
        ("a", 4500.0),
        ("a", None),
        ("x", {"y": [1]}),
        ("n", 12),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": [1, 2', "cut short"),
        ('{"a": [1 2]}' + " " * 50, "is not valid JSON"),
        ('{"a": tru}' + " " * 50, "is not valid JSON"),
        ("[1]", "'{' was expected at character 1"),
        ("{1: 2}", "a key was expected"),
        ("{'a': 2}" + " " * 50, "is not valid JSON"),
    ],
)
def test_broken_json_is_refused_with_its_place(text: str, message: str) -> None:
    with pytest.raises(BadFile, match=message):
        list(elements(iter([text.encode()]), "log.json"))
