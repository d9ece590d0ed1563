"""Figures of all layouts in one table: nothing of a figure is lost on the way, and repetitions are found."""

from dataclasses import replace
from datetime import date
from typing import Any

import duckdb
import pytest

from etl.frames import Figure, Publication
from etl.listing import MOST_LISTED, listed, unlisted
from etl.staging import Staging
from riskmap.domain.errors import Problem, Severity
from riskmap.domain.vocabulary import CellStatus, month_period, year_period

OFFENCES, AKMOLA = "offences_against_minors", "110000000"
FIGURE = Figure(OFFENCES, AKMOLA, year_period(2022), 38.0, line=2, column="F")


def rows(staging: Staging, *columns: str) -> list[tuple[Any, ...]]:
    query = f"SELECT {', '.join(columns)} FROM staged JOIN origins USING (origin) ORDER BY file_number, line"
    return staging.connection.execute(query).fetchall()


def test_everything_about_a_figure_is_staged() -> None:
    publication = Publication("Report", date(2023, 1, 31), "https://example.org")
    figure = Figure(
        *(OFFENCES, AKMOLA, month_period(2025, 10), None, 7, "G", "R1", "type", "crime"),
        *(CellStatus.NOT_REPORTED, True, True, publication, 40, 38),
    )
    staging = Staging()
    staging.add(3, [figure])
    assert rows(staging, "file_number", "sheet", "line", "column_name") == [(3, "R1", 7, "G")]
    key = ("indicator", "area", "grain", "period_start", "period_end", "breakdown", "category")
    assert rows(staging, *key) == [
        (OFFENCES, AKMOLA, "month", date(2025, 10, 1), date(2025, 10, 31), "type", "crime"),
    ]
    values = ("numerator", "status", "provisional", "invented", "units_expected", "units_reported")
    assert rows(staging, *values) == [(None, "not_reported", True, True, 40, 38)]
    assert rows(staging, "publication", "publication_date", "publication_url") == [
        ("Report", date(2023, 1, 31), "https://example.org"),
    ]


def test_a_column_that_is_empty_for_long_keeps_its_type() -> None:
    figures = [replace(FIGURE, line=line) for line in range(5000)]
    told = replace(FIGURE, line=5000, units_expected=3, publication=Publication("P", date(2024, 1, 1)))
    staging = Staging()
    staging.add(0, [*figures, told])
    assert rows(staging, "units_expected", "publication_date")[-2:] == [(None, None), (3, date(2024, 1, 1))]


def test_files_are_counted_apart() -> None:
    staging = Staging()
    staging.add(0, [FIGURE])
    staging.add(1, [])
    assert (staging.count(0), staging.count(1)) == (1, 0)


def test_a_word_of_no_list_is_never_stored() -> None:
    with pytest.raises(duckdb.Error):
        Staging().add(0, [replace(FIGURE, category="theft")])


# --- repetitions


def staged(*files: list[Figure]) -> Staging:
    staging = Staging()
    for number, figures in enumerate(files):
        staging.add(number, figures)
    return staging


def test_each_later_row_of_a_figure_is_a_repeat_of_its_first() -> None:
    figures = [replace(FIGURE, line=line, numerator=float(line)) for line in (5, 3, 9)]
    repeats = staged(figures).repeats(0, [0])
    assert [(r.first_line, r.first_number, r.line, r.number) for r in repeats] == [(3, "3", 5, "5"), (3, "3", 9, "9")]
    assert {(r.figure, r.area, r.column, r.shared) for r in repeats} == {(f"{OFFENCES} 2022", AKMOLA, "F", 2)}


@pytest.mark.parametrize(
    "changes",
    [
        {"indicator": "offences_by_minors"},
        {"area": "710000000"},
        {"period": year_period(2023)},
        {"period": month_period(2022, 12)},
        {"breakdown": "type", "category": "crime"},
        {"invented": True},
    ],
)
def test_figures_that_differ_in_one_part_of_their_key_are_no_repeats(changes: dict[str, Any]) -> None:
    assert staged([FIGURE, replace(FIGURE, line=3, **changes)]).repeats(0, [0]) == []


def test_of_two_files_the_first_figure_they_share_and_their_number_are_told() -> None:
    figures = [replace(FIGURE, line=line, period=year_period(2010 + line)) for line in (2, 3, 4)]
    staging = staged(figures, [], figures[1:])
    (repeat,) = staging.repeats(2, [0, 2])
    assert (repeat.first_file, repeat.first_line, repeat.line, repeat.shared) == (0, 3, 3, 2)
    assert staging.repeats(2, [2]) == []


def test_large_numbers_are_told_in_full() -> None:
    figures = [replace(FIGURE, line=line, numerator=123_456_789_012_345.0) for line in (2, 3)]
    (repeat,) = staged(figures).repeats(0, [0])
    assert repeat.number == "123456789012345"


# --- how many faults are listed


def test_few_faults_are_all_listed_in_their_order() -> None:
    problems = [Problem("V001", row=1), Problem("V002", row=2), Problem("V001", row=3)]
    assert listed(problems) == problems


def test_of_many_faults_of_one_code_the_first_are_listed_and_the_rest_counted() -> None:
    many = [Problem("V001", row=row) for row in range(MOST_LISTED + 3)]
    notes = [Problem("K005", row=row, severity=Severity.NOTE) for row in range(MOST_LISTED + 1)]
    found = listed([*many, Problem("V002"), *notes])
    assert found == [
        *many[:MOST_LISTED],
        Problem("V002"),
        *notes[:MOST_LISTED],
        unlisted("V001", MOST_LISTED + 3),
        Problem("F008", found="K005: 1", severity=Severity.NOTE),
    ]
    assert found[-2].found == "V001: 3"
