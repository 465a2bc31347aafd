"""Addresses of the pages that beats happen on, and of the requests that they make."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from exos.demo.calendar import Ints
from exos.demo.columns import join
from exos.demo.screens.beats import Piece


def addresses(piece: Piece, page: Ints, tail: Ints) -> pa.Array:
    """The whole address of pages: origin, path, and what the path names."""
    app = piece.sessions.app
    heads = pa.array([app.origin + path.partition("{}")[0] for path in app.pages.values()])
    named = np.array(["{}" in path for path in app.pages.values()])
    shown = np.where(named[page], tail, 0)
    return join(heads.take(pa.array(page)), piece.tails.take(pa.array(shown)))


def api_urls(piece: Piece, endpoint: int, tail: Ints) -> pa.Array:
    """The address of the requests to one endpoint."""
    app = piece.sessions.app
    head, mark, rest = app.endpoints[endpoint].path.partition("{}")
    if not mark:
        return pa.repeat(app.origin + head, len(tail))
    return join(app.origin + head, piece.tails.take(pa.array(tail)), rest)
