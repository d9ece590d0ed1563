"""Data quality: who has reported, what came late, what was changed, which faults stand, where series break."""

from riskmap.ui import data, panels, quality_panels
from riskmap.ui.quality_filters import ask_returns, return_filters
from riskmap.ui.selection import language
from riskmap.ui.shell import page


def main() -> None:
    """Draw the page for the selection in the address."""
    panels.head("quality", language())
    build = data.live_build()
    overview = data.overview(build)
    chosen, request = ask_returns(build)
    lang = chosen.lang
    return_filters(data.owed_sources(build), chosen)
    view = data.quality(build, request)
    quality_panels.completeness(view, chosen.area, lang)
    quality_panels.files(view, build, lang)
    quality_panels.late(view, lang)
    quality_panels.lags(view, lang)
    quality_panels.revisions(view, lang)
    quality_panels.faults(view, lang)
    quality_panels.breaks(view, lang)
    panels.protection(overview, lang)
    panels.footer(overview, lang)


page(main)
