"""A file checked before it is sent: nothing of it is kept."""

from riskmap.ui import check_panels, data, panels
from riskmap.ui.selection import language
from riskmap.ui.shell import page


def main() -> None:
    """Draw the page; it needs no data and is there before the first publication."""
    lang = language()
    panels.head("check", lang)
    check_panels.explanation(lang)
    check_panels.boxes(lang)
    check_panels.found(lang)
    panels.footer(data.overview(data.live_build()), lang)


page(main)
