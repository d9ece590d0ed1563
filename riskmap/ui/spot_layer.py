"""A map of areas beside their neighbours: higher, lower, or no different beyond chance, in words that blame nobody."""

from collections.abc import Iterator, Mapping, Sequence
from math import isinf, isnan
from typing import Final

from riskmap.analytics.method_views import Method
from riskmap.analytics.views import MapView
from riskmap.analytics.whole_map_views import Spot, SpotCluster, SpotsView
from riskmap.domain.vocabulary import COUNTRY, CellStatus, Family
from riskmap.files import sentences
from riskmap.methods.hotspots import Pattern
from riskmap.ui.layers import Column, Layer, drawn_fills, plain_layer, state_legend
from riskmap.ui.palettes import palette
from riskmap.words import join, number, t

# As the colours run: from fewer than elsewhere to more.
_ORDER: Final = (Pattern.LOW_LOW, Pattern.LOW_HIGH, Pattern.NONE, Pattern.HIGH_LOW, Pattern.HIGH_HIGH)
_CLASS: Final = {pattern: f"class:{place}" for place, pattern in enumerate(_ORDER)}
_NOT_COMPARED: Final = f"class:{len(_ORDER)}"
_CLEAR_BELOW: Final = 0.05
_MOST_NAMES: Final = 6


def spot_layer(view: MapView, found: SpotsView, language: str) -> Layer:
    """The patterns of areas and neighbours; where nothing can be said, only where there are values, and why."""
    if found.reason:
        why = t(f"spots.refused.{found.reason}", language, known=found.known, of=found.of)
        return plain_layer(view, language, why=why)
    _, middle, _ = palette("signal", 3)
    fills = {row.area: _fill(found.spots.get(row.area), row.status) for row in view.rows}
    words = {area: _words(view, spot, language) for area, spot in found.spots.items()}
    members = _members(found, language)
    keys = [(_CLASS[pattern], _phrase(view, pattern, language)) for pattern in reversed(_ORDER)]
    if _NOT_COMPARED in drawn_fills(view, fills):
        keys.append((_NOT_COMPARED, t("spots.not_compared", language)))
    return Layer(
        fills=fills,
        colours=(*palette("difference", len(_ORDER)), middle),
        heading=t("spots.heading", language),
        legend=(*keys, *state_legend(language, with_zero=False)),
        texts={area: _text(text, members.get(area)) for area, text in words.items()},
        columns=tuple(_columns(found, words, language)),
        findings=tuple(_findings(view, found, language)),
        notes=tuple(_notes(view, found, language)),
        method=Method.NEIGHBOURS,
    )


def _fill(spot: Spot | None, status: CellStatus) -> str:
    if spot:
        return _CLASS[spot.pattern]
    return _NOT_COMPARED if status is CellStatus.VALUE else str(status)


def _is_of_reports(view: MapView) -> bool:
    """Whether fewer may also mean that fewer are recorded."""
    return view.indicator.family is Family.RECORDED


def _phrase(view: MapView, pattern: Pattern, language: str) -> str:
    return t(f"spots.{'reports' if _is_of_reports(view) else 'rates'}.{pattern}", language)


def _words(view: MapView, spot: Spot, language: str) -> str:
    return _phrase(view, spot.pattern, language) if spot.is_tested else t("spots.alone", language)


def _text(words: str, cluster: str | None) -> str:
    return sentences.as_sentence("; ".join(filter(None, [words, cluster])))


def _members(found: SpotsView, language: str) -> dict[str, str]:
    """In which cluster an area is, where it is in one."""
    return {
        area: t("spots.cluster_number", language, number=place)
        for place, cluster in enumerate(found.clusters, start=1)
        for area in cluster.areas
    }


def _columns(found: SpotsView, words: Mapping[str, str], language: str) -> Iterator[Column]:
    yield Column(t("spots.column", language), words)
    tested = {area: spot.q for area, spot in found.spots.items() if spot.is_tested}
    numbers = {area: number(q, language, decimals=3) for area, q in tested.items()}
    yield Column(t("spots.column_p", language), numbers, is_number=True)
    if members := _members(found, language):
        yield Column(t("spots.column_cluster", language), members)


def _findings(view: MapView, found: SpotsView, language: str) -> Iterator[str]:
    """What the whole map says, areas by name, and clusters."""
    yield _together(found, language)
    yield from _marked(view, found, language)
    if not found.clusters:
        yield t("spots.clusters.none", language)
    for place, cluster in enumerate(found.clusters, start=1):
        yield _cluster(view, cluster, place, language)


def _notes(view: MapView, found: SpotsView, language: str) -> Iterator[str]:
    """How the map is to be read."""
    if found.known < found.of:
        yield t("spots.note.missing", language, known=found.known, of=found.of)
    if view.request.within != COUNTRY:
        yield t("spots.note.region", language)
    yield t("spots.note.meaning", language)
    if _is_of_reports(view):
        yield t("spots.note.reports", language)
    yield t("spots.note.discovery", language)
    yield t("spots.note.seed", language)


def _marked(view: MapView, found: SpotsView, language: str) -> Iterator[str]:
    """The areas of each pattern by name, for people who do not read maps; or that there is none."""
    by_name = [row.area for row in sentences.in_order(view.rows, language) if row.area in found.spots]
    marked = {
        pattern: [area for area in by_name if found.spots[area].pattern is pattern]
        for pattern in reversed(_ORDER)
        if pattern is not Pattern.NONE
    }
    if not any(marked.values()):
        yield t("spots.no_area", language)
    for pattern, areas in marked.items():
        if areas:
            yield sentences.as_sentence(f"{_phrase(view, pattern, language)}: {_names(view, areas, language)}")


def _names(view: MapView, areas: Sequence[str], language: str) -> str:
    """Names of some areas in their order, the first ones where there are many."""
    names = sentences.place_names([row for row in view.rows if row.area in areas], language)
    listed = [names[area] for area in areas[:_MOST_NAMES]]
    left = len(areas) - len(listed)
    return t("spots.more", language, areas=", ".join(listed), left=left) if left else join(listed, language)


def _together(found: SpotsView, language: str) -> str:
    if isnan(found.moran):
        return t("spots.together.equal", language)
    key = "alike" if found.moran_p < _CLEAR_BELOW else "chance"
    moran, p = number(found.moran, language, decimals=2), number(found.moran_p, language, decimals=3)
    return t(f"spots.together.{key}", language, moran=moran, p=p)


def _cluster(view: MapView, cluster: SpotCluster, place: int, language: str) -> str:
    areas = _names(view, cluster.areas, language)
    said = {"number": place, "areas": areas, "p": number(cluster.p, language, decimals=3)}
    if isinf(cluster.ratio):
        return t("spots.clusters.only", language, **said)
    low = "low_reports" if _is_of_reports(view) else "low_rates"
    key = "high" if cluster.is_high else low
    return t(f"spots.clusters.{key}", language, ratio=number(cluster.ratio, language, decimals=2), **said)
