"""The change log: what was published when, and which published figures were corrected later."""

import streamlit as st

from riskmap.analytics.change_views import ChangesRequest
from riskmap.domain.vocabulary import RevisionKind
from riskmap.ui import changes_panels, data, panels
from riskmap.ui.changes_filters import change_filters
from riskmap.ui.selection import language, read_changes
from riskmap.ui.shell import page
from riskmap.words import t


def main() -> None:
    """Draw the page for the selection in the address."""
    panels.head("changes", language())
    build = data.live_build()
    overview = data.overview(build)
    chosen, unknown = read_changes(overview.tables)
    lang = chosen.lang
    panels.notices(unknown)
    request = ChangesRequest(chosen.indicator, chosen.area, RevisionKind(chosen.kind) if chosen.kind else None)
    log = data.changes(build, request)
    changes_panels.publications(log, lang)
    st.header(t("changes.corrections", lang), anchor=False)
    st.caption(t("changes.how", lang))
    change_filters(log, chosen)
    changes_panels.corrections(log, overview, lang)
    changes_panels.download(log, overview, lang, read=data.revisions(build, request))
    panels.protection(overview, lang)
    panels.footer(overview, lang)


page(main)
