"""What a build would change: every cell counted, each correction told once, the largest first."""

import math
from collections.abc import Iterable
from pathlib import Path

import duckdb
import pytest

from etl.diff import Change, Diff, Difference, diff_builds
from etl.diff_words import diff_document, diff_lines
from etl.publish import publish
from etl.storage import live
from geo.areas import areas, children
from riskmap.domain.areas import AreaKind
from riskmap.domain.vocabulary import COUNTRY, LANGUAGES
from riskmap.words import t
from tests.etl.build_files import Row, cell, copied, empty_cell, write_build
from tests.etl.conftest import Run

REGION = "110000000"
HERE, THERE = [area.id for area in children(REGION) if area.kind is AreaKind.DISTRICT][:2]


def _diff(before: Iterable[Row], after: Iterable[Row], *, top: int = 3) -> Diff:
    return diff_builds(write_build(after), write_build(before), top=top)


def _places(diff: Diff) -> list[tuple[str, str, str]]:
    return [(item.area, item.period.code, item.category) for item in diff.largest]


def _counted(diff: Diff) -> dict[Change, int]:
    return {change: number for change, number in diff.counts.items() if number}


def test_every_cell_that_differs_is_counted_by_how_it_does(data_folder: Path) -> None:
    codes = [f"2025-0{month}" for month in range(1, 9)]
    before = [
        *(cell(code=codes[0]), empty_cell(code=codes[1]), cell(code=codes[2]), cell(code=codes[3])),
        *(cell(code=codes[4]), cell(code=codes[5]), empty_cell(code=codes[6])),
    ]
    after = [
        cell(code=codes[0], numerator=12),
        cell(code=codes[1]),
        empty_cell("not_comparable", code=codes[2]),
        cell(code=codes[4], denominator=2000),
        cell(code=codes[5]),
        empty_cell("suppressed", code=codes[6]),
        cell(code=codes[7]),
        empty_cell(code="2025-09"),
    ]
    assert _diff(before, after).counts == dict.fromkeys(Change, 1)


def test_an_invented_number_never_changes_into_a_real_one(data_folder: Path) -> None:
    diff = _diff([cell(invented=True)], [cell(invented=False)])
    assert _counted(diff) == {Change.NEW: 1, Change.VANISHED: 1}
    assert [(row.invented, row.counts[Change.NEW]) for row in diff.rows] == [(False, 1), (True, 0)]


def test_numbers_are_told_for_each_indicator_and_level_the_widest_first(data_folder: Path) -> None:
    before = [cell(area=area) for area in (HERE, THERE, REGION, COUNTRY)] + [cell("missed_lessons", HERE)]
    after = [cell(area=area, numerator=11) for area in (HERE, THERE, REGION, COUNTRY)]
    diff = _diff(before, after)
    assert [
        (row.indicator, row.level, row.counts[Change.CHANGED], row.counts[Change.VANISHED]) for row in diff.rows
    ] == [
        ("bullying_cases", "country", 1, 0),
        ("bullying_cases", "region", 1, 0),
        ("bullying_cases", "district", 2, 0),
        ("missed_lessons", "district", 0, 1),
    ]


def test_a_correction_that_sums_and_longer_periods_repeat_is_told_once_where_it_was_made(data_folder: Path) -> None:
    places = [(area, code) for area in (HERE, REGION, COUNTRY) for code in ("2025-05", "2025-Q2", "2025")]
    before = [cell(area=area, code=code, numerator=100) for area, code in places]
    after = [cell(area=area, code=code, numerator=107) for area, code in places]
    parts = [{"breakdown": "sex", "category": "f", "area": HERE}, {"breakdown": "sex", "category": "m", "area": HERE}]
    before += [cell(**part, numerator=50) for part in parts]
    after += [cell(**parts[0], numerator=55), cell(**parts[1], numerator=52)]
    diff = _diff(before, after)
    assert _places(diff) == [(HERE, "2025-05", "all")]
    assert diff.areas == {HERE: 1}
    assert _counted(diff) == {Change.CHANGED: 11}


def test_what_a_sum_changes_beyond_its_parts_is_told_of_the_sum_as_well(data_folder: Path) -> None:
    before = [cell(area=HERE, numerator=5), cell(area=REGION, numerator=100)]
    after = [cell(area=HERE, numerator=6), cell(area=REGION, numerator=500)]
    assert _places(_diff(before, after)) == [(REGION, "2025-05", "all"), (HERE, "2025-05", "all")]


