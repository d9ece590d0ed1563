"""Writes a return as the workbook that people fill in, empty or with its figures, in one of three languages."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from os import PathLike
from pathlib import Path
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from etl.return_rules import Body, guard, guard_month, lock, set_up_print
from etl.storage import storage_faults
from etl.tidy.return_layout import (
    AREA,
    NAME,
    UNITS,
    UNITS_REPORTED,
    columns_of,
    is_collected,
    return_areas,
)
from geo.areas import areas
from riskmap.domain.areas import Area, AreaKind
from riskmap.domain.registry import ReturnSheet, Source, figure_key, indicator
from riskmap.domain.vocabulary import ALL, CellStatus, Period
from riskmap.words import t

HEADING_ROW: Final = 5
ID_ROW: Final = HEADING_ROW + 1
FIRST_ROW: Final = ID_ROW + 1
MONTH_CELL: Final = "B3"
GREY: Final = PatternFill("solid", fgColor="E8E8E8")
BOLD: Final = Font(bold=True)
SMALL: Final = Font(size=8, color="595959")
WRAPPED: Final = Alignment(wrap_text=True, vertical="top")
TEXT: Final = "@"  # so that a spreadsheet makes no date of a month
WIDTHS: Final = {AREA: 14, NAME: 34}
WIDTH: Final = 16
GUIDANCE_LINES: Final = 9
GUIDANCE_HEIGHT: Final = 32  # two lines of text; merged cells do not grow by themselves
GUIDANCE_WIDTHS: Final = (28, 44, 80, 80)

Count = int | CellStatus


@dataclass(frozen=True, slots=True)
class _Return:
    """What is to be written, the same for every sheet."""

    source: Source
    region: Area
    period: Period
    language: str
    figures: Mapping[tuple[str, str], Count] | None
    units: Mapping[str, tuple[int, int]]
    invented: bool

    @property
    def rows(self) -> tuple[Area, ...]:
        """The areas down the side."""
        return return_areas(self.region.id, self.period.end)

    def word(self, key: str, **values: object) -> str:
        """A text of the form in its language."""
        return t(f"return_form.{key}", self.language, **values)

    def mark(self, status: CellStatus) -> str:
        """What stands for a number that is not there."""
        return self.word(f"mark.{status}")

    def count(self, area: str, key: str) -> Count | None:
        """What a cell holds; None for one that is to be filled in."""
        if key in UNITS:
            return self.units[area][key == UNITS_REPORTED] if area in self.units else None
        given = (self.figures or {}).get((area, key))
        return CellStatus.NOT_APPLICABLE if given is None and not is_collected(key, self.period) else given


def write_return(
    path: Path,
    *,
    source: Source,
    region: str,
    period: Period,
    language: str,
    figures: Mapping[tuple[str, str], Count] | None,
    units: Mapping[str, tuple[int, int]],
    invented: bool,
) -> None:
    """Write the return of a region for a month, with its totals; without figures the form to fill in.

    Figures are by area and id of the column (`<indicator>` or `<indicator>:<breakdown>:<category>`): numbers, or not
    reported or not applicable. Units are, by area, how many schools were due to report and how many did. What
    is left out stays empty, except the figures that are not collected in the month: they are marked. The same call
    writes the same bytes.
    """
    content = _Return(source, areas()[region], period, language, figures, units, invented)
    _refuse_unknown(content)
    book = Workbook()
    _write_guidance(book.active, content)
    for topic in source.return_sheets:
        _write_topic(book.create_sheet(topic.names[language]), topic, content)
    # A spreadsheet notes when it was made; ours is a pure function of its figures.
    book.properties.created = book.properties.modified = datetime.combine(period.end, datetime.min.time())
    with storage_faults(path), _Archive(path, "w", ZIP_DEFLATED) as archive:
        ExcelWriter(book, archive).write_data()


def _refuse_unknown(content: _Return) -> None:
    known = {(area.id, key) for area in content.rows for topic in content.source.return_sheets for key in topic.figures}
    strange = [str(key) for key in (content.figures or {}) if key not in known]
    strange += [area for area in content.units if area not in {row.id for row in content.rows}]
    if strange:
        raise ValueError(f"not in the return of {content.region.id} for {content.period.code}: {strange[:3]}")


class _Archive(ZipFile):
    """An archive whose parts carry no time of their own."""

    def writestr(self, zinfo_or_arcname: str | ZipInfo, data: Any, *_: Any, **__: Any) -> None:
        """Add a part under its name with the first date an archive knows."""
        name = zinfo_or_arcname.filename if isinstance(zinfo_or_arcname, ZipInfo) else zinfo_or_arcname
        super().writestr(ZipInfo(name), data, ZIP_DEFLATED)

    def write(self, filename: str | PathLike[str], arcname: Any = None, *_: Any, **__: Any) -> None:
        """Add a part that the spreadsheet library has prepared in a file."""
        self.writestr(arcname, Path(filename).read_bytes())


def _write_guidance(sheet: Worksheet, content: _Return) -> None:
    """How cells are filled in, and what each figure counts."""
    sheet.title = content.word("guidance_sheet")
    title = content.source.words[content.language]["name"]
    invented = [content.word("invented")] if content.invented else []
    guidance = [t(f"return_form.guidance.{number}", content.language) for number in range(1, GUIDANCE_LINES + 1)]
    for row, text in enumerate([title, *invented, *guidance], start=1):
        _put(sheet, row, 1, text, font=BOLD if row == 1 else Font(), alignment=WRAPPED)
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=len(GUIDANCE_WIDTHS))
        sheet.row_dimensions[row].height = GUIDANCE_HEIGHT
    row = sheet.max_row + 2
    for column, key in enumerate(("sheet", "figure", "counted", "is_not"), start=1):
        _put(sheet, row, column, content.word(f"contents.{key}"), font=BOLD, alignment=WRAPPED)
        sheet.column_dimensions[get_column_letter(column)].width = GUIDANCE_WIDTHS[column - 1]
    for offset, texts in enumerate(_contents(content), start=1):
        for column, text in enumerate(texts, start=1):
            _put(sheet, row + offset, column, text, alignment=WRAPPED)
    lock(sheet)
    set_up_print(sheet)


def _contents(content: _Return) -> Iterator[tuple[str, str, str, str]]:
    for topic in content.source.return_sheets:
        for name in dict.fromkeys(figure_key(figure)[0] for figure in topic.figures):
            words = indicator(name).words[content.language]
            yield topic.names[content.language], words["name"], words["counted"], words["is_not"]


def _put(sheet: Worksheet, row: int, column: int, value: object, **look: Any) -> None:
    cell = sheet.cell(row, column, value)
    for key, style in look.items():
        setattr(cell, key, style)


def _write_topic(sheet: Worksheet, topic: ReturnSheet, content: _Return) -> None:
    keys = columns_of(topic)
    _write_head(sheet, topic, content)
    for column, key in enumerate(keys, start=1):
        _put(sheet, HEADING_ROW, column, _heading(key, content), font=BOLD, alignment=WRAPPED)
        _put(sheet, ID_ROW, column, key, font=SMALL, fill=GREY)
        sheet.column_dimensions[get_column_letter(column)].width = WIDTHS.get(key, WIDTH)
    for row, area in enumerate(content.rows, start=FIRST_ROW):
        name = area.name(content.language, short=area.kind is AreaKind.REMAINDER)
        _put(sheet, row, 1, area.id, number_format=TEXT)
        _put(sheet, row, 2, name)
        for column, key in enumerate(keys[2:], start=3):
            _put(sheet, row, column, _shown(content.count(area.id, key), content))
    _write_totals(sheet, keys, content)
    body = Body(sheet, keys, FIRST_ROW, FIRST_ROW + len(content.rows) - 1, content.period, content.language)
    guard_month(body, MONTH_CELL)
    guard(body)
    set_up_print(sheet, repeated=f"{HEADING_ROW}:{ID_ROW}")
    sheet.freeze_panes = sheet.cell(FIRST_ROW, 3)


def _write_head(sheet: Worksheet, topic: ReturnSheet, content: _Return) -> None:
    title = f"{content.source.words[content.language]['name']}: {topic.names[content.language]}"
    _put(sheet, 1, 1, title, font=BOLD)
    for row, texts in (
        (2, (content.word("region"), content.region.name(content.language), content.region.id)),
        (3, (content.word("month"), content.period.code)),
        (4, (content.word("invented"),) if content.invented else ()),
    ):
        for column, text in enumerate(texts, start=1):
            _put(sheet, row, column, text, number_format=TEXT)


def _heading(key: str, content: _Return) -> str:
    if key in (AREA, NAME, *UNITS):
        return content.word(key)
    name, breakdown, category = figure_key(key)
    item, lang = indicator(name), content.language
    short = item.words[lang]["short"]
    if breakdown == ALL:
        return t("return_form.column_of_total", lang, short=short, unit=t(f"unit.{item.unit}.heading", lang))
    part = t(f"category.{breakdown}.{category}", lang)
    return t(
        "return_form.column_of_part", lang, short=short, breakdown=t(f"breakdown.{breakdown}", lang), category=part
    )


def _shown(count: Count | None, content: _Return) -> int | str | None:
    return content.mark(count) if isinstance(count, CellStatus) else count


def _write_totals(sheet: Worksheet, keys: tuple[str, ...], content: _Return) -> None:
    """Numbers where all rows are known, else a formula that adds up what will be filled in."""
    row = FIRST_ROW + len(content.rows)
    _put(sheet, row, 1, content.region.id, number_format=TEXT, font=BOLD)
    _put(sheet, row, 2, content.word("total"), font=BOLD)
    for column, key in enumerate(keys[2:], start=3):
        counts = [content.count(area.id, key) for area in content.rows]
        letter = get_column_letter(column)
        total = _formula(f"{letter}{FIRST_ROW}:{letter}{row - 1}", content)
        _put(sheet, row, column, total if None in counts else _shown(_total(counts), content), font=BOLD)


def _formula(cells: str, content: _Return) -> str:
    mark = content.mark(CellStatus.NOT_REPORTED)
    return f'=IF(COUNT({cells})=0,"{mark}",SUM({cells}))'


def _total(counts: list[Count | None]) -> Count:
    numbers = [count for count in counts if isinstance(count, int)]
    if numbers:
        return sum(numbers)
    return CellStatus.NOT_REPORTED if CellStatus.NOT_REPORTED in counts else CellStatus.NOT_APPLICABLE
