"""Views as CSV: what is on the screen, one row per figure, Kazakh letters intact in a spreadsheet, no formula run.

Every file has the same columns. Its first line begins with `# ` and says what the file holds, whether its figures are
invented and what the columns mean; a program skips it. The second line is the header.
"""

import csv
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from io import StringIO
from typing import Final, TypeAlias

from riskmap.analytics.views import (
    AreaRow,
    HeatView,
    JudgedMap,
    Line,
    MapView,
    PairView,
    PartsRow,
    PartsView,
    Point,
    TrendPanel,
    TrendTest,
    TrendView,
)
from riskmap.domain.registry import Indicator
from riskmap.domain.vocabulary import ALL, LANGUAGES, SDMX_OBS_STATUS, CellStatus, Period
from riskmap.files import sentences
from riskmap.files.judged_words import verdict_code
from riskmap.words import t

BOM: Final = "\ufeff"
COLUMNS: Final = (
    "indicator",
    "indicator_name",
    "breakdown",
    "category",
    "grain",
    "period_start",
    "period_end",
    "area",
    "area_name",
    "members",
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
    "revised",
    "numerator_last_year",
    "change_percent",
    "trend",
    "trend_from",
    "trend_reason",
    "compared_country",
    "compared_region",
    "compared_comparable",
    "compared_past",
    "invented",
    "build",
)
# Columns whose meaning stands under another name, since the same word means more in a build.
_MEANINGS: Final = {"value": "rate"}
_PER_CENT: Final = "100"
_CANNOT_BE_SAID: Final = "cannot_be_said"

View: TypeAlias = MapView | TrendView | PairView | PartsView | HeatView
Row: TypeAlias = dict[str, str]


@dataclass(frozen=True, slots=True)
class _Of:
    """What the rows of one indicator have in common."""

    item: Indicator
    cut: tuple[str, str]
    is_invented: bool
    language: str


def map_csv(
    view: MapView, *, language: str, build: str, is_rounded: bool = False, judged: JudgedMap | None = None
) -> bytes:
    """The table beside the map: areas in the order shown, what regions hold outside districts, then those above.

    With `judged` each area of the map beside what it is compared with; those above are not judged.
    """
    of = _Of(view.indicator, (view.request.breakdown, view.request.category), view.is_invented, language)
    rows = [*sentences.in_order(view.rows, language), *view.above]
    names = sentences.place_names(rows, language)
    lines = [
        {**_area_line(of, row, view.request.period, names[row.area]), **_compared(judged, row.area)} for row in rows
    ]
    return _file(lines, sentences.title(view, language), view, language=language, build=build, is_rounded=is_rounded)


def trend_csv(view: TrendView, *, language: str, build: str, is_rounded: bool = False) -> bytes:
    """All panels of a page of trends: per indicator and area every period, the earliest first."""
    lines = [line for panel in view.panels for line in _point_lines(panel, panel.lines, language)]
    title = "; ".join(sentences.panel_title(panel, language) for panel in view.panels)
    return _file(lines, title, view, language=language, build=build, is_rounded=is_rounded)


def pair_csv(view: PairView, *, language: str, build: str, is_rounded: bool = False) -> bytes:
    """Two areas on all indicators: per indicator one row for each of the two."""
    lines = []
    names: dict[str, str] = {}
    for pair in view.rows:
        of = _Of(pair.indicator, (ALL, ALL), pair.is_invented, language)
        names = sentences.place_names((pair.left, pair.right), language)
        lines += [_area_line(of, row, pair.period, names[row.area]) for row in (pair.left, pair.right)]
    return _file(lines, "; ".join(names.values()), view, language=language, build=build, is_rounded=is_rounded)


def parts_csv(view: PartsView, *, language: str, build: str, is_rounded: bool = False) -> bytes:
    """The parts of a whole: per area the whole and each category, whose value is its share in per cent."""
    rows = sentences.in_order(view.rows, language)
    names = sentences.place_names(rows, language)
    lines = [line for row in rows for line in _part_lines(view, row, names[row.area], language)]
    return _file(
        lines, sentences.parts_title(view, language), view, language=language, build=build, is_rounded=is_rounded
    )


