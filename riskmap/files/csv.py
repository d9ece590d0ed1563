"""Tables as CSV that a spreadsheet opens with Kazakh letters intact and no formula run."""

import csv
import math
from io import StringIO
from typing import Final

from riskmap.analytics.views import AreaRow, MapView
from riskmap.domain.vocabulary import SDMX_OBS_STATUS
from riskmap.words import sort_key

BOM: Final = "\ufeff"
MAP_COLUMNS: Final = (
    "indicator",
    "indicator_name",
    "breakdown",
    "category",
    "grain",
    "period_start",
    "period_end",
    "area",
    "area_name",
    "status",
    "obs_status",
    "numerator",
    "denominator",
    "denominator_estimated",
    "value",
    "lower",
    "upper",
    "multiplier",
    "units_expected",
    "units_reported",
    "provisional",
    "unstable",
    "invented",
    "build",
)


def map_csv(view: MapView, *, language: str, build: str) -> bytes:
    """The table beside the map, one row per area in the order shown, the country last; UTF-8 with BOM.

    Column names are a fixed contract. Numbers have a decimal point and are not rounded; a cell without a number is
    empty and its `status` says why.
    """
    rows = sorted(view.rows, key=lambda row: sort_key(row.name(language), language))
    lines = [_line(view, row, language, build) for row in (*rows, *((view.country,) if view.country else ()))]
    out = StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(MAP_COLUMNS)
    writer.writerows(lines)
    return (BOM + out.getvalue()).encode()


def _line(view: MapView, row: AreaRow, language: str, build: str) -> list[str]:
    request, item = view.request, view.indicator
    flags = (row.is_provisional, row.is_unstable, view.is_invented)
    units = (row.units_expected, row.units_reported)
    return [
        *(item.id, safe_text(item.words[language]["name"]), request.breakdown, request.category),
        *(str(request.period.grain), request.period.start.isoformat(), request.period.end.isoformat()),
        *(row.area, safe_text(row.name(language)), str(row.status), SDMX_OBS_STATUS[row.status]),
        *(_number(row.count), _number(row.exposure), _flag(row.is_exposure_estimated)),
        *(_number(value) for value in (row.value, row.lower, row.upper)),
        str(item.multiplier),
        *("" if number is None else str(number) for number in units),
        *(_flag(flag) for flag in flags),
        build,
    ]


def _flag(flag: bool) -> str:
    return str(flag).lower()


def _number(value: float) -> str:
    if math.isnan(value):
        return ""
    return str(int(value)) if value == int(value) else repr(round(value, 6))


def safe_text(text: str) -> str:
    """Text that no spreadsheet takes for a formula; numbers never pass through here, so negatives stay numbers."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
