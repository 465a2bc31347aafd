"""Results as a person or a program wants them."""

from __future__ import annotations

import csv
import io
import os
import sys
from typing import Any

import pyarrow as pa
import pyarrow.parquet
from rich.console import Console
from rich.table import Table
from rich.text import Text

from exos.types import Column, Result

SHOWN = 200
_UNITS = ((86_400, "d", 3600, "h"), (3600, "h", 60, "m"), (60, "m", 1, "s"))
_ARROW = {"Float64": pa.float64(), "Float32": pa.float32(), "Bool": pa.bool_(), "String": pa.string()}
_NAN = "-nan"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write(result: Result, format: str) -> None:
    """Print the result in that format on standard output."""
    if format == "table":
        print_table(result)
        return
    body = {
        "json": lambda: result.to_json() + b"\n",
        "csv": lambda: as_csv(result),
        "parquet": lambda: as_parquet(result),
    }
    sys.stdout.buffer.write(body[format]())
    sys.stdout.buffer.flush()


def print_table(result: Result) -> None:
    """A table for the terminal: numbers grouped, seconds as durations, sequences with arrows."""
    console = screen()
    table = Table(header_style="bold", box=None, pad_edge=False)
    for column in result.columns:
        table.add_column(column.name, justify="right" if _numeric(column.type) else "left", overflow="fold")
    for row in result.rows[:SHOWN]:
        table.add_row(*(Text(cell(value, column)) for value, column in zip(row, result.columns, strict=True)))
    console.print(table)
    more = len(result.rows) - SHOWN
    cost = result.statistics
    line = f"{len(result.rows):,} rows · {cost.elapsed:.3f} s · read {cost.rows_read:,} rows, {size(cost.bytes_read)}"
    console.print(
        Text(f"… {more:,} more rows: --format csv or json has them\n{line}" if more > 0 else line, style="dim")
    )


def note_cut(result: Result) -> None:
    """Say on standard error when free SQL was cut off."""
    if result.truncated:
        rows = f"{len(result.rows):,}"
        print(f"note: cut at {rows} rows: raise EXOS_SQL_ROWS or narrow the query", file=sys.stderr)  # noqa: T201


def note_limit(result: Result, limit: int) -> None:
    """Say on standard error when the limit cut the answer off."""
    if len(result.rows) == limit:
        print(f"note: this is the limit of {limit:,} rows; there may be more (-p limit=…)", file=sys.stderr)  # noqa: T201


def screen() -> Console:
    """The terminal; what goes into a file or a pipe is not folded to 80 columns."""
    return Console(
        width=None if sys.stdout.isatty() or "COLUMNS" in os.environ else 240, highlight=False, soft_wrap=True
    )


def cell(value: Any, column: Column) -> str:
    """One value as text."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        if column.name.endswith("_seconds"):
            return duration(value)
        return f"{value:,}" if isinstance(value, int) else f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.1f}"
    if isinstance(value, list):
        texts = ["–" if one is None else _unsigned(str(one)) for one in value]
        return (", " if _floats(column.type) or not value or not isinstance(value[0], str) else " → ").join(texts)
    if isinstance(value, dict):
        return ", ".join(f"{name}={one}" for name, one in value.items())
    if column.type.startswith(("DateTime", "Nullable(DateTime")):
        return moment(str(value))
    return _unsigned(str(value)).replace("\n", " ")


def moment(text: str) -> str:
    """A time without zeros that say nothing: 2026-03-02 09:00:00."""
    day, _, clock = text.removesuffix("Z").partition("T")
    return f"{day} {clock.rstrip('0').rstrip('.') if '.' in clock else clock}"


def duration(seconds: float) -> str:
    """Seconds as a person says them: 2 d 4 h, 3 m 5 s, 0.25 s."""
    for length, unit, smaller, sub in _UNITS:
        if abs(seconds) >= length:
            whole = int(seconds // length)
            rest = int(seconds % length // smaller)
            return f"{whole:,} {unit} {rest} {sub}" if rest else f"{whole:,} {unit}"
    return f"{seconds:.3g} s"


def size(count: float) -> str:
    """Bytes as kB, MB, GB."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.3g} {unit}"
        count /= 1000
    return f"{count:,.3g} TB"


def as_csv(result: Result) -> bytes:
    """RFC 4180 with a header. Text that a spreadsheet would run as a formula gets a leading apostrophe."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(result.names)
    for row in result.rows:
        writer.writerow([_csv_cell(value) for value in row])
    return text.getvalue().encode()


def as_parquet(result: Result) -> bytes:
    """A Parquet file with the columns' own types; times are UTC, in microseconds or, where they are finer, nanoseconds."""
    columns = [[row[index] for row in result.rows] for index, _ in enumerate(result.columns)]
    arrays = [_arrow(values, column.type) for values, column in zip(columns, result.columns, strict=True)]
    sink = io.BytesIO()
    pyarrow.parquet.write_table(pa.table(arrays, names=result.names), sink)
    return sink.getvalue()


def _csv_cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, list | dict):
        import orjson

        return orjson.dumps(value).decode()
    if isinstance(value, str) and value.startswith(_FORMULA) and value not in ("-inf", _NAN):
        return f"'{value}"
    return _unsigned(value) if isinstance(value, str) else value


def _unsigned(text: str) -> str:
    """What is no number has no sign, whatever bit of it the processor sets."""
    return "nan" if text == _NAN else text


def _arrow(values: list[Any], type_: str) -> pa.Array:
    bare = type_.removeprefix("Nullable(").removesuffix(")") if type_.startswith("Nullable(") else type_
    bare = bare.removeprefix("LowCardinality(").removesuffix(")") if bare.startswith("LowCardinality(") else bare
    if _floats(bare):
        values = [_numbers(value) for value in values]
    if bare.startswith("DateTime"):
        unit = "ns" if bare.startswith(("DateTime64(7", "DateTime64(8", "DateTime64(9")) else "us"
        return pa.array(values, pa.string()).cast(pa.timestamp(unit, "UTC"))
    if bare.startswith("Map("):
        return pa.array([list(value.items()) for value in values], pa.map_(pa.string(), pa.string()))
    if bare.startswith("UInt"):
        return pa.array(values, pa.uint64())
    if bare.startswith("Int"):
        return pa.array(values, pa.int64())
    return pa.array(values, _ARROW.get(bare))


def _floats(type_: str) -> bool:
    """Whether all texts in it are numbers that JSON has not."""
    return "Float" in type_ and "String" not in type_


def _numbers(value: Any) -> Any:
    return (
        [_numbers(one) for one in value]
        if isinstance(value, list)
        else float(value)
        if isinstance(value, str)
        else value
    )


def _numeric(type_: str) -> bool:
    return any(word in type_ for word in ("Int", "Float", "Decimal")) and not type_.startswith(
        ("Array", "Map", "Tuple")
    )
