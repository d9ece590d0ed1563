"""The parts of the change log: publications, then what each changed of what was published before."""

from collections.abc import Callable, Sequence
from html import escape

import streamlit as st

from riskmap.analytics.change_views import ChangeLog, Correction, PeopleChange, Revision
from riskmap.analytics.views import Overview, Table
from riskmap.files.change_sentences import people_text
from riskmap.files.changes_csv import changes_csv, changes_name
from riskmap.ui import panels
from riskmap.ui.changes_tables import correction_table, publication_table
from riskmap.ui.downloads import File, button
from riskmap.words import day, plural, t


def publications(log: ChangeLog, language: str) -> None:
    """Every publication, the latest first."""
    st.header(t("changes.publications", language), anchor=False)
    if not log.publications:
        st.markdown(t("changes.no_publications", language))
        return
    st.html(publication_table(log.publications, language))


def corrections(log: ChangeLog, overview: Overview, language: str) -> None:
    """What has changed, real figures before invented ones; a sentence where nothing has."""
    if not log.figures:
        st.info(t("changes.nothing_chosen" if log.indicators else "changes.nothing", language), icon=":material/info:")
        return
    st.markdown(plural("changes.figures", log.figures, language))
    if log.is_cut:
        st.markdown(plural("changes.cut", len(log.corrections), language))
    for is_invented in (False, True):
        listed = [its for its in log.corrections if its.revision.is_invented is is_invented]
        people = [its for its in log.people if its.is_invented is is_invented]
        if listed or people:
            panels.invented(is_invented, language)
            _by_publication(listed, people, overview.tables, language)


def _by_publication(
    listed: Sequence[Correction], people: Sequence[PeopleChange], tables: Sequence[Table], language: str
) -> None:
    builds = {(its.revision.day, its.revision.build) for its in listed} | {(its.day, its.build) for its in people}
    for when, build in sorted(builds, reverse=True):
        heading = t("changes.publication", language, day=day(when, language), build=build)
        own = [its for its in listed if its.revision.build == build]
        if own:
            st.html(correction_table(own, tables, language, caption=heading))
        lines = [f"<li>{escape(people_text(its, language))}</li>" for its in people if its.build == build]
        if lines:
            above = "" if own else f"<p><strong>{escape(heading)}</strong></p>"
            st.html(f"{above}<ul>{''.join(lines)}</ul>")


def download(log: ChangeLog, overview: Overview, language: str, *, read: Callable[[], Sequence[Revision]]) -> None:
    """A button for all changes that were asked for as CSV; they are read and written when it is pressed."""
    if log.figures:
        name = changes_name(log.request, is_invented=log.is_invented, language=language)

        def write() -> bytes:
            return changes_csv(read(), language=language, build=overview.build, is_rounded=overview.is_rounded)

        button(File("download.csv", name, write, overview.build), language)