def test_numbers_that_only_move_between_categories_are_told(data_folder: Path) -> None:
    total = cell(area=HERE)
    before = [total, *(cell(area=HERE, breakdown="sex", category=sex, numerator=5) for sex in ("f", "m"))]
    after = [
        total,
        cell(area=HERE, breakdown="sex", category="f", numerator=2),
        cell(area=HERE, breakdown="sex", category="m", numerator=8),
    ]
    assert {place[2] for place in _places(_diff(before, after))} == {"f", "m"}


def test_a_return_that_comes_late_is_told_once_though_regions_and_quarters_appear_with_it(data_folder: Path) -> None:
    places = [(HERE, "2025-05"), (HERE, "2025-Q2"), (REGION, "2025-05"), (REGION, "2025-Q2")]
    before = [empty_cell(area=area, code=code) for area, code in places]
    after = [cell(area=area, code=code, numerator=10 ** (n + 1)) for n, (area, code) in enumerate(places)]
    assert _places(_diff(before, after)) == [(HERE, "2025-05", "all")]


def test_the_measure_is_twice_the_difference_of_the_roots(data_folder: Path) -> None:
    steps = {"2025-01": (4, 16), "2025-02": (400, 484), "2025-03": (10_000, 10_100), "2025-04": (0, 1)}
    before = [cell(area=HERE, code=code, numerator=numbers[0]) for code, numbers in steps.items()]
    after = [cell(area=HERE, code=code, numerator=numbers[1]) for code, numbers in steps.items()]
    sizes = {item.period.code: item.size for item in _diff(before, after, top=9).largest}
    assert sizes == pytest.approx(
        {"2025-01": 4.0, "2025-02": 4.0, "2025-04": 2.0, "2025-03": 2 * (math.sqrt(10_100) - 100)}
    )
    assert list(sizes)[-1] == "2025-03"  # the largest step is the smallest change


def test_published_numbers_come_before_those_told_for_the_first_time(data_folder: Path) -> None:
    before = [cell(area=HERE, code="2025-01"), empty_cell(area=HERE, code="2025-02"), cell(area=HERE, code="2025-03")]
    after = [cell(area=HERE, code="2025-01", numerator=11), cell(area=HERE, code="2025-02", numerator=900)]
    diff = _diff(before, after)
    assert [item.change for item in diff.largest] == [Change.VANISHED, Change.CHANGED, Change.REPORTED]


@pytest.mark.parametrize("top", [0, 1, 2])
def test_as_many_are_told_of_each_indicator_as_were_asked_for(data_folder: Path, top: int) -> None:
    names = ("bullying_cases", "missed_lessons")
    codes = ("2025-01", "2025-02", "2025-03")
    before = [cell(name, HERE, code) for name in names for code in codes]
    after = [cell(name, HERE, code, numerator=20) for name in names for code in codes]
    diff = _diff(before, after, top=top)
    assert [item.indicator for item in diff.largest] == [name for name in names for _ in range(top)]
    assert len(diff.areas) == min(top, 1)


def test_areas_with_most_changes_come_first(data_folder: Path) -> None:
    places = [(HERE, "2025-01"), *((THERE, code) for code in ("2025-01", "2025-02", "2025-03"))]
    before = [cell(area=area, code=code) for area, code in places]
    after = [cell(area=area, code=code, numerator=11) for area, code in places]
    assert list(_diff(before, after).areas.items()) == [(THERE, 3), (HERE, 1)]


def test_sums_over_joined_areas_are_left_out(data_folder: Path) -> None:
    before, after = write_build([]), write_build([cell(area="joined-1"), cell(area=HERE)])
    with duckdb.connect(str(after / "full.duckdb")) as connection:
        columns = "'joined-1' AS area, 'joined' AS kind"
        connection.execute(f"INSERT INTO areas SELECT * REPLACE ({columns}) FROM areas WHERE area = '{HERE}'")
    assert _counted(diff_builds(after, before)) == {Change.NEW: 1}


def test_without_a_build_to_compare_with_everything_is_new(data_folder: Path) -> None:
    diff = diff_builds(write_build([cell(), empty_cell(code="2025-06")]), None)
    assert (_counted(diff), diff.against, diff.largest) == ({Change.NEW: 1}, "", [])


# --- in words


def _line(change: Change, before: float | None, after: float | None, language: str) -> str:
    start = [cell(area=HERE, numerator=before)] if before is not None else [empty_cell(area=HERE)]
    end = {
        Change.CHANGED: [cell(area=HERE, numerator=after)],
        Change.REPORTED: [cell(area=HERE, numerator=after)],
        Change.WITHDRAWN: [empty_cell(area=HERE)],
        Change.VANISHED: [],
    }[change]
    return next(line for line in diff_lines(_diff(start, end), language) if areas()[HERE].name(language) in line)


