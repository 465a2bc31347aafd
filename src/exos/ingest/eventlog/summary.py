"""What an import tells when it is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from exos.ingest.eventlog.format import Role
from exos.ingest.eventlog.rejections import Rejections


@dataclass(frozen=True)
class Summary:
    """The outcome of one import.

    `events`, `cases` and `activities` count what this file holds. `roles` says which column plays which role and how that was
    found out. `unchanged`: the same file was already imported in the same way, and nothing was done; the rest tells of that
    import.
    """

    id: str
    process: str
    file: str
    format: str
    bytes: int
    events: int
    cases: int
    activities: int
    rejections: Rejections
    roles: dict[str, Role]
    notes: list[str]
    seconds: float
    unchanged: bool = False

    @property
    def rejected(self) -> int:
        """Rows that were not taken in."""
        return self.rejections.total

    def as_dict(self) -> dict[str, Any]:
        """For the command line and the API: plain values; `rejections` are sentences, `rejected_rows` the same in parts."""
        return {
            "id": self.id,
            "process": self.process,
            "file": self.file,
            "format": self.format,
            "bytes": self.bytes,
            "events": self.events,
            "cases": self.cases,
            "activities": self.activities,
            "rejected": self.rejected,
            "reasons": dict(self.rejections.reasons),
            "rejections": [str(row) for row in self.rejections.rows],
            "rejected_rows": self.rejections.as_json()["rows"],
            "roles": {role: f"{found.column} ({found.how})" for role, found in self.roles.items()},
            "columns": {role: found.column for role, found in self.roles.items()},
            "guesses": {role: found.how for role, found in self.roles.items()},
            "notes": self.notes,
            "seconds": round(self.seconds, 3),
            "unchanged": self.unchanged,
        }

    @classmethod
    def from_dict(cls, value: dict[str, Any], *, unchanged: bool) -> Summary:
        """The inverse of `as_dict`."""
        plain = ("id", "process", "file", "format", "bytes", "events", "cases", "activities", "notes", "seconds")
        roles = {role: Role(column, value["guesses"][role]) for role, column in value["columns"].items()}
        rejections = Rejections.from_json({"rows": value["rejected_rows"], "reasons": value["reasons"]})
        return cls(**{name: value[name] for name in plain}, rejections=rejections, roles=roles, unchanged=unchanged)
