"""Real logs: known counts, and both XES readers alike."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from exos.errors import BadFile
from exos.ingest.eventlog import Options, import_log, xes
from exos.ingest.eventlog.format import Report
from exos.ingest.eventlog.registry import recognise
from exos.ingest.eventlog.source import Source
from exos.store.database import Database
from ingest.reading import Reader, read

COUNTS = {
    "bpic2012.xes.gz": (262_200, 13_087, 24),
    "BPIC_2012_W.csv.gz": (59_302, 8_616, 6),
    "Loan_Application.csv.gz": (11_805, 1_000, 17),
    "08_receipt.xes.gz": (8_577, 1_434, 27),
    "DomesticDeclarations.xes.gz": (55_628, 10_357, 14),
    "running-example.xes": (42, 6, 8),
    "running-example.csv": (42, 6, 8),
    "interval_event_log.xes.gz": (8_109, 1_266, 8),
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", COUNTS)
def test_counts(name: str, real_logs: Path, database: Database, process: str) -> None:
    summary = import_log(database, real_logs / name, Options(process=process))
    assert (summary.events, summary.cases, summary.activities) == COUNTS[name]
    assert summary.rejected == 0


@pytest.mark.timeout(120)
@pytest.mark.parametrize("name", [name for name in COUNTS if ".xes" in name])
def test_both_xes_readers_agree(name: str, real_logs: Path) -> None:
    assert table(real_logs / name, xes.read).equals(table(real_logs / name, xes.read_slowly))


def table(path: Path, reader: Reader) -> pa.Table:
    report = Report()
    batches = [piece.rows for piece in reader(Source(path), Options(process="test"), report)]
    return pa.Table.from_batches([_undictionaried(batch) for batch in batches]).combine_chunks()


def _undictionaried(batch: pa.RecordBatch) -> pa.RecordBatch:
    columns = [
        column.dictionary_decode() if pa.types.is_dictionary(column.type) else column for column in batch.columns
    ]
    return pa.RecordBatch.from_arrays(columns, batch.schema.names)


def test_csv_and_xes_of_one_log_say_the_same(real_logs: Path) -> None:
    assert read(real_logs / "running-example.csv").brief == read(real_logs / "running-example.xes").brief


def test_an_object_centric_log_asks_which_object_is_the_case(real_logs: Path) -> None:
    path = real_logs / "logistics.sqlite"
    assert recognise(Source(path).head(), "", path.name).title == "OCEL 2.0 SQLite"
    with pytest.raises(
        BadFile, match="Container: 510 objects, 5,336 events; Customer Order: 200 objects, 200 events"
    ) as refused:
        read(path)
    assert "--object-type" in refused.value.hint
    with pytest.raises(BadFile, match=r"no object type 'Ship'. It has Container"):
        read(path, object_type="Ship")


def test_each_object_of_the_type_is_a_case(real_logs: Path) -> None:
    found = read(real_logs / "logistics.sqlite", object_type="Container")
    assert (len(found.rows), len(set(found.column("case_id")))) == (5_336, 510)
    first = found.rows[0]
    assert first["case_attributes"] == {"Amount of Handling Units": "3.0", "Status": "full", "Weight": "650.0"}
    assert "3,960 relations between objects were not read." in found.report.notes()
