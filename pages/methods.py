"""Every definition: indicators, states of a cell, intervals, protection, outlines."""

from riskmap.ui import data, definitions, panels
from riskmap.ui.selection import language
from riskmap.ui.shell import page


def main() -> None:
    """Draw the page; it needs no data and is there before the first publication."""
    lang = language()
    panels.head("methods", lang)
    definitions.how_to_read(lang)
    definitions.statistics(lang)
    definitions.indicators(lang)
    definitions.states(lang)
    definitions.protection(lang)
    definitions.outlines(lang)
    panels.footer(data.overview(data.live_build()), lang)


page(main)
