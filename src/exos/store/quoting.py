"""Names and texts as SQL, where they cannot be parameters."""

from __future__ import annotations


def quote_name(name: str) -> str:
    """A name as SQL."""
    escaped = name.replace("\\", "\\\\").replace("`", "\\`")
    return f"`{escaped}`"


def quote_text(text: str) -> str:
    """A text as SQL."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
