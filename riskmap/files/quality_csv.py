"""Who has reported when as CSV: one row per return that is owed, in the manner of the files of figures."""

from typing import Final

from geo.areas import areas
from riskmap.analytics.quality_views import QualityView, Return
from riskmap.domain.registry import source
from riskmap.domain.vocabulary import COUNTRY
from riskmap.files.csv import safe_text, table_file
from riskmap.files.return_words import return_words
from riskmap.words import t

COLUMNS: Final = (
    "source",
    "grain",
    "period_start",
    "period_end",
    "area",
    "area_name",
    "parent",
    "state",
    "state_name",
    "due",
    "received",
    "days_late",
    "corrected",
    "invented",
    "build",
)


def completeness_csv(view: QualityView, *, language: str, build: str) -> bytes:
    """Every return of the page, the earliest period first: its state as code and in words, when due, when it came."""
    title = t(
        "quality.file_title",
        language,
        source=source(view.request.source).words[language]["name"],
        area=areas()[view.request.area].name(language),
    )
    ordered = sorted(view.returns, key=lambda item: (item.period.end, item.period.start, item.area))
    rows = (_row(view, item, language) for item in ordered)
    return table_file(rows, title, language=language, build=build, is_invented=view.is_invented, columns=COLUMNS)


def completeness_name(view: QualityView, *, language: str) -> str:
    """Name of the file: `invented_` first where the returns are made up."""
    mark = "invented_" if view.is_invented else ""
    place = "" if view.request.area == COUNTRY else f"_{view.request.area}"
    return f"{mark}completeness_{view.request.source}{place}_{language}.csv"


def _row(view: QualityView, item: Return, language: str) -> dict[str, str]:
    return {
        "source": view.request.source,
        "grain": str(item.period.grain),
        "period_start": item.period.start.isoformat(),
        "period_end": item.period.end.isoformat(),
        "area": item.area,
        "area_name": safe_text(areas()[item.area].name(language)),
        "parent": COUNTRY if item.area == item.region else item.region,
        "state": str(item.state),
        "state_name": safe_text(return_words(item, language)),
        "due": item.due.isoformat(),
        "received": item.received.isoformat() if item.received else "",
        "days_late": str(item.days_late) if item.days_late else "",
        "corrected": item.corrected.isoformat() if item.corrected else "",
        "invented": str(view.is_invented).lower(),
    }
