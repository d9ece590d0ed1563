"""Every number of a table to what it is: a figure of one area and period, a total, a share, or a fault."""

from dataclasses import replace

from etl.spreadsheet.cells import ALL_ROWS, EVERYWHERE, Cell, Content, TableResult
from etl.spreadsheet.columns import Level, Role, lay_out
from etl.spreadsheet.context import FileContext
from etl.spreadsheet.figures import Ref
from etl.spreadsheet.frame import IN_TABLE, Frame
from etl.spreadsheet.naming import Naming
from etl.spreadsheet.numbers import EXPECTED_COUNT, Number, Unreadable, read_cell
from etl.spreadsheet.periods import Mention, narrowed
from etl.spreadsheet.row_areas import RowArea, RowAreas
from etl.spreadsheet.rows import Row, read_rows
from etl.spreadsheet.sense import Sense, make_sense
from etl.spreadsheet.tables import Table
from etl.spreadsheet.units import fits_scale
from etl.spreadsheet.when import jumps, period_of
from etl.tidy.folding import bare
from riskmap.domain.areas import AreaKind
from riskmap.domain.errors import Problem, Severity
from riskmap.domain.spreadsheets import Meaning, Stand
from riskmap.domain.vocabulary import Grain


class TableReader:
    """Reads one table: what holds for all of it first, then its columns, its rows, its cells."""

    def __init__(self, context: FileContext, table: Table) -> None:
        self._context, self._table, self._grid, self._item = context, table, table.grid, context.item
        self.result = TableResult()
        layout = lay_out(table, context.item)
        self.number_columns = layout.of(Role.NUMBERS)
        rows, faults = read_rows(context, table, layout)
        self.result.problems.extend(faults)
        self._frame = Frame(context, table, layout, rows)
        self._within = ""  # region that a row has named for those below it
        self._columns = {column: self._column_sense(layout.levels[column]) for column in self.number_columns}
        self._rows = [(row, self._row_sense(row)) for row in rows]
        senses = [sense for _, sense in self._rows]
        self._naming = Naming(context.item.figures, self._frame.wholes, list(self._columns.values()), senses)
        self._row_areas = RowAreas(context, self._grid, self._is_void)
        self._across = any(sense.mentions for sense in self._columns.values())
        self._down = any(sense.mentions for sense in senses)

    def read(self) -> TableResult:
        """Everything of the table."""
        self.result.has_areas = self._frame.area_stand in (*IN_TABLE, Stand.SHEET)
        if self._frame.area:
            self.result.areas.add(self._frame.area.id)
        spots = [sense.spot for sense in self._columns.values() if sense.spot]
        self.result.areas.update(spot.area.id for spot in spots if spot.area)
        if not any(sense.faults for sense in self._columns.values()):  # a month that is a day now has been told
            for level, found in jumps(list(self._columns.values())):
                self._tell("P008", level, found=found)
        for row, sense in self._rows:
            self._read_row(row, sense)
        return self.result

    # ---- columns and rows

    def _column_sense(self, levels: tuple[Level, ...]) -> Sense:
        has_areas = self._frame.area_stand is Stand.HEADING
        sense = make_sense(self._context, self._grid, levels, has_areas=has_areas, key_names=())
        for fault in sense.faults:
            self.result.tell(fault)
        return sense

    def _row_sense(self, row: Row) -> Sense:
        keys = {bare(key) for entry in self._item.figures for key in entry.where} | set(
            map(bare, self._item.ignored_where)
        )
        in_rows = self._frame.area_stand in (Stand.COLUMN, Stand.BLOCK)
        has_areas = in_rows or any(level.stand is Stand.BLOCK for level in row.levels)
        sense = make_sense(
            self._context, self._grid, row.levels, has_areas=has_areas, key_names=keys, within=self._within
        )
        above = sense.spot.above if sense.spot else None
        if above and above.kind is AreaKind.REGION and self._context.places.region is None:
            self._within = above.id
        return sense

    def _read_row(self, row: Row, sense: Sense) -> None:
        stand = self._frame.area_stand
        is_placed = stand in (Stand.COLUMN, Stand.BLOCK)
        place = self._row_areas.of(row, sense, in_blocks=stand is Stand.BLOCK) if is_placed else RowArea()
        if place.area:
            self.result.areas.add(place.area)
        if sense.is_ignored or self._has_ignored_key(sense):
            self.result.passed += 1
            return
        faults = [*place.faults, *sense.faults, *(self._fault("L026", level) for level in sense.left)]
        if place.area and not row.is_filled and self._item.empty is Meaning.UNKNOWN:
            faults.append(replace(self._grid.fault("L015", row.number), candidates=(place.area,)))
        for fault in faults:
            self.result.tell(fault)
        if any(fault.severity is Severity.STOP for fault in faults):
            self.result.has_lost_rows = True
        elif row.is_filled and not place.is_passed:
            for column in self._columns:
                self._read_cell(row, sense, column, place)

    def _has_ignored_key(self, sense: Sense) -> bool:
        ignored = {bare(key): set(map(bare, values)) for key, values in self._item.ignored_where.items()}
        return any(bare(level.text) in ignored.get(key, ()) for key, level in sense.keys.items())

    def _is_void(self, row: Row) -> bool:
        """Whether a row has no number but zero."""
        texts = (self._grid.text(row.number, column) for column in self.number_columns)
        contents = (read_cell(text, self._context.marks) for text in texts if text)
        return all(not (isinstance(c, Number) and c.value) and not isinstance(c, Unreadable) for c in contents)

    # ---- cells

    def _read_cell(self, row: Row, rows: Sense, column: int, place: RowArea) -> None:
        columns, at = self._columns[column], (row.number, column)
        is_empty = not self._grid.text(*at) and not self._grid.is_number(*at)
        if columns.is_ignored:
            self.result.passed += not is_empty
            return
        if columns.left:
            for level in () if is_empty else columns.left:
                self._tell("L007", level)
            return
        area, scope = self._area(columns, place)
        share = columns.share if columns.share is not None else rows.share
        ref = None if share is not None else self._figure(rows, columns, at, is_empty=is_empty)
        if ref is None and share is None:
            return
        if not (area or scope):
            if not is_empty:
                self._tell_without_area(columns, row.number)
            return
        self.result.named += not is_empty
        if columns.faults:
            return
        mention, is_sum = self._period(rows, columns, at)
        is_total = is_sum or bool(scope)
        if mention is None and not is_total or not self._is_in_unit(rows, columns, ref):
            return
        content = self._content(at, is_total=is_total, is_share=share is not None)
        if content is None:
            self.result.lost.add(column)
            return
        cell = Cell(self._grid, self._table.number, *at, content, ref, area, mention, share, scope)
        lists = self.result.shares, self.result.totals, self.result.cells
        lists[0 if share is not None else 1 if is_total else 2].append(cell)

    def _area(self, columns: Sense, place: RowArea) -> tuple[str | None, str]:
        """The area of a cell, or what it is the total of."""
        if self._frame.area_stand is Stand.HEADING:
            spot = columns.spot
            if spot is None:
                return None, ALL_ROWS if columns.total else ""
            return (spot.area.id, "") if spot.area else (None, spot.above.id if spot.above else "")
        if self._frame.is_total:
            return None, EVERYWHERE
        return (self._frame.area.id, "") if self._frame.area else (place.area or None, place.scope)

    def _figure(self, rows: Sense, columns: Sense, at: tuple[int, int], *, is_empty: bool) -> Ref | None:
        named = self._naming.of(rows, columns)
        if named.ref or is_empty:
            return named.ref
        level = named.level or Level("", *at, Stand.HEADING)
        strange = self._naming.strange_key(rows)
        if named.refs:
            self._tell("L021", level, expected=", ".join(sorted(ref.figure for ref in named.refs)))
        elif strange:
            self._tell("L026", strange)
        else:
            self._tell("L007" if level.stand is Stand.HEADING else "L026", level)
        return None

    def _period(self, rows: Sense, columns: Sense, at: tuple[int, int]) -> tuple[Mention | None, bool]:
        """The period of a cell as far as it is told; whether it is a sum over the periods of its siblings."""
        if self._across and not columns.mentions:
            if not columns.total:
                self._tell("L007", columns.levels[-1] if columns.levels else Level("", *at, Stand.HEADING))
            whole = narrowed(rows.mentions) if columns.total else None
            return (self._context.taken(whole) if whole else None), columns.total is not None
        if self._down and not rows.mentions:
            is_sum = rows.total is not None and not self._across
            if not is_sum:
                self.result.tell(self._grid.fault("P001", at[0]))
            return None, is_sum
        running = self._frame.running
        when = period_of([*rows.mentions, *columns.mentions], self._frame.mentions)
        if when.code:
            place = at if when.of_cell else (None, None)
            self.result.tell(self._grid.fault(when.code, *place, found=when.found))
        if when.mention and when.mention.grain is Grain.MONTH and running and not self._item.cumulative:
            self._tell("P010", running)
            return None, False
        return self._context.taken(when.mention) if when.mention else None, False

    def _is_in_unit(self, rows: Sense, columns: Sense, ref: Ref | None) -> bool:
        """Whether the number is counted as the declaration says; a unit that is printed otherwise is a fault."""
        level = columns.unit or rows.unit or self._frame.unit
        if ref is None or level is None or fits_scale(level.text, scale=ref.scale, is_measure=ref.is_measure):
            return True
        if level.stand is Stand.SHEET:
            self.result.tell(self._grid.fault("L027", found=level.text, expected=str(ref.scale)))
        else:
            self._tell("L027", level, expected=str(ref.scale))
        return False

    # ---- contents

    def _content(self, at: tuple[int, int], *, is_total: bool, is_share: bool) -> Content | None:
        """What the cell holds; its fault is told, and the empty cell of a total or a share is none."""
        sheet, text = self._grid.sheet, self._grid.text(*at)
        for code, places in (("V016", sheet.errors), ("V015", sheet.unsaved), ("V017", sheet.dates)):
            if at in places:
                self._refuse(code, at, found=sheet.errors.get(at, text))
                return None
        if self._is_merged(at):
            return None
        if not text:
            if is_total or is_share:
                return None
            if self._item.empty is not Meaning.UNKNOWN:
                return self._item.empty
            self._refuse("V003", at)
            return None
        content = read_cell(text, self._context.marks)
        code = _fault_of(content, is_share=is_share)
        if code:
            self._refuse(code, at, found=text)
        return None if code or isinstance(content, Unreadable) else content

    def _refuse(self, code: str, at: tuple[int, int], *, found: str = "") -> None:
        self.result.tell(self._grid.fault(code, *at, found=found, expected=EXPECTED_COUNT))

    def _is_merged(self, at: tuple[int, int]) -> bool:
        """Whether the cell is one of several merged numbers: nobody knows whose number that is."""
        merge = self._grid.merges.get(at)
        if merge is None:
            return False
        rows = {row.number for row, _ in self._rows} & set(range(merge[0], merge[2] + 1))
        columns = self._columns.keys() & set(range(merge[1], merge[3] + 1))
        if len(rows) * len(columns) < 2:
            return False
        first = merge[:2]
        self.result.tell(self._grid.fault("L024", *first, found=self._grid.text(*first)))
        return True

    # ---- faults

    def _tell_without_area(self, columns: Sense, row: int) -> None:
        """Told once where the whole table has no area, else at the row or the column."""
        if self._frame.area_stand not in IN_TABLE:
            fault, level = self._frame.area_fault or (Problem("A001"), None)
            place = self._fault(fault.code, level) if level else self._grid.fault(fault.code)
            self.result.tell(replace(fault, file=place.file, sheet=place.sheet, row=place.row, column=place.column))
        elif self._frame.area_stand is Stand.HEADING and columns.levels:
            heading = columns.levels[-1]
            unknown = self._context.places.find(heading.text).fault
            self._tell(unknown.code if unknown else "A001", heading)
        else:
            self.result.tell(self._grid.fault("A001", row))

    def _tell(self, code: str, level: Level, *, found: str = "", expected: str = "") -> None:
        self.result.tell(replace(self._fault(code, level), found=found or level.text, expected=expected))

    def _fault(self, code: str, level: Level) -> Problem:
        return self._grid.fault(code, level.row, level.column, found=level.text)


def _fault_of(content: Content | Unreadable, *, is_share: bool) -> str:
    """The code of what is wrong with a content by itself; empty where nothing is."""
    if isinstance(content, Unreadable):
        return content.code
    if isinstance(content, Meaning) or (is_share and content.value >= 0):
        return ""
    if content.value < 0:
        return "V002"
    return "V001" if content.is_unclear else "L027" if content.is_percent else ""
