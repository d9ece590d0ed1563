"""After how many months the figures of an indicator are final, as declared and as the record shows."""

import duckdb
import pandas as pd

from riskmap.domain.registry import indicators


def lag_frame(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """One row per indicator."""
    rows = [(item.id, item.lag_months, None, item.lag_months, 0) for item in indicators()]
    return pd.DataFrame(rows, columns=["indicator", "declared_months", "learnt_months", "used_months", "figures"])
