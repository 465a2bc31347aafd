"""What a user of a ClickHouse server may set: which settings the server knows, and within which bounds.

A server refuses a query for one setting that it does not know (an older version), that is fixed for the user, or that goes
beyond the user's bounds. EXOS asks once and then sends what is accepted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from exos.errors import BadSettings

QUESTION = "SELECT name, value, min, max, readonly FROM system.settings WHERE name IN {names:Array(String)} OR name = 'readonly'"


class Permitted:
    """What one user may set, from the rows of `QUESTION`."""

    def __init__(self, rows: Iterable[Sequence[Any]], user: str) -> None:
        known = {name: (value, low, high, bool(fixed)) for name, value, low, high, fixed in rows}
        self._known = known
        self.readonly = str(known["readonly"][0]) if "readonly" in known else "0"
        if self.readonly == "1":
            raise BadSettings(
                f"The ClickHouse user {user} has readonly = 1, so no query of it can have limits or a time zone.",
                "Give the user a profile with readonly = 2, and bounds (MAX) for what must not be raised.",
            )

    def fit(self, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """The settings that can be sent: numbers within the user's bounds, and nothing that is unknown or fixed."""
        fitting: dict[str, Any] = {}
        for name, value in wanted.items():
            if name in self._known and not self._known[name][3]:
                _, low, high, _ = self._known[name]
                fitting[name] = _within(value, low, high)
        return fitting

    @property
    def reading(self) -> dict[str, Any]:
        """What makes a query a read: a user that may write sends readonly = 1 along, which the server applies last."""
        return {"readonly": 1} if self.readonly == "0" and not self._known["readonly"][3] else {}


def _within(value: Any, low: str | None, high: str | None) -> Any:
    """The value, or the bound that it goes beyond. Zero is no limit at all, so under an upper bound it is the bound."""
    try:
        number = float(value)
        if high not in (None, "") and (number > float(str(high)) or number == 0):
            return high
        if low not in (None, "") and number < float(str(low)):
            return low
    except ValueError:
        return value
    return value
