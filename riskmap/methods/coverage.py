"""Whether enough areas have values for a judgement that rests on all of them."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from riskmap.methods.refusals import Reason, Refused

LEAST_SHARE: Final = 0.9  # of the areas have values


def too_few_areas(known: NDArray[np.bool_]) -> Refused | None:
    """The refusal where under 90 % of the areas have values, or there is no area; None where there are enough.

    `known` holds one entry for each area. Hidden and missing areas are not a random part of a map: small counts are
    hidden first. What is estimated from the others alone would be taken for the whole.

    >>> too_few_areas(np.array([True] * 9 + [False]))
    >>> too_few_areas(np.array([True] * 8 + [False] * 2))
    Refused(reason=<Reason.TOO_FEW_AREAS: 'too_few_areas'>)
    """
    # In whole areas: 9 of 10 are 90 %, whatever a division makes of it.
    if not known.any() or 10 * int(known.sum()) < round(10 * LEAST_SHARE) * known.size:
        return Refused(Reason.TOO_FEW_AREAS)
    return None
