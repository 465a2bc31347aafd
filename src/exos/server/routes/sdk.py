"""The snippet that applications load, and the browser SDK that it starts: docs/snippet.md."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request, Response

from exos import __version__
from exos.errors import NotFound
from exos.server.packed import Packed
from exos.server.portal import FOLDER
from exos.server.routes.answers import ERRORS

router = APIRouter(prefix="/sdk", tags=["telemetry"])
_VENDOR = FOLDER / "vendor"
_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Timing-Allow-Origin": "*",
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


def sdk_script() -> Packed:
    """The browser SDK. Raises NotFound where the portal's assets are not built."""
    return _sdk(_stamp("hyperdx.js"))


@lru_cache(maxsize=1)
def _sdk(stamp: tuple[Path, int]) -> Packed:
    # Where a page has a module loader (AMD), the published file would hand itself to that instead of to the page.
    return Packed.of(b"(function(define,module,exports){" + stamp[0].read_bytes() + b"\n}).call(window);\n")


@lru_cache(maxsize=1)
def _snippet(stamp: tuple[Path, int], sdk: str) -> Packed:
    text = stamp[0].read_text(encoding="utf-8")
    return Packed.of(text.replace("__VERSION__", __version__).replace("__SDK__", sdk).encode())


def _stamp(name: str) -> tuple[Path, int]:
    """The file and when it was built, so that a new build is seen."""
    path = _VENDOR / name
    try:
        return path, path.stat().st_mtime_ns
    except FileNotFoundError:
        raise NotFound(
            f"The script {name} is not built.", "`python frontend/build.py` builds it; released packages contain it."
        ) from None


def _answer(request: Request, script: Packed, kept: str) -> Response:
    return script.answer(request.headers, "text/javascript", {**_HEADERS, "Cache-Control": kept})
