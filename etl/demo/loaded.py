"""Which files of the sample country stand in the record already: each is loaded once, and a stopped load goes on."""

from typing import Final

import duckdb

from etl.accepted import record
from etl.storage import storage_faults
from riskmap.domain.settings import data_folder

SEED: Final = 2026
RECEIVED_BY: Final = "demo"


def loaded_digests() -> frozenset[str]:
    """SHA-256 of every file of a sample country in the record."""
    query = f"SELECT DISTINCT digest FROM {record()} WHERE received_by = ? AND invented"
    with storage_faults(data_folder() / "accepted"), duckdb.connect() as connection:
        rows = connection.execute(query, [RECEIVED_BY]).fetchall()
    return frozenset(digest for (digest,) in rows)
