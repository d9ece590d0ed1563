"""The sections of the page of protection, for whoever answers for the protection of personal data."""

from collections.abc import Sequence
from html import escape
from typing import Final

import streamlit as st

from riskmap.analytics.protection_views import ProtectionView, RuleView
from riskmap.domain.vocabulary import Protection
from riskmap.ui import panels, protection_tables
from riskmap.words import join, number, percent, plural, t

_ATTACKERS: Final = ("public", "region", "district")
_LIMITS: Final = ("collusion", "outside", "program", "inference", "district", "others")


def summary(view: ProtectionView, language: str) -> None:
    """What the page is for, and the answers first: the method, the result of the check, how much is hidden."""
    st.markdown(t("protection.text.goal", language))
    facts = [
        ("method", t(f"protection.method.{view.method or 'other'}", language)),
        ("audit", protection_tables.audit_result(view.audit, language)),
    ]
    if view.total:
        facts.append(("numbers", number(view.total.numbers, language)))
        hidden, share = number(view.total.hidden, language), percent(view.total.share, language)
        facts.append(("hidden", t("protection.fact.of_all", language, number=hidden, share=share)))
    cards = (
        f'<div class="card"><p>{escape(t(f"protection.fact.{name}", language))}</p><p class="fact">{escape(text)}</p>'
        "</div>"
        for name, text in facts
    )
    st.html(f'<div class="cards">{"".join(cards)}</div>')
    if view.method is None:
        st.warning(t("protection.text.other", language), icon=":material/info:")
    panels.invented(view.is_invented, language)


def method(view: ProtectionView, rule: RuleView, language: str) -> None:
    """How the figures are protected: by hiding what is small and what would tell it, or by rounding."""
    if view.method is Protection.ROUNDING:
        st.header(t("protection.heading.rounding", language), anchor=False)
        st.markdown(t("rounding.notice", language))
        st.markdown(t("protection.text.rounding", language))
    else:
        _rules(rule, language)
        _section("others", ["others"], language)
        if view.components is not None and view.optimal is not None and view.gap is not None:
            words = {"components": number(view.components, language), "optimal": number(view.optimal, language)}
            st.markdown(t("protection.text.choice", language, **words, gap=percent(view.gap, language)))
        _section("proof", ["proof", "blanked"], language)
    _section("exemption", ["exemption"], language)
    st.markdown("\n".join(f"- {t(key, language)}" for key in rule.publications))
    _section("joined", ["joined", "earlier"], language)


def _section(heading: str, texts: Sequence[str], language: str) -> None:
    st.header(t(f"protection.heading.{heading}", language), anchor=False)
    for text in texts:
        st.markdown(t(f"protection.text.{text}", language))


def _rules(rule: RuleView, language: str) -> None:
    _section("rules", ["rules"], language)
    st.html(protection_tables.rule_table(rule, language))
    names = join([item.words[language]["short"] for item in rule.open], language)
    st.markdown(t("protection.text.open", language, names=names))
    st.markdown(t("protection.text.organisations", language, fewest=rule.fewest_organisations))


def attackers(view: ProtectionView, language: str) -> None:
    """Who is assumed to try to work out hidden numbers, and what is required against each; not asked of rounding."""
    if view.method is Protection.ROUNDING:
        return
    st.header(t("protection.heading.attackers", language), anchor=False)
    st.html(protection_tables.attacker_table(_ATTACKERS, language))


def audit(view: ProtectionView, language: str) -> None:
    """What the check of this build has found."""
    st.header(t("protection.heading.audit", language), anchor=False)
    st.html(protection_tables.audit_table(view.audit, language))


def loss(view: ProtectionView, language: str) -> None:
    """How much of the live build is hidden: by level, and by table."""
    st.header(t("protection.heading.loss", language), anchor=False)
    st.markdown(t("protection.text.counted", language))
    if view.total:
        st.html(protection_tables.level_table(view, language))
    hiding = [row for row in view.tables if row.hidden]
    if hiding:
        st.html(protection_tables.loss_table(hiding, language))
    if others := len(view.tables) - len(hiding):
        st.markdown(plural("protection.loss.nothing", others, language))


def limits(language: str) -> None:
    """What the check does not promise."""
    _section("limits", ["limits"], language)
    st.markdown("\n".join(f"- {t(f'protection.limit.{name}', language)}" for name in _LIMITS))
