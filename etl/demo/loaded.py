"""Whether the sample country stands in the record already: it is loaded once."""

from typing import Final

import duckdb

from etl.accepted import record
from etl.storage import storage_faults
from riskmap.domain.settings import data_folder

SEED: Final = 2026
RECEIVED_BY: Final = "demo"


def is_loaded() -> bool:
    """Whether any figure of the record came from the sample country."""
    query = f"SELECT count(*) FROM {record()} WHERE received_by = ? AND invented"
    with storage_faults(data_folder() / "accepted"), duckdb.connect() as connection:
        ((found,),) = connection.execute(query, [RECEIVED_BY]).fetchall()
    return bool(found)
