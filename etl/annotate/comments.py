"""Comments on cells of one sheet, beside those that are there: a text in one part and a hidden box in another."""

import posixpath
import re
from collections.abc import Mapping
from typing import Final

from etl.annotate.cells import Cell, SheetPart, reference
from etl.annotate.package import Package, Relation
from etl.annotate.workbook import COMMENTS_TYPE, Workbook
from etl.annotate.xml import Element, NotMarked, Splice, outline, written

SIGN: Final = "riskmap: "  # how our name begins in every language
BOXES_TYPE: Final = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_NEW: Final = '<comments xmlns="{namespace}"><authors></authors><commentList></commentList></comments>'
_NEW_BOXES: Final = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/>'
    "</o:shapelayout></xml>"
)
_NAMESPACES: Final = {
    "v": "urn:schemas-microsoft-com:vml",
    "o": "urn:schemas-microsoft-com:office:office",
    "x": "urn:schemas-microsoft-com:office:excel",
}
_KIND_OF_BOX: Final = (
    '<v:shapetype id="{id}"{names} coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_BOX: Final = (
    '<v:shape id="_x0000_s{number}"{names} type="#{kind}" style="position:absolute;width:300pt;height:120pt;z-index:1;'
    'visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/>'
    '<v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
    '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
    "<x:Anchor>{left}, 15, {top}, 2, {right}, 15, {bottom}, 4</x:Anchor><x:AutoFill>False</x:AutoFill>"
    "<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)
_BOX_KIND: Final = "_x0000_t202"
_BOX_NUMBER: Final = re.compile(rb"_x0000_s([0-9]{1,9})")
_FIRST_BOX: Final = 1025
_MOST_BOX_BYTES: Final = 64 << 20  # some ninety thousand boxes of ours
_LONGEST: Final = 32_000  # characters; a spreadsheet takes 767 more


def add_comments(book: Workbook, part: str, sheet: SheetPart, texts: Mapping[Cell, str], *, author: str) -> None:
    """Put a comment on each cell; to a comment that is there the text is added."""
    package = book.package
    there = package.related(part, "comments")
    name = there.target if there else _new_part(book, part)
    splice, root = Splice(package.read(name)), outline(package.read(name))
    authors, comments = root.first("authors"), root.first("commentList")
    if authors is None or comments is None:
        raise NotMarked("comments without authors")
    p = root.prefix
    splice.append(authors, f"<{p}author>{written(author)}</{p}author>")
    known = {comment.attributes.get("ref"): comment for comment in comments.children}
    new = {cell: _clipped(text) for cell, text in sorted(texts.items()) if reference(cell) not in known}
    for cell in sorted(texts.keys() - new.keys()):
        _add_to(splice, known[reference(cell)], _clipped(f"{author}\n{texts[cell]}"))
    by = len(authors.children)
    tags = (
        f'<{p}comment ref="{reference(cell)}" authorId="{by}"><{p}text>{_run(text, p)}</{p}text></{p}comment>'
        for cell, text in new.items()
    )
    splice.append(comments, "".join(tags))
    package.write(name, splice.result())
    if new:
        _add_boxes(book, part, sheet, list(new))


def boxes_in(package: Package, name: str) -> bytes:
    """A part with boxes of comments; `NotMarked` where it is larger than any that a person made."""
    data = package.read(name)
    if len(data) > _MOST_BOX_BYTES:
        raise NotMarked(f"{len(data)} bytes of boxes")
    return data


def _clipped(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _run(text: str, prefix: str) -> str:
    return f'<{prefix}r><{prefix}t xml:space="preserve">{written(text)}</{prefix}t></{prefix}r>'


def _new_part(book: Workbook, part: str) -> str:
    data = _NEW.format(namespace=book.namespace).encode()
    pattern = posixpath.join(posixpath.dirname(book.part), "comments{}.xml")
    name = book.package.add(pattern, data, kind=COMMENTS_TYPE)
    book.package.relate(part, name, kind=f"{book.kinds}/comments")
    return name


def _add_to(splice: Splice, comment: Element, text: str) -> None:
    """A text after that of the sender; a text without runs becomes the first run."""
    own, p = comment.first("text"), comment.prefix
    if own is None:
        splice.append(comment, f"<{p}text>{_run(text, p)}</{p}text>")
        return
    plain, runs, after = own.first("t"), own.all("r"), _run(f"\n\n{text}", p)
    if plain:
        before = splice.data[plain.start : plain.end].decode()
        splice.replace(plain, f"<{p}r>{before}</{p}r>{'' if runs else after}")
    if runs:
        splice.insert(runs[-1].end, after)
    elif plain is None:
        splice.append(own, _run(text, p))


def _add_boxes(book: Workbook, part: str, sheet: SheetPart, cells: list[Cell]) -> None:
    package = book.package
    name = _boxes_of(package, part, sheet.drawing)
    if name is None:
        pattern = posixpath.join(posixpath.dirname(book.part), "drawings/vmlDrawing{}.vml")
        name = package.add(pattern, _NEW_BOXES.encode(), kind=BOXES_TYPE)
        sheet.name_drawing(package.relate(part, name, kind=f"{book.kinds}/vmlDrawing"), kinds=book.kinds)
    data = boxes_in(package, name)
    end = data.rfind(b"</xml>")
    if end < 0:
        raise NotMarked("boxes of comments without an end")
    # Old programs write boxes that are no XML, so the text is put in before the end without being understood.
    missing = {short: long for short, long in _NAMESPACES.items() if f"xmlns:{short}=".encode() not in data}
    names = "".join(f' xmlns:{short}="{long}"' for short, long in missing.items())
    first = max((int(number) for number in _BOX_NUMBER.findall(data)), default=_FIRST_BOX - 1) + 1
    kind = "" if b'id="%b"' % _BOX_KIND.encode() in data else _KIND_OF_BOX.format(id=_BOX_KIND, names=names)
    boxes = "".join(_box(cell, number, names) for number, cell in enumerate(cells, first))
    package.write(name, data[:end] + (kind + boxes).encode() + data[end:])


def _boxes_of(package: Package, part: str, relation: str) -> str | None:
    if not relation:
        return None
    found: list[Relation] = [one for one in package.relations(part) if one.id == relation]
    if not found:
        raise NotMarked("no part with the boxes of comments")
    return found[0].target


def _box(cell: Cell, number: int, names: str) -> str:
    row, column = cell[0] - 1, cell[1] - 1
    sides = {"left": column + 1, "right": column + 6, "top": max(row - 1, 0), "bottom": max(row - 1, 0) + 8}
    return _BOX.format(number=number, names=names, kind=_BOX_KIND, row=row, column=column, **sides)
