"""A demo world worth exploring: generated, the same for the same seed, with planted and documented truths.

`generate` makes it, `present` tells whether it is there, `truths` says what is planted. Which worlds there are, and what storeys
they are built of, is in worlds.py.
"""

from __future__ import annotations

from exos.demo.truths import Truth, truths
from exos.demo.world import Summary, clear, generate, last_day, present
from exos.demo.worlds import SCALES, WORLDS

__all__ = ["SCALES", "WORLDS", "Summary", "Truth", "clear", "generate", "last_day", "present", "truths"]
