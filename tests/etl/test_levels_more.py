"""Cells against the same worked out in plain Python, and single traps of sums over areas, months and kinds."""

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from random import Random

import duckdb
import pytest

from etl.cells import build_cells
from geo.areas import areas, children, districts_of, regions
from riskmap.domain.registry import indicator
from riskmap.domain.vocabulary import ALL, SCHOOL_MONTHS, Grain, Kind, Period, months_between, year_period
from tests.etl.plain_cells import Cell, Cells, Key, plain_cells, redrawn
from tests.etl.records import figure, write_record

AKMOLA, ULYTAU, ASTANA, COUNTRY = "110000000", "620000000", "710000000", "000000000"
BULLYING, OFFENCES, REGISTER = "bullying_cases", "offences_against_minors", "in_school_register"


def built() -> Cells:
    """The cells of the record, by key."""
    with duckdb.connect() as connection:
        build_cells(connection)
        rows = connection.execute("""
            SELECT invented, indicator, area, grain, period_start, period_end, breakdown, category,
                   status, numerator, denominator, source, units_expected, units_reported FROM cells
        """).fetchall()
    found = {}
    for invented, name, area, grain, start, end, breakdown, category, status, count, people, source, owed, got in rows:
        is_sum = source == "sum_of_parts"
        parts = (owed, got) if is_sum else None
        key = Key(invented, name, area, Period(start, end, Grain(grain)), breakdown, category)
        found[key] = Cell(status, count, people, is_sum, parts)
    return found


WINDOWS = (
    (date(2021, 7, 1), date(2022, 12, 31)),
    (date(2023, 9, 1), date(2024, 12, 31)),
    (date(2024, 9, 1), date(2025, 8, 31)),
)
CUTS = {
    BULLYING: (ALL,),
    OFFENCES: (ALL,),
    REGISTER: (ALL,),
    "missed_lessons": (ALL, "reason"),
    "chronic_absence": (ALL,),
    "helpline_appeals": (ALL, "outcome"),
}


def random_figures(random: Random) -> Cells:
    """Figures of the districts of some regions and of other regions themselves, with gaps, marks and real ones."""
    start, end = random.choice(WINDOWS)
    months = months_between(start, end)
    others = [region.id for region in regions() if region.id not in (AKMOLA, ULYTAU, ASTANA)]
    inside = [area.id for region in (AKMOLA, ULYTAU, ASTANA) for area in children(region) if random.random() < 0.97]
    sent: Cells = {}
    for name in random.sample(sorted(CUTS), 3):
        item = indicator(name)
        by_hand = [*inside, *(others if random.random() < 0.7 else [])]
        wholes = [(item.population, ALL)] if random.random() < 0.9 else []
        gaps = random.choice((0.0, 0.002, 0.02))
        for sent_name, cut in [*((name, cut) for cut in CUTS[name]), *wholes]:
            for area in by_hand:
                spans = months
                if indicator(sent_name).publish[0].grain is Grain.YEAR:
                    spans = [year_period(year) for year in range(start.year - 1, end.year + 1)]
                for span in spans:
                    if span.grain is Grain.MONTH or areas()[area].kind != "remainder":
                        sent.update(_random_cells(random, sent_name, cut, area, span, gaps))
    for name in random.sample(sorted(CUTS), 2):
        for region in random.sample(others, 3):
            key = Key(False, name, region, year_period(end.year - 1), ALL, ALL)
            sent[key] = Cell("value", random.randrange(200))
    return sent


def _random_cells(random: Random, name: str, cut: str, area: str, span: Period, gaps: float) -> Cells:
    item, found = indicator(name), {}
    founded = areas()[area].valid_from
    if (founded and founded > span.end) or (item.kind is Kind.FLOW and item.definitions[0].since > span.end):
        return {}
    is_taught = not item.school_months or span.start.month in SCHOOL_MONTHS
    most = 4000 if item.population == "" else 9
    for category in (ALL,) if cut == ALL else item.breakdowns[cut]:
        key = Key(True, name, area, span, cut, category)
        if not is_taught:
            if random.random() < 0.3:
                found[key] = Cell("not_applicable")
        elif random.random() >= gaps:
            found[key] = Cell("value", random.randrange(most))
        elif random.random() < 0.5:
            found[key] = Cell("not_reported")
    return found


