"""XES, the XML standard for event logs (IEEE 1849).

The stream is cut behind `</trace>` into chunks of a few megabytes, which are read in parallel: by xes_tokens.py where the chunk
is written plainly, by xes_elements.py where it is not. One parser sees the header and the end of the file, so that the log as a
whole is known to be well-formed.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Generator, Iterator
from functools import partial
from itertools import chain

from exos.errors import BadFile
from exos.ingest.eventlog import xes_rows, xes_tokens
from exos.ingest.eventlog.clock import Clock
from exos.ingest.eventlog.format import Format, Piece, Report
from exos.ingest.eventlog.options import Options
from exos.ingest.eventlog.pipeline import ahead
from exos.ingest.eventlog.source import HEAD, Head, Source
from exos.ingest.eventlog.xes_elements import ElementReader, read_alone
from exos.ingest.eventlog.xes_rows import Meaning, Traces

LONGEST_HEADER = 64 * 1024**2
LONGEST_CHUNK = 64 * 1024**2
END = b"</trace>"
_ENCODING = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.-]+)["']""")
_HEADER_ENDS = (b"</global>", b"<classifier ", b"<extension ")


def read(source: Source, options: Options, report: Report) -> Generator[Piece]:
    """The events of an XES log. Raises BadFile where it is cut short, not well-formed or not XES."""
    meaning = Meaning(Clock(options.timezone, options.day_first, report), report, options)
    reader = ElementReader(source.name)
    yield from ahead(_numbered(_all_traces(source, reader), reader, meaning))
    meaning.check(source.name)


def read_slowly(source: Source, options: Options, report: Report) -> Generator[Piece]:
    """The same with the full parser alone: what the fast way is checked against."""
    meaning = Meaning(Clock(options.timezone, options.day_first, report), report, options)
    reader = ElementReader(source.name)
    for task in _numbered(_streamed(reader, _utf8(source)), reader, meaning):
        yield task()
    meaning.check(source.name)


def _matches(head: Head) -> bool:
    return head.text.startswith("<") and re.search(r"<(\w+:)?log[\s>]", head.text) is not None


FORMAT = Format("xes", "XES (IEEE 1849)", (".xes",), _matches, read, rank=10)


def _numbered(traces: Iterator[Traces], reader: ElementReader, meaning: Meaning) -> Iterator[Callable[[], Piece]]:
    """Give events and traces their numbers in the file, and let the first ones say what the keys mean."""
    events = cases = 0
    for found in traces:
        if not meaning.keys:
            _take_header(reader, meaning)
            meaning.learn(found)
        if found.continued:
            cases -= 1
        yield partial(xes_rows.rows, found, meaning, events, cases)
        events += len(found.trace)
        cases += found.traces
        meaning.report.traces = cases


def _take_header(reader: ElementReader, meaning: Meaning) -> None:
    header = reader.header
    meaning.default_activity = header.defaults.get(meaning.options.activity or "concept:name", "")
    if header.classifiers:
        named = "; ".join(f"{name} = {keys}" for name, keys in header.classifiers.items())
        meaning.report.note(
            f"The log declares these classifiers: {named}. Activities are {meaning.options.activity or 'concept:name'}."
        )


def _all_traces(source: Source, reader: ElementReader) -> Iterator[Traces]:
    blocks = _utf8(source)
    header, rest = _header(blocks)
    if header is None:
        yield from _streamed(reader, blocks, rest)
        return
    _feed_header(reader, header)
    line = reader.line
    tail: list[bytes] = []
    for found, data in ahead(partial(_read_chunk, data) for data in _chunks(blocks, rest, tail)):
        if found is not None:
            yield found.moved_to(line)
            line += found.breaks
        else:
            yield from read_alone(data, source.name, line)
            line += data.count(b"\n")
    reader.move_to(line)
    yield from _streamed(reader, blocks, tail[0])


def _read_chunk(data: bytes) -> tuple[Traces | None, bytes]:
    """The traces, or the chunk itself where it needs the full parser."""
    found = xes_tokens.read(data)
    return found, b"" if found is not None else data


def _header(blocks: Iterator[bytes]) -> tuple[bytes | None, bytes]:
    """What stands before the first trace, and the rest of what had to be read for it; None where it cannot be cut off safely."""
    data = b""
    for block in blocks:
        searched = max(0, len(data) - len(END))
        data += block
        place = data.find(b"<trace>", searched)
        if place >= 0:
            header = data[:place]
            return (header, data[place:]) if _plain(header) else (None, data)
        if len(data) > LONGEST_HEADER:
            break
    return None, data


def _plain(header: bytes) -> bool:
    """Whether the header surely ends outside of a comment or the like, and holds no events: comments it has are closed and stand
    at its beginning.
    """
    top, rest = header[:HEAD], header[HEAD:]
    closed = top.count(b"<!--") == top.count(b"-->") == top.count(b"<!") and top.count(b"<?") < 2
    return closed and not _marked_up(rest) and b"<event" not in header


def _feed_header(reader: ElementReader, header: bytes) -> None:
    """Look at what declares something; attributes of the log, which may be very many, only have to be well-formed."""
    root = header.find(b">", max(0, header.find(b"<log"))) + 1
    last = max(header.rfind(end) for end in _HEADER_ENDS)
    declared = max(root, header.find(b">", last) + 1 if last >= 0 else 0)
    reader.feed(header[:declared])
    if reader.header.root:
        reader.skip(header[declared:])
    else:
        reader.feed(header[declared:])


def _chunks(blocks: Iterator[bytes], rest: bytes, tail: list[bytes]) -> Iterator[bytes]:
    """Chunks of whole traces. What remains, or has to be read in one go from there on, goes to `tail`."""
    marked = _marked_up(rest)
    for block in chain([b""], blocks):
        # In a comment or the like `</trace>` would not end a trace: no cutting from there on.
        marked = marked or _marked_up(rest[-1:] + block)
        rest += block
        if marked or len(rest) > LONGEST_CHUNK:
            break
        end = rest.rfind(END) + len(END)
        if end < len(END):
            continue
        data, rest = rest[:end], rest[end:]
        yield data
    tail.append(rest)


def _marked_up(data: bytes) -> bool:
    """Whether there are comments, CDATA sections or processing instructions. One byte is found many times faster than two."""
    return (b"!" in data and b"<!" in data) or (b"?" in data and b"<?" in data)


def _streamed(reader: ElementReader, blocks: Iterator[bytes], first: bytes = b"") -> Iterator[Traces]:
    yield from reader.feed(first)
    for block in blocks:
        yield from reader.feed(block)
    yield from reader.feed(b"", final=True)


def _utf8(source: Source) -> Iterator[bytes]:
    """The file as UTF-8, whatever encoding it declares."""
    head = source.head().data
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    else:
        declared = _ENCODING.match(head.removeprefix(codecs.BOM_UTF8))
        encoding = declared.group(1).decode().lower() if declared else "utf-8"
    if encoding in ("utf-8", "utf8", "us-ascii", "ascii"):
        yield from source.blocks()
        return
    try:
        decoder = codecs.getincrementaldecoder(encoding)()
        for block in source.blocks():
            yield decoder.decode(block).encode()
        yield decoder.decode(b"", True).encode()
    except (LookupError, UnicodeError) as error:
        raise BadFile(
            f"{source.name} cannot be read as {encoding}, the encoding it declares: {error}.", "Export it again."
        ) from None
