"""The page of the administrator: the log of accesses, whether it is whole, and the grants."""

from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from typing import Final

import streamlit as st

from geo.areas import areas
from riskmap.access.audit_log import Entry, LogFault, entries, head, verify
from riskmap.access.grants import Grant, grants
from riskmap.access.log_words import fault_text
from riskmap.ui.tables import html_table
from riskmap.words import day, number, t

_MOST: Final = 500  # entries that are shown, the latest first


def log(language: str) -> None:
    """Whether the log is whole, and its latest entries of a month."""
    st.header(t("access_page.log", language), anchor=False)
    _verdict(verify(), language)
    found = list(entries())
    months = sorted({f"{entry.at:%Y-%m}" for entry in found}, reverse=True)
    if not months:
        st.markdown(t("access.no_entries", language))
        return
    month = st.selectbox(t("access_page.month", language), months, key="access-month")
    shown = [entry for entry in reversed(found) if f"{entry.at:%Y-%m}" == month]
    columns = [t(f"access_page.column.{name}", language) for name in ("at", "event", "who", "told")]
    rows = [_entry_row(entry, language) for entry in shown[:_MOST]]
    st.caption(t("access_page.shown", language, shown=number(len(rows), language), all=number(len(shown), language)))
    st.html(html_table(columns, rows, caption=t("access_page.log", language), is_captioned=False))


def _verdict(faults: Sequence[LogFault], language: str) -> None:
    last = head()
    if faults:
        lines = "".join(f"<li>{escape(fault_text(fault, language))}</li>" for fault in faults)
        st.error(t("access_page.tampered", language), icon=":material/warning:")
        st.html(f"<ul>{lines}</ul>")
        st.markdown(t("access.next_step", language))
    elif last:
        whole = t("access.whole", language, number=number(last.number, language), digest=f"`{last.digest}`")
        st.success(whole, icon=":material/verified:")


def _entry_row(entry: Entry, language: str) -> list[str]:
    told = "; ".join(
        f"{name}: {', '.join(value) if isinstance(value, list) else value}" for name, value in entry.told.items()
    )
    return [f"{entry.at:%Y-%m-%d %H:%M:%S}", t(f"access.event.{entry.event}", language), entry.who, told]


def granted(language: str) -> None:
    """Every grant that counts or will count."""
    st.header(t("access_page.grants", language), anchor=False)
    today = datetime.now(UTC).date()
    found = [one for one in grants() if not one.is_over(today)]
    if not found:
        st.markdown(t("access.no_grants", language))
        return
    columns = [
        t(f"access_page.column.{name}", language) for name in ("number", "who", "role", "area", "days", "granted_by")
    ]
    rows = [_grant_row(one, language) for one in found]
    st.html(html_table(columns, rows, caption=t("access_page.grants", language), is_captioned=False))


def _grant_row(one: Grant, language: str) -> list[str]:
    begin = day(one.valid_from, language)
    days = (
        t("access.days.until", language, begin=begin, end=day(one.valid_to, language))
        if one.valid_to
        else t("access.days.open", language, begin=begin)
    )
    name = areas()[one.area].name(language) if one.area in areas() else one.area
    return [str(one.id), one.subject, t(f"access.role.{one.role}", language), name, days, one.granted_by]
