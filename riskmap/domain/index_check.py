"""Every way in which a declared index contradicts the catalogue: what may not be in it, and what would count twice."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from riskmap.domain.declared import INDEXED, MOST_WEIGHT, Catalogue, Component, Indicator, figure_key
from riskmap.domain.vocabulary import ALL

_LEAST_COMPONENTS: Final = 2


def index_faults(declared: Catalogue) -> Iterator[str]:
    """Every contradiction of every index."""
    groups = declared.indexes.overlapping
    for name in dict.fromkeys(name for group in groups for name in group):
        if name not in declared.indicators:
            yield f"indexes: {name!r} overlaps, but is no indicator"
    for family, components in declared.indexes.families.items():
        faults = (
            *_family_faults(family, components),
            *(fault for part in components for fault in _component_faults(family, part, declared)),
            *_overlap_faults([figure_key(part.figure)[0] for part in components], declared),
        )
        yield from (f"index {family}: {fault}" for fault in faults)


def _family_faults(family: str, components: Sequence[Component]) -> Iterator[str]:
    if family not in INDEXED:
        yield "no index is made of this family"
    if sum(part.weight > 0 for part in components) < _LEAST_COMPONENTS:
        yield f"needs {_LEAST_COMPONENTS} components or more with a weight above 0"


def _component_faults(family: str, part: Component, declared: Catalogue) -> Iterator[str]:
    name, breakdown, category = figure_key(part.figure)
    item = declared.indicators.get(name)
    if item is None:
        yield f"{name!r} is not an indicator"
        return
    if item.family != family:
        yield f"{part.figure} is of the family {item.family}"
    if item.never_coloured:
        yield f"{part.figure} is never coloured, ranked or put into an index"
    if item.interval == "none":
        yield f"{part.figure} has no rate"
    if breakdown != ALL and category not in item.breakdowns.get(breakdown, ()):
        yield f"{part.figure} is not declared"
    if part.direction not in (1, -1):
        yield f"direction {part.direction} of {part.figure} is neither 1 nor -1"
    if not 0 <= part.weight <= MOST_WEIGHT:
        yield f"weight {part.weight} of {part.figure} is not from 0 to {MOST_WEIGHT}"
    yield from _grain_faults(item, breakdown, part)


def _grain_faults(item: Indicator, breakdown: str, part: Component) -> Iterator[str]:
    if not part.grains or len(set(part.grains)) != len(part.grains):
        yield f"lengths of periods of {part.figure} are missing or named twice"
    published = {table.grain for table in item.publish if table.area != "country" and table.breakdown == breakdown}
    for grain in part.grains:
        if grain not in published:
            yield f"{part.figure} is not published by {grain} below the country"


def _overlap_faults(names: Sequence[str], declared: Catalogue) -> Iterator[str]:
    """What would count twice: an indicator and its parts, what overlaps, a register and those who come and go."""
    for name, times in Counter(names).items():
        if times > 1:
            yield f"{name} is in it {times} times"
    balances = [(item.id, *item.balance) for item in declared.indicators.values() if item.balance]
    for group in (*declared.indexes.overlapping, *balances):
        both = [name for name in dict.fromkeys(names) if name in group]
        if len(both) > 1:
            yield f"counts the same in {' and '.join(both)}"
