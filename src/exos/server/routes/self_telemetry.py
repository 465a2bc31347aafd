"""What the portal's pages need to send telemetry about themselves."""

from __future__ import annotations

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from exos import __version__
from exos.errors import Conflict
from exos.metadata import IngestKeys
from exos.server.routes.answers import ERRORS
from exos.server.world import world

router = APIRouter(prefix="/api/self", tags=["telemetry"])
SERVICE = "exos-portal"
"""Name of the service, and of the ingest key that its pages send with."""


class SelfAnswer(BaseModel):
    """How the portal sends. Only pages of the portal itself can read it: it bears no CORS header."""

    key: str = Field(description="Ingest key; empty where the portal is not to be recorded")
    service: str = Field(description="Name of the service to send as")
    release: str = Field(description="Version of EXOS")
    model_config = {"json_schema_extra": {"examples": [{"key": "exos_ik_…", "service": SERVICE, "release": "0.1.0"}]}}


@router.get("", response_model=SelfAnswer, responses=ERRORS, summary="How the portal records itself")
def self_telemetry(request: Request) -> SelfAnswer:
    """Empty key where the setting `self_telemetry` is off or the key `exos-portal` has been revoked."""
    there = world(request)
    key = portal_key(there.keys) if there.settings.self_telemetry else ""
    return SelfAnswer(key=key, service=SERVICE, release=__version__)


def portal_key(keys: IngestKeys) -> str:
    """The live key named `exos-portal`, made on first use; empty when somebody has revoked it, which says: do not record."""
    named = [one for one in keys.list() if one.name == SERVICE]
    if not named:
        try:
            return keys.create(SERVICE).key
        except Conflict:  # another process was faster
            named = [one for one in keys.list() if one.name == SERVICE]
    return next((one.key for one in named if one.revoked_at is None), "")
