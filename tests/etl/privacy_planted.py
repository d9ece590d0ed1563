"""Made-up persons, and workbooks in which one of them stands in a place of the test's choice."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.packaging.custom import StringProperty
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table

# The worked example of a public validator of such numbers, a name, a birth date and a telephone, all of nobody.
NUMBER: Final = "061211600012"
PERSON: Final = "Выдуманов Серік Нұрланұлы"
BORN: Final = "15.07.2012 г.р."
PHONE: Final = "+7 701 555 12 34"
VALUES: Final = {"S002": NUMBER, "S003": PERSON, "S004": BORN, "S005": PHONE}
FRAGMENTS: Final = ("061211", "600012", "выдуманов", "серік", "нұрлан", "15.07.2012", "555 12 34")

SHEET: Final = "xl/worksheets/sheet1.xml"

Plant = Callable[[Path, str], None]


def with_parts(path: Path, parts: Mapping[str, str | bytes]) -> None:
    """Add parts to a package, or replace those that it has."""
    with ZipFile(path) as archive:
        kept = {name: archive.read(name) for name in archive.namelist() if name not in parts}
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, content in {**kept, **parts}.items():
            archive.writestr(name, content)


def part(path: Path, name: str) -> str:
    with ZipFile(path) as archive:
        return archive.read(name).decode()


def table(path: Path, change: Callable[[Workbook], None] | None = None) -> Path:
    """A small table of districts without anything personal, changed before it is written."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Свод"
    for row in (["Наименование", "Всего", "Дата"], ["Акмолинская область", 12, "2025-01-31"], ["г. Кокшетау", 5, None]):
        sheet.append(row)
    if change:
        change(book)
    book.save(path)
    return path


def _in_cell(path: Path, value: str) -> None:
    table(path, lambda book: book.active.__setitem__("D7", value))


def _on_sheet(state: str) -> Plant:
    def change(book: Workbook, value: str) -> None:
        sheet = book.create_sheet("Список")
        sheet.sheet_state = state
        sheet["C5"] = value

    return lambda path, value: (table(path, lambda book: change(book, value)), None)[1]


def _in_comment(path: Path, value: str) -> None:
    def change(book: Workbook) -> None:
        book.active["B3"].comment = Comment(f"проверить: {value}", "отдел")

    table(path, change)


def _in_formula(path: Path, value: str) -> None:
    table(path, lambda book: book.active.__setitem__("D7", f'=IF(B2>0,"{value}","")'))


def _shared(path: Path, item: str, *, is_shown: bool = True) -> None:
    """A text among those that all sheets share, as Excel keeps every text; shown in D7 or nowhere."""
    table(path, lambda book: book.active.__setitem__("D7", "ЗДЕСЬ"))
    own, sheet = '<c r="D7" t="inlineStr"><is><t>ЗДЕСЬ</t></is></c>', part(path, SHEET)
    assert own in sheet
    strings = f"<sst><si><t>Наименование</t></si><si>{item}</si></sst>"
    shown = sheet.replace(own, f'<c r="D7" s="0" t="s"><v>{int(is_shown)}</v></c>')
    with_parts(path, {SHEET: shown, "xl/sharedStrings.xml": strings})


def _in_shared_text(path: Path, value: str) -> None:
    _shared(path, f"<t>{value}</t>")


def _in_split_runs(path: Path, value: str) -> None:
    """One text whose halves look different, as Excel keeps it."""
    half = len(value) // 2
    _shared(path, f"<r><rPr><b/></rPr><t>{value[:half]}</t></r><r><t>{value[half:]}</t></r>")


def _in_header(path: Path, value: str) -> None:
    def change(book: Workbook) -> None:
        book.active.oddFooter.left.text = f"Исполнитель: {value}"

    table(path, change)


def _in_property(name: str) -> Plant:
    return lambda path, value: (table(path, lambda book: setattr(book.properties, name, value)), None)[1]


def _in_custom_property(path: Path, value: str) -> None:
    def change(book: Workbook) -> None:
        book.custom_doc_props.append(StringProperty(name="Кому", value=value))

    table(path, change)


def _in_defined_name(path: Path, value: str) -> None:
    def change(book: Workbook) -> None:
        book.defined_names["кто"] = DefinedName("кто", attr_text=f'"{value}"')

    table(path, change)


def _in_validation(path: Path, value: str) -> None:
    def change(book: Workbook) -> None:
        rule = DataValidation(type="list", formula1=f'"{value},другой"')
        rule.add("B2")
        book.active.add_data_validation(rule)

    table(path, change)


def _in_prompt(path: Path, value: str) -> None:
    def change(book: Workbook) -> None:
        rule = DataValidation(type="whole", formula1="0", prompt=value)
        rule.add("B2")
        book.active.add_data_validation(rule)

    table(path, change)


def _in_hyperlink(path: Path, value: str) -> None:
    def change(book: Workbook) -> None:
        book.active["B2"].hyperlink = "https://example.org/"
        book.active["B2"].hyperlink.tooltip = value

    table(path, change)


def _in_table_column(path: Path, value: str) -> None:
    def change(book: Workbook) -> None:
        sheet = book.create_sheet("Т")
        sheet.append(["а", "б"])
        sheet.append([1, 2])
        listed = Table(displayName="Т1", ref="A1:B2")
        sheet.add_table(listed)

    table(path, change)
    name = "xl/tables/table1.xml"
    with_parts(path, {name: part(path, name).replace('name="б"', f'name="{value}"')})


def _in_orphan(path: Path, value: str) -> None:
    """A text of a cell that was deleted, which the file has kept."""
    _shared(path, f"<t>{value}</t>", is_shown=False)


