"""The tables of the change log."""

from collections.abc import Sequence
from urllib.parse import urlencode

from riskmap.analytics.change_views import Correction, Publication, Revision
from riskmap.analytics.views import Table
from riskmap.domain.vocabulary import ALL, RevisionKind
from riskmap.files import sentences
from riskmap.files.change_sentences import figure_words, followers_text, place_name, side_count
from riskmap.ui.selection import LEVELS
from riskmap.ui.tables import Cell, Link, html_table
from riskmap.words import day, number, period, t


def publication_table(publications: Sequence[Publication], language: str) -> str:
    """Every publication, the latest first, with the number of figures it changed, and those taken back."""
    header = [
        t("changes.table.day", language),
        t("changes.table.version", language),
        t("changes.table.data_date", language),
        *(t(f"revision_kind.{kind}", language) for kind in RevisionKind),
        t("heading.note", language),
    ]
    gone = {its.build: its for its in reversed(publications) if its.is_taken_back}
    rows = [_publication_row(its, gone.get(its.build), language) for its in publications]
    return html_table(header, rows, caption=t("changes.counted", language), numeric=frozenset({3, 4, 5, 6}))


def _publication_row(its: Publication, taken_back: Publication | None, language: str) -> list[str]:
    notes = []
    if its.is_taken_back:
        notes.append(t("changes.taken_back", language))
    elif taken_back and taken_back.number > its.number:
        notes.append(t("changes.taken_back_later", language, day=day(taken_back.day, language)))
    if its.invented:
        notes.append(t("changes.invented", language, number=number(its.invented, language)))
    counts = ["" if its.is_taken_back else number(its.counts[kind], language) for kind in RevisionKind]
    data_date = day(its.data_date, language) if its.data_date and not its.is_taken_back else ""
    return [day(its.day, language), its.build, data_date, *counts, "; ".join(notes)]


def correction_table(corrections: Sequence[Correction], tables: Sequence[Table], language: str, *, caption: str) -> str:
    """One line per correction: the figure before and after, what changed with it, and the way to its trend."""
    with_rate = any(sentences.has_rate(its.revision.indicator) for its in corrections)
    rates = [t(f"changes.table.value_{side}", language) for side in ("before", "after")] if with_rate else []
    header = [
        t("heading.indicator", language),
        t("heading.area", language),
        t("heading.period", language),
        t("changes.table.kind", language),
        *(t(f"changes.table.count_{side}", language) for side in ("before", "after")),
        *rates,
        t("changes.table.link", language),
        t("changes.table.also", language),
    ]
    rows = [_correction_row(its, tables, language, with_rate=with_rate) for its in corrections]
    numeric = frozenset(range(4, 6 + len(rates)))
    return html_table(header, rows, caption=caption, numeric=numeric)


def _correction_row(its: Correction, tables: Sequence[Table], language: str, *, with_rate: bool) -> list[Cell]:
    revision = its.revision
    sides = (revision.before, revision.after)
    address = trend_address(revision, tables, language)
    return [
        figure_words(revision, language),
        place_name(revision, language),
        period(revision.period, language),
        t(f"revision_kind.{revision.kind}", language),
        *(side_count(side, language) for side in sides),
        *([sentences.rate_text(revision, side, language) for side in sides] if with_rate else []),
        Link(t("changes.to_trend", language), address) if address else "",
        followers_text(its, language),
    ]


def trend_address(revision: Revision, tables: Sequence[Table], language: str) -> str:
    """Relative address of the figure on the page of trends; empty where that page cannot show it."""
    cut = (revision.breakdown, revision.category)
    is_offered = any(
        table.level in LEVELS and (table.indicator, table.breakdown, table.category) == (revision.indicator.id, *cut)
        for table in tables
    )
    if not is_offered or revision.place.level == "joined":
        return ""
    asked = {
        "lang": language,
        "indicator": revision.indicator.id,
        "by": ALL if revision.breakdown == ALL else ":".join(cut),
        "area": revision.place.area,
        "grain": str(revision.period.grain),
    }
    return f"trends?{urlencode(asked)}"
