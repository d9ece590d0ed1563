"""The index of a family in words: title, parts, levels, ranks with their intervals, and why there are none."""

from typing import Final

from geo.areas import areas
from riskmap.analytics.attention_views import FEWEST_AREAS, AttentionRow, AttentionView, Lack, LeftOut, Part, Standing
from riskmap.domain.registry import figure_key, indicator
from riskmap.domain.vocabulary import COUNTRY, CellStatus
from riskmap.files.sentences import cut_words
from riskmap.methods.composite import Level
from riskmap.methods.refusals import Reason
from riskmap.words import interval, join, number, percent, t

# From the level that is looked at first.
LEVELS_BY_URGENCY: Final = tuple(reversed(Level))


def figure_name(figure: str, language: str) -> str:
    """Short name of the indicator of a component, with its category."""
    name, breakdown, category = figure_key(figure)
    return ", ".join(filter(None, [indicator(name).words[language]["short"], cut_words(breakdown, category, language)]))


def part_name(part: Part, language: str) -> str:
    """Short name of a component."""
    return figure_name(part.component.figure, language)


def title(view: AttentionView, language: str) -> str:
    """Which index, and of which areas."""
    request = view.request
    where = t("attention.regions" if request.level == "region" else "attention.districts", language)
    if request.within != COUNTRY:
        where = t("attention.districts_of", language, region=areas()[request.within].name(language))
    return t("attention.title", language, family=t(f"family.{request.family}", language), where=where)


def lacking(view: AttentionView, language: str) -> str:
    """Which components the index is made without; nothing where it has all."""
    names = [part_name(part, language) for part in view.parts if not part.is_used]
    return t("attention.lacking", language, names=join(names, language)) if names and view.refused is None else ""


def readings(view: AttentionView, language: str) -> list[str]:
    """What the index is and is not."""
    family = t(f"attention.{view.request.family}", language)
    return [
        t("attention.is_not", language),
        family,
        *(t(f"attention.{name}", language) for name in ("blended", "compared")),
    ]


def refusal(view: AttentionView, language: str) -> str:
    """Why there is no index; nothing where there is one."""
    if view.refused is None:
        return ""
    few = len(view.rows) < FEWEST_AREAS and view.refused is Reason.TOO_FEW_AREAS
    return t(f"attention.refused.{'few' if few else view.refused}", language, fewest=FEWEST_AREAS)


def result(view: AttentionView, language: str) -> str:
    """How many areas have a rank, and how many stand in each level."""
    levels = [row.standing.level for row in view.rows if row.standing]
    counts = {str(level): number(levels.count(level), language) for level in Level}
    known, of = number(view.known, language), number(len(view.rows), language)
    return t("attention.known", language, known=known, areas=of, **counts)


def note(view: AttentionView, part: Part, language: str) -> str:
    """What is to be known of a component: why it is left out, or how many areas have it and what qualifies it."""
    numbers = {"shown": number(part.shown, language), "areas": number(len(view.rows), language)}
    if part.left_out is LeftOut.OTHER_KIND:
        return t(f"attention.left_out.{'only_real' if view.is_invented else 'only_invented'}", language)
    if part.left_out:
        return t(f"attention.left_out.{part.left_out}", language, **numbers)
    words = [t("attention.left_out.weight", language)] if not part.weight else []
    words.append(t("attention.left_out.shown", language, **numbers))
    return "; ".join([*words, *([t("status.provisional", language)] if part.is_provisional else [])])


def direction(part: Part, language: str) -> str:
    """Which values of a component ask for more attention."""
    return t(f"attention.direction.{'higher' if part.component.direction > 0 else 'lower'}", language)


def level_name(level: Level, language: str) -> str:
    """One of the three levels of attention."""
    return t(f"attention.level.{level}", language)


def chance(standing: Standing, level: Level, language: str) -> str:
    """The probability of a level in whole per cent."""
    return percent(standing.chances[list(Level).index(level)], language, decimals=0)


def rank_text(standing: Standing, language: str) -> str:
    """The rank, never without its interval: 12 (8–17)."""
    return f"{number(standing.rank, language)} ({interval(standing.lower, standing.upper, language, decimals=0)})"


def without_text(standing: Standing, language: str) -> str:
    """Between which ranks the area moves where one component is left out."""
    low, high = standing.ranks_without
    return number(low, language) if low == high else interval(low, high, language, decimals=0)


def most_text(view: AttentionView, standing: Standing, language: str) -> str:
    """The component without which the rank changes most."""
    if standing.most is None:
        return t("attention.without.stays", language)
    return part_name(view.used[standing.most], language)


def lack_text(row: AttentionRow, language: str) -> str:
    """Why an area has no rank: the components that it lacks, for each reason together; nothing where it has one."""
    names: dict[str, list[str]] = {}
    for lack in row.lacks:
        names.setdefault(state_name(lack, language), []).append(figure_name(lack.figure, language))
    return "; ".join(
        t("attention.lack.of", language, names=", ".join(found), state=state) for state, found in names.items()
    )


def state_name(lack: Lack, language: str) -> str:
    """Why an area has no value of a component that may be ranked."""
    is_status = lack.state in list(CellStatus)
    return t(f"status.{lack.state}" if is_status else f"attention.lack.{lack.state}", language)
