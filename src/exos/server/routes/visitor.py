"""What a request's headers tell about its sender, for the snippet on other sites' pages."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from exos.server.routes.answers import ERRORS
from exos.server.world import world

router = APIRouter(prefix="/api/visitor", tags=["telemetry"])
OPEN = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Cache-Control": "no-store",
    "Vary": "*",
}
"""Any page may read it, without cookies: it holds nothing but what the page's visitor sent with the request."""
EXAMPLE: dict[str, Any] = {
    "privacy": False,
    "attributes": {
        "geo.country.iso_code": "US",
        "geo.locality.name": "Austin",
        "client.address": "203.0.113.0",
        "user_agent.name": "Chrome",
        "exos.device.type": "desktop",
        "exos.bot": "false",
    },
}


class VisitorAnswer(BaseModel):
    """The sender of the request."""

    privacy: bool = Field(
        description="Whether the sender asks not to be recognised (Sec-GPC or DNT) and EXOS honours it: set no visitor id"
    )
    attributes: dict[str, str] = Field(description="Attributes to put on spans; what is unknown is absent")
    model_config = {"json_schema_extra": {"examples": [EXAMPLE]}}


@router.get("", response_model=VisitorAnswer, responses=ERRORS, summary="What the headers tell about the sender")
async def visitor(request: Request, response: Response) -> dict[str, Any]:
    """Place, device and network of the caller, under the privacy settings. Never cached; readable from every origin."""
    response.headers.update(OPEN)
    seen = world(request).enricher.visitor(request.headers, request.client.host if request.client else "")
    return {"privacy": seen.privacy, "attributes": seen.attributes}
