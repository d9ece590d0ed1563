"""What a check is: a code and a query that gives a row for each fault."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from riskmap.domain.areas import AreaKind
from riskmap.domain.vocabulary import ALL, Grain

MONTHLY: Final = (Grain.MONTH,)
SINCE: Final = (Grain.YTD, Grain.SCHOOL_YTD)

# What a query gives of a fault, in order: the file, the place and the key of the figure it is told at; of which part
# it speaks, if not of the figure as it is named; and both texts. `origin` is empty where it is told of the file.
GIVEN: Final = (
    *("file_number", "origin", "line", "area", "indicator", "grain", "period_start", "period_end"),
    *("part", "found", "expected"),
)
# What names a figure without its place, and its part, in the tables of the checks.
SERIES: Final = "source, invented, indicator, area"
PERIOD: Final = "grain, period_start, period_end"
PART: Final = f"CASE WHEN breakdown = '{ALL}' THEN '' ELSE breakdown || ' ' || category END AS part"
PLACE: Final = f"file_number, origin, line, area, indicator, {PERIOD}"


# Most calls hold few figures, and a question that cannot find anything takes as long as one that can. These are asked
# of all known figures together, with their areas and indicators.
FACTS: Final = MappingProxyType(
    {
        "parts": f"bool_or(is_new AND breakdown <> '{ALL}')",
        "units": "bool_or(units_expected IS NOT NULL)",
        "areas": "min(area) FILTER (is_new) < max(area) FILTER (is_new)",
        "periods": "min(period_end) < max(period_end)",
        "populations": f"bool_or(is_population AND breakdown = '{ALL}')",
    }
)


@dataclass(frozen=True, slots=True)
class There:
    """What known figures there are: lengths of period, levels, most earlier months of a flow, names of `FACTS`."""

    grains: frozenset[str]
    levels: frozenset[str]
    months: int
    facts: frozenset[str]


@dataclass(frozen=True, slots=True)
class Check:
    """One rule on figures: its code and the query that finds its faults, in the columns `GIVEN`.

    One that needs the past finds nothing in the figures of a call alone. It is asked only where there are figures of
    one of the lengths of period and of each level that it compares, so many earlier months of some flow, and all that
    it needs by the names of `FACTS`.
    """

    code: str
    query: str
    needs_past: bool = False
    grains: tuple[Grain, ...] = ()
    levels: tuple[AreaKind, ...] = ()
    months: int = 0
    needs: tuple[str, ...] = ()

    def applies(self, there: There) -> bool:
        """Whether it may find something where these figures are."""
        is_of_length = not self.grains or any(grain in there.grains for grain in self.grains)
        is_there = there.facts.issuperset(self.needs) and there.levels.issuperset(self.levels)
        return is_of_length and is_there and there.months >= self.months


def number(column: str) -> str:
    """SQL for a number as people write it."""
    return f"printf('%.15g', {column})"


def same(columns: str, left: str, right: str) -> str:
    """SQL that two tables agree in columns."""
    return " AND ".join(f"{left}.{column} = {right}.{column}" for column in columns.split(", "))
