"""Serves the portal: one document per page, and its scripts, styles and vendored libraries as files."""

from __future__ import annotations

import mimetypes
from pathlib import Path
from stat import S_ISREG

from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from exos.errors import NotFound
from exos.server.bundles import bundled
from exos.server.openapi import OtherMethods
from exos.server.packed import Packed, packed_file

FOLDER = (Path(__file__).parent.parent / "portal").resolve()
_PAGES = {path.stem: path for path in FOLDER.glob("*.html")}


class Files(StaticFiles):
    """Files that a browser asks about again before it uses them, so that an edited page shows on reload."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        found, stat = self.lookup_path(path)
        if path.endswith(".html") or stat is None or not S_ISREG(stat.st_mode):
            raise HTTPException(404)
        if scope["method"] not in ("GET", "HEAD"):
            raise HTTPException(405)
        kind = mimetypes.guess_type(found)[0] or "application/octet-stream"
        foreign = path.startswith("vendor") and not path.startswith("vendor/pages")
        kept = "public, max-age=3600" if foreign else "no-cache"
        return packed_file(Path(found)).answer(Headers(scope=scope), kind, {"Cache-Control": kept})


def mount(app: FastAPI) -> None:
    """Add the pages and their files to the application. Pages come last: they match any single name."""
    served = Starlette(
        routes=[
            Mount("/portal", Files(directory=FOLDER)),
            Route("/favicon.ico", _icon),
            Route("/", _page),
            Route("/{page}", _page),
        ],
        exception_handlers={404: _missing},
    )
    app.mount("/", OtherMethods(served, app))


def not_found() -> Response:
    """The page for an address that leads nowhere."""
    if "404" in _PAGES:
        return FileResponse(_PAGES["404"], 404, media_type="text/html; charset=utf-8")
    return PlainTextResponse("There is no such page.", 404)


async def _page(request: Request) -> Response:
    name = request.path_params.get("page", "index")
    path = FOLDER / f"{name}.html"
    if not name.replace("-", "").replace("_", "").isalnum() or name == "404" or not path.is_file():
        return not_found()
    page = bundled(path.read_text(encoding="utf-8"), FOLDER)
    return Packed.of(page.encode()).answer(request.headers, "text/html", {"Cache-Control": "no-cache"})


async def _icon(_: Request) -> Response:
    path = FOLDER / "images" / "icon.svg"
    return FileResponse(path, media_type="image/svg+xml") if path.is_file() else Response(status_code=204)


async def _missing(request: Request, _: Exception) -> Response:
    if "text/html" in request.headers.get("accept", ""):
        return not_found()
    error = NotFound(f"There is nothing at {request.url.path}.", "The API is described at /api/openapi.json.")
    return JSONResponse(error.envelope(), error.status)
