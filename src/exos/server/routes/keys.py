"""Ingest keys: list, make, revoke."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, Field

from exos.metadata.keys import LONGEST_NAME
from exos.server.routes.answers import ERRORS, ErrorAnswer
from exos.server.running import in_thread
from exos.server.world import world

router = APIRouter(prefix="/api/keys", tags=["keys"])
KEY_ERRORS = {**ERRORS, 409: {"model": ErrorAnswer, "description": "A live key bears that name"}}


KEY_EXAMPLE: dict[str, Any] = {
    "id": 1, "name": "order desk", "key": "exos_ik_8Qm2vT1xW0cYr5nLkHs9aZbE3dFgJuPq", "created_at": "2026-03-02T09:00:00Z",
    "last_used_at": "2026-03-02T09:41:07Z", "revoked_at": None,
}  # fmt: skip


class KeyAnswer(BaseModel):
    """A key. `last_used_at` lags by a few seconds; a key with `revoked_at` lets nobody in."""

    id: int
    name: str = Field(examples=["order desk"])
    key: str = Field(examples=["exos_ik_8Qm2vT1xW0cYr5nLkHs9aZbE3dFgJuPq"])
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None
    model_config = {"json_schema_extra": {"examples": [KEY_EXAMPLE]}}


class KeysAnswer(BaseModel):
    """All keys, and who else is let in."""

    keys: list[KeyAnswer]
    from_settings: int = Field(description="Number of further keys in EXOS_INGEST_KEYS")
    open: bool = Field(description="Whether telemetry is taken in without a key (EXOS_INGEST_OPEN)")
    model_config = {"json_schema_extra": {"examples": [{"keys": [KEY_EXAMPLE], "from_settings": 0, "open": False}]}}


class KeyBody(BaseModel):
    """Who will send with the key."""

    name: str = Field(max_length=LONGEST_NAME)
    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [{"name": "order desk"}]}}


@router.get("", response_model=KeysAnswer, responses=ERRORS, summary="List ingest keys")
async def list_keys(request: Request) -> dict[str, Any]:
    """All keys, revoked ones too, oldest first."""
    keys = world(request).keys
    listed = await in_thread(keys.list)
    return {"keys": [asdict(one) for one in listed], "from_settings": len(keys.from_settings), "open": keys.open}


@router.post("", status_code=201, response_model=KeyAnswer, responses=KEY_ERRORS, summary="Make an ingest key")
async def create(request: Request, body: KeyBody) -> dict[str, Any]:
    """A new key, live at once."""
    return asdict(await in_thread(lambda: world(request).keys.create(body.name)))


@router.delete("/{id}", response_model=KeyAnswer, responses=ERRORS, summary="Revoke an ingest key")
async def revoke(request: Request, id: int = Path(ge=1, le=2**31 - 1)) -> dict[str, Any]:
    """Nobody can send with it any more. The key stays in the list; revoking it again changes nothing."""
    return asdict(await in_thread(lambda: world(request).keys.revoke(id)))
