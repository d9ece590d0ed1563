"""Whatever the bytes: a reader gives a table or faults, and what was written comes back as it was."""

import csv
import random
from collections.abc import Sequence
from io import BytesIO, StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZipFile

from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from etl.frames import RawTable
from etl.readers.delimited import read_delimited
from etl.readers.limits import MAX_CELLS
from etl.readers.sheets import READABLE, read_any
from etl.readers.workbook import read_workbook
from riskmap.domain.errors import Problem

ENDINGS = st.sampled_from(READABLE)
STARTS = st.sampled_from(
    [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe", b"\xef\xbb\xbf", b"sep=;\n"]
)
CODES = {f"F{number:03}" for number in range(1, 17)}
WORDS = st.sampled_from(
    ["Абайский район", "Число детей", "Ұлытау, облысы", "a", "5", "1,5", "2.5", " ", "", "Итого; всего"]
)
RUSSIAN = st.sampled_from(["Абайский район", "Число детей", "Доля, %", "a", "5", "1,5", "2.5", "Итого; всего"])


def _of(content: bytes, ending: str) -> RawTable | list[Problem]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"a{ending}"
        path.write_bytes(content)
        return read_any(path)


def _is_declared(raw: RawTable | list[Problem]) -> bool:
    if isinstance(raw, RawTable):
        return all(isinstance(cell, str) for sheet in raw.sheets.values() for row in sheet.rows for cell in row)
    return bool(raw) and all(problem.code in CODES and problem.file for problem in raw)


@given(start=STARTS, content=st.binary(min_size=1, max_size=2_000), ending=ENDINGS)
@settings(max_examples=60)
def test_any_bytes_are_a_table_or_faults(start: bytes, content: bytes, ending: str) -> None:
    assert _is_declared(_of(start + content, ending))


@given(content=st.text(min_size=1, max_size=300), encoding=st.sampled_from(["utf-8", "utf-16", "utf-16-le"]))
@settings(max_examples=60)
def test_any_text_is_a_table_or_faults(content: str, encoding: str) -> None:
    assert _is_declared(_of(content.encode(encoding, "replace"), ".csv"))


def _delimited(rows: Sequence[Sequence[str]], mark: str, end: str) -> str:
    text = StringIO()
    csv.writer(text, delimiter=mark, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(rows)
    return text.getvalue()


@given(
    rows=st.integers(2, 5).flatmap(
        lambda width: st.lists(st.lists(RUSSIAN, min_size=width, max_size=width), min_size=1)
    ),
    mark=st.sampled_from([",", ";", "\t", "|"]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1251"]),
)
@settings(max_examples=60)
def test_a_table_in_quotes_comes_back_as_it_was_written(
    rows: list[list[str]], mark: str, end: str, encoding: str
) -> None:
    raw = _of(_delimited(rows, mark, end).encode(encoding), ".csv")
    assert isinstance(raw, RawTable), raw
    assert raw.sheets[""].rows == tuple(map(tuple, rows))


CELLS = st.one_of(
    st.none(),
    st.integers(-(10**14), 10**14),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.booleans(),
    WORDS,
    st.text(st.characters(min_codepoint=32, max_codepoint=0x4FF), max_size=20),
)


@given(st.lists(st.lists(CELLS, min_size=1, max_size=6), min_size=1, max_size=8))
@example([["=1+", None], [True, 0]])
@settings(max_examples=25)
def test_a_workbook_comes_back_as_it_was_written(rows: list[list[object]]) -> None:
    book = Workbook()
    for row, cells in enumerate(rows, start=1):
        for column, value in enumerate(cells, start=1):
            cell = book.active.cell(row, column)
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"  # a text that begins with = is no formula here
    content = BytesIO()
    book.save(content)
    raw = _of(content.getvalue(), ".xlsx")
    assert isinstance(raw, RawTable), raw
    found = raw.sheets["Sheet"].rows
    for row, cells in enumerate(rows):
        for column, value in enumerate(cells):
            cell = found[row][column] if row < len(found) and column < len(found[row]) else ""
            assert _same(value, cell), (value, cell)


def _same(value: object, text: str) -> bool:
    if isinstance(value, bool):
        return text == str(value).upper()
    if isinstance(value, int | float):
        return float(text) == value or abs(float(text) - value) <= 1e-14 * abs(value)
    return text == (value or "") or not (text + str(value)).strip()  # the parser drops a cell of spaces alone


def _sound() -> bytes:
    book = Workbook()
    book.active.append(["район", 1, 2.5, True, "=A1"])
    book.active.merge_cells("A3:B4")
    book.active.row_dimensions[2].hidden = True
    content = BytesIO()
    book.save(content)
    return content.getvalue()


SOUND = _sound()


@given(st.integers(0, 10**9))
@settings(max_examples=100)
def test_a_workbook_with_changed_bytes_is_a_table_or_faults(seed: int) -> None:
    rng, content = random.Random(seed), bytearray(SOUND)
    for _ in range(rng.randint(1, 10)):
        content[rng.randrange(len(content))] = rng.randrange(256)
    assert _is_declared(_of(bytes(content), ".xlsx"))


NUMBERS = (b"0", b"-1", b"4294967296", b"99999999999999999999", b"1e400", b"65536", b"1048577", b"XFD1048576", b"")


@given(st.integers(0, 10**9))
@settings(max_examples=100)
def test_a_sound_archive_with_changed_parts_is_a_table_or_faults(seed: int) -> None:
    rng, content = random.Random(seed), BytesIO()
    with ZipFile(BytesIO(SOUND)) as source, ZipFile(content, "w", ZIP_DEFLATED) as target:
        chosen = rng.choice(source.namelist())
        for name in source.namelist():
            part = source.read(name)
            target.writestr(name, _changed(part, rng) if name == chosen else part)
    raw = _of(content.getvalue(), ".xlsx")
    assert _is_declared(raw)
    if isinstance(raw, RawTable):
        assert all(sum(map(len, sheet.rows)) <= MAX_CELLS for sheet in raw.sheets.values())


def _changed(part: bytes, rng: random.Random) -> bytes:
    """A value, an element or a byte put wrong, some times over."""
    for _ in range(rng.randint(1, 4)):
        pieces = part.split(rng.choice((b'"', b"<", b">")))
        place = rng.randrange(len(pieces))
        mark = b'"' if b'"' in part else b"<"
        pieces = part.split(mark)
        place = rng.randrange(len(pieces))
        pieces[place] = rng.choice((rng.choice(NUMBERS), pieces[place] * 2, pieces[place][:-1], pieces[place][::-1]))
        part = mark.join(pieces)
    return part


def test_the_same_file_gives_the_same_table(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(SOUND)
    assert read_workbook(path) == read_any(path)
    path = path.with_suffix(".csv")
    path.write_bytes(b"a,b\n")
    assert read_delimited(path) == read_any(path)
