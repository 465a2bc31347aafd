"""The open cases as arrays, and the work that waits for them."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from exos.demo.calendar import Flags, Floats, Ints


@dataclass(slots=True)
class Cases:
    """One element per case. `number` is -1 for cases from before the period, which are lived but not written.

    kind: 0 usual, 1 commercial at its own desk, 2 commercial at the desk of its region. maker and hurry multiply the
    shares of the edges that depend on them; hold is the moment before which a joining step cannot begin.
    """

    number: Ints
    line: Ints
    state: Ints
    kind: Ints
    pod: Ints
    rush: Ints
    vendor: Ints
    due: Ints
    complexity: Floats
    rounds: Ints
    maker: Floats
    hurry: Floats
    hold: Ints
    closed: Flags

    def __len__(self) -> int:
        return len(self.number)

    def joined(self, more: Cases, needed: Ints) -> tuple[Cases, Ints]:
        """The cases still open or `needed`, followed by `more`; and where each old case has gone (the others: nowhere of use)."""
        kept = ~self.closed
        kept[needed] = True
        moved = np.cumsum(kept) - 1
        columns = {f.name: np.concatenate([getattr(self, f.name)[kept], getattr(more, f.name)]) for f in fields(self)}
        return Cases(**columns), moved


@dataclass(frozen=True, slots=True)
class Work:
    """Steps that wait for people: case, step, queue, when it became ready, and the draw that decides how long it will take."""

    case: Ints
    step: Ints
    queue: Ints
    ready: Ints
    draw: Floats

    def __len__(self) -> int:
        return len(self.case)

    def take(self, which: Ints | Flags) -> Work:
        """A selection, by mask or by index."""
        return Work(self.case[which], self.step[which], self.queue[which], self.ready[which], self.draw[which])

    @staticmethod
    def none() -> Work:
        """No work."""
        nothing = np.zeros(0, np.int64)
        return Work(nothing, nothing, nothing, nothing, np.zeros(0))

    @staticmethod
    def all(parts: list[Work]) -> Work:
        """Several pieces as one."""
        return Work(
            np.concatenate([part.case for part in parts]),
            np.concatenate([part.step for part in parts]),
            np.concatenate([part.queue for part in parts]),
            np.concatenate([part.ready for part in parts]),
            np.concatenate([part.draw for part in parts]),
        )

    def renumbered(self, moved: Ints) -> Work:
        """The same work after `Cases.joined`."""
        return Work(moved[self.case], self.step, self.queue, self.ready, self.draw)


@dataclass(frozen=True, slots=True)
class Done:
    """Finished steps: case, step, from when to when, by whom (an index of `Resources`)."""

    case: Ints
    step: Ints
    start: Ints
    end: Ints
    resource: Ints

    def __len__(self) -> int:
        return len(self.case)

    @staticmethod
    def none() -> Done:
        """Nothing done."""
        return Done(*(np.zeros(0, np.int64),) * 5)

    @staticmethod
    def all(parts: list[Done]) -> Done:
        """Several pieces as one."""
        return Done(
            np.concatenate([part.case for part in parts]),
            np.concatenate([part.step for part in parts]),
            np.concatenate([part.start for part in parts]),
            np.concatenate([part.end for part in parts]),
            np.concatenate([part.resource for part in parts]),
        )

    def renumbered(self, moved: Ints) -> Done:
        """The same steps after `Cases.joined`."""
        return Done(moved[self.case], self.step, self.start, self.end, self.resource)
