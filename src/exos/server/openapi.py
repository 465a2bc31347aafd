"""The description of the API as it is: what FastAPI adds on its own account, and EXOS never answers, is taken out."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any

from fastapi import FastAPI
from starlette.responses import JSONResponse
from starlette.routing import compile_path
from starlette.types import ASGIApp, Receive, Scope, Send

_OURS_IS_400 = "HTTPValidationError"


def describe(app: FastAPI) -> None:
    """Make `app.openapi()` tell of no answer but those that there are: a body of the wrong shape is a 400 like any other."""

    whole = app.openapi

    def openapi() -> dict[str, Any]:
        made = whole()
        for operations in made["paths"].values():
            for operation in operations.values():
                if _OURS_IS_400 in str(operation["responses"].get("422", "")):
                    del operation["responses"]["422"]
        for name in (_OURS_IS_400, "ValidationError"):
            made.get("components", {}).get("schemas", {}).pop(name, None)
        return made

    app.openapi = openapi  # type: ignore[method-assign] # FastAPI's documented way


class OtherMethods:
    """Stands before what answers all other addresses: one that the API has, but not for this method, is no unknown address."""

    def __init__(self, app: ASGIApp, api: FastAPI) -> None:
        self._app = app
        self._api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        allowed = self._allowed(scope["path"]) if scope["type"] == "http" and _may_be_api(scope) else []
        if not allowed:
            await self._app(scope, receive, send)
            return
        told = ", ".join(allowed)
        error = {
            "code": "method_not_allowed",
            "message": f"{scope['path']} does not take {scope['method']}.",
            "hint": f"It takes {told}; see /api/openapi.json.",
        }
        await JSONResponse({"error": error}, 405, headers={"Allow": told})(scope, receive, send)

    def _allowed(self, path: str) -> list[str]:
        return sorted({method for known, methods in self._known if known.match(path) for method in methods})

    @cached_property
    def _known(self) -> list[tuple[re.Pattern[str], list[str]]]:
        paths = self._api.openapi()["paths"].items()
        return [(compile_path(path)[0], [method.upper() for method in found]) for path, found in paths]


def _may_be_api(scope: Scope) -> bool:
    """Pages are asked for with GET."""
    return scope["path"].startswith("/api/") or scope["method"] not in ("GET", "HEAD")
