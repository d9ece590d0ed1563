"""Numbers that fewer than three organisations could have contributed to."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from riskmap.disclosure.organisations import too_few_organisations
from riskmap.domain.cross_check import contradictions
from riskmap.domain.registry import Indicator, catalogue
from riskmap.domain.vocabulary import Family, Kind, Place
from tests.disclosure.small import LEVELS, cell, item


def declared(**other: Any) -> dict[str, Indicator]:
    """An indicator counted at organisations beside the number of these."""
    counting = replace(
        item(kind=Kind.STOCK, open=True),
        id="schools",
        family=Family.POPULATION,
        place=Place.ORGANISATION,
        counts_organisations=True,
    )
    return {"x": replace(item(), **{"place": Place.ORGANISATION, **other}), "schools": counting}


def schools(area: str, number: float | None, period: str, **other: Any) -> dict[str, object]:
    """The number of schools of an area at the end of a period."""
    return cell(area, number, period=period, indicator="schools", **other)


def unsafe(cells: list[dict[str, object]], **other: Any) -> list[bool]:
    """Of each cell whether too few organisations stand behind it."""
    found = too_few_organisations(pd.DataFrame(cells), levels=LEVELS, declared=declared(**other))
    return [bool(is_unsafe) for is_unsafe in found]


@pytest.mark.parametrize(("number", "is_unsafe"), [(0, True), (1, True), (2, True), (3, False), (40, False)])
def test_a_number_below_region_needs_three_organisations(number: int, is_unsafe: bool) -> None:
    cells = [cell("A1", 30, period="2022-10"), schools("A1", number, "2022-10")]
    assert unsafe(cells) == [is_unsafe, False]


def test_what_a_region_holds_outside_its_districts_is_below_region() -> None:
    cells = [cell("A-R", 30, period="2022-10"), schools("A-R", 2, "2022-10")]
    assert unsafe(cells) == [True, False]


def test_regions_and_the_country_are_never_too_few() -> None:
    cells = [cell("A", 30), cell("C", 30), schools("A", 1, "2022-10")]
    assert unsafe(cells) == [False, False, False]


def test_the_number_at_the_end_of_the_period_decides() -> None:
    numbers = [schools("A1", 2, "2022-09"), schools("A1", 5, "2022-12"), schools("A1", 1, "2023-01")]
    assert unsafe([cell("A1", 30, period="2022"), *numbers])[0] is False
    assert unsafe([cell("A1", 30, period="2022-Q3"), *numbers])[0] is True


def test_a_month_without_schools_takes_the_last_number_before_it() -> None:
    numbers = [schools("A1", 2, "2022-04"), schools("A1", 5, "2022-05"), schools("A1", None, "2022-06")]
    assert unsafe([cell("A1", 30, period="2022-07"), *numbers])[0] is False
    assert unsafe([cell("A1", 30, period="2022-07"), *numbers[:1]])[0] is True


def test_where_no_number_of_organisations_is_known_by_then_the_cell_is_unsafe() -> None:
    elsewhere = [schools("A2", 9, "2022-10"), schools("A1", 9, "2022-11")]
    assert unsafe([cell("A1", 30, period="2022-10"), *elsewhere]) == [True, False, False]
    assert unsafe([cell("A1", 30, period="2022-10")]) == [True]


def test_invented_organisations_say_nothing_of_real_figures() -> None:
    numbers = [schools("A1", 9, "2022-09", invented=True), schools("A1", 2, "2022-09")]
    assert unsafe([cell("A1", 30, period="2022-10"), *numbers])[0] is True
    assert unsafe([cell("A1", 30, period="2022-10", invented=True), *numbers])[0] is False


def test_every_cut_is_judged_and_cells_without_a_number_never_are() -> None:
    cells = [cell("A1", 30, cut="age:0-11", period="2022-10"), cell("A1", None, period="2022-10")]
    assert unsafe([*cells, schools("A1", 2, "2022-10")]) == [True, False, False]


def test_what_is_counted_elsewhere_or_open_is_not_judged() -> None:
    cells = [cell("A1", 30, period="2022-10"), schools("A1", 1, "2022-10")]
    assert not any(unsafe(cells, place=Place.EVENT))
    assert not any(unsafe(cells, disclosure=item(open=True).disclosure))
    assert not any(unsafe(cells, family=Family.POPULATION))


def test_the_mask_follows_the_cells_whatever_their_order_and_index() -> None:
    chance = np.random.default_rng(1)
    cells = [cell(area, 30, period=f"2022-{month:02d}") for area in ("A1", "A2", "B1") for month in range(1, 13)]
    cells += [schools(area, number, "2022-01") for area, number in (("A1", 2), ("A2", 3), ("B1", 1))]
    frame = pd.DataFrame(cells).iloc[chance.permutation(len(cells))]
    found = too_few_organisations(frame, levels=LEVELS, declared=declared())
    assert list(found) == list((frame["indicator"] == "x") & frame["area"].isin(["A1", "B1"]))


def test_no_cells_give_an_empty_mask() -> None:
    none = pd.DataFrame([cell("A1", 1)]).iloc[:0]
    assert too_few_organisations(none, levels=LEVELS, declared=declared()).size == 0


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"schools": {"counts_organisations": False}}, "violence_cases: no indicator counts organisations"),
        ({"pupils": {"counts_organisations": True}}, "more than one indicator counts organisations"),
        ({"schools": {"kind": Kind.FLOW}}, "schools: counts organisations but is no open stock of organisations"),
        ({"schools": {"publish": ()}}, "schools: counts organisations but is not published of districts"),
    ],
)
def test_the_catalogue_names_one_indicator_that_counts_organisations(
    changes: dict[str, dict[str, Any]], fault: str
) -> None:
    items = dict(catalogue().indicators)
    items |= {name: replace(items[name], **other) for name, other in changes.items()}
    assert any(found.startswith(fault) for found in contradictions(replace(catalogue(), indicators=items)))
    assert not list(contradictions(catalogue()))
