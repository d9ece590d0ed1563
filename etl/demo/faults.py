"""The faults planted in regional workbooks, each noted with its place, what stands there and what is true."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from etl.demo.layouts import Return, other_region
from etl.demo.sheets import Cell, Page, place, shown
from geo.areas import areas, districts_of, foundings
from riskmap.domain.areas import Area, AreaKind, AreaUnit

_LOOK_ALIKE: Final = str.maketrans("аеорсухАВЕКМНОРСТХі", "aeopcyxABEKMHOPCTXi")
_MISCOUNTED: Final = 3
_OBSOLETE: Final = "УСТАРЕВШЕЕ - "


@dataclass(frozen=True, slots=True)
class Planted:
    """One fault: its kind, where it is, what is found there and what ought to be; no place where the file is meant."""

    kind: str
    sheet: str = ""
    cell: str = ""
    found: str = ""
    true: str = ""
    area: str = ""


@dataclass
class Spoiled:
    """The sheets of a workbook while faults are put into them."""

    content: Return
    pages: list[Page]
    file: str
    planted: list[Planted] = field(default_factory=list)

    def put(self, kind: str, page: Page, at: tuple[int, int], value: Cell, *, true: Cell, area: str = "") -> None:
        """Write a value into a cell and note it."""
        row, column = at
        page.rows[row][column] = value
        self.note(kind, page, at, true=true, area=area)

    def note(self, kind: str, page: Page, at: tuple[int, int], *, true: Cell, area: str = "") -> None:
        """Note what now stands in a cell."""
        found = shown(page.rows[at[0]][at[1]])
        self.planted.append(Planted(kind, page.name, place(*at), found, shown(true), area))

    def known(self, wanted: Callable[[int], bool], figures: tuple[str, ...]) -> tuple[Page, str, str, int]:
        """The first figure whose number is as wanted: its page, area, id and number."""
        for page in self.pages:
            for area in page.area_rows:
                for figure in figures:
                    number = self.content.number(area, figure)
                    if figure in page.columns and number is not None and wanted(number):
                        return page, area, figure, number
        raise LookupError(self.file)


def total_differs(book: Spoiled) -> None:
    """The total of an area is not what its parts add up to."""
    page, area, figure, number = book.known(lambda n: n > _MISCOUNTED, (book.content.plan.events,))
    wrong = number + _MISCOUNTED
    at = page.cell(area, figure)
    as_it_was = page.rows[at[0]][at[1]]
    book.put("total_differs", page, at, str(wrong) if isinstance(as_it_was, str) else wrong, true=number, area=area)


def empty_for_zero(book: Spoiled) -> None:
    """Nothing was written where nothing happened."""
    page, area, figure, _ = book.known(lambda n: n == 0, book.content.parts)
    book.put("empty_for_zero", page, page.cell(area, figure), None, true=0, area=area)


def text_number(book: Spoiled) -> None:
    """A number as text, with a space for thousands and one behind."""
    page, area, figure, number = book.known(lambda n: n >= 1000, book.content.figures)
    text = f"{number:,}".replace(",", " ") + " "
    book.put("text_number", page, page.cell(area, figure), text, true=number, area=area)


def lookalike_letters(book: Spoiled) -> None:
    """Latin letters in a Cyrillic name."""
    page = next(page for page in book.pages if page.area_rows)
    for area, row in page.area_rows.items():
        name = shown(page.rows[row][page.name_column])
        if (wrong := name.translate(_LOOK_ALIKE)) != name:
            book.put("lookalike_letters", page, (row, page.name_column), wrong, true=name, area=area)
            return


def duplicated_district(book: Spoiled) -> None:
    """A district twice, with other numbers."""
    page = [page for page in book.pages if page.area_rows][0]
    area = [area for area in page.area_rows if areas()[area].kind is AreaKind.DISTRICT][-1]
    if page.figures_down:
        again = deepcopy(page)
        again.name = f"{page.name} (2)"
        book.pages.append(again)
        row = again.area_rows.pop(area)
        again.area_rows = {}
        book.note("duplicated_district", again, (row, 0), true="", area=area)
        return
    cells = list(page.rows[page.area_rows[area]])
    cells = [cell + 1 if isinstance(cell, int) and n > page.name_column else cell for n, cell in enumerate(cells)]
    row = page.insert(cells)
    book.note("duplicated_district", page, (row, page.name_column), true="", area=area)


def foreign_district(book: Spoiled) -> None:
    """A district of another region."""
    _add_area(book, "foreign_district", other_region(book.content), "")


def retired_district(book: Spoiled) -> None:
    """A district that the region has no more, kept as lists of codes keep it."""
    gone = _former_district(book.content.region)
    _add_area(book, "retired_district", gone, _OBSOLETE)


def _former_district(region: Area) -> Area:
    """A district that went to a young region with the territory cut out of this one."""
    young = next(a for a, cut_from, _ in foundings() if cut_from == region.id and areas()[a].kind is AreaKind.REGION)
    return next(area for area in districts_of(young) if area.unit is AreaUnit.DISTRICT)


def _add_area(book: Spoiled, kind: str, area: Area, mark: str) -> None:
    page = next(page for page in book.pages if page.area_rows)
    model_area, model_row = next(iter(page.area_rows.items()))
    name = mark + area.name(book.content.language if book.content.language != "en" else "ru")
    if page.figures_down:
        extra = deepcopy(page)
        extra.name = area.name("ru", short=True)
        row = extra.area_rows.pop(model_area)
        extra.rows[row] = [name, area.id]
        extra.area_rows = {}
        book.pages.append(extra)
        book.note(kind, extra, (row, 0), true="", area=area.id)
        return
    cells: list[Cell] = [area.id if cell == model_area else cell for cell in page.rows[model_row]]
    cells[page.name_column] = name
    row = page.insert([0 if mark and isinstance(c, int) and n > page.name_column else c for n, c in enumerate(cells)])
    book.note(kind, page, (row, page.name_column), true="", area=area.id)


def missing_district(book: Spoiled) -> None:
    """A district that no row names."""
    area = book.content.rows[1]
    for page in book.pages:
        if area.id in page.area_rows:
            name = shown(page.rows[page.area_rows[area.id]][page.name_column])
            page.remove_area(area.id)
            book.planted.append(Planted("missing_district", page.name, "", "", name, area.id))


def wrong_year(book: Spoiled) -> None:
    """The name of the file says another year than the data are of."""
    year = book.content.months[-1].start.year
    if str(year - 1) not in book.file:
        raise LookupError(book.file)
    book.planted.append(Planted("wrong_year", "", "", str(year - 1), str(year)))


def month_as_date(book: Spoiled) -> None:
    """A month that the spreadsheet has made a date of."""
    page = next(page for page in book.pages if page.month_cell)
    month = book.content.months[-1].start
    at = page.month_cell or (0, 0)
    true = page.rows[at[0]][at[1]]
    is_text = not page.name  # a spreadsheet saved as text writes the date as it shows it
    wrong: Cell = f"{month.month:02}.май" if is_text else datetime(month.year, month.month, month.month)
    book.put("month_as_date", page, at, wrong, true=true)


def lost_letter(book: Spoiled) -> None:
    """A Kazakh letter that the encoding lacks has become a question mark."""
    page = next(page for page in book.pages if page.area_rows)
    for area, row in page.area_rows.items():
        name = shown(page.rows[row][page.name_column])
        lost = name.encode("cp1251", errors="replace").decode("cp1251")
        if lost != name:
            book.put("lost_letter", page, (row, page.name_column), lost, true=name, area=area)


def falling_sum(book: Spoiled) -> None:
    """A sum since 1 January that is smaller than that of the month before."""
    page = next(page for page in book.pages if page.columns)
    figure, column = next(iter(page.columns.items()))
    for area, row in page.area_rows.items():
        before = page.rows[row][column - 1]
        if isinstance(before, int) and before > _MISCOUNTED:
            true = page.rows[row][column]
            book.put("falling_sum", page, (row, column), before - _MISCOUNTED, true=true, area=area)
            return


# Rows that go or come are dealt with before the cells whose places are noted.
FAULTS: Final[Mapping[str, Callable[[Spoiled], None]]] = {
    "missing_district": missing_district,
    "duplicated_district": duplicated_district,
    "foreign_district": foreign_district,
    "retired_district": retired_district,
    "total_differs": total_differs,
    "empty_for_zero": empty_for_zero,
    "text_number": text_number,
    "lookalike_letters": lookalike_letters,
    "lost_letter": lost_letter,
    "month_as_date": month_as_date,
    "falling_sum": falling_sum,
    "wrong_year": wrong_year,
}


def spoil(book: Spoiled, kinds: tuple[str, ...]) -> tuple[Planted, ...]:
    """Put faults into the sheets of a workbook; returns them in the order of the sheets."""
    for kind, plant in FAULTS.items():
        if kind in kinds:
            plant(book)
    return tuple(book.planted)
