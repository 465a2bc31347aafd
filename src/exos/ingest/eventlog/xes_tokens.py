"""The fast XES reader: takes chunks of whole traces apart at their quotation marks, a column at a time.

In XES as programs write it, every attribute is `<kind key="…" value="…"` and so has four quotation marks; what stands between two
values (`"/></event><event><string key="concept:name" value="` and so on) comes in a few dozen wordings per file. Each wording is
parsed once, strictly; the rest is arithmetic on the places of the marks. Anything else (nested attributes, other quotes or order,
comments, entities beyond the five, control characters) makes `read` give up, and xes_elements.py, a full XML parser, reads that
chunk instead.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from exos.ingest.eventlog.arrays import Ints, integers, numbers
from exos.ingest.eventlog.xes_rows import KINDS, Attributes, Traces

LOG, TRACE, EVENT = 1, 2, 3
MANY_WORDINGS = 10_000
_KINDS = "|".join(KINDS).encode()
_CLOSED = re.compile(rb'"\s*(?:/>|></(' + _KINDS + rb")>)")
_TAG = re.compile(rb"\s*<(/?)(trace|event)>")
_ATTRIBUTE = re.compile(rb"\s*<(" + _KINDS + rb') key="([^"<\x00-\x1f]*)" value="\Z')
_FOREIGN_ENTITY = re.compile(rb"&(?!(?:lt|gt|quot|apos|amp);)")
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&"))
Bytes: TypeAlias = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class _Wording:
    """What a text between two values says.

    `closes`: the kind, from 1, whose closing tag it begins with; `before` and `after`: the level it needs and leads to (0: any,
    unchanged); whether it opens a trace and an event, and where in it the event begins; kind and key of what follows.
    """

    closes: int = 0
    before: int = 0
    after: int = 0
    trace: int = 0
    event: int = 0
    event_at: int = 0
    kind: int = 0
    key: str = ""


@dataclass(frozen=True, slots=True)
class _Structure:
    """Per attribute: its level, whether a trace and an event begin with it, where the event does, its kind and its key."""

    level: Ints
    trace: Ints
    event: Ints
    event_at: Ints
    kind: Ints
    key: Ints
    keys: list[str]


def read(data: bytes) -> Traces | None:
    """The traces of a chunk that begins with `<trace>` and ends with `</trace>`; None where it needs the full parser.

    Lines are counted from 0.
    """
    if not _simple(data):
        return None
    array = np.frombuffer(data, np.uint8)
    marks = np.flatnonzero(array == 34)
    if not len(marks) or len(marks) % 4:
        return None
    offsets = _offsets(marks, len(data))
    tokens = pa.Array.from_buffers(pa.string(), len(offsets) - 1, [None, pa.py_buffer(offsets), pa.py_buffer(data)])
    between = tokens.take(integers(np.arange(0, len(tokens), 2))).dictionary_encode()
    if len(between.dictionary) > MANY_WORDINGS:
        return None
    codes = numbers(between.indices)
    texts = [wording.as_py().encode() for wording in between.dictionary]
    wordings = [_wording(text, code == codes[0], code == codes[-1]) for code, text in enumerate(texts)]
    known = [wording for wording in wordings if wording]
    if len(known) < len(wordings) or not _nothing_hidden(array, texts, codes):
        return None
    structure = _structure(known, codes)
    if structure is None:
        return None
    breaks = int(np.dot(np.bincount(codes), [text.count(b"\n") for text in texts]))
    return _traces(structure, tokens, offsets, data, breaks)


def _simple(data: bytes) -> bool:
    """Whether there are no entities beyond the five, and only UTF-8."""
    if b"&" in data and _FOREIGN_ENTITY.search(data):
        return False
    if data.isascii():
        return True
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _offsets(marks: Ints, length: int) -> NDArray[np.int32]:
    """Where the chunk is cut, without copying it: token 2i is the wording before value i with its marks, 2i+1 the value."""
    offsets = np.empty(len(marks) // 2 + 2, np.int32)
    offsets[0], offsets[-1] = 0, length
    offsets[1:-1:2] = marks[2::4] + 1
    offsets[2:-1:2] = marks[3::4]
    return offsets


@lru_cache(maxsize=2 * MANY_WORDINGS)
def _wording(text: bytes, first: bool, last: bool) -> _Wording | None:
    """None where the text is not one of the known ways from one value to the next."""
    closes, place = 0, 0
    if not first:
        closed = _CLOSED.match(text)
        if not closed:
            return None
        closes = KINDS.index(closed.group(1).decode()) + 1 if closed.group(1) else 0
        place = closed.end()
    tags, event_at = [], 0
    while tag := _TAG.match(text, place):
        tags.append((bool(tag.group(1)), EVENT if tag.group(2) == b"event" else TRACE))
        event_at, place = tag.end(), tag.end()
    walked = _walk(tags)
    if walked is None:
        return None
    before, after, trace, event = walked
    if last:
        return _Wording(closes, before, after) if not text[place:].strip() and after == LOG and not trace else None
    attribute = _ATTRIBUTE.match(text, place)
    if attribute is None or after == LOG or (first and before != LOG):
        return None
    kind, key = (part.decode() for part in attribute.groups())
    return _Wording(closes, before, after, trace, event, event_at, KINDS.index(kind), _unescaped(key))


def _walk(tags: list[tuple[bool, int]]) -> tuple[int, int, int, int] | None:
    """Level before and after some tags, and whether a trace and an event are opened; None where they do not fit together.

    What is opened must stay open: traces and events without attributes are left to the full parser.
    """
    before = level = 0
    opened = {TRACE: 0, EVENT: 0}
    for closing, inner in tags:
        needed = inner if closing else inner - 1
        if level not in (0, needed) or opened[inner]:
            return None
        before = before or needed
        level = inner - 1 if closing else inner
        opened[inner] += not closing
    return before, level, opened[TRACE], opened[EVENT]


def _nothing_hidden(array: Bytes, texts: list[bytes], codes: Ints) -> bool:
    """Whether all control characters and `<` stand between values: XML changes or forbids them inside."""
    known = [sum(byte < 32 or byte == 60 for byte in text) for text in texts]
    found = np.count_nonzero(array < 32) + np.count_nonzero(array == 60)
    return bool(found == int(np.dot(np.bincount(codes), known)))


def _structure(wordings: list[_Wording], codes: Ints) -> _Structure | None:
    """None where levels or closing tags do not match."""
    keys = {wording.key: 0 for wording in wordings}
    keys = {key: code for code, key in enumerate(keys)}
    rows = [(w.closes, w.before, w.after, w.trace, w.event, w.event_at, w.kind, keys[w.key]) for w in wordings]
    closes, before, after, trace, event, event_at, kind, key = np.array(rows, np.int64).T[:, codes]
    changes = np.where(after != 0, np.arange(len(after)), 0)
    level = after[np.maximum.accumulate(changes)]
    if ((before[1:] != 0) & (before[1:] != level[:-1])).any():
        return None
    if ((closes[1:] != 0) & (closes[1:] != kind[:-1] + 1)).any():
        return None
    return _Structure(level[:-1], trace[:-1], event[:-1], event_at[:-1], kind[:-1], key[:-1], list(keys))


def _traces(found: _Structure, tokens: pa.Array, offsets: NDArray[np.int32], data: bytes, breaks: int) -> Traces:
    trace, event = np.cumsum(found.trace) - 1, np.cumsum(found.event) - 1
    texts, value = tokens, np.arange(1, len(tokens), 2)
    if b"&" in data:
        texts, value = _without_entities(tokens.take(integers(value))), np.arange(len(value))
    of_event = found.level == EVENT
    attributes = Attributes(
        np.where(of_event, event, trace), found.key, found.kind.astype(np.uint8), value, found.keys, texts
    )
    opened = np.flatnonzero(found.event)

    def lines(places: Ints) -> Ints:
        feeds = np.flatnonzero(np.frombuffer(data, np.uint8) == 10)
        first = opened[places]
        return np.searchsorted(feeds, offsets[2 * first] + found.event_at[first])

    return Traces(
        trace[opened], int(trace[-1]) + 1, attributes.only(of_event), attributes.only(~of_event), lines, breaks
    )


def _without_entities(texts: pa.Array) -> pa.Array:
    for entity, character in _ENTITIES:
        texts = pc.replace_substring(texts, entity, character)
    return texts


def _unescaped(text: str) -> str:
    for entity, character in _ENTITIES:
        text = text.replace(entity, character)
    return text
