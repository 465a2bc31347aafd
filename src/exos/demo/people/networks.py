"""Networks that people come from, as truncated addresses of ranges that belong to nobody."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from exos.demo import batches
from exos.demo.calendar import Ints

CLASSES = ("residential", "business", "mobile")
RESIDENTIAL, BUSINESS, MOBILE = range(3)
_CARRIERS_AT = 64
"""100.64.0.0/10 is what mobile networks use inside; 10.0.0.0/8 is private. Neither is anybody's in public."""


def names(network_class: Ints, number: Ints) -> pa.Array:
    """Addresses with the last part cut off: 10.x.y.0, or 100.x.y.0 of mobile networks. Business networks are the upper half."""
    low = number % 32_768 + np.where(network_class == BUSINESS, 32_768, 0)
    first = np.where(network_class == MOBILE, 100, 10)
    second = np.where(network_class == MOBILE, _CARRIERS_AT + number % 64, low // 256)
    third = np.where(network_class == MOBILE, number // 64 % 256, low % 256)
    known, place = np.unique((first * 256 + second) * 256 + third, return_inverse=True)
    texts = [f"{one // 65_536}.{one // 256 % 256}.{one % 256}.0" for one in known.tolist()]
    return pa.array(texts, pa.string()).take(pa.array(place))


def of_class(network_class: Ints) -> pa.Array:
    """The names of the classes."""
    return batches.named(CLASSES, network_class)
