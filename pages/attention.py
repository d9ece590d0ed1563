"""Where attention is needed first: the index of one family, with what is not certain of its order."""

from riskmap.ui import attention_panels, data, panels
from riskmap.ui.attention_filters import ask_attention, attention_filters, weight_sliders
from riskmap.ui.selection import language
from riskmap.ui.shell import page


def main() -> None:
    """Draw the page for the selection in the address."""
    panels.head("attention", language())
    build = data.live_build()
    overview = data.overview(build)
    chosen, request = ask_attention()
    lang = chosen.lang
    attention_filters(chosen)
    view = data.attention(build, request)
    attention_panels.summary(view, lang)
    attention_panels.parts(view, lang)
    weight_sliders(view, chosen)
    attention_panels.ranks(view, overview, chosen)
    attention_panels.how(view, lang)
    panels.protection(overview, lang)
    panels.footer(overview, lang)


page(main)
