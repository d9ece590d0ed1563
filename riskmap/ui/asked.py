"""How every page of figures begins: its head, the live build, and what the reader has asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from riskmap.analytics.views import MapRequest, Offer, Overview
from riskmap.ui import data, panels
from riskmap.ui.selection import Selection, language, read_selection, request_of


@dataclass(frozen=True, slots=True)
class Asked:
    """The live build, what it says of itself, what was chosen, and the periods of the table chosen."""

    build: Path
    overview: Overview
    chosen: Selection
    offered: Sequence[Offer]

    @property
    def request(self) -> MapRequest:
        """The map that was asked for."""
        return request_of(self.chosen, self.offered)


def ask(page: str, *, is_whole: bool = False) -> Asked:
    """Draw the head of a page and read what was chosen; a notice stands where the address asked in vain.

    `is_whole` as in `read_selection`.
    """
    panels.head(page, language())
    build = data.live_build()
    overview = data.overview(build)

    def offers(indicator: str, cut: tuple[str, str], level: str, within: str) -> Sequence[Offer]:
        return data.offers(build, indicator, cut, level, within)

    chosen, offered, unknown = read_selection(overview.tables, offers=offers, is_whole=is_whole)
    panels.notices(unknown)
    return Asked(build, overview, chosen, offered)
