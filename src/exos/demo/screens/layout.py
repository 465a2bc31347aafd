"""Where the elements of the pages are, as measured in a real browser (layout.json; `docs/layout.py` measures them
again).
"""

from __future__ import annotations

import json
from functools import cache

import numpy as np

from exos.demo.calendar import Ints
from exos.demo.screens.apps import HERE, app

VIEWPORTS = {"desktop": (1440, 900), "mobile": (390, 844)}


@cache
def boxes(application: str) -> Ints:
    """Left, top, width, height of every element in CSS pixels: shape (2, elements, 4), desktop first, then mobile."""
    said = json.loads((HERE / "layout.json").read_text(encoding="utf-8"))[application]
    known = [
        [said[size].get(element.name) or said["desktop"][element.name] for element in app(application).elements]
        for size in VIEWPORTS
    ]
    return np.array(known, np.int64)


def centres(application: str) -> tuple[Ints, Ints]:
    """The middle of every element: x and y, each of shape (2, elements)."""
    measured = boxes(application)
    return measured[:, :, 0] + measured[:, :, 2] // 2, measured[:, :, 1] + measured[:, :, 3] // 2
