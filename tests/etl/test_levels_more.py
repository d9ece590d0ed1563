"""Cells against the same worked out in plain Python, and single traps of sums over areas, months and kinds."""

from collections.abc import Iterable
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from random import Random

import duckdb
import pandas as pd
import pytest

from etl.cells import build_cells
from geo.areas import areas, children, regions
from riskmap.domain.registry import indicator
from riskmap.domain.tables import ACCEPTED
from riskmap.domain.vocabulary import ALL, SCHOOL_MONTHS, Grain, Kind, Period, months_between, year_period
from tests.etl.plain_cells import Cell, Cells, Key, plain_cells, redrawn

AKMOLA, ULYTAU, ASTANA, COUNTRY = "110000000", "620000000", "710000000", "000000000"
BULLYING, OFFENCES, REGISTER = "bullying_cases", "offences_against_minors", "in_school_register"


def write_record(folder: Path, figures: Cells, *, changed: Iterable[tuple[Key, dict[str, object]]] = ()) -> None:
    """One load of figures as the loader keeps them; `changed` says what else is told of some."""
    told = dict(changed)
    empty: dict[str, object] = dict.fromkeys(ACCEPTED.names, "")
    empty |= {"line": 1, "received": datetime(2026, 11, 1), "provisional": False, "publication_date": None}
    empty |= {"units_expected": None, "units_reported": None, "load": "1"}
    rows = [
        {
            **empty,
            "source": indicator(key.indicator).sources[-1],
            "indicator": key.indicator,
            "area": key.area,
            "grain": str(key.period.grain),
            "period_start": key.period.start,
            "period_end": key.period.end,
            "breakdown": key.breakdown,
            "category": key.category,
            "numerator": None if cell.count is None else float(cell.count),
            "status": cell.status,
            "invented": key.invented,
            **told.get(key, {}),
        }
        for key, cell in figures.items()
    ]
    place = folder / "accepted"
    place.mkdir(parents=True, exist_ok=True)
    columns = ", ".join(f"CAST({column.name} AS {column.type}) AS {column.name}" for column in ACCEPTED.columns)
    frame = pd.DataFrame(rows)
    with duckdb.connect() as connection:
        connection.register("frame", frame)
        connection.sql(f"SELECT {columns} FROM frame").write_parquet(str(place / "1.parquet"))


def built() -> Cells:
    """The cells of the record, by key."""
    with duckdb.connect() as connection:
        build_cells(connection)
        rows = connection.execute("""
            SELECT invented, indicator, area, grain, period_start, period_end, breakdown, category,
                   status, numerator, denominator, source, units_expected, units_reported FROM cells
        """).fetchall()
    found = {}
    for invented, name, area, grain, start, end, breakdown, category, status, count, people, source, owed, got in rows:
        is_sum = source == "sum_of_parts"
        parts = (owed, got) if is_sum else None
        key = Key(invented, name, area, Period(start, end, Grain(grain)), breakdown, category)
        found[key] = Cell(status, count, people, is_sum, parts)
    return found


WINDOWS = (
    (date(2021, 7, 1), date(2022, 12, 31)),
    (date(2023, 9, 1), date(2024, 12, 31)),
    (date(2024, 9, 1), date(2025, 8, 31)),
)
CUTS = {
    BULLYING: (ALL,),
    OFFENCES: (ALL,),
    REGISTER: (ALL,),
    "missed_lessons": (ALL, "reason"),
    "chronic_absence": (ALL,),
    "helpline_appeals": (ALL, "outcome"),
}


def random_figures(random: Random) -> Cells:
    """Figures of the districts of some regions and of other regions themselves, with gaps, marks and real ones."""
    start, end = random.choice(WINDOWS)
    months = months_between(start, end)
    others = [region.id for region in regions() if region.id not in (AKMOLA, ULYTAU, ASTANA)]
    inside = [area.id for region in (AKMOLA, ULYTAU, ASTANA) for area in children(region) if random.random() < 0.97]
    sent: Cells = {}
    for name in random.sample(sorted(CUTS), 3):
        item = indicator(name)
        by_hand = [*inside, *(others if random.random() < 0.7 else [])]
        wholes = [(item.population, ALL)] if random.random() < 0.9 else []
        gaps = random.choice((0.0, 0.002, 0.02))
        for figure, cut in [*((name, cut) for cut in CUTS[name]), *wholes]:
            for area in by_hand:
                spans = months
                if indicator(figure).publish[0].grain is Grain.YEAR:
                    spans = [year_period(year) for year in range(start.year - 1, end.year + 1)]
                for span in spans:
                    if span.grain is Grain.MONTH or areas()[area].kind != "remainder":
                        sent.update(_random_cells(random, figure, cut, area, span, gaps))
    for name in random.sample(sorted(CUTS), 2):
        for region in random.sample(others, 3):
            key = Key(False, name, region, year_period(end.year - 1), ALL, ALL)
            sent[key] = Cell("value", Fraction(random.randrange(200)))
    return sent


def _random_cells(random: Random, name: str, cut: str, area: str, span: Period, gaps: float) -> Cells:
    item, found = indicator(name), {}
    founded = areas()[area].valid_from
    if (founded and founded > span.end) or (item.kind is Kind.FLOW and item.definitions[0].since > span.end):
        return {}
    is_taught = not item.school_months or span.start.month in SCHOOL_MONTHS
    most = 4000 if item.population == "" else 9
    for category in (ALL,) if cut == ALL else item.breakdowns[cut]:
        key = Key(True, name, area, span, cut, category)
        if not is_taught:
            if random.random() < 0.3:
                found[key] = Cell("not_applicable")
        elif random.random() >= gaps:
            found[key] = Cell("value", Fraction(random.randrange(most)))
        elif random.random() < 0.5:
            found[key] = Cell("not_reported")
    return found


@pytest.mark.parametrize("seed", range(8))
def test_cells_agree_with_the_same_worked_out_in_plain_python(data_folder: Path, seed: int) -> None:
    figures = random_figures(Random(seed))
    write_record(data_folder, figures)
    quick, slow = built(), plain_cells(figures)
    assert set(quick) == set(slow)
    assert any(cell.is_sum and cell.status == "value" for cell in slow.values())
    for key, cell in slow.items():
        found = quick[key]
        assert (found.status, found.is_sum, found.parts) == (cell.status, cell.is_sum, cell.parts), key
        assert found.count == (None if cell.count is None else pytest.approx(float(cell.count))), key
        if not {key.area, *(child.id for child in children(key.area))} & redrawn() and key.area != COUNTRY:
            assert found.people == (None if cell.people is None else pytest.approx(float(cell.people))), key
