"""Takes the marks of an earlier copy out of a workbook that comes back, so that only what is wrong now is marked."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Final

from etl.annotate.cells import Cell, cell_of
from etl.annotate.comments import SIGN, boxes_in
from etl.annotate.package import Package
from etl.annotate.styles import FILLS, Styles
from etl.annotate.workbook import Workbook
from etl.annotate.xml import Element, Splice, outline

# Tags one by one: a pattern of a whole box would read the rest of the part again for each one that has no end.
_BOX_TAG: Final = re.compile(rb"<(?:\w{1,99}:)?shape(?=[\s/>])|</(?:\w{1,99}:)?shape\s*(?P<end>>)")
_PLACE: Final = re.compile(rb"<(?:\w{1,99}:)?(Row|Column)>\s*(\d{1,7})\s*<")
_BELOW: Final = f"\n\n{SIGN}".encode()


def forget_marks(book: Workbook, styles: Styles) -> None:
    """Colours, comments and colours of tabs that we set before; of what the sender wrote nothing is lost.

    Where a cell had a fill of its own before it was marked, that fill is not known any more: it has none then.
    """
    for sheet in book.sheets:
        if sheet.has_cells and sheet.part != book.fault_part:
            _forget_comments(book.package, sheet.part)
            book.package.write(sheet.part, _plain(book.package.read(sheet.part), styles))


def _plain(data: bytes, styles: Styles) -> bytes:
    def wanted(parent: Element, name: str, attributes: Mapping[str, str]) -> bool:
        if parent.name == "row":
            return int(attributes.get("s", "0")) in styles.ours
        return parent.name in ("worksheet", "sheetPr", "sheetData")

    root, splice = outline(data, wanted), Splice(data)
    table, properties = root.first("sheetData"), root.first("sheetPr")
    for row in table.children if table else []:
        for cell in row.children:
            splice.retag(cell, changes={"s": str(styles.bare(int(cell.attributes["s"])))})
    for colour in properties.all("tabColor") if properties else []:
        if colour.attributes.get("rgb") in FILLS.values():
            splice.replace(colour, "")
    return splice.result()


def _forget_comments(package: Package, part: str) -> None:
    there = package.related(part, "comments")
    if there is None:
        return
    data = package.read(there.target)
    root, splice = outline(data), Splice(data)
    authors, comments = root.first("authors"), root.first("commentList")
    names = [data[author.inside : author.close].decode() for author in authors.children] if authors else []
    ours = {str(number) for number, name in enumerate(names) if name.strip().startswith(SIGN)}
    gone = set()
    for comment in comments.children if comments else []:
        if comment.attributes.get("authorId") in ours:
            splice.replace(comment, "")
            gone.add(cell_of(comment.attributes.get("ref", "")))
        else:
            _cut(splice, comment)
    package.write(there.target, splice.result())
    _forget_boxes(package, part, {cell for cell in gone if cell})


def _cut(splice: Splice, element: Element) -> None:
    """What we wrote below a comment of the sender."""
    for child in element.children:
        if child.name == "t":
            text = splice.data[child.inside : child.close]
            own = text.partition(_BELOW)[0]
            if own != text:
                tag = splice.data[child.start : child.inside].decode()
                splice.replace(child, f"{tag}{own.decode()}</{child.prefix}t>")
        else:
            _cut(splice, child)


def _forget_boxes(package: Package, part: str, cells: Collection[Cell]) -> None:
    for relation in package.relations(part):
        if relation.kind.endswith("/vmlDrawing"):
            data, pieces, done = boxes_in(package, relation.target), [], 0
            for start, end in _boxes(data):
                if _cell(data[start:end]) in cells:
                    pieces.append(data[done:start])
                    done = end
            package.write(relation.target, b"".join([*pieces, data[done:]]))


def _boxes(data: bytes) -> Iterator[tuple[int, int]]:
    """Where each box begins and ends; what begins and does not end before the next one is none."""
    start = None
    for tag in _BOX_TAG.finditer(data):
        if tag["end"] is None:
            start = tag.start()
        elif start is not None:
            yield start, tag.end()
            start = None


def _cell(box: bytes) -> Cell | None:
    place = {name: int(number) + 1 for name, number in _PLACE.findall(box)}
    return (place[b"Row"], place[b"Column"]) if len(place) == 2 else None
