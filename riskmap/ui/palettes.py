"""Colours of the classes, from low to high, and what makes their borders visible.

Sequential ramps grow darker with the value. The diverging ramp for differences runs from purple (lower than the
reference) through near white to orange (higher). Values: ColorBrewer 2.0 (Cynthia Brewer, Mark Harrower and the
Pennsylvania State University), Apache-2.0.
"""

from typing import Final

_YL_OR_RD: Final = {
    3: "ffeda0 feb24c f03b20",
    4: "ffffb2 fecc5c fd8d3c e31a1c",
    5: "ffffb2 fecc5c fd8d3c f03b20 bd0026",
    6: "ffffb2 fed976 feb24c fd8d3c f03b20 bd0026",
    7: "ffffb2 fed976 feb24c fd8d3c fc4e2a e31a1c b10026",
}
_PURPLES: Final = {
    3: "efedf5 bcbddc 756bb1",
    4: "f2f0f7 cbc9e2 9e9ac8 6a51a3",
    5: "f2f0f7 cbc9e2 9e9ac8 756bb1 54278f",
    6: "f2f0f7 dadaeb bcbddc 9e9ac8 756bb1 54278f",
    7: "f2f0f7 dadaeb bcbddc 9e9ac8 807dba 6a51a3 4a1486",
}
_BLUES: Final = {
    3: "deebf7 9ecae1 3182bd",
    4: "eff3ff bdd7e7 6baed6 2171b5",
    5: "eff3ff bdd7e7 6baed6 3182bd 08519c",
    6: "eff3ff c6dbef 9ecae1 6baed6 3182bd 08519c",
    7: "eff3ff c6dbef 9ecae1 6baed6 4292c6 2171b5 084594",
}
_GREYS: Final = {
    3: "f0f0f0 bdbdbd 636363",
    4: "f7f7f7 cccccc 969696 525252",
    5: "f7f7f7 cccccc 969696 636363 252525",
    6: "f7f7f7 d9d9d9 bdbdbd 969696 636363 252525",
    7: "f7f7f7 d9d9d9 bdbdbd 969696 737373 525252 252525",
}
_PU_OR: Final = {
    3: "998ec3 f7f7f7 f1a340",
    4: "5e3c99 b2abd2 fdb863 e66101",
    5: "5e3c99 b2abd2 f7f7f7 fdb863 e66101",
    6: "542788 998ec3 d8daeb fee0b6 f1a340 b35806",
    7: "542788 998ec3 d8daeb f7f7f7 fee0b6 f1a340 b35806",
}

RAMPS: Final[dict[str, dict[int, str]]] = {
    "outcome": _YL_OR_RD,
    "recorded": _PURPLES,
    "signal": _GREYS,
    "coverage": _BLUES,
    "prevention": _BLUES,
    "difference": _PU_OR,
}

FEWEST_CLASSES: Final = 3
MOST_CLASSES: Final = 7

DARK_EDGE: Final = "#1b2430"
LIGHT_EDGE: Final = "#ffffff"
# WCAG 2.2, success criterion 1.4.11: graphical objects against what lies beside them.
LEAST_CONTRAST: Final = 3.0


def palette(family: str, classes: int) -> tuple[str, ...]:
    """Colours of `classes` classes (3 to 7), lowest first, for an indicator family or for "difference"."""
    if family not in RAMPS:
        raise ValueError(f"no palette for family {family!r}; there are {', '.join(sorted(RAMPS))}")
    if not FEWEST_CLASSES <= classes <= MOST_CLASSES:
        raise ValueError(f"{classes} classes asked for; palettes have {FEWEST_CLASSES} to {MOST_CLASSES}")
    return tuple(f"#{colour}" for colour in RAMPS[family][classes].split())


def luminance(colour: str) -> float:
    """Relative luminance of a "#rrggbb" colour, 0 (black) to 1 (white), as WCAG 2.2 defines it."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two "#rrggbb" colours, 1 (equal) to 21 (black on white), as WCAG 2.2 defines it."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def edge(colour: str) -> str:
    """The outline that stands out by 3:1 from an area filled with `colour`: dark where that is enough, else light."""
    return DARK_EDGE if contrast(colour, DARK_EDGE) >= LEAST_CONTRAST else LIGHT_EDGE
