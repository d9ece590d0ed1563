"""Lines within the borders of their time, and of areas joined where these changed.

In the sample country Saraishyk was cut out of the district Almaty of Astana in 2024, in the middle of the axis. Before
it had figures of its own they are those of the district Almaty.
"""

import math
from datetime import date
from pathlib import Path

from riskmap.analytics.service import trends
from riskmap.analytics.views import Line, Story, TrendPanel, TrendRequest
from riskmap.domain.vocabulary import CellStatus, Grain, Scope

ALMATY, SARAISHYK, ESIL, ASTANA = "711110000", "711610000", "711210000", "710000000"
JOINED = f"{ALMATY}~{SARAISHYK}"
DIVIDED = date(2024, 6, 1)


def panel(build: Path, *areas: str, is_comparable: bool, name: str = "children_0_17") -> TrendPanel:
    request = TrendRequest((name,), areas, Grain.YEAR, is_comparable=is_comparable)
    (found,) = trends(build, scope=Scope.public(), request=request).panels
    return found


def counts(line: Line) -> dict[str, float]:
    return {point.period.code: point.count for point in line.points if point.status is CellStatus.VALUE}


def test_as_reported_a_border_is_a_break_told_from_both_sides(sample_build: Path) -> None:
    found = panel(sample_build, ALMATY, SARAISHYK, is_comparable=False)
    assert found.stories == found.borders
    assert set(found.stories) == {
        Story("area", ALMATY, DIVIDED, "break.reduced", SARAISHYK),
        Story("area", SARAISHYK, DIVIDED, "break.founded", ALMATY),
    }


def test_as_reported_no_change_is_told_across_a_border(sample_build: Path) -> None:
    almaty, esil = panel(sample_build, ALMATY, ESIL, is_comparable=False).lines
    assert len(counts(almaty)) == len(counts(esil)) == 3
    assert [point.change is None for point in almaty.points] == [True, True, True]
    assert [point.change is None for point in esil.points] == [True, False, False]


def test_two_areas_of_one_joined_area_become_one_line_without_a_break(sample_build: Path) -> None:
    found = panel(sample_build, SARAISHYK, ESIL, ALMATY, is_comparable=True)
    assert [line.area for line in found.lines] == [JOINED, ESIL]
    assert [line.members for line in found.lines] == [(ALMATY, SARAISHYK), ()]
    assert found.stories == ()
    assert {story.subject for story in found.borders} == {ALMATY, SARAISHYK}
    assert found.left_out == ()


def test_a_joined_line_is_the_sum_of_its_members_and_its_changes_are_told(sample_build: Path) -> None:
    almaty, saraishyk = panel(sample_build, ALMATY, SARAISHYK, is_comparable=False).lines
    (joined,) = panel(sample_build, ALMATY, is_comparable=True).lines
    one, other = counts(almaty), counts(saraishyk)
    assert counts(joined) == {code: one[code] + other.get(code, 0) for code in one}
    first, *later = joined.points
    assert first.change is None
    for before, point in zip(joined.points, later, strict=False):
        assert point.change
        assert point.change.before == before.count


def test_areas_whose_borders_stayed_are_the_same_on_comparable_areas(sample_build: Path) -> None:
    reported, joined = (panel(sample_build, ESIL, is_comparable=is_comparable) for is_comparable in (False, True))
    assert str(reported.lines) == str(joined.lines)  # a missing value equals nothing, not even itself
    assert reported.borders == joined.borders == ()


def test_a_break_of_the_definition_stays_on_comparable_areas(sample_build: Path) -> None:
    found = panel(sample_build, ALMATY, ESIL, is_comparable=True, name="offences_against_minors")
    assert [line.area for line in found.lines] == [JOINED, ESIL]
    assert {story.axis for story in found.stories} == {"definition"}
    assert math.isnan(found.lines[0].points[0].count)


def test_an_area_is_joined_by_the_changes_of_the_whole_axis_and_no_others(sample_build: Path) -> None:
    found = panel(sample_build, ASTANA, is_comparable=True)
    # Land came to the city in 2017, long before the axis.
    assert [line.area for line in found.lines] == [ASTANA]


def test_regions_divided_within_the_axis_are_joined(sample_build: Path) -> None:
    found = panel(sample_build, "630000000", is_comparable=True, name="residents")
    (line,) = found.lines
    assert line.members == ("100000000", "630000000")
    # Residents at the end of 2022 by the bureau of statistics: both regions as published.
    parts = panel(sample_build, "100000000", "630000000", is_comparable=False, name="residents").lines
    assert counts(line)["2022"] == sum(counts(part)["2022"] for part in parts)
