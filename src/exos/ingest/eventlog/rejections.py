"""Rows that could not be taken in: all are counted, the first ones kept with where and why."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

KEPT = 100
VALUE_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Rejected:
    """One rejected row: its line (or row number in files without lines), the column at fault, its value and the reason."""

    line: int
    column: str
    value: str
    reason: str

    def __str__(self) -> str:
        where = f"line {self.line}" + (f", {self.column}" if self.column else "")
        return f"{where}: {self.reason}" + (f" ({self.value!r})" if self.value else "")


@dataclass
class Rejections:
    """Counts by reason, and the first `KEPT` rows."""

    rows: list[Rejected] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        """All rejected rows."""
        return self.reasons.total()

    @property
    def full(self) -> bool:
        """Whether no further rows are kept."""
        return len(self.rows) >= KEPT

    def add(self, line: int, column: str, value: str, reason: str) -> None:
        """Count one row, and keep it while there is room."""
        self.reasons[reason] += 1
        if not self.full:
            shown = value if len(value) <= VALUE_LENGTH else value[: VALUE_LENGTH - 1] + "…"
            self.rows.append(Rejected(line, column, shown, reason))

    def merge(self, other: Rejections) -> None:
        """Add those of a later part of the file."""
        self.reasons.update(other.reasons)
        self.rows.extend(other.rows[: max(0, KEPT - len(self.rows))])

    def mix(self, other: Rejections) -> None:
        """Add those of the same part of the file that another check found."""
        self.reasons.update(other.reasons)
        self.rows = sorted(self.rows + other.rows, key=lambda row: row.line)[:KEPT]

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return {"reasons": dict(self.reasons), "rows": [asdict(row) for row in self.rows]}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Rejections:
        """The inverse of `as_json`."""
        return cls([Rejected(**row) for row in value["rows"]], Counter(value["reasons"]))
