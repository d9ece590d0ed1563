"""Who may see what, and who has seen and done what: for the administrator alone."""

from riskmap.ui import access_page, data, panels
from riskmap.ui.selection import language
from riskmap.ui.shell import page
from riskmap.ui.viewer import viewer


def main() -> None:
    """Draw the page; nothing of it for anybody else."""
    lang = language()
    panels.head("access", lang)
    if viewer().may_administer:
        access_page.log(lang)
        access_page.granted(lang)
    panels.footer(data.overview(data.live_build()), lang)


page(main)
