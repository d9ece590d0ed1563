"""Catalogue and areas as tables to join: complete, unique where a join needs it, and dated."""

from datetime import date, timedelta

import pandas as pd
import pytest

from etl import reference
from geo.areas import areas, foundings, regions
from riskmap.domain.registry import catalogue
from riskmap.domain.tables import AREAS, BREAKS, RELATIONS


def _unique(frame: pd.DataFrame, *columns: str) -> bool:
    return not frame.duplicated(list(columns)).any()


def test_every_indicator_has_one_row() -> None:
    frame = reference.indicator_frame()
    assert list(frame["indicator"]) == list(catalogue().indicators)
    populations = set(frame.loc[frame["is_population"], "indicator"])
    assert populations >= {item.population for item in catalogue().indicators.values() if item.population}


def test_every_published_table_is_there_with_each_of_its_categories() -> None:
    frame = reference.table_frame()
    assert _unique(frame, "indicator", "level", "grain", "breakdown", "category")
    published = frame[frame["is_published"]]
    for item in catalogue().indicators.values():
        for table in item.publish:
            of_table = published.query(
                "indicator == @item.id and level == @table.area and grain == @table.grain"
                " and breakdown == @table.breakdown"
            )
            expected = ("all",) if table.breakdown == "all" else item.breakdowns[table.breakdown]
            assert sorted(of_table["category"]) == sorted(expected), (item.id, table)


def test_regions_are_there_wherever_the_country_is_and_only_published_where_declared() -> None:
    frame = reference.table_frame()
    keys = frame.set_index(["indicator", "grain", "breakdown", "category", "level"])["is_published"]
    for *table, level in keys.index:
        if level == "country":
            assert (*table, "region") in keys.index
    hidden = frame[~frame["is_published"]]
    assert set(hidden["level"]) <= {"region"}
    for row in hidden.itertuples():
        declared = {
            (table.area, str(table.grain), table.breakdown) for table in catalogue().indicators[row.indicator].publish
        }
        assert ("region", row.grain, row.breakdown) not in declared


def test_the_first_source_of_an_indicator_is_preferred() -> None:
    frame = reference.preference_frame()
    assert _unique(frame, "indicator", "source")
    assert _unique(frame, "indicator", "preference")
    first = frame[frame["preference"] == 0].set_index("indicator")["source"]
    assert first["offences_against_minors"] == "form_1m"
    assert set(first.index) == set(catalogue().indicators)


def test_areas_have_the_columns_of_their_table_and_one_row_each() -> None:
    frame = reference.area_frame()
    assert tuple(frame.columns) == AREAS.names
    assert _unique(frame, "area")
    kinds = frame["kind"].value_counts()
    assert (kinds["country"], kinds["region"]) == (1, 20)
    assert set(frame["parent"]) - {""} <= set(frame["area"])


def test_no_day_of_a_unit_belongs_to_two_areas() -> None:
    frame = reference.territory_frame()
    for contributor, rows in frame.groupby("contributor"):
        spans = sorted(zip(rows["since"], rows["until"], strict=True))
        assert spans[-1][1] == date(2999, 12, 31), contributor
        for (_, until), (since, _) in zip(spans, spans[1:], strict=False):
            assert since == until + timedelta(days=1), contributor


@pytest.mark.parametrize(
    ("region", "parent"), [("100000000", "630000000"), ("330000000", "190000000"), ("620000000", "350000000")]
)
def test_people_of_a_region_founded_in_2022_stood_under_the_one_it_was_cut_from(region: str, parent: str) -> None:
    frame = reference.territory_frame()
    rows = frame[frame["contributor"] == region]
    assert sorted(zip(rows["area"], rows["since"], rows["until"], strict=True)) == sorted(
        [(region, date(2022, 6, 8), date(2999, 12, 31)), (parent, date(2022, 1, 1), date(2022, 6, 7))]
    )


def test_remainders_have_no_people_of_their_own() -> None:
    frame = reference.territory_frame()
    assert not frame["area"].str.endswith("-R").any()
    assert not frame["contributor"].str.endswith("-R").any()


def test_the_country_is_the_sum_of_its_regions() -> None:
    frame = reference.relation_frame()
    assert tuple(frame.columns) == RELATIONS.names
    assert _unique(frame, *RELATIONS.key)
    parts = frame[(frame["axis"] == "area") & (frame["total"] == "000000000")]["part"]
    assert sorted(parts) == sorted(region.id for region in regions())
    assert len(frame[frame["axis"] == "area"]) == sum(bool(area.parent) for area in areas().values())


def test_every_breakdown_is_a_sum() -> None:
    frame = reference.relation_frame()
    crimes = frame[(frame["axis"] == "category") & (frame["indicator"] == "offences_against_minors")]
    assert sorted(crimes["part"]) == ["type:crime", "type:misdemeanour"]


def test_breaks_name_both_sides_of_a_founding_and_every_change_of_definition() -> None:
    frame = reference.break_frame()
    assert tuple(frame.columns) == BREAKS.names
    assert _unique(frame, *BREAKS.key)
    told = set(zip(frame["axis"], frame["subject"], frame["day"], strict=True))
    for child, parent, day in foundings():
        assert {("area", child, day), ("area", parent, day)} <= told
    changes = {("definition", i.id, v.since) for i in catalogue().indicators.values() for v in i.definitions[1:]}
    assert changes
    assert changes <= told
    versions = reference.definition_frame()
    assert set(versions.loc[versions["is_change"], "indicator"]) == {indicator for _, indicator, _ in changes}
    assert set(versions["indicator"]) == set(catalogue().indicators)
