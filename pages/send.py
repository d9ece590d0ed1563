"""A region sends its return: checked, then put where the operator finds it."""

from riskmap.ui import check_panels, data, panels, send_panels
from riskmap.ui.selection import language
from riskmap.ui.shell import page
from riskmap.ui.viewer import viewer


def main() -> None:
    """Draw the page; nothing of it for anybody who sends for no region."""
    lang = language()
    now = viewer()
    panels.head("send", lang)
    if now.sends_for:
        send_panels.explanation(now.sends_for, lang)
        check_panels.boxes(lang, is_kept=True)
        check_panels.found(lang)
        send_panels.submit(now, lang)
    panels.footer(data.overview(data.live_build()), lang)


page(main)
