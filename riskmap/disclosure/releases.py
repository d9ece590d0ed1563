"""What earlier publications showed: whoever kept them knows it still."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from riskmap.disclosure.primary import Flags, is_known
from riskmap.domain.tables import CELLS

_KEY: Final = [*CELLS.key, "invented"]
_DAYS: Final = ("period_start", "period_end")


def known_before(cells: pd.DataFrame, released: Sequence[pd.DataFrame]) -> Flags:
    """A mask over `cells`: True where an earlier publication showed the number that the cell has today."""
    known: Flags = np.zeros(len(cells), dtype=bool)
    own = cells[[*_KEY, "numerator"]].assign(place=np.arange(len(cells)))
    for earlier in released:
        shown = earlier.loc[is_known(earlier), [*_KEY, "numerator"]].astype({day: own[day].dtype for day in _DAYS})
        known[own.merge(shown, on=[*_KEY, "numerator"])["place"].to_numpy()] = True
    return known
