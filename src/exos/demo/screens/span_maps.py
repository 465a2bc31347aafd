"""The attributes of spans, by what the spans are. Names and forms are those of the browser's SDK and of the services'
instrumentations.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from exos.demo.calendar import Ints
from exos.demo.columns import Maps, draw, hex_ids, join, mix, number_texts
from exos.demo.screens import beats as kinds
from exos.demo.screens.addresses import addresses, api_urls
from exos.demo.screens.apps import Element, browsers
from exos.demo.screens.backends import is_statement
from exos.demo.screens.beats import Beats, Piece, error_types
from exos.demo.screens.layout import centres

if TYPE_CHECKING:
    from exos.demo.screens.spans import Group

_STATUS = {200: "OK", 201: "Created", 202: "Accepted", 401: "Unauthorized", 409: "Conflict", 504: "Gateway Timeout"}


def describe(maps: Maps, piece: Piece, groups: list[Group]) -> None:
    """Put the attributes of all spans, which stand group after group."""
    sizes = np.array([len(group) for group in groups])
    ends = np.cumsum(sizes)
    browser = np.repeat([group.hop is None for group in groups], sizes)
    _common(maps, piece, np.concatenate([group.beat for group in groups]), browser)
    for group, end in zip(groups, ends, strict=True):
        rows = slice(int(end) - len(group), int(end))
        if group.role in _ROLES:
            _ROLES[group.role](maps, piece, group, rows)
        maps.put_all(rows, _CONSTANTS.get(group.role, {}))


def _common(maps: Maps, piece: Piece, beat: Ints, browser: np.ndarray) -> None:
    """What every span of the browser says: the address, who it is, the case at hand."""
    told, sessions = piece.beats, piece.sessions
    rows = np.flatnonzero(browser)
    of = beat[rows]
    maps.put("location.href", rows, addresses(piece, told.page, told.tail), of)
    # The recorder starts before anybody is known.
    known = np.flatnonzero(told.kind[of] != kinds.RECORD)
    rows, of = rows[known], of[known]
    session = told.session[of]
    maps.put("exos.visitor.id", rows, sessions.visitor, session)
    named = np.asarray(pc.not_equal(sessions.user, "").to_numpy(zero_copy_only=False))[session]
    named &= told.time[of] >= sessions.known_from[session]
    maps.put("userId", rows[named], sessions.user, session[named])
    maps.put("userName", rows[named], sessions.name, session[named])
    context = told.context[of]
    working = context >= 0
    maps.put("exos.context.process", rows[working], piece.processes, context[working])
    maps.put("exos.context.case_id", rows[working], piece.cases, context[working])


def _load(maps: Maps, piece: Piece, group: Group, rows: slice) -> None:
    told, known = piece.beats, browsers()
    browser = piece.sessions.browser[told.session[group.beat]]
    maps.put("component", rows, "document-load")
    maps.put("http.url", rows, addresses(piece, told.page[group.beat], told.tail[group.beat]))
    maps.put("http.user_agent", rows, pa.array(known.column(0)), browser)
    maps.put("screen.xy", rows, pa.array(known.column(6)), browser)
    come = np.flatnonzero(pc.not_equal(piece.referrers, "").to_numpy(zero_copy_only=False)[told.session[group.beat]])
    maps.put("document.referrer", rows.start + come, piece.referrers, told.session[group.beat[come]])


def _document(maps: Maps, piece: Piece, group: Group, rows: slice) -> None:
    told = piece.beats
    maps.put("http.url", rows, addresses(piece, told.page[group.beat], told.tail[group.beat]))
    maps.put_all(rows, {"component": "document-load", "http.method": "GET", "http.response_content_length": "1581"})


def _resource(maps: Maps, piece: Piece, group: Group, rows: slice) -> None:
    size = {"app.js": "214630", "app.css": "18211"}[group.detail]
    url = f"{piece.sessions.app.origin}/assets/{group.detail}"
    maps.put_all(
        rows,
        {"component": "document-load", "http.method": "GET", "http.url": url, "http.response_content_length": size},
    )


def _interaction(maps: Maps, piece: Piece, group: Group, rows: slice) -> None:
    told, elements = piece.beats, piece.sessions.app.elements
    element = told.element[group.beat]
    maps.put_all(rows, {"component": "user-interaction", "event_type": group.detail})
    tag = "FORM" if group.detail == "submit" else None
    maps.put("target_element", rows, tag or pa.array([each.tag for each in elements]), None if tag else element)
    xpath = '//*[@id="form"]' if group.detail == "submit" else None
    maps.put("target_xpath", rows, xpath or pa.array([each.xpath for each in elements]), None if xpath else element)
    maps.put("http.url", rows, addresses(piece, told.page[group.beat], told.tail[group.beat]))
    if group.parent < 0:
        _named(maps, elements, element, group.detail, rows)


def _named(maps: Maps, elements: tuple[Element, ...], element: Ints, kind: str, rows: slice) -> None:
    """The snippet's names for the element, on the first span of an interaction."""
    if kind == "submit":
        maps.put("exos.element.selector", rows, "#form")
        return
    maps.put("exos.element.selector", rows, pa.array([each.selector for each in elements]), element)
    captions = [each.caption for each in elements]
    said = np.flatnonzero(np.array([bool(text) for text in captions])[element])
    maps.put("exos.element.text", rows.start + said, pa.array(captions), element[said])


