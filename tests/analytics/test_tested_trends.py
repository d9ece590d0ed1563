"""A line rises, falls, shows no clear change, or nothing can be said of it: the test decides, and holes leave none."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from math import nan

import pytest

from riskmap.analytics.tested_trends import trend_test
from riskmap.analytics.views import Point, Story, TrendTest
from riskmap.domain.registry import indicator
from riskmap.domain.vocabulary import CellStatus, Grain, Period, months_between
from riskmap.files.trend_sentences import trend_words
from riskmap.methods.refusals import Reason
from riskmap.methods.trends import Direction
from tests.views import REASONS_OF_LINES

FLOW, STOCK, THINGS, SURVEY = "offences_against_minors", "police_register", "schools", "bullying_survey_share"
YEARS = tuple(range(2018, 2023))

# Sight loss in England, number and people: a series of the tests of OHID's Fingertips, published as "increasing".
SIGHT_LOSS = ((1416, 935, 1344, 1415, 1502), (48246126, 48440507, 48753376, 49300918, 49866388))
# By hand: a line of 200 in every year of 100,000 has no slope.
FLAT = ((200,) * 5, (100_000,) * 5)


def point(period: Period, count: float, exposure: float) -> Point:
    value = count / exposure
    numbers = (count, exposure, value, value, value)
    return Point(period, CellStatus.VALUE, *numbers, "", is_provisional=False, is_unstable=False,
                 units_expected=None, units_reported=None, change=None)  # fmt: skip


def whole_year(year: int) -> Period:
    return Period(date(year, 1, 1), date(year, 12, 31), Grain.YEAR)


def of_years(series: Sequence[Sequence[float]]) -> list[Point]:
    return [point(whole_year(year), *numbers) for year, *numbers in zip(YEARS, *series, strict=True)]


def of_months(counts: Sequence[float], *, since: int = 2020) -> list[Point]:
    first = date(since, 1, 1)
    months = months_between(first, date(since + len(counts) // 12 - 1, 12, 31))
    return [point(month, count, 100_000) for month, count in zip(months, counts, strict=True)]


def said(name: str, points: Sequence[Point], *, stories: Sequence[Story] = ()) -> Direction | Reason | None:
    found = trend_test(indicator(name), points[0].period.grain, points, stories)
    return (found.direction or found.reason) if found else None


def test_a_published_series_rises_as_published_and_backwards_it_falls() -> None:
    assert said(FLOW, of_years(SIGHT_LOSS)) is Direction.INCREASING
    assert said(FLOW, of_years([row[::-1] for row in SIGHT_LOSS])) is Direction.DECREASING


def test_a_flat_line_shows_no_clear_change() -> None:
    assert said(FLOW, of_years(FLAT)) is Direction.NO_SIGNIFICANT_CHANGE


def test_only_the_last_five_years_are_looked_at_and_named() -> None:
    older = point(whole_year(2017), 1, 100_000)
    found = trend_test(indicator(FLOW), Grain.YEAR, [older, *of_years(FLAT)], ())
    assert found == TrendTest(whole_year(2018), whole_year(2022), Direction.NO_SIGNIFICANT_CHANGE)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"status": CellStatus.SUPPRESSED, "value": nan, "count": nan}, Reason.HIDDEN_POINT),
        ({"status": CellStatus.NOT_REPORTED, "value": nan, "count": nan}, Reason.GAP),
        ({"value": nan}, Reason.GAP),
        ({"lacks_parts": True}, Reason.INCOMPLETE_PERIOD),
    ],
)
@pytest.mark.parametrize("place", range(5))
def test_one_point_that_is_not_known_leaves_no_test(change: dict[str, object], reason: Reason, place: int) -> None:
    points = of_years(SIGHT_LOSS)
    points[place] = replace(points[place], **change)  # type: ignore[arg-type]
    assert said(FLOW, points) is reason


@pytest.mark.parametrize(
    ("axis", "day", "expected"),
    [
        ("definition", date(2021, 1, 1), Reason.DEFINITION_BREAK),
        ("area", date(2022, 6, 8), Reason.BORDER_BREAK),
        ("area", date(2018, 1, 1), Direction.INCREASING),  # all five came after it
        ("definition", date(2023, 1, 1), Direction.INCREASING),
    ],
)
def test_a_break_among_the_points_leaves_no_test(axis: str, day: date, expected: Direction | Reason) -> None:
    assert said(FLOW, of_years(SIGHT_LOSS), stories=[Story(axis, "", day, "", "")]) is expected


def test_four_years_are_too_short() -> None:
    assert said(FLOW, of_years(SIGHT_LOSS)[1:]) is Reason.TOO_SHORT


def test_few_events_never_rise_by_a_test_of_shares() -> None:
    assert said(SURVEY, of_years(((0, 1, 1, 2, 3), (100,) * 5))) is Reason.TOO_FEW_EVENTS


def test_months_are_compared_with_the_same_month_only() -> None:
    winter = [40, 35, 30, 20, 15, 5, 5, 5, 15, 20, 30, 40]
    assert said(FLOW, of_months(winter * 3)) is Direction.NO_SIGNIFICANT_CHANGE
    assert said(FLOW, of_months([count + 9 * year for year in range(3) for count in winter])) is Direction.INCREASING
    assert said(FLOW, of_months([count - year for year in range(3) for count in winter])) is Direction.DECREASING
    assert said(FLOW, of_months(winter * 2)) is Reason.TOO_SHORT


def test_a_register_that_stays_higher_since_one_month_does_not_rise_month_by_month() -> None:
    # Twelve equal months after twelve others would be twelve proofs; a register that stands is one number a year.
    steps = [200] * 24 + [230] * 36
    assert said(FLOW, of_months(steps)) is Direction.INCREASING
    assert said(STOCK, of_months(steps)) is Direction.NO_SIGNIFICANT_CHANGE


def test_what_has_no_rate_or_overlaps_is_not_tested() -> None:
    assert said(THINGS, of_years(FLAT)) is None
    overlapping = [replace(one, period=replace(one.period, grain=Grain.THREE_YEARS)) for one in of_years(FLAT)]
    assert said(FLOW, overlapping) is None


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("outcome", [*Direction, *REASONS_OF_LINES])
def test_every_outcome_has_a_sentence_of_its_own(outcome: Direction | Reason, language: str) -> None:
    first, last = whole_year(2018), whole_year(2022)
    is_reason = isinstance(outcome, Reason)
    found = TrendTest(first, last, None, outcome) if is_reason else TrendTest(first, last, outcome)  # type: ignore[arg-type]
    sentence = trend_words(found, language)
    assert "2018" in sentence
    assert "2022" in sentence
    assert sentence.endswith(".")


def test_the_words_are_those_of_the_test() -> None:
    window = (whole_year(2018), whole_year(2022))
    told = [trend_words(TrendTest(*window, direction), "en") for direction in Direction]
    assert [("rising" in line, "falling" in line, "no clear change" in line) for line in told] == [
        (direction is Direction.INCREASING, direction is Direction.DECREASING, "no_" in direction)
        for direction in Direction
    ]
    assert "cannot be said" in trend_words(TrendTest(*window, None, Reason.GAP), "en")
