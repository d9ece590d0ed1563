"""Many tests at once: which of them to believe."""

import numpy as np
from numpy.typing import ArrayLike

from riskmap.methods.arrays import Floats, floats


def benjamini_hochberg(p_values: ArrayLike) -> Floats:
    """The adjusted p-value of each test: it is significant at false discovery rate q when this is at most q.

    With p sorted upwards, adjusted p(i) = min over j >= i of m p(j) / j, at most 1; m is the number of tests that have
    a p-value. Same shape as `p_values`; the rate holds over all of them together. Missing in, missing out. One test:
    its own p. All equal: all p. A number outside 0 to 1 raises ValueError. The rate holds for independent tests and
    those that depend positively on each other.

    Source: Benjamini & Hochberg 1995, JRSS B 57:289-300.

    Published answer: of their 15 p-values four are significant at 5 %, and nine without adjustment.

    >>> p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459,
    ...      0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000]
    >>> int((benjamini_hochberg(p) <= 0.05).sum())
    4
    """
    values = floats(p_values)
    known = ~np.isnan(values)
    p = values[known]
    if ((p < 0) | (p > 1)).any():
        raise ValueError("a p-value lies between 0 and 1")
    order = np.argsort(-p, kind="stable")
    scaled = p[order] * len(p) / np.arange(len(p), 0, -1)
    adjusted = np.full(values.shape, np.nan)
    lowest = np.empty(len(p))
    lowest[order] = np.minimum(np.minimum.accumulate(scaled), 1) if len(p) else scaled
    adjusted[known] = lowest
    return adjusted
