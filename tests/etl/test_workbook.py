"""The workbook reader: cells as text where they stand, and a fault instead of an exception for every bad file."""

import hashlib
import struct
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook

from etl.frames import RawTable
from etl.readers.workbook import read_workbook
from riskmap.domain.errors import Problem


def _save(path: Path, *names: str) -> Workbook:
    book = Workbook()
    book.active.title = names[0]
    for name in names[1:]:
        book.create_sheet(name)
    book.save(path)
    return book


def _good(path: Path) -> Path:
    book = _save(path, "R1")
    for number in range(1, 3000):
        book["R1"].cell(number, 1, f"строка {number * 7919}")
    book.save(path)
    return path


def _rows(path: Path, sheet: str) -> tuple[tuple[str, ...], ...]:
    raw = read_workbook(path)
    assert isinstance(raw, RawTable), raw
    return raw.sheets[sheet].rows


def test_cells_stand_where_the_spreadsheet_shows_them(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = _save(path, "R11")
    book["R11"]["C4"] = "Раздел\n \n"
    book["R11"]["B6"] = "А"
    book["R11"].merge_cells("C4:E4")
    book.save(path)
    rows = _rows(path, "R11")
    assert rows[3][2] == "Раздел\n \n"
    assert rows[5][1] == "А"
    assert [text for row in rows for text in row if text] == ["Раздел\n \n", "А"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (12, "12"),
        (12.0, "12"),
        (12.5, "12.5"),
        (0.1 + 0.2, "0.3"),
        ("12,5", "12,5"),
        (" 2 537 ", " 2 537 "),
        (True, "TRUE"),
        (date(2022, 1, 3), "2022-01-03"),
        (datetime(2022, 1, 3, 4, 5), "2022-01-03T04:05:00"),
        (10**14, "100000000000000"),
    ],
)
def test_values_become_text_without_a_change_of_meaning(tmp_path: Path, value: object, text: str) -> None:
    path = tmp_path / "a.xlsx"
    book = _save(path, "R1")
    book["R1"]["A1"] = value
    book.save(path)
    assert _rows(path, "R1") == ((text,),)


def test_only_the_requested_sheets_are_read_and_all_names_are_listed(tmp_path: Path) -> None:
    path = tmp_path / "a.XLSX"
    book = _save(path, "R1", "R1-1", "R2")
    book.create_chartsheet("рисунок")
    book.save(path)
    raw = read_workbook(path, sheets=["R2", "R3"])
    assert isinstance(raw, RawTable)
    assert list(raw.sheets) == ["R2"]
    assert raw.names == ("R1", "R1-1", "R2")
    assert (raw.file, raw.digest) == ("a.XLSX", hashlib.sha256(path.read_bytes()).hexdigest())


