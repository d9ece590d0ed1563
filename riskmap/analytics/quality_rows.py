"""Rows of completeness as returns, and what the build says of itself as days and names."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from riskmap.analytics.quality_views import Return
from riskmap.analytics.queries import period_of
from riskmap.domain.vocabulary import ReturnState


def return_of(row: Any) -> Return:
    """The return of a row of completeness with its region."""
    return Return(
        area=str(row.area),
        region=str(row.region),
        period=period_of(row),
        state=ReturnState(row.state),
        due=pd.Timestamp(row.due).date(),
        received=_day(row.received),
        corrected=_day(row.corrected),
    )


def _day(moment: Any) -> date | None:
    return None if pd.isna(moment) else pd.Timestamp(moment).date()


def data_day(meta: Mapping[str, str], *, is_invented: bool = False) -> date | None:
    """Day of the data, or of those that are made up; None before the first figure."""
    text = meta.get("invented_date", "") if is_invented else meta["data_date"]
    return date.fromisoformat(text) if text else None


def invented_sources(meta: Mapping[str, str]) -> list[str]:
    """The sources whose every figure is made up."""
    return meta["invented_sources"].split()
