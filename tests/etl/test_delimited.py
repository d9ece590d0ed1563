"""Delimited text in whatever encoding and with whatever delimiter: told by the text itself, or refused."""

import codecs
from collections.abc import Callable
from pathlib import Path

import pytest

from etl.frames import RawTable
from etl.readers import delimited, limits
from etl.readers.delimited import delimited_header, read_delimited, records
from etl.readers.sheets import read_any
from riskmap.domain.errors import Problem

TABLE = (("Район", "Число детей", "Доля, %"), ("Абайский район", "12", "1,5"), ("город Алматы", "7", "2,5"))
KAZAKH = (("Өңір", "Балалар саны", "Үлесі"), ("Ақмола облысы", "12", "1,5"), ("Шымкент қаласы", "7", "2,5"))


def _text(rows: tuple[tuple[str, ...], ...], mark: str = ";") -> str:
    return "".join(mark.join(row) + "\n" for row in rows)


def _read(path: Path, content: str | bytes) -> RawTable | list[Problem]:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_delimited(path)


def _rows(path: Path, content: str | bytes) -> tuple[tuple[str, ...], ...]:
    raw = _read(path, content)
    assert isinstance(raw, RawTable), raw
    assert raw.names == ("",)
    return raw.sheets[""].rows


def _fault(path: Path, content: str | bytes) -> Problem:
    raw = _read(path, content)
    assert isinstance(raw, list), raw
    (problem,) = raw
    return problem


@pytest.mark.parametrize("ending", [".csv", ".txt", ".tsv", ".CSV"])
@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_every_delimiter_is_found_whatever_the_ending_says(tmp_path: Path, ending: str, mark: str) -> None:
    rows = tuple(tuple(cell.replace(",", ".") for cell in row) for row in TABLE)
    path = tmp_path / f"a{ending}"
    path.write_text(_text(rows, mark), encoding="utf-8")
    raw = read_any(path)
    assert isinstance(raw, RawTable)
    assert raw.sheets[""].rows == rows


@pytest.mark.parametrize("rows", [TABLE, KAZAKH])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_russian_and_kazakh_are_read_in_every_encoding_of_unicode(
    tmp_path: Path, rows: tuple[tuple[str, ...], ...], encoding: str
) -> None:
    assert _rows(tmp_path / "a.csv", _text(rows).encode(encoding)) == rows


def test_utf16_of_the_other_byte_order_is_told_by_its_mark(tmp_path: Path) -> None:
    content = codecs.BOM_UTF16_BE + _text(KAZAKH).encode("utf-16-be")
    assert _rows(tmp_path / "a.csv", content) == KAZAKH


@pytest.mark.parametrize(
    "text",
    [
        _text(TABLE),
        "БАЛАЛАР САНЫ;ОБЛЫСЫ\n",
        "да;нет\n",
        "Область Абай\n",
        "a;1 000\xa0000;5°;№ 7;«б» – в\n",
        "Total;12\xa0%\n",
        "?аза?стан;Ж?мыс;аны?талма?ан\n",  # what is left of Kazakh in this encoding
        "Iлгерілету;Бiлiм;Aбай;район;город;область;сельский;округ;поселок;всего;дети\n",
    ],
)
def test_windows_1251_is_read_as_what_was_written(tmp_path: Path, text: str) -> None:
    rows = tuple(tuple(line.split(";")) for line in text.splitlines())
    assert _rows(tmp_path / "a.csv", text.encode("cp1251")) == rows


@pytest.mark.parametrize("rows", [TABLE, KAZAKH])
@pytest.mark.parametrize("wrong", ["cp1251", "cp1252", "latin-1"])
def test_text_that_went_through_a_wrong_encoding_is_never_taken_for_text(
    tmp_path: Path, rows: tuple[tuple[str, ...], ...], wrong: str
) -> None:
    spoilt = _text(rows).encode().decode(wrong, "replace")
    assert _fault(tmp_path / "a.csv", spoilt).code == "F013"


@pytest.mark.parametrize("wrong", ["cp1252", "latin-1", "koi8-r", "cp866", "mac-cyrillic", "iso8859-5"])
def test_windows_1251_taken_for_another_encoding_is_not_read(tmp_path: Path, wrong: str) -> None:
    """Either way: bytes of the other encoding, and a text that was saved as what they looked like."""
    assert _fault(tmp_path / "a.csv", _text(TABLE).encode(wrong, "replace").replace(b"?", b"\x98")).code == "F013"


@pytest.mark.parametrize("encoding", ["koi8-r", "cp866", "mac-cyrillic", "iso8859-5", "kz1048", "utf-32"])
def test_other_encodings_of_cyrillic_are_not_guessed(tmp_path: Path, encoding: str) -> None:
    rows = KAZAKH if encoding in ("kz1048", "utf-32") else TABLE
    assert _fault(tmp_path / "a.csv", _text(rows).encode(encoding)).code == "F013"


@pytest.mark.parametrize("text", ["Café;Zürich;Orléans", "naïve résumé"])
def test_western_letters_do_not_become_cyrillic(tmp_path: Path, text: str) -> None:
    assert _fault(tmp_path / "a.csv", text.encode("latin-1")).code == "F013"


def test_western_words_of_unicode_are_left_alone(tmp_path: Path) -> None:
    assert _rows(tmp_path / "a.csv", "Café,Zürich,СССР,«Р» С №") == (("Café", "Zürich", "СССР", "«Р» С №"),)


