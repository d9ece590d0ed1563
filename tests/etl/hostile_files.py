"""Files made to harm whoever reads them, each small on disk and written anew, with the code by which it is refused."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook

from tests.etl.hostile_archives import MAIN, Entry, changed, entries, plain, sheet_xml, with_sheet, written

Write = Callable[[Path], object]
SHEET = "xl/worksheets/sheet1.xml"
STYLES, BOOK, RELATIONS = "xl/styles.xml", "xl/workbook.xml", "xl/worksheets/_rels/sheet1.xml.rels"
LAUGHS = b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = b'<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@dataclass(frozen=True)
class Hostile:
    """One kind of file: what writes it, and the code it is refused with; empty where it must be read all the same."""

    name: str
    code: str
    write: Write


def _parts(**parts: bytes) -> Write:
    names = {"sheet": SHEET, "styles": STYLES, "book": BOOK, "links": RELATIONS}
    return lambda path: changed(plain(path), {names.get(name, name): part for name, part in parts.items()})


def _part(name: str, content: bytes) -> Write:
    return lambda path: changed(plain(path), {name: content})


def _rows(rows: str | bytes, head: str = "") -> Write:
    return lambda path: with_sheet(path, rows, head)


def _long(rows: bytes) -> Write:
    """A sheet of which much can be unpacked, since the file holds much that cannot be packed."""
    noise = random.Random(1).randbytes(300_000)
    return lambda path: changed(plain(path), {SHEET: sheet_xml(rows), "xl/media/image1.png": noise})


def _streamed(pieces: Callable[[], Iterator[bytes]]) -> Write:
    def write(path: Path) -> None:
        begin, end = sheet_xml("").split(b"</sheetData>")
        changed(
            plain(path), {SHEET: (piece for part in ((begin,), pieces(), (b"</sheetData>" + end,)) for piece in part)}
        )

    return write


def _relation(target: str, kind: str) -> Write:
    types = "http://schemas.openxmlformats.org"
    link = f'Type="{types}/officeDocument/2006/relationships/{kind}" Target="{target}" TargetMode="External"'
    text = f'<Relationships xmlns="{types}/package/2006/relationships"><Relationship Id="rId1" {link}/></Relationships>'
    return _part(RELATIONS, text.encode())


def _linked_list(path: Path) -> None:
    """The list of sheets itself asks for something outside."""
    name = "xl/_rels/workbook.xml.rels"
    with ZipFile(plain(path)) as archive:
        relations = archive.read(name)
    link = b'<Relationship Id="rId99" Type="a/attachedTemplate" Target="http://a.b/c" TargetMode="External"/>'
    changed(path, {name: relations.replace(b"</Relationships>", link + b"</Relationships>")})


def _bomb(path: Path) -> None:
    changed(plain(path), {"xl/media/image1.png": (bytes(1 << 20) for _ in range(80))})


def _bomb_of_many_parts(path: Path) -> None:
    changed(plain(path), {f"xl/media/{number}.bin": bytes(1 << 20) for number in range(64)})


def _beyond_the_limit_without_a_high_ratio(path: Path) -> None:
    noise = random.Random(1).randbytes(3_000_000)
    piece = b"<si><t>" + b"text " * 200_000 + b"</t></si>"
    text = (f'<sst xmlns="{MAIN}">'.encode(), *(piece for _ in range(600)), b"</sst>")
    changed(plain(path), {"xl/media/image1.png": noise, "xl/sharedStrings.xml": text})


def _nested(path: Path) -> None:
    inner = BytesIO()
    with ZipFile(inner, "w", ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(10_000_000))
    changed(plain(path), {"customXml/item1.xml": inner.getvalue()})


def _with_entry(*further: Entry) -> Write:
    def write(path: Path) -> None:
        written(path, [*entries(plain(path)), *further])

    return write


def _lie(path: Path) -> None:
    """A part says that it is small."""
    written(path, [*entries(plain(path)), Entry("xl/media/a.png", bytes(100_000_000), size=10)])


def _overlapping(path: Path) -> None:
    """Many names, one packed content: a small file becomes a large one without any archive inside it."""
    listed = [*entries(plain(path)), Entry("xl/media/0.png", bytes(500_000))]
    kernel = len(listed) - 1
    for number in range(1, 500):
        listed.append(Entry(f"xl/media/{number}.png", bytes(500_000)))
        listed[-1].same_as = kernel
    written(path, listed)


def _many_parts(path: Path) -> None:
    written(path, [*entries(plain(path)), *(Entry(f"xl/{number}", b"") for number in range(10_001))])


def _many_sheets(path: Path) -> None:
    book = Workbook()
    for number in range(500):
        book.create_sheet(f"A{number}")
    book.save(path)


def _rows_with_numbers() -> Iterator[bytes]:
    for first in range(1, 10_000_000, 10_000):
        yield b"".join(
            b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (row, row) for row in range(first, first + 10_000)
        )
        if first > 1_100_000:  # the rest would not be read
            return


def _rows_without_numbers() -> Iterator[bytes]:
    for _ in range(250):  # of ten million; the rest would not be read
        yield b"<row><c><v>1</v></c></row>" * 10_000


def _columns(number: int) -> str:
    letters = [chr(65 + i) for i in range(26)]
    names = [
        *letters,
        *(a + b for a in letters for b in letters),
        *(a + b + c for a in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" for b in letters for c in letters),
    ]
    return "".join(f'<c r="{name}1"><v>1</v></c>' for name in names[:number])


def _formats(path: Path) -> None:
    plain(path)
    with ZipFile(path) as archive:
        styles = archive.read(STYLES)
    changed(
        path,
        {
            STYLES: (
                styles.split(b"</cellXfs>")[0],
                *(b"<xf/>" * 1_000 for _ in range(1_000)),
                b"</cellXfs></styleSheet>",
            )
        },
    )


def _open_document(path: Path) -> None:
    with ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", "<a/>")


def _text(text: str) -> Write:
    return lambda path: path.write_text(text, encoding="utf-8")


def _zip64_size(path: Path) -> None:
    """The list of parts says that a part has 4 GB."""
    written(path, [*entries(plain(path)), Entry("xl/media/a.png", b"abc", size=0xFFFFFFFE)])


HOSTILE = (
    Hostile("bomb.xlsx", "F015", _bomb),
    Hostile("bomb of many parts.xlsx", "F015", _bomb_of_many_parts),
    Hostile("many parts.xlsx", "F015", _many_parts),
    Hostile("nested.xlsx", "F015", _nested),
    Hostile("600 MB of texts.xlsx", "F015", _beyond_the_limit_without_a_high_ratio),
    Hostile("lies.xlsx", "F015", _lie),
    Hostile("lies a little.xlsx", "F003", _with_entry(Entry("a.xml", b"<a/>", size=3))),
    Hostile("lies in 64 bits.xlsx", "F003", _zip64_size),
    Hostile("overlapping.xlsx", "F003", _overlapping),
    Hostile("twice.xlsx", "F003", _with_entry(Entry("xl/Workbook.xml", b"<a/>"))),
    Hostile("up.xlsx", "F003", _with_entry(Entry("../../a.xml", b"<a/>"))),
    Hostile("top.xlsx", "F003", _with_entry(Entry("/etc/passwd", b"<a/>"))),
    Hostile("drive.xlsx", "F003", _with_entry(Entry("C:a.xml", b"<a/>"))),
    Hostile("backslash.xlsx", "F003", _with_entry(Entry("xl\\a.xml", b"<a/>"))),
    Hostile("escape.xlsx", "F003", _with_entry(Entry("a\x1b[2J.xml", b"<a/>"))),
    Hostile("cut name.xlsx", "F003", _with_entry(Entry("a.xml\0.png", b"<a/>"))),
    Hostile("method.xlsx", "F003", _with_entry(Entry("a.xml", b"<a/>", method=12))),
    Hostile("locked part.xlsx", "F006", _with_entry(Entry("a.xml", b"<a/>", flags=1))),
    Hostile("ten million rows.xlsx", "F012", _streamed(_rows_with_numbers)),
    Hostile("ten million rows without number.xlsx", "F012", _streamed(_rows_without_numbers)),
    Hostile("declared.xlsx", "F012", _rows("", '<dimension ref="A1:XFD10000000"/>')),
    Hostile("16384 columns.xlsx", "F012", _rows(f'<row r="1">{_columns(16_384)}</row>')),
    Hostile("16384 columns without letter.xlsx", "F012", _rows("<row>" + "<c><v>1</v></c>" * 16_384 + "</row>")),
    Hostile("corner.xlsx", "F012", _rows('<row r="9"><c r="XFD1048576"><v>1</v></c></row>')),
    Hostile("small corner.xlsx", "F012", _rows('<row r="9"><c r="xfd1048576"><v>1</v></c></row>')),
    Hostile("row far down.xlsx", "F012", _rows("<row r='99999999'><c><v>1</v></c></row>")),
    Hostile("below everything.xlsx", "F003", _rows('<row r="1"><c r="A99999999999999"><v>1</v></c></row>')),
    Hostile("right of everything.xlsx", "F003", _rows('<row r="1"><c r="ZZZZZZZZZ1"><v>1</v></c></row>')),
    Hostile(
        "wide and long.xlsx",
        "F012",
        _rows('<row r="1"><c r="ZZ1"><v>1</v></c></row><row r="99000"><c r="A99000"><v>1</v></c></row>'),
    ),
    Hostile("500 sheets.xlsx", "F012", _many_sheets),
    Hostile("formats.xlsx", "F012", _formats),
    Hostile("long text.xlsx", "F012", _rows(f'<row r="1"><c r="A1" t="str"><v>{"a" * 40_000}</v></c></row>')),
    Hostile("deep.xlsx", "F003", _part("docProps/app.xml", b"<a>" * 100_000 + b"</a>" * 100_000)),
    Hostile("laughs in a sheet.xlsx", "F011", _parts(sheet=LAUGHS + sheet_xml("<row><c><v>&b;</v></c></row>"))),
    Hostile("laughs in the list.xlsx", "F011", _parts(book=LAUGHS + b"<workbook/>")),
    Hostile("laughs in properties.xlsx", "F011", _part("docProps/app.xml", LAUGHS + b"<a>&b;</a>")),
    Hostile("laughs in other letters.xlsx", "F011", _part("docProps/app.xml", LAUGHS.decode().encode("utf-16"))),
    Hostile("outside entity.xlsx", "F011", _part("customXml/item1.xml", OUTSIDE + b"<a>&a;</a>")),
    Hostile("late entity.xlsx", "F011", _part("docProps/app.xml", b" " * ((1 << 20) - 4) + LAUGHS + b"<a>&b;</a>")),
    Hostile("other workbook.xlsx", "F010", _part("xl/externalLinks/externalLink1.xml", b"<externalLink/>")),
    Hostile(
        "other workbook, hidden.xlsx",
        "F010",
        _part("xl/a.xml", b"<x:externalLink xmlns:x='a'><x:ddeLink/></x:externalLink>"),
    ),
    Hostile("share.xlsx", "F010", _relation("\\\\server\\share\\a.xlsx", "hyperlink")),
    Hostile("file.xlsx", "F010", _relation("file:///C:/a.xlsx", "hyperlink")),
    Hostile("picture from outside.xlsx", "F010", _relation("http://example.org/a.png", "image")),
    Hostile("template.xlsx", "F010", _linked_list),
    Hostile("program.xlsx", "F010", _rows("<row r='1'><c r='A1'><f>cmd|'/c calc'!A0</f><v>1</v></c></row>")),
    Hostile("web.xlsx", "F010", _rows('<row r="1"><c r="A1"><f>WEBSERVICE("http://a.b/")</f><v>1</v></c></row>')),
    Hostile("macros.xlsx", "F009", _part("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")),
    Hostile("macros.xlsm", "F009", _part("xl/vbaProject.bin", b"x")),
    Hostile("macros, hidden.xlsm", "F009", _part("xl/media/image1.png", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")),
    Hostile("macro sheet.xlsx", "F009", _part("xl/a.xml", b'<xm:macrosheet xmlns:xm="a"/>')),
    Hostile("macro sheet by name.xlsx", "F009", _part("xl/macrosheets/sheet1.xml", b"<a/>")),
    Hostile("control.xlsx", "F009", _part("xl/activeX/activeX1.xml", b"<a/>")),
    Hostile("object.xlsx", "F009", _part("xl/embeddings/oleObject1.bin", b"a")),
    Hostile("page.xlsx", "F003", _text("<!DOCTYPE html><html><table></table></html>")),
    Hostile("old xml.xlsx", "F003", _text('<?xml version="1.0"?><Workbook/>')),
    Hostile("open document.xlsx", "F003", _open_document),
    Hostile("tags without end.xlsx", "F012", _long(b"<c r='" * 2_000_000)),
    Hostile("rows without end.xlsx", "F003", _long(b'<row r="1" ' * 900_000)),
    Hostile("errors without cell.xlsx", "F003", _long(b'<a t="e"' * 900_000)),
    Hostile("one row without end.xlsx", "F012", _long(b"<c><f>A1</f>" * 2_000_000)),
    Hostile(
        "errors.xlsx",
        "",
        _rows("".join(f'<row r="{r}"><c r="A{r}" t="e"><v>#REF!</v></c></row>' for r in range(1, 90_000))),
    ),
    Hostile("links to pages.xlsx", "", _relation("https://stat.gov.kz/", "hyperlink")),
    Hostile("no macros.xlsm", "", plain),
    Hostile("own xml.xlsx", "", _part("customXml/item1.xml", b"<a/>")),
    Hostile(
        "numbers that are none.xlsx", "", _rows('<row r="1"><c r="A1"><v>1e400</v></c><c r="B1"><v>NaN</v></c></row>')
    ),
)
