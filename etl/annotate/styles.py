"""The look of marked cells: each cell's own look with another fill, and that of the list of faults."""

from functools import cached_property
from typing import Final

from etl.annotate.xml import Element, Splice, outline, place_of
from riskmap.domain.errors import Severity

# Each differs by a shade from the colours that a spreadsheet offers, so that ours are known again.
FILLS: Final = {Severity.STOP: "FFFFC8CF", Severity.ASK: "FFFFEA9E", Severity.NOTE: "FFD8E2F0"}
EMPTY: Final = '<styleSheet xmlns="{namespace}"></styleSheet>'

_ORDER: Final = "numFmts fonts fills borders cellStyleXfs cellXfs cellStyles dxfs tableStyles colors extLst"
# What must stand at the beginning of each list where it is empty: a spreadsheet takes the first ones for its own.
_FIRST: Final = {
    "fonts": ['<{p}font><{p}sz val="11"/><{p}name val="Calibri"/></{p}font>'],
    "fills": [
        '<{p}fill><{p}patternFill patternType="none"/></{p}fill>',
        '<{p}fill><{p}patternFill patternType="gray125"/></{p}fill>',
    ],
    "borders": ["<{p}border/>"],
    "cellXfs": ['<{p}xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>'],
}
_FILL: Final = (
    '<{p}fill><{p}patternFill patternType="solid"><{p}fgColor rgb="{rgb}"/><{p}bgColor indexed="64"/>'
    "</{p}patternFill></{p}fill>"
)
_FONTS: Final = {
    "title": '<{p}font><{p}b/><{p}sz val="14"/><{p}name val="Calibri"/></{p}font>',
    "plain": '<{p}font><{p}sz val="11"/><{p}name val="Calibri"/></{p}font>',
    "bold": '<{p}font><{p}b/><{p}sz val="11"/><{p}name val="Calibri"/></{p}font>',
    "link": '<{p}font><{p}u/><{p}sz val="11"/><{p}color rgb="FF1F5A8A"/><{p}name val="Calibri"/></{p}font>',
}


class Styles:
    """The styles of a workbook and what is added to them."""

    def __init__(self, data: bytes) -> None:
        self._data, self._root = data, outline(data)
        self._prefix = self._root.prefix
        self._new: dict[str, list[str]] = {name: [] for name in _FIRST}
        for name, first in _FIRST.items():
            if not self._there(name):
                self._new[name] += [text.format(p=self._prefix) for text in first]
        self._fills = {severity: self._add("fills", _FILL, rgb=rgb) for severity, rgb in FILLS.items()}
        self._with_fills: dict[tuple[int, int], int] = {}
        self._own: dict[tuple[str, Severity | None], int] = {}

    @cached_property
    def ours(self) -> frozenset[int]:
        """The numbers of the looks that have a fill of ours from an earlier copy."""
        fills = {str(number) for number, fill in enumerate(self._there("fills")) if _colour(fill) in FILLS.values()}
        looks = enumerate(self._there("cellXfs"))
        return frozenset(number for number, look in looks if look.attributes.get("fillId") in fills)

    def painted(self, style: int, severity: Severity) -> int:
        """The number of the look of a cell with the fill of a severity."""
        return self._filled(style, self._fills[severity])

    def bare(self, style: int) -> int:
        """The number of the look of a cell without a fill."""
        return self._filled(style, 0)

    def _filled(self, style: int, fill: int) -> int:
        key = (style, fill)
        if key not in self._with_fills:
            self._with_fills[key] = self._add_text("cellXfs", self._with_fill(style, fill))
        return self._with_fills[key]

    def own(self, font: str, severity: Severity | None = None) -> int:
        """The number of a look of the list of faults: wrapped, from the top."""
        key = (font, severity)
        if key not in self._own:
            fill = self._fills[severity] if severity else 0
            self._own[key] = self._add(
                "cellXfs",
                '<{p}xf numFmtId="0" fontId="{font}" fillId="{fill}" borderId="0" applyFont="1" applyFill="1" '
                'applyAlignment="1"><{p}alignment vertical="top" wrapText="1"/></{p}xf>',
                font=self._add("fonts", _FONTS[font]),
                fill=fill,
            )
        return self._own[key]

    def result(self) -> bytes:
        """The part with everything that was added."""
        splice = Splice(self._data)
        for name, texts in self._new.items():
            added, place = "".join(texts), self._root.first(name)
            count = str(len(self._there(name)) + len(texts))
            if place and added:
                splice.append(place, added, changes={"count": count})
            elif added:
                at = place_of(self._root, name, _ORDER)
                splice.insert(at, f'<{self._prefix}{name} count="{count}">{added}</{self._prefix}{name}>')
        return splice.result()

    def _there(self, name: str) -> list[Element]:
        found = self._root.first(name)
        return found.children if found else []

    def _add(self, name: str, text: str, **values: object) -> int:
        return self._add_text(name, text.format(p=self._prefix, **values))

    def _add_text(self, name: str, text: str) -> int:
        self._new[name].append(text)
        return len(self._there(name)) + len(self._new[name]) - 1

    def _with_fill(self, style: int, fill: int) -> str:
        there = self._there("cellXfs")
        own = self._data[there[style].start : there[style].end].decode() if style < len(there) else ""
        own = own or _FIRST["cellXfs"][0].format(p=self._prefix)
        splice = Splice(own.encode())
        tag = own[: own.index(">") + 1]
        element = Element("xf", self._prefix, {}, 0, len(tag.encode()), close=len(own), end=len(own.encode()))
        splice.retag(element, changes={"fillId": str(fill), "applyFill": "1"})
        return splice.result().decode()


def _colour(fill: Element) -> str:
    pattern = fill.first("patternFill")
    colour = pattern.first("fgColor") if pattern else None
    return colour.attributes.get("rgb", "") if colour else ""
