"""An operator takes in returns and asks for publication, a signer signs: decisions that the loader carries out."""

from riskmap.ui import data, panels, publish_panels
from riskmap.ui.selection import language
from riskmap.ui.shell import page
from riskmap.ui.viewer import viewer


def main() -> None:
    """Draw the page; nothing of it for anybody who decides nothing."""
    lang = language()
    now = viewer()
    panels.head("publish", lang)
    if now.decides:
        publish_panels.explanation(now, lang)
        publish_panels.waits(now, lang)
        publish_panels.decisions(lang)
    panels.footer(data.overview(data.live_build()), lang)


page(main)
