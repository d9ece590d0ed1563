"""The receipt of a region as a page that prints on one sheet: it needs nothing beside itself and runs nothing."""

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import Final

from geo.areas import areas
from riskmap.analytics.quality_views import (
    ReceiptFigure,
    ReceiptReturns,
    ReceiptView,
    Return,
    Tally,
)
from riskmap.domain.registry import source
from riskmap.domain.vocabulary import CellStatus, ReturnState
from riskmap.files import sentences
from riskmap.files.return_words import tally_words
from riskmap.words import day, number, period, plural, sort_key, t

# One sheet of A4 for the longest receipt there is; the colours are those of a print in black.
_STYLE: Final = """
@page { size: A4; margin: 8mm 13mm; }
* { box-sizing: border-box; }
@media screen { body { padding: 8mm 4mm; } }
html { background: #fff; color: #1d2530; }
body { font: 8.8pt/1.27 "Source Sans", system-ui, "Segoe UI", "Noto Sans", Roboto, Arial, sans-serif;
  max-width: 184mm; margin: 0 auto; }
h1 { font-size: 15pt; line-height: 1.15; margin: 0; }
h2 { font-size: 10.5pt; margin: 1.8mm 0 .5mm; border-bottom: .3mm solid #5a6472; }
h3 { font-size: 8.8pt; margin: 1mm 0 0; }
p, ul { margin: .5mm 0; }
ul { padding-left: 5mm; }
.small { font-size: 7.8pt; color: #454f5c; }
.whole { white-space: nowrap; }
.invented { border: .5mm dashed #1d2530; padding: 1mm 2mm; font-weight: 600; margin: 1.5mm 0; }
table { border-collapse: collapse; width: 100%; font-size: 8.2pt; line-height: 1.2;
  font-variant-numeric: tabular-nums; table-layout: fixed; }
.state { padding-right: 1mm; text-align: right; }
thead .state { font-weight: 400; font-size: 6.3pt; line-height: 1.1; padding-right: .4mm;
  vertical-align: bottom; overflow-wrap: anywhere; }
th, td { border-bottom: .2mm solid #a7b0bb; padding: .5mm 2mm .5mm 0; text-align: left; vertical-align: top;
  font-weight: 400; }
thead th { font-weight: 600; border-bottom: .4mm solid #5a6472; }
th.mark { font-weight: 600; border: .5mm dashed #1d2530; padding: .5mm 2mm; }
"""
# Columns of the table for the districts: fields of their states.
_DISTRICTS: Final = ("shown", "zero", "hidden", "not_reported", "other")


def receipt_html(view: ReceiptView, *, language: str) -> bytes:
    """The page in one language, UTF-8."""
    title = t("receipt.title", language, region=areas()[view.region].name(language))
    body = "".join(_sections(view, language))
    page = (
        f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body><h1>{escape(title)}</h1>{body}</body></html>\n"
    )
    return page.encode()


def receipt_name(view: ReceiptView, *, language: str) -> str:
    """Name of the file: `invented_` first where anything in it is made up."""
    mark = "invented_" if view.is_invented else ""
    return f"{mark}receipt_{view.region}_{language}.html"


def _sections(view: ReceiptView, language: str) -> Iterator[str]:
    data_day = day(view.data_date, language) if view.data_date else t("value.unknown", language)
    published = day(view.published, language)
    told = t("receipt.published", language, published=published, data_date=data_day, build=view.build)
    yield _text(told, kind="small")
    if view.is_invented:
        yield _text(t("receipt.invented", language), kind="invented")
    yield _heading("returns", language) + "".join(_returns(view, language))
    yield _heading("faults", language) + _text(" ".join(_faults(view, language)))
    yield _heading("revisions", language) + _text(_revisions(view, language))
    yield _heading("figures", language) + _figures(view, language)
    steps = "".join(f"<li>{escape(step)}</li>" for step in _steps(view, language))
    yield f"{_heading('next', language)}<ul>{steps}</ul>"


