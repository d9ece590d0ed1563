"""A table that was read, as a plain workbook: every cell a text, with nothing of the look of the original."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from etl.annotate.cells import MOST_COLUMNS, MOST_ROWS, reference
from etl.annotate.package import KINDS, packed
from etl.annotate.workbook import SHEET_TYPE, STYLES_TYPE
from etl.annotate.xml import quoted, written
from etl.frames import RawSheet

_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
_KINDS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES: Final = "http://schemas.openxmlformats.org/package/2006/content-types"
_BOOK_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_NORMAL: Final = (
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
)
_NOT_IN_A_NAME: Final = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_MOST_CELLS: Final = 1_000_000  # a longer table is no workbook that anybody opens
_LONGEST: Final = 32_767
_LONGEST_NAME: Final = 31


def sheet_name(path: Path) -> str:
    """A name for the only sheet of a file whose table has none."""
    return _NOT_IN_A_NAME.sub("_", path.stem).strip("' ")[:_LONGEST_NAME] or "1"


def is_too_long(sheets: Mapping[str, RawSheet]) -> bool:
    """Whether a table has more rows, columns or cells than a workbook can hold or a person look through."""
    cells = sum(sum(map(len, sheet.rows)) for sheet in sheets.values())
    rows = max((len(sheet.rows) for sheet in sheets.values()), default=0)
    columns = max((len(row) for sheet in sheets.values() for row in sheet.rows), default=0)
    return cells > _MOST_CELLS or rows > MOST_ROWS or columns > MOST_COLUMNS


def plain_workbook(sheets: Mapping[str, RawSheet]) -> bytes:
    """A package with the cells of the sheets; with none it holds nothing yet."""
    numbered = list(enumerate(sheets.items(), 1))
    parts = {
        KINDS: _kinds(len(sheets)),
        "_rels/.rels": _named([("rId1", "officeDocument", "/xl/workbook.xml")]),
        "xl/workbook.xml": _book(sheets),
        "xl/_rels/workbook.xml.rels": _named(
            [
                *((f"rId{number}", "worksheet", f"/xl/worksheets/sheet{number}.xml") for number, _ in numbered),
                (f"rId{len(sheets) + 1}", "styles", "/xl/styles.xml"),
            ]
        ),
        "xl/styles.xml": f'{_HEAD}<styleSheet xmlns="{_MAIN}">{_NORMAL}</styleSheet>',
        **{f"xl/worksheets/sheet{number}.xml": _sheet(sheet.rows) for number, (_, sheet) in numbered},
    }
    return packed(parts)


def _kinds(count: int) -> str:
    sheets = {f"/xl/worksheets/sheet{number}.xml": SHEET_TYPE for number in range(1, count + 1)}
    kinds = {"/xl/workbook.xml": _BOOK_TYPE, "/xl/styles.xml": STYLES_TYPE, **sheets}
    overrides = "".join(f'<Override PartName="{name}" ContentType="{kind}"/>' for name, kind in kinds.items())
    package = "application/vnd.openxmlformats-package.relationships+xml"
    defaults = (
        f'<Default Extension="rels" ContentType="{package}"/><Default Extension="xml" ContentType="application/xml"/>'
    )
    return f'{_HEAD}<Types xmlns="{_TYPES}">{defaults}{overrides}</Types>'


def _named(relations: Sequence[tuple[str, str, str]]) -> str:
    own = "".join(
        f'<Relationship Id="{identifier}" Type="{_KINDS}/{kind}" Target="{target}"/>'
        for identifier, kind, target in relations
    )
    return f'{_HEAD}<Relationships xmlns="{_RELATIONS}">{own}</Relationships>'


def _book(names: Mapping[str, RawSheet]) -> str:
    own = "".join(
        f'<sheet name="{quoted(name)}" sheetId="{number}" r:id="rId{number}"/>' for number, name in enumerate(names, 1)
    )
    return f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_KINDS}"><sheets>{own}</sheets></workbook>'


def _sheet(rows: Sequence[Sequence[str]]) -> str:
    lines = "".join(_row(number, row) for number, row in enumerate(rows, 1))
    return f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>{lines}</sheetData></worksheet>'


def _row(number: int, texts: Sequence[str]) -> str:
    cells = "".join(
        f'<c r="{reference((number, column))}" t="inlineStr"><is><t xml:space="preserve">'
        f"{written(text[:_LONGEST])}</t></is></c>"
        for column, text in enumerate(texts, 1)
        if text
    )
    return f'<row r="{number}">{cells}</row>' if cells else ""
