"""Which periods are the sum of which others, by their days alone."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Final

from riskmap.domain.vocabulary import Grain, Kind, Period

Sum = tuple[Period, tuple[Period, ...]]

SINCE: Final = (Grain.YTD, Grain.SCHOOL_YTD)
_DAY: Final = timedelta(days=1)


def period_sums(periods: Iterable[Period], kind: Kind) -> Iterator[Sum]:
    """Every period that others make up, and these: by one other grain, or by a stretch since 1 January and its rest.

    Two grains of the same days are such a sum with one part. A stock stands for the last day of its period, so there
    only the last day counts, and nothing else adds up; of shares and steps nothing adds up either.
    """
    ordered = sorted(periods)
    for place, total in enumerate(ordered):
        for other in ordered[:place]:
            if other.end == total.end and (other.start == total.start or kind is Kind.STOCK):
                yield total, (other,)
        if kind is Kind.FLOW:
            inside = [part for part in ordered if total.start <= part.start and part.end <= total.end]
            yield from ((total, parts) for parts in (*_by_grain(total, inside), *_by_stretch(total, inside)))


def _by_grain(total: Period, inside: list[Period]) -> Iterator[tuple[Period, ...]]:
    for grain in sorted({part.grain for part in inside} - {total.grain, *SINCE}):
        parts = tuple(part for part in inside if part.grain is grain)
        if len(parts) > 1 and sum(part.days for part in parts) == total.days:
            yield parts


def _by_stretch(total: Period, inside: list[Period]) -> Iterator[tuple[Period, ...]]:
    for stretch in inside:
        if stretch.grain in SINCE and stretch.start == total.start and stretch.end < total.end:
            rest = (stretch.end + _DAY, total.end)
            yield from ((stretch, part) for part in inside if (part.start, part.end) == rest)


def apart(sums: Iterable[Sum]) -> list[list[Sum]]:
    """The same sums in groups in which no period occurs twice."""
    groups: list[tuple[set[Period], list[Sum]]] = []
    for total, parts in sums:
        own = {total, *parts}
        for used, group in groups:
            if used.isdisjoint(own):
                used |= own
                group.append((total, parts))
                break
        else:
            groups.append((own, [(total, parts)]))
    return [group for _, group in groups]
