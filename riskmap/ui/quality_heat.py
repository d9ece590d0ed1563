"""Who has reported when, as one picture that is a table: areas down, periods across, a sign and a fill in each cell.

Fills go from the pale colour of the page's accent to the colour of the text: a missing return stands out most, in a
light and in a dark theme and in print. No two states differ by colour alone, and none by red and green.
"""

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Final

from geo.areas import areas
from riskmap.analytics.quality_views import QualityRow, QualityView, Return, Tally
from riskmap.domain.areas import AreaKind
from riskmap.domain.registry import source
from riskmap.domain.vocabulary import COUNTRY, Period, ReturnState
from riskmap.files.return_words import return_words, share_words
from riskmap.ui.chart_layout import Theme
from riskmap.ui.chart_ticks import ticks
from riskmap.words import day, number, period, sort_key, t

_STYLE: Final = Path(__file__).parent / "static" / "quality.css"
_EVERY_PERIOD: Final = 1e6  # pixels: on a table that scrolls there is room for all of them

# What stands in a cell beside its fill; of a late return the days.
SIGNS: Final = {
    str(ReturnState.ON_TIME): "✓",
    str(ReturnState.LATE): "+",
    str(ReturnState.AWAITED): "…",
    str(ReturnState.MISSING): "×",
    "not_owed": "–",
}
CORRECTED: Final = "*"
# Least share of the returns of a region -> name of the fill; nobody and all are fills of their own.
SHARES: Final = ((1.0, "all"), (0.9, "most"), (0.5, "half"))


def heat_html(view: QualityView, area: str, language: str, *, theme: Theme) -> str:
    """The picture with its legend; the row of `area` is marked."""
    columns = "".join(f'<th scope="col">{_short(text)}</th>' for text in _texts(view.periods, language))
    rows = "".join(_row(view, row, language, is_marked=row.area == area) for row in in_order(view.rows, language))
    label = escape(heat_title(view, language), quote=True)
    first = escape(t("quality.heading.region" if _shows_regions(view) else "quality.heading.area", language))
    return (
        f"<style>{_STYLE.read_text(encoding='utf-8')}</style>"
        f'<div class="return-heat" style="--background-color:{theme.background};--primary-color:{theme.accent}">'
        f'<div class="scroll" tabindex="0" role="region" aria-label="{label}"><table class="returns">'
        f'<caption class="unseen">{label}</caption><thead><tr><th scope="col">{first}</th>{columns}</tr></thead>'
        f"<tbody>{rows}{_total(view, language)}</tbody></table></div>{_legend(view, language)}</div>"
    )


def heat_title(view: QualityView, language: str) -> str:
    """What the picture shows."""
    return t("quality.heat_region" if _shows_regions(view) else "quality.heat_district", language)


def _shows_regions(view: QualityView) -> bool:
    """Whether a row is a region, be it for its districts or for a return of its own."""
    return view.request.area == COUNTRY or source(view.request.source).area == AreaKind.REGION


def in_order(rows: Sequence[QualityRow], language: str) -> list[QualityRow]:
    """The rows in alphabetical order of the language."""
    return sorted(rows, key=lambda row: sort_key(areas()[row.area].name(language), language))


def cell_words(view: QualityView, returns: Sequence[Return], language: str) -> str:
    """One cell in words: the state of a return, or how many of those of a region have come."""
    if not returns:
        return t("return_state.not_owed", language)
    if view.is_by_region:
        tally = Tally.of(returns)
        mark = t("return_state.corrected", language)
        text = share_words(tally, language)
        return t("quality.cell_marked", language, text=text, mark=mark) if tally.corrected else text
    return return_words(returns[0], language)


def _texts(periods: Sequence[Period], language: str) -> list[str]:
    _, texts = ticks(periods, language, width=_EVERY_PERIOD)
    return texts if len(texts) == len(periods) else [period(span, language) for span in periods]


