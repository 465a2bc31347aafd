"""A demo world worth exploring: generated, the same for the same seed, with planted and documented truths.

`generate` makes it, `present` tells whether it is there, `truths` says what is planted. What a world consists of is in world.py.
"""

from __future__ import annotations

from exos.demo.truths import Truth, truths
from exos.demo.world import SCALES, Summary, clear, generate, last_day, present

__all__ = ["SCALES", "Summary", "Truth", "clear", "generate", "last_day", "present", "truths"]
