"""Legacy workbooks: their marks are read, what is forbidden is told, and a parser that dies harms nobody."""

import random
import struct
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from etl.frames import RawSheet, RawTable
from etl.readers import legacy, limits
from etl.readers.container import container_faults
from etl.readers.workbook import read_workbook
from tests.etl.hostile_legacy import book, columns, compound_file, error, number, record, row_head

CELLS = number(0, 0, 5) + number(1, 1, 2.5)
REAL = "real/region_tables/bns_innovations_2022_kk.xls"


def _written(path: Path, stream: bytes, *, folders: tuple[str, ...] = ()) -> Path:
    return compound_file(path, {"Workbook": stream}, folders=folders)


def _read(path: Path) -> RawTable:
    raw = read_workbook(path)
    assert isinstance(raw, RawTable), raw
    return raw


def _codes(path: Path) -> list[str]:
    raw = read_workbook(path)
    assert isinstance(raw, list), raw
    assert raw[0].file == path.name
    return [problem.code for problem in raw]


def test_values_and_marks_of_a_legacy_workbook_are_read(tmp_path: Path) -> None:
    marked = columns(1, 1, hidden=True) + row_head(0, hidden=False) + row_head(1, hidden=True) + CELLS
    formula = record(0x06, struct.pack("<HHH8sHIH", 1, 2, 0, b"\x02\0\x17\0\0\0\xff\xff", 0, 0, 0))
    stream = book([marked + error(0, 2, 42) + formula, CELLS, CELLS], states=(0, 1, 2))
    raw = _read(_written(tmp_path / "a.xls", stream))
    assert raw.names == ("A", "B", "C")
    assert raw.sheets["A"] == RawSheet(
        "A",
        (("5", "", ""), ("", "2.5", "")),
        hidden_rows=frozenset({1}),
        hidden_columns=frozenset({1}),
        errors={(0, 2): "#N/A", (1, 2): "#REF!"},
    )
    assert [sheet.is_hidden for sheet in raw.sheets.values()] == [False, True, True]


def test_only_the_wanted_sheets_of_a_legacy_workbook_are_read(tmp_path: Path) -> None:
    path = _written(tmp_path / "a.xls", book([CELLS, CELLS]))
    for wanted in (["B"], ["B", "other"]):
        raw = read_workbook(path, sheets=wanted)
        assert isinstance(raw, RawTable)
        assert (raw.names, list(raw.sheets)) == (("A", "B"), ["B"])
    raw = read_workbook(path, sheets=())
    assert isinstance(raw, RawTable)
    assert (raw.names, raw.sheets) == (("A", "B"), {})


OTHER_BOOK = record(0x1AE, b"\x01\x00\x07\x00\x00b.xls")
OWN_BOOK = record(0x1AE, b"\x01\x00\x01\x04")


@pytest.mark.parametrize(
    ("stream", "folders", "codes"),
    [
        (book([CELLS], further=record(0x2F, bytes(54))), (), ["F006"]),
        (book([CELLS]), ("_VBA_PROJECT_CUR", "VBA"), ["F009"]),
        (book([CELLS]), ("MBD0018D5A1",), ["F009"]),
        (book([CELLS]), ("LNK0018D5A1",), ["F010"]),
        (book([CELLS, CELLS], sorts=(0, 1)), (), ["F009"]),
        (book([CELLS], further=OTHER_BOOK), (), ["F010"]),
        (book([CELLS], further=OTHER_BOOK), ("VBA",), ["F009", "F010"]),
        (book([number(65_535, 255, 1)]), (), ["F012"]),
        (book([b""] * 501), (), ["F012"]),
        (b"", (), ["F003"]),
        (book([CELLS])[:30], (), ["F003"]),
    ],
)
def test_what_forbids_to_read_a_legacy_workbook_is_told(
    tmp_path: Path, stream: bytes, folders: tuple[str, ...], codes: list[str]
) -> None:
    path = _written(tmp_path / "a.xls", stream, folders=folders)
    assert _codes(path) == codes
    if codes != ["F003"]:
        assert [problem.code for problem in container_faults(path)] == codes


def test_another_workbook_is_told_by_its_name_without_its_folders(tmp_path: Path) -> None:
    other = record(0x1AE, b"\x01\x00\x0f\x00\x00\x01\x01C\x03Users\x03b.xls")
    path = _written(tmp_path / "a.xls", book([CELLS], further=other))
    assert [problem.found for problem in container_faults(path)] == ["b.xls"]


def test_a_book_that_names_itself_is_read(tmp_path: Path) -> None:
    assert _read(_written(tmp_path / "a.xls", book([CELLS], further=OWN_BOOK))).sheets["A"].rows[0][0] == "5"


def test_a_chain_of_sectors_that_runs_in_a_circle_ends(tmp_path: Path) -> None:
    begin = time.process_time()
    result = read_workbook(compound_file(tmp_path / "a.xls", {"Workbook": book([CELLS])}, circle=True))
    assert isinstance(result, RawTable | list)
    assert time.process_time() - begin < 5


@pytest.mark.parametrize(
    ("program", "code", "found"),
    [
        ("import os; os.abort()", "F003", "exit -6"),
        ("raise MemoryError", "F003", "exit 1"),
        ("import time; time.sleep(60)", "F016", ""),
    ],
)
def test_a_parser_that_dies_or_does_not_end_is_a_fault_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, code: str, found: str
) -> None:
    path = _written(tmp_path / "a.xls", book([CELLS]))
    monkeypatch.setattr(legacy, "COMMAND", (sys.executable, "-c", program))
    monkeypatch.setattr(limits.Clock, "left", 2.0)
    begin = time.monotonic()
    raw = read_workbook(path)
    assert isinstance(raw, list)
    assert [(problem.code, problem.found) for problem in raw] == [(code, found)]
    assert time.monotonic() - begin < 20


def _mutated(content: bytes, seed: int) -> bytes:
    rng, changed = random.Random(seed), bytearray(content)
    for _ in range(rng.randint(1, 40)):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


# These five of the first 1,500 end a process that reads them with the parser of today; the others are any.
@pytest.mark.real
@pytest.mark.parametrize("seed", [540, 668, 684, 945, 1292, *range(5)])
def test_a_damaged_legacy_workbook_is_read_or_refused_and_ends_nothing(
    tmp_path: Path, shared_file: Callable[[str], Path], seed: int
) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes(_mutated(shared_file(REAL).read_bytes(), seed))
    raw = read_workbook(path)
    assert isinstance(raw, RawTable) or {problem.code for problem in raw} <= {"F003", "F006", "F009", "F010", "F012"}
