"""Everyone near the mortgage company's public site, customers or not: who they are, how they came, when they left and why.

`population` yields them in blocks of columns; `facts` names what the columns' numbers mean.
"""

from __future__ import annotations

from exos.demo.people.facts import Facts, facts, pick
from exos.demo.people.moments import FAR
from exos.demo.people.population import PERIOD_DAYS, PERSONS, People, population

__all__ = ["FAR", "PERIOD_DAYS", "PERSONS", "Facts", "People", "facts", "pick", "population"]
