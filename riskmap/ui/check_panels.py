"""The parts of the page that checks a file: what it does, the boxes, and what was found."""

from collections import Counter
from typing import Final

import streamlit as st

from geo.areas import areas, regions
from riskmap.domain.errors import Severity
from riskmap.ui.check_words import faults_csv, header, line, sentence
from riskmap.ui.checking import PERIODS, CheckFailed, Outcome, Upload, check, most_upload_mb
from riskmap.ui.tables import html_table
from riskmap.words import number, plural, sort_key, t

_OUTCOME: Final = "check-outcome"
_ROUND: Final = "check-round"
_UPLOAD: Final = "check-upload"
_LONGEST_PERIOD: Final = 20
_MOST_SHOWN: Final = 200  # rows of one table; the file has all


def explanation(language: str) -> None:
    """What is checked, that nothing is kept, and where the figures are defined."""
    st.markdown(t("check_page.what", language))
    st.markdown(t("check_page.privacy", language))
    st.page_link("pages/methods.py", label=t("check_page.to_methods", language), icon=":material/menu_book:")


def boxes(language: str, *, is_kept: bool = False) -> None:
    """The boxes for a file and what it does not say, and the button; the outcome is kept for the page below.

    The file leaves the memory of the server with the check: its box gets a new name, and the old one is forgotten. With
    `is_kept` it stays there until it is taken, or another one is chosen.
    """
    turn = st.session_state.setdefault(_ROUND, 0)
    file = st.file_uploader(
        t("check_page.file", language, limit=most_upload_mb()),
        max_upload_size=most_upload_mb(),
        key=f"check-file-{turn}",
        on_change=forget,
    )
    region, period = _not_inside(language)
    if st.button(t("check_page.check", language), disabled=file is None, key="check-run") and file:
        forget()
        with st.spinner(t("check_page.running", language)):
            upload = Upload(file.name, file.getvalue(), region, period)
            st.session_state[_OUTCOME] = _outcome(upload, language)
        if is_kept:
            st.session_state[_UPLOAD] = upload
        st.session_state[_ROUND] = turn + 1
        st.rerun()


def forget() -> None:
    """Let go of the file and of what was found in it."""
    for name in (_OUTCOME, _UPLOAD):
        st.session_state.pop(name, None)


def kept() -> tuple[Upload, Outcome] | None:
    """The file that was checked last and what was found in it, None where there is none or it could not be checked."""
    upload, outcome = st.session_state.get(_UPLOAD), st.session_state.get(_OUTCOME)
    return (upload, outcome) if upload and isinstance(outcome, Outcome) else None


def _outcome(upload: Upload, language: str) -> Outcome | CheckFailed:
    try:
        return check(upload, language=language)
    except CheckFailed as failed:
        return failed


def _not_inside(language: str) -> tuple[str, str]:
    """Region and period of a form that holds neither."""
    left, right = st.columns(2)
    known = sorted(regions(), key=lambda region: sort_key(region.name(language), language))
    region = left.selectbox(
        t("check_page.region", language),
        ["", *(region.id for region in known)],
        format_func=lambda code: areas()[code].name(language) if code else t("check_page.in_the_file", language),
        key="check-region",
    )
    period = right.text_input(
        t("check_page.period", language),
        placeholder=PERIODS,
        max_chars=_LONGEST_PERIOD,
        key="check-period",
    )
    return region, period.strip()


def found(language: str) -> None:
    """What the last check found: one sentence, the faults by severity, and two files to take away."""
    outcome = st.session_state.get(_OUTCOME)
    if outcome is None:
        return
    if isinstance(outcome, CheckFailed):
        st.warning(t(outcome.key, language, **outcome.values), icon=":material/info:")
        return
    counts = Counter(fault.severity for fault in outcome.faults)
    st.header(t("check_page.result", language), anchor=False)
    st.text(outcome.file)
    _verdict(outcome, counts, language)
    _downloads(outcome, language)
    for severity in Severity:
        if counts[severity]:
            _table(outcome, severity, language)


def _verdict(outcome: Outcome, counts: Counter[Severity], language: str) -> None:
    text = sentence([(severity, counts[severity]) for severity in Severity], language)
    if counts[Severity.STOP]:
        st.error(text, icon=":material/block:")
    elif counts[Severity.ASK]:
        st.warning(text, icon=":material/help:")
    else:
        read = plural("check_page.figures", outcome.figures, language)
        st.success(f"{text} {read}", icon=":material/check:")


def _downloads(outcome: Outcome, language: str) -> None:
    if not outcome.faults:
        return
    with st.container(horizontal=True):
        if outcome.copy:
            st.download_button(
                t("check_page.copy", language),
                data=outcome.copy,
                file_name=outcome.copy_name,
                on_click="ignore",
                icon=":material/download:",
                key="check-copy",
            )
        st.download_button(
            t("check_page.list", language),
            data=faults_csv(outcome.faults, language),
            file_name="faults.csv",
            mime="text/csv",
            on_click="ignore",
            icon=":material/download:",
            key="check-list",
        )


def _table(outcome: Outcome, severity: Severity, language: str) -> None:
    faults = [fault for fault in outcome.faults if fault.severity is severity]
    title = f"{t(f'check_page.severity.{severity}', language)}: {number(len(faults), language)}"
    if len(faults) > _MOST_SHOWN:
        st.caption(t("check_page.first_shown", language, shown=_MOST_SHOWN))
    rows = [line(fault, language) for fault in faults[:_MOST_SHOWN]]
    st.html(html_table(header(language), rows, caption=title))
