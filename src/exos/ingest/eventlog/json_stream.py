"""Reads a large JSON object one array element at a time."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from typing import Any

from exos.errors import BadFile

LONGEST_VALUE = 64 * 1024**2
_DECODER = json.JSONDecoder()
_SPACE = " \t\r\n"


def elements(blocks: Iterator[bytes], source: str) -> Iterator[tuple[str, Any]]:
    """Pairs of key and element for each array of the outermost object; other values come whole.

    Raises BadFile, naming the place, where the text is not JSON, is cut short, or a value is longer than 64 MiB.
    """
    text = _Text(blocks, source)
    text.expect("{")
    while text.peek() != "}":
        key = text.value()
        if not isinstance(key, str):
            raise text.wrong("a key was expected")
        text.expect(":")
        if text.peek() == "[":
            yield from ((key, element) for element in _array(text))
        else:
            yield key, text.value()
        if text.peek() != ",":
            break
        text.expect(",")
    text.expect("}")


def _array(text: _Text) -> Iterator[Any]:
    text.expect("[")
    while text.peek() != "]":
        yield text.value()
        if text.peek() != ",":
            break
        text.expect(",")
    text.expect("]")


def _may_go_on(value: Any, following: str) -> bool:
    """Whether a number could be the beginning of a longer one whose rest was not read yet."""
    return isinstance(value, int | float) and (not following or following in ".eE+-0123456789")


class _Text:
    """A window on the text that moves on as values are taken."""

    def __init__(self, blocks: Iterator[bytes], source: str) -> None:
        self._blocks = blocks
        self._source = source
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._window = ""
        self._place = 0
        self._passed = 0
        self._ended = False

    def peek(self) -> str:
        """The next character that is no space."""
        while True:
            while self._place < len(self._window) and self._window[self._place] in _SPACE:
                self._place += 1
            if self._place < len(self._window):
                return self._window[self._place]
            if not self._more():
                raise self._cut()

    def expect(self, mark: str) -> None:
        """Pass a mark."""
        if self.peek() != mark:
            raise self.wrong(f"{mark!r} was expected")
        self._place += 1

    def value(self) -> Any:
        """Pass a value and return it."""
        self.peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._window, self._place)
            except json.JSONDecodeError as error:
                if error.pos < len(self._window) - 16 and "Unterminated" not in error.msg:
                    self._place = error.pos
                    raise self.wrong(error.msg) from None
            except RecursionError:
                raise self.wrong("values are nested too deeply") from None
            else:
                if self._ended or not _may_go_on(value, self._window[end : end + 1]):
                    self._place = end
                    return value
            if len(self._window) - self._place > LONGEST_VALUE:
                raise self.wrong(f"a value is longer than {LONGEST_VALUE >> 20} MiB")
            if not self._more():
                raise self._cut()

    def wrong(self, what: str) -> BadFile:
        """The error for what stands here."""
        place = self._passed + self._place + 1
        return BadFile(f"{self._source} is not valid JSON: {what} at character {place:,}.", "Export it again.")

    def _cut(self) -> BadFile:
        return BadFile(
            f"{self._source} is cut short: its JSON ends in the middle, after {self._passed + len(self._window):,} characters.",
            "Copy or export it again.",
        )

    def _more(self) -> bool:
        block = next(self._blocks, None)
        try:
            new = self._decoder.decode(block or b"", block is None)
        except UnicodeDecodeError as error:
            raise BadFile(f"{self._source} is not UTF-8 text: {error}.", "Export it as UTF-8.") from None
        self._passed += self._place
        self._window = self._window[self._place :] + new
        self._place = 0
        self._ended = self._ended or block is None
        return block is not None
