"""The parts of the page on which returns are taken in and a build is published: what waits, buttons, what became of it.

What is shown was told by the loader, and what is decided is left for the loader: this process changes nothing itself.
"""

from collections.abc import Sequence, Set
from typing import Final

import streamlit as st

from riskmap.access.decisions import LONGEST_REASON, Act, DecidedFile, Decision, leave, left
from riskmap.access.review import Waiting, WaitingBuild, WaitingReturn, waiting
from riskmap.ui.publish_tables import (
    changes_table,
    decisions_table,
    facts_table,
    faults_table,
    moment,
    returns_table,
)
from riskmap.ui.viewer import Viewer, may_still
from riskmap.words import t

_NOTED: Final = "publish-noted"
_MOST: Final = 50  # decisions that are shown
# What can be done with a file: one that is still being written or cannot be read waits for other reasons.
_CHOSEN: Final = ("accepted", "known", "asked", "faulty", "personal", "broken")
_ACCEPTABLE: Final = ("accepted", "known", "asked")


def explanation(now: Viewer, language: str) -> None:
    """What this person decides here, and that the loader carries it out."""
    if now.may(Act.PUBLISH):
        st.markdown(t("publish_page.operator", language))
    if now.may(Act.SIGN):
        st.markdown(t("publish_page.signer", language))
    st.caption(t("publish_page.carried_out", language))
    if st.session_state.pop(_NOTED, False):
        st.success(t("publish_page.noted", language), icon=":material/mark_email_read:")


def waits(now: Viewer, language: str) -> None:
    """What waits, with the buttons that this person may press."""
    found = waiting()
    if found is None:
        st.info(t("publish_page.not_told", language), icon=":material/info:")
        return
    st.caption(t("publish_page.told", language, at=moment(found.at)))
    pending = _pending()
    if now.may(Act.TAKE_IN):
        _returns(now, found, pending, language)
    st.header(t("publish_page.build", language), anchor=False)
    if found.build is None:
        st.markdown(t("publish_page.no_build", language))
        return
    _build(found.build, language)
    decided = {one.act for one in pending if one.build == found.build.build}
    if now.may(Act.PUBLISH):
        _ask(now, found.build, decided, language)
    if now.may(Act.SIGN):
        _sign(now, found.build, decided, language)


def decisions(language: str) -> None:
    """What was decided, and what became of it."""
    st.header(t("publish_page.decisions", language), anchor=False)
    decisions_table(_pending(), _MOST, language)


def _pending() -> list[Decision]:
    """Decisions that the loader has not carried out yet."""
    return [one.decision for one in left()[0] if one.decision]


def _returns(now: Viewer, found: Waiting, pending: Sequence[Decision], language: str) -> None:
    st.header(t("publish_page.returns", language), anchor=False)
    if not found.returns:
        st.markdown(t("publish_page.no_returns", language))
        return
    returns_table(found.returns, language)
    decided = {file for decision in pending for file in decision.files}
    open_ones = {one.file: one for one in found.returns if one.fate in _CHOSEN and _named(one) not in decided}
    names = st.multiselect(
        t("publish_page.choose", language),
        list(open_ones),
        format_func=lambda name: open_ones[name].shown if name in open_ones else name,
        key="publish-returns",
    )
    chosen = [open_ones[name] for name in names if name in open_ones]
    for one in chosen:
        faults_table(one, language)
    if any(one.fate not in _ACCEPTABLE for one in chosen):
        st.caption(t("publish_page.faulty", language))
    _take_in(now, chosen, language)


def _take_in(now: Viewer, chosen: Sequence[WaitingReturn], language: str) -> None:
    """The button, and before it the box for the codes that have to be confirmed of the chosen files."""
    codes = sorted({code for one in chosen for code in one.asks})
    key = f"publish-confirm-{'-'.join(codes)}-{'-'.join(sorted(one.sha256[:8] for one in chosen))}"
    is_confirmed = not codes or st.checkbox(t("publish_page.confirm", language, codes=", ".join(codes)), key=key)
    is_ready = bool(chosen) and is_confirmed
    if st.button(
        t("publish_page.take_in", language),
        type="primary",
        disabled=not is_ready,
        icon=":material/move_to_inbox:",
        key="publish-take-in",
    ):
        _decide(now, Act.TAKE_IN, language, files=[_named(one) for one in chosen], confirmed=codes)


def _named(one: WaitingReturn) -> DecidedFile:
    return DecidedFile(one.file, one.sha256)


def _build(build: WaitingBuild, language: str) -> None:
    facts_table(build, language)
    if build.unfit:
        st.error(t(build.unfit, language, **build.values), icon=":material/block:")
    else:
        st.success(t("publish_page.passed", language), icon=":material/verified:")
    changes_table(build, language)


def _ask(now: Viewer, build: WaitingBuild, decided: Set[Act], language: str) -> None:
    if build.unfit or build.asked_by or Act.PUBLISH in decided:
        return
    if st.button(t("publish_page.ask", language), type="primary", icon=":material/publish:", key="publish-ask"):
        _decide(now, Act.PUBLISH, language, build=build.build)


def _sign(now: Viewer, build: WaitingBuild, decided: Set[Act], language: str) -> None:
    if build.signed_by or decided & {Act.SIGN, Act.REFUSE}:
        return
    if now.who in build.authors:
        st.info(t("publish_page.hand_in_it", language), icon=":material/info:")
    elif not build.unfit:
        is_seen = st.checkbox(t("publish_page.seen", language), key=f"publish-seen-{build.build}")
        if st.button(
            t("publish_page.sign", language),
            type="primary",
            disabled=not is_seen,
            icon=":material/signature:",
            key="publish-sign",
        ):
            _decide(now, Act.SIGN, language, build=build.build)
    reason = st.text_area(t("publish_page.why", language), max_chars=LONGEST_REASON, key=f"publish-why-{build.build}")
    if st.button(
        t("publish_page.refuse", language), disabled=not reason.strip(), icon=":material/block:", key="publish-refuse"
    ):
        _decide(now, Act.REFUSE, language, build=build.build, reason=reason.strip())


def _decide(
    now: Viewer,
    act: Act,
    language: str,
    *,
    files: Sequence[DecidedFile] = (),
    confirmed: Sequence[str] = (),
    build: str = "",
    reason: str = "",
) -> None:
    """Leave a decision, unless the right to it has ended since the page was drawn."""
    if not may_still(now, act):
        st.error(t("publish_page.lost", language), icon=":material/block:")
        return
    leave(act, who=now.who, files=files, confirmed=confirmed, build=build, reason=reason)
    st.session_state[_NOTED] = True
    st.rerun()
