"""The complete XES reader: a streaming XML parser that understands everything XES allows.

Reads the header of every log, and the traces that the fast reader (xes_tokens.py) leaves to it. Document types and entities are
refused: no log needs them, and they are a way to attack a reader.

Nested attributes are flattened: `<string key="a" …><string key="b" …/></string>` gives `a` and `a/b`; further ones of the same
name in a list give `a/b/2`, `a/b/3` and so on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.parsers import expat

import numpy as np

from exos.errors import BadFile
from exos.ingest.eventlog.arrays import Ints, texts
from exos.ingest.eventlog.xes_rows import KINDS, OUTSIDE, Attributes, Traces

MANY_EVENTS = 50_000
TOO_MANY_EVENTS = 200_000
_CUT_SHORT = (
    expat.errors.XML_ERROR_NO_ELEMENTS,
    expat.errors.XML_ERROR_UNCLOSED_TOKEN,
    expat.errors.XML_ERROR_PARTIAL_CHAR,
)
_KIND = {name: code for code, name in enumerate(KINDS)}
_STRUCTURE = ("log", "trace", "event", "global", "classifier", "extension")


@dataclass
class Header:
    """What a log says about itself: classifiers (name → keys), and defaults of event attributes."""

    root: str = ""
    classifiers: dict[str, str] = field(default_factory=dict)
    defaults: dict[str, str] = field(default_factory=dict)


class _Collected:
    """Attributes of events or of traces, as lists that grow."""

    def __init__(self) -> None:
        self.owner: list[int] = []
        self.key: list[int] = []
        self.kind: list[int] = []
        self.text: list[str] = []
        self.codes: dict[str, int] = {}

    def add(self, owner: int, key: str, kind: int, text: str) -> None:
        self.owner.append(owner)
        self.key.append(self.codes.setdefault(key, len(self.codes)))
        self.kind.append(kind)
        self.text.append(text)

    def of(self, owner: int) -> list[tuple[str, int, str]]:
        """Key, kind and text of one owner's attributes."""
        names = list(self.codes)
        return [
            (names[self.key[place]], self.kind[place], self.text[place])
            for place in range(len(self.owner))
            if self.owner[place] == owner
        ]

    def arrays(self) -> Attributes:
        count = len(self.owner)
        return Attributes(
            np.array(self.owner, np.int64),
            np.array(self.key, np.int64),
            np.array(self.kind, np.uint8),
            np.arange(count),
            list(self.codes),
            texts(self.text),
        )


