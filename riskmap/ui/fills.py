"""The ways an area is filled, told apart without colour: plain classes and one pattern per missing kind.

Patterns are drawn in `currentColor` over the page's own background, so that they are legible in a light and in a dark
theme and the legend shows exactly what the map shows.
"""

from dataclasses import dataclass
from html import escape
from typing import Final
from urllib.parse import quote

from riskmap.ui.palettes import MOST_CLASSES

_CLASSES: Final = {f"class:{number}": number for number in range(MOST_CLASSES)}


@dataclass(frozen=True, slots=True)
class Pattern:
    """One tile of a pattern: its side in pixels, the turn of the tile in degrees and the SVG shapes in it."""

    side: float
    turn: int
    shapes: str

    def element(self, name: str) -> str:
        """The SVG `<pattern>` with id `name`."""
        return (
            f'<pattern id="{escape(name)}" patternUnits="userSpaceOnUse" width="{self.side:g}" height="{self.side:g}" '
            f'patternTransform="rotate({self.turn})">'
            f'<rect width="{self.side:g}" height="{self.side:g}" style="fill:var(--background-color,transparent)"/>'
            f"{self.shapes}</pattern>"
        )


def _lines(*paths: str, width: float, opacity: float) -> str:
    return (
        f'<path d="{" ".join(paths)}" fill="none" stroke="currentColor" stroke-width="{width:g}" '
        f'stroke-opacity="{opacity:g}"/>'
    )


PATTERNS: Final[dict[str, Pattern]] = {
    "zero": Pattern(7, 45, '<circle cx="3.5" cy="3.5" r="1.1" fill="currentColor" fill-opacity=".8"/>'),
    "not_reported": Pattern(6, 45, _lines("M3 0V6", width=1.2, opacity=0.6)),
    "suppressed": Pattern(5, 45, _lines("M2.5 0V5", "M0 2.5H5", width=1, opacity=0.6)),
    "not_applicable": Pattern(8, 0, '<rect width="8" height="8" fill="currentColor" fill-opacity=".06"/>'),
    "not_comparable": Pattern(5, 0, _lines("M2.5 0V5", width=1, opacity=0.6)),
    "cannot_be_said": Pattern(9, 0, _lines("M2.5 4.5H6.5", width=1.2, opacity=0.55)),
    "possible_silence": Pattern(
        10,
        0,
        '<circle cx="5" cy="5" r="2.6" fill="none" stroke="currentColor" stroke-width="1.3" stroke-opacity=".8"/>',
    ),
}


def class_of(fill: str) -> int | None:
    """Number of the class that "class:3" names, or None for the name of a pattern; anything else is refused."""
    if fill not in _CLASSES and fill not in PATTERNS:
        raise ValueError(f"unknown fill {fill!r}")
    return _CLASSES.get(fill)


def pattern_definitions(prefix: str) -> str:
    """All patterns as SVG, each with the id `prefix` + name of the fill."""
    return "".join(pattern.element(prefix + name) for name, pattern in PATTERNS.items())


def legend_swatch(fill: str, palette: tuple[str, ...]) -> str:
    """HTML of a small box that shows a legend key as the map draws it; decorative, the words stand beside it.

    Patterns are masks over the colour of the text, since `st.html` takes SVG elements away and leaves styles alone.
    """
    number = class_of(fill)
    paint = f"currentColor;mask:{_mask(fill)}" if number is None else palette[number]
    line = "dashed" if fill == "not_applicable" else "solid"
    frame = f"border:1px {line} currentColor;border-radius:2px;overflow:hidden;vertical-align:middle"
    keep = "print-color-adjust:exact;forced-color-adjust:none"
    return (
        f'<span aria-hidden="true" style="display:inline-block;flex:none;width:28px;height:18px;{frame}">'
        f'<span style="display:block;height:100%;{keep};background:{paint}"></span></span>'
    )


def _mask(fill: str) -> str:
    tile = PATTERNS[fill].element("tile")
    box = '<rect width="100%" height="100%" fill="url(#tile)"/>'
    image = f'<svg xmlns="http://www.w3.org/2000/svg"><defs>{tile}</defs>{box}</svg>'
    return f"url(data:image/svg+xml,{quote(image)})"
