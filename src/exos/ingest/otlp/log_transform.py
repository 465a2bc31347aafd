"""What ClickStack's collector does to a log record before it is stored (its `transform` processor).

JSON in a string body becomes attributes, nested attributes become dotted ones, a body that is a map joins the attributes; a
record without severity takes it from an attribute that names a level, else from the first such word of its body, else it
is `info`. Recordings of sessions are not touched.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import orjson

from exos.ingest.otlp.values import text as text_of

_OBJECT = re.compile(r"\{.*\}")
_LEVEL = re.compile(r"\b(alert|crit|emerg|fatal|error|err|warn|notice|debug|dbug|trace)", re.IGNORECASE)
_LEVEL_KEYS = ("level", "Level", "LEVEL", "severity", "Severity", "SEVERITY", "log.level")
_LOOKED_AT = 256
"""Bytes of a body in which a word for its severity counts."""
_DEPTH = 100
"""JSON in a body that nests deeper stays text."""
_KEYWORDS = (
    (("alert", "crit", "emerg", "fatal", "panic"), 21, "fatal"),
    (("err",), 17, "error"),
    (("warn", "notice"), 13, "warn"),
    (("debug", "dbug"), 5, "debug"),
    (("trace",), 1, "trace"),
    (("info",), 9, "info"),
)
_INFO = 9, "info"


def spread(attributes: dict[str, Any], body: Any, spend: Callable[[int], None]) -> dict[str, Any]:
    """The attributes, flattened, with what the body says.

    `spend` is told the characters of every dotted name, for a long name with much below it swells, and may raise.
    """
    if isinstance(body, str):
        attributes = {**attributes, **_parsed(body)}
    flat = {}
    for key, value in _flattened("", attributes.items()):
        spend(len(key))
        flat[key] = value
    return {**flat, **body} if isinstance(body, dict) else flat


def severity(number: int, text: str, attributes: dict[str, Any], body: Any) -> tuple[int, str]:
    """Number and text, in lower case; found out where the record bears neither."""
    if number or text:
        return number, text.lower()
    for key in _LEVEL_KEYS:
        level = attributes.get(key)
        if isinstance(level, str) and level:
            return _keyword(level)[0], level.lower()
    found = _LEVEL.search(text_of(body).encode()[:_LOOKED_AT].decode(errors="ignore"))
    return _keyword(found[0]) if found else _INFO


def _keyword(word: str) -> tuple[int, str]:
    lower = word.lower()
    for parts, number, text in _KEYWORDS:
        if any(part in lower for part in parts):
            return number, text
    return _INFO


def _parsed(body: str) -> dict[str, Any]:
    """The JSON object in the text; empty when there is none. Numbers are doubles, as in the collector."""
    found = _OBJECT.search(body)
    if found is None:
        return {}
    try:
        parsed = orjson.loads(found[0])
    except orjson.JSONDecodeError:
        return {}
    try:
        return _with_doubles(parsed, 0) if isinstance(parsed, dict) else {}
    except RecursionError:
        return {}


def _with_doubles(value: Any, depth: int) -> Any:
    if depth > _DEPTH:
        raise RecursionError
    if isinstance(value, dict):
        return {key: _with_doubles(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_doubles(item, depth + 1) for item in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _flattened(prefix: str, items: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    for key, value in items:
        if isinstance(value, dict):
            yield from _flattened(f"{prefix}{key}.", value.items())
        elif isinstance(value, list):
            yield from _flattened(f"{prefix}{key}.", ((str(at), item) for at, item in enumerate(value)))
        else:
            yield f"{prefix}{key}", value