class ElementReader:
    """Give it bytes with `feed`, or `skip` what needs no looking at; it returns what traces they complete."""

    def __init__(self, source: str, line: int = 1) -> None:
        self.header = Header()
        self._source = source
        self._line = line - 1
        self._parser = expat.ParserCreate("utf-8")
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._listen(True)
        self._inside: list[str] = []
        self._path: list[str] = []
        self._repeated: dict[tuple[int, str], int] = {}
        self._ready: list[Traces] = []
        self._clear()

    def feed(self, data: bytes, final: bool = False) -> list[Traces]:
        """Parse. Raises BadFile, naming the line, for what is not well-formed or not XES."""
        try:
            self._parser.Parse(data, final)
        except expat.ExpatError as error:
            raise self._malformed(error, final) from None
        if final and (self._event_trace or self._traces):
            self._flush()
        ready, self._ready = self._ready, []
        return ready

    def skip(self, data: bytes) -> None:
        """Parse without looking at the content: it must be well-formed, and leave the elements as they are."""
        self._listen(False)
        self.feed(data)
        self._listen(True)

    @property
    def line(self) -> int:
        """The current line number."""
        return self._line + self._parser.CurrentLineNumber

    def move_to(self, line: int) -> None:
        """Say that the next byte stands on this line: what lies before was read by others."""
        self._line = line - self._parser.CurrentLineNumber

    def _listen(self, listening: bool) -> None:
        self._parser.StartElementHandler = self._start if listening else None
        self._parser.EndElementHandler = self._end if listening else None

    def _clear(self) -> None:
        self._events, self._cases = _Collected(), _Collected()
        self._event_trace: list[int] = []
        self._event_line: list[int] = []
        self._traces = 0
        self._continued = False

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        if not self._inside:
            self._check_root(name)
        if "key" in attributes and name not in _STRUCTURE:
            self._attribute(name, attributes)
        else:
            self._structure(name, attributes)
        self._inside.append(name)

    def _check_root(self, name: str) -> None:
        self.header.root = name
        if name != "log":
            raise BadFile(
                f"{self._source} is no XES log: its outermost element is <{name}> and should be <log>.",
                "Export the log as XES, or name the right --format.",
            )

    def _structure(self, name: str, attributes: dict[str, str]) -> None:
        around = self._inside[-1] if self._inside else ""
        if name == "trace" and around == "log":
            self._traces += 1
        elif name == "event" and around in ("trace", "log"):
            self._event_trace.append(self._traces - 1 if around == "trace" else OUTSIDE)
            self._event_line.append(self.line)
        elif name in ("trace", "event", "log") and self._inside:
            raise BadFile(
                f"{self._source}, line {self.line}: <{name}> stands inside of <{around}>.", "Export the log again."
            )
        elif name == "classifier":
            self.header.classifiers[attributes.get("name", "")] = attributes.get("keys", "")
        elif name == "global":
            self._path = [] if attributes.get("scope") == "event" else ["trace"]

    def _attribute(self, name: str, attributes: dict[str, str]) -> None:
        key, value = attributes["key"], attributes.get("value")
        self._path.append(key)
        if len(self._inside) < 2:
            return
        if self._inside[1] == "global":
            if len(self._path) == 1 and value is not None:
                self.header.defaults.setdefault(key, value)
        elif self._inside[1] in ("trace", "event") and value is not None:
            in_event = "event" in self._inside[1:3]
            target, owner = (self._events, len(self._event_trace) - 1) if in_event else (self._cases, self._traces - 1)
            target.add(owner, self._name(owner if in_event else -1 - owner), _KIND.get(name, 0), value)

    def _name(self, owner: int) -> str:
        """The flattened key; nested ones of the same name are numbered."""
        key = "/".join(self._path)
        if len(self._path) == 1:
            return key
        times = self._repeated[owner, key] = self._repeated.get((owner, key), 0) + 1
        return key if times == 1 else f"{key}/{times}"

    def _end(self, name: str) -> None:
        name = self._inside.pop()
        if name in ("event", "trace", "global"):
            self._path = []
            if name == "trace" and len(self._event_trace) >= MANY_EVENTS:
                self._flush()
            elif name == "event" and len(self._event_trace) >= TOO_MANY_EVENTS:
                self._flush(unfinished=self._inside[-1] == "trace")
        elif self._path and name not in ("values", "classifier", "extension"):
            self._path.pop()

    def _flush(self, unfinished: bool = False) -> None:
        kept = self._cases.of(self._traces - 1) if unfinished else []
        event_lines = np.array(self._event_line, np.int64)

        def lines(places: Ints) -> Ints:
            found: Ints = event_lines[places]
            return found

        self._ready.append(
            Traces(
                np.array(self._event_trace, np.int64),
                self._traces,
                self._events.arrays(),
                self._cases.arrays(),
                lines,
                continued=self._continued,
            )
        )
        self._clear()
        self._repeated = {}
        if unfinished:
            self._traces, self._continued = 1, True
            for key, kind, text in kept:
                self._cases.add(0, key, kind, text)

    def _refuse(self, *_: object) -> None:
        raise BadFile(
            f"{self._source}, line {self.line}: it declares a document type (DOCTYPE), which is not read for safety.",
            "Remove the <!DOCTYPE …> from the file; XES needs none.",
        )

    def _malformed(self, error: expat.ExpatError, final: bool) -> BadFile:
        what = expat.errors.messages[error.code]
        line = self._line + error.lineno
        if final and what in _CUT_SHORT:
            return BadFile(
                f"{self._source} ends in the middle of the log, on line {line}: it is cut short.",
                "Copy or export it again.",
            )
        return BadFile(
            f"{self._source}, line {line}, column {error.offset + 1}: not well-formed XML ({what}).",
            "Export the log again.",
        )


def read_alone(data: bytes, source: str, line: int) -> list[Traces]:
    """The traces of a chunk of whole traces, taken out of a log at this line."""
    return ElementReader(source, line).feed(b"<log>" + data + b"</log>", final=True)
