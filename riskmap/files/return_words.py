"""Returns in words: how many are in which state, and what has become of one."""

from riskmap.analytics.quality_views import QualityView, Return, Tally
from riskmap.domain.vocabulary import ReturnState
from riskmap.words import join, percent, period, plural, t


def tally_words(tally: Tally, language: str) -> str:
    """How many returns are in each state that occurs, and how many of those that came were corrected."""
    counts = [(state, getattr(tally, state)) for state in ReturnState]
    states = join([plural(f"return_tally.{state}", n, language) for state, n in counts if n], language)
    if not tally.corrected:
        return states
    corrected = plural("return_tally.corrected", tally.corrected, language)
    return t("quality.cell_marked", language, text=states, mark=corrected)


def share_words(tally: Tally, language: str) -> str:
    """How many of those owed have come, with the share."""
    share = share_text(tally, language)
    return t("quality.cell_share", language, reported=tally.reported, owed=tally.owed, share=share)


def share_text(tally: Tally, language: str) -> str:
    """The share of those owed that have come; all and none without decimals."""
    return percent(tally.share, language, decimals=int(0 < tally.reported < tally.owed))


def return_words(item: Return, language: str) -> str:
    """What has become of one return, with the days it was late, and that it was corrected."""
    text = t(f"return_state.{item.state}", language)
    if item.days_late:
        text = t("quality.cell_late", language, state=text, days=plural("quality.days", item.days_late, language))
    if item.corrected:
        text = t("quality.cell_marked", language, text=text, mark=t("return_state.corrected", language))
    return text


def latest_words(view: QualityView, language: str) -> str:
    """How many returns of the last period came in time, late or not at all, and the share of those that came."""
    tally = Tally.of(view.latest)
    text = t(
        "quality.latest",
        language,
        period=period(view.periods[-1], language),
        owed=plural("quality.owed", tally.owed, language),
        states=tally_words(tally, language),
        share=share_text(tally, language),
    )
    # The name of a month begins small in Russian.
    return text[:1].upper() + text[1:]
