from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exos.types import Column, Result, Statistics

_VALUES = st.one_of(st.none(), st.booleans(), st.integers(-(2**53), 2**53), st.text(), st.lists(st.text()))


@given(name=st.text(min_size=1), rows=st.lists(st.lists(_VALUES, min_size=2, max_size=2)))
def test_json_and_back(name: str, rows: list[list[object]]) -> None:
    """Whatever the names and values hold, even the marks that the parser looks for."""
    result = Result.of((Column(name, "String"), Column('],"rows":', ',"statistics":{')), rows, Statistics(0.5, 3, 4))
    again = Result.from_json(result.to_json())
    assert (again.columns, again.rows, again.statistics) == (result.columns, rows, result.statistics)
    assert again.to_json() == result.to_json()


def test_not_a_result() -> None:
    with pytest.raises(ValueError, match="not a result"):
        Result.from_json(b"<html>")


def test_views_of_a_result() -> None:
    result = Result.of((Column("a", "UInt8"), Column("b", "String")), [[1, "x"], [2, "y"]])
    assert result.records() == [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]
    assert result.column("b") == ["x", "y"]
