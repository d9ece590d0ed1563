"""Closed lists as types of the database: a figure is told apart by numbers, quickly and in little room."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

import duckdb

from geo.areas import areas
from riskmap.domain.areas import AreaKind
from riskmap.domain.registry import catalogue, indicators
from riskmap.domain.vocabulary import ALL, CellStatus, Grain

SUM_OF_PARTS: Final = "sum_of_parts"  # what stands for a source where a margin was summed

# Which columns hold a word of which list, in every table we work with.
TYPE_OF: Final = MappingProxyType(
    {
        **dict.fromkeys(("indicator", "population"), "indicator_id"),
        **dict.fromkeys(("area", "parent", "contributor"), "area_id"),
        **dict.fromkeys(("level", "kind"), "level_id"),
        "grain": "grain_id",
        "breakdown": "breakdown_id",
        "category": "category_id",
        "status": "status_id",
        "source": "source_id",
    }
)


def create_types(connection: duckdb.DuckDBPyConnection) -> None:
    """Make every closed list a type of the connection."""
    for name, values in _closed_lists().items():
        # A list of our own declarations; the database binds no values here.
        connection.execute(f"CREATE TYPE {name} AS ENUM ({', '.join(map(repr, values))})")


@cache
def _closed_lists() -> Mapping[str, tuple[str, ...]]:
    """Every word that may stand in a column of a closed list; an empty one where a column may have none."""
    breakdowns = [item.breakdowns for item in indicators()]
    return {
        "indicator_id": ("", *(item.id for item in indicators())),
        "area_id": ("", *areas()),
        "level_id": tuple(map(str, AreaKind)),
        "grain_id": tuple(map(str, Grain)),
        "breakdown_id": tuple(dict.fromkeys([ALL, *(name for declared in breakdowns for name in declared)])),
        "category_id": tuple(dict.fromkeys([ALL, *(c for d in breakdowns for names in d.values() for c in names)])),
        "status_id": tuple(map(str, CellStatus)),
        "source_id": ("", SUM_OF_PARTS, *catalogue().sources),
    }
