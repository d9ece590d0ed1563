"""Comparison: intervals side by side, a funnel, two areas on all indicators, the parts of a whole, areas by periods."""

from riskmap.ui import panels
from riskmap.ui.asked import ask
from riskmap.ui.compare_panels import SECTIONS
from riskmap.ui.filters import filter_bar, show_switch
from riskmap.ui.selection import WHOLE, asked_for
from riskmap.ui.shell import page


def main() -> None:
    """Draw the page for the selection in the address."""
    asked = ask("compare", is_whole=asked_for("show") in WHOLE)
    figure, draw = SECTIONS[asked.chosen.show]
    show_switch(asked.chosen)
    filter_bar(asked.overview.tables, asked.offered, asked.chosen, figure=figure)
    draw(asked)
    panels.protection(asked.overview, asked.chosen.lang)
    panels.footer(asked.overview, asked.chosen.lang)


page(main)
