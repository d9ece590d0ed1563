"""Cells of joined areas: every number worked out by hand, and none that the cells of the members do not tell."""

from datetime import date
from pathlib import Path
from typing import Any, Final

import duckdb
import pandas as pd
import pytest

from etl.cells import build_cells
from etl.history import CellName, as_known
from etl.joined import joined_people, with_joined
from etl.reference import area_frame
from etl.scratch import COUNTING, scratch_database
from geo.comparable import SEPARATOR
from riskmap.domain.tables import CELLS, EXPOSURES
from riskmap.domain.vocabulary import month_end, parse_period
from tests.etl.demo_country import country, total
from tests.etl.plain_cells import Cells
from tests.etl.records import figure, write_record

SEMEY, ZHANASEMEY, PAIR = "101000000", "104100000", "101000000~104100000"
ABAI, EAST, REGIONS = "100000000", "630000000", "100000000~630000000"
TARBAGATAI, AKSUAT, CUT = "635800000", "103400000", "103400000~635800000"
EVENTS: Final = "offences_against_minors"
REGISTER: Final = "in_school_register"
KEY = list(CELLS.key)


def cell(area: str, month: str = "2024-12", **values: Any) -> dict[str, Any]:
    """The cell of a month as a build holds it; a status other than value has no numbers."""
    year, number = map(int, month.split("-"))
    status = values.get("status", "value")
    is_value = status == "value"
    is_hidden = status == "suppressed"
    return {
        "indicator": EVENTS,
        "area": area,
        "grain": "month",
        "period_start": date(year, number, 1),
        "period_end": month_end(year, number),
        "breakdown": "all",
        "category": "all",
        "numerator": 30.0 if is_value else None,
        "denominator": 100.0 if is_value else None,
        "source": "" if is_hidden else "form_1m",
        "definition": "" if is_hidden else "1m",
        "units_expected": None,
        "units_reported": None,
        "provisional": False,
        "unstable": False,
        "invented": True,
        "status": status,
        **values,
    }


def joined(*cells: dict[str, Any]) -> pd.DataFrame:
    """The cells of joined areas that follow from these and from two that reach over all windows."""
    reach = cell(SEMEY, "2020-01"), cell(SEMEY, "2025-06")
    frame = pd.DataFrame([*reach, *cells])[list(CELLS.names)]
    result = with_joined(frame, area_frame())
    pd.testing.assert_frame_equal(result.iloc[: len(frame)], frame, check_dtype=False)
    return result.iloc[len(frame) :].set_index("area")


def only(frame: pd.DataFrame, area: str) -> pd.Series:
    row = frame.loc[area]
    assert isinstance(row, pd.Series)
    return row


def test_numbers_and_people_of_the_members_are_added() -> None:
    row = only(joined(cell(SEMEY), cell(ZHANASEMEY, numerator=12.0, denominator=50.0, provisional=True)), PAIR)
    assert (row["status"], row["numerator"], row["denominator"]) == ("value", 42.0, 150.0)
    assert (row["source"], row["units_expected"], row["units_reported"]) == ("sum_of_parts", 2, 2)
    assert row["provisional"]
    assert not row["unstable"]
    assert row["definition"] == "1m"


def test_without_the_people_of_one_member_there_are_none() -> None:
    row = only(joined(cell(SEMEY), cell(ZHANASEMEY, denominator=None)), PAIR)
    assert (row["numerator"], pd.isna(row["denominator"])) == (60.0, True)


@pytest.mark.parametrize(("numerator", "is_unstable"), [(0, False), (1, True), (19, True), (20, False)])
def test_a_rate_of_few_events_is_unstable_as_among_all_cells(numerator: int, is_unstable: bool) -> None:
    row = only(joined(cell(SEMEY, numerator=numerator), cell(ZHANASEMEY, numerator=0)), PAIR)
    assert bool(row["unstable"]) is is_unstable


@pytest.mark.parametrize(
    ("one", "other", "status"),
    [
        ("suppressed", "value", "suppressed"),
        ("suppressed", "not_comparable", "suppressed"),
        ("suppressed", "not_applicable", "suppressed"),
        ("not_comparable", "not_reported", "not_comparable"),
        ("not_reported", "value", "not_reported"),
        ("not_reported", "not_applicable", "not_reported"),
        ("not_applicable", "not_applicable", "not_applicable"),
        ("value", "not_applicable", "value"),
    ],
)
def test_one_member_without_a_number_leaves_the_joined_areas_without_one(one: str, other: str, status: str) -> None:
    for first, second in ((one, other), (other, one)):
        row = only(joined(cell(SEMEY, status=first), cell(ZHANASEMEY, status=second)), PAIR)
        assert row["status"] == status
        assert pd.isna(row["numerator"]) is (status != "value")


