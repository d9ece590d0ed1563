"""What an office has in the numbers of the country is its own, and what is left of them may be known to all."""

from typing import Any, Final

from tests.disclosure.audited import attacked, cell, of_regions

COUNTRY: Final = {"A": "C", "B": "C", "D": "C"}
PARTS: Final = {"type": ("p", "q")}


def two_parts(area: str, p: float | None, q: float | None, *, total: float | None) -> list[dict[str, Any]]:
    return [cell(area, total), cell(area, p, part="type:p"), cell(area, q, part="type:q")]


def test_a_number_of_the_country_that_is_all_its_own_tells_an_office_nothing() -> None:
    zeros = [row for area in "BD" for row in two_parts(area, 0, 0, total=0)]
    cells = [*two_parts("C", None, None, total=10), *two_parts("A", None, None, total=10), *zeros]
    held = [*two_parts("A", 4, 6, total=10), *zeros]
    report = attacked(cells, held=held, parents=COUNTRY, parts=PARTS)
    assert report.regions is not None
    assert (report.passed, report.regions.attacks) == (True, 0)


def test_what_an_office_can_tell_of_two_others_in_a_number_of_the_country_is_found() -> None:
    others = [row for area in "BD" for row in two_parts(area, None, None, total=None)]
    cells = [*two_parts("C", None, None, total=12), *two_parts("A", None, None, total=None), *others]
    held = [*two_parts("A", 4, 6, total=10), *two_parts("B", 1, 0, total=1), *two_parts("D", 0, 1, total=1)]
    report = attacked(cells, held=held, parents=COUNTRY, parts=PARTS)
    assert not report.public.unproved
    assert of_regions(report) == {"B", "C", "D"}


def test_an_office_knows_its_own_share_of_a_month_that_none_of_its_cells_shows() -> None:
    """4 of March are its own; of the others it knows nothing."""
    months = ("2024-01..2024-02", "2024-01..2024-03")
    hidden = [cell(area, None, period=month) for area in ("C", "A", "B") for month in months]
    zeros = [cell("D", 0, period=month) for month in months]
    held = [cell(area, n, period=month) for area in "AB" for n, month in zip((10, 14), months, strict=True)]
    assert attacked([*hidden, *zeros], held=held, parents=COUNTRY).passed


def test_what_is_missing_in_a_number_of_an_office_is_its_own() -> None:
    above = {**COUNTRY, "A1": "A", "A2": "A", "A3": "A"}
    full: dict[str, Any] = {"source": "sum_of_parts", "units_expected": 3, "units_reported": 3}
    some = {**full, "units_reported": 2}
    months = [cell("A", 20, period="2024-01", **full), cell("A", 20, period="2024-03", **full)]
    cells = [*months, cell("A", None, period="2024-02"), cell("A", 40, period="2024-Q1", **some)]
    beside = [cell("C", 60, period="2024-02"), cell("B", None, period="2024-02"), cell("D", None, period="2024-02")]
    held = [*months, cell("A", 3, period="2024-02"), cell("A", 40, period="2024-Q1")]
    held += [cell(area, number, period="2024-02") for area, number in (("B", 27), ("D", 30))]
    assert attacked([*cells, *beside], held=held, parents=above).passed


def test_what_came_late_to_a_number_of_the_country_from_an_office_itself_is_its_own() -> None:
    """Of the 43 of today two districts more have reported than of 40 before; A knows of its own 12, and B is 30."""
    lacking: dict[str, Any] = {"source": "sum_of_parts", "units_expected": 3, "units_reported": 2}
    today = [cell("C", None), cell("A", None), cell("B", 30), cell("D", None)]
    before = [cell("C", 40, **lacking), cell("A", None), cell("B", 30), cell("D", None)]
    numbers = {"C": 43, "A": 12, "B": 30, "D": 1}
    held = [cell(area, number, **{**lacking, "units_reported": 3}) for area, number in numbers.items()]
    report = attacked(today, held=held, parents=COUNTRY, released=before)
    assert report.regions is not None
    assert report.regions.attacks > 0
    assert report.passed
