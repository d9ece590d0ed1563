"""The workbook of a return: what is written is read back unchanged, and the empty form asks for what is missing."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from etl.frames import RawTable
from etl.privacy.personal import personal_data
from etl.readers.workbook import read_workbook
from etl.return_workbook import FIRST_ROW, HEADING_ROW, ID_ROW, write_return
from etl.tidy.return_layout import UNITS, columns_of, is_collected, is_of_schools, return_areas, written_marks
from geo.areas import districts_of, regions
from riskmap.domain.errors import StorageFailed
from riskmap.domain.registry import figure_key, indicator
from riskmap.domain.vocabulary import ALL, LANGUAGES, Period
from tests.etl.returns import (
    AREAS,
    FULL,
    NO_REPORT,
    NOT_THERE,
    OCTOBER,
    SMALL,
    TOTAL_ROW,
    ULYTAU,
    Count,
    Figures,
    counts,
    good_figures,
    month,
    read,
    sheet_name,
    write_good,
)

JULY = month("2025-07")
# A region founded of late, one with few districts, and a city; all others in `make test-all`.
SOME_REGIONS = ("100000000", ULYTAU, "750000000")
ONE_TOPIC = replace(FULL, return_sheets=FULL.return_sheets[-1:])


def write(path: Path, **said: Any) -> Path:
    usual = {"source": SMALL, "region": ULYTAU, "period": OCTOBER, "language": "ru"}
    write_return(path, **{**usual, "figures": None, "units": {}, "invented": False, **said})
    return path


@st.composite
def returns(draw: st.DrawFn) -> tuple[Period, Figures, Mapping[str, tuple[int, int]]]:
    """Any return without a fault: numbers, marks, silent districts, breakdowns that add up."""
    period = draw(st.sampled_from([OCTOBER, JULY, month("2022-12")]))
    figures: Figures = {}
    units = {}
    for area in AREAS:
        answered = draw(st.integers(0, 300))
        units[area] = (draw(st.integers(max(answered, 1), 300)), answered)
        for topic in SMALL.return_sheets:
            own = draw(_row(topic.figures, is_silent=not answered))
            figures |= {(area, key): own[key] if is_collected(key, period) else NOT_THERE for key in topic.figures}
    return period, figures, units


@st.composite
def _row(draw: st.DrawFn, keys: tuple[str, ...], *, is_silent: bool) -> dict[str, Count]:
    row: dict[str, Count] = {}
    for key in keys:
        name, breakdown, _ = figure_key(key)
        if is_silent and is_of_schools(key):
            row[key] = NO_REPORT
        elif breakdown == ALL:
            row[key] = draw(_count(name))
        else:
            row[key] = row[name]
            _spread(draw, row, [other for other in keys if figure_key(other)[:2] == (name, breakdown)])
    return row


def _count(name: str) -> st.SearchStrategy[Count]:
    """A population is always known, and more than any figure that is a part of it."""
    if not indicator(name).population:
        return st.integers(10**6, 10**9)
    marks: st.SearchStrategy[Count] = st.sampled_from((NO_REPORT, NOT_THERE))
    return st.integers(0, 10**6) | st.just(0) | marks


def _spread(draw: st.DrawFn, row: dict[str, Count], parts: list[str]) -> None:
    """A total over its parts, one of which may be missing; of a total that is a mark the parts are the same mark."""
    left = row[figure_key(parts[0])[0]]
    for part in parts:
        is_last = part == parts[-1]
        row[part] = left if is_last or not isinstance(left, int) else draw(st.integers(0, left))
        if isinstance(left, int) and not is_last:
            left -= int(row[part])
    if draw(st.booleans()):
        row[parts[0]] = NO_REPORT


@settings(max_examples=12)
@given(returns(), st.sampled_from(LANGUAGES), st.booleans())
def test_write_then_read_changes_nothing(
    sent: tuple[Period, Figures, Mapping[str, tuple[int, int]]], language: str, invented: bool
) -> None:
    period, figures, units = sent
    with TemporaryDirectory() as folder:
        path = Path(folder) / "return.xlsx"
        write(path, period=period, figures=figures, units=units, language=language, invented=invented)
        found, problems = read(path)
    assert problems == []
    assert counts(found) == figures
    assert {figure.period for figure in found} == {period}
    assert {figure.invented for figure in found} == {invented}
    of_schools = {f.area: (f.units_expected, f.units_reported) for f in found if is_of_schools(f.indicator)}
    assert of_schools == units


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_figures_are_read_from_the_return_in_each_language(tmp_path: Path, language: str) -> None:
    russian, _ = read(write_good(tmp_path / "ru.xlsx", source=FULL), FULL)
    other, problems = read(write_good(tmp_path / "return.xlsx", source=FULL, language=language), FULL)
    assert problems == []
    assert [replace(f, sheet="") for f in other] == [replace(f, sheet="") for f in russian]


@pytest.mark.parametrize(
    "region",
    [
        pytest.param(region, id=region.id, marks=() if region.id in SOME_REGIONS else pytest.mark.every_combination)
        for region in regions()
    ],
)
def test_every_region_has_its_form_in_every_language(tmp_path: Path, region: Any) -> None:
    for language in LANGUAGES:
        units = {area.id: (0, 0) for area in return_areas(region.id, OCTOBER.end)}
        figures = {(area, key): 0 for area in units for key in ONE_TOPIC.return_sheets[0].figures}
        path = tmp_path / f"{language}.xlsx"
        write(path, source=ONE_TOPIC, region=region.id, language=language, units=units, figures=figures)
        found, problems = read(path, ONE_TOPIC)
        assert problems == []
        assert {figure.area for figure in found} == {*(d.id for d in districts_of(region.id)), f"{region.id}-R"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_empty_form_asks_for_every_row(tmp_path: Path, language: str) -> None:
    found, problems = read(write(tmp_path / "form.xlsx", language=language, period=JULY))
    assert found == []
    rows = [(p.sheet, p.row) for p in problems if p.code == "L015"]
    names = [sheet_name(topic.id, language) for topic in SMALL.return_sheets]
    asked = [(name, row) for name in names for row in range(FIRST_ROW, TOTAL_ROW)]
    assert [place for place in rows if place[1] != TOTAL_ROW] == asked


def test_the_empty_form_holds_no_number(tmp_path: Path) -> None:
    raw = read_workbook(write(tmp_path / "form.xlsx", source=FULL, period=JULY))
    assert isinstance(raw, RawTable)
    for topic in FULL.return_sheets:
        cells = {text for row in raw.sheets[topic.names["ru"]].rows[ID_ROW:] for text in row[2:]}
        assert cells <= {"", "х"}


def test_the_empty_form_is_marked_where_lessons_are_not_counted(tmp_path: Path) -> None:
    for period, mark in ((JULY, "х"), (OCTOBER, None)):
        sheet = load_workbook(write(tmp_path / "form.xlsx", period=period))[sheet_name("attendance")]
        keys = {cell.value: cell.column for cell in sheet[ID_ROW]}
        column = [sheet.cell(row, keys["missed_lessons"]).value for row in range(FIRST_ROW, TOTAL_ROW)]
        assert column == [mark] * len(AREAS)
        assert sheet.cell(FIRST_ROW, keys["out_of_school_children"]).value is None


def test_totals_of_a_form_to_fill_in_add_up_by_themselves(tmp_path: Path) -> None:
    sheet = load_workbook(write(tmp_path / "form.xlsx"))[sheet_name("schools")]
    cells = f"E{FIRST_ROW}:E{TOTAL_ROW - 1}"
    assert sheet.cell(TOTAL_ROW, 5).value == f'=IF(COUNT({cells})=0,"нет отчёта",SUM({cells}))'
    assert sheet.cell(TOTAL_ROW, 1).value == ULYTAU


@pytest.mark.parametrize("language", LANGUAGES)
def test_headings_are_in_words_and_stand_over_their_ids(tmp_path: Path, language: str) -> None:
    book = load_workbook(write(tmp_path / "form.xlsx", source=FULL, language=language))
    assert book.sheetnames[1:] == [topic.names[language] for topic in FULL.return_sheets]
    for topic in FULL.return_sheets:
        sheet = book[topic.names[language]]
        assert tuple(cell.value for cell in sheet[ID_ROW]) == columns_of(topic)
        headings = [str(cell.value) for cell in sheet[HEADING_ROW]]
        assert len(set(headings)) == len(headings)
        for heading, key in zip(headings, columns_of(topic), strict=True):
            if key in topic.figures:
                assert heading.startswith(indicator(figure_key(key)[0]).words[language]["short"])


def test_schools_are_counted_only_on_sheets_with_figures_of_schools(tmp_path: Path) -> None:
    book = load_workbook(write(tmp_path / "form.xlsx", source=FULL))
    without = {
        topic.id
        for topic in FULL.return_sheets
        if not {cell.value for cell in book[topic.names["ru"]][ID_ROW]} & set(UNITS)
    }
    assert without == {"offences", "helpline"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_guidance_explains_marks_and_every_figure(tmp_path: Path, language: str) -> None:
    sheet = load_workbook(write(tmp_path / "form.xlsx", source=FULL, language=language)).worksheets[0]
    texts = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value]
    names = {figure_key(key)[0] for topic in FULL.return_sheets for key in topic.figures}
    for name in names:
        assert {indicator(name).words[language][key] for key in ("name", "counted", "is_not")} <= set(texts)
    own = [mark for mark in written_marks() if any(mark in text for text in texts[:10])]
    assert len(own) >= 3


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("region", ["110000000", "750000000"])
def test_the_form_does_not_look_like_data_on_persons(tmp_path: Path, language: str, region: str) -> None:
    path = write(tmp_path / "form.xlsx", source=FULL, language=language, region=region, invented=True)
    raw = read_workbook(path)
    assert isinstance(raw, RawTable)
    assert personal_data(raw) == []


def test_the_same_return_is_the_same_file(tmp_path: Path) -> None:
    one, two = (write(tmp_path / name, figures=good_figures()) for name in ("one.xlsx", "two.xlsx"))
    assert two.read_bytes() == one.read_bytes()


def test_no_part_of_the_file_tells_when_it_was_written(tmp_path: Path) -> None:
    with ZipFile(write_good(tmp_path / "return.xlsx")) as archive:
        assert {part.date_time[0] for part in archive.infolist()} == {1980}
    assert load_workbook(tmp_path / "return.xlsx").properties.modified.date() == OCTOBER.end


def test_what_is_given_is_written_even_where_the_reader_refuses_it(tmp_path: Path) -> None:
    _, problems = read(write_good(tmp_path / "return.xlsx", period=JULY, figures=good_figures()))
    assert {problem.code for problem in problems} == {"V012"}


def test_a_total_of_marks_is_the_mark_of_what_was_owed(tmp_path: Path) -> None:
    for first, mark in ((NO_REPORT, "нет отчёта"), (NOT_THERE, "х")):
        figures = {**good_figures(), **{(area, "chronic_absence"): NOT_THERE for area in AREAS}}
        figures[AREAS[0], "chronic_absence"] = first
        sheet = load_workbook(write_good(tmp_path / "return.xlsx", figures=figures))[sheet_name("attendance")]
        column = next(cell.column for cell in sheet[ID_ROW] if cell.value == "chronic_absence")
        assert sheet.cell(TOTAL_ROW, column).value == mark


def test_invented_data_are_said_on_every_sheet(tmp_path: Path) -> None:
    book = load_workbook(write(tmp_path / "form.xlsx", source=FULL, invented=True))
    mark = "ВЫМЫШЛЕННЫЕ ДАННЫЕ: эти числа ничего не говорят о реальных территориях"
    for sheet in book.worksheets:
        assert [cell.value for cell in sheet["A"]].count(mark) == 1


@pytest.mark.parametrize(
    "said",
    [
        {"figures": {("351000000", "pupils"): 1}},
        {"figures": {(AREAS[0], "police_register"): 1}},
        {"units": {"351000000": (1, 1)}},
    ],
)
def test_what_has_no_place_in_the_return_is_refused_by_the_writer(tmp_path: Path, said: Mapping[str, Any]) -> None:
    with pytest.raises(ValueError, match="not in the return of 620000000 for 2025-10"):
        write(tmp_path / "form.xlsx", **said)
    assert not (tmp_path / "form.xlsx").exists()


def test_a_folder_that_is_not_there_is_a_situation(tmp_path: Path) -> None:
    with pytest.raises(StorageFailed):
        write(tmp_path / "nowhere" / "form.xlsx")


def test_a_return_written_in_part_asks_for_the_rest(tmp_path: Path) -> None:
    figures = {(area, key): 0 for area in AREAS for key in ("schools", "pupils", "lessons_due")}
    units = dict.fromkeys(AREAS, (3, 3))
    _, problems = read(write(tmp_path / "form.xlsx", source=ONE_TOPIC, figures=figures, units=units), ONE_TOPIC)
    assert [(p.code, p.row, p.column) for p in problems] == [("V003", row, "H") for row in range(FIRST_ROW, TOTAL_ROW)]
