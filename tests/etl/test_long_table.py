"""The table of published figures: a good row gives its figure, every fault its row and column."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from etl.frames import Figure, Publication, RawTable
from etl.readers.delimited import read_delimited
from etl.tidy.long_table import tidy_long_table
from riskmap.domain.errors import Problem
from riskmap.domain.registry import catalogue, source
from riskmap.domain.vocabulary import parse_period, year_period
from tests.etl.published import published_row, write_published

PUBLISHED = source("published")
# Not over today, on no day of the year.
THIS_YEAR = str((date.today() + timedelta(days=1)).year)
OFFENCES, AKMOLA = "offences_against_minors", "110000000"


def _tidy(path: Path) -> tuple[list[Figure], list[Problem]]:
    raw = read_delimited(path)
    assert isinstance(raw, RawTable), raw
    return tidy_long_table(raw, PUBLISHED)


def _read(tmp_path: Path, **changes: str) -> tuple[list[Figure], list[Problem]]:
    row = {**published_row(OFFENCES, AKMOLA, "2022", 38), **changes}
    return _tidy(write_published(tmp_path / "f.csv", [row]))


def _write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "f.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_row_becomes_a_figure_with_its_place_and_publication(tmp_path: Path) -> None:
    figures, problems = _read(tmp_path)
    assert problems == []
    assert figures == [
        Figure(
            indicator=OFFENCES,
            area=AKMOLA,
            period=year_period(2022),
            numerator=38.0,
            line=2,
            column="value",
            publication=Publication("A publication", date(2024, 1, 31), "https://example.org/figures"),
        )
    ]


@pytest.mark.parametrize("period", ["2022", "2022-10", "2022/23", "2022-01..2022-10", "2022-01..2022-11-06"])
def test_periods_are_written_in_the_ways_people_know(tmp_path: Path, period: str) -> None:
    (figure,), _ = _read(tmp_path, period=period)
    assert figure.period == parse_period(period)


def test_zero_is_a_figure(tmp_path: Path) -> None:
    (figure,), _ = _read(tmp_path, value="0")
    assert figure.numerator == 0.0


@pytest.mark.parametrize(("precision", "provisional"), [("exact", False), ("rounded", True), ("estimate", True)])
def test_what_is_not_exact_is_provisional(tmp_path: Path, precision: str, provisional: bool) -> None:
    (figure,), _ = _read(tmp_path, precision=precision)
    assert figure.provisional is provisional


def test_a_breakdown_has_its_category(tmp_path: Path) -> None:
    (figure,), _ = _read(tmp_path, breakdown="type", category="crime")
    assert (figure.breakdown, figure.category) == ("type", "crime")


def test_a_publication_without_a_day_is_no_fault(tmp_path: Path) -> None:
    (figure,), problems = _read(tmp_path, publication_date="")
    assert (figure.publication.day, problems) == (None, [])


@pytest.mark.parametrize("name", ["Акмолинская область", "Ақмола облысы", "Akmola Region", "Акмолинская обл."])
def test_the_name_beside_the_code_may_be_in_any_language(tmp_path: Path, name: str) -> None:
    assert _read(tmp_path, area_name=name)[1] == []


FAULTS = [
    ({"value": ""}, "V003", "value", ""),
    ({"value": "двенадцать"}, "V001", "value", "двенадцать"),
    ({"value": "12,5"}, "V001", "value", "12,5"),
    ({"value": "12.5"}, "V001", "value", "12.5"),
    ({"value": "1 200"}, "V001", "value", "1 200"),
    ({"value": "١٢"}, "V001", "value", "١٢"),
    ({"value": "-5"}, "V002", "value", "-5"),
    ({"period": ""}, "P001", "period", ""),
    ({"period": "2022 год"}, "P002", "period", "2022 год"),
    ({"period": "2022-13"}, "P002", "period", "2022-13"),
    ({"period": "2098"}, "P004", "period", "2098"),
    ({"period": THIS_YEAR}, "P004", "period", THIS_YEAR),
    ({"indicator": "offences"}, "V006", "indicator", "offences"),
    ({"unit": "children"}, "V008", "unit", "children"),
    ({"precision": "about"}, "V009", "precision", "about"),
    ({"publication": ""}, "V009", "publication", ""),
    ({"publication_url": ""}, "V009", "publication_url", ""),
    ({"publication_date": "31.01.2024"}, "P002", "publication_date", "31.01.2024"),
    ({"breakdown": "colour"}, "V007", "category", "colour all"),
    ({"breakdown": "type", "category": "theft"}, "V007", "category", "type theft"),
    ({"area": "999999999"}, "A002", "area", "999999999"),
    ({"area": ""}, "A001", "area", ""),
    ({"area_name": "Атырауская область"}, "A008", "area_name", "Атырауская область"),
    ({"area_name": ""}, "A008", "area_name", ""),
]


@pytest.mark.parametrize(("changes", "code", "column", "found"), FAULTS)
def test_a_fault_is_told_at_its_row_and_column(
    tmp_path: Path, changes: dict[str, str], code: str, column: str, found: str
) -> None:
    figures, problems = _read(tmp_path, **changes)
    assert figures == []
    told = [(p.code, p.file, p.row, p.column, p.found) for p in problems]
    assert told == [(code, "f.csv", 2, column, found)]


def test_a_region_of_a_time_before_its_founding_is_told(tmp_path: Path) -> None:
    _, problems = _read(tmp_path, area="100000000", area_name="область Абай", period="2021")
    assert [(p.code, p.column, p.expected) for p in problems] == [("A004", "area", "2022-06-08/..")]


def test_all_faults_of_all_rows_are_told_and_sound_rows_still_read(tmp_path: Path) -> None:
    rows = [
        {**published_row(OFFENCES, AKMOLA, "2022", 1), "value": "x", "unit": "y"},
        published_row(OFFENCES, AKMOLA, "2022", 2),
        {**published_row(OFFENCES, AKMOLA, "2022", 3), "period": ""},
    ]
    figures, problems = _tidy(write_published(tmp_path / "f.csv", rows))
    assert [figure.line for figure in figures] == [3]
    assert [(p.code, p.row) for p in problems] == [("V008", 2), ("V001", 2), ("P001", 4)]


def test_columns_may_stand_in_any_order(tmp_path: Path) -> None:
    row = published_row(OFFENCES, AKMOLA, "2022", 38)
    names = sorted(row)
    figures, problems = _tidy(_write(tmp_path, ",".join(names) + "\n" + ",".join(row[name] for name in names) + "\n"))
    assert ([figure.numerator for figure in figures], problems) == ([38.0], [])


def test_a_missing_an_unknown_and_a_repeated_column_are_told(tmp_path: Path) -> None:
    names = [*PUBLISHED.columns[:-1], "region", "unit"]
    _, problems = _tidy(_write(tmp_path, ",".join(names) + "\n"))
    told = [(p.code, p.row, p.column) for p in dict.fromkeys(problems)]
    assert told == [("L008", 1, "note"), ("L007", 1, "unit"), ("L007", 1, "region")]


def test_a_row_with_another_number_of_cells_is_told(tmp_path: Path) -> None:
    path = write_published(tmp_path / "f.csv", [published_row(OFFENCES, AKMOLA, "2022", 38)])
    path.write_text(path.read_text(encoding="utf-8") + "110000000,one,two\n", encoding="utf-8")
    figures, problems = _tidy(path)
    assert len(figures) == 1
    assert [(p.code, p.row, p.found, p.expected) for p in problems] == [("L007", 3, "3", str(len(PUBLISHED.columns)))]


def test_empty_rows_are_passed_over_and_still_counted(tmp_path: Path) -> None:
    path = write_published(tmp_path / "f.csv", [published_row(OFFENCES, AKMOLA, "2022", 38)])
    head, row = path.read_text(encoding="utf-8").splitlines()
    figures, problems = _tidy(_write(tmp_path, f"{head}\n\n{',' * (len(PUBLISHED.columns) - 1)}\n{row}\n"))
    assert ([figure.line for figure in figures], problems) == ([4], [])


def test_text_in_another_encoding_is_a_fault_and_never_wrong_letters(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_bytes("область Абай".encode("koi8-r"))
    faults = read_delimited(tmp_path / "f.csv")
    assert isinstance(faults, list)
    assert [fault.code for fault in faults] == ["F013"]


def test_the_mark_of_a_spreadsheet_program_before_the_text_does_not_matter(tmp_path: Path) -> None:
    path = write_published(tmp_path / "f.csv", [published_row(OFFENCES, AKMOLA, "2022", 38)])
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert _tidy(path)[1] == []


def test_a_quote_that_is_never_closed_is_a_fault(tmp_path: Path) -> None:
    faults = read_delimited(_write(tmp_path, 'area,"name\n1,2\n'))
    assert isinstance(faults, list)
    assert [problem.code for problem in faults] == ["F003"]


def test_every_indicator_can_be_published(tmp_path: Path) -> None:
    periods = {"year": "2022", "month": "2023-10", "school_year": "2022/23", "ytd": "2023-01..2023-10"}
    rows = [
        published_row(item.id, "000000000", periods[str(item.publish[0].grain)], 5)
        for item in catalogue().indicators.values()
        if str(item.publish[0].grain) in periods
    ]
    figures, problems = _tidy(write_published(tmp_path / "f.csv", rows))
    assert problems == []
    assert len(figures) == len(rows)
