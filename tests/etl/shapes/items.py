"""What stands down and across a spreadsheet, sums included, and what it is called there."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Final

from riskmap.domain.areas import Area, AreaUnit
from riskmap.domain.vocabulary import Period
from tests.etl.shapes.facts import Facts
from tests.etl.shapes.shape import Shape
from tests.etl.shapes.speech import area_label, figure_label, footnoted, period_label, word

SHARE: Final = "share"


@dataclass(frozen=True, slots=True)
class Sum:
    """A row that adds up others: of a region in a list of several, of cities, of districts."""

    label: str
    areas: tuple[str, ...]
    code: str | None = None


Item = Area | Sum | Period | str | None  # nothing stands for the total


class Plan:
    """What a spreadsheet runs through in each dimension, totals included, and what everything is called."""

    def __init__(self, facts: Facts, shape: Shape, rng: Random) -> None:
        self.facts, self.shape, self.rng = facts, shape, rng
        self.language = shape.language
        self.places = {"area": shape.area, "figure": shape.figure, "period": shape.period}
        self.order = ("period", "figure", "area") if shape.swapped else ("area", "period", "figure")
        self.region = facts.regions[0]
        self.total = word(rng, "total", self.language) if shape.total_word else self.region.name(self.language)
        self.is_cumulative = shape.cumulative and len(facts.periods) > 1
        self.area_names = {
            area.id: self._noted(area_label(area, shape.names, n, language=self.language), shape.name_notes)
            for n, area in enumerate(facts.areas)
        }
        self.years = {p.code: self._noted(str(p.start.year), shape.year_notes) for p in facts.periods}

    def _noted(self, text: str, may: bool) -> str:
        return footnoted(self.rng, text) if may and self.rng.random() < 0.3 else text

    def items(self, dimension: str) -> list[Item]:
        """What a dimension runs through, totals included."""
        if dimension == "area":
            return self._areas()
        if dimension == "figure":
            return self._figures()
        with_total = self.shape.total_of_periods and self.facts.only_flows and len(self.facts.periods) > 1
        is_wide = self.places["period"] in ("across", "down") and not self.is_cumulative
        return [*self.facts.periods, *([None] if with_total and is_wide else [])]

    def _areas(self) -> list[Item]:
        if len(self.facts.regions) > 1:
            return [*self._by_region(), *([None] if self.shape.total == "last" else [])]
        if self.shape.subtotals:
            return [*self._by_kind(), *([None] if self.shape.total == "last" else [])]
        result: list[Item] = list(self.facts.areas)
        at = {"first": 0, "middle": len(result) // 2, "last": len(result)}.get(self.shape.total)
        if at is not None and self.places["area"] in ("down", "across", "block"):
            result.insert(at, None)
        return result

    def _by_region(self) -> Iterator[Item]:
        for region in self.facts.regions:
            inside = [area for area in self.facts.areas if area.parent == region.id]
            yield Sum(region.name(self.language), tuple(area.id for area in inside), region.id)
            yield from inside

    def _by_kind(self) -> Iterator[Item]:
        cities = [area for area in self.facts.areas if area.unit in (AreaUnit.CITY, AreaUnit.CITY_DISTRICT)]
        others = [area for area in self.facts.areas if area not in cities]
        for kind, inside in (("cities", cities), ("districts", others)):
            yield from inside
            if len(cities) > 1 and len(others) > 1:
                yield Sum(word(self.rng, kind, self.language), tuple(area.id for area in inside))

    def _figures(self) -> list[Item]:
        result: list[Item] = list(self.facts.figures)
        group = self.facts.groups[0]
        if self.shape.shares and len(group) > 1 and self.places["figure"] == "across":
            result.insert(result.index(group[-1]) + 1, f"{SHARE}:{group[0]}:{group[1]}")
        return result

    def label(self, dimension: str, item: Item) -> tuple[str, ...]:
        """How an item is called, level by level."""
        if dimension == "area":
            named = self.area_names[item.id] if isinstance(item, Area) else self.total
            return (item.label if isinstance(item, Sum) else named,)
        if dimension == "figure":
            return self._figure_label(str(item))
        if not isinstance(item, Period):
            return (word(self.rng, "total", self.language),)
        return self.period_path(item)

    def period_path(self, item: Period) -> tuple[str, ...]:
        if self.facts.is_yearly:
            label = period_label(item, "words" if self.shape.period_form == "words" else "year", self.language)
            return (label.replace(str(item.start.year), self.years[item.code]),)
        label = period_label(item, self.shape.period_form, self.language)
        if self.is_cumulative and item != self.facts.periods[0]:
            label = f"{period_label(self.facts.periods[0], 'name', self.language)}–{label}"
        return (self.years[item.code], label) if self.shape.year_beside else (label,)

    def _figure_label(self, figure: str) -> tuple[str, ...]:
        language = self.shape.second
        if figure.startswith(SHARE):
            return (word(self.rng, "share", language),)
        group = next(group for group in self.facts.groups if figure in group)
        label = figure_label(figure, language, form=self.shape.words)
        if figure != group[0] and self.places["figure"] in ("sheet", "block"):  # far from what it is a part of
            return (f"{figure_label(group[0], language, form=self.shape.words)}: {label}",)
        if not self.shape.of_which or len(group) == 1 or self.places["figure"] != "across":
            return (label,)
        return (label, "") if figure == group[0] else (_of_which(language), label)


def code_of(item: Item) -> str | None:
    """The code that stands beside the name of an area or of a sum."""
    return item.id if isinstance(item, Area) else item.code if isinstance(item, Sum) else None


def _of_which(language: str) -> str:
    return {"ru": "в том числе", "kk": "оның ішінде", "en": "of which"}[language]
