"""The change log as CSV: one row per published figure that changed, in the manner of the files of figures."""

from collections.abc import Sequence
from typing import Final

from riskmap.analytics.change_views import ChangesRequest, Revision, Side
from riskmap.domain.vocabulary import COUNTRY
from riskmap.files import sentences
from riskmap.files.change_sentences import place_name
from riskmap.files.csv import Row, flag, plain_number, safe_text, table_file
from riskmap.words import t

COLUMNS: Final = (
    "revision_build",
    "revision_day",
    "revision_kind",
    "revision_kind_name",
    "indicator",
    "indicator_name",
    "breakdown",
    "category",
    "grain",
    "period_start",
    "period_end",
    "area",
    "area_name",
    "status_before",
    "numerator_before",
    "denominator_before",
    "value_before",
    "status_after",
    "numerator_after",
    "denominator_after",
    "value_after",
    "multiplier",
    "invented",
    "build",
)


def changes_csv(revisions: Sequence[Revision], *, language: str, build: str, is_rounded: bool = False) -> bytes:
    """Every change of a request in its order, those that follow from others too."""
    is_invented = any(revision.is_invented for revision in revisions)
    title = t("changes.file", language)
    rows = (_row(revision, language) for revision in revisions)
    return table_file(
        rows, title, language=language, build=build, is_invented=is_invented, is_rounded=is_rounded, columns=COLUMNS
    )


def changes_name(request: ChangesRequest, *, is_invented: bool, language: str) -> str:
    """Name of the file: `invented_` first where any of its figures is made up."""
    mark = "invented_" if is_invented else ""
    place = "" if request.area == COUNTRY else request.area
    parts = [part for part in ("changes", request.indicator, place, str(request.kind or ""), language) if part]
    return f"{mark}{'_'.join(parts)}.csv"


def _row(revision: Revision, language: str) -> Row:
    item = revision.indicator
    return {
        "revision_build": revision.build,
        "revision_day": revision.day.isoformat(),
        "revision_kind": str(revision.kind),
        "revision_kind_name": safe_text(t(f"revision_kind.{revision.kind}", language)),
        "indicator": item.id,
        "indicator_name": safe_text(item.words[language]["name"]),
        "breakdown": revision.breakdown,
        "category": revision.category,
        "grain": str(revision.period.grain),
        "period_start": revision.period.start.isoformat(),
        "period_end": revision.period.end.isoformat(),
        "area": revision.place.area,
        "area_name": safe_text(place_name(revision, language)),
        **_side("before", revision.before),
        **_side("after", revision.after),
        "multiplier": str(item.multiplier) if sentences.has_rate(item) else "",
        "invented": flag(revision.is_invented),
    }


def _side(name: str, side: Side) -> Row:
    return {
        f"status_{name}": str(side.status),
        f"numerator_{name}": plain_number(side.count),
        f"denominator_{name}": plain_number(side.exposure),
        f"value_{name}": plain_number(side.value),
    }