def _truncated(path: Path) -> None:
    content = _good(path).read_bytes()
    path.write_bytes(content[: len(content) // 2])


def _one_byte_changed(path: Path) -> None:
    """Inside the packed data of a sheet."""
    _good(path)
    with ZipFile(path) as archive:
        place = archive.getinfo("xl/worksheets/sheet1.xml").header_offset + 200
    content = bytearray(path.read_bytes())
    content[place] ^= 0xFF
    path.write_bytes(content)


def _document(path: Path) -> None:
    with ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<document/>")


def _markup_cut_off(path: Path) -> None:
    """A sound archive in which the list of sheets breaks off."""
    source = _good(path.with_name("source.xlsx"))
    with ZipFile(source) as archive, ZipFile(path, "w") as target:
        for name in archive.namelist():
            part = archive.read(name)
            target.writestr(name, part[: len(part) // 2] if name.endswith("workbook.xml") else part)


def _compound_file(path: Path, *streams: str) -> None:
    """An OLE2 container (MS-CFB) of one directory sector that lists empty streams."""
    free, end = 0xFFFFFFFF, 0xFFFFFFFE
    version = struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    counts = struct.pack("<9I", 0, 1, 1, 0, 4096, end, 0, end, 0)
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + version + counts + struct.pack("<109I", 0, *[free] * 108)
    table = struct.pack("<128I", 0xFFFFFFFD, end, *[free] * 126)
    entries = b""
    for name, kind, child in (("Root Entry", 5, 1), *((stream, 2, free) for stream in streams)):
        text = name.encode("utf-16-le")
        links = struct.pack("<HBBIII36xII4x", len(text) + 2, kind, 1, free, free, child, end, 0)
        entries += text.ljust(64, b"\0") + links
    path.write_bytes(header + table + entries.ljust(512, b"\0"))


def _protected(path: Path) -> None:
    _compound_file(path, "EncryptionInfo", "EncryptedPackage")


def _bomb(path: Path) -> None:
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", bytes(20_000_000))


def _value_in_the_last_corner(path: Path) -> None:
    book = _save(path, "R1")
    book["R1"]["A1"], book["R1"]["XFD1048576"] = 1, 1
    book.save(path)


@pytest.mark.parametrize(
    ("name", "write", "code", "found", "expected"),
    [
        ("missing.xlsx", lambda path: None, "F001", "", ""),
        ("folder.xlsx", Path.mkdir, "F001", "", ""),
        ("empty.xlsx", Path.touch, "F002", "", ""),
        ("truncated.xlsx", _truncated, "F003", "BadZipFile", ".xlsx"),
        ("changed.XLSX", _one_byte_changed, "F003", "BadZipFile", ".xlsx"),
        ("document.xlsm", _document, "F003", "CalamineError", ".xlsm"),
        ("cut.xlsx", _markup_cut_off, "F003", "CalamineError", ".xlsx"),
        ("text.xlsx", lambda path: path.write_text("район;число\n", encoding="utf-8"), "F003", "text", ".xlsx"),
        ("printed.xlsx", lambda path: path.write_bytes(b"%PDF-1.7"), "F003", "PDF", ".xlsx"),
        ("noise.xlsx", lambda path: path.write_bytes(bytes(range(256))), "F003", "binary", ".xlsx"),
        ("old.xlsx", _compound_file, "F003", "OLE2", ".xlsx"),
        ("new.xls", _good, "F003", "ZIP", ".xls"),
        ("broken.xls", _compound_file, "F003", "CalamineError", ".xls"),
        ("table.ods", _good, "F003", "ZIP", ".xlsx, .xlsm, .xls"),
        ("protected.xlsx", _protected, "F006", "", ""),
        ("protected.xls", _protected, "F006", "", ""),
        ("bomb.xlsx", _bomb, "F005", "20.0 MB", "3.9 MB"),
        ("corner.xlsx", _value_in_the_last_corner, "F005", "1048576 × 16384", "10000000"),
    ],
)
def test_a_bad_file_is_one_fault_of_the_file(
    tmp_path: Path, name: str, write: Callable[[Path], object], code: str, found: str, expected: str
) -> None:
    path = tmp_path / name
    write(path)
    assert read_workbook(path) == [Problem(code, file=name, found=found, expected=expected)]


def test_a_file_over_the_limit_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _good(tmp_path / "large.xlsx")
    monkeypatch.setenv("RISKMAP_MAX_FILE_MB", "0.001")
    (problem,) = _faults(read_workbook(path))
    assert (problem.code, problem.expected) == ("F005", "0.001 MB")


def test_format_left_behind_in_the_last_corner_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = _save(path, "R1")
    book["R1"]["A1"] = "x"
    book["R1"]["XFD1048576"].number_format = "0.00"
    book.save(path)
    assert _rows(path, "R1") == (("x",),)


def test_damage_in_a_sheet_that_is_not_asked_for_is_found(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    _one_byte_changed(path)
    (problem,) = _faults(read_workbook(path, sheets=[]))
    assert problem.code == "F003"


def _faults(result: RawTable | list[Problem]) -> list[Problem]:
    assert isinstance(result, list)
    return result


@pytest.mark.real
def test_a_legacy_workbook_of_the_statistics_bureau_is_read(shared_file: Callable[[str], Path]) -> None:
    raw = read_workbook(shared_file("real/region_tables/bns_innovations_2022_kk.xls"))
    assert isinstance(raw, RawTable)
    assert raw.names[0] == "Мұқаба"
    texts = [text.strip() for text in (cell for row in raw.sheets["1"].rows for cell in row)]
    assert "Қазақстан Республикасы" in texts
