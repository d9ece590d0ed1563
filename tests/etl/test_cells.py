"""Cells from a record: choice of source, margins, states, and the people at risk."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from etl.cli import main
from riskmap.domain.registry import catalogue
from tests.etl.published import published_row, write_published

Ask = Callable[[str], list[tuple[object, ...]]]

OFFENCES = "offences_against_minors"
OF_COUNTRY = f"FROM cells WHERE indicator = '{OFFENCES}' AND area = '000000000'"


@pytest.fixture
def ask(data_folder: Path) -> Ask:
    """Answers SQL from the full file of the live build."""

    def answer(query: str) -> list[tuple[object, ...]]:
        with duckdb.connect(str(data_folder / "warehouse/current/full.duckdb"), read_only=True) as connection:
            return connection.execute(query).fetchall()

    return answer


def load(folder: Path, *rows: dict[str, str], name: str = "figures.csv") -> None:
    path = write_published(folder.parent / name, rows)
    assert main(["load", str(path), "--publish"]) == 0


def test_a_region_founded_in_the_year_has_the_children_of_its_part_of_the_year(data_folder: Path, ask: Ask) -> None:
    load(
        data_folder,
        published_row(OFFENCES, "100000000", "2022", 38),
        published_row("children_0_17", "100000000", "2022", 365_000),
        published_row("children_0_17", "630000000", "2022", 200_000),
    )
    rows = ask(f"SELECT area, denominator FROM cells WHERE indicator = '{OFFENCES}' AND numerator = 38")
    assert rows == [("100000000", pytest.approx(207_000))]


def test_the_region_it_was_cut_from_has_the_children_of_the_days_before(data_folder: Path, ask: Ask) -> None:
    load(
        data_folder,
        published_row(OFFENCES, "630000000", "2022", 100),
        published_row("children_0_17", "100000000", "2022", 365_000),
        published_row("children_0_17", "630000000", "2022", 200_000),
    )
    ((exposure,),) = ask(f"SELECT denominator FROM cells WHERE indicator = '{OFFENCES}' AND numerator = 100")
    assert exposure == pytest.approx(358_000)


def test_exposure_is_the_mean_of_the_numbers_at_both_ends_of_the_year(data_folder: Path, ask: Ask) -> None:
    load(
        data_folder,
        published_row(OFFENCES, "110000000", "2023", 50),
        published_row("children_0_17", "110000000", "2022", 200_000),
        published_row("children_0_17", "110000000", "2023", 210_000),
    )
    ((exposure,),) = ask(f"SELECT denominator FROM cells WHERE indicator = '{OFFENCES}' AND numerator = 50")
    assert exposure == pytest.approx(205_000)


def test_exposure_of_a_part_of_the_year_is_that_part(data_folder: Path, ask: Ask) -> None:
    load(
        data_folder,
        published_row(OFFENCES, "000000000", "2023-01..2023-10", 2_200),
        published_row("children_0_17", "000000000", "2022", 6_700_000),
        published_row("children_0_17", "000000000", "2023", 6_900_000),
    )
    ((exposure,),) = ask(f"SELECT denominator FROM cells WHERE indicator = '{OFFENCES}' AND numerator = 2200")
    assert exposure == pytest.approx(6_800_000 * 304 / 365)


def test_a_number_of_people_in_old_borders_never_counts_a_founded_region_twice(data_folder: Path, ask: Ask) -> None:
    load(
        data_folder,
        published_row(OFFENCES, "630000000", "2022", 100),
        published_row("children_0_17", "100000000", "2022", 186_900),
        published_row("children_0_17", "630000000", "2021", 369_000),
        published_row("children_0_17", "630000000", "2022", 182_100),
    )
    ((exposure,),) = ask(f"SELECT denominator FROM cells WHERE indicator = '{OFFENCES}' AND numerator = 100")
    assert exposure == pytest.approx(182_100 + 186_900 * 158 / 365)


def test_years_before_the_founding_need_only_the_old_region(data_folder: Path, ask: Ask) -> None:
    load(
        data_folder,
        published_row(OFFENCES, "630000000", "2021", 100),
        published_row("children_0_17", "630000000", "2020", 360_000),
        published_row("children_0_17", "630000000", "2021", 370_000),
    )
    ((exposure,),) = ask(f"SELECT denominator FROM cells WHERE indicator = '{OFFENCES}' AND numerator = 100")
    assert exposure == pytest.approx(365_000)


def test_one_known_end_of_the_year_stands_for_the_year_and_is_told_as_an_estimate(data_folder: Path, ask: Ask) -> None:
    load(
        data_folder,
        published_row(OFFENCES, "110000000", "2023", 50),
        published_row(OFFENCES, "150000000", "2023", 60),
        published_row("children_0_17", "110000000", "2023", 200_000),
        published_row("children_0_17", "150000000", "2022", 300_000),
        published_row("children_0_17", "150000000", "2023", 310_000),
    )
    rows = ask("SELECT area, person_years, is_estimated FROM exposures WHERE person_years IS NOT NULL ORDER BY area")
    assert rows == [("110000000", 200_000, True), ("150000000", 305_000, False)]


def test_a_country_of_which_every_region_reported_has_its_own_children(
    data_folder: Path, ask: Ask, region_codes: list[str]
) -> None:
    rows = [published_row(OFFENCES, code, "2023", 10) for code in region_codes]
    people = [published_row("children_0_17", "000000000", year, 6_800_000) for year in ("2022", "2023")]
    load(data_folder, *rows, *people)
    assert ask(f"SELECT numerator, denominator {OF_COUNTRY}") == [(200, 6_800_000)]


def test_a_rounded_figure_is_provisional(data_folder: Path, ask: Ask) -> None:
    load(data_folder, published_row(OFFENCES, "110000000", "2023", 50))
    load(data_folder, published_row(OFFENCES, "150000000", "2023", 60, precision="rounded"), name="more.csv")
    rows = ask(
        f"SELECT numerator, provisional FROM cells WHERE indicator = '{OFFENCES}' AND status = 'value' ORDER BY 1"
    )
    assert rows == [(50, False), (60, True)]


def test_the_definition_is_the_one_in_force_when_the_period_began(data_folder: Path, ask: Ask) -> None:
    load(
        data_folder,
        published_row(OFFENCES, "110000000", "2023", 50),
        published_row(OFFENCES, "110000000", "2025", 60),
    )
    rows = ask(
        f"SELECT numerator, definition FROM cells WHERE indicator = '{OFFENCES}' AND status = 'value' ORDER BY 1"
    )
    assert rows == [(50, "2015"), (60, "2024")]


def test_without_a_known_population_there_is_a_count_and_no_denominator(data_folder: Path, ask: Ask) -> None:
    load(data_folder, published_row(OFFENCES, "110000000", "2023", 50))
    assert ask(f"SELECT numerator, denominator FROM cells WHERE indicator = '{OFFENCES}' AND status = 'value'") == [
        (50, None)
    ]


def test_regions_without_a_figure_are_not_reported_and_never_zero(data_folder: Path, ask: Ask) -> None:
    load(data_folder, published_row(OFFENCES, "110000000", "2023", 0))
    query = f"""
        SELECT status, count(*), count(numerator), sum(numerator) FROM cells JOIN areas USING (area)
        WHERE indicator = '{OFFENCES}' AND kind = 'region' GROUP BY status ORDER BY status
    """
    assert ask(query) == [("not_reported", 19, 0, None), ("value", 1, 1, 0)]


def test_a_region_that_did_not_exist_yet_is_not_applicable(data_folder: Path, ask: Ask) -> None:
    load(data_folder, published_row(OFFENCES, "110000000", "2021", 50))
    rows = ask(f"SELECT area FROM cells WHERE indicator = '{OFFENCES}' AND status = 'not_applicable' ORDER BY area")
    assert [area for (area,) in rows] == ["100000000", "330000000", "620000000"]


def test_a_period_that_holds_a_change_of_definition_is_not_comparable(data_folder: Path, ask: Ask) -> None:
    load(data_folder, published_row(OFFENCES, "110000000", "2024", 70))
    rows = ask(f"SELECT status, numerator FROM cells WHERE indicator = '{OFFENCES}' AND area = '110000000'")
    assert rows == [("not_comparable", None)]


def test_the_country_is_summed_where_nine_tenths_of_its_regions_have_reported(
    data_folder: Path, ask: Ask, region_codes: list[str]
) -> None:
    load(data_folder, *(published_row(OFFENCES, code, "2023", 10) for code in region_codes[:18]))
    query = f"SELECT status, numerator, units_expected, units_reported, source {OF_COUNTRY}"
    assert ask(query) == [("value", 180, 20, 18, "sum_of_parts")]


def test_the_country_is_not_reported_where_more_is_missing(
    data_folder: Path, ask: Ask, region_codes: list[str]
) -> None:
    load(data_folder, *(published_row(OFFENCES, code, "2023", 10) for code in region_codes[:17]))
    query = f"SELECT status, numerator, units_expected, units_reported {OF_COUNTRY}"
    assert ask(query) == [("not_reported", None, 20, 17)]


def test_a_figure_received_for_the_country_is_never_replaced_by_a_sum(
    data_folder: Path, ask: Ask, region_codes: list[str]
) -> None:
    rows = [published_row(OFFENCES, code, "2023", 10) for code in region_codes]
    load(data_folder, *rows, published_row(OFFENCES, "000000000", "2023", 2_500))
    assert ask(f"SELECT numerator {OF_COUNTRY}") == [(2_500,)]


def test_the_later_load_of_the_same_figure_counts(data_folder: Path, ask: Ask) -> None:
    load(data_folder, published_row(OFFENCES, "110000000", "2023", 50))
    load(data_folder, published_row(OFFENCES, "110000000", "2023", 55), name="corrected.csv")
    assert ask(f"SELECT numerator FROM cells WHERE indicator = '{OFFENCES}' AND status = 'value'") == [(55,)]


def test_few_events_are_marked_unstable_and_zero_is_not(data_folder: Path, ask: Ask) -> None:
    counts = {"110000000": 0, "150000000": 1, "190000000": 19, "230000000": 20}
    load(data_folder, *(published_row(OFFENCES, code, "2023", count) for code, count in counts.items()))
    rows = ask(f"SELECT numerator, unstable FROM cells WHERE indicator = '{OFFENCES}' AND status = 'value' ORDER BY 1")
    assert rows == [(0, False), (1, True), (19, True), (20, False)]


def test_only_declared_tables_become_cells(sample_build: Path) -> None:
    with duckdb.connect(str(sample_build / "full.duckdb"), read_only=True) as connection:
        found = connection.execute(
            "SELECT DISTINCT indicator, if(kind = 'remainder', 'district', kind), grain, breakdown"
            " FROM cells JOIN areas USING (area) WHERE kind <> 'joined'"
        ).fetchall()
    declared = {(i.id, x.area, str(x.grain), x.breakdown) for i in catalogue().indicators.values() for x in i.publish}
    assert set(found) <= declared


def test_only_a_value_carries_numbers(sample_build: Path) -> None:
    for name in ("full", "public"):
        with duckdb.connect(str(sample_build / f"{name}.duckdb"), read_only=True) as connection:
            query = "SELECT count(*) FROM cells WHERE (status = 'value') <> (numerator IS NOT NULL)"
            assert connection.execute(query).fetchone() == (0,)
            query = "SELECT count(*) FROM cells WHERE status <> 'value' AND denominator IS NOT NULL"
            assert connection.execute(query).fetchone() == (0,)
