import json
from itertools import product
from pathlib import Path

import branca
import pytest

from riskmap.domain.vocabulary import Family
from riskmap.ui.palettes import DARK_EDGE, LIGHT_EDGE, RAMPS, contrast, edge, palette
from tests.ui.colour_vision import SIMULATIONS, least_distance

CLASSES = range(3, 8)
BREWER = {"outcome": "YlOrRd", "recorded": "Purples", "signal": "Greys", "coverage": "Blues", "prevention": "Blues"}

# Five-class palettes through colorspacious 1.1.2, which follows the same publications.
KNOWN_DISTANCES = [
    (("#ffffb2", "#fecc5c", "#fd8d3c", "#f03b20", "#bd0026"), "deuter", 12.33),
    (("#eff3ff", "#bdd7e7", "#6baed6", "#3182bd", "#08519c"), "prot", 9.67),
    (("#e66101", "#fdb863", "#f7f7f7", "#b2abd2", "#5e3c99"), "trit", 23.42),
    (("#1a9641", "#a6d96a", "#ffffbf", "#fdae61", "#d7191c"), "deuter", 2.38),
    (("#d7191c", "#1a9641"), "normal", 59.58),
]


def test_every_family_that_is_mapped_has_a_palette() -> None:
    # A population is what rates are divided by; it is never coloured.
    assert set(RAMPS) == {str(family) for family in Family} - {"population"} | {"difference"}


@pytest.mark.parametrize(("family", "classes"), list(product(BREWER, CLASSES)))
def test_sequential_palettes_are_those_of_colorbrewer(family: str, classes: int) -> None:
    published = json.loads((Path(branca.__file__).parent / "_schemes.json").read_text())
    assert palette(family, classes) == tuple(published[f"{BREWER[family]}_{classes:02d}"])


@pytest.mark.parametrize("classes", CLASSES)
def test_differences_run_from_purple_for_lower_to_orange_for_higher(classes: int) -> None:
    published = json.loads((Path(branca.__file__).parent / "_schemes.json").read_text())
    assert palette("difference", classes) == tuple(reversed(published[f"PuOr_{classes:02d}"]))


@pytest.mark.parametrize(("family", "classes"), [("mood", 5), ("outcome", 2), ("outcome", 8)])
def test_palette_that_does_not_exist_is_refused(family: str, classes: int) -> None:
    with pytest.raises(ValueError, match=r"palette|classes"):
        palette(family, classes)


@pytest.mark.parametrize(("colours", "simulation", "expected"), KNOWN_DISTANCES)
def test_colour_distance_agrees_with_published_software(
    colours: tuple[str, ...], simulation: str, expected: float
) -> None:
    assert least_distance(colours, simulation) == pytest.approx(expected, abs=0.02)


@pytest.mark.parametrize(("family", "classes", "simulation"), list(product(RAMPS, CLASSES, SIMULATIONS)))
def test_classes_are_told_apart_with_every_kind_of_colour_vision(family: str, classes: int, simulation: str) -> None:
    least = 9.5 if classes <= 5 else 6
    assert least_distance(palette(family, classes), simulation) > least


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    # The lightest greys on white that pass 4.5 to 1 and 3 to 1.
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)
    assert contrast("#949494", "#ffffff") == pytest.approx(3.03, abs=0.005)


@pytest.mark.parametrize(("family", "classes"), list(product(RAMPS, CLASSES)))
def test_every_class_has_an_outline_of_three_to_one(family: str, classes: int) -> None:
    for colour in palette(family, classes):
        assert edge(colour) in {DARK_EDGE, LIGHT_EDGE}
        assert contrast(colour, edge(colour)) >= 3
