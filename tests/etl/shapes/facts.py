"""What a region has to tell: areas, figures and periods, and the true number of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from geo.areas import areas, children
from riskmap.domain.areas import Area
from riskmap.domain.registry import figure_key, indicator
from riskmap.domain.vocabulary import CellStatus, Kind, Period, month_period, year_period
from tests.etl.shapes.staged import Key, Number

_REGIONS: Final = ("620000000", "470000000", "230000000", "790000000", "710000000", "330000000", "110000000")
_COUNTED: Final = {  # by month, with the largest number of a district
    "bullying_cases": 60,
    "missed_lessons": 190_000,
    "in_school_register": 90,
    "offences_against_minors": 7,
    "helpline_appeals": 500,
    "police_register": 80,
    "psychologists": 45,
    "preventive_visits": 300,
    "support_centre_clients": 1_500,
}
_PEOPLE: Final = {"children_0_17": 100, "children_10_17": 44, "children_14_17": 21}  # by year: in a hundred children
_FLOWS: Final = [name for name in _COUNTED if indicator(name).kind is Kind.FLOW]
_EVENTS: Final = "violence_cases"
_TYPES: Final = tuple(f"{_EVENTS}:type:{name}" for name in indicator(_EVENTS).breakdowns["type"])
_HUNDREDS: Final = (20, 400)  # of children in a district
_MONTHS: Final = (range(1, 6), range(9, 13))  # of one year, with lessons
_YEARS: Final = (2024, 2025)


@dataclass(frozen=True, slots=True)
class Facts:
    """The figures of a region or two; `groups` are the figures, each followed by its parts if it is told with them."""

    regions: tuple[Area, ...]
    areas: tuple[Area, ...]
    groups: tuple[tuple[str, ...], ...]
    periods: tuple[Period, ...]
    numbers: Mapping[Key, Number]

    @property
    def figures(self) -> tuple[str, ...]:
        """All figures in order."""
        return tuple(figure for group in self.groups for figure in group)

    @property
    def is_yearly(self) -> bool:
        """Whether the periods are years."""
        return self.periods[0].code.isdecimal()

    def number(self, figure: str, wanted: Sequence[str], period: Period | None) -> Number:
        """The number of one area; the sum of the known ones of several, and where the period is left out."""
        periods = [period] if period else self.periods
        found = [self.numbers[figure, area, span.code] for area in wanted for span in periods]
        return found[0] if len(found) == 1 else sum(number for number in found if isinstance(number, int))

    @property
    def only_flows(self) -> bool:
        """Whether every figure adds up over periods."""
        return all(indicator(figure_key(figure)[0]).kind is Kind.FLOW for figure in self.figures)


def draw_facts(
    rng: Random, *, figures: int, periods: int, regions: int, gaps: bool = False, since_january: bool = False
) -> Facts:
    """Figures of regions drawn at random, or of months from January on that add up; `gaps` leaves some unreported."""
    chosen = tuple(areas()[region] for region in rng.sample(_REGIONS, regions))
    years = rng.random() < 0.1 and not since_january
    offered = sorted(_PEOPLE if years else _FLOWS if since_january else _COUNTED)
    names = rng.sample(offered, min(figures, len(offered)))
    groups: list[tuple[str, ...]] = [(name,) for name in names]
    if not years and figures > 1 and rng.random() < 0.5:
        groups[0] = (_EVENTS, *_TYPES)
    spans = tuple(map(year_period, _YEARS[:periods])) if years else _months(rng, periods, since_january=since_january)
    rows = tuple(area for region in chosen for area in children(region.id))
    numbers: dict[Key, Number] = {}
    for group in groups:
        for area in rows:
            for span in spans:
                _draw(rng, numbers, group, (area.id, span.code), gaps=gaps)
    return Facts(chosen, rows, tuple(groups), spans, numbers)


def _months(rng: Random, count: int, *, since_january: bool) -> tuple[Period, ...]:
    months = rng.choice([numbers for numbers in _MONTHS if len(numbers) >= count])
    first = 1 if since_january else rng.choice([number for number in months if number + count - 1 in months])
    year = rng.choice(_YEARS)
    return tuple(month_period(year, number) for number in range(first, first + count))


def _draw(
    rng: Random, numbers: dict[Key, Number], group: tuple[str, ...], place: tuple[str, str], *, gaps: bool
) -> None:
    figure, *parts = group
    if gaps and rng.random() < 0.04:
        numbers.update({(name, *place): CellStatus.NOT_REPORTED for name in group})
        return
    for part in parts:
        numbers[part, *place] = rng.choice((0, 0, 0, 1, 2, 5, 12))
    if parts:
        numbers[figure, *place] = sum(int(numbers[part, *place]) for part in parts)
    elif figure in _PEOPLE:  # one year like the other, and no part larger than the whole
        hundreds = Random(place[0]).randint(*_HUNDREDS)
        numbers[figure, *place] = hundreds * _PEOPLE[figure] + rng.randint(0, 9)
    else:
        numbers[figure, *place] = 0 if rng.random() < 0.1 else rng.randint(0, _COUNTED[figure])
