"""A funnel in plain words: what its line is, what its limits mean, who lies outside, which areas were not looked at."""

from typing import Final

from riskmap.analytics.funnels import FunnelView, Lies, Obstacle
from riskmap.analytics.views import AreaRow
from riskmap.domain.registry import indicator
from riskmap.domain.vocabulary import CellStatus, Kind
from riskmap.files import sentences
from riskmap.methods.coverage import LEAST_SHARE
from riskmap.words import join, number, percent, t

_OUTSIDE: Final = (Lies.ABOVE, Lies.BELOW)


def obstacle_words(view: FunnelView, language: str) -> str:
    """Why there is no funnel; nothing where there is one."""
    if view.obstacle is None:
        return ""
    if view.obstacle is Obstacle.TOO_FEW_AREAS:
        known, wanted = number(view.known, language), number(view.wanted, language)
        least = percent(LEAST_SHARE, language, decimals=0)
        return t("funnel.refused.too_few_areas", language, known=known, wanted=wanted, least=least)
    return t(f"funnel.refused.{view.obstacle}", language)


def funnel_lines(view: FunnelView, language: str) -> list[str]:
    """What the picture says, for people who do not read pictures: who lies outside, and that this is no judgement."""
    outside = [line for lies in _OUTSIDE if (line := _outside(view, lies, language))]
    said = [*(outside or [t("funnel.nobody_outside", language)]), t("funnel.no_judgement", language)]
    return [*said, t(f"family.{view.figure.indicator.family}.reading", language)]


def limit_lines(view: FunnelView, language: str) -> list[str]:
    """What the line is, what the limits are, and by how much they leave room for more than chance."""
    phi = number(view.phi, language, decimals=1)
    return [
        t(f"funnel.reference.{_whose(view)}", language, value=_reference_text(view, language)),
        t("funnel.chance", language),
        t("funnel.widened" if view.is_widened else "funnel.not_widened", language, phi=phi),
    ]


def reference_label(view: FunnelView, language: str) -> str:
    """The line in a few words, with its value."""
    return t(f"funnel.line.{_whose(view)}", language, value=_reference_number(view, language))


def people_label(view: FunnelView, language: str) -> str:
    """What the areas differ in along the axis: the people at risk, or the whole of a share."""
    item = view.figure.indicator
    people = indicator(item.population).words[language]["name"]
    is_over_time = item.kind is Kind.FLOW and item.interval != "wilson"
    return t("funnel.person_years", language, people=people) if is_over_time else people


def lies_words(lies: Lies, language: str) -> str:
    """Where an area lies; higher and lower, never better or worse: what that means says the family of the indicator."""
    return t(f"funnel.lies.{lies}", language)


def chosen_line(view: FunnelView, area: str, language: str) -> str:
    """The area that was chosen, with its figure and where it lies, or why it has no point; nothing for another one."""
    for point in view.points:
        if point.row.area == area:
            text = sentences.area_text(view.figure, point.row, language)
            return sentences.as_sentence(f"{text}; {lies_words(point.lies, language)}")
    for row in view.left_out:
        if row.area == area:
            return sentences.as_sentence(sentences.area_text(view.figure, row, language))
    return ""


def left_out_lines(view: FunnelView, language: str) -> list[str]:
    """The areas without a point by the reason for that, each a line; that events outside districts have none."""
    groups: dict[str, list[AreaRow]] = {}
    for row in sentences.in_order([row for row in view.left_out if row.level != "remainder"], language):
        groups.setdefault(_reason(row), []).append(row)
    names = sentences.place_names(view.left_out, language)
    lines = [
        t("funnel.left_out", language, reason=t(key, language), areas=join([names[row.area] for row in rows], language))
        for key, rows in groups.items()
    ]
    is_outside = any(row.level == "remainder" for row in view.left_out)
    return [*lines, *([t("funnel.outside_districts", language)] if is_outside else [])]


def _reason(row: AreaRow) -> str:
    """The key of the words for why an area has no point."""
    if row.status is not CellStatus.VALUE:
        return f"status.{row.status}"
    return "funnel.lacks_parts" if row.lacks_parts else "value.no_rate"


def _whose(view: FunnelView) -> str:
    return "country" if view.is_published else "together"


def _reference_number(view: FunnelView, language: str) -> str:
    return number(view.reference, language, decimals=view.figure.indicator.decimals)


def _reference_text(view: FunnelView, language: str) -> str:
    per = sentences.rate_label(view.figure, language)
    return t("value.rate", language, value=_reference_number(view, language), per=per)


def _outside(view: FunnelView, lies: Lies, language: str) -> str:
    rows = sentences.in_order(view.lying(lies), language)
    names = sentences.place_names([point.row for point in view.points], language)
    areas = join([names[row.area] for row in rows], language)
    return t(f"funnel.outside.{lies}", language, areas=areas) if rows else ""