@pytest.mark.parametrize(
    "seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.every_combination) for seed in range(2, 8))]
)
def test_cells_agree_with_the_same_worked_out_in_plain_python(data_folder: Path, seed: int) -> None:
    figures = random_figures(Random(seed))
    write_record(data_folder, figures)
    quick, slow = built(), plain_cells(figures)
    assert set(quick) == set(slow)
    assert any(cell.is_sum and cell.status == "value" for cell in slow.values())
    for key, cell in slow.items():
        found = quick[key]
        assert (found.status, found.is_sum, found.parts) == (cell.status, cell.is_sum, cell.parts), key
        assert found.count == (None if cell.count is None else pytest.approx(float(cell.count))), key
        if not {key.area, *(child.id for child in children(key.area))} & redrawn() and key.area != COUNTRY:
            assert found.people == (None if cell.people is None else pytest.approx(float(cell.people))), key


LESSONS = [f"2024-{month:02d}" for month in (9, 10, 11, 12)] + [f"2025-{month:02d}" for month in range(1, 6)]


def figures_of(name: str, where: Iterable[str], codes: Iterable[str], value: int | str, *, by: str = "") -> Cells:
    """The same invented figure of several areas and periods."""
    codes = tuple(codes)
    return {
        key: cell for area in where for code in codes for key, cell in figure(name, area, code, value, by=by).items()
    }


def there_in(code: str, *codes: str) -> list[str]:
    """The districts of some regions that were there in a period."""
    ((key, _),) = figure(OFFENCES, COUNTRY, code, 0).items()
    return [area.id for region in codes for area in districts_of(region) if area.exists(key.period.end)]


def cell(name: str, area: str, code: str, *, by: str = "") -> Cell:
    """One cell of the record as it stands."""
    ((key, _),) = figure(name, area, code, 0, by=by).items()
    return built()[key]


def test_a_mark_for_a_month_without_lessons_takes_nothing_from_the_school_year(data_folder: Path) -> None:
    (area, *_) = there_in("2025", ULYTAU)
    marks = figures_of(BULLYING, [area], ["2025-06"], "not_reported")
    marks |= figures_of("missed_lessons", [area], ["2025-07"], "not_applicable")
    over = figures_of("pupils", [area], ["2025-08"], 1)
    write_record(data_folder, figures_of(BULLYING, [area], LESSONS, 3) | marks | over)
    cells = built()
    ((key, _),) = figure(BULLYING, area, "2024/25", 0).items()
    assert (cells[key].status, cells[key].count) == ("value", 27)
    assert not [key for key in cells if key.indicator == "missed_lessons"]


def test_the_country_holds_the_districts_of_regions_founded_later(data_folder: Path) -> None:
    where = there_in("2021-10", *(region.id for region in regions()))
    write_record(data_folder, figures_of("schools", where, ["2021-10"], 2))
    assert cell("schools", COUNTRY, "2021-10").count == 2 * len(where)
    assert cell("schools", ULYTAU, "2021-10").count == 2 * len(there_in("2021-10", ULYTAU))


def test_a_region_founded_later_without_figures_of_its_districts_is_not_applicable(data_folder: Path) -> None:
    write_record(data_folder, figures_of("schools", [AKMOLA], ["2021-10"], 2))
    assert cell("schools", ULYTAU, "2021-10").status == "not_applicable"
    assert cell("schools", ASTANA, "2021-10").status == "not_reported"


def test_a_district_founded_after_the_last_lesson_owes_nothing_for_the_school_year(data_folder: Path) -> None:
    codes = [f"2023-{month:02d}" for month in (9, 10, 11, 12)] + [f"2024-{month:02d}" for month in range(1, 6)]
    where = there_in("2024-05", ASTANA)
    over = figures_of("pupils", ["711610000"], ["2024-08"], 1)
    write_record(data_folder, figures_of(BULLYING, where, codes, 1) | over)
    assert cell(BULLYING, "711610000", "2023/24").status == "not_applicable"
    assert cell(BULLYING, ASTANA, "2023/24").parts == (len(where), len(where))


