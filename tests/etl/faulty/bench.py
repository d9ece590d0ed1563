"""The bench on which faulty files are made: sound files to spoil, and the list of what is made of them."""

import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook

from etl.intake import Call, check_files
from etl.return_workbook import write_return
from etl.tidy.return_layout import is_collected, return_areas
from riskmap.domain.errors import Problem
from riskmap.domain.registry import figure_key
from riskmap.domain.vocabulary import ALL, CellStatus
from tests.etl.faulty.sheets import SPREADSHEET, write_spreadsheet
from tests.etl.form_workbook import write_form
from tests.etl.long_returns import write_table
from tests.etl.returns import FULL, OCTOBER, ULYTAU, Change, Figures, changed, month

FORM: Final = "Akmola Region.xlsx"
RETURN: Final = "620000000 2025-10.xlsx"
SUMMER_RETURN: Final = "620000000 2025-07.xlsx"
JULY: Final = month("2025-07")

Place = tuple[int | None, str]  # row and column of the fault, as it is told
WHOLE: Final[Place] = (None, "")  # of a sheet or a file


@dataclass(frozen=True)
class Case:
    """What is checked, what else is told beside the code, and where the code is told."""

    problems: Callable[[], Iterable[Problem]]
    place: Place = WHOLE
    beside: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Bench:
    """Where one faulty file is made; `sound` holds files without a fault, which are copied and never changed."""

    folder: Path
    sound: Path
    patch: pytest.MonkeyPatch

    def return_book(self, *changes: Change, name: str = RETURN, of: str = RETURN) -> Path:
        """The sound return of a region, after changes by hand."""
        return self._spoiled(of, name, changes)

    def form(self, *changes: Change, name: str = FORM) -> Path:
        """The sound Form No. 1-M, after changes by hand."""
        return self._spoiled(FORM, name, changes)

    def sheet(self, *changes: Change, name: str = SPREADSHEET) -> Path:
        """The sound spreadsheet of a region, after changes by hand."""
        return self._spoiled(SPREADSHEET, name, changes)

    def table(self, *rows: Mapping[str, str], name: str = "return.csv") -> Path:
        """A long return with these rows."""
        return write_table(self.folder / name, rows)

    def book(self, rows: Iterable[Iterable[object]], *, name: str, sheet: str = "Лист1") -> Path:
        """A workbook of one sheet that holds these rows."""
        book = Workbook()
        book.active.title = sheet
        for cells in rows:
            book.active.append(list(cells))
        book.save(self.folder / name)
        return self.folder / name

    def text(self, content: str, *, name: str, encoding: str = "utf-8") -> Path:
        """A file of text."""
        path = self.folder / name
        path.write_bytes(content.encode(encoding))
        return path

    def with_part(self, path: Path, part: str, content: bytes) -> Path:
        """A workbook with one more part inside, or with another content of one."""
        with ZipFile(path) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        with ZipFile(path, "w", ZIP_DEFLATED) as archive:
            for name, inside in {**parts, part: content}.items():
                archive.writestr(name, inside)
        return path

    def _spoiled(self, of: str, name: str, changes: tuple[Change, ...]) -> Path:
        path = Path(shutil.copy(self.sound / of, self.folder / name))
        return changed(path, *changes) if changes else path


Builder = Callable[[Bench], Case]


@dataclass(frozen=True)
class Fixture:
    """A fault as it happens, and how to make it."""

    story: str
    build: Builder


FAULTY: Final[dict[str, Fixture]] = {}


def faulty(code: str, story: str) -> Callable[[Builder], Builder]:
    """Keep the builder as the bad file of a rule; there is one for each."""

    def keep(build: Builder) -> Builder:
        assert code not in FAULTY, code
        FAULTY[code] = Fixture(story, build)
        return build

    return keep


def case(
    *paths: Path,
    at: Place = WHOLE,
    beside: str = "",
    source: str | None = None,
    area: str | None = None,
    period: str | None = None,
) -> Case:
    """The check of files as one call of the loader, in which the fault is told at that place."""
    call = Call(source, area, period)
    return Case(lambda: check_files(paths, call).problems, at, frozenset(filter(None, [beside])))


def write_sound(folder: Path) -> Path:
    """Write the sound files, once for all tests."""
    write_form(folder / FORM, {})
    write_spreadsheet(folder / SPREADSHEET)
    for name, period in ((RETURN, OCTOBER), (SUMMER_RETURN, JULY)):
        figures, units = sound_figures(), sound_units()
        for area, key in figures:
            if not is_collected(key, period):
                figures[area, key] = CellStatus.NOT_APPLICABLE
        said = {"source": FULL, "region": ULYTAU, "period": period, "language": "ru", "invented": False}
        write_return(folder / name, figures=figures, units=units, **said)  # type: ignore[arg-type]
    return folder


def sound_figures() -> Figures:
    """Figures of a region that agree with each other and differ from area to area."""
    figures: Figures = {}
    for row, area in enumerate(return_areas(ULYTAU, OCTOBER.end)):
        for topic in FULL.return_sheets:
            for key in topic.figures:
                figures[area.id, key] = _number(topic.figures, key, row)
    return figures


def sound_units() -> dict[str, tuple[int, int]]:
    """How many schools were due to report in each area, and how many did."""
    return {area.id: (23 + 3 * row, 22 + 3 * row) for row, area in enumerate(return_areas(ULYTAU, OCTOBER.end))}


def _number(figures: tuple[str, ...], key: str, row: int) -> int:
    name, breakdown, _ = figure_key(key)
    populations = {"schools": (23, 3), "pupils": (5013, 731), "educators": (413, 57), "lessons_due": (601_377, 8_731)}
    if name in populations:
        first, step = populations[name]
        return first + step * row
    whole = 7 + (5 * row + 3 * list(dict.fromkeys(figure_key(other)[0] for other in figures)).index(name)) % 17
    if breakdown == ALL:
        return whole
    same = [other for other in figures if figure_key(other)[:2] == (name, breakdown)]
    return whole // len(same) + (whole % len(same) if same[0] == key else 0)
