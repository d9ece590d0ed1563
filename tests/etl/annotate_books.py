"""Workbooks with everything that a careless copy loses, and a look at what the standard demands of a package."""

import posixpath
import re
from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.drawing.image import Image
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table
from PIL import Image as Picture

from etl.annotate.cells import _ORDER, cell_of
from etl.frames import RawTable
from etl.readers.workbook import read_workbook

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def rich_workbook(path: Path) -> Path:
    """A workbook with three sheets, one hidden and one protected, and a stored value behind each formula."""
    book = Workbook()
    figures = book.active
    figures.title = "Figures"
    for row in range(1, 9):
        for column in range(1, 5):
            figures.cell(row, column, row * column)
    figures["E2"] = "=SUM(A2:D2)"
    figures["B3"].number_format = "0.00%"
    figures["B3"].border = Border(left=Side("thick", color="FF0000"))
    figures["B3"].alignment = Alignment(horizontal="center", textRotation=45)
    figures["B3"].font = Font(italic=True, name="Arial")
    figures["B3"].fill = PatternFill("solid", fgColor="FF00FF00")
    figures["C3"].comment = Comment("ours since 2019", "Aigul")
    figures.merge_cells("F2:G4")
    figures["F2"] = "merged"
    figures.column_dimensions["D"].width = 41.5
    figures.row_dimensions[4].height = 33
    figures.freeze_panes = "B2"
    figures.auto_filter.ref = "A1:D8"
    figures.conditional_formatting.add("A1:A8", CellIsRule("greaterThan", ["3"], fill=PatternFill(bgColor="FFFF00")))
    choice = DataValidation("list", formula1='"a,b"')
    choice.add("H1:H9")
    figures.add_data_validation(choice)
    figures["I1"].hyperlink = "#Figures!A1"
    chart = BarChart()
    chart.add_data(Reference(figures, min_col=1, min_row=1, max_row=8))
    figures.add_chart(chart, "K2")
    figures.add_image(_picture(), "K20")
    _more_sheets(book)
    book.save(path)
    change(path, {"xl/worksheets/sheet1.xml": lambda text: re.sub(r"</f><v ?/>|</f><v></v>", "</f><v>20</v>", text)})
    return path


def _more_sheets(book: Workbook) -> None:
    hidden = book.create_sheet("Hidden 'one'")
    hidden["A1"] = "old"
    hidden.sheet_state = "hidden"
    locked = book.create_sheet("Locked")
    for row in (("area", "units"), ("a", 1), ("b", 2)):
        locked.append(row)
    locked.add_table(Table(displayName="units", ref="A1:B3"))
    locked.protection.sheet = True
    locked.protection.set_password("of the sender")
    locked.defined_names["_xlnm.Print_Area"] = DefinedName("_xlnm.Print_Area", attr_text="Locked!$A$1:$B$3")
    book.defined_names["units_of_all"] = DefinedName("units_of_all", attr_text="Locked!$B$2:$B$3")
    book.active = 2


def _picture() -> Image:
    kept = BytesIO()
    Picture.new("RGB", (8, 8), "red").save(kept, "PNG")
    kept.seek(0)
    return Image(kept)


def change(path: Path, changes: Mapping[str, Callable[[str], str]]) -> None:
    """Write a package anew with some parts changed."""
    parts = parts_of(path)
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, changes[name](data.decode()) if name in changes else data)


def with_prefix(path: Path) -> Path:
    """The same workbook with the namespace of its sheets written as a prefix, as some programs do."""
    ElementTree.register_namespace("x", MAIN[1:-1])

    def prefixed(text: str) -> str:
        return ElementTree.tostring(_tree(text.encode()), encoding="unicode")

    names = [name for name in parts_of(path) if re.match(r"xl/(worksheets/sheet\d+|workbook|styles)\.xml", name)]
    change(path, dict.fromkeys(names, prefixed))
    return path


def parts_of(path: Path) -> dict[str, bytes]:
    """The parts of a package by name."""
    with ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def values_of(path: Path) -> dict[str, Sequence[Sequence[str]]]:
    """All texts of a workbook by sheet, without empty ends of rows and of the sheet."""
    raw = read_workbook(path)
    assert isinstance(raw, RawTable), raw
    return {name: _trimmed(sheet.rows) for name, sheet in raw.sheets.items()}


def _trimmed(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    found = [list(row) for row in rows]
    for row in found:
        while row and not row[-1]:
            row.pop()
    while found and not found[-1]:
        found.pop()
    return found


def assert_well_formed(path: Path) -> None:
    """What a spreadsheet insists on: every part named and declared, children in their order, looks that exist."""
    parts = parts_of(path)
    _assert_declared(parts)
    looks = len(_tree(parts["xl/styles.xml"]).find(f"{MAIN}cellXfs") or [])
    for name in (name for name in parts if name.endswith(".rels")):
        _assert_targets(name, parts)
    for name in (name for name in parts if re.fullmatch(r"xl/worksheets/\w+\.xml", name)):
        _assert_sheet(name, parts, looks)
    for container in _tree(parts["xl/styles.xml"]):
        if "count" in container.attrib:
            assert int(container.attrib["count"]) == len(container), container.tag


def _tree(data: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(data)  # noqa: S314 - written by these tests


def _assert_declared(parts: Mapping[str, bytes]) -> None:
    kinds = _tree(parts["[Content_Types].xml"])
    overrides = [element.attrib["PartName"] for element in kinds if "PartName" in element.attrib]
    endings = {element.attrib["Extension"].lower() for element in kinds if "Extension" in element.attrib}
    assert len(overrides) == len(set(overrides))
    assert {name.lstrip("/") for name in overrides} <= set(parts)
    for name in parts:
        is_declared = f"/{name}" in overrides or name.rpartition(".")[2].lower() in endings
        assert is_declared or name == "[Content_Types].xml", name


def _assert_targets(name: str, parts: Mapping[str, bytes]) -> None:
    folder = posixpath.dirname(posixpath.dirname(name))
    ids = [relation.attrib["Id"] for relation in _tree(parts[name])]
    assert len(ids) == len(set(ids))
    for relation in _tree(parts[name]):
        if relation.attrib.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", folder, relation.attrib["Target"])).lstrip("/")
            assert target in parts, f"{name}: {target}"


def _assert_sheet(name: str, parts: Mapping[str, bytes], looks: int) -> None:
    root, order = _tree(parts[name]), _ORDER.split()
    places = [order.index(child.tag.rpartition("}")[2]) for child in root if child.tag.startswith(MAIN)]
    assert places == sorted(places), name
    assert len(places) == len(set(places)) or "conditionalFormatting" in parts[name].decode()
    rows = [int(row.attrib["r"]) for row in root.iter(f"{MAIN}row") if "r" in row.attrib]
    assert rows == sorted(set(rows))
    for row in root.iter(f"{MAIN}row"):
        cells: list[Any] = [cell_of(cell.attrib["r"]) for cell in row if "r" in cell.attrib]
        assert cells == sorted(set(cells))
        assert all(cell[0] == int(row.attrib.get("r", cell[0])) for cell in cells)
    assert all(int(cell.attrib.get("s", 0)) < looks for cell in root.iter(f"{MAIN}c"))
    relations = parts.get(f"xl/worksheets/_rels/{posixpath.basename(name)}.rels", b"<none/>")
    known = {relation.attrib["Id"] for relation in _tree(relations)}
    assert {element.attrib[RELATION] for element in root.iter() if RELATION in element.attrib} <= known
