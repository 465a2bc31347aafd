"""What people ask the assistant, and step by step what it does about it.

A turn has slots in a fixed order: a look-up, then up to ROUNDS rounds of up to ATTEMPTS calls of the model and a tool. A slot
that is not used has no duration. All arrays of steps have the shape (turns, SLOTS).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from exos.demo.assistant.facts import Facts, facts
from exos.demo.calendar import HOUR, Days, Flags, Floats, Ints, second
from exos.demo.people import pick
from exos.demo.screens.shifts import LIVED
from exos.demo.storeys import TELEMETRY_DAYS, Plan
from exos.demo.truths import planted

ROUNDS, ATTEMPTS = 3, 3
PER_ROUND = ATTEMPTS + 1
SLOTS = 1 + ROUNDS * PER_ROUND
EMBED, CHAT, TOOL = range(3)
KIND = np.array([EMBED, *([CHAT] * ATTEMPTS + [TOOL]) * ROUNDS])
"""What each slot is for."""
_NEW_YORK = 0
_TIMEOUT_MS = 30_000.0
_BACK_OFF_MS = 400.0
_GROWTH = 1.22
"""Each round reads what the rounds before it have written and found."""


@dataclass(frozen=True, slots=True)
class Turns:
    """One element per turn, and one per step. moment in seconds; offset and duration of steps in nanoseconds from there.

    failed: steps that ended in an error; lost: turns whose last round failed however often it was tried.
    rating: -1 not rated, 0 not helpful, 1 helpful.
    """

    moment: Ints
    task: Ints
    operator: Ints
    lost: Flags
    rating: Ints
    used: Flags
    failed: Flags
    model: Ints
    tool: Ints
    read: Ints
    written: Ints
    cost: Floats
    offset: Ints
    duration: Ints

    def __len__(self) -> int:
        return len(self.moment)


def turns(plan: Plan, block: int) -> Turns:
    """The turns of the days with telemetry, for one block of the company. Asked by the people of the storey of orders."""
    known, rng = facts(), plan.rng("assistant", block)
    moment = _moments(plan, known, rng)
    n = len(moment)
    task = pick(known.task_share, rng.random(n))
    model = _models(plan, known, moment, task, rng)
    rounds = 1 + np.minimum(rng.poisson(known.tools_called[task]), ROUNDS - 1)
    read = np.exp(rng.normal(np.log(known.read[task, 0]), known.read[task, 1]))
    per_round = read[:, None] * _GROWTH ** np.arange(ROUNDS)[None, :]
    chance = _chances(plan, known, moment, model, per_round)
    broken = rng.random((n, ROUNDS, ATTEMPTS)) < chance[:, :, None]
    tried = np.cumprod(np.concatenate([np.ones((n, ROUNDS, 1), np.bool_), broken[:, :, :-1]], axis=2), axis=2) > 0
    hopeless = broken.all(axis=2)
    reached = (np.arange(ROUNDS)[None, :] < rounds[:, None]) & (np.cumsum(hopeless, axis=1) - hopeless == 0)
    used = np.zeros((n, SLOTS), np.bool_)
    used[:, 0] = rng.random(n) < known.retrieves[task]
    chats, tools = KIND == CHAT, KIND == TOOL
    used[:, chats] = (tried & reached[:, :, None]).reshape(n, -1)
    used[:, tools] = reached & ~hopeless & (np.arange(ROUNDS)[None, :] < rounds[:, None] - 1)
    tool = pick(known.tool_share, rng.random(n * SLOTS)).reshape(n, SLOTS)
    failed = np.zeros((n, SLOTS), np.bool_)
    failed[:, chats] = broken.reshape(n, -1)
    failed[:, tools] = (rng.random((n, SLOTS)) < known.tool_fails[tool])[:, tools]
    lost: Flags = np.any(reached & hopeless, axis=1)
    simulation, _ = plan.handed[LIVED]
    operator = simulation.at_work(moment, plan.rng("assistant's operators", block).random(n))
    return _measured(known, rng, moment, operator, task, model, tool, used, failed & used, lost, per_round)


def _moments(plan: Plan, known: Facts, rng: np.random.Generator) -> Ints:
    """Working hours of working days; on other days there is nobody to ask."""
    days = Days.between(plan.end - timedelta(days=TELEMETRY_DAYS), plan.end - timedelta(days=1))
    counts = np.where(days.working, rng.poisson(known.turns, len(days)), 0)
    day = np.repeat(np.arange(len(days)), counts)
    hour = known.hours[pick(known.hour_share, rng.random(len(day)))]
    moment: Ints = np.sort(days.midnights[_NEW_YORK][day] + hour * HOUR + rng.integers(0, HOUR, len(day)))
    return moment[moment < second(plan.end) - 600]


def _models(plan: Plan, known: Facts, moment: Ints, task: Ints, rng: np.random.Generator) -> Ints:
    truth = planted("model-fails-on-long-prompts")
    old, new = known.models.index(truth["before"]), known.models.index(truth["model"])
    model = pick(known.model_share[task], rng.random(len(task)))
    replaced = (model == old) & (moment >= second(plan.end - timedelta(days=truth["starts_days_before_end"])))
    return np.where(replaced, new, model)


def _chances(plan: Plan, known: Facts, moment: Ints, model: Ints, read: Floats) -> Floats:
    """How likely a call fails, by turn and round."""
    truth = planted("model-fails-on-long-prompts")
    begins = second(plan.end - timedelta(days=truth["starts_days_before_end"]))
    grown = np.clip((moment - begins) / (second(plan.end) - begins), 0, 1)
    share = truth["share_at_first"] + (truth["share_at_last"] - truth["share_at_first"]) * grown
    guilty = (model == known.models.index(truth["model"]))[:, None] & (read > truth["long"])
    return np.where(guilty, share[:, None], known.fails[model][:, None])


def _measured(
    known: Facts, rng: np.random.Generator, moment: Ints, operator: Ints, task: Ints, model: Ints, tool: Ints, used: Flags,
    failed: Flags, lost: Flags, per_round: Floats,
) -> Turns:  # fmt: skip
    """How much is read and written in each step, how long it takes and what it costs."""
    n, shape = len(moment), used.shape
    who = np.where(KIND[None, :] == EMBED, known.embedding, model[:, None])
    read = np.zeros(shape)
    read[:, KIND == CHAT] = np.repeat(per_round, ATTEMPTS, axis=1)
    read[:, 0] = np.minimum(per_round[:, 0] * 0.05, 400) + 8
    written = np.exp(rng.normal(np.log(known.written[task, 0]), known.written[task, 1]))[:, None] * rng.uniform(
        0.4, 1.0, shape
    )
    written = np.where((KIND[None, :] == CHAT) & ~failed, written, 0.0)
    read, written = np.floor(read), np.floor(written)
    noise = np.exp(rng.normal(0, 0.22, shape))
    took = (known.first[who] + known.token[who] * written + read * 0.02) * noise
    # Long prompts run into the time limit; the rest is refused at once.
    late = failed & (read > planted("model-fails-on-long-prompts")["long"])
    took = np.where(failed, np.where(late, _TIMEOUT_MS, 180 * noise), took)
    took = np.where(KIND[None, :] == TOOL, known.tool_time[tool] * noise, took)
    pause = np.where(failed & (KIND[None, :] == CHAT), _BACK_OFF_MS * noise, 6.0)
    duration = np.where(used, (took * 1e6).astype(np.int64), 0)
    step = duration + np.where(used, (pause * 1e6).astype(np.int64), 0)
    # Whoever had to wait for a second try, or got nothing, is less pleased.
    pleased = known.helps[model] * np.where(lost, 0.05, np.where(failed.any(axis=1), 0.8, 1.0))
    rated = rng.random(n) < known.rated
    return Turns(
        moment=moment,
        task=task,
        operator=operator,
        lost=lost,
        rating=np.where(rated, (rng.random(n) < pleased).astype(np.int64), -1),
        used=used,
        failed=failed,
        model=who,
        tool=tool,
        read=read.astype(np.int64),
        written=written.astype(np.int64),
        cost=np.where(failed, 0.0, read * known.read_price[who] + written * known.written_price[who]),
        offset=np.cumsum(step, axis=1) - step + 5_000_000,
        duration=duration,
    )
