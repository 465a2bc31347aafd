"""The text of a CSV file: its encoding, its delimiter, and where its records begin and end.

Quotes count as CSV readers take them: one that opens a field encloses it, doubled it stands for itself, elsewhere it is a plain
character.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import charset_normalizer
import numpy as np

from exos.errors import BadFile
from exos.ingest.eventlog.arrays import Flags, Ints
from exos.ingest.eventlog.format import Report
from exos.ingest.eventlog.source import Head

QUOTE, NEWLINE, RETURN = 34, 10, 13
LONGEST_RECORD = 64 * 1024**2
MOST_UNCLOSED = 100
"""Lines with a quote that does not end, after which a file is no CSV."""
DELIMITERS = (",", ";", "\t", "|", "^")
UTF8 = "utf-8"
_FOREIGN = 0.25
"""Share of bytes beyond ASCII among letters that logs in Latin letters do not come near: German had 0.08, Polish 0.09."""
_FEW = 12
"""Different bytes beyond ASCII that are not enough to tell a script by."""
_LETTERS = re.compile(rb"[A-Za-z]")
_NOT_CP1252 = (b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d")


@dataclass(frozen=True, slots=True)
class Block:
    """Whole records as UTF-8, and the line number of the first. `unclosed` are lines before it that no quote closes."""

    data: bytes
    line: int
    unclosed: tuple[tuple[int, str], ...] = ()


def encoding_of(head: Head) -> str:
    """The encoding, from the byte order mark or else from what the bytes can be."""
    if head.wide:
        return head.wide
    lines = head.data.split(b"\n")[:-1] or [head.data]
    marked = [line for line in lines if not line.isascii()]
    foreign = sum(not _is_utf8(line) for line in marked)
    if foreign * 2 <= len(marked):
        return UTF8
    if found := _other_script(b"\n".join(marked)):
        return found
    return "latin-1" if any(byte in head.data for byte in _NOT_CP1252) else "cp1252"


def _other_script(data: bytes) -> str:
    """The encoding of text that is not in Latin letters; empty where there is no telling it from one that is."""
    beyond = Counter(byte for byte in data if byte > 127)
    if len(beyond) < _FEW or beyond.total() < _FOREIGN * (beyond.total() + len(_LETTERS.findall(data))):
        return ""
    found = charset_normalizer.from_bytes(data).best()
    letters = [letter for letter in str(found or "") if letter.isalpha() and not letter.isascii()]
    latin = sum(unicodedata.name(letter, "").startswith("LATIN") for letter in letters)
    return found.encoding if found and latin * 2 < len(letters) else ""


def as_utf8(blocks: Iterator[bytes], encoding: str, report: Report, source: str) -> Iterator[bytes]:
    """The same text in UTF-8, without byte order mark, with line feeds where only carriage returns end the lines."""
    decoder = None if encoding == UTF8 else codecs.getincrementaldecoder(encoding)("strict")
    only_returns: bool | None = None
    for number, block in enumerate(blocks):
        if decoder is not None:
            block = _decoded(decoder, block, encoding, source)
        if only_returns is None and block:
            only_returns = b"\r" in block and b"\n" not in block
        if number == 0:
            block = block.removeprefix(codecs.BOM_UTF8)
        yield block.replace(b"\r", b"\n") if only_returns else block
    if decoder is not None:
        yield _decoded(decoder, b"", encoding, source, final=True)
        report.note(f"The text was read as {encoding}.")


def repaired(data: bytes, report: Report) -> bytes:
    """UTF-8 text as it is; lines that are no UTF-8 are taken for Windows-1252, which is what such files mix in."""
    if data.isascii():
        return data
    try:
        data.decode(UTF8)
    except UnicodeDecodeError:
        lines = data.split(b"\n")
        bad = [number for number, line in enumerate(lines) if not _is_utf8(line)]
        for number in bad:
            lines[number] = lines[number].decode("cp1252", "replace").encode()
        report.count("{n} lines are not UTF-8; they were read as Windows-1252.", len(bad))
        return b"\n".join(lines)
    return data


def cut(texts: Iterator[bytes], delimiter: str, source: str) -> Iterator[Block]:
    """Blocks of whole records. A line whose quote does not end is put aside, and reading goes on behind it.

    Raises BadFile for the first line, and where too many are like that.
    """
    cutter = _Cutter(delimiter, source)
    wanted = 0
    for text in texts:
        cutter.carry += text
        if len(cutter.carry) < wanted:
            continue
        if block := cutter.whole():
            wanted = 0
            yield block
        elif len(cutter.carry) > LONGEST_RECORD:
            cutter.put_aside()
        else:
            wanted = 2 * len(cutter.carry)
    if cutter.carry and not cutter.carry.endswith(b"\n"):
        cutter.carry += b"\n"
    while cutter.carry.strip(b"\r\n"):
        if block := cutter.whole():
            yield block
        else:
            cutter.put_aside()
    if cutter.unclosed:
        yield Block(b"", cutter.line, tuple(cutter.unclosed))


class _Cutter:
    """What is read and not yet given on: `carry`, which begins on `line`."""

    def __init__(self, delimiter: str, source: str) -> None:
        self.carry = b""
        self.line = 1
        self.unclosed: list[tuple[int, str]] = []
        self._delimiter = delimiter
        self._source = source
        self._aside = 0

    def whole(self) -> Block | None:
        """The whole records of `carry`, taken from it."""
        end = last_record_end(self.carry, self._delimiter)
        if not end:
            return None
        block = Block(self.carry[:end], self.line, tuple(self.unclosed))
        self._take(end)
        self.unclosed = []
        return block

    def put_aside(self) -> None:
        """Take the first line of `carry` for broken."""
        end = self.carry.find(b"\n") + 1
        self._aside += 1
        if not end or self.line == 1 or self._aside > MOST_UNCLOSED:
            raise BadFile(
                f"{self._source}: the record that begins on line {self.line} has a quoted field that does not end.",
                "Close the quote, or double quotes that are meant as characters.",
            )
        self.unclosed.append((self.line, self.carry[:end].decode(UTF8, "replace").strip()))
        self._take(end)

    def _take(self, end: int) -> None:
        data, self.carry = self.carry[:end], self.carry[end:]
        self.line += len(_breaks(np.frombuffer(data, np.uint8))) if b"\r" in data else data.count(b"\n")


def last_record_end(data: bytes, delimiter: str) -> int:
    """Where the last whole record ends; 0 where none does."""
    if QUOTE not in data:
        return data.rfind(b"\n") + 1
    ends = record_ends(data, delimiter)
    return int(ends[-1]) + 1 if len(ends) else 0


def record_ends(data: bytes, delimiter: str) -> Ints:
    """The places of the line breaks that end a record. A carriage return alone ends one too."""
    array = np.frombuffer(data, np.uint8)
    breaks = _breaks(array)
    quotes = np.flatnonzero(array == QUOTE)
    if not len(quotes):
        return breaks
    if _tidy(array, quotes, ord(delimiter)):
        inside = np.searchsorted(quotes, breaks) & 1
        ends: Ints = breaks[inside == 0]
        return ends
    return _scanned(data, delimiter)


def record_lines(block: Block, delimiter: str) -> Ints:
    """The line number on which each record of a block begins; empty lines are no records."""
    array = np.frombuffer(block.data, np.uint8)
    ends = record_ends(block.data, delimiter)
    starts = np.concatenate(([0], ends[:-1] + 1)) if len(ends) else np.zeros(0, np.int64)
    length = ends - starts
    blank = (length == 0) | ((length == 1) & (array[starts] == RETURN))
    lines: Ints = block.line + np.searchsorted(_breaks(array), starts[~blank])
    return lines


def delimiter_of(sample: str, complete: bool) -> str:
    """The character that cuts the records of a sample, the header included, into the same number of fields most often.

    Empty where none does. Where the sample is not `complete`, its last record may be cut off.
    """
    best, best_score = "", 0.0
    for delimiter in DELIMITERS:
        records = split(sample, delimiter)
        records = (records if complete else records[:-1] or records)[:200]
        counts = Counter(len(record) for record in records)
        fields, times = max(counts.items(), key=lambda item: (item[1], item[0]), default=(1, 0))
        share = times / max(1, counts.total())
        heads = bool(records) and len(records[0]) == fields
        if fields > 1 and share >= (0.4 if heads else 0.6):
            score = share * (1 + min(fields, 50) / 100) * (1 if heads else 0.3)
            best, best_score = max((best, best_score), (delimiter, score), key=lambda pair: pair[1])
    return best


def split(sample: str, delimiter: str) -> list[list[str]]:
    """Records of a text as fields; the last one, which may be cut off, only where the text ends with a line break."""
    records = list(csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter))
    if not sample.endswith(("\n", "\r")):
        records = records[:-1]
    return [record for record in records if record]


def _breaks(array: np.ndarray[tuple[int], np.dtype[np.uint8]]) -> Ints:
    feeds = array == NEWLINE
    returns = array == RETURN
    if returns.any():
        returns[:-1] &= ~feeds[1:]
        feeds = feeds | returns
    return np.flatnonzero(feeds)


def _tidy(array: np.ndarray[tuple[int], np.dtype[np.uint8]], quotes: Ints, delimiter: int) -> bool:
    """Whether every second quote opens a field and every other closes one, so that counting them is enough."""
    opened, closed = quotes[::2], quotes[1::2]
    before = array[opened[opened > 0] - 1]
    after = array[closed[closed + 1 < len(array)] + 1]
    return bool(_any_of(before, delimiter).all() and _any_of(after, delimiter).all())


def _any_of(around: np.ndarray[tuple[int], np.dtype[np.uint8]], delimiter: int) -> Flags:
    result: Flags = (around == delimiter) | (around == NEWLINE) | (around == RETURN) | (around == QUOTE)
    return result


def _scanned(data: bytes, delimiter: str) -> Ints:
    """Record ends where quotes also stand inside of plain fields: one record at a time."""
    other = rb"[^\r\n" + re.escape(delimiter.encode()) + rb"]"
    field = rb'(?:"[^"]*(?:""[^"]*)*"' + other + rb'*|(?!")' + other + rb"+|)"
    record = re.compile(field + rb"(?:" + re.escape(delimiter.encode()) + field + rb")*(?:\r?\n|\r)")
    ends = []
    match = record.match(data)
    while match:
        ends.append(match.end() - 1)
        match = record.match(data, match.end())
    return np.array(ends, np.int64)


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode(UTF8)
    except UnicodeDecodeError:
        return False
    return True


def _decoded(
    decoder: codecs.IncrementalDecoder, block: bytes, encoding: str, source: str, final: bool = False
) -> bytes:
    try:
        return decoder.decode(block, final).encode()
    except UnicodeError as error:
        raise BadFile(f"{source} is not {encoding} text: {error}.", "Say its encoding with --encoding.") from None
