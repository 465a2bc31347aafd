"""Writes what happened as rows of `case_events`: Arrow record batches, made column by column."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from exos.demo.calendar import Floats, Ints
from exos.demo.columns import no_maps
from exos.demo.orders.arrivals import Orders
from exos.demo.orders.lines import SYSTEM
from exos.demo.orders.simulation import Simulation, Written
from exos.demo.screens.shifts import Shifts
from exos.demo.telemetry import SOURCE
from exos.store.tables import CASE_EVENTS

BATCH_ROWS = 250_000
_MICRO = 1_000_000


class Rows:
    """Gathers what a simulation yields and hands it out in batches of about BATCH_ROWS rows."""

    def __init__(self, simulation: Simulation, size: int, shifts: Shifts) -> None:
        """`shifts` says which activities were done in recorded browser sessions."""
        self._world = simulation
        self._shifts = shifts
        self._base = 10 ** len(str(100_000 * size - 1))
        self._sequence = 0
        self.cases = 0
        self.events = 0
        self._names()

    def batches(self) -> Iterator[pa.RecordBatch]:
        """All rows, in the order in which they become known. `cases` and `events` count what was handed out."""
        parts: list[Written] = []
        waiting = 0
        for happened in self._world.period():
            if isinstance(happened, Orders):
                if (happened.cases.number >= 0).any():
                    yield self._received(happened)
                continue
            parts.append(happened)
            waiting += len(happened.done)
            if waiting >= BATCH_ROWS:
                yield self._done(parts)
                parts, waiting = [], 0
        if parts:
            yield self._done(parts)

    def _names(self) -> None:
        """Dictionaries from index to text."""
        world, company = self._world, self._world.company
        people = [f"Operator {number:03d}" for number in world.roster.number]
        self._resources = pa.array([*people, *world.systems, *company.vendors])
        labels = [desk.label for desk in world.desks.known]
        self._team_of = np.concatenate(
            [world.roster.desk, np.full(len(world.systems) + len(company.vendors), -1)]
        ).astype(np.int64)
        system = [world.systems.index(name) if name else 0 for name in world.steps.system]
        self._system_of = len(world.roster) + np.array(system, np.int64)
        self._rate_of = np.array([desk.team.rate for desk in world.desks.known])
        self._event_texts = pa.array([*labels, *world.steps.reasons])
        self._first_reason = len(labels)
        self._steps = pa.array(world.steps.names)
        self._processes = pa.array([line.process for line in world.lines])
        self._prefixes = pa.array([f"{line.prefix}-" for line in world.lines])
        self._first_step = np.array([line.first for line in world.lines], np.int64)

    def _received(self, orders: Orders) -> pa.RecordBatch:
        """The first event of every new order, with the attributes of the case."""
        which = np.flatnonzero(orders.cases.number >= 0)
        line = orders.cases.line[which]
        step = self._first_step[line]
        start = orders.moment[which]
        resource = self._system_of[step]
        self.cases += len(which)
        number, free, nothing = orders.cases.number[which], np.zeros(len(which)), no_maps(len(which))
        attributes = self._case_attributes(orders, which)
        none = pa.repeat("", len(which))
        case_id = self._case_ids(line, number)
        return self._batch(
            line, case_id, step, start, start + 2, resource, free, nothing, attributes, (none, none, none)
        )

    def _done(self, parts: list[Written]) -> pa.RecordBatch:
        """Finished steps that lie within the period."""
        world = self._world
        number = np.concatenate([part.number for part in parts])
        line = np.concatenate([part.line for part in parts])
        reason = np.concatenate([part.reason for part in parts])
        step = np.concatenate([part.done.step for part in parts])
        start = np.concatenate([part.done.start for part in parts])
        end = np.concatenate([part.done.end for part in parts])
        resource = np.concatenate([part.done.resource for part in parts])
        shown = np.flatnonzero((number >= 0) & (end < world.end) & (step != self._first_step[line]))
        number, line, reason, step = number[shown], line[shown], reason[shown], step[shown]
        start, end, resource = start[shown], end[shown], resource[shown]
        team = self._team_of[resource]
        cost = self._cost(step, end - start, team)
        attributes = self._event_attributes(step, team, reason)
        case_id = self._case_ids(line, number)
        ids = self._shifts.note(number, line, step, start, end, resource, case_id)
        return self._batch(line, case_id, step, start, end, resource, cost, attributes, no_maps(len(number)), ids)

    def _case_ids(self, line: Ints, number: Ints) -> pa.Array:
        prefix = self._prefixes.take(pa.array(line))
        return pc.binary_join_element_wise(prefix, pa.array(number + self._base).cast(pa.string()), "")

    def _batch(
        self, line: Ints, case_id: pa.Array, step: Ints, start: Ints, end: Ints, resource: Ints, cost: Floats,
        attributes: pa.MapArray, case_attributes: pa.MapArray, ids: tuple[pa.Array, pa.Array, pa.Array],
    ) -> pa.RecordBatch:  # fmt: skip
        rows = len(line)
        sequence = np.arange(self._sequence, self._sequence + rows, dtype=np.uint64)
        self._sequence += rows
        self.events += rows
        session_id, trace_id, span_id = ids
        columns = {
            "process": self._processes.take(pa.array(line)),
            "case_id": case_id,
            "activity": self._steps.take(pa.array(step)),
            "start_time": _times(start),
            "end_time": _times(end),
            "resource": self._resources.take(pa.array(resource)),
            "lifecycle": pa.repeat("complete", rows),
            "cost": pa.array(cost, mask=cost == 0),
            "attributes": attributes,
            "case_attributes": case_attributes,
            "session_id": session_id,
            "trace_id": trace_id,
            "span_id": span_id,
            "sequence": pa.array(sequence),
            "source": pa.repeat(SOURCE, rows),
        }
        return pa.record_batch([columns[name] for name in CASE_EVENTS.names], schema=CASE_EVENTS)

    def _cost(self, step: Ints, seconds: Ints, team: Ints) -> Floats:
        """Dollars: time at the rate of the team, and what suppliers charge."""
        rate = np.where(team >= 0, self._rate_of[team], 0.0)
        cost: Floats = np.round(seconds / 3600 * rate + self._world.steps.fee[step], 2)
        return cost

    def _event_attributes(self, step: Ints, team: Ints, reason: Ints) -> pa.MapArray:
        """`team` for what people do, `reason` where the way on has one."""
        by_people = self._world.steps.kind[step] != SYSTEM
        return _map(
            {"team": (team >= 0) & by_people, "reason": reason >= 0},
            {"team": team, "reason": reason + self._first_reason},
            self._event_texts,
        )

    def _case_attributes(self, orders: Orders, which: Ints) -> pa.MapArray:
        world, company, n = self._world, self._world.company, len(which)
        state = orders.cases.state[which]
        everywhere = np.ones(n, np.bool_)
        products = [name for line in world.lines for name in line.products]
        named: dict[str, tuple[Ints, list[str] | tuple[str, ...]]] = {
            "client": (orders.client[which], company.clients),
            "state": (state, company.states),
            "region": (company.region_of_state[state], company.regions),
            "product": (orders.product[which], products),
            "property": (orders.property[which], company.properties),
            "priority": (orders.priority[which], company.priorities),
            "channel": (orders.channel[which], company.channels),
            "vendor": (orders.cases.vendor[which], company.vendors),
        }
        due = pc.strftime(_times(orders.cases.due[which]), format="%Y-%m-%dT%H:%M:%SZ")
        due = pc.replace_substring_regex(due, r"\.\d+Z$", "Z")
        counted = {"amount": orders.amount[which], "fee": orders.fee[which]}
        texts: list[pa.Array] = [pa.array(list(names), pa.string()) for _, names in named.values()]
        places = np.cumsum([0] + [len(names) for names in texts])
        index = {key: place + values for (key, (values, _)), place in zip(named.items(), places, strict=False)}
        shown = dict.fromkeys(named, everywhere) | {"vendor": orders.cases.vendor[which] >= 0}
        for key, array in {**{k: pa.array(v).cast(pa.string()) for k, v in counted.items()}, "due": due}.items():
            index[key] = sum(len(text) for text in texts) + np.arange(n)
            shown[key] = everywhere
            texts.append(array)
        return _map(shown, index, pa.concat_arrays(texts))


def _map(shown: dict[str, np.ndarray], index: dict[str, Ints], texts: pa.Array) -> pa.MapArray:
    """A map column: per key where it is present, and which of `texts` is its value there."""
    present = np.stack(list(shown.values()), axis=1)
    values = np.stack([index[key] for key in shown], axis=1)
    offsets = np.concatenate([[0], np.cumsum(present.sum(axis=1))]).astype(np.int32)
    keys = np.broadcast_to(np.arange(len(shown)), present.shape)[present]
    names = pa.array(list(shown)).take(pa.array(keys))
    return pa.MapArray.from_arrays(pa.array(offsets), names, texts.take(pa.array(values[present])))


def _times(seconds: Ints) -> pa.Array:
    return pa.array(seconds * _MICRO, pa.timestamp("us", tz="UTC"))
