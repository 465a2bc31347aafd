"""What an analysis looks at: the shared `process`, `since`, `until` and `filters` as relations that its SQL reads.

An analysis reads one family of them: `selected_cases`, `selected_variants`, `selected_events` (cases.py),
`selected_product_events` (product.py), `selected_spans`, `selected_calls` (spans.py) or `selected_gauges` (gauges.py). The
relation is put in front of its SQL as a common table expression; filters become conditions whose every value is bound.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from exos.selection import cases, gauges, product, spans
from exos.selection.filters import Ask, Conditions, check_patterns, parse_filters

CASES = cases.RELATIONS
FAMILIES = (cases.RELATIONS, product.RELATIONS, spans.RELATIONS, gauges.RELATIONS)
_NAMES = re.compile(r"\b(?:" + "|".join(sorted(name for family in FAMILIES for name in family)) + r")\b")


def named(sql: str) -> set[str]:
    """The relations that the SQL reads."""
    return set(_NAMES.findall(sql))


def relations(names: set[str], params: Mapping[str, Any], ask: Ask, telemetry: str) -> tuple[str, dict[str, Any]]:
    """The common table expressions for the relations in `names`, and the values bound in them.

    `telemetry` is the database of ClickStack's tables. Raises BadParameter for filters that make no sense.
    """
    chosen = parse_filters(params["filters"])
    check_patterns(chosen, ask)
    conditions = Conditions(str(params["timezone"]))
    if names & cases.RELATIONS:
        made = cases.relations(names, params, chosen, conditions, ask)
    elif names & product.RELATIONS:
        made = product.relations(chosen, conditions)
    elif names & gauges.RELATIONS:
        made = gauges.relations(params, chosen, conditions, telemetry)
    else:
        made = spans.relations(names, params, chosen, conditions, telemetry)
    return ",\n".join(made), conditions.values
