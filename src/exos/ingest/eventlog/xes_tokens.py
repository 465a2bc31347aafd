"""The fast XES reader: takes chunks of whole traces apart at their quotation marks, a column at a time.

In XES as programs write it, every attribute is `<kind key="…" value="…"` and so has four quotation marks; what stands between two
attributes (`/>`, `</event><event>` and so on) comes in a few dozen wordings per file. Each wording is parsed once, strictly; the
rest is arithmetic on the places of the marks. Anything else (nested attributes, other quotes or order, comments, entities beyond
the five, control characters) makes `read` give up, and xes_elements.py, a full XML parser, reads that chunk instead.
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
_VALUE = int.from_bytes(b'" value=', "little")
_CLOSED = re.compile(rb"\s*(?:/>|></(" + "|".join(KINDS).encode() + rb")>)")
_TAG = re.compile(rb"\s*<(/?)(trace|event)>")
_ATTRIBUTE = re.compile(rb"\s*<(" + "|".join(KINDS).encode() + rb") key=\Z")
_FOREIGN_ENTITY = re.compile(rb"&(?!(?:lt|gt|quot|apos|amp);)")
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&"))
Bytes: TypeAlias = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class _Wording:
    """What a text between two attributes says.

    `closes`: the kind, from 1, whose closing tag it begins with; `before` and `after`: the level it needs and leads to (0: any,
    unchanged); whether it opens a trace and an event; the kind of attribute that follows.
    """

    closes: int = 0
    before: int = 0
    after: int = 0
    trace: int = 0
    event: int = 0
    kind: int = 0


def read(data: bytes, line: int) -> Traces | None:
    """The traces of a chunk that begins with `<trace>` and ends with `</trace>`; None where it needs the full parser.

    `line` is the line number on which the chunk begins.
    """
    if not _simple(data):
        return None
    array = np.frombuffer(data, np.uint8)
    marks = np.flatnonzero(array == 34)
    if not len(marks) or len(marks) % 4 or not _values_follow_keys(array, marks):
        return None
    tokens = _tokens(data, marks)
    between = tokens.take(integers(np.arange(0, 2 * len(marks) + 1, 8))).dictionary_encode()
    codes = numbers(between.indices)
    texts = [text.as_py().encode() for text in between.dictionary]
    wordings = [_wording(text, code == codes[0], code == codes[-1]) for code, text in enumerate(texts)]
    if not _nothing_hidden(array, texts, codes):
        return None
    known = [wording for wording in wordings if wording]
    structure = _structure(known, codes) if len(known) == len(wordings) else None
    return structure and _traces(structure, tokens, data, marks, line)


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


def _values_follow_keys(array: Bytes, marks: Ints) -> bool:
    """Whether each key is followed by ` value=` and nothing else: eight bytes with the mark before it, compared as a number."""
    after_key = marks[1::4]
    if (marks[2::4] - after_key != 8).any():
        return False
    eights = np.ndarray((len(array) - 7,), "<u8", array, 0, (1,))
    return bool((eights[after_key] == _VALUE).all())


def _tokens(data: bytes, marks: Ints) -> pa.Array:
    """The chunk cut before and after each mark, without copying: token 8i+2 is a key, 8i+6 its value, 8i+8 what follows."""
    offsets = np.empty(2 * len(marks) + 2, np.int32)
    offsets[0] = 0
    offsets[1:-1:2] = marks
    offsets[2:-1:2] = marks + 1
    offsets[-1] = len(data)
    return pa.Array.from_buffers(pa.string(), 2 * len(marks) + 1, [None, pa.py_buffer(offsets), pa.py_buffer(data)])


@lru_cache(maxsize=4096)
def _wording(text: bytes, first: bool, last: bool) -> _Wording | None:
    """None where the text is not one of the known ways from one attribute to the next."""
    closes, rest = 0, text
    if not first:
        closed = _CLOSED.match(text)
        if not closed:
            return None
        closes = KINDS.index(closed.group(1).decode()) + 1 if closed.group(1) else 0
        rest = text[closed.end() :]
    tags = []
    while tag := _TAG.match(rest):
        tags.append((bool(tag.group(1)), EVENT if tag.group(2) == b"event" else TRACE))
        rest = rest[tag.end() :]
    walked = _walk(tags)
    if walked is None:
        return None
    before, after, trace, event = walked
    if last:
        return _Wording(closes, before, after) if not rest.strip() and after == LOG and not trace else None
    kind = _ATTRIBUTE.match(rest)
    if kind is None or after == LOG or (first and before != LOG):
        return None
    return _Wording(closes, before, after, trace, event, KINDS.index(kind.group(1).decode()))


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
    """Whether all control characters and `<` stand between attributes: XML changes or forbids them inside of values."""
    times = np.bincount(codes, minlength=len(texts))
    known = [sum(byte < 32 or byte == 60 for byte in text) for text in texts]
    found = np.count_nonzero(array < 32) + np.count_nonzero(array == 60)
    return bool(found == int(np.dot(times, known)))


def _structure(wordings: list[_Wording], codes: Ints) -> tuple[Ints, Ints, Ints, Ints] | None:
    """Per attribute its level, trace opened, event opened and kind; None where levels or closing tags do not match."""
    table = np.array([(w.closes, w.before, w.after, w.trace, w.event, w.kind) for w in wordings], np.int64)
    closes, before, after, trace, event, kind = (column[codes] for column in table.T)
    changes = np.where(after != 0, np.arange(len(after)), 0)
    level = after[np.maximum.accumulate(changes)]
    if ((before[1:] != 0) & (before[1:] != level[:-1])).any():
        return None
    if ((closes[1:] != 0) & (closes[1:] != kind[:-1] + 1)).any():
        return None
    return level[:-1], trace[:-1], event[:-1], kind[:-1]


def _traces(structure: tuple[Ints, Ints, Ints, Ints], tokens: pa.Array, data: bytes, marks: Ints, line: int) -> Traces:
    level, opens_trace, opens_event, kind = structure
    count = len(level)
    trace, event = np.cumsum(opens_trace) - 1, np.cumsum(opens_event) - 1
    keys = tokens.take(integers(np.arange(2, 8 * count, 8))).dictionary_encode()
    texts, value = tokens, np.arange(6, 8 * count, 8)
    if b"&" in data:
        texts, value = _without_entities(tokens.take(integers(value))), np.arange(count)
    attributes = Attributes(
        owner=np.where(level == EVENT, event, trace),
        key=numbers(keys.indices),
        kind=kind.astype(np.uint8),
        value=value,
        keys=[_without_entities(key).as_py() for key in keys.dictionary],
        texts=texts,
    )
    opened = np.flatnonzero(opens_event)

    def lines(places: Ints) -> Ints:
        breaks = np.flatnonzero(np.frombuffer(data, np.uint8) == 10)
        return line + np.searchsorted(breaks, marks[4 * opened[places]])

    of_events, of_traces = attributes.only(level == EVENT), attributes.only(level == TRACE)
    return Traces(trace[opened], int(trace[-1]) + 1, of_events, of_traces, lines)


def _without_entities(texts: pa.Array) -> pa.Array:
    for entity, character in _ENTITIES:
        texts = pc.replace_substring(texts, entity, character)
    return texts