def _heading(part: str, language: str) -> str:
    return f"<h2>{escape(t(f'receipt.{part}', language))}</h2>"


def _text(text: str, *, kind: str = "") -> str:
    mark = f' class="{kind}"' if kind else ""
    return f"<p{mark}>{escape(text)}</p>"


def _returns(view: ReceiptView, language: str) -> Iterator[str]:
    if not view.returns:
        yield _text(t("receipt.no_returns", language))
    for item in view.returns:
        name = source(item.source).words[language]["name"]
        name = t("quality.invented_word", language, text=name) if item.is_invented else name
        span = period(item.period, language)
        yield f"<h3>{escape(t('receipt.of_source', language, source=name, period=span))}</h3>"
        yield _text(_states(item, view.region, language))
        for label, names in _lists(item, language):
            yield f"<p><b>{escape(label)}:</b> {escape(', '.join(names))}.</p>"


def _states(item: ReceiptReturns, region: str, language: str) -> str:
    states = tally_words(Tally.of(item.returns), language)
    if [one.area for one in item.returns] == [region]:
        return t("receipt.of_region", language, states=states)
    return plural("receipt.of_districts", len(item.returns), language, states=states)


def _lists(item: ReceiptReturns, language: str) -> Iterator[tuple[str, list[str]]]:
    """The areas that are not simply there in time, each list under its label; none of the region itself."""
    if all(one.area == one.region for one in item.returns):
        return
    by_state = {state: _in_order([x for x in item.returns if x.state is state], language) for state in ReturnState}
    due = day(item.returns[0].due, language)
    lists = [
        (t("receipt.missing", language), _names(by_state[ReturnState.MISSING], language)),
        (t("receipt.awaited", language, due=due), _names(by_state[ReturnState.AWAITED], language)),
        (t("receipt.late", language), [_with_days(one, language) for one in by_state[ReturnState.LATE]]),
        (
            t("receipt.corrected", language),
            _names(_in_order([x for x in item.returns if x.corrected], language), language),
        ),
    ]
    yield from ((label, names) for label, names in lists if names)


def _in_order(returns: Sequence[Return], language: str) -> list[Return]:
    return sorted(returns, key=lambda one: sort_key(areas()[one.area].name(language), language))


def _names(returns: Iterable[Return], language: str) -> list[str]:
    return [areas()[one.area].name(language) for one in returns]


def _with_days(one: Return, language: str) -> str:
    days = plural("quality.days", one.days_late, language)
    return t("receipt.area_days", language, area=areas()[one.area].name(language), days=days)


def _faults(view: ReceiptView, language: str) -> Iterator[str]:
    found, mended = (plural(f"receipt.{part}", getattr(view.faults, part), language) for part in ("found", "mended"))
    key = "receipt.faults_told" if view.before else "receipt.faults_told_first"
    yield t(key, language, found=found, mended=mended)
    if not view.faults.open:
        yield t("receipt.no_fault_open", language)
        return
    still_open = [
        t("receipt.fault_open", language, severity=t(f"severity.{severity}", language), count=number(n, language))
        for severity, n in view.faults.open
    ]
    yield t("receipt.faults_open", language, faults="; ".join(still_open))


def _revisions(view: ReceiptView, language: str) -> str:
    if not view.revisions:
        return t("receipt.no_revisions", language)
    kinds = [
        t("receipt.revision", language, kind=t(f"revision_kind.{kind}", language), count=number(n, language))
        for kind, n in view.revisions
    ]
    return t("receipt.revisions_told", language, kinds="; ".join(kinds))


