"""Areas beside others on the map, in its table and on the card of one area."""

from collections.abc import Iterator
from typing import Final

from riskmap.analytics.method_views import Method
from riskmap.analytics.views import AreaRow, Basis, JudgedArea, JudgedMap, MapView, Verdict
from riskmap.domain.vocabulary import CellStatus
from riskmap.files import judged_words, sentences
from riskmap.ui.asked import Asked
from riskmap.ui.layers import Column, Layer, state_legend
from riskmap.ui.palettes import palette
from riskmap.words import t

REFUSED: Final = "cannot_be_said"
SILENT: Final = "possible_silence"
_CLASSES: Final = {step: f"class:{place}" for place, step in enumerate(judged_words.STEPS)}


def basis_of(asked: Asked, judged: JudgedMap) -> Basis:
    """What areas are compared with: as asked for, else the first with which any area can be."""
    if asked.chosen.beside in judged.bases:
        return Basis(asked.chosen.beside)
    return next((basis for basis in judged.bases if _can_be_said(judged, basis)), judged.bases[0])


def _can_be_said(judged: JudgedMap, basis: Basis) -> bool:
    found = (area.beside(basis) for area in judged.areas.values())
    return any(verdict is not None and verdict.step is not None for verdict in found)


def compared_layer(view: MapView, judged: JudgedMap, basis: Basis, language: str) -> Layer:
    """Areas by how they compare; an area without a value keeps the pattern of its state."""
    item = view.indicator
    legend = [
        *((key, judged_words.step_label(item, step, language)) for step, key in _CLASSES.items()),
        (SILENT, t("compared.silent", language)),
        (REFUSED, t("compared.refused", language)),
        *state_legend(language, with_zero=False),
    ]
    notes = [t("compared.chance", language)]
    notes += [t("compared.comparable_are", language)] if basis is Basis.COMPARABLE else []
    return Layer(
        fills={row.area: _fill(row.status, judged.areas.get(row.area), basis) for row in view.rows},
        colours=palette("difference", len(_CLASSES)),
        heading=sentences.capital(judged_words.than(basis, language)),
        legend=tuple(legend),
        texts=_texts(view, judged, basis, language),
        notes=tuple(notes),
        method=Method.COMPARISON,
    )


def compared_column(view: MapView, judged: JudgedMap, basis: Basis, language: str) -> Column:
    """How each area with a value compares with one basis, for the table beside the map."""
    words = {
        row.area: judged_words.verdict_words(judged.indicator, area, verdict, language)
        for row, area, verdict in _told(view, judged, basis)
    }
    return Column(sentences.capital(judged_words.than(basis, language)), words)


def _told(view: MapView, judged: JudgedMap, basis: Basis) -> Iterator[tuple[AreaRow, JudgedArea, Verdict]]:
    """The areas with a value; where there is none its state is all that is to be said."""
    for row in view.rows:
        area = judged.areas.get(row.area)
        verdict = area.beside(basis) if area else None
        if row.status is CellStatus.VALUE and area and verdict:
            yield row, area, verdict


def _fill(status: CellStatus, area: JudgedArea | None, basis: Basis) -> str:
    verdict = area.beside(basis) if area else None
    if status is not CellStatus.VALUE or area is None or verdict is None:
        return REFUSED if status is CellStatus.VALUE else str(status)
    if judged_words.is_silent_beside(area, verdict):
        return SILENT
    return REFUSED if verdict.step is None else _CLASSES[verdict.step]


def _texts(view: MapView, judged: JudgedMap, basis: Basis, language: str) -> dict[str, str]:
    return {
        row.area: sentences.as_sentence(judged_words.verdict_line(judged.indicator, area, verdict, language))
        for row, area, verdict in _told(view, judged, basis)
    }
