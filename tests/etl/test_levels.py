"""Cells of districts, regions and the country: sums over areas and months, and what is missing in them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from etl.cli import main
from geo.areas import districts_of, regions
from tests.etl.published import published_row, write_published
from tests.etl.records import figure, write_record
from tests.etl.sent_returns import Row, row, send

Ask = Callable[[str], list[tuple[object, ...]]]

AKMOLA, ULYTAU = "110000000", "620000000"
BULLYING = "bullying_cases"
MONTHS = tuple(f"2024-{month:02d}" for month in (9, 10, 11, 12)) + tuple(f"2025-{month:02d}" for month in range(1, 6))


@pytest.fixture
def ask(data_folder: Path) -> Ask:
    """Answers SQL from the full file of the live build."""

    def answer(query: str) -> list[tuple[object, ...]]:
        with duckdb.connect(str(data_folder / "warehouse/current/full.duckdb"), read_only=True) as connection:
            return connection.execute(query).fetchall()

    return answer


def districts(*codes: str) -> Iterator[str]:
    for code in codes:
        yield from (area.id for area in districts_of(code))


def every_month(indicator: str, areas: Iterator[str], value: int, *, by: str = "") -> list[Row]:
    known = list(areas)
    return [row(indicator, area, month, value, by=by) for month in MONTHS for area in known]


def schools_closed() -> list[Row]:
    """Makes August known, so that the school year is over."""
    return [row("pupils", "116600000", "2025-08", 1)]


def one(ask: Ask, columns: str, indicator: str, area: str, grain: str, start: str) -> tuple[object, ...]:
    (found,) = ask(
        f"SELECT {columns} FROM cells WHERE indicator = '{indicator}' AND area = '{area}' AND grain = '{grain}' "
        f"AND period_start = DATE '{start}' AND category = 'all'"
    )
    return found


def test_a_region_is_the_sum_of_its_districts_and_of_what_lies_outside_them(data_folder: Path, ask: Ask) -> None:
    rows = every_month(BULLYING, districts(ULYTAU), 2) + every_month(BULLYING, iter([f"{ULYTAU}-R"]), 1)
    assert send(data_folder, [*rows, *schools_closed()]) == 0
    count = len(list(districts(ULYTAU)))
    found = one(ask, "numerator, source, units_expected, units_reported", BULLYING, ULYTAU, "school_year", "2024-09-01")
    assert found == (9 * (2 * count + 1), "sum_of_parts", count + 1, count + 1)
    assert one(ask, "status", BULLYING, "000000000", "school_year", "2024-09-01") == ("not_reported",)


def test_a_school_year_needs_every_month_of_lessons_and_no_other(data_folder: Path, ask: Ask) -> None:
    whole, gap = list(districts(ULYTAU))[:2]
    rows = every_month(BULLYING, iter([whole, gap]), 3)
    rows = [r for r in rows if (r["area"], r["period"]) != (gap, "2025-02")]
    assert send(data_folder, [*rows, *schools_closed()]) == 0
    assert one(ask, "status, numerator", BULLYING, whole, "school_year", "2024-09-01") == ("value", 27)
    assert one(ask, "status, numerator", BULLYING, gap, "school_year", "2024-09-01") == ("not_reported", None)


def test_a_month_marked_as_not_reported_is_no_zero_in_a_sum(data_folder: Path, ask: Ask) -> None:
    area = next(districts(ULYTAU))
    rows = every_month(BULLYING, iter([area]), 3)
    rows = [row(BULLYING, area, "2025-02", None) if r["period"] == "2025-02" else r for r in rows]
    assert send(data_folder, [*rows, *schools_closed()]) == 0
    assert one(ask, "status", BULLYING, area, "school_year", "2024-09-01") == ("not_reported",)


def test_a_period_that_is_not_over_has_no_cells(data_folder: Path, ask: Ask) -> None:
    assert send(data_folder, every_month(BULLYING, districts(ULYTAU), 3)) == 0
    assert ask(f"SELECT count(*) FROM cells WHERE indicator = '{BULLYING}' AND grain = 'school_year'") == [(0,)]


def test_a_number_of_a_day_is_that_of_the_last_month_and_never_of_an_earlier_one(data_folder: Path, ask: Ask) -> None:
    known, silent = list(districts(ULYTAU))[:2]
    register = "in_school_register"
    rows = [row(register, known, f"2025-0{month}", 10 + month) for month in (1, 2, 3)]
    rows += [row(register, silent, f"2025-0{month}", 10 + month) for month in (1, 2)]
    assert send(data_folder, rows) == 0
    assert one(ask, "status, numerator", register, known, "quarter", "2025-01-01") == ("value", 13)
    assert one(ask, "status, numerator", register, silent, "quarter", "2025-01-01") == ("not_reported", None)


def test_since_1_january_there_is_a_sum_per_month_of_lessons(data_folder: Path, ask: Ask) -> None:
    rows = every_month(BULLYING, districts(ULYTAU), 1)
    assert send(data_folder, [*rows, *schools_closed()]) == 0
    count = len(list(districts(ULYTAU)))
    found = ask(f"""SELECT month(period_end), numerator FROM cells WHERE indicator = '{BULLYING}' AND area = '{ULYTAU}'
                    AND grain = 'ytd' AND period_start = DATE '2025-01-01' ORDER BY 1""")
    assert found == [(month, month * count) for month in range(1, 6)]


def test_a_share_over_a_period_is_the_sum_of_both_its_sides(data_folder: Path, ask: Ask) -> None:
    area = next(districts(ULYTAU))
    rows = every_month("missed_lessons", iter([area]), 40) + every_month("lessons_due", iter([area]), 1000)
    assert send(data_folder, [*rows, *schools_closed()]) == 0
    found = one(ask, "numerator, denominator", "missed_lessons", area, "school_year", "2024-09-01")
    assert found == (360, 9000)
    assert one(ask, "numerator, denominator", "missed_lessons", area, "month", "2025-03-01") == (40, 1000)


def test_events_in_schools_stand_beside_the_pupils_of_a_school_year(data_folder: Path, ask: Ask) -> None:
    area = next(districts(ULYTAU))
    rows = every_month(BULLYING, iter([area]), 1) + every_month("pupils", iter([area]), 900)
    assert send(data_folder, [*rows, row("pupils", area, "2025-08", 900)]) == 0
    assert one(ask, "denominator", BULLYING, area, "school_year", "2024-09-01") == (900,)


def test_a_register_stands_beside_the_pupils_of_the_same_day(data_folder: Path, ask: Ask) -> None:
    area = next(districts(ULYTAU))
    rows = [row("pupils", area, f"2025-0{month}", 1000 * month) for month in (1, 2, 3)]
    rows += [row("in_school_register", area, f"2025-0{month}", 7) for month in (1, 2, 3)]
    assert send(data_folder, rows) == 0
    assert one(ask, "denominator", "in_school_register", area, "quarter", "2025-01-01") == (3000,)


def test_an_indicator_before_its_first_definition_is_not_applicable(data_folder: Path, ask: Ask) -> None:
    area = next(districts(ULYTAU))
    early, late = ([f"{year}-{month:02d}" for month in range(1, 13)] for year in (2023, 2025))
    # No file brings figures of a time before the definition any more; a record may hold them.
    write_record(data_folder, {k: v for m in early for k, v in figure("bullying_offences", area, m, 1).items()})
    assert send(data_folder, [row("bullying_offences", area, month, 1) for month in late]) == 0
    assert one(ask, "status", "bullying_offences", area, "year", "2023-01-01") == ("not_applicable",)
    assert one(ask, "status, numerator", "bullying_offences", area, "year", "2025-01-01") == ("value", 12)


def test_invented_districts_never_make_a_sum_with_real_regions(data_folder: Path, ask: Ask) -> None:
    offences = "offences_against_minors"
    months = [f"2025-{month:02d}" for month in range(1, 13)]
    everywhere = [area for region in regions() for area in districts(region.id)]
    rows = [row(offences, area, month, 4) for month in months for area in everywhere]
    assert send(data_folder, rows) == 0
    real = [published_row(offences, region.id, "2025", 100) for region in regions()]
    assert main(["load", str(write_published(data_folder.parent / "real.csv", real)), "--publish"]) == 0
    assert one(ask, "numerator, invented", offences, "000000000", "year", "2025-01-01") == (2000, False)
    assert one(ask, "numerator, invented", offences, AKMOLA, "year", "2025-01-01") == (100, False)
    district = next(districts(AKMOLA))
    assert one(ask, "numerator, invented", offences, district, "year", "2025-01-01") == (48, True)
    assert one(ask, "invented", offences, AKMOLA, "quarter", "2025-01-01") == (True,)


def test_a_table_holds_real_figures_or_invented_ones_and_never_both(data_folder: Path, ask: Ask) -> None:
    offences = "offences_against_minors"
    months = [f"{year}-{month:02d}" for year in (2022, 2023) for month in range(1, 13)]
    assert send(data_folder, [row(offences, area, month, 4) for month in months for area in districts(ULYTAU)]) == 0
    real = [published_row(offences, AKMOLA, "2022", 100)]
    assert main(["load", str(write_published(data_folder.parent / "real.csv", real)), "--publish"]) == 0
    found = ask(f"""SELECT kind, grain, breakdown, count(DISTINCT invented) FROM cells JOIN areas USING (area)
                    WHERE indicator = '{offences}' AND kind <> 'joined'
                    GROUP BY ALL HAVING count(DISTINCT invented) > 1""")
    assert found == []
    years = ask(
        f"SELECT DISTINCT year(period_end) FROM cells WHERE indicator = '{offences}' AND area = '{ULYTAU}'"
        " AND grain = 'year'"
    )
    assert years == [(2022,)]


def test_real_figures_of_districts_are_not_published(data_folder: Path) -> None:
    rows = [row(BULLYING, area, month, 3, invented=False) for month in MONTHS for area in districts(ULYTAU)]
    rows += [row("pupils", "116600000", "2025-08", 1, invented=False)]
    assert send(data_folder, rows) == 3


def test_the_people_of_districts_are_those_of_the_region_in_a_sum(data_folder: Path, ask: Ask) -> None:
    offences = "offences_against_minors"
    codes = list(districts(ULYTAU))
    months = [f"2025-{month:02d}" for month in range(1, 13)]
    rows = [row(offences, area, month, 1) for month in months for area in (*codes, f"{ULYTAU}-R")]
    rows += [row("children_0_17", area, year, 1000) for area in codes for year in ("2024", "2025")]
    assert send(data_folder, rows) == 0
    found = one(ask, "numerator, denominator", offences, ULYTAU, "year", "2025-01-01")
    assert found == (12 * (len(codes) + 1), 1000 * len(codes))