def _short(text: str) -> str:
    """Text of an axis, whose lines are parted by a mark of its own."""
    return "<br>".join(escape(line) for line in text.split("<br>"))


def _row(view: QualityView, row: QualityRow, language: str, *, is_marked: bool) -> str:
    name = escape(areas()[row.area].name(language))
    cells = "".join(_cell(view, returns, span, language) for span, returns in zip(view.periods, row.cells, strict=True))
    mark = ' class="marked" aria-current="true"' if is_marked else ""
    return f'<tr{mark}><th scope="row">{name}</th>{cells}</tr>'


def _total(view: QualityView, language: str) -> str:
    """The share of all rows together, as numbers without a fill."""
    cells = []
    for column in range(len(view.periods)):
        tally = Tally.of(item for row in view.rows for item in row.cells[column])
        words = share_words(tally, language)
        text = number(tally.reported * 100 // tally.owed, language)
        cells.append(_filled("total", text, words=words, hint=words))
    name = t("quality.total", language, area=areas()[view.request.area].name(language))
    return f'<tr class="total"><th scope="row">{escape(name)}</th>{"".join(cells)}</tr>'


def _cell(view: QualityView, returns: Sequence[Return], span: Period, language: str) -> str:
    fill, sign = _share(returns, language) if view.is_by_region else _state(returns, language)
    words = cell_words(view, returns, language)
    hint = [f"{period(span, language)}: {words}"]
    if not view.is_by_region:
        days = [(name, getattr(item, name)) for item in returns for name in ("due", "received")]
        hint += [
            f"{t(f'quality.heading.{name}', language)}: {day(moment, language)}" for name, moment in days if moment
        ]
    return _filled(fill, sign, words=words, hint="; ".join(hint))


def _filled(fill: str, sign: str, *, words: str, hint: str) -> str:
    """A cell whose sign is seen and whose words are read aloud."""
    return (
        f'<td class="{fill}" title="{escape(hint, quote=True)}"><span aria-hidden="true">{escape(sign)}</span>'
        f'<span class="unseen">{escape(words)}</span></td>'
    )


def _state(returns: Sequence[Return], language: str) -> tuple[str, str]:
    if not returns:
        return "not_owed", SIGNS["not_owed"]
    item = returns[0]
    sign = SIGNS[item.state] + (number(item.days_late, language) if item.days_late else "")
    return str(item.state), sign + (CORRECTED if item.corrected else "")


def _share(returns: Sequence[Return], language: str) -> tuple[str, str]:
    tally = Tally.of(returns)
    if tally.share is None:
        return "not_owed", SIGNS["not_owed"]
    # All but none is not all: shares are cut, not rounded.
    text = number(tally.reported * 100 // tally.owed, language) + (CORRECTED if tally.corrected else "")
    if not tally.reported:
        return ("awaited", SIGNS["awaited"]) if not tally.missing else ("share-none", text)
    fill = next((name for least, name in SHARES if tally.share >= least), "few")
    return f"share-{fill}", text + (SIGNS["awaited"] if tally.awaited else "")


def _legend(view: QualityView, language: str) -> str:
    if view.is_by_region:
        names = [*(name for _, name in SHARES), "few", "none"]
        entries = [(f"share-{name}", "%", t(f"quality.share.{name}", language)) for name in names]
        entries.append(("awaited", SIGNS["awaited"], t("return_state.awaited", language)))
        note = t("quality.share_note", language)
    else:
        entries = [(name, sign, t(f"return_state.{name}", language)) for name, sign in SIGNS.items()]
        note = t("quality.late_note", language)
    entries.append(("plain", CORRECTED, t("return_state.corrected", language)))
    items = "".join(
        f'<li><span class="{fill} key" aria-hidden="true"><span>{escape(sign)}</span></span>'
        f"<span>{escape(words)}</span></li>"
        for fill, sign, words in entries
    )
    return f'<ul class="return-keys">{items}</ul><p class="note">{escape(note)}</p>'