def heat_csv(view: HeatView, *, language: str, build: str, is_rounded: bool = False) -> bytes:
    """Areas over periods: per area every period, the earliest first."""
    lines = _point_lines(view, sentences.in_order(view.lines, language), language)
    return _file(
        lines, sentences.heat_title(view, language), view, language=language, build=build, is_rounded=is_rounded
    )


def file_name(view: View, *, language: str, suffix: str = "csv") -> str:
    """Name of a file of a view: `invented_` first where any of its figures is made up."""
    mark = "invented_" if view.is_invented else ""
    parts = [part.replace("/", "-") for part in _name_parts(view)]
    return f"{mark}{'_'.join([*parts, language])}.{suffix}"


def _name_parts(view: View) -> list[str]:
    if isinstance(view, PairView):
        return ["pair", view.left, view.right]
    if isinstance(view, TrendView):
        names = [panel.indicator.id for panel in view.panels]
        on = ["comparable"] if view.request.is_comparable else []
        return [*(names if len(names) == 1 else ["trends"]), *on, str(view.request.grain)]
    if isinstance(view, HeatView):
        return [view.indicator.id, *_cut_part(view.breakdown, view.category), str(view.grain)]
    request = view.request
    category = request.category if isinstance(view, MapView) else "parts"
    return [view.indicator.id, *_cut_part(request.breakdown, category), request.period.code]


def _cut_part(breakdown: str, category: str) -> list[str]:
    return [] if breakdown == ALL else [f"{breakdown}-{category}"]


def _area_line(of: _Of, row: AreaRow, period: Period, name: str) -> Row:
    estimated = {"denominator_estimated": flag(row.is_exposure_estimated)}
    return {**_key(of, period, row.area, name), **_numbers(of.item, row), **estimated}


def _compared(judged: JudgedMap | None, area: str) -> Row:
    found = judged.areas.get(area) if judged else None
    return {f"compared_{each.basis}": verdict_code(found, each) for each in found.verdicts} if found else {}


def _point_lines(panel: TrendPanel | HeatView, lines: Sequence[Line], language: str) -> Iterator[Row]:
    of = _Of(panel.indicator, (panel.breakdown, panel.category), panel.is_invented, language)
    names = sentences.place_names(lines, language)
    for line in lines:
        for point in line.points:
            key = _key(of, point.period, line.area, names[line.area])
            trend = _trend(line.tested, point)
            yield {**key, "members": " ".join(line.members), **_numbers(of.item, point), **_change(point), **trend}


def _change(point: Point) -> Row:
    if point.change is None:
        return {}
    percent = point.change.percent
    return {
        "numerator_last_year": plain_number(point.change.before),
        "change_percent": "" if percent is None else plain_number(percent),
    }


def _trend(found: TrendTest | None, point: Point) -> Row:
    """What a test says of the points from `trend_from` to this one, in the row of the last of them alone."""
    if found is None or point.period != found.last:
        return {}
    return {
        "trend": str(found.direction or _CANNOT_BE_SAID),
        "trend_from": found.first.start.isoformat(),
        "trend_reason": str(found.reason or ""),
    }


def _part_lines(view: PartsView, row: PartsRow, name: str, language: str) -> Iterator[Row]:
    request = view.request
    if not math.isnan(row.total):
        whole = _Of(view.indicator, (ALL, ALL), view.is_invented, language)
        total = {**_state(CellStatus.VALUE), "numerator": plain_number(row.total), "revised": _day(row.revised)}
        yield {**_key(whole, request.period, row.area, name), **total, **_units(row)}
    for part in row.parts:
        of = _Of(view.indicator, (request.breakdown, part.category), view.is_invented, language)
        has_share = not math.isnan(part.share)
        yield {
            **_key(of, request.period, row.area, name),
            **_state(part.status),
            "numerator": plain_number(part.count),
            "denominator": plain_number(row.total) if has_share else "",
            "value": plain_number(part.share),
            "multiplier": _PER_CENT if has_share else "",
            "revised": _day(part.revised),
            **(_units(row) if part.status is CellStatus.VALUE else {}),
        }