def _route(maps: Maps, piece: Piece, group: Group, rows: slice) -> None:
    told = piece.beats
    maps.put("component", rows, "user-interaction")
    maps.put("prev.href", rows, addresses(piece, told.from_page[group.beat], told.from_tail[group.beat]))


def _request(maps: Maps, piece: Piece, group: Group, rows: slice) -> None:
    told, app = piece.beats, piece.sessions.app
    number = int(told.endpoint[group.beat[0]])
    endpoint, status = app.endpoints[number], told.status[group.beat]
    scheme, _, host = app.origin.partition("://")
    maps.put_all(rows, {"component": "fetch", "http.method": endpoint.method, "http.host": host, "http.scheme": scheme})
    maps.put("http.url", rows, api_urls(piece, number, told.tail[group.beat]))
    maps.put("http.status_code", rows, pa.array(status).cast(pa.string()))
    codes = sorted(_STATUS)
    maps.put("http.status_text", rows, pa.array([_STATUS[code] for code in codes]), np.searchsorted(codes, status))
    maps.put("http.user_agent", rows, pa.array(browsers().column(0)), piece.sessions.browser[told.session[group.beat]])
    maps.put("http.response_content_length", rows, str(endpoint.size))


def _error(maps: Maps, piece: Piece, group: Group, rows: slice) -> None:
    what = piece.beats.what[group.beat]
    types = error_types(piece.messages)
    origin = piece.sessions.app.origin
    maps.put_all(rows, {"component": "error", "error": "true"})
    maps.put("error.object", rows, pa.array(types), what)
    maps.put("error.message", rows, pa.array(piece.messages), what)
    stacks = [
        f"{message}\n    at onAction ({origin}/assets/app.js:1:{1000 + 7 * place})"
        for place, message in enumerate(piece.messages)
    ]
    maps.put("error.stack", rows, pa.array(stacks), what)


def signal_said(piece: Piece, told: Beats) -> dict[str, pa.Array]:
    """What frustration signals say besides their element and its text."""
    x, y = centres(piece.sessions.app.name)
    place = piece.sessions.mobile[told.session].astype(np.int64), told.element
    return {
        "exos.frustration.count": number_texts(told.value),
        "exos.frustration.x": pa.array(x[place]).cast(pa.string()),
        "exos.frustration.y": pa.array(y[place]).cast(pa.string()),
        "exos.frustration.page": addresses(piece, told.page, told.tail),
    }


def _frustration(maps: Maps, piece: Piece, group: Group, rows: slice) -> None:
    told, elements = piece.beats.take(group.beat), piece.sessions.app.elements
    maps.put("exos.frustration.element", rows, pa.array([each.selector for each in elements]), told.element)
    maps.put("exos.frustration.text", rows, pa.array([each.text for each in elements]), told.element)
    for name, values in signal_said(piece, told).items():
        maps.put(name, rows, values)


