"""Takes out of a request what cannot be stored, so that the rest can."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

_SIZES = (("trace_id", 16), ("span_id", 8), ("parent_span_id", 8))


def prune(request: Any) -> int:
    """Remove items whose ids have a wrong length, from a message of any signal. Returns how many."""
    return sum(_remove(items, sound) for items, sound in _lists(request))


def _lists(request: Any) -> Iterator[tuple[Any, Callable[[Any], bool]]]:
    """The lists of items in a request, and what makes an item sound."""
    for resource in getattr(request, "resource_spans", ()):
        yield from ((scope.spans, _sound_span) for scope in resource.scope_spans)
    for resource in getattr(request, "resource_logs", ()):
        yield from ((scope.log_records, _sound) for scope in resource.scope_logs)
    for resource in getattr(request, "resource_metrics", ()):
        for scope in resource.scope_metrics:
            for metric in scope.metrics:
                kind = metric.WhichOneof("data")
                if kind is not None:
                    yield getattr(metric, kind).data_points, _sound_point


def _remove(items: Any, sound: Callable[[Any], bool]) -> int:
    kept = [item for item in items if sound(item)]
    removed = len(items) - len(kept)
    if removed:
        copies = [type(item).FromString(item.SerializeToString()) for item in kept]
        del items[:]
        items.extend(copies)
    return removed


def _sound(item: Any) -> bool:
    return all(len(getattr(item, name, b"")) in (0, size) for name, size in _SIZES)


def _sound_span(span: Any) -> bool:
    return _sound(span) and _all(span.links)


def _sound_point(point: Any) -> bool:
    return _all(getattr(point, "exemplars", ()))


def _all(items: Iterable[Any]) -> bool:
    return all(_sound(item) for item in items)
