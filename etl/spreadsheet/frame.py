"""What holds for a whole table: where its areas stand, and the area, figure, periods and unit told once for all."""

from collections.abc import Sequence
from typing import TypeAlias

from etl.spreadsheet.columns import Layout, Level, Role
from etl.spreadsheet.context import FileContext, as_mention, mentions_in, sheet_title, wholes_in
from etl.spreadsheet.figures import Ref
from etl.spreadsheet.grid import RowKind
from etl.spreadsheet.periods import Mention, read_periods
from etl.spreadsheet.rows import Row
from etl.spreadsheet.tables import Table
from etl.spreadsheet.units import is_unit_line, is_unit_note
from etl.spreadsheet.words import is_area_heading, is_running, is_thousand
from etl.tidy.folding import bare
from riskmap.domain.areas import Area
from riskmap.domain.errors import Problem
from riskmap.domain.spreadsheets import Stand

IN_TABLE = (Stand.COLUMN, Stand.HEADING, Stand.BLOCK)
Line: TypeAlias = tuple[int, int, str]
"""Row, column and text of a cell outside the numbers."""


class Frame:
    """The surroundings of one table: the lines above it, its sheet, the file and the call."""

    def __init__(self, context: FileContext, table: Table, layout: Layout, rows: Sequence[Row]) -> None:
        self._context, self._table, self._layout, self._rows = context, table, layout, rows
        self._grid, self._near = table.grid, {*table.own_above, *table.head}
        self._above = self._lines()
        self.area_stand = next((stand for stand in context.item.area.stands if self._has_area(stand)), None)
        self.is_total = self._is_total()
        is_outside = self.area_stand is not None and self.area_stand not in IN_TABLE and not self.is_total
        self.area = self._area_at(self.area_stand) if is_outside else None
        self.area_fault = None if self.area or self.area_stand in IN_TABLE else self._area_fault()
        self.wholes = self._wholes()
        self.mentions = self._mentions()
        self.unit = self._unit()
        self.running = self._running()

    def _lines(self) -> list[Line]:
        """Cells of the lines above, the nearest first, with the corner of the headings and what spans them all."""
        corner = [column for column, role in self._layout.roles.items() if role is not Role.NUMBERS]
        spanning = {
            (level.row, level.column): level.text
            for levels in self._layout.levels.values()
            for level in levels
            if level.is_above and (level.spans_all or len(self._layout.levels) == 1)
        }
        inside = sheet_title(self._grid, self._table.head, corner)
        return [*inside, *((*at, text) for at, text in spanning.items()), *sheet_title(self._grid, self._table.above)]

    # ---- areas

    def _has_area(self, stand: Stand) -> bool:
        find = self._context.places.find
        if stand is Stand.HEADING:
            levels = [level for levels in self._layout.levels.values() for level in levels]
            return any(find(level.text).area for level in levels if not read_periods(level.text).mentions)
        if stand not in IN_TABLE:
            return self._area_at(stand) is not None
        if stand is Stand.COLUMN and (any(row.code for row in self._rows) or self._has_area_heading()):
            return True
        texts = {level.text for row in self._rows for level in row.levels if level.stand is stand}
        spots = [find(text) for text in texts if not self._context.names.match([text]).refs]
        return any(spot.area or (spot.is_place and not spot.above) for spot in spots)

    def _has_area_heading(self) -> bool:
        declared = set(map(bare, self._context.item.area.headings))
        keys = [self._layout.keys[column] for column in self._layout.of(Role.LABELS)]
        return any(is_area_heading(key) or key in declared for key in keys if key)

    def _area_at(self, stand: Stand | None) -> Area | None:
        """The area that a place outside the table tells for all of it."""
        places = self._context.places
        if stand is Stand.SHEET:
            return places.find(self._grid.name).area if self._grid.name else None
        if stand is Stand.ABOVE:
            return self._area_above()
        if stand is Stand.FILE:
            area = places.find(self._context.stem).area
            return area or _only(places.in_text(self._context.stem.replace("_", " ")))
        asked = self._context.asked.area
        return asked if stand is Stand.CALL and asked and asked.kind is places.level else None

    def _area_above(self) -> Area | None:
        """The area that a line is, those behind the table before first; else the only one that the lines speak of."""
        places = self._context.places
        for _, _, text in sorted(self._above, key=lambda line: line[0] not in self._near):
            for part in (text, *text.split(":")[1:]):
                area = places.find(part).area if bare(part) else None
                if area:
                    return area
        return _only([area for _, _, text in self._above for area in places.in_text(text)])

    def _area_fault(self) -> tuple[Problem, Level] | None:
        """What is wrong with the area that the nearest line or the sheet names."""
        near = [line for line in self._above if line[0] in self._near]
        for row, column, text in (*near, (0, 0, self._grid.name)):
            spot = self._context.places.find(text) if bare(text) else None
            if spot and spot.fault and spot.is_place:
                return spot.fault, Level(text, row, column, Stand.ABOVE)
        return None

    def _is_total(self) -> bool:
        """Whether the whole table holds totals: what stands for its area is a word for totals, or the region itself."""
        if self.area_stand in IN_TABLE:
            return False
        wording, places = self._context.wording, self._context.places
        own = (text for row, _, text in self._above if row in self._near)
        nearest = next((text for text in own if wording.is_total(text) or places.find(text).area), "")
        if nearest:
            return wording.is_total(nearest)
        name = self._grid.name
        is_above = bool(name) and self.area_stand is None and places.find(name).above is not None
        return wording.is_total(name) or is_above

    # ---- figure, periods, unit

    def _wholes(self) -> frozenset[Ref]:
        """The figure that is told for the whole table."""
        for stand in self._context.item.figure.stands:
            if stand is Stand.ONLY:
                entries = enumerate(self._context.item.figures)
                return frozenset(Ref(part.figure, number, part.scale) for number, part in entries)
            texts = {
                Stand.SHEET: [self._grid.name],
                Stand.ABOVE: [text for _, _, text in self._above],
                Stand.FILE: [self._context.stem],
            }.get(stand, [])
            found = wholes_in(self._context.names, texts)
            if found:
                return found
        return frozenset()

    def _mentions(self) -> list[list[Mention]]:
        """What is said of periods for the whole table, a list for each place, in the declared order."""
        asked = self._context.asked.period
        said = {
            Stand.SHEET: list(read_periods(self._grid.name).mentions),
            Stand.ABOVE: self._mentions_above(),
            Stand.FILE: list(self._context.said.mentions),
            Stand.CALL: [as_mention(asked)] if asked else [],
        }
        return [said[stand] for stand in self._context.item.period.stands if said.get(stand)]

    def _mentions_above(self) -> list[Mention]:
        """Periods of the lines above: those behind the table before count first, and of them lines that say no more."""
        own = [text for row, _, text in self._above if row in self._near]
        others = [text for row, _, text in self._above if row not in self._near]
        alone = [text for text in own if read_periods(text).is_only]
        return mentions_in(alone) or mentions_in(own) or mentions_in(others)

    def _running(self) -> Level | None:
        """The place that says that the numbers count from the beginning of the year."""
        texts = [*self._above, (0, 0, self._grid.name), (0, 0, self._context.stem)]
        levels = [Level(text, row, column, Stand.ABOVE) for row, column, text in texts]
        headings = (level for levels in self._layout.levels.values() for level in levels)
        return next((level for level in (*levels, *headings) if is_running(level.text)), None)

    def _unit(self) -> Level | None:
        """The line above, the sheet or the remark below that says that all numbers are no plain counts.

        Above stand the headings of earlier tables too: of these only thousands hold here.
        """
        names, sheet = self._context.names, self._grid.name
        for row, column, text in self._above:
            is_unit = is_unit_line(text) if row in self._near or row not in self._table.heads_above else False
            if (is_unit or is_thousand(text)) and not names.holds_unit([text]):
                return Level(text, row, column, Stand.ABOVE)
        is_declared = sheet.casefold() in map(str.casefold, self._context.item.sheets)
        if is_unit_line(sheet) and not (is_declared or names.holds_unit([sheet])):
            return Level(sheet, 0, 0, Stand.SHEET)
        notes = (line for line in self._below() if is_unit_note(line[2]))
        return next((Level(text, row, column, Stand.ABOVE) for row, column, text in notes), None)

    def _below(self) -> list[Line]:
        """Cells of the lines between the rows and behind the last one; before another table they are above that one."""
        grid, last = self._grid, max(self._table.data)
        behind = range(last + 1, len(grid.rows))
        is_last = not any(grid.kind(row) is RowKind.DATA for row in behind)
        rows = [*(row for row in self._table.body if row not in self._table.data), *(behind if is_last else ())]
        return [(row, column, text) for row in dict.fromkeys(rows) for column, text in grid.own(row)]


def _only(found: Sequence[Area]) -> Area | None:
    return found[0] if len({area.id for area in found}) == 1 else None