def _vital(maps: Maps, piece: Piece, group: Group, rows: slice) -> None:
    told = piece.beats
    what, value = told.what[group.beat], number_texts(told.value[group.beat])
    for number, name in enumerate(kinds.VITALS):
        mine = np.flatnonzero(what == number)
        maps.put(name, rows.start + mine, value.take(pa.array(mine)))
    maps.put("webvitals.navigation_type", rows, "navigate")
    serial = (draw(told.key[group.beat], 17) * 1e12).astype(np.int64) + 10**12
    maps.put("webvitals.metric_id", rows, join("v3-", told.time[group.beat], "-", serial))


def _long_task(maps: Maps, piece: Piece, group: Group, rows: slice) -> None:
    maps.put("longtask.duration", rows, number_texts(piece.beats.value[group.beat]))


def _hop(maps: Maps, piece: Piece, group: Group, rows: slice) -> None:
    hop = group.hop
    assert hop is not None
    status = piece.beats.status[group.beat]
    method, _, rest = hop.name.partition(" ")
    if is_statement(hop):
        text = _statement(method, rest)
        named = {"db.operation.name": method, "db.collection.name": rest, "db.query.text": text}
        maps.put_all(rows, {"db.system.name": "postgresql", "db.namespace": hop.service.split("-")[0], **named})
    elif hop.kind == "Server":
        maps.put_all(rows, {"http.request.method": method, "http.route": rest, "url.scheme": "http"})
        maps.put("http.response.status_code", rows, pa.array(status).cast(pa.string()))
    elif hop.kind == "Client" and method in ("GET", "POST"):
        maps.put_all(rows, {"http.request.method": method, "server.address": rest})
        maps.put("http.response.status_code", rows, pa.array(status).cast(pa.string()))
        failed = np.flatnonzero(status >= 500)
        maps.put("error.type", rows.start + failed, "timeout")
    elif hop.kind == "Producer":
        maps.put_all(
            rows,
            {"messaging.system": "kafka", "messaging.destination.name": rest, "messaging.operation.name": "publish"},
        )
    else:
        maps.put_all(rows, {"rpc.system": "aws-api", "rpc.service": "S3", "rpc.method": method.partition(".")[2]})
        maps.put("aws.request_id", rows, hex_ids(mix(piece.beats.key[group.beat], 19)))


def _statement(verb: str, table: str) -> str:
    """A statement as a driver would report it."""
    return {
        "SELECT": f"SELECT * FROM {table} WHERE id = $1",
        "INSERT": f"INSERT INTO {table} (id, body, created_at) VALUES ($1, $2, now())",
        "UPDATE": f"UPDATE {table} SET body = $2, updated_at = now() WHERE id = $1",
    }[verb]


def _action(maps: Maps, piece: Piece, group: Group, rows: slice) -> None:
    page = np.array(list(piece.sessions.app.pages))[piece.beats.page[group.beat]]
    maps.put("page", rows, pa.array(page))


_TASK = {
    "component": "browser-longtask", "longtask.name": "self", "longtask.entry_type": "longtask",
    "longtask.attribution.name": "unknown", "longtask.attribution.entry_type": "taskattribution",
    "longtask.attribution.start_time": "0", "longtask.attribution.duration": "0", "longtask.attribution.container_type": "window",
}  # fmt: skip
_CONSTANTS: dict[str, dict[str, str]] = {"visibility": {"hidden": "true"}, "longtask": _TASK}
_ROLES: dict[str, Callable[[Maps, Piece, Group, slice], None]] = {
    "load": _load,
    "document": _document,
    "resource": _resource,
    "interaction": _interaction,
    "route": _route,
    "request": _request,
    "error": _error,
    "frustration": _frustration,
    "vital": _vital,
    "longtask": _long_task,
    "hop": _hop,
    "action": _action,
}
