"""Events of rrweb, the recorder, as JSON texts: one template for each kind of event, filled for many at once.

Forms and numbers are rrweb's (type 3 is an incremental snapshot; its sources: 0 mutation, 1 mouse move, 2 mouse
interaction, 3 scroll,
5 input).
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from exos.demo.calendar import Ints
from exos.demo.columns import Text, filled, join

MOUSE_UP, MOUSE_DOWN, CLICKED, FOCUS, TOUCH_START, TOUCH_END = 0, 1, 2, 5, 7, 9
POINTS = 7
"""Positions of the cursor in one event of its movement."""
STEP_MS = 65
_INCREMENT = '{"type":3,"data":{⟨data⟩},"timestamp":⟨at⟩}'


def started(at: Ints) -> pa.Array:
    """The page's DOM is there."""
    return filled('{"type":0,"data":{},"timestamp":⟨at⟩}', at=at)


def loaded(at: Ints) -> pa.Array:
    """The page has loaded."""
    return filled('{"type":1,"data":{},"timestamp":⟨at⟩}', at=at)


def meta(at: Ints, href: pa.Array, width: Ints, height: Ints) -> pa.Array:
    """Address and size of what follows."""
    text = '{"type":4,"data":{"href":"⟨href⟩","width":⟨width⟩,"height":⟨height⟩},"timestamp":⟨at⟩}'
    return filled(text, at=at, href=href, width=width, height=height)


def snapshot(at: Ints, document: pa.Array) -> pa.Array:
    """The whole page."""
    text = '{"type":2,"data":{"node":⟨node⟩,"initialOffset":{"left":0,"top":0}},"timestamp":⟨at⟩}'
    return filled(text, at=at, node=document)


def moved(at: Ints, path: tuple[Ints, Ints], node: Ints) -> pa.Array:
    """The cursor has moved along a path of positions, each array of shape (rows, positions)."""
    x, y = path
    steps = x.shape[1]
    pieces: list[Text] = ['"source":1,"positions":[']
    for step in range(steps):
        offset = (step - steps + 1) * STEP_MS
        pieces += ['{"x":', x[:, step], ',"y":', y[:, step], ',"id":', node, f',"timeOffset":{offset}' + "}"]
        pieces.append("," if step < steps - 1 else "]")
    return _increment(at, join(*pieces))


def path(start: tuple[Ints, Ints], target: tuple[Ints, Ints], bend: Ints, steps: int = POINTS) -> tuple[Ints, Ints]:
    """A hand's way from one position to another: it starts fast, bends a little, and slows down before the target."""
    share = 1 - (1 - np.linspace(0.12, 1, steps)) ** 2
    aside = np.sin(np.pi * share)[None, :] * bend[:, None]
    x = start[0][:, None] + (target[0] - start[0])[:, None] * share[None, :] + aside
    y = start[1][:, None] + (target[1] - start[1])[:, None] * share[None, :] - aside * 0.6
    return np.maximum(x, 0).astype(np.int64), np.maximum(y, 0).astype(np.int64)


def interaction(at: Ints, kind: int, node: Ints, x: Ints, y: Ints) -> pa.Array:
    """A button of the mouse, a finger, or the focus."""
    where = "" if kind == FOCUS else ',"x":⟨x⟩,"y":⟨y⟩'
    return _increment(at, filled(f'"source":2,"type":{kind},"id":⟨node⟩{where}', node=node, x=x, y=y))


def typed(at: Ints, node: Ints, text: pa.Array) -> pa.Array:
    """What a field holds, masked."""
    return _increment(at, filled('"source":5,"text":"⟨text⟩","isChecked":false,"id":⟨node⟩', text=text, node=node))


def ticked(at: Ints, node: Ints) -> pa.Array:
    """A box was ticked."""
    return _increment(at, filled('"source":5,"text":"on","isChecked":true,"id":⟨node⟩', node=node))


def scrolled(at: Ints, y: Ints) -> pa.Array:
    """The page was scrolled."""
    return _increment(at, filled('"source":3,"id":1,"x":0,"y":⟨y⟩', y=y))


def mutated(at: Ints, *, texts: Text = "", attributes: Text = "", removes: Text = "", adds: Text = "") -> pa.Array:
    """The page has changed; each part is the inside of a JSON list."""
    head, tail = '"source":0,"texts":[', "]"
    data = join(
        head,
        texts,
        '],"attributes":[',
        attributes,
        '],"removes":[',
        removes,
        '],"adds":[',
        adds,
        tail,
        pa.repeat("", len(at)),
    )
    return _increment(at, data)


def removed(parent: Text, node: Text) -> pa.Array:
    """One node removed."""
    return join('{"parentId":', parent, ',"id":', node, "}")


def added(parent: Text, node: Text) -> pa.Array:
    """One node added as the last of its parent; `node` is its JSON."""
    return join('{"parentId":', parent, ',"nextId":null,"node":', node, "}")


def _increment(at: Ints, data: pa.Array) -> pa.Array:
    return filled(_INCREMENT, data=data, at=at)
