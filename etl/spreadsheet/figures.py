"""What headings and labels of a spreadsheet stand for: by its declaration and by the words of the catalogue."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from etl.spreadsheet.units import has_sign, is_other_unit, with_signs_told
from etl.spreadsheet.words import LONGEST_LABEL, Wording, without_marks, without_unit
from etl.tidy.folding import bare
from riskmap.domain.registry import Indicator, Source, figure_key, indicator, indicators
from riskmap.domain.spreadsheets import SheetFigure, Spreadsheet
from riskmap.domain.vocabulary import ALL, LANGUAGES
from riskmap.words import t

CATALOGUE: Final = -1  # the entry of a figure that comes through the words of the catalogue
_LANGUAGES_APART: Final = re.compile(r"\s*[/\n|]\s*")


@dataclass(frozen=True, slots=True, order=True)
class Ref:
    """A figure that a text may stand for, and the entry of the declaration that says so."""

    figure: str
    entry: int = CATALOGUE
    scale: int = 1

    @property
    def indicator(self) -> str:
        """Its indicator."""
        return figure_key(self.figure)[0]

    @property
    def is_measure(self) -> bool:
        """Whether its numbers are declared to have decimals: they are no counts."""
        item = indicator(self.indicator)
        return item.interval == "none" and item.decimals > 0

    @property
    def group(self) -> tuple[str, str]:
        """Its indicator and breakdown."""
        return figure_key(self.figure)[:2]

    @property
    def is_part(self) -> bool:
        """Whether it is a part of its indicator."""
        return figure_key(self.figure)[1] != ALL


@dataclass(frozen=True, slots=True)
class Match:
    """What the levels of a heading stand for: all figures that fit, and which of the levels say so.

    A category that several indicators have, or one that is told without its indicator, is `loose`.
    """

    refs: frozenset[Ref] = frozenset()
    used: frozenset[int] = frozenset()
    loose: bool = False


NOTHING: Final = Match()


def levels_of(name: str) -> tuple[str, ...]:
    """The folded levels of a name: `в том числе / физическое`."""
    return tuple(map(bare, name.split(" / ")))


class FigureNames:
    """Every name that stands for a figure, a share or for nothing to be read in one kind of spreadsheet."""

    def __init__(self, item: Spreadsheet, source: Source, wording: Wording) -> None:
        self.item, self._wording = item, wording
        self._declared: dict[str, list[tuple[tuple[str, ...], Ref]]] = {}
        for number, part in enumerate(item.figures):
            for name in part.names:
                levels = levels_of(name)
                self._declared.setdefault(levels[-1], []).append((levels, Ref(part.figure, number, part.scale)))
        self._full: dict[str, set[Ref]] = {}
        self._part: dict[str, set[Ref]] = {}
        self._with_sign: set[str] = set()  # names that hold a per cent or another sign, with it
        if item.words_of_catalogue:
            for known in indicators():
                if source.id in known.sources:
                    self._add(known)
        self.shares = [(number, levels_of(name)) for number, share in enumerate(item.shares) for name in share.names]
        self._ignored = [levels_of(name) for name in item.ignored]
        names = [name for part in item.figures for name in part.names]
        self._of_unit = [levels_of(name) for name in names if is_other_unit(name.split(" / ")[-1])]
        others = (name[-1] for name in (*(name for _, name in self.shares), *self._ignored))
        self._literal = {*self._declared, *others}
        keys = (item.ignored_where, *(part.where for part in item.figures))
        self._literal |= {bare(value) for where in keys for values in where.values() for value in values}

    def _add(self, item: Indicator) -> None:
        names = _names_of(item)
        words = [
            "",
            *(word for breakdown, found in item.breakdowns.items() for c in found for word in _words_of(breakdown, c)),
        ]
        self._with_sign.update(_signed(f"{name} {word}") for name in names if has_sign(name) for word in words)
        for name in names:
            self._full.setdefault(bare(name), set()).add(Ref(item.id))
        for breakdown, categories in item.breakdowns.items():
            for category in categories:
                ref = Ref(f"{item.id}:{breakdown}:{category}")
                self._full.setdefault(bare(ref.figure), set()).add(ref)
                for word in (*_words_of(breakdown, category), category):
                    self._part.setdefault(bare(word), set()).add(ref)
                    for name in names:
                        self._full.setdefault(bare(f"{name} {word}"), set()).add(ref)

    def part_found(self, texts: Collection[str]) -> float:
        """The part of the declared figures whose name and keys are among folded texts; above 0 for a catalogue word."""
        parts = [_is_found(part, texts) for part in self.item.figures]
        parts.extend(_any_found(share.names, texts) for share in self.item.shares)
        found = sum(parts) / len(parts) if parts else 0.0
        is_known = any(text in self._full or text in self._part for text in texts)
        return max(found, 1e-3 if is_known else 0.0)

    def holds_unit(self, levels: Sequence[str]) -> bool:
        """Whether the unit in the last level is part of a name: `grew by / 1-24%`; signs are not lost here."""
        if any(_fits(name, _folded(levels)) for name in self._of_unit):
            return True
        if has_sign(levels[-1]):
            return _signed(levels[-1]) in self._with_sign
        whole = bare(without_marks(levels[-1]))
        is_declared = any(levels == (whole,) for levels, _ in self._declared.get(whole, ()))
        return is_declared or whole in self._full or whole in self._part

    def is_literal(self, text: str) -> bool:
        """Whether a text with the number that it ends with is a name, or a value of a column that names a figure."""
        return bare(text) in self._literal or bare(text) in self._full

    def is_ignored(self, levels: Sequence[str]) -> bool:
        """Whether the levels are a heading that is known and not read; the last level decides, those above help."""
        return any(_fits(name, _folded(levels)) for name in self._ignored)

    def share(self, levels: Sequence[str]) -> int | None:
        """The number of the declared share that the levels stand for."""
        folded = _folded(levels)
        return next((number for number, name in self.shares if _fits(name, folded)), None)

    def match(self, levels: Sequence[str]) -> Match:
        """The figures that the levels of a heading stand for, the widest first; levels that say nothing are passed."""
        last = len(levels) - 1
        while last >= 0:
            found = self._at(levels[: last + 1])
            if found.refs:
                return found
            if not (self._wording.is_plain(levels[last]) or self._wording.is_total(levels[last])):
                return NOTHING
            last -= 1
        return NOTHING

    def _at(self, levels: Sequence[str]) -> Match:
        """What the last level stands for, the levels above it taken into account."""
        declared = self._by_declaration(levels)
        if declared.refs:
            return declared
        last = len(levels) - 1
        readings = _readings(levels[last])
        for texts in readings:
            full = _common([frozenset(self._full.get(text, ())) for text in texts])
            if full:
                return Match(full, frozenset({last}))
        for texts in readings:
            parts = _common([frozenset(self._part.get(text, ())) for text in texts])
            if parts:
                return self._under(levels, parts)
        return NOTHING

    def _by_declaration(self, levels: Sequence[str]) -> Match:
        best: list[tuple[int, Ref, frozenset[int]]] = []
        for texts in _readings(levels[-1]):
            for text in texts:
                for name, ref in self._declared.get(text, ()):
                    used = _places(name, levels)
                    if used:
                        best.append((len(name), ref, used))
        longest = max((length for length, _, _ in best), default=0)
        fitting = [(ref, used) for length, ref, used in best if length == longest]
        return Match(frozenset(ref for ref, _ in fitting), frozenset().union(*(used for _, used in fitting)))

    def _under(self, levels: Sequence[str], parts: frozenset[Ref]) -> Match:
        """A category below a heading that names its indicator; without one it is loose."""
        last = len(levels) - 1
        for place in range(last - 1, -1, -1):
            above = self._at(levels[: place + 1])
            if above.refs and not above.loose:
                held = narrowed(parts, above.refs)
                if held:
                    return Match(held, above.used | {last})
        return Match(parts, frozenset({last}), loose=True)


def _signed(text: str) -> str:
    """A text as names are compared, without losing its signs."""
    return bare(with_signs_told(without_marks(text)))


def _is_found(part: SheetFigure, texts: Collection[str]) -> bool:
    keys = all(bare(key) in texts and any(bare(v) in texts for v in values) for key, values in part.where.items())
    return keys and (not part.names or _any_found(part.names, texts))


def _any_found(names: Iterable[str], texts: Collection[str]) -> bool:
    return any(all(level in texts for level in levels_of(name)) for name in names)


def narrowed(parts: Iterable[Ref], wholes: Iterable[Ref]) -> frozenset[Ref]:
    """The parts that belong to one of the indicators told elsewhere."""
    named = {ref.indicator for ref in wholes if not ref.is_part}
    groups = {ref.group for ref in wholes if ref.is_part}
    return frozenset(ref for ref in parts if ref.indicator in named or ref.group in groups)


def _names_of(item: Indicator) -> list[str]:
    names = (item.words[language][key] for language in LANGUAGES for key in ("name", "short"))
    return list(dict.fromkeys([item.id, *names]))


def _words_of(breakdown: str, category: str) -> Iterator[str]:
    for language in LANGUAGES:
        yield t(f"category.{breakdown}.{category}", language)


@lru_cache(maxsize=1 << 14)
def _readings(text: str) -> tuple[tuple[str, ...], ...]:
    """Ways to read a heading: as it is, without its unit, and as the same in two languages; none for a whole text."""
    if len(text) > LONGEST_LABEL:
        return ()
    whole = without_marks(text)
    readings: list[tuple[str, ...]] = [(bare(whole),), (bare(without_unit(whole)),)]
    pieces = [piece for piece in _LANGUAGES_APART.split(whole) if bare(piece)]
    if len(pieces) > 1:
        readings.append(tuple(bare(without_unit(without_marks(piece))) for piece in pieces))
    return tuple(dict.fromkeys(readings))


def _common(found: Sequence[frozenset[Ref]]) -> frozenset[Ref]:
    """What all pieces of a text stand for; nothing where one of them is unknown or they differ."""
    return frozenset.intersection(*found) if all(found) else frozenset()


def _folded(levels: Sequence[str]) -> list[set[str]]:
    return [{text for texts in _readings(level) for text in texts} for level in levels]


def _fits(name: tuple[str, ...], folded: Sequence[set[str]]) -> bool:
    """Whether the name ends at the last level and its other levels stand above it in this order."""
    if not folded or name[-1] not in folded[-1]:
        return False
    above = iter(folded[:-1])
    return all(any(level in texts for texts in above) for level in name[:-1])


def _places(name: tuple[str, ...], levels: Sequence[str]) -> frozenset[int]:
    """The levels that a name of the declaration stands at; empty where it does not fit."""
    folded = _folded(levels)
    if not _fits(name, folded):
        return frozenset()
    used, place = {len(levels) - 1}, 0
    for level in name[:-1]:
        while level not in folded[place]:
            place += 1
        used.add(place)
        place += 1
    return frozenset(used)
