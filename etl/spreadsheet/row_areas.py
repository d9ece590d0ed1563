"""The area of each row by its code and its name, or what the row is the total of, or the fault that it has."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from etl.spreadsheet.cells import ALL_ROWS
from etl.spreadsheet.columns import Level
from etl.spreadsheet.context import FileContext
from etl.spreadsheet.grid import Grid
from etl.spreadsheet.places import Spot
from etl.spreadsheet.rows import Row
from etl.spreadsheet.sense import Sense
from riskmap.domain.areas import Area
from riskmap.domain.errors import Problem, Severity

_OF_THE_NAME = ("A010", "A012")  # faults of a name that its code does not mend


@dataclass(frozen=True, slots=True)
class RowArea:
    """The area of a row, or the scope of a total; a row that is passed over holds nothing of its own."""

    area: str = ""
    scope: str = ""
    faults: tuple[Problem, ...] = ()
    is_passed: bool = False


class RowAreas:
    """Finds the areas of the rows of one table."""

    def __init__(self, context: FileContext, grid: Grid, is_void: Callable[[Row], bool]) -> None:
        self._places, self._grid, self._is_void = context.places, grid, is_void

    def of(self, row: Row, sense: Sense, *, in_blocks: bool) -> RowArea:
        """The area of a row; `in_blocks` where areas stand in lines across the table."""
        if row.code:
            return self._coded(row, row.code, sense)
        if sense.spot is None or sense.spot_level is None:
            if sense.total or in_blocks:
                return RowArea(scope=ALL_ROWS if sense.total else "")
            return RowArea(faults=(self._without(row, sense),))
        return self._named(row, sense.spot, sense.spot_level)

    def _named(self, row: Row, spot: Spot, level: Level) -> RowArea:
        notes = tuple(self._at(note, level) for note in spot.notes)
        if spot.above:
            return RowArea(scope=spot.above.id, faults=notes)
        if spot.area:
            return RowArea(spot.area.id, faults=notes)
        return self._refused(row, self._at(spot.fault or Problem("A001"), level), notes)

    def _without(self, row: Row, sense: Sense) -> Problem:
        """The label that is no area; told with its nearest ones."""
        if not sense.left:
            level = row.levels[-1] if row.levels else None
            found, column = (level.text, level.column) if level else ("", None)
            return self._grid.fault("A001", row.number, column, found=found)
        level = sense.left.pop(0)
        spot = self._places.find(level.text)
        return self._at(spot.fault or Problem("A002", found=level.text), level)

    def _coded(self, row: Row, code: Level, sense: Sense) -> RowArea:
        """The area of a code, which the name beside it must not contradict."""
        spot, named = self._places.code(code.text), sense.spot
        if named is None and sense.left:
            sense.spot_level = sense.left.pop(0)
            named = self._places.find(sense.spot_level.text)
        if spot.fault and sense.total and not spot.is_place:
            return RowArea(scope=ALL_ROWS)
        label = sense.spot_level or code
        notes = [self._at(note, code) for note in spot.notes]
        notes.extend(self._at(note, label) for note in (named.notes if named else ()))
        if named and named.fault and named.fault.code in _OF_THE_NAME:
            return self._refused(row, self._at(named.fault, label), tuple(notes))
        found = spot.area or spot.above
        if found is None:
            fault = self._at(spot.fault or Problem("A001"), code)
            meant = (named.area.id,) if named and named.area else fault.candidates
            return RowArea(faults=(*notes, replace(fault, candidates=meant)))
        if named and not _agrees(named, found):
            fault = self._grid.fault("A008", label.row, label.column, found=label.text, expected=found.id)
            return RowArea(faults=(*notes, replace(fault, candidates=(found.id,))))
        if spot.above or (sense.total and not named):
            return RowArea(scope=found.id, faults=tuple(notes))
        return RowArea(found.id, faults=tuple(notes))

    def _refused(self, row: Row, fault: Problem, notes: tuple[Problem, ...]) -> RowArea:
        """A retired area without numbers is only told: lists of codes keep such rows."""
        if fault.code == "A010" and self._is_void(row):
            return RowArea(faults=(*notes, replace(fault, severity=Severity.NOTE)), is_passed=True)
        return RowArea(faults=(*notes, fault))

    def _at(self, fault: Problem, level: Level) -> Problem:
        place = self._grid.fault(fault.code, level.row, level.column)
        return replace(fault, file=place.file, sheet=place.sheet, row=place.row, column=place.column)


def _agrees(named: Spot, found: Area) -> bool:
    """Whether a name means the area of the code, or may mean it."""
    area = named.area or named.above
    if area:
        return area.id == found.id
    return bool(named.fault and found.id in named.fault.candidates)