def test_a_hidden_figure_tells_nothing_but_that_it_is_hidden() -> None:
    row = only(joined(cell(SEMEY, status="suppressed"), cell(ZHANASEMEY, provisional=True)), PAIR)
    assert row[["numerator", "denominator", "units_expected", "units_reported"]].isna().all()
    assert (row["source"], row["definition"]) == ("", "")
    assert not row["provisional"]
    assert not row["unstable"]


def test_before_a_unit_was_founded_the_figure_is_that_of_the_other_one() -> None:
    """Zhanasemey was cut out of Semey in 2024: until then its people are counted there."""
    row = only(joined(cell(SEMEY, "2022-03"), cell(ZHANASEMEY, "2022-03", status="not_applicable")), PAIR)
    assert (row["numerator"], row["units_expected"], row["units_reported"]) == (30.0, 1, 1)


@pytest.mark.parametrize(
    ("month", "east", "abai", "answer"),
    [
        # East Kazakhstan itself reported for its old borders, which hold Abai: its districts are not added again.
        ("2022-03", "form_1m", "sum_of_parts", ("value", 30.0)),
        # Both are sums of the districts of today.
        ("2022-03", "sum_of_parts", "sum_of_parts", ("value", 35.0)),
        # Of the month of the change: one of the land of the day, one of the land of today, which fit no more.
        ("2022-06", "form_1m", "sum_of_parts", ("not_comparable", None)),
        ("2022-06", "sum_of_parts", "form_1m", ("not_comparable", None)),
        ("2022-06", "form_1m", "form_1m", ("value", 35.0)),
        ("2022-07", "form_1m", "sum_of_parts", ("value", 35.0)),
    ],
)
def test_nothing_is_counted_twice_where_a_young_region_is_a_sum_of_todays_districts(
    month: str, east: str, abai: str, answer: tuple[str, float | None]
) -> None:
    units = {"units_expected": 9, "units_reported": 9}
    row = only(
        joined(cell(EAST, month, source=east, **units), cell(ABAI, month, source=abai, numerator=5.0, **units)), REGIONS
    )
    assert (row["status"], None if pd.isna(row["numerator"]) else row["numerator"]) == answer


def test_a_young_region_whose_districts_are_hidden_hides_nothing_of_what_the_old_one_told() -> None:
    row = only(joined(cell(EAST, "2022-03"), cell(ABAI, "2022-03", status="suppressed")), REGIONS)
    assert (row["status"], row["numerator"]) == ("value", 30.0)


def test_a_sum_that_lacks_parts_itself_is_no_whole_member() -> None:
    short = cell(EAST, source="sum_of_parts", units_expected=12, units_reported=11)
    row = only(joined(short, cell(ABAI)), REGIONS)
    assert (row["units_expected"], row["units_reported"]) == (2, 1)


def test_areas_of_which_one_has_no_cell_or_is_of_the_other_kind_are_left_out() -> None:
    assert PAIR not in joined(cell(SEMEY)).index
    assert PAIR not in joined(cell(SEMEY), cell(ZHANASEMEY, invented=False)).index


def test_only_windows_within_the_periods_of_the_cells_are_asked_for() -> None:
    cells = pd.DataFrame([cell(area, "2025-03") for area in (ABAI, EAST, SEMEY, ZHANASEMEY)])[list(CELLS.names)]
    assert len(with_joined(cells, area_frame())) == len(cells)
    assert len(with_joined(cells.iloc[:0], area_frame())) == 0


def test_people_of_joined_areas_are_an_estimate_where_those_of_one_member_are() -> None:
    key = {"population": "children_0_17", "period_start": date(2025, 1, 1), "period_end": date(2025, 12, 31)}
    rows = [
        {**key, "area": area, "person_years": 1.0, "is_estimated": is_estimated}
        for area, is_estimated in ((SEMEY, False), (ZHANASEMEY, True), (ABAI, False), (EAST, False))
    ]
    found = joined_people(pd.DataFrame(rows)[list(EXPOSURES.names)], area_frame())
    told = found.iloc[len(rows) :].set_index("area")
    assert told["is_estimated"].to_dict() == {PAIR: True, REGIONS: False}
    assert told["person_years"].isna().all()


def built(folder: Path, figures: Cells) -> pd.DataFrame:
    write_record(folder, figures)
    with scratch_database(COUNTING) as connection:
        build_cells(connection)
        columns = ", ".join(f"CAST({column.name} AS {column.type}) AS {column.name}" for column in CELLS.columns)
        cells = connection.execute(f"SELECT {columns} FROM cells").df()
    return with_joined(cells, area_frame())


