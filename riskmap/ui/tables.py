"""Tables as plain HTML: read by everyone, by keyboard and screen reader too, and equal to the picture beside them."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final, TypeAlias

import streamlit as st

from riskmap.analytics.views import AreaRow, MapView
from riskmap.domain.vocabulary import CellStatus
from riskmap.files import sentences
from riskmap.files.hidden_words import known_to
from riskmap.ui.changes_flags import corrected_note
from riskmap.ui.layers import Column
from riskmap.words import sort_key, t

_MANY_ROWS: Final = 40


@dataclass(frozen=True, slots=True)
class Link:
    """A cell that leads to another page; its address is relative."""

    text: str
    address: str


Cell: TypeAlias = str | Link


def html_table(
    header: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    *,
    caption: str,
    numeric: frozenset[int] = frozenset(),
    marked: int | None = None,
    is_captioned: bool = True,
) -> str:
    """A table whose first column heads its rows; texts are escaped.

    Columns in `numeric` are set to the right; the row `marked` (counted from 0) is the one selected. The caption is
    always read aloud; under a heading that says the same it is not shown (`is_captioned`).
    """
    kinds = ["number" if index in numeric else "text" for index in range(len(header))]
    # A range such as 0–17 stays on one line: a word joiner stands on both sides of its dash.
    header = [re.sub(r"(?<=\d)–(?=\d)", "\u2060–\u2060", text) for text in header]
    head = "".join(
        f'<th scope="col" class="{kind}">{escape(text)}</th>' for text, kind in zip(header, kinds, strict=True)
    )
    body = "".join(_line(row, kinds, is_marked=index == marked) for index, row in enumerate(rows))
    label = escape(caption, quote=True)
    frame = "scroll long" if len(rows) > _MANY_ROWS else "scroll"
    return (
        f'<div class="{frame}" tabindex="0" role="region" aria-label="{label}"><table class="cells">'
        f'<caption class="{"seen" if is_captioned else "unseen"}">{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _line(row: Sequence[Cell], kinds: Sequence[str], *, is_marked: bool) -> str:
    first, *rest = row
    cells = "".join(f'<td class="{kind}">{_inner(cell)}</td>' for cell, kind in zip(rest, kinds[1:], strict=True))
    mark = ' class="marked" aria-current="true"' if is_marked else ""
    return f'<tr{mark}><th scope="row">{_inner(first)}</th>{cells}</tr>'


def _inner(cell: Cell) -> str:
    if isinstance(cell, Link):
        return f'<a href="{escape(cell.address, quote=True)}">{escape(cell.text)}</a>'
    return escape(cell)


def map_rows(view: MapView, language: str) -> list[AreaRow]:
    """The areas in alphabetical order of the language, then what regions hold outside districts, then those above."""

    def place(row: AreaRow) -> tuple[bool, object]:
        return row.level == "remainder", sort_key(row.name(language), language)

    return [*sorted(view.rows, key=place), *view.above]


def map_table(view: MapView, language: str, *, selected: str, columns: Sequence[Column] = ()) -> None:
    """The table equal to the map: count, value, interval and what is to be known of each area.

    The columns of value and interval stand only where the indicator has them; `columns` follow them.
    """
    item = view.indicator
    header = [t("table.area", language), t(f"unit.{item.unit}.heading", language)]
    with_rate, with_limits = item.interval != "none", item.interval not in ("none", "ratio")
    header += [sentences.rate_label(view, language)] if with_rate else []
    header += [t("table.interval", language)] if with_limits else []
    header += [*(column.heading for column in columns), t("table.note", language)]
    shown = map_rows(view, language)
    names = sentences.place_names(shown, language)
    rows = [
        [
            names[row.area],
            *_map_line(view, row, language, with_rate=with_rate, with_limits=with_limits),
            *(column.texts.get(row.area, "") for column in columns),
            _map_note(view, row, language, is_selected=row.area == selected),
        ]
        for row in shown
    ]
    marked = next((index for index, row in enumerate(shown) if row.area == selected), None)
    own = len(header) - 1 - len(columns)
    numeric = frozenset([*range(1, own), *(own + place for place, column in enumerate(columns) if column.is_number)])
    st.html(html_table(header, rows, caption=sentences.title(view, language), numeric=numeric, marked=marked))
    corrected_note(view, language)


def _map_line(view: MapView, row: AreaRow, language: str, *, with_rate: bool, with_limits: bool) -> list[str]:
    has_rate = not math.isnan(row.value)
    cells = [sentences.flagged(sentences.count_text(row, language), row)]
    cells += [sentences.value_text(view, row, language) if has_rate else ""] if with_rate else []
    cells += [sentences.interval_text(view, row, language)] if with_limits else []
    return cells


def _map_note(view: MapView, row: AreaRow, language: str, *, is_selected: bool) -> str:
    """What is to be known of a row; of the hidden one that is selected also who knows the number."""
    with_rate = view.indicator.interval != "none"
    notes = sentences.marks(view, row, language)
    if row.status is not CellStatus.VALUE or (with_rate and math.isnan(row.value)):
        notes = [sentences.value_text(view, row, language), *notes]
    notes += filter(None, [sentences.shown_for(view.indicator, row, language)])
    text = "; ".join(notes)
    is_hidden = row.status is CellStatus.SUPPRESSED
    return f"{text}. {known_to(row.area, language)}" if is_selected and is_hidden else text
