"""Takes out of what a browser sent what must not be stored of somebody who asked not to be recognised."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

_SESSION = "rum.sessionId"


def withhold(request: Any, personal: Callable[[str], bool]) -> None:
    """Remove the attributes of these names from the browsers in a message of any signal."""
    for field, _ in request.ListFields():
        for one in getattr(request, field.name):
            if any(known.key == _SESSION for known in one.resource.attributes):
                for attributes in (one.resource.attributes, *_attributes(one)):
                    kept = [known for known in attributes if not personal(known.key)]
                    if len(kept) < len(attributes):
                        copies = [type(known).FromString(known.SerializeToString()) for known in kept]
                        del attributes[:]
                        attributes.extend(copies)


def _attributes(resource: Any) -> Iterator[Any]:
    """The attributes of the scopes, spans and log records of one resource."""
    for kind, items in (("scope_spans", "spans"), ("scope_logs", "log_records"), ("scope_metrics", "")):
        for scope in getattr(resource, kind, ()):
            yield scope.scope.attributes
            for item in getattr(scope, items, ()) if items else ():
                yield item.attributes
                yield from (event.attributes for event in getattr(item, "events", ()))
