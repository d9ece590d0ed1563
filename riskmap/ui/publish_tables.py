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

_MOST_NAMED: Final = 8  # regions, periods or places of one file
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
    if len(names) > _MOST_NAMED:
        return "; ".join((*names[:_MOST_NAMED], "…"))
    return join(list(names), language) if names else ""


def faults_table(one: WaitingReturn, language: str) -> None:
    """The faults of a return, a line for each code with its places, without what stands there."""
    header = [t(f"check_page.column.{name}", language) for name in ("code", "text", "remedy", "place")]
    places: dict[str, list[str]] = {}
    for fault in one.faults:
        if fault.severity != Severity.NOTE:
            places.setdefault(fault.code, []).append(_place(fault, language))
    rows = [[code, *_words(code, language), _few(found, language)] for code, found in places.items()]
    if rows:
        st.html(html_table(header, rows, caption=t("publish_page.faults_of", language, file=one.shown)))
    if sum(one.counts.values()) > len(one.faults) or any(len(found) > _MOST_NAMED for found in places.values()):
        st.caption(t("publish_page.more", language))


def _words(code: str, language: str) -> list[str]:
    return [t(f"problem.{code}.{part}", language) for part in ("text", "remedy")]


def _place(fault: WaitingFault, language: str) -> str:
    return place(
        Fault(fault.code, Severity(fault.severity), fault.sheet, fault.row, fault.column, "", "", ()), language
    )


def facts_table(build: WaitingBuild, language: str) -> None:
    """What the build that waits is, and who has made it."""
    facts = {
        "staged": _at(build.staged),
        "data_date": build.data_date,
        "base": build.base,
        "authors": ", ".join(build.authors),
        "asked": ", ".join(filter(None, (build.asked_by, _at(build.asked)))),
        "signed": ", ".join(filter(None, (build.signed_by, _at(build.signed)))),
    }
    rows = [[t(f"publish_page.fact.{name}", language), value] for name, value in facts.items() if value]
    header = [t("publish_page.fact.build", language), build.build]
    st.html(html_table(header, rows, caption=t("publish_page.build", language), is_captioned=False))


def _at(text: str) -> str:
    return text.replace("T", " ")


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
