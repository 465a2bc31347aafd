"""Reads assistant.yaml: models, tasks and tools, as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from exos.demo.calendar import Floats, Ints
from exos.demo.truths import planted

SMALL = "small"
"""Stands for whichever small model is current."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Names are in the order of their index everywhere else.

    The last of `models` is the one for embeddings. model_share has one row per task; in it the new small model has nothing, as
    it takes the place of the old one at a certain moment.
    """

    turns: int
    hours: Ints
    hour_share: Floats
    models: tuple[str, ...]
    providers: tuple[str, ...]
    read_price: Floats
    written_price: Floats
    first: Floats
    token: Floats
    fails: Floats
    helps: Floats
    tasks: tuple[str, ...]
    task_share: Floats
    read: Floats
    written: Floats
    retrieves: Floats
    tools_called: Floats
    model_share: Floats
    tools: tuple[str, ...]
    tool_share: Floats
    tool_time: Floats
    tool_fails: Floats
    rated: float

    @property
    def embedding(self) -> int:
        """The model for embeddings."""
        return len(self.models) - 1


@cache
def facts() -> Facts:
    """What assistant.yaml says."""
    said: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "assistant.yaml").read_text(encoding="utf-8"))
    tasks, tools, embedding = list(said["tasks"].values()), list(said["tools"].values()), said["embedding"]
    old = planted("model-fails-on-long-prompts")["before"]
    models = [
        *said["models"].values(),
        {"written": 0.0, "first": embedding["milliseconds"], "token": 0.0, "fails": 0.0, **embedding},
    ]
    names = (*said["models"], embedding["model"])
    return Facts(
        turns=said["turns"],
        hours=np.array(list(said["hours"]), np.int64),
        hour_share=_shares(list(said["hours"].values())),
        models=names,
        providers=tuple(one["provider"] for one in models),
        read_price=np.array([one["read"] for one in models]) / 1e6,
        written_price=np.array([one["written"] for one in models]) / 1e6,
        first=np.array([one["first"] for one in models], np.float64),
        token=np.array([one["token"] for one in models], np.float64),
        fails=np.array([one["fails"] for one in models]),
        helps=np.array([one.get("helps", 0.0) for one in models]),
        tasks=tuple(said["tasks"]),
        task_share=_shares([one["share"] for one in tasks]),
        read=np.array([one["read"] for one in tasks], np.float64),
        written=np.array([one["written"] for one in tasks], np.float64),
        retrieves=np.array([one["retrieves"] for one in tasks]),
        tools_called=np.array([one["tools"] for one in tasks]),
        model_share=np.array(
            [[one["models"].get(SMALL if name == old else name, 0.0) for name in names] for one in tasks]
        ),
        tools=tuple(said["tools"]),
        tool_share=_shares([share for share, _, _ in tools]),
        tool_time=np.array([time for _, time, _ in tools], np.float64),
        tool_fails=np.array([fails for _, _, fails in tools]),
        rated=said["rated"],
    )


def _shares(weights: list[float]) -> Floats:
    array = np.array(weights, np.float64)
    shares: Floats = array / array.sum()
    return shares
