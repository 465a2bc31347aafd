"""The applications that people see and the services behind them, as read from apps.yaml."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from exos.demo.calendar import Floats, Ints

HERE = Path(__file__).parent
DESK, SITE = "order-desk", "public-site"


@dataclass(frozen=True, slots=True)
class Element:
    """Something on a page that can be clicked or typed into."""

    name: str
    page: int
    tag: str
    text: str
    listeners: int

    @property
    def xpath(self) -> str:
        """Where it is, as the browser's SDK says it."""
        return f'//*[@id="{self.name}"]'

    @property
    def selector(self) -> str:
        """Where it is, in CSS."""
        return f"#{self.name}"

    @property
    def caption(self) -> str:
        """What the snippet says of its text: only of what is there to be clicked."""
        return self.text if self.tag in ("A", "BUTTON") else ""


@dataclass(frozen=True, slots=True)
class Hop:
    """One span behind a request: it hangs from hop `under` (-1: the request) and takes the request's time from one
    share to another.
    """

    service: str
    name: str
    kind: str
    under: int
    begin: float
    finish: float


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A request that a page makes: median milliseconds, spread of their logarithm, bytes of the answer, and what is
    behind it.
    """

    name: str
    method: str
    path: str
    ms: float
    spread: float
    size: int
    behind: tuple[Hop, ...]


@dataclass(frozen=True, slots=True)
class App:
    """One application. Pages, elements and endpoints are referred to by their index."""

    name: str
    origin: str
    title: str
    pages: dict[str, str]
    elements: tuple[Element, ...]
    endpoints: tuple[Endpoint, ...]

    def page(self, name: str) -> int:
        """The index of a page."""
        return list(self.pages).index(name)

    def element(self, name: str) -> int:
        """The index of an element."""
        return next(n for n, element in enumerate(self.elements) if element.name == name)

    def endpoint(self, name: str) -> int:
        """The index of an endpoint."""
        return next(n for n, endpoint in enumerate(self.endpoints) if endpoint.name == name)


@dataclass(frozen=True, slots=True)
class Browsers:
    """Browsers that are around, one element per browser; `share` is theirs on the desks of the company."""

    names: tuple[str, ...]
    share: Floats
    said: tuple[tuple[str, ...], ...]

    def column(self, field: int) -> list[str]:
        """Of every browser: user agent (0), name, version, operating system, its version, device, screen (6)."""
        return [each[field] for each in self.said]

    def find(self, name: str) -> int:
        """The index of a browser."""
        return self.names.index(name)


@dataclass(frozen=True, slots=True)
class Service:
    """A service behind the applications."""

    name: str
    version: str
    language: str
    instances: int


@cache
def _said() -> dict[str, Any]:
    said: dict[str, Any] = yaml.safe_load((HERE / "apps.yaml").read_text(encoding="utf-8"))
    return said


@cache
def app(name: str) -> App:
    """One of the two applications."""
    said = _said()[name]
    pages = list(said["pages"])
    elements = tuple(
        Element(key, pages.index(each["page"]), each["tag"], each["text"], each.get("listeners", 1))
        for key, each in said["elements"].items()
    )
    endpoints = tuple(
        Endpoint(
            key, each["method"], each["path"], each["ms"], each["spread"], each["bytes"],
            tuple(Hop(*hop) for hop in each["behind"]),
        )
        for key, each in said["endpoints"].items()
    )  # fmt: skip
    return App(name, said["origin"], said["title"], said["pages"], elements, endpoints)


@cache
def browsers() -> Browsers:
    """The browsers of apps.yaml."""
    said = _said()["browsers"]
    share = np.array([each[0] for each in said.values()])
    return Browsers(tuple(said), share, tuple(tuple(each[1:]) for each in said.values()))


@cache
def services() -> tuple[Service, ...]:
    """The services of apps.yaml."""
    return tuple(Service(name, *each) for name, each in _said()["services"].items())


def chosen(share: Floats, draws: Floats) -> Ints:
    """One of the shares for each draw in [0, 1)."""
    bounds = np.cumsum(share / share.sum())
    return np.minimum(np.searchsorted(bounds, draws, side="right"), len(share) - 1)