def test_a_year_in_which_a_unit_was_founded_is_what_both_have_reported(data_folder: Path) -> None:
    """Ten offences a month in Tarbagatai until Aksuat left it on 7 June 2022, then six there and four in Aksuat."""
    figures: Cells = {}
    for month in range(1, 13):
        figures |= figure(EVENTS, TARBAGATAI, f"2022-{month:02d}", 10 if month < 6 else 6)
        if month >= 6:
            figures |= figure(EVENTS, AKSUAT, f"2022-{month:02d}", 4)
    for year in (2021, 2022):
        figures |= figure("children_0_17", TARBAGATAI, str(year), 5000 if year == 2021 else 3000)
    figures |= figure("children_0_17", AKSUAT, "2022", 2000)
    cells = built(data_folder, figures)
    years = cells[(cells["indicator"] == EVENTS) & (cells["grain"] == "year") & (cells["breakdown"] == "all")]
    row = only(years.set_index("area"), CUT)
    # Ten a month in all; of the children both units together have 5,000 on every day of the year.
    assert (row["status"], row["numerator"]) == ("value", 120.0)
    assert row["denominator"] == pytest.approx(5000.0)


def test_two_regions_as_one_are_what_the_sample_country_was_made_of_through_the_reform(data_folder: Path) -> None:
    land, months = country().land, country().plan.months
    rows = [row for row, area in enumerate(land.areas) if area.parent in (ABAI, EAST)]
    window = [at for at, month in enumerate(months) if date(2022, 1, 1) <= month.start < date(2023, 1, 1)]
    figures: Cells = {}
    for row, at in ((row, at) for row in rows for at in window if land.reports[row, at]):
        figures |= figure(REGISTER, land.areas[row].id, months[at].code, int(total(REGISTER)[row, at]))
    cells = built(data_folder, figures).set_index(["area", "period_start"])
    found = cells[(cells["indicator"] == REGISTER) & (cells["grain"] == "month") & (cells["breakdown"] == "all")].loc[
        REGIONS
    ]
    # In the month of the reform the young units owe a return that the sample does not have.
    assert list(found.index[found["status"] != "value"]) == [pd.Timestamp(2022, 6, 1)]
    for at in window:
        if months[at].start != date(2022, 6, 1):
            assert found.loc[pd.Timestamp(months[at].start), "numerator"] == total(REGISTER)[rows, at].sum()


def test_joined_cells_of_the_public_file_follow_from_its_other_cells_alone(sample_build: Path) -> None:
    with duckdb.connect(str(sample_build / "public.duckdb"), read_only=True) as connection:
        stored = connection.execute(f"SELECT * FROM cells ORDER BY {', '.join(KEY)}").df()
        areas = connection.execute("SELECT * FROM areas").df()
    is_joined = stored["area"].str.contains(SEPARATOR)
    assert is_joined.any()
    again = with_joined(stored[~is_joined], areas).sort_values(KEY, ignore_index=True)
    pd.testing.assert_frame_equal(again, stored, check_dtype=False)


def test_hidden_members_leave_hidden_joined_areas_whatever_their_numbers_are(sample_build: Path) -> None:
    with duckdb.connect(str(sample_build / "public.duckdb"), read_only=True) as connection:
        bare = connection.execute("""
            SELECT count(*) FROM cells j JOIN areas a USING (area), cells m
            WHERE a.kind = 'joined' AND list_contains(string_split(a.members, ' '), m.area)
              AND (m.indicator, m.grain, m.period_start, m.period_end, m.breakdown, m.category)
                = (j.indicator, j.grain, j.period_start, j.period_end, j.breakdown, j.category)
              AND m.status = 'suppressed' AND j.status = 'value' AND NOT EXISTS (
                  FROM areas y WHERE y.area = m.area AND y.valid_from > m.period_end)
        """).fetchall()
    assert bare == [(0,)]


def test_as_known_on_a_day_joined_areas_have_a_cell_long_after_their_border_changed(data_folder: Path) -> None:
    cells = {key: its for area in (SEMEY, ZHANASEMEY) for key, its in figure("schools", area, "2025-10", 10).items()}
    write_record(data_folder, cells, source="district_return")
    period = parse_period("2025-10")
    assert period
    found = as_known(CellName("schools", PAIR, period), date(2026, 11, 1))
    assert found
    assert (found["status"], found["numerator"], found["units_reported"]) == ("value", 20, 2)
