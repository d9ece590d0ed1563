"""The list of faults as a sheet of its own in front of the sender's, and how the loader knows it again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from etl.annotate.cells import reference
from etl.annotate.places import Place
from etl.annotate.styles import Styles
from etl.annotate.xml import quoted, written
from etl.report import problem_words
from riskmap.domain.errors import Problem
from riskmap.domain.vocabulary import LANGUAGES
from riskmap.words import t

_COLUMNS: Final = {
    "number": 5,
    "severity": 18,
    "code": 8,
    "sheet": 18,
    "cell": 9,
    "text": 55,
    "found": 28,
    "expected": 32,
    "area": 26,
    "remedy": 55,
}
_LINK: Final = list(_COLUMNS).index("cell")
_HEADER_ROW: Final = 3
_LONGEST: Final = 32_000  # characters; a cell takes 767 more


@dataclass(frozen=True, slots=True)
class Listed:
    """One fault with its place, and the cell in which that is seen."""

    problem: Problem
    place: Place
    seen: tuple[int, int] | None = None


def is_fault_sheet(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the sheet is a list of faults that was sent back before: its first cell holds the title of one."""
    first = rows[0][0].strip() if rows and rows[0] else ""
    return first in {t("annotate.title", language) for language in LANGUAGES}


def fault_sheet(listed: Sequence[Listed], styles: Styles, *, namespace: str, remark: str, language: str) -> bytes:
    """The list as a part of a package: all texts are texts, none is a formula."""
    last = _HEADER_ROW + len(listed)
    width = reference((_HEADER_ROW, len(_COLUMNS)))[:-1]
    rows = [
        _row(1, [t("annotate.title", language)], [styles.own("title")]),
        _row(2, [remark], [styles.own("plain")], height=48),
        _row(_HEADER_ROW, [t(f"annotate.column.{name}", language) for name in _COLUMNS], _bold(styles)),
        *(_fault_row(number, fault, styles, language) for number, fault in enumerate(listed, 1)),
    ]
    links = "".join(_link(number, fault.place) for number, fault in enumerate(listed, 1))
    columns = "".join(
        f'<col min="{number}" max="{number}" width="{wide}" customWidth="1"/>'
        for number, wide in enumerate(_COLUMNS.values(), 1)
    )
    top = f"A{_HEADER_ROW + 1}"
    pane = f'<pane ySplit="{_HEADER_ROW}" topLeftCell="{top}" activePane="bottomLeft" state="frozen"/>'
    return "".join(
        (
            '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n',
            f'<worksheet xmlns="{namespace}"><sheetPr><tabColor rgb="FFC00000"/><pageSetUpPr fitToPage="1"/></sheetPr>',
            f'<dimension ref="A1:{width}{last}"/><sheetViews><sheetView workbookViewId="0">{pane}',
            f'<selection pane="bottomLeft" activeCell="{top}" sqref="{top}"/></sheetView></sheetViews>',
            f"<cols>{columns}</cols><sheetData>{''.join(rows)}</sheetData>",
            f'<mergeCells count="2"><mergeCell ref="A1:{width}1"/><mergeCell ref="A2:{width}2"/></mergeCells>',
            f"<hyperlinks>{links}</hyperlinks>" if links else "",
            '<pageMargins left="0.5" right="0.5" top="0.5" bottom="0.5" header="0.3" footer="0.3"/>',
            '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/></worksheet>',
        )
    ).encode()


def _bold(styles: Styles) -> list[int]:
    return [styles.own("bold")] * len(_COLUMNS)


def _fault_row(number: int, fault: Listed, styles: Styles, language: str) -> str:
    words = problem_words(fault.problem, language)
    texts = [
        str(number),
        t(f"annotate.severity.{fault.problem.severity}", language),
        fault.problem.code,
        fault.place.sheet or words["sheet"],
        place_text(fault, language),
        words["text"],
        words["found"],
        words["expected"],
        words["candidates"],
        words["remedy"],
    ]
    looks = [styles.own("plain")] * len(texts)
    looks[1] = styles.own("plain", fault.problem.severity)
    if fault.place.sheet:
        looks[_LINK] = styles.own("link")
    return _row(_HEADER_ROW + number, texts, looks)


def place_text(fault: Listed, language: str) -> str:
    """A cell as a spreadsheet names it, or as much of it as is known."""
    if fault.place.cell:
        return reference(fault.place.cell)
    words = {"row": fault.problem.row, "column": fault.problem.column}
    return ", ".join(f"{t(f'report.{part}', language)} {text}" for part, text in words.items() if text)


def _row(number: int, texts: Sequence[str], looks: Sequence[int], *, height: int = 0) -> str:
    high = f' ht="{height}" customHeight="1"' if height else ""
    cells = "".join(
        f'<c r="{reference((number, column))}" s="{look}" t="inlineStr"><is>'
        f'<t xml:space="preserve">{written(text[:_LONGEST])}</t></is></c>'
        for column, (text, look) in enumerate(zip(texts, looks, strict=True), 1)
    )
    return f'<row r="{number}"{high}>{cells}</row>'


def _link(number: int, place: Place) -> str:
    if not place.sheet:
        return ""
    own = reference((_HEADER_ROW + number, _LINK + 1))
    name, cell = place.sheet.replace("'", "''"), reference((place.row or 1, place.column or 1))
    address = quoted(f"'{name}'!{cell}")
    return f'<hyperlink ref="{own}" location="{address}"/>'
