"""Every change of a list that is not ours: old code and old name lead to the right area before and after its day.

Where our table differs from the list, the reason stands in geo/reference/SOURCES.md and the case is named here.
"""

import csv
import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from geo.areas import areas, foundings, resolve, successor
from geo.borders import border_changes
from riskmap.domain.areas import Area, AreaKind
from riskmap.domain.errors import Problem
from tests.conftest import REAL_FILES

ABAI, TURKISTAN, SHYMKENT, KONAEV = "100000000", "610000000", "790000000", "191000000"
TARBAGATAI, AKSUAT = "635800000", "103400000"
# Old codes of units that got another code since, as the list has them.
TODAY: Final = {"512600000": "611000000", "635000000": "104400000", "514400000": "614400000", "515400000": "615400000"}
PATH = REAL_FILES / "reference/changes.csv"


class Case(NamedTuple):
    """A row of the list, with the last day on which it cannot and the first on which it must have happened."""

    before: date
    after: date
    kind: str
    old: str
    new: str
    old_name: str
    new_name: str


def read() -> list[Case]:
    with PATH.open(encoding="utf-8", newline="") as file:
        return [case_of(row) for row in csv.DictReader(file)]


def case_of(row: dict[str, str]) -> Case:
    if row["date"] == "unverified":
        # The list only hints at a time: what it says is looked at outside the years of the hint.
        years = [int(year) for year in re.findall(r"\d{4}", row["date_hint"])]
        before, after = date(min(years) - 1, 12, 31), date(max(years) + 1, 1, 1)
    else:
        after = date.fromisoformat(row["date"])
        before = after - timedelta(days=1)
    names = row["old_name_ru"], row["new_name_ru"]
    return Case(before, after, kind_of(row), row["old_kato"], row["new_kato"], *names)


def kind_of(row: dict[str, str]) -> str:
    """The list says move of a new code, of land and of a unit that came from nowhere: told apart here."""
    old, new = row["old_kato"], row["new_kato"]
    if old == "510000000":
        return "end"
    if not old:
        return "appearance"
    if (old, new) == (TARBAGATAI, AKSUAT) and row["kind"] == "move":
        return "passing"
    if row["kind"] in ("split", "create"):
        return "founding"
    if row["kind"] == "rename":
        return "name"
    return "code" if row["old_name_ru"] == row["new_name_ru"] else "land"


CASES = read() if PATH.exists() else []


def found(text: str, on: date, *, near: str) -> str | tuple[str, tuple[str, ...]]:
    """The area behind a name or code of a unit, a district in the region whose digits its code begins with."""
    region = f"{near[:2]}0000000"
    is_district = near[2:] != "0000000" and region in areas()
    answer = resolve(text, on=on, region=region) if is_district else resolve(text, on=on, level=level_of(near))
    return answer.id if isinstance(answer, Area) else (answer.code, answer.candidates)


def level_of(code: str) -> AreaKind:
    return AreaKind.REGION if code[2:] == "0000000" else AreaKind.DISTRICT


def plain(name: str) -> str:
    return re.sub(r" \(.*\)| и др\. районы.*", "", name)


def todays(code: str) -> str:
    known = {case.old: case.new for case in CASES if case.kind == "code"} | TODAY
    return known.get(code, code)


@pytest.mark.parametrize("case", CASES)
def test_a_change_leads_to_the_right_area_before_and_after(case: Case) -> None:
    CHECKS[case.kind](case)


def check_code(case: Case) -> None:
    assert found(case.old, case.before, near=case.old) == case.new
    assert found(case.old_name, case.before, near=case.old) == case.new
    assert found(case.new, case.after, near=case.new) == case.new
    assert found(case.new_name, case.after, near=case.new) == case.new
    # Only one old code was given to another place; every other is refused from the day on, with the code of today.
    assert resolve(case.old, on=case.after) == (
        areas()[KONAEV]
        if case.old == KONAEV
        else Problem("A004", found=case.old, expected=f"../{case.before}", candidates=(case.new,))
    )


def check_name(case: Case) -> None:
    for on in (case.before, case.after):
        for name in (case.old_name, case.new_name):
            assert found(name, on, near=case.old) == case.new
        assert found(case.old, on, near=case.old) == case.new


def check_founding(case: Case) -> None:
    old, name = todays(case.old), plain(case.old_name)
    for on in (case.before, case.after):
        assert found(name, on, near=case.old if on == case.before else old) == old
    assert found(case.old, case.before, near=case.old) == old
    assert found(case.new_name, case.after, near=case.new) == case.new
    assert found(case.new, case.after, near=case.new) == case.new
    for text in (case.new, case.new_name):
        problem = resolve(text, on=case.before, region=region_of(case.new))
        assert isinstance(problem, Problem)
        assert problem.code == "A004"
        assert old in problem.candidates


def region_of(code: str) -> str | None:
    return f"{code[:2]}0000000" if level_of(code) is AreaKind.DISTRICT else None


def check_land(case: Case) -> None:
    for on in (case.before, case.after):
        assert found(case.old, on, near=case.old) == case.old
        assert found(case.old_name, on, near=case.old) == case.old
    assert found(case.new, case.after, near=case.new) == case.new
    assert found(case.new_name, case.after, near=case.new) == case.new


def check_appearance(case: Case) -> None:
    assert found(case.new, case.after, near=case.new) == case.new
    assert found(case.new_name, case.after, near=case.new) == case.new
    before = resolve(case.new, on=case.before)
    assert isinstance(before, Problem)
    assert (before.code, before.expected) == ("A004", f"{case.after}/..")


def check_passing(case: Case) -> None:
    """Founded one day before it went over to Abai Region; its code of that day is not known, so it has one row."""
    for on in (case.before, case.after):
        assert found(case.new_name, on, near=case.new) == found(case.new, on, near=case.new) == case.new
    assert found(case.new_name, case.before, near=case.old) == case.new
    founded = [(c.area, c.other) for c in border_changes() if c.day == case.before and c.area == case.new]
    assert founded == [(case.new, case.old)]


def check_end(case: Case) -> None:
    """South Kazakhstan is no area of ours: code and name lead to the two units that took its place."""
    for text in (case.old, plain(case.old_name)):
        problem = resolve(text, on=case.before)
        assert isinstance(problem, Problem)
        assert (problem.code, problem.candidates) == ("A004", (TURKISTAN, SHYMKENT))
    assert found(case.new_name, case.after, near=case.new) == case.new


CHECKS = {
    "code": check_code,
    "name": check_name,
    "founding": check_founding,
    "land": check_land,
    "appearance": check_appearance,
    "end": check_end,
    "passing": check_passing,
}


def test_a_founded_district_lies_in_the_old_outline_of_the_one_it_was_cut_from(
    shared_file: Callable[[str], Path],
) -> None:
    parts: dict[str, tuple[float, str]] = {}
    with shared_file("reference/overlap_2018_2024.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            parts[row["kato_2024"]] = max(
                parts.get(row["kato_2024"], (0.0, "")), (float(row["inter_km2"]), row["kato_2018"])
            )
    # The outlines of 2018 already hold the units of that year, and have another outline of Semey.
    known = [(area, cut) for area, cut, day in foundings() if area in parts and day.year > 2018 and area != "104100000"]
    assert len(known) == 7
    for area, cut_from in known:
        assert [old.id for old in successor(parts[area][1], on=date(2018, 12, 31))] == [cut_from]
