"""Which figure the headings, labels and lines above a number name together."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from etl.spreadsheet.columns import Level
from etl.spreadsheet.figures import Ref, narrowed
from etl.spreadsheet.sense import Sense
from etl.tidy.folding import bare
from riskmap.domain.registry import indicator
from riskmap.domain.spreadsheets import SheetFigure
from riskmap.domain.vocabulary import Family


@dataclass(frozen=True, slots=True)
class Named:
    """The figures that a cell may be of, the level that says so, and whether it says too little.

    A category alone is too little: nobody has said of what it is a part.
    """

    refs: frozenset[Ref]
    level: Level | None
    is_loose: bool = False

    @property
    def ref(self) -> Ref | None:
        """The one figure, where it is only one."""
        return next(iter(self.refs)) if len(self.refs) == 1 and not self.is_loose else None


class Naming:
    """The figures of one table: of its columns, its rows, and of the table as a whole."""

    def __init__(
        self, figures: Sequence[SheetFigure], wholes: frozenset[Ref], columns: Sequence[Sense], rows: Sequence[Sense]
    ) -> None:
        self._wholes = wholes
        self._keyed = {number: entry for number, entry in enumerate(figures) if entry.where}
        in_columns, in_rows = _any_named(columns), _any_named(rows)
        self._settle(columns, is_named_elsewhere=in_rows)
        self._settle(rows, is_named_elsewhere=in_columns)
        self._in_columns, self._in_rows = _any_named(columns), _any_named(rows)

    def _settle(self, senses: Sequence[Sense], *, is_named_elsewhere: bool) -> None:
        """A category told alone belongs to what stands before it, or with its like to the one breakdown of them all."""
        senses = [sense for sense in senses if not (sense.is_ignored or sense.share is not None)]
        last: frozenset[Ref] = frozenset()
        run: list[Sense] = []
        for sense in senses:
            if sense.match.refs and not sense.match.loose:
                last = sense.match.refs
            held = next(filter(None, (narrowed(sense.match.refs, wholes) for wholes in (last, self._wholes))), None)
            if sense.match.loose and held:
                sense.match = replace(sense.match, refs=held, loose=False)
            if sense.match.loose and not is_named_elsewhere:
                run.append(sense)
            else:
                _settle_run(run)
                run = []
        _settle_run(run)
        _settle_totals(senses)

    def of(self, rows: Sense, columns: Sense) -> Named:
        """The figure of the cell where a row and a column cross."""
        named = self._told(rows, columns)
        return replace(named, refs=self._by_keys(named.refs, rows, columns))

    def _told(self, rows: Sense, columns: Sense) -> Named:
        of_column, of_row = columns.match, rows.match
        leaf = columns.levels[-1] if columns.levels else None
        label = rows.levels[-1] if rows.levels else None
        if of_column.refs and of_row.refs:
            same = of_column.refs & of_row.refs
            parts = narrowed(of_column.refs, of_row.refs) or narrowed(of_row.refs, of_column.refs)
            return Named(same or parts or of_column.refs | of_row.refs, leaf, of_column.loose and of_row.loose)
        match, level = (of_column, leaf) if of_column.refs else (of_row, label)
        if not match.refs:
            # Where other columns or rows say their figure, one that does not is not that of the whole table.
            is_left_out = (self._in_columns and not columns.total) or (self._in_rows and not rows.total)
            silent = leaf if self._in_columns else label if self._in_rows else leaf or label
            return Named(frozenset() if is_left_out else self._wholes, silent)
        held = narrowed(match.refs, self._wholes) or match.refs & self._wholes
        return Named(held, level) if held else Named(match.refs | self._contested(match.refs), level, match.loose)

    def _contested(self, refs: frozenset[Ref]) -> frozenset[Ref]:
        """What the whole table is of, where a column or row says no more than whom it counts: `Дети`, `Школы`."""
        is_people = any(indicator(ref.indicator).family is Family.POPULATION for ref in refs)
        return self._wholes if is_people else frozenset()

    def _by_keys(self, refs: frozenset[Ref], rows: Sense, columns: Sense) -> frozenset[Ref]:
        """Of the entries with keys, those whose values stand in the row."""
        if not self._keyed:
            return refs
        fitting = self._fitting(rows)
        kept = frozenset(ref for ref in refs if ref.entry not in self._keyed or ref.entry in fitting)
        if kept or columns.match.refs:
            return kept
        entries = ((number, self._keyed[number]) for number in fitting if not self._keyed[number].names)
        return frozenset(Ref(entry.figure, number, entry.scale) for number, entry in entries)

    def _fitting(self, rows: Sense) -> set[int]:
        values = {key: bare(level.text) for key, level in rows.keys.items()}
        return {
            number
            for number, entry in self._keyed.items()
            if all(values.get(bare(key)) in set(map(bare, wanted)) for key, wanted in entry.where.items())
        }

    def strange_key(self, rows: Sense) -> Level | None:
        """The value of a key that no entry has, in a row that no entry fits."""
        if not self._keyed or self._fitting(rows):
            return None
        known = {(bare(k), bare(v)) for entry in self._keyed.values() for k, vs in entry.where.items() for v in vs}
        strange = (level for key, level in rows.keys.items() if (key, bare(level.text)) not in known)
        return next(strange, next(iter(rows.keys.values()), None))


def _any_named(senses: Sequence[Sense]) -> bool:
    return any(sense.match.refs for sense in senses)


def _settle_run(run: Sequence[Sense]) -> None:
    """Several categories side by side belong to the one breakdown that has them all."""
    groups = set.intersection(*({ref.group for ref in sense.match.refs} for sense in run)) if len(run) > 1 else set()
    if len(groups) == 1:
        group = groups.pop()
        for sense in run:
            kept = frozenset(ref for ref in sense.match.refs if ref.group == group)
            sense.match = replace(sense.match, refs=kept, loose=False)


def _settle_totals(senses: Sequence[Sense]) -> None:
    """`Всего` beside the categories of one breakdown is their indicator, where nothing else names that."""
    refs = [ref for sense in senses if not sense.match.loose for ref in sense.match.refs]
    totals = [sense for sense in senses if sense.total and not sense.match.refs and not sense.mentions]
    groups = {ref.group for ref in refs}
    entries = {(ref.entry, ref.scale) for ref in refs}
    if len(groups) == len(entries) == len(totals) == 1 and all(ref.is_part for ref in refs):
        whole = Ref(refs[0].indicator, *entries.pop())
        totals[0].match = replace(totals[0].match, refs=frozenset({whole}))
