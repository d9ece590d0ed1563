"""The weights of an index as an address holds them: `<figure>:<weight>`, those that are not as declared."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

from riskmap.domain.registry import MOST_WEIGHT, catalogue

_ONE: Final = re.compile(r"(?P<figure>[\w:-]+):(?P<weight>[0-9])")


@cache
def declared_weights() -> dict[str, int]:
    """The declared weight of every component of every index, by figure; a figure is in one index."""
    return {part.figure: part.weight for parts in catalogue().indexes.families.values() for part in parts}


def read_weights(text: str) -> tuple[dict[str, int], list[str]]:
    """The weights that an address asks for, by figure, and what of it is none; of a repeated figure the first."""
    weights: dict[str, int] = {}
    broken = []
    for part in filter(None, text.split(",")):
        found = _ONE.fullmatch(part)
        if found and found["figure"] in declared_weights() and int(found["weight"]) <= MOST_WEIGHT:
            weights.setdefault(found["figure"], int(found["weight"]))
        else:
            broken.append(part)
    return weights, broken


def written_weights(weights: Mapping[str, int]) -> str:
    """The weights as an address holds them: in the order of the catalogue, without those that are as declared."""
    return ",".join(
        f"{figure}:{weights[figure]}"
        for figure, own in declared_weights().items()
        if figure in weights and weights[figure] != own
    )
