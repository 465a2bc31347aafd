"""How routes reach what they work on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import Request

if TYPE_CHECKING:
    from exos.server.app import World


def world(request: Request) -> World:
    """The application's database, analyses and settings."""
    found: World = request.app.state.world
    return found
