"""The scan of a document, as a picture within an address: about a megabyte, as scans are."""

from __future__ import annotations

from functools import cache

import numpy as np

from exos.demo.columns import draw

_WIDTH, _HEIGHT, _MARGIN = 1_200, 1_560, 90
_GREY = {dark: f"rgb({dark},{dark},{dark})" for dark in range(256)}
_LINE, _WORDS = 9, 136
"""Height of a line of the page, and words in it: small print."""


@cache
def scan() -> str:
    """A page of small print, each word a dark stroke of its own, as an address that needs no quoting in JSON."""
    lines = (_HEIGHT - 2 * _MARGIN) // _LINE
    row, word = np.divmod(np.arange(lines * _WORDS), _WORDS)
    width = 2 + (draw(405, row, word) * 5).astype(np.int64)
    shade = 40 + (draw(406, row, word) * 60).astype(np.int64)
    step = (_WIDTH - 2 * _MARGIN) / _WORDS
    ends = _WORDS * np.where(row % 23 == 22, 0.0, np.where(row % 23 == 21, 0.45, 0.985))
    strokes = [
        f"<rect x='{_MARGIN + place * step:.0f}' y='{_MARGIN + line * _LINE}' width='{long}' height='4' fill='{_GREY[dark]}'/>"
        for line, place, long, dark, end in zip(row, word, width, shade, ends, strict=True)
        if place < end
    ]
    size = f"viewBox='0 0 {_WIDTH} {_HEIGHT}'"
    paper = "<rect width='100%25' height='100%25' fill='white'/>"
    return f"data:image/svg+xml;utf8,<svg xmlns='http://www.w3.org/2000/svg' {size}>{paper}{''.join(strokes)}</svg>"
