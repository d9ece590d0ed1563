"""Regional workbooks of the sample country: as regions might send them, with a list of what is wrong in each."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from etl.demo.faults import Planted, Spoiled, spoil
from etl.demo.forms import write_form
from etl.demo.land import Land
from etl.demo.layouts import LAYOUTS, Return, as_moment
from etl.demo.plan import Plan, WorkbookFile
from etl.demo.returns import Extent, Reporting
from etl.demo.series import Country
from etl.demo.sheets import write_book, write_text
from etl.storage import storage_faults
from geo.areas import areas
from riskmap.domain.areas import Area
from riskmap.domain.registry import catalogue, figure_key
from riskmap.domain.vocabulary import LANGUAGES, CellStatus, month_period, months_between
from riskmap.words import t

_FORM = "form"
_TEXT = {"semicolon_text": (";", "cp1251"), "tab_text": ("\t", "utf-16")}


@dataclass(frozen=True, slots=True)
class Made:
    """One workbook that was written."""

    path: Path
    plan: WorkbookFile
    planted: tuple[Planted, ...]


def write_workbooks(country: Country, reporting: Reporting, part: Extent, folder: Path) -> tuple[Path, ...]:
    """Write the workbooks of the regions in the part that is sent, with README.md and workbooks.json."""
    inside = {country.land.areas[row].parent for row in np.flatnonzero(part.rows)}
    made = [_write(country, reporting, file, folder) for file in country.plan.workbooks if file.region in inside]
    with storage_faults(folder):
        (folder / "README.md").write_text(_readme(made), encoding="utf-8")
        (folder / "workbooks.json").write_text(_json(made, country.plan), encoding="utf-8")
    return tuple(item.path for item in made)


def _write(country: Country, reporting: Reporting, file: WorkbookFile, folder: Path) -> Made:
    path = folder / file.file
    if file.layout == _FORM:
        return Made(path, file, _write_form(country, reporting, file, path))
    content = _content(country, reporting, file)
    book = Spoiled(content, LAYOUTS[file.layout](content), file.file)
    planted = spoil(book, file.faults)
    if file.layout in _TEXT:
        separator, encoding = _TEXT[file.layout]
        write_text(path, book.pages[0], separator=separator, encoding=encoding)
    else:
        write_book(path, book.pages, moment=as_moment(content.months[-1]))
    return Made(path, file, planted)


def _rows(land: Land, region: str) -> tuple[Area, ...]:
    return tuple(area for area in land.areas if area.parent == region)


def _content(country: Country, reporting: Reporting, file: WorkbookFile) -> Return:
    """The figures from January to the month of the workbook."""
    plan = country.plan.workbook
    last = month_period(plan.month.year, plan.month.month)
    months = tuple(months_between(last.start.replace(month=1), last.end))
    rows = _rows(country.land, file.region)
    first = country.plan.position(months[0].start)
    numbers = {
        (area.id, _figure(key), number): _number(country, reporting, position, area.id, first + number)
        for position, key in enumerate(reporting.keys)
        for area in rows
        for number in range(len(months))
    }
    return Return(areas()[file.region], file.language, months, rows, plan, numbers)


def _figure(key: tuple[str, str, str]) -> str:
    name, breakdown, category = key
    return name if figure_key(name)[1] == breakdown else f"{name}:{breakdown}:{category}"


def _number(country: Country, reporting: Reporting, position: int, area: str, month: int) -> int | None:
    row = country.land.row[area]
    if not reporting.is_sent[position, row, month] or reporting.is_missing[position, row, month]:
        return None
    return int(reporting.values[position, row, month])


def _write_form(country: Country, reporting: Reporting, file: WorkbookFile, path: Path) -> tuple[Planted, ...]:
    plan = country.plan.workbook
    month = country.plan.position(plan.month)
    rows = _rows(country.land, file.region)
    asked = {figure for sheet in _source(country.plan).return_sheets for figure in sheet.figures}
    figures: dict[tuple[str, str], int | CellStatus] = {}
    for position, key in enumerate(reporting.keys):
        if _figure(key) in asked:
            for area in rows:
                number = _number(country, reporting, position, area.id, month)
                figures[area.id, _figure(key)] = CellStatus.NOT_REPORTED if number is None else number
    schools = country.by_model("school_count")
    units = {area.id: _units(country, schools, area.id, month) for area in rows}
    return write_form(
        path,
        source=_source(country.plan),
        region=file.region,
        period=month_period(plan.month.year, plan.month.month),
        language=file.language,
        figures=figures,
        units=units,
        faults=file.faults,
    )


def _source(plan: Plan) -> Any:
    return catalogue().sources[plan.source]


def _units(country: Country, schools: Any, area: str, month: int) -> tuple[int, int]:
    row = country.land.row[area]
    return int(schools[row, month]), int(country.answering[row, month])


def _json(made: Sequence[Made], plan: Plan) -> str:
    content = {
        "month": month_period(plan.workbook.month.year, plan.workbook.month.month).code,
        "invented": True,
        "workbooks": [
            {
                "file": item.plan.file,
                "region": item.plan.region,
                "layout": item.plan.layout,
                "language": item.plan.language,
                "faults": [asdict(fault) for fault in item.planted],
            }
            for item in made
        ],
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _readme(made: Sequence[Made]) -> str:
    lines = []
    for language in LANGUAGES:
        lines += [f"# {t('demo.readme.title', language)}", "", t("demo.invented", language), ""]
        lines += [t("demo.readme.intro", language), ""]
        for item in made:
            lines += [f"## {item.plan.file}", "", t(f"demo.layout.{item.plan.layout}", language), ""]
            lines += [f"* {_told(fault, language)}" for fault in item.planted] or [t("demo.readme.clean", language)]
            lines.append("")
    return "\n".join(lines)


def _told(fault: Planted, language: str) -> str:
    text = t(f"demo.fault.{fault.kind}", language)
    where = ", ".join(filter(None, (fault.sheet, fault.cell)))
    found = f"`{fault.found}`" if fault.found else ""
    return " — ".join(filter(None, (text, where, found)))
