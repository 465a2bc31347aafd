"""Finds the few things in a statement that somebody in front of the engine must know: where the data of an INSERT
begins, which format the answer has, which names occur. The engine itself parses everything again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    rb"(?P<skip>\s+|--[^\n]*|#[ !][^\n]*)"
    rb"|(?P<comment>/\*)"
    rb"|(?P<text>'(?:[^'\\]|\\.|'')*'|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$)"
    rb"|(?P<name>`(?:[^`\\]|\\.|``)*`|\"(?:[^\"\\]|\\.|\"\")*\"|[A-Za-z_]\w*)"
    rb"|(?P<number>\d\w*)"
    rb"|(?P<sign>.)",
    re.DOTALL,
)
_COMMENT = re.compile(rb"/\*|\*/")
_BEHIND_FORMAT = re.compile(rb"[ \t\f]*\r?\n?")
_ANSWERING = frozenset(
    (
        *("SELECT", "WITH", "FROM", "VALUES", "TABLE", "SHOW", "DESCRIBE", "DESC", "EXISTS", "EXPLAIN"),
        *("KILL", "CHECK", "WATCH"),
    )
)


@dataclass(frozen=True, slots=True)
class Token:
    """A token that counts: kind is text, name, number or sign. `end` is where it ends."""

    kind: str
    raw: bytes
    start: int
    end: int

    @property
    def word(self) -> str:
        """The token in capitals where it can be a keyword, and nothing otherwise."""
        return self.raw.decode().upper() if self.kind == "name" and self.raw[:1] not in (b"`", b'"') else ""

    @property
    def name(self) -> str:
        """The name without its quotes."""
        raw = self.raw.decode(errors="replace")
        return re.sub(r"\\(.)", r"\1", raw[1:-1]) if raw[:1] in ("`", '"') else raw


@dataclass(frozen=True, slots=True)
class Insert:
    """An INSERT whose data follows: the statement without format and settings, both of them, and the data's place."""

    statement: str
    settings: str
    format: str
    data: int
    whole: str


def tokens(sql: bytes) -> Iterator[Token]:
    """The tokens that count, in their order."""
    place = 0
    while place < len(sql):
        found = _TOKEN.match(sql, place)
        assert found is not None
        place = found.end()
        kind = str(found.lastgroup if found.lastgroup != "tag" else "text")
        if kind == "comment":
            place = _behind_comment(sql, place)
        elif kind != "skip":
            yield Token(kind, found.group(), found.start(), place)


def first_word(sql: bytes) -> str:
    """The statement's first keyword."""
    return next((token.word for token in tokens(sql) if token.raw != b"("), "")


def answers(sql: bytes) -> bool:
    """Whether the statement answers with a table."""
    return first_word(sql) in _ANSWERING


def answer_format(sql: bytes) -> str:
    """The format that the statement itself asks for."""
    found, before = "", Token("sign", b"", 0, 0)
    for token in tokens(sql):
        if before.word == "FORMAT" and token.kind == "name":
            found = token.name
        elif token.raw == b"(" and before.word == "FORMAT":
            found = ""
        before = token
    return found


def insert_with_data(sql: bytes) -> Insert | None:
    """The INSERT, where its data follows in the text or after it; nothing for other statements and INSERT … SELECT."""
    if first_word(sql) != "INSERT":
        return None
    depth, settings, started = 0, None, False
    read = tokens(sql)
    for token in read:
        depth += {b"(": 1, b")": -1}.get(token.raw, 0)
        if depth or not (started := started or token.word == "INTO"):
            continue
        if token.word == "SETTINGS":
            settings = token
        elif token.word == "VALUES":
            return _insert(sql, token, settings, "Values", token.end, token.end)
        elif token.word == "FORMAT" and (name := next(read, None)):
            behind = _BEHIND_FORMAT.match(sql, name.end)
            return _insert(sql, token, settings, name.name, name.end, behind.end() if behind else name.end)
        elif token.word in ("SELECT", "WITH", "INFILE", "WATCH"):
            return None
    return None


def _insert(sql: bytes, word: Token, settings: Token | None, format: str, end: int, data: int) -> Insert:
    statement = sql[: settings.start if settings else word.start].decode(errors="replace")
    clause = sql[settings.end : word.start].decode(errors="replace") if settings else ""
    return Insert(statement, clause, format, data, sql[:end].decode(errors="replace"))


def _behind_comment(sql: bytes, place: int) -> int:
    """Where a block comment that was opened before `place` ends; comments nest."""
    depth = 1
    for mark in _COMMENT.finditer(sql, place):
        depth += 1 if mark[0] == b"/*" else -1
        if depth == 0:
            return mark.end()
    return len(sql)
