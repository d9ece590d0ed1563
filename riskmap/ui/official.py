"""The official's view: who is looking at what, above every page, and a mark behind it that is printed too."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from geo.areas import areas
from riskmap.access.audit_log import AccessEvent, note
from riskmap.domain.vocabulary import COUNTRY
from riskmap.files.official import Mark, official_use
from riskmap.ui import data
from riskmap.ui.navigation import ADMINISTRATION, SENDING, PageEntry
from riskmap.ui.selection import FIELDS, asked_for, remember
from riskmap.ui.signing_in import refusal, sign_in_button, signed_in_as
from riskmap.ui.viewer import SEE, Sight, Viewer, mark_of, seen_as, viewer
from riskmap.words import sort_key, t

_NOTED = "noted-view"
_LONGEST = 120  # characters of what was asked for in one field


def header(language: str) -> None:
    """Beside the language switch: signing in or out, and where no real number is hidden, as whom to see the pages."""
    now = viewer()
    if now.identity:
        signed_in_as(now.identity, language)
    elif now.sight is not Sight.WORKPLACE:
        sign_in_button(language)
        _see_as(now, language)


def reserved_pages() -> Sequence[PageEntry]:
    """The pages that are offered to this reader and not to everybody."""
    now = viewer()
    return (*([SENDING] if now.sends_for else []), *([ADMINISTRATION] if now.may_administer else []))


def banner(page: str, language: str) -> None:
    """Over a page that shows exact numbers: for official use, of which areas they are exact, for whom, which build.

    That the page was looked at is noted before anything of it is shown. A page for everybody has no banner.
    """
    now = viewer()
    if now.refused:
        st.warning(refusal(now.refused, language), icon=":material/lock_clock:")
    if now.identity and not now.is_official:
        st.info(t("official.no_scope", language, person=now.identity.name), icon=":material/info:")
    if not now.is_official:
        return
    build = data.live_build().name
    _note_view(now, page, build)
    mark = mark_of(now, build, language)
    text = mark.text(language)
    if now.sight is Sight.SEEN_AS:
        text = f"{text} | {t('official.trial', language)}"
    st.html(f'<p class="official" role="note">{escape(text)}</p>{_watermark(mark, language)}')


def _watermark(mark: Mark, language: str) -> str:
    """The words across the page and its print, out of the way of a pointer and of a screen reader."""
    line = escape(" · ".join([official_use(), *mark.areas, *filter(None, [mark.person]), mark.build]))
    return f'<div class="watermark" aria-hidden="true">{f"<span>{line}</span>" * 12}</div>'


def _note_view(now: Viewer, page: str, build: str) -> None:
    """Note each view once: a page, what it was asked for, a build."""
    if not now.is_noted:
        return
    asked = " ".join(f"{name}={value[:_LONGEST]}" for name in FIELDS if (value := asked_for(name)))
    seen = (page, asked, build, sorted(now.scope.areas))
    if st.session_state.get(_NOTED) != seen:
        note(AccessEvent.VIEW, who=now.who, scope=sorted(now.scope.areas), page=page, asked=asked, build=build)
        st.session_state[_NOTED] = seen


def _see_as(now: Viewer, language: str) -> None:
    try:
        known = seen_as(data.live_build())
    except Exception:  # whatever keeps it from being told is said by the page
        return
    if not known:
        return
    names = {area: _seer(area, language) for area in known}
    key = "see-switch"
    st.session_state[key] = next(iter(now.scope.areas), "")
    ordered = ["", known[0], *sorted(known[1:], key=lambda area: sort_key(names[area], language))]
    st.selectbox(
        t("official.see_as", language),
        ordered,
        key=key,
        format_func=lambda area: names.get(area, t("official.everybody", language)),
        on_change=lambda: remember(**{SEE: st.session_state[key]}),
        width=280,
    )


def _seer(area: str, language: str) -> str:
    """Whose view of the pages the scope of an area is."""
    if area == COUNTRY:
        return t("official.ministry", language)
    return t("official.department", language, area=areas()[area].name(language))