def _figures(view: ReceiptView, language: str) -> str:
    if not view.figures:
        return _text(t("receipt.no_figures", language))
    real, invented = ([x for x in view.figures if x.is_invented is kind] for kind in (False, True))
    rows = [_figure_row(figure, language) for figure in real]
    if invented:
        mark = escape(t("invented.mark", language))
        rows.append(f'<tr><th colspan="{3 + len(_DISTRICTS)}" class="mark" scope="colgroup">{mark}</th></tr>')
        rows += [_figure_row(figure, language) for figure in invented]
    where = t("receipt.where", language, path=f"risk_map?lang={language}&area={view.region}")
    notes = [t("rounding.file", language)] if view.is_rounded else []
    notes += [t("receipt.figures_note", language), where]
    told = "".join(_text(note, kind="small") for note in notes)
    return f"<table>{_figures_head(language)}<tbody>{''.join(rows)}</tbody></table>{told}"


def _figures_head(language: str) -> str:
    wide = "".join(
        f'<th scope="col" rowspan="2"{width}>{escape(t(f"receipt.heading.{name}", language))}</th>'
        for name, width in (("indicator", ' style="width:41%"'), ("region", ""), ("country", ""))
    )
    districts = escape(t("receipt.heading.districts", language))
    states = "".join(
        f'<th scope="col" class="state">{escape(t(f"receipt.districts.{name}", language))}</th>' for name in _DISTRICTS
    )
    span = len(_DISTRICTS)
    group = f'<th scope="colgroup" colspan="{span}" style="width:33%">{districts}</th>'
    return f"<thead><tr>{wide}{group}</tr><tr>{states}</tr></thead>"


def _figure_row(figure: ReceiptFigure, language: str) -> str:
    words = [figure.indicator.words[language]["short"]]
    words += [sentences.cut_words(figure.breakdown, figure.category, language), sentences.value_label(figure, language)]
    name = ", ".join(part for part in words if part)
    span = period(figure.period, language)
    if figure.districts and figure.districts.period != figure.period:
        other = period(figure.districts.period, language)
        span = t("receipt.two_periods", language, period=span, districts=other)
    first = f'<th scope="row">{escape(name)}, <span class="small">{escape(span)}</span></th>'
    cells = "".join(f"<td>{_shown(figure, row, language)}</td>" for row in (figure.region, figure.country))
    return f"<tr>{first}{cells}{_districts(figure, language)}</tr>"


def _shown(figure: ReceiptFigure, row: sentences.Shown | None, language: str) -> str:
    """The value with its interval, or the word for why there is none."""
    if row is None:
        return escape(t("receipt.not_published", language))
    value, limits = sentences.value_text(figure, row, language), sentences.interval_text(figure, row, language)
    if row.status is not CellStatus.VALUE:
        return escape(value)
    if not limits:
        return f"<b>{escape(value)}</b>"
    return f'<b>{escape(value)}</b> <span class="small whole">({escape(limits)})</span>'


def _districts(figure: ReceiptFigure, language: str) -> str:
    """How many districts are in each state."""
    if figure.districts is None:
        return f'<td colspan="{len(_DISTRICTS)}">{escape(t("receipt.not_published", language))}</td>'
    counts = (getattr(figure.districts, name) for name in _DISTRICTS)
    return "".join(f'<td class="state">{number(count, language)}</td>' for count in counts)


def _steps(view: ReceiptView, language: str) -> Iterator[str]:
    """What the region has to do, the most urgent first."""
    if view.faults.open:
        yield t("receipt.mend", language)
    yield from (" ".join(_send(item, view, language)) for item in view.returns)
    if not (view.faults.open or view.returns):
        yield t("receipt.nothing_more", language)


def _send(item: ReceiptReturns, view: ReceiptView, language: str) -> Iterator[str]:
    missing = sum(one.state is ReturnState.MISSING for one in item.returns)
    if missing:
        yield plural("receipt.send_missing", missing, language, period=period(item.period, language))
    # The day of the data is that of the real figures; an invented return is late by none of them.
    is_past = view.data_date is not None and not item.is_invented and item.next_due < view.data_date
    span, due = period(item.next_period, language), day(item.next_due, language)
    yield t("receipt.next_past" if is_past else "receipt.next_due", language, period=span, due=due)
