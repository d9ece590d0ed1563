"""The page of definitions, drawn from the catalogue: nothing on it is written twice."""

from html import escape

import streamlit as st

from geo.record import REGIONS_FILE, outline_sets
from riskmap.domain.registry import WORDS, Indicator, catalogue, source
from riskmap.domain.vocabulary import ALL, CellStatus
from riskmap.files import sentences
from riskmap.ui import panels
from riskmap.ui.fills import legend_swatch
from riskmap.ui.method_sections import method_sections
from riskmap.ui.tables import html_table
from riskmap.words import day, number, t


def how_to_read(language: str) -> None:
    """The two facts that rule everything: a count is not a risk, and silence is not safety."""
    st.markdown(t("methods.two_facts", language))


def indicators(language: str) -> None:
    """One section per indicator: what is counted, by whom, from which form, what it is not, and how it is shown."""
    st.header(t("methods.indicators", language), anchor=False)
    for item in catalogue().indicators.values():
        with st.expander(item.words[language]["name"]):
            for part in WORDS[2:]:
                st.markdown(f"**{t(f'reading.{part}', language)}** {item.words[language][part]}")
            facts = [[t(f"methods.fact.{name}", language), text] for name, text in _facts(item, language)]
            header = [t("methods.table.property", language), t("methods.table.value", language)]
            st.html(html_table(header, facts, caption=item.words[language]["short"]))


def _facts(item: Indicator, language: str) -> list[tuple[str, str]]:
    tables = "; ".join(
        ", ".join(
            (t(f"level.{x.area}", language), t(f"grain.{x.grain}", language), t(f"breakdown.{x.breakdown}", language))
        )
        for x in item.publish
    )
    versions = "; ".join(
        f"{day(v.since, language)}{': ' + t(v.story, language) if v.story else ''}" for v in item.definitions
    )
    facts = [
        ("id", item.id),
        ("family", t(f"family.{item.family}", language)),
        ("kind", t(f"kind.{item.kind}", language)),
        ("place", t(f"place.{item.place}", language)),
        ("published", tables),
        ("versions", versions),
        ("disclosure", _disclosure(item, language)),
        ("source", "; ".join(source(name).words[language]["name"] for name in item.sources)),
    ]
    if item.population:
        multiplier = number(item.multiplier, language)
        facts.append(("rate", t(f"rate.per.{item.population}", language, multiplier=multiplier)))
    for part, breaks in {ALL: item.breaks, **item.breaks_by}.items():
        limits = "; ".join(sentences.limit_text(item, limit, language) for limit in breaks)
        if limits:
            facts.append(("breaks", _part_name(part, language) + limits))
    return facts


def _part_name(part: str, language: str) -> str:
    """Of which part the limits are: of a breakdown, of one category; nothing for the total."""
    if part == ALL:
        return ""
    breakdown, colon, category = part.partition(":")
    name = t(f"category.{breakdown}.{category}" if colon else f"breakdown.{breakdown}", language)
    return f"{name}: "


def _disclosure(item: Indicator, language: str) -> str:
    rule = item.disclosure
    if rule.open:
        return t("methods.disclosure.open", language)
    texts = [t("methods.disclosure.hidden", language, last=number(rule.hide_below - 1, language))]
    if rule.hide_zero:
        texts.append(t("methods.disclosure.zero", language))
    for part in rule.hide_categories:
        name = t(f"category.{part.replace(':', '.')}", language)
        texts.append(t("methods.disclosure.category", language, category=name))
    texts += sorted({t(exemption.publication, language) for exemption in rule.published_by_state})
    return " ".join(texts)


def states(language: str) -> None:
    """The states of a cell, each with its fill on the map."""
    st.header(t("methods.states", language), anchor=False)
    lines = []
    for state in ("zero", *(status for status in CellStatus if status is not CellStatus.VALUE)):
        text = f"<b>{t(f'status.{state}', language)}</b>. {t(f'status.{state}.meaning', language)}"
        lines.append(f"<li>{legend_swatch(str(state), ())}<span>{text}</span></li>")
    st.html(f'<div class="legend wide"><ul>{"".join(lines)}</ul></div>')


def statistics(language: str) -> None:
    """How figures are computed and judged: one section per method."""
    st.header(t("methods.statistics", language), anchor=False)
    method_sections(language)


def protection(language: str) -> None:
    """What is hidden, in short, and the way to the page of protection."""
    st.header(t("methods.protection", language), anchor=False)
    st.markdown(t("protection.in_short", language))
    panels.protection_link(language)


def outlines(language: str) -> None:
    """Where the outlines come from, how exact they are, and what they are not for."""
    st.header(t("methods.outlines", language), anchor=False)
    for outlines in reversed(outline_sets()):
        agreement = outlines.record["files"][REGIONS_FILE]["agreement"]
        text = t(
            "methods.outlines_text.text",
            language,
            credit=outlines.credit if outlines.is_own else t("map.credit", language),
            vintage=outlines.vintage,
            mean=number(agreement["mean"], language, decimals=3),
            worst=number(agreement["worst"], language, decimals=3),
        )
        if outlines.valid_from:
            text += f" {t('methods.outlines_from', language, day=day(outlines.valid_from, language))}"
        st.markdown(escape(text))
