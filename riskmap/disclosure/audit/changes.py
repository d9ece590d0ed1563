"""Who was placed on registers and removed from them between their days, in areas that show longer stretches only."""

from collections import defaultdict
from collections.abc import Iterator

import numpy as np
import pandas as pd

from riskmap.disclosure.audit.derived import Collecting, Told
from riskmap.disclosure.audit.incomplete import Incomplete
from riskmap.disclosure.audit.places import Place, Places, Span

Line = tuple[list[tuple[int, float]], bool]  # quantities with their signs, and whether they are only zero or more


def collect_changes(
    collected: Collecting, cells: pd.DataFrame, relations: pd.DataFrame, incomplete: Incomplete
) -> None:
    """A number each, of which nobody has to be kept; what stands on the days, the region and the year bound it."""
    places = Places(collected.found, cells, relations, incomplete)
    lines: list[Line] = []
    for region in sorted({place[1] for place in places.series if place[1] in places.parts}):
        if not any(part in places.parts for part in places.parts[region]):
            lines += _of_region(collected, places, region)
    collected.add_all(lines)


def _of_region(collected: Collecting, places: Places, region: str) -> Iterator[Line]:
    registers = {total for total, _, _ in places.changes}
    below = [place for place in places.series if place[0] in registers and place[1] in places.parts[region]]
    for place in dict.fromkeys((own[0], region, *own[2:]) for own in below):
        flows = {part: sign for total, part, sign in places.changes if total == place[0]}
        there = {part: places.series[own] for part in flows if (own := (part, *place[1:])) in places.series}
        units = [unit for unit in places.parts[region] if (place[0], unit, *place[2:]) in places.series]
        moved: dict[tuple[str, Span], dict[str, list[int]]] = defaultdict(dict)
        for unit in units if len(there) == len(flows) else ():
            yield from _of_unit(collected, places, (place, unit), flows, there, moved)
        for (part, span), of_units in moved.items():
            theirs = [(at, -1.0) for quantities in of_units.values() for at in quantities]
            # A unit that does not stand there on one of the days may have had some too.
            yield [*((at, 1.0) for at in places.whole(there[part], span)), *theirs], len(of_units) < len(units)


def _of_unit(
    collected: Collecting,
    places: Places,
    of: tuple[Place, str],
    flows: dict[str, float],
    whole: dict[str, int],
    moved: dict[tuple[str, Span], dict[str, list[int]]],
) -> Iterator[Line]:
    """What changed in a unit between its days, where all of the region reported these."""
    place, unit = of
    stock = places.series[(place[0], unit, *place[2:])]
    days = sorted(end for _, end in places.spans[stock])
    found: dict[str, dict[Span, list[int]]] = {part: {} for part in flows}
    for span in zip(days, days[1:], strict=False):
        ends = [(places.exact(stock, (0, span[1])), 1.0), (places.exact(stock, (0, span[0])), -1.0)]
        # A unit that lacks some of its own stands there with fewer than it moved.
        is_short = not places.short.isdisjoint(at for at, _ in ends)
        if not is_short and all(places.whole(series, span) for series in whole.values()):
            for part, sign in flows.items():
                series = places.series.get((part, unit, *place[2:]))
                own = places.terms(series, span) or _new(collected, stock if series is None else series, span)
                found[part][span] = moved[part, span][unit] = own
                ends += [(at, -sign) for at in own]
            yield ends, False
    for part, known in found.items():
        if (flow := places.series.get((part, unit, *place[2:]))) is not None:
            yield from _of_longer(places, flow, known)


def _of_longer(places: Places, flow: int, known: dict[Span, list[int]]) -> Iterator[Line]:
    """A longer number is the sum of what lies between the days in it, or more where these do not fill it."""
    for outer in places.spans[flow]:
        inside = [span for span in known if outer[0] <= span[0] and span[1] <= outer[1]]
        if inside and inside != [outer] and places.exact(flow, outer) not in places.short:
            terms = [(at, -1.0) for span in inside for at in known[span]]
            is_less = sum(span[1] - span[0] for span in inside) < outer[1] - outer[0]
            yield [(places.exact(flow, outer), 1.0), *terms], is_less


def _new(collected: Collecting, series: int, span: Span) -> list[int]:
    number = collected.add_numbers(
        Told.CHANGE,
        np.array([series], dtype=np.int64),
        np.array([span[0]], dtype=np.int64),
        np.array([span[1]], dtype=np.int64),
        term=np.zeros(0, dtype=np.int64),
        factor=np.zeros(0),
        number=np.zeros(0, dtype=np.int64),
    )
    return [int(number[0])]
