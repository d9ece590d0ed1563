"""Catalogue and areas as tables to join: complete, unique where a join needs it, and dated."""

from datetime import date, timedelta

import pandas as pd
import pytest

from etl import reference
from geo.areas import areas, foundings, regions
from geo.borders import border_changes
from geo.comparable import SEPARATOR, joined_areas
from riskmap.domain.registry import catalogue
from riskmap.domain.tables import AREAS, BREAKS, RELATIONS
from riskmap.domain.vocabulary import LANGUAGES, months_between
from riskmap.words import t


def _unique(frame: pd.DataFrame, *columns: str) -> bool:
    return not frame.duplicated(list(columns)).any()


def test_every_indicator_has_one_row() -> None:
    frame = reference.indicator_frame()
    assert list(frame["indicator"]) == list(catalogue().indicators)
    populations = set(frame.loc[frame["is_population"], "indicator"])
    assert populations >= {item.population for item in catalogue().indicators.values() if item.population}


def test_every_published_table_is_there_and_only_published_where_declared() -> None:
    frame = reference.table_frame()
    assert _unique(frame, "indicator", "level", "grain", "breakdown")
    published = frame.loc[frame["is_published"], ["indicator", "level", "grain", "breakdown"]]
    declared = {(i.id, t.area, str(t.grain), t.breakdown) for i in catalogue().indicators.values() for t in i.publish}
    assert set(published.itertuples(index=False, name=None)) == declared


def test_the_levels_below_are_there_wherever_a_level_is() -> None:
    keys = set(reference.table_frame()[["indicator", "grain", "breakdown", "level"]].itertuples(index=False, name=None))
    for *table, level in keys:
        if level == "country":
            assert (*table, "region") in keys
        if level == "region":
            assert (*table, "district") in keys


def test_the_people_of_a_rate_are_worked_out_wherever_the_rate_is() -> None:
    keys = set(reference.table_frame()[["indicator", "level", "grain"]].itertuples(index=False, name=None))
    assert ("lessons_due", "district", "school_year") in keys
    assert ("pupils", "district", "month") in keys
    assert ("children_0_17", "district", "year") in keys


def test_every_category_of_every_breakdown_is_there_and_the_total() -> None:
    frame = reference.category_frame()
    assert _unique(frame, "indicator", "breakdown", "category")
    for item in catalogue().indicators.values():
        own = frame[frame["indicator"] == item.id]
        assert set(own["breakdown"]) == {"all", *item.breakdowns}
        for breakdown, categories in item.breakdowns.items():
            assert tuple(own.loc[own["breakdown"] == breakdown, "category"]) == categories


def test_months_make_up_the_longer_periods_that_are_over() -> None:
    months = months_between(date(2024, 9, 1), date(2025, 8, 31))
    frame = reference.span_frame(months)
    counts = frame.groupby(["grain", "period_start", "period_end"]).size()
    assert counts["school_year", date(2024, 9, 1), date(2025, 8, 31)] == 12
    assert counts["ytd", date(2025, 1, 1), date(2025, 5, 31)] == 5
    assert counts["quarter", date(2024, 10, 1), date(2024, 12, 31)] == 3
    assert ("year", date(2025, 1, 1), date(2025, 12, 31)) not in counts.index
    assert "month" not in set(frame["grain"])


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


def test_joined_areas_stand_behind_the_units_and_in_no_sum() -> None:
    units, frame = reference.unit_frame(), reference.area_frame()
    assert list(units["area"]) == list(areas())
    joined = frame.iloc[len(units) :]
    assert list(joined["area"]) == [found.id for found in joined_areas(date(1900, 1, 1), date(2999, 12, 31))]
    assert set(joined["kind"]) == {"joined"}
    assert (joined["area"] == joined["members"].str.replace(" ", SEPARATOR)).all()
    assert (units["members"] == "").all()
    assert joined[["valid_from", "valid_to"]].isna().all(axis=None)
    relations = reference.relation_frame()
    assert not relations[["total", "part"]].map(lambda name: SEPARATOR in name).any(axis=None)


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


def stories(subject: str) -> set[tuple[date, str, str]]:
    frame = reference.break_frame()
    rows = frame[(frame["axis"] == "area") & (frame["subject"] == subject)]
    return set(zip(rows["day"], rows["other"], rows["story"], strict=True))


def test_a_change_of_a_border_is_told_on_both_sides_with_what_happened() -> None:
    reform = date(2022, 6, 8)
    assert stories("100000000") == {(reform, "630000000", "break.founded")}
    assert stories("630000000") == {(reform, "100000000", "break.reduced")}
    assert stories("790000000") == {(date(2018, 6, 19), "610000000", "break.divided")}
    assert stories("313600000") == {(date(2024, 7, 1), "311000000", "break.land")}
    assert (date(2024, 1, 9), "196800000", "break.founded") in stories("191800000")
    # On one day two things happened between the same two units: it is told once.
    assert len([story for story in stories("791110000") if story[0] == date(2022, 1, 1)]) == 4


def test_a_new_name_or_code_breaks_no_series() -> None:
    for area in ("103200000", "331000000", "634800000", "555200000", "611000000", "710000000-R"):
        assert stories(area) == set()


def test_joined_areas_break_where_one_side_of_a_border_is_a_member_and_the_other_is_not() -> None:
    assert stories("100000000~630000000") == set()
    assert stories("191000000~196800000") == {
        (date(2024, 1, 9), "191800000", "break.border"),
        (date(2024, 10, 12), "191800000", "break.border"),
    }
    changed = {(c.day, frozenset((c.area, c.other))) for c in border_changes()}
    for joined in joined_areas(date(1900, 1, 1), date(2999, 12, 31)):
        for day, other, story in stories(joined.id):
            assert other not in joined.members
            assert story == "break.border"
            assert any((day, frozenset((member, other))) in changed for member in joined.members)


def test_every_story_and_its_mark_have_words() -> None:
    for story in set(reference.break_frame()["story"]):
        for language in LANGUAGES:
            assert t(story, language)
    for story in {"land", "absorbed", "ended", "divided", "redrawn", "border", "founded", "reduced"}:
        for language in LANGUAGES:
            assert "8" in t(f"mark.{story}", language, day="8")
            assert t(f"break.{story}", language)
