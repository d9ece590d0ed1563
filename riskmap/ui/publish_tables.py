"""The tables of the page on which returns are taken in and a build is published."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import streamlit as st

from geo.areas import areas
from riskmap.access.decisions import Act, Decision
from riskmap.access.review import Answer, WaitingBuild, WaitingFault, WaitingReturn, answers
from riskmap.domain.errors import Severity
from riskmap.domain.registry import catalogue
from riskmap.domain.vocabulary import parse_period
from riskmap.ui.check_words import place, sentence
from riskmap.ui.checking import Fault
from riskmap.ui.tables import html_table
from riskmap.words import join, number, period, t

_MOST_NAMED: Final = 5  # regions or periods of one file
_KINDS: Final = ("new", "reported", "changed", "withdrawn", "vanished", "people")


def moment(at: datetime) -> str:
    """A moment to the minute."""
    return f"{at:%Y-%m-%d %H:%M}"


def returns_table(found: Sequence[WaitingReturn], language: str) -> None:
    """Every return that waits, a line each."""
    columns = ("file", "region", "period", "sender", "figures", "fate")
    header = [t(f"publish_page.column.{name}", language) for name in columns]
    rows = [_return_row(one, language) for one in found]
    title = t("publish_page.returns", language)
    st.html(html_table(header, rows, caption=title, numeric=frozenset({4}), is_captioned=False))


def _return_row(one: WaitingReturn, language: str) -> list[str]:
    regions = [areas()[code].name(language) for code in one.regions if code in areas()]
    periods = [period(known, language) for code in one.periods if (known := parse_period(code))]
    told = [(severity, one.counts[severity]) for severity in Severity if one.counts.get(severity)]
    fate = t(f"publish_page.fate.{one.fate}", language)
    return [
        one.shown,
        _few(regions, language),
        _few(periods, language),
        one.sender,
        number(one.figures, language),
        f"{fate} ({sentence(told, language).removesuffix('.')})" if told else fate,
    ]


def _few(names: Sequence[str], language: str) -> str:
    return join([*names[:_MOST_NAMED], *(["…"] if len(names) > _MOST_NAMED else [])], language) if names else ""


def faults_table(one: WaitingReturn, language: str) -> None:
    """The places with faults of a return, without what stands there."""
    header = [t(f"check_page.column.{name}", language) for name in ("place", "code", "text", "remedy")]
    rows = [_fault_row(fault, language) for fault in one.faults if fault.severity != Severity.NOTE]
    if rows:
        st.html(html_table(header, rows, caption=t("publish_page.faults_of", language, file=one.shown)))
    if sum(one.counts.values()) > len(one.faults):
        st.caption(t("publish_page.more", language))


def _fault_row(fault: WaitingFault, language: str) -> list[str]:
    at = Fault(fault.code, Severity(fault.severity), fault.sheet, fault.row, fault.column, "", "", ())
    words = [t(f"problem.{fault.code}.{part}", language) for part in ("text", "remedy")]
    return [place(at, language), fault.code, *words]


def facts_table(build: WaitingBuild, language: str) -> None:
    """What the build that waits is, and who has made it."""
    facts = {
        "build": build.build,
        "staged": build.staged.replace("T", " "),
        "data_date": build.data_date,
        "base": build.base,
        "authors": ", ".join(build.authors),
    }
    rows = [[t(f"publish_page.fact.{name}", language), value] for name, value in facts.items() if value]
    title = t("publish_page.build", language)
    st.html(html_table(["", ""], rows, caption=title, is_captioned=False))


def changes_table(build: WaitingBuild, language: str) -> None:
    """How many cells of each indicator and level differ from what is live; the kinds of change that occur."""
    kinds = [kind for kind in _KINDS if build.counts.get(kind)]
    if not kinds:
        st.markdown(t("diff.same", language))
        return
    header = [t("publish_page.cells_of", language), *(t(f"diff.change.{kind}", language) for kind in kinds)]
    rows = [[t("diff.total", language), *_numbers(build.counts, kinds, language)]]
    known = catalogue().indicators
    for row in build.rows:
        name = known[row.indicator].words[language]["name"] if row.indicator in known else row.indicator
        named = t("diff.invented", language, indicator=name) if row.invented else name
        level = t(f"level.{row.level}", language)
        rows.append([f"{named}: {level}", *_numbers(row.counts, kinds, language)])
    numeric = frozenset(range(1, len(header)))
    st.html(html_table(header, rows, caption=t("publish_page.changes", language), numeric=numeric))
    st.caption("; ".join(f"{t(f'diff.change.{k}', language)}: {t(f'diff.meaning.{k}', language)}" for k in kinds))


def _numbers(counts: Mapping[str, int], kinds: Sequence[str], language: str) -> list[str]:
    return [number(counts.get(kind, 0), language) for kind in kinds]


def decisions_table(pending: Sequence[Decision], most: int, language: str) -> None:
    """Decisions and what became of them, the latest first: those that are not carried out yet, then the answered."""
    title = t("publish_page.decisions", language)
    rows = [_row(one, t("decision.state.pending", language), language) for one in reversed(pending)]
    waiting = {one.id for one in pending}
    rows += [_answered_row(one, language) for one in answers(most=most) if one.id not in waiting]
    if not rows:
        st.markdown(t("publish_page.no_decisions", language))
        return
    header = [t(f"publish_page.column.{name}", language) for name in ("at", "who", "act", "about", "outcome")]
    st.html(html_table(header, rows, caption=title, is_captioned=False))


def _answered_row(one: Answer, language: str) -> list[str]:
    outcome = t(f"decision.state.{one.state}", language)
    if one.reason:
        outcome = f"{outcome}. {t(one.reason, language, **one.values)}"
    for file, fate in one.fates.items():
        outcome += f"; {file}: {t(f'decision.fate.{fate}', language)}"
    if one.decision is None:
        return [moment(one.at), "", one.id, "", outcome]
    return _row(one.decision, outcome, language)


def _row(one: Decision, outcome: str, language: str) -> list[str]:
    about = ", ".join(file.name for file in one.files) if one.act is Act.TAKE_IN else one.build
    return [moment(one.at), one.who, t(f"decision.act.{one.act}", language), about, outcome]
