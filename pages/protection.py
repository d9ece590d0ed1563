"""Protection of small numbers: the method, its check, what it hides, and what is not promised."""

from riskmap.ui import data, panels, protection_page
from riskmap.ui.selection import language
from riskmap.ui.shell import page


def main() -> None:
    """Draw the page."""
    lang = language()
    panels.head("protection", lang)
    build = data.live_build()
    view, rule = data.protection(build), data.primary_rule()
    protection_page.summary(view, lang)
    protection_page.method(view, rule, lang)
    protection_page.attackers(view, lang)
    protection_page.audit(view, lang)
    protection_page.loss(view, lang)
    protection_page.limits(lang)
    panels.footer(data.overview(build), lang)


page(main)
