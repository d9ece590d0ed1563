"""The parts of the page on which a region sends its return: what it does, and the button after the check."""

import streamlit as st

from geo.areas import areas
from riskmap.domain.errors import Severity
from riskmap.ui.check_panels import forget, kept
from riskmap.ui.sending import send
from riskmap.ui.viewer import Viewer
from riskmap.words import join, t

_SENT = "send-sent"


def explanation(region: str, language: str) -> None:
    """For which region files are sent here, and what becomes of them."""
    st.markdown(t("send_page.what", language, region=areas()[region].name(language)))


def submit(now: Viewer, language: str) -> None:
    """The button to send the file that was checked last, or why it cannot be sent; a line once it was sent."""
    checked = kept()
    if checked is None:
        if sent := st.session_state.pop(_SENT, ""):
            st.success(t("send_page.sent", language, file=sent), icon=":material/mark_email_read:")
        return
    upload, outcome = checked
    region = now.sends_for
    others = [code for code in outcome.regions if code != region]
    if any(fault.severity is Severity.STOP for fault in outcome.faults):
        st.info(t("send_page.faulty", language), icon=":material/info:")
    elif others or not outcome.regions:
        named = join([areas()[code].name(language) for code in others], language) if others else "…"
        st.error(t("send_page.other_region", language, regions=named), icon=":material/block:")
    elif st.button(t("send_page.send", language), type="primary", icon=":material/send:", key="send"):
        st.session_state[_SENT] = send(upload, outcome, region=region, who=now.who)
        forget()
        st.rerun()
