"""What every request passes first: which hosts and origins may ask, and the headers of every answer.

Cross-site requests that change something or run SQL are refused by `Sec-Fetch-Site` and, where a browser does not
send it, by `Origin`; no tokens are needed. The list of hosts stops DNS rebinding.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from exos.errors import ExosError
from exos.settings import Settings

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; "
    "worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
TELEMETRY = {"/v1/traces", "/v1/logs", "/v1/metrics"}
"""Other sites' pages send here, under whatever name the server has: an ingest key guards it, and it tells nothing."""
_SAFE = {"GET", "HEAD", "OPTIONS"}
_LOCAL = {"localhost", "127.0.0.1", "::1"}


class Forbidden(ExosError):
    """A request from a place that may not ask."""

    status = 403
    code = "forbidden_origin"


class Shield:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        further = {name.strip().lower() for name in settings.allowed_hosts.split(",") if name.strip()}
        self._hosts = _LOCAL | {settings.host.lower()} | further
        self._any_host = settings.host in ("0.0.0.0", "::") and "*" in further  # noqa: S104 - compared, not bound

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                # Senders in browsers do not read the answers; with this Chromium would count each of them as still under way,
                # and after 64 KB refuse to send more.
                if scope["path"] not in TELEMETRY:
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        app: ASGIApp = JSONResponse(refusal.envelope(), refusal.status) if refusal else self._app
        await app(scope, receive, send_with_headers)

    def _refusal(self, scope: Scope) -> ExosError | None:
        if scope["path"] in TELEMETRY:
            return None
        headers = Headers(scope=scope)
        host = _host_name(headers.get("host", ""))
        if not self._any_host and host not in self._hosts:
            return Forbidden(
                f"This server does not answer under the name {host!r}.",
                "Add the name to EXOS_ALLOWED_HOSTS if it is yours.",
            )
        if scope["method"] not in _SAFE and not _same_site(headers):
            return Forbidden("Another site asked for this through your browser.", "Open the portal itself.")
        return None


def _same_site(headers: Headers) -> bool:
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host")


def _host_name(host: str) -> str:
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""
