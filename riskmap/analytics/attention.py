"""The index of one family: where each area stands in it, and what is not certain of that.

What is in the index is chosen by `attention_parts`, the statistics are those of `riskmap.methods.composite`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final, Literal, cast

import numpy as np
from numpy.typing import NDArray

from riskmap.analytics.attention_parts import Chosen, Figures
from riskmap.analytics.attention_views import (
    FEWEST_AREAS,
    LEAST_COMPONENTS,
    AttentionRequest,
    AttentionRow,
    AttentionView,
    Lack,
    LeftOut,
    Part,
    Score,
    Standing,
    Uncertainty,
)
from riskmap.domain.vocabulary import CellStatus
from riskmap.methods import composite
from riskmap.methods.composite import Level, Recipe
from riskmap.methods.refusals import Reason, Refused

DRAWS: Final = 1_000
_SEED: Final = 20_080_829
_Floats = NDArray[np.float64]


def attention(figures: Figures, request: AttentionRequest, *, is_rounded: bool = False) -> AttentionView:
    """The index of what was chosen, with the weights asked for; where it is refused no area has a rank, score or level.

    A component with weight 0 is not in it, and no area is without a rank for want of it. Of rounded counts there is no
    index: their chance, which ranks and levels rest on, is another one.
    """
    weights = dict(request.weights)
    chosen = [_weighted(one, weights) for one in figures.chosen]
    used = [one for one in chosen if one.part.is_used]
    names = [area.id for area in figures.areas]
    rounded = Reason.ROUNDED if is_rounded else None
    found = rounded or _obstacle([one.part for one in chosen], len(names)) or _standings(used, names)
    rows = [AttentionRow(area.id, (area.names[0], area.names[1], area.names[2]), None, ()) for area in figures.areas]
    whole = 0 if isinstance(found, Reason) else sum(one.part.weight for one in used)
    return AttentionView(
        request=request,
        parts=tuple(_with_share(one.part, whole) for one in chosen),
        rows=tuple(rows) if isinstance(found, Reason) else _ranked(rows, used, found),
        refused=found if isinstance(found, Reason) else None,
        draws=DRAWS,
        is_invented=figures.is_invented,
    )


def _weighted(one: Chosen, weights: Mapping[str, int]) -> Chosen:
    figure = one.part.component.figure
    return replace(one, part=replace(one.part, weight=weights.get(figure, one.part.weight)))


def _obstacle(parts: Sequence[Part], areas: int) -> Reason | None:
    """What keeps an index from being made before anything is ranked."""
    if areas < FEWEST_AREAS:
        return Reason.TOO_FEW_AREAS
    can_be_used = [part for part in parts if part.left_out is None]
    if len(can_be_used) < LEAST_COMPONENTS:
        by_areas = (None, LeftOut.TOO_FEW, LeftOut.NOT_TOGETHER)
        is_shown = sum(part.left_out in by_areas for part in parts) >= LEAST_COMPONENTS
        return Reason.TOO_FEW_AREAS if is_shown else Reason.TOO_FEW_COMPONENTS
    return Reason.TOO_FEW_WEIGHTS if sum(part.is_used for part in parts) < LEAST_COMPONENTS else None


def _with_share(part: Part, whole: int) -> Part:
    return replace(part, share=part.weight / whole) if whole and part.is_used else part


def _standings(used: Sequence[Chosen], areas: Sequence[str]) -> list[Standing | None] | Reason:
    """Where each area stands; None for one that lacks a component."""
    recipe = Recipe(
        directions=tuple(cast(Literal[1, -1], one.part.component.direction) for one in used),
        weights=tuple(float(one.part.weight) for one in used),
        from_top=True,
    )
    values = np.stack([_numbers(one, areas, "value") for one in used], axis=-1)
    index = composite.composite_index(values, recipe)
    ranks = composite.leave_one_out(values, recipe)
    drawn = np.stack([_draws(one, areas, number) for number, one in enumerate(used)], axis=-1)
    found = composite.standings(drawn, recipe, seed=_SEED)
    if isinstance(index, Refused) or isinstance(ranks, Refused) or isinstance(found, Refused):
        return Reason.TOO_FEW_AREAS
    whole = composite.ranks_of(index.scores)
    return [
        None if np.isnan(index.scores[at]) else _standing(at, index, found, (whole, ranks)) for at in range(len(areas))
    ]


def _numbers(one: Chosen, areas: Sequence[str], field: str) -> _Floats:
    """A number of every area, NaN where it has no value that may be ranked."""
    return np.array([getattr(one.rows[area], field) if one.usable(area) else np.nan for area in areas], dtype=float)


def _draws(one: Chosen, areas: Sequence[str], number: int) -> _Floats:
    """What the values of a component may be; of a ratio without an interval always what it is."""
    if one.part.uncertainty is Uncertainty.NONE:
        return np.broadcast_to(_numbers(one, areas, "value"), (DRAWS, len(areas)))
    draw = composite.rate_draws if one.part.uncertainty is Uncertainty.EVENTS else composite.share_draws
    count, exposure = _numbers(one, areas, "count"), _numbers(one, areas, "exposure")
    return draw(count, exposure, draws=DRAWS, seed=_SEED + number + 1)


def _standing(at: int, index: composite.Index, found: composite.Standing, ranks: tuple[_Floats, _Floats]) -> Standing:
    whole, without = ranks
    moved = np.abs(without[:, at] - whole[at])
    return Standing(
        score=float(index.scores[at]),
        rank=int(found.rank[at]),
        lower=int(found.lower[at]),
        upper=int(found.upper[at]),
        level=Level(found.level[at]),
        chances=tuple(float(found.chances[level][at]) for level in Level),
        scores=tuple(
            Score(float(score), int(rank)) for score, rank in zip(index.components[at], without[:, at], strict=True)
        ),
        most=int(moved.argmax()) if moved.any() else None,
    )


def _ranked(
    rows: Sequence[AttentionRow], used: Sequence[Chosen], found: Sequence[Standing | None]
) -> tuple[AttentionRow, ...]:
    return tuple(
        replace(row, standing=standing, lacks=tuple(lack for one in used if (lack := _lack(one, row.area))))
        for row, standing in zip(rows, found, strict=True)
    )


def _lack(one: Chosen, area: str) -> Lack | None:
    """Why an area has no value of a component that may be ranked; None where it has one."""
    row = one.rows.get(area)
    figure = one.part.component.figure
    if row is None:
        return Lack(figure, str(CellStatus.NOT_APPLICABLE))
    if row.may_be_judged:
        return None
    if row.status is not CellStatus.VALUE:
        return Lack(figure, str(row.status))
    return Lack(figure, "lacks_parts" if row.lacks_parts else "no_rate")
