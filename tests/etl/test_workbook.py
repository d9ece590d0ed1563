"""The workbook reader: cells as text where they stand, and a fault instead of an exception for every bad file."""

import hashlib
import re
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
from tests.etl.hostile_archives import changed, plain, sheet_xml, with_sheet


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
        for name in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels"):
            archive.writestr(name, bytes(20_000_000))


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
        ("changed.XLSX", _one_byte_changed, "F003", "xl/worksheets/sheet1.xml", ".xlsx"),
        ("document.xlsm", _document, "F003", "DOCX", ".xlsm"),
        ("cut.xlsx", _markup_cut_off, "F003", "CalamineError", ".xlsx"),
        ("text.xlsx", lambda path: path.write_text("район;число\n", encoding="utf-8"), "F003", "CSV", ".xlsx"),
        ("printed.xlsx", lambda path: path.write_bytes(b"%PDF-1.7"), "F003", "PDF", ".xlsx"),
        ("noise.xlsx", lambda path: path.write_bytes(bytes(range(256))), "F003", "binary", ".xlsx"),
        ("old.xlsx", _compound_file, "F003", "OLE2", ".xlsx"),
        ("new.xls", _good, "F003", "ZIP", ".xls"),
        ("broken.xls", _compound_file, "F003", "OLE2", ".xls"),
        ("table.ods", _good, "F003", "ZIP", ".xlsx, .xlsm, .xls"),
        ("protected.xlsx", _protected, "F006", "", ""),
        ("protected.xls", _protected, "F006", "", ""),
        ("bomb.xlsx", _bomb, "F015", "> 8.4 MB", "≤ 7.8 MB"),
        ("corner.xlsx", _value_in_the_last_corner, "F012", "1048576 × 16384", "≤ 1048576 × 5000, ≤ 10000000"),
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


def test_merged_cells_and_what_is_hidden_are_told(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = _save(path, "Shown", "Hidden", "Very hidden")
    book["Hidden"].sheet_state, book["Very hidden"].sheet_state = "hidden", "veryHidden"
    sheet = book["Shown"]
    for row in range(1, 9):
        sheet.append([row] * 6)
    sheet.merge_cells("B2:D3")
    sheet.row_dimensions[4].hidden = True
    sheet.column_dimensions["C"].hidden = True
    sheet.column_dimensions["XX"].hidden = True
    book.save(path)
    raw = _read(path)
    shown = raw.sheets["Shown"]
    assert shown.merges == ((1, 1, 2, 3),)
    assert (set(shown.hidden_rows), set(shown.hidden_columns)) == ({3}, {2})
    assert [sheet.is_hidden for sheet in raw.sheets.values()] == [False, True, True]


def test_errors_dates_and_formulas_without_a_value_are_told_by_their_places(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = _save(path, "R1")
    sheet = book["R1"]
    sheet.append(["имя", "#REF!", "=A1+1", date(2022, 3, 1), 5])
    sheet.append(["#Н/Д", "#N/A", "text", datetime(2022, 3, 1, 4), "=SUM(B1:B2)"])
    book.save(path)
    read = _read(path)
    sheet = read.sheets["R1"]
    assert sheet.rows == (("имя", "", "", "2022-03-01", "5"), ("#Н/Д", "", "text", "2022-03-01T04:00:00", ""))
    assert sheet.errors == {(0, 1): "#REF!", (1, 1): "#N/A"}
    assert sheet.unsaved == {(0, 2), (1, 4)}
    assert sheet.dates == {(0, 3), (1, 3)}


def _spelt(path: Path, rows: str, prefix: str) -> Path:
    """A workbook whose one sheet is written by hand, all its elements with a prefix."""
    xml = re.sub(r"<(/?)", rf"<\1{prefix}:", sheet_xml(rows).decode()).replace("xmlns=", f"xmlns:{prefix}=")
    return changed(plain(path), {"xl/worksheets/sheet1.xml": xml.encode()})


def test_rows_and_columns_without_height_or_width_are_hidden(tmp_path: Path) -> None:
    heights = ("", ' ht="0" customHeight="1"', ' ht="0.75"')
    rows = "".join(f'<row r="{r}"{ht}><c r="F{r}"><v>1</v></c></row>' for r, ht in enumerate(heights, start=1))
    head = '<cols><col min="2" max="3" width="0"/><col min="5" max="16384" width="0.7"/></cols>'
    read = _read(with_sheet(tmp_path / "a.xlsx", rows, head)).sheets["R1"]
    assert (set(read.hidden_rows), set(read.hidden_columns)) == ({1}, {1, 2})


def test_a_stored_result_is_read_and_a_missing_one_is_told(tmp_path: Path) -> None:
    rows = (
        '<row r="1"><c r="A1"><f>B1</f><v>7</v></c><c r="B1"><f>A1</f></c><c r="C1"><f t="shared" si="0"/><v/></c>'
        '<c r="D1" t="str"><f>""</f><v></v></c><c r="E1"><f>1</f><v> </v></c><c r="F1" t="str"><f>A1</f></c></row>'
    )
    sheet = _read(with_sheet(tmp_path / "a.xlsx", rows)).sheets["R1"]
    assert sheet.rows[0][0] == "7"
    assert sheet.unsaved == {(0, 1), (0, 2), (0, 4), (0, 5)}


@pytest.mark.parametrize(
    "rows",
    [
        "<row><c><v>1</v></c><c t='e'><v>#REF!</v></c></row>"
        "<row hidden='1'><c/><c/><c><f>A1</f></c><c><v>2</v></c></row>",
        '<row r = "1"><c r = "A1" ><v>1</v></c><c t="e"\nr="B1"><v>#REF!</v></c></row>'
        '<row hidden = "true" r="2"><c s="0" r="C2"><f>A1</f></c><c r="D2"><v>2</v></c></row>',
    ],
)
@pytest.mark.parametrize("prefix", ["", "x"])
def test_rows_and_cells_without_a_place_and_in_other_spellings_are_marked_too(
    tmp_path: Path, rows: str, prefix: str
) -> None:
    path = _spelt(tmp_path / "a.xlsx", rows, prefix) if prefix else with_sheet(tmp_path / "a.xlsx", rows)
    sheet = _read(path).sheets["R1"]
    assert sheet.rows[0][0] == "1"
    assert sheet.errors == {(0, 1): "#REF!"}
    assert (set(sheet.unsaved), set(sheet.hidden_rows)) == ({(1, 2)}, {1})


@pytest.mark.parametrize("number", ["1e400", "-1e400", "NaN", "Infinity"])
def test_a_number_that_is_none_is_told_as_an_error_and_read_as_nothing(tmp_path: Path, number: str) -> None:
    rows = f'<row r="1"><c r="A1"><v>5</v></c><c r="B1"><v>{number}</v></c></row>'
    sheet = _read(with_sheet(tmp_path / "a.xlsx", rows)).sheets["R1"]
    assert sheet.rows == (("5", ""),)
    assert set(sheet.errors) == {(0, 1)}


def test_marks_belong_to_the_sheet_of_that_name_in_whatever_order_the_parts_lie(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = _save(path, "First", "Second", "Third")
    book["Third"]["A1"] = "=1"
    book.move_sheet("Third", offset=-2)
    book.save(path)
    raw = _read(path)
    assert raw.names == ("Third", "First", "Second")
    assert {name: sheet.unsaved for name, sheet in raw.sheets.items()} == {
        "Third": {(0, 0)},
        "First": frozenset(),
        "Second": frozenset(),
    }


def _read(path: Path) -> RawTable:
    raw = read_workbook(path)
    assert isinstance(raw, RawTable), raw
    return raw


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
