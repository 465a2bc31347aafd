"""The snippet that applications load, and the browser SDK that it starts: docs/snippet.md."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request, Response

from exos import __version__
from exos.errors import NotFound
from exos.server.portal import FOLDER
from exos.server.routes.answers import ERRORS

router = APIRouter(prefix="/sdk", tags=["telemetry"])
_VENDOR = FOLDER / "vendor"
_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Timing-Allow-Origin": "*",
    "Vary": "Accept-Encoding",
}
"""Pages of any origin load the scripts, isolated ones (COEP) too."""
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {"text/javascript": {"schema": {"type": "string"}, "example": "(function () { … })();"}},
        "description": "The script",
    },
    304: {"description": "As you have it"},
    **ERRORS,
}


@dataclass(frozen=True)
class Script:
    """A script ready to be sent."""

    plain: bytes
    packed: bytes
    digest: str


@router.get("/exos.js", response_class=Response, responses=_ANSWERS, summary="The snippet")
def snippet(request: Request) -> Response:
    """Starts the browser SDK on the page that loads it, and adds visitors, cases and frustration signals."""
    made = _snippet(_stamp("exos.js"), sdk_script().digest)
    # Short, so that an upgrade of EXOS reaches every page soon; a stale copy works meanwhile.
    return _answer(request, made, "public, max-age=300, stale-while-revalidate=86400")


@router.get("/hyperdx.js", response_class=Response, responses=_ANSWERS, summary="The browser SDK")
def browser_sdk(request: Request, v: str = "") -> Response:
    """`@hyperdx/browser` as published. `v` is its digest, as the snippet asks for it: then it may be kept for a year."""
    script = sdk_script()
    age = "max-age=31536000, immutable" if v == script.digest else "max-age=3600"
    return _answer(request, script, f"public, {age}")


def sdk_script() -> Script:
    """The browser SDK. Raises NotFound where the portal's assets are not built."""
    return _sdk(_stamp("hyperdx.js"))


@lru_cache(maxsize=1)
def _sdk(stamp: tuple[Path, int]) -> Script:
    # Where a page has a module loader (AMD), the published file would hand itself to that instead of to the page.
    return _script(b"(function(define,module,exports){" + stamp[0].read_bytes() + b"\n}).call(window);\n")


@lru_cache(maxsize=1)
def _snippet(stamp: tuple[Path, int], sdk: str) -> Script:
    text = stamp[0].read_text(encoding="utf-8")
    return _script(text.replace("__VERSION__", __version__).replace("__SDK__", sdk).encode())


def _script(plain: bytes) -> Script:
    return Script(plain, gzip.compress(plain, 9, mtime=0), sha256(plain).hexdigest()[:16])


def _stamp(name: str) -> tuple[Path, int]:
    """The file and when it was built, so that a new build is seen."""
    path = _VENDOR / name
    try:
        return path, path.stat().st_mtime_ns
    except FileNotFoundError:
        raise NotFound(
            f"The script {name} is not built.", "`python frontend/build.py` builds it; released packages contain it."
        ) from None


def _answer(request: Request, script: Script, kept: str) -> Response:
    packs = "gzip" in request.headers.get("accept-encoding", "")
    tag = f'"{script.digest}{"-gzip" if packs else ""}"'
    headers = {**_HEADERS, "ETag": tag, "Cache-Control": kept}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if packs:
        headers["Content-Encoding"] = "gzip"
    body = script.packed if packs else script.plain
    return Response(body, headers=headers, media_type="text/javascript; charset=utf-8")