def test_a_country_lacks_parts_where_one_of_its_regions_does(data_folder: Path) -> None:
    where = there_in("2025-10", *(region.id for region in regions()))
    pupils = figures_of("pupils", where, ["2025-10"], 100)
    (silent, *others) = where
    write_record(data_folder, pupils | figures_of("chronic_absence", others, ["2025-10"], 7))
    found = cell("chronic_absence", COUNTRY, "2025-10")
    assert (found.count, found.people, found.parts) == (7 * len(others), 100 * len(others), (20, 19))
    assert silent.startswith("10")


def test_a_region_has_no_rate_where_the_people_of_a_part_are_not_known(data_folder: Path) -> None:
    where = there_in("2025-10", AKMOLA)
    pupils = figures_of("pupils", where[1:], ["2025-10"], 100)
    write_record(data_folder, pupils | figures_of("mentored_children", where, ["2025-10"], 7))
    found = cell("mentored_children", AKMOLA, "2025-10")
    assert (found.count, found.people) == (7 * len(where), None)
    assert cell("pupils", AKMOLA, "2025-10").count == 100 * (len(where) - 1)


def test_pupils_outside_districts_who_are_not_known_are_not_left_out_of_a_share(data_folder: Path) -> None:
    where, outside = there_in("2025-10", AKMOLA), f"{AKMOLA}-R"
    pupils = figures_of("pupils", [*where, outside], ["2025-09"], 100) | figures_of("pupils", where, ["2025-10"], 100)
    children_seen = figures_of("mentored_children", [*where, outside], ["2025-09", "2025-10"], 7)
    write_record(data_folder, pupils | children_seen)
    assert cell("mentored_children", AKMOLA, "2025-09").people == 100 * (len(where) + 1)
    assert cell("mentored_children", AKMOLA, "2025-10").people is None


def test_a_source_without_a_figure_stands_behind_one_that_has_it(data_folder: Path) -> None:
    (area, *_) = there_in("2025", ULYTAU)
    write_record(data_folder, figures_of("pupils", [area], ["2025-10"], "not_reported"), load="2", source="published")
    write_record(data_folder, figures_of("pupils", [area], ["2025-10"], 50), source="district_return")
    assert cell("pupils", area, "2025-10").count == 50


def test_the_schools_behind_a_number_of_a_day_are_those_of_the_last_month(data_folder: Path) -> None:
    (area, *_) = there_in("2025", ULYTAU)
    for month, answered in (("2025-01", 3), ("2025-02", 5), ("2025-03", 9)):
        told = {"units_expected": 9, "units_reported": answered, "provisional": month == "2025-01"}
        write_record(data_folder, figures_of(REGISTER, [area], [month], 7), load=month, **told)
    with duckdb.connect() as connection:
        build_cells(connection)
        query = f"SELECT units_reported, provisional FROM cells WHERE indicator = '{REGISTER}' AND area = '{area}'"
        assert connection.execute(f"{query} AND grain = 'quarter'").fetchall() == [(9, False)]


def test_real_months_that_make_no_real_sum_leave_the_invented_table_standing(data_folder: Path) -> None:
    where = [region.id for region in regions()]
    figures = figures_of("helpline_appeals", where, ["2025-01", "2025-02", "2025-03"], 10)
    write_record(data_folder, figures | figure("helpline_appeals", COUNTRY, "2025-02", 999, invented=False))
    country = {key.period.code: (key.invented, found) for key, found in built().items() if key.area == COUNTRY}
    is_invented, since_january = country["2025-01..2025-03"]
    assert (is_invented, since_january.count) == (True, 600)
    assert not country["2025-02"][0]


def test_a_figure_is_provisional_until_its_source_was_heard_of_after_the_months_until_final(data_folder: Path) -> None:
    area = districts_of(AKMOLA)[0].id

    def is_provisional() -> list[tuple[bool]]:
        query = f"SELECT provisional FROM cells WHERE area = '{area}' AND status = 'value'"
        with duckdb.connect() as connection:
            build_cells(connection)
            return connection.execute(query).fetchall()

    write_record(data_folder, figure(OFFENCES, area, "2025", 30), load="1", received=datetime(2026, 1, 20))
    assert is_provisional() == [(True,)]
    write_record(data_folder, figure(OFFENCES, area, "2026-01", 2), load="2", received=datetime(2026, 2, 10))
    assert is_provisional() == [(False,)]
