"""Trends: areas and indicators over periods, each number beside the same period last year."""

from riskmap.analytics.method_views import Method
from riskmap.analytics.views import TrendRequest
from riskmap.ui import data, panels
from riskmap.ui.asked import ask
from riskmap.ui.filters import borders_switch, filter_bar, line_filters
from riskmap.ui.method_sections import method_link
from riskmap.ui.shell import page
from riskmap.ui.trend_panels import show_trends


def main() -> None:
    """Draw the page for the selection in the address."""
    asked = ask("trends")
    chosen, lang = asked.chosen, asked.chosen.lang
    filter_bar(asked.overview.tables, asked.offered, chosen, figure=("indicator", "by"))
    grain = line_filters(asked.overview.tables, asked.offered, chosen)
    request = TrendRequest(chosen.indicators, chosen.areas, grain, *chosen.cut, is_comparable=chosen.is_comparable)
    view = data.trends(asked.build, request)
    if any(panel.borders for panel in view.panels):
        borders_switch(chosen)
    show_trends(view, asked.overview, lang)
    method_link(Method.TREND, lang)
    panels.protection(asked.overview, lang)
    panels.footer(asked.overview, lang)


page(main)