def _key(of: _Of, period: Period, area: str, name: str) -> Row:
    return {
        "indicator": of.item.id,
        "indicator_name": safe_text(of.item.words[of.language]["name"]),
        "breakdown": of.cut[0],
        "category": of.cut[1],
        "grain": str(period.grain),
        "period_start": period.start.isoformat(),
        "period_end": period.end.isoformat(),
        "area": area,
        "area_name": safe_text(name),
        "invented": flag(of.is_invented),
    }


def _state(status: CellStatus) -> Row:
    return {"status": str(status), "obs_status": SDMX_OBS_STATUS[status]}


def _numbers(item: Indicator, shown: AreaRow | Point) -> Row:
    if shown.status is not CellStatus.VALUE:
        return {**_state(shown.status), **_units(shown)}
    return {
        **_state(shown.status),
        **_units(shown),
        "numerator": plain_number(shown.count),
        "denominator": plain_number(shown.exposure),
        "value": plain_number(shown.value),
        "lower": plain_number(shown.lower),
        "upper": plain_number(shown.upper),
        "multiplier": str(item.multiplier) if sentences.has_rate(item) else "",
        "provisional": flag(shown.is_provisional),
        "unstable": flag(shown.is_unstable),
        "revised": _day(shown.revised),
    }


def _units(shown: AreaRow | Point | PartsRow) -> Row:
    return {"units_expected": _whole(shown.units_expected), "units_reported": _whole(shown.units_reported)}


def _file(rows: Iterable[Row], title: str, view: View, *, language: str, build: str, is_rounded: bool) -> bytes:
    return table_file(rows, title, language=language, build=build, is_invented=view.is_invented, is_rounded=is_rounded)


def table_file(
    rows: Iterable[Row],
    title: str,
    *,
    language: str,
    build: str,
    is_invented: bool,
    is_rounded: bool = False,
    columns: Sequence[str] = COLUMNS,
) -> bytes:
    """UTF-8 with BOM: the line that explains the columns, their names, the rows, each with the build.

    Numbers have a decimal point; a cell without a number is empty and its `status` says why.
    """
    out = StringIO(newline="")
    header = dictionary_line(
        title, language=language, build=build, is_invented=is_invented, is_rounded=is_rounded, columns=columns
    )
    out.write(f"{BOM}{header}\r\n")
    writer = csv.DictWriter(out, columns, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({**row, "build": build} for row in rows)
    return out.getvalue().encode()


def dictionary_line(
    title: str,
    *,
    language: str,
    build: str,
    is_invented: bool,
    is_rounded: bool = False,
    columns: Sequence[str] = COLUMNS,
) -> str:
    """What a file holds and what its columns mean, on one line without a comma or a quotation mark.

    So it is a single cell in a spreadsheet, and a program that leaves out lines beginning with `#` leaves it out whole.
    """
    parts = [
        *(t("file.invented", lang) for lang in LANGUAGES if is_invented),
        *(t("rounding.file", lang) for lang in LANGUAGES if is_rounded),
        title,
        t("file.version", language, build=build),
        *(t("file.meaning", language, name=name, meaning=_meaning(name, language)) for name in columns),
    ]
    text = " | ".join(" ".join(part.split()) for part in parts)
    return "# " + text.replace(",", ";").replace('"', "”")


def _meaning(name: str, language: str) -> str:
    return t(f"column.{_MEANINGS.get(name, name)}", language)


def flag(is_so: bool) -> str:
    """Yes or no as programs write it: true or false."""
    return str(is_so).lower()


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _whole(number: int | None) -> str:
    return "" if number is None else str(number)


def plain_number(value: float) -> str:
    """A number with a decimal point and no more than six decimals; nothing where there is none."""
    if math.isnan(value):
        return ""
    return str(int(value)) if value == int(value) else repr(round(value, 6))


def safe_text(text: str) -> str:
    """Text that no spreadsheet takes for a formula; numbers never pass through here, so negatives stay numbers."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