def test_the_row_of_the_fault_is_told_and_no_whole_word(tmp_path: Path) -> None:
    content = "Район,Число\nАбай,1\n".encode() + "Каркаралинский".encode().decode("cp1251", "replace").encode()
    fault = _fault(tmp_path / "a.csv", content)
    assert (fault.code, fault.row, len(fault.found)) == ("F013", 3, 9)


@pytest.mark.parametrize(
    ("content", "code", "row"),
    [
        ("Район,1\nАк\ufffdола,2\n".encode(), "F013", 2),
        ("Район,1\nАкмола,2".encode()[:-5], "F013", 2),  # a letter cut in two
        (b"\xef\xbb\xbf\xcf\xf0\xe8\xe2\xe5\xf2", "F013", 1),
        (b"\xff\xfea", "F013", 1),
        (b"a,b\n1,\x002\n", "F003", 2),
        (bytes(1_000), "F003", 1),
        (bytes(range(256)) * 20, "F003", 1),
        (b"a,b\n\x1b[2J,2\n", "F003", 2),
        (b'a,b\n"1"x,2\n', "F003", 2),
        (b'a,b\n"1,2\n', "F003", 2),
    ],
)
def test_bytes_that_are_no_table_are_a_fault_with_their_row(
    tmp_path: Path, content: bytes, code: str, row: int | None
) -> None:
    fault = _fault(tmp_path / "a.csv", content)
    assert (fault.code, fault.row) == (code, row)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("a;1,5\nb;2,5\n", (("a", "1,5"), ("b", "2,5"))),
        ("1,5;2,5\n3,5;4,5\n", (("1,5", "2,5"), ("3,5", "4,5"))),
        ("a\t1,5\t2;3\n", (("a", "1,5", "2;3"),)),
        ('a,"b;c;d"\n1,"2;3;4"\n', (("a", "b;c;d"), ("1", "2;3;4"))),
        ('a;"b,c,d"\n1;"2,3,4"\n', (("a", "b,c,d"), ("1", "2,3,4"))),
        ("Численность, тыс. чел., всего\n\na;b;c\n1;2,5;3\n4;5;6,5\n", None),
        ("город, село\n", (("город", " село"),)),
        ("a\nb\n", (("a",), ("b",))),
        ("a;b\n1\n1;2;3\n", (("a", "b"), ("1",), ("1", "2", "3"))),
        ('ТОО "Рога, копыта";5\nx;6\n', (('ТОО "Рога, копыта"', "5"), ("x", "6"))),
    ],
)
def test_the_delimiter_is_the_one_that_parts_the_lines_evenly(
    tmp_path: Path, text: str, rows: tuple[tuple[str, ...], ...] | None
) -> None:
    found = _rows(tmp_path / "a.csv", text)
    assert found == (
        rows or (("Численность, тыс. чел., всего",), (), ("a", "b", "c"), ("1", "2,5", "3"), ("4", "5", "6,5"))
    )


def test_a_first_line_that_tells_the_delimiter_is_obeyed_and_is_no_row(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    assert _rows(path, "sep=;\r\na,b;c\r\n1,2;3\r\n") == (("a,b", "c"), ("1,2", "3"))
    assert _rows(path, b"\xef\xbb\xbfSEP=|\na|b,c\n") == (("a", "b,c"),)
    assert _rows(path, "sep=\t\na\tb\n") == (("a", "b"),)


def test_line_ends_of_every_system_are_read_together_and_kept_in_quotes(tmp_path: Path) -> None:
    assert _rows(tmp_path / "a.csv", 'a,b\r\nc,d\re,f\n\n"g\r\nh",i') == (
        ("a", "b"),
        ("c", "d"),
        ("e", "f"),
        (),
        ("g\r\nh", "i"),
    )


@pytest.mark.parametrize(("limit", "value"), [("MAX_ROWS", 2), ("MAX_COLUMNS", 1), ("MAX_CELLS", 5)])
def test_a_table_beyond_the_limits_is_refused_where_it_passes_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: int
) -> None:
    monkeypatch.setattr(delimited, limit, value)
    assert _fault(tmp_path / "a.csv", "a,b\nc,d\ne,f\n").code == "F012"


def test_a_table_that_takes_too_long_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits.Clock, "left", 0.0)
    assert _fault(tmp_path / "a.csv", "a,b\n" * 20_000).code == "F016"


def test_a_long_table_is_still_utf8_with_commas_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("Район;Число\n".encode())
    assert delimited_header(path) == ("Район;Число",)
    path.write_bytes("Район,Число\n".encode("cp1251"))
    fault = Problem("F003", "a.csv", found="UnicodeDecodeError", expected="CSV, UTF-8")
    assert delimited_header(path) == fault
    assert list(records(path)) == [fault]


@pytest.mark.real
def test_the_real_tables_of_regions_are_read(shared_file: Callable[[str], Path]) -> None:
    shapes = {}
    for path in sorted(shared_file("real/region_tables").glob("*.csv")):
        raw = read_delimited(path)
        assert isinstance(raw, RawTable), raw
        rows = raw.sheets[""].rows
        shapes[path.name] = (len(rows), len({len(row) for row in rows}))
    assert len(shapes) == 5
    assert all(count > 10 and widths <= 2 for count, widths in shapes.values()), shapes
