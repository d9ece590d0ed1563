"""How far apart two colours are seen, with normal vision and with each kind of colour-vision deficiency.

Simulation: Machado, Oliveira & Fernandes 2009, full severity. Distance: CAM02-UCS (Luo, Cui & Li 2006) over CIECAM02
(CIE 159:2004) under the viewing conditions of sRGB (D65, 64 lux / 5, grey surround of 20 %, average surround).
"""

from itertools import combinations
from typing import Final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

NORMAL: Final = np.eye(3)
SIMULATIONS: Final[dict[str, Array]] = {
    "normal": NORMAL,
    "deuter": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "prot": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "trit": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}

_TO_XYZ: Final = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
_CAT02: Final = np.array([[0.7328, 0.4296, -0.1624], [-0.7036, 1.6975, 0.0061], [0.0030, 0.0136, 0.9834]])
_HPE: Final = np.array([[0.38971, 0.68898, -0.07868], [-0.22981, 1.18340, 0.04641], [0.0, 0.0, 1.0]])
_WHITE: Final = np.array([95.047, 100.0, 108.883])
_ADAPTING: Final = 64 / np.pi / 5
_BACKGROUND: Final = 0.2
_CHROMATIC, _IMPACT = 1.0, 0.69

_K: Final = 1 / (5 * _ADAPTING + 1)
_F_L: Final = 0.2 * _K**4 * 5 * _ADAPTING + 0.1 * (1 - _K**4) ** 2 * (5 * _ADAPTING) ** (1 / 3)
_N_BB: Final = 0.725 * (1 / _BACKGROUND) ** 0.2
_DEGREE: Final = 1 - np.exp(-(_ADAPTING + 42) / 92) / 3.6


def _linear(colour: str) -> Array:
    encoded = np.array([int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)])
    linear: Array = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    return linear


def _responses(xyz: Array) -> Array:
    cones = _CAT02 @ xyz
    adapted = cones * (100 * _DEGREE / (_CAT02 @ _WHITE) + 1 - _DEGREE)
    turned = _HPE @ np.linalg.inv(_CAT02) @ adapted
    strength = (_F_L * np.abs(turned) / 100) ** 0.42
    responses: Array = np.sign(turned) * 400 * strength / (strength + 27.13) + 0.1
    return responses


def _achromatic(responses: Array) -> float:
    red, green, blue = responses
    return float((2 * red + green + blue / 20 - 0.305) * _N_BB)


def seen(colour: str, simulation: Array) -> Array:
    """Coordinates of a "#rrggbb" colour in CAM02-UCS as seen through `simulation`."""
    responses = _responses(100 * _TO_XYZ @ np.clip(simulation @ _linear(colour), 0, 1))
    red, green, blue = responses
    a, b = red - 12 * green / 11 + blue / 11, (red + green - 2 * blue) / 9
    hue = np.arctan2(b, a)
    lightness_ratio = max(_achromatic(responses), 0.0) / _achromatic(_responses(_WHITE))
    lightness = 100 * lightness_ratio ** (_IMPACT * (1.48 + _BACKGROUND**0.5))
    eccentricity = (np.cos(hue + 2) + 3.8) / 4
    t = 50000 / 13 * _N_BB * eccentricity * np.hypot(a, b) / (red + green + 1.05 * blue)
    chroma = t**0.9 * (lightness / 100) ** 0.5 * (1.64 - 0.29**_BACKGROUND) ** 0.73
    colourfulness = np.log(1 + 0.0228 * chroma * _F_L**0.25) / 0.0228
    return np.array(
        [1.7 * lightness / (1 + 0.007 * lightness), colourfulness * np.cos(hue), colourfulness * np.sin(hue)]
    )


def least_distance(colours: tuple[str, ...], simulation: str) -> float:
    """Distance of the two colours that are seen nearest to each other; about 1 is the least that can be noticed."""
    points = [seen(colour, SIMULATIONS[simulation]) for colour in colours]
    return min(float(np.linalg.norm(one - other)) for one, other in combinations(points, 2))