def _in_part(name: str, content: str) -> Plant:
    def plant(path: Path, value: str) -> None:
        table(path)
        with_parts(path, {name: f'<?xml version="1.0" encoding="UTF-8"?>{content.replace("@", value)}'})

    return plant


def _on_sheet_part(name: str, content: str) -> Plant:
    """A part that belongs to the sheet, as its list of relations says."""

    def plant(path: Path, value: str) -> None:
        table(path)
        relations = f'<Relationships><Relationship Id="rId9" Target="../{name.removeprefix("xl/")}"/></Relationships>'
        whole = f'<?xml version="1.0" encoding="UTF-8"?>{content.replace("@", value)}'
        with_parts(path, {name: whole, "xl/worksheets/_rels/sheet1.xml.rels": relations})

    return plant


def _embedded(path: Path, value: str) -> None:
    inner = path.with_name("inner.xlsx")
    _in_cell(inner, value)
    table(path)
    with_parts(path, {"xl/embeddings/Microsoft_Excel_Worksheet.xlsx": inner.read_bytes()})
    inner.unlink()


def _embedded_document(path: Path, value: str) -> None:
    table(path)
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + value.encode("utf-16-le") + bytes(500)
    with_parts(path, {"xl/embeddings/oleObject1.bin": content})


def _name_of_sheet(path: Path, value: str) -> None:
    table(path, lambda book: setattr(book.active, "title", value))


# Each place: what plants a value there, the kind of place told, and the sheet and cell told.
PLACES: Final[dict[str, tuple[Plant, str, tuple[str, int | None, str]]]] = {
    "cell": (_in_cell, "cell", ("Свод", 7, "D")),
    "cell of a hidden sheet": (_on_sheet("hidden"), "cell", ("Список", 5, "C")),
    "cell of a very hidden sheet": (_on_sheet("veryHidden"), "cell", ("Список", 5, "C")),
    "shared text": (_in_shared_text, "cell", ("Свод", 7, "D")),
    "formula": (_in_formula, "cell", ("Свод", 7, "D")),
    "text in two halves": (_in_split_runs, "cell", ("Свод", 7, "D")),
    "comment": (_in_comment, "comment", ("Свод", 3, "B")),
    "threaded comment": (
        _on_sheet_part(
            "xl/threadedComments/threadedComment1.xml",
            '<ThreadedComments><threadedComment ref="E9" id="{1}"><text>@</text></threadedComment></ThreadedComments>',
        ),
        "comment",
        ("Свод", 9, "E"),
    ),
    "author of comments": (
        _in_part("xl/persons/person.xml", '<personList><person displayName="@" id="{1}"/></personList>'),
        "comment",
        ("", None, ""),
    ),
    "footer": (_in_header, "header", ("Свод", None, "")),
    "creator": (_in_property("creator"), "properties", ("", None, "")),
    "last modified by": (_in_property("lastModifiedBy"), "properties", ("", None, "")),
    "keywords": (_in_property("keywords"), "properties", ("", None, "")),
    "custom property": (_in_custom_property, "properties", ("", None, "")),
    "defined name": (_in_defined_name, "names", ("", None, "")),
    "column of a table": (_in_table_column, "names", ("Т", None, "")),
    "list to choose from": (_in_validation, "other", ("Свод", None, "")),
    "prompt": (_in_prompt, "other", ("Свод", None, "")),
    "tooltip": (_in_hyperlink, "other", ("Свод", None, "")),
    "text of a deleted cell": (_in_orphan, "strings", ("", None, "")),
    "pivot cache": (
        _in_part("xl/pivotCache/pivotCacheDefinition1.xml", '<d><cacheField name="x"><s v="@"/></cacheField></d>'),
        "pivot",
        ("", None, ""),
    ),
    "pivot records": (
        _in_part("xl/pivotCache/pivotCacheRecords1.xml", '<pivotCacheRecords><r><s v="@"/></r></pivotCacheRecords>'),
        "pivot",
        ("", None, ""),
    ),
    "text box": (
        _on_sheet_part("xl/drawings/drawing1.xml", "<x:wsDr><a:p><a:r><a:t>@</a:t></a:r></a:p></x:wsDr>"),
        "drawing",
        ("Свод", None, ""),
    ),
    "old text box": (
        _on_sheet_part("xl/drawings/vmlDrawing1.vml", "<xml><v:textbox><div><font>@</font></div></v:textbox></xml>"),
        "drawing",
        ("Свод", None, ""),
    ),
    "alternative text": (
        _in_part("xl/drawings/drawing1.xml", "<x:wsDr><x:cNvPr id='2' descr='@'/></x:wsDr>"),
        "drawing",
        ("", None, ""),
    ),
    "chart": (
        _in_part("xl/charts/chart1.xml", "<c:strCache><c:pt><c:v>@</c:v></c:pt></c:strCache>"),
        "chart",
        ("", None, ""),
    ),
    "cache of another file": (
        _in_part("xl/externalLinks/externalLink1.xml", '<sheetData><cell r="A1" t="str"><v>@</v></cell></sheetData>'),
        "external",
        ("", None, ""),
    ),
    "attached data": (
        _in_part("customXml/item1.xml", "<kids><kid><![CDATA[@]]></kid></kids>"),
        "other",
        ("", None, ""),
    ),
    "embedded workbook": (_embedded, "embedded", ("", None, "")),
}


def plant(path: Path, place: str, value: str) -> Path:
    """A workbook with a value in one of `PLACES`."""
    PLACES[place][0](path, value)
    return path


def words_of(texts: str) -> str:
    """A text as fragments are looked for in it: in small letters, with single spaces."""
    return re.sub(r"\s+", " ", texts).casefold()
