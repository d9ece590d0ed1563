"""Comparable areas: what is joined is known from the decrees, and holds for every window of time."""

from datetime import date
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.areas import areas
from geo.borders import BorderKind, border_changes
from geo.comparable import LEVELS, Joined, comparable, joined_areas, joins
from riskmap.domain.areas import AreaKind
from riskmap.domain.vocabulary import COUNTRY, LANGUAGES

FIRST, LAST = date(2015, 1, 1), date(2030, 12, 31)
EAST_AND_ABAI = ("100000000", "630000000")
days = st.dates(FIRST, LAST)
windows = st.tuples(days, days).map(sorted).map(tuple)


def members(since: date, until: date, level: AreaKind) -> set[tuple[str, ...]]:
    return {joined.members for joined in joins(since, until) if joined.level is level}


def test_regions_are_joined_by_the_reform_of_2022_and_by_it_alone() -> None:
    pairs = {EAST_AND_ABAI, ("190000000", "330000000"), ("350000000", "620000000")}
    assert members(date(2022, 6, 7), date(2022, 6, 8), AreaKind.REGION) == pairs
    assert members(date(2019, 1, 1), LAST, AreaKind.REGION) == pairs
    assert members(date(2022, 6, 8), LAST, AreaKind.REGION) == set()


def test_old_south_kazakhstan_and_land_for_the_capital_join_regions() -> None:
    assert ("610000000", "790000000") in members(date(2018, 1, 1), LAST, AreaKind.REGION)
    assert ("110000000", "710000000") in members(date(2017, 1, 1), LAST, AreaKind.REGION)
    assert ("110000000", "710000000") not in members(date(2017, 2, 7), LAST, AreaKind.REGION)


def test_districts_of_konaev_and_alatau_hang_together_through_every_step() -> None:
    konaev, alatau, talgar, ile = "191000000", "191800000", "196200000", "196800000"
    assert (konaev, alatau, talgar, ile) in members(date(2023, 1, 1), LAST, AreaKind.DISTRICT)
    assert (konaev, ile) in members(date(2023, 1, 1), date(2023, 12, 31), AreaKind.DISTRICT)
    assert (alatau, ile) in members(date(2024, 1, 1), date(2024, 6, 30), AreaKind.DISTRICT)
    assert comparable("196800000", date(2024, 10, 12), LAST) is None


def test_a_district_that_only_changed_its_region_or_its_name_is_comparable_by_itself() -> None:
    for district in ("103200000", "331000000", "634800000", "711310000"):
        assert comparable(district, date(2018, 6, 19), LAST) is None
    for area in (COUNTRY, "630000000-R", "150000000"):
        assert comparable(area, FIRST, LAST) is None


def test_districts_of_two_regions_have_the_country_above_them() -> None:
    joined = comparable("103400000", date(2022, 1, 1), LAST)
    assert joined
    assert (joined.members, joined.parent) == (("103400000", "635800000"), COUNTRY)
    assert joined.id == "103400000~635800000"
    semey = comparable("101000000", date(2023, 6, 1), LAST)
    assert semey
    assert semey.parent == "100000000"


@pytest.mark.parametrize("since", [date(2022, 1, 1), date(2022, 9, 1)])
def test_a_change_of_which_only_the_year_is_known_counts_for_the_whole_year(since: date) -> None:
    joined = comparable("791910000", since, LAST)
    assert joined
    assert joined.members == ("791110000", "791310000", "791510000", "791710000", "791910000")
    assert comparable("791910000", date(2022, 12, 31), LAST) is None


def test_land_given_to_a_city_joins_all_districts_that_the_city_then_had() -> None:
    joined = comparable("116600000", date(2017, 1, 1), date(2017, 12, 31))
    assert joined
    assert joined.members == ("116600000", "711110000", "711210000", "711310000")


def test_a_name_hides_no_member_and_tells_a_region_from_a_city() -> None:
    joined = comparable("190000000", date(2022, 1, 1), LAST)
    assert joined
    assert [joined.name(lang) for lang in LANGUAGES] == [
        "Алматы облысы + Жетісу облысы",
        "Алматинская область + область Жетісу",
        "Almaty Region + Zhetisu Region",
    ]
    for found in joined_areas(FIRST, LAST):
        for lang in LANGUAGES:
            parts = found.name(lang).split(" + ")
            assert len(parts) == len(set(parts)) == len(found.members)
            names = {areas()[member].name(lang, short=True) for member in found.members}
            names |= {areas()[member].name(lang) for member in found.members}
            assert set(parts) <= names


def test_kinds_say_what_happened() -> None:
    kinds = {(c.area, c.other): c.kind for c in border_changes()}
    assert kinds["100000000", "630000000"] is BorderKind.FOUNDED
    assert kinds["790000000", "610000000"] is BorderKind.DIVIDED
    assert kinds["311000000", "313600000"] is BorderKind.LAND
    assert kinds["711410000", "711310000"] is BorderKind.REDRAWN
    assert all(areas()[c.area].kind is areas()[c.other].kind is c.level for c in border_changes())


@given(windows)
def test_no_border_between_two_comparable_areas_changed_in_the_window(window: tuple[date, date]) -> None:
    for change in border_changes():
        if change.is_between(*window):
            own = comparable(change.area, *window)
            assert own
            assert own == comparable(change.other, *window)


@given(windows)
def test_members_are_of_one_level_and_stand_in_one_joined_area_only(window: tuple[date, date]) -> None:
    for joined in joins(*window):
        assert len(joined.members) > 1
        assert {areas()[member].kind for member in joined.members} == {joined.level}
        assert joined.level in LEVELS
    for one, other in combinations(joins(*window), 2):
        assert not set(one.members) & set(other.members)


@given(windows, windows)
def test_a_longer_window_only_joins_what_a_shorter_one_has_joined(
    one: tuple[date, date], other: tuple[date, date]
) -> None:
    longer = min(one[0], other[0]), max(one[1], other[1])
    for joined in joins(*one):
        whole = comparable(joined.members[0], *longer)
        assert whole
        assert set(joined.members) <= set(whole.members)


@given(windows)
def test_every_joined_area_of_a_window_is_among_those_that_are_published(window: tuple[date, date]) -> None:
    published = {joined.id: joined for joined in joined_areas(FIRST, LAST)}
    for joined in joins(*window):
        assert published[joined.id].members == joined.members
        assert published[joined.id].names == joined.names


@given(windows)
def test_the_time_in_which_joined_areas_are_comparable_holds_the_window(window: tuple[date, date]) -> None:
    for joined in joins(*window):
        assert (joined.since or FIRST) <= window[0] or joined.since == window[0]
        assert joined.until is None or joined.until >= window[1]
        longest = joined.since or FIRST, joined.until or LAST
        assert of(joined, *longest) == joined.members


def of(joined: Joined, since: date, until: date) -> tuple[str, ...]:
    found = comparable(joined.members[0], since, until)
    return found.members if found else ()


def test_each_joined_area_stands_once() -> None:
    found = [joined.id for joined in joined_areas(FIRST, LAST)]
    assert found == sorted(set(found))
    assert {"100000000~630000000", "190000000~330000000", "350000000~620000000"} <= set(found)