@pytest.mark.parametrize(
    ("change", "before", "after", "told"),
    [
        (Change.CHANGED, 1200, 1250, "1,200 → 1,250 (+50)"),
        (Change.CHANGED, 12.5, 10, "12.5 → 10 (−2.5)"),
        (Change.REPORTED, None, 0, "no figure → 0"),
        (Change.WITHDRAWN, 7, None, "7 → no figure"),
        (Change.VANISHED, 7, None, "7 → not in this version"),
    ],
)
def test_each_change_is_told_with_area_period_and_both_numbers(
    data_folder: Path, change: Change, before: float | None, after: float | None, told: str
) -> None:
    name = areas()[HERE].name("en")
    assert _line(change, before, after, "en") == f"  {name}, May 2025: {told}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_stand_below_each_other_in_every_language(data_folder: Path, language: str) -> None:
    before = [cell(area=HERE), cell(area=REGION), *(cell(area=THERE, code=f"2025-0{n}") for n in range(1, 10))]
    after = [cell(area=HERE, numerator=11), cell("missed_lessons", REGION, numerator=1)]
    lines = diff_lines(_diff(before, after), language)
    table = lines[2 : lines.index("", 2)]
    numbers = [line for line in table if line[-1].isdigit()]
    assert len(numbers) == 4
    assert len({len(line) for line in (table[0], *numbers)}) == 1
    assert not any("{" in line for line in lines)


def test_an_indicator_that_the_catalogue_no_longer_knows_is_told_by_its_id(data_folder: Path) -> None:
    before = [cell("given_up", HERE), cell("given_up", HERE, breakdown="kind", category="other")]
    lines = diff_lines(_diff(before, []), "en")
    assert t("diff.invented", "en", indicator="given_up") in lines
    assert _diff(before, []).counts[Change.VANISHED] == 2


def test_a_build_that_changes_nothing_says_so(data_folder: Path) -> None:
    diff = _diff([cell()], [cell()])
    assert diff_lines(diff, "en")[1:] == [t("diff.same", "en")]


def test_the_document_says_the_same(data_folder: Path) -> None:
    diff = _diff([cell(area=HERE)], [cell(area=HERE, numerator=40)])
    document = diff_document(diff)
    assert document["counts"] == {**dict.fromkeys(Change, 0), Change.CHANGED: 1}
    assert document["largest"] == [
        {
            "indicator": "bullying_cases",
            "invented": True,
            "area": HERE,
            "period": "2025-05",
            "breakdown": "all",
            "category": "all",
            "change": "changed",
            "before": 10.0,
            "after": 40.0,
            "size": 6.325,
        }
    ]
    assert isinstance(diff.largest[0], Difference)


# --- the command


def test_what_waits_is_compared_with_what_is_live(live_folder: Path, run: Run) -> None:
    current = live()
    assert current
    build = copied(current)
    with duckdb.connect(str(build / "full.duckdb")) as connection:
        connection.execute("UPDATE cells SET numerator = numerator + 1 WHERE status = 'value' AND area = '000000000'")
    outcome = run("diff")
    assert outcome.status == 0
    assert t("diff.title", "en", build=build.name, against=current.name) in outcome.out
    document = run("diff", build.name, "--against", current.name, "--json", "--top", 1).document
    changed = document["counts"].pop("changed")
    assert changed > 0
    assert not any(document["counts"].values())
    assert {row["level"] for row in document["rows"]} == {"country"}
    publish(build)
    again = run("diff", build.name, "--json").document  # the live one with what was live before it
    assert (again["against"], again["counts"]["changed"]) == (current.name, changed)


def test_where_nothing_waits_it_is_said(live_folder: Path, run: Run) -> None:
    outcome = run("diff")
    assert (outcome.status, outcome.out) == (3, "")
    assert t("error.nothing_staged", "en") in outcome.err
    for arguments in (["nothing"], ["--against", "nothing"]):
        assert run("diff", *arguments, "--json").document["error"]["key"] == "error.nothing_staged"


def test_a_number_below_zero_of_changes_is_refused(live_folder: Path, run: Run) -> None:
    outcome = run("diff", "--top", "-1")
    assert (outcome.status, "--top" in outcome.err) == (2, True)


def test_before_the_first_publication_everything_that_waits_is_new(data_folder: Path, run: Run) -> None:
    build = write_build([cell()])
    outcome = run("diff", build.name)
    assert outcome.status == 0
    assert t("diff.first", "en", build=build.name) in outcome.out
