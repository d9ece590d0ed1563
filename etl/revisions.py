"""What a build changes of what was published before it."""

from collections.abc import Mapping

import pandas as pd

from riskmap.domain.tables import PUBLICATIONS, REVISIONS


def revision_frame(cells: pd.DataFrame, *, meta: Mapping[str, str], kind: str) -> pd.DataFrame:
    """The revisions that earlier builds tell of, and those of this one; `kind` is full or public."""
    return pd.DataFrame(columns=list(REVISIONS.names))


def publication_frame(revisions: pd.DataFrame, *, meta: Mapping[str, str]) -> pd.DataFrame:
    """Every publication up to that of this build."""
    return pd.DataFrame(columns=list(PUBLICATIONS.names))
