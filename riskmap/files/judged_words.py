"""An area beside others in plain words, and in the codes of a file."""

import math
from typing import Final

from riskmap.analytics.views import Basis, JudgedArea, Verdict
from riskmap.domain.registry import Group, Indicator
from riskmap.files import sentences
from riskmap.words import join, number, percent, period, plural, t

STEPS: Final = {-2: "lower_surely", -1: "lower", 0: "similar", 1: "higher", 2: "higher_surely"}
_CODES: Final = {-2: "lower_99.8", -1: "lower_95", 0: "similar", 1: "higher_95", 2: "higher_99.8"}
_SILENT: Final = "possible_silence"
_REFUSED: Final = "cannot_be_said"


def is_silent_beside(area: JudgedArea, verdict: Verdict) -> bool:
    """Whether silence is told in place of a verdict: only what is higher stands although so little is recorded."""
    return area.is_silent and (verdict.step or 0) <= 0


def step_words(item: Indicator, step: int, language: str) -> str:
    """A step in words: of an outcome better or worse, of all else higher or lower."""
    return t(f"compared.{item.higher_is or 'plain'}.{STEPS[step]}", language)


def step_label(item: Indicator, step: int, language: str) -> str:
    """The same with how sure it is, for a legend."""
    words = step_words(item, step, language)
    if not step:
        return words
    level = percent(0.998, language) if abs(step) > 1 else percent(0.95, language, decimals=0)
    return t("compared.with_level", language, words=words, level=level)


def than(basis: Basis, language: str) -> str:
    """With what areas are compared."""
    return t(f"compared.than.{basis}", language)


def verdict_words(item: Indicator, area: JudgedArea, verdict: Verdict, language: str) -> str:
    """What one verdict says, in a few words: with the ratio of rates that differ, or why it cannot be said."""
    if is_silent_beside(area, verdict):
        return t("compared.silent", language)
    if verdict.step is None:
        return t("compared.refused_because", language, reason=reason_words(verdict, language))
    words = step_words(item, verdict.step, language)
    if not verdict.step or not math.isfinite(verdict.ratio) or round(verdict.ratio, 2) == 0:
        return words
    return t("compared.with_ratio", language, words=words, ratio=number(verdict.ratio, language, decimals=2))


def reason_words(verdict: Verdict, language: str) -> str:
    """Why there is no verdict."""
    return t(f"compared.reason.{verdict.reason}", language)


def verdict_line(item: Indicator, area: JudgedArea, verdict: Verdict, language: str) -> str:
    """One verdict as a sentence without its full stop: with what the area is compared, and what comes of it."""
    words = verdict_words(item, area, verdict, language)
    return t("compared.line", language, than=than(verdict.basis, language), words=words)


def area_lines(item: Indicator, area: JudgedArea, language: str) -> list[str]:
    """What is said of one area beside others, a sentence each; what holds for all of them once."""
    told = [verdict for verdict in area.verdicts if not is_silent_beside(area, verdict)]
    silent = [t("compared.silent_sentence", language)] if area.is_silent else []
    if not silent and len({verdict.reason for verdict in told}) == 1 and told[0].step is None:
        return [t("compared.nothing_said", language, reason=reason_words(told[0], language))]
    lines = []
    for verdict in told:
        words = verdict_words(item, area, verdict, language)
        lines.append(t("compared.line", language, than=_than_what(item, verdict, language), words=words))
    return [*silent, *map(sentences.as_sentence, lines)]


def _than_what(item: Indicator, verdict: Verdict, language: str) -> str:
    """With what an area is compared, the value of these, and which areas or periods they are."""
    words = than(verdict.basis, language)
    if verdict.step is None:
        return words
    value = number(verdict.value, language, decimals=item.decimals)
    detail = join([period(one, language) for one in reversed(verdict.periods)], language)
    if verdict.group:
        detail = group_words(verdict.group, verdict.areas, language)
    if not detail:
        return t("compared.with_value", language, than=words, value=value)
    return t("compared.with_detail", language, than=words, value=value, detail=detail)


def group_words(group: Group, areas: int, language: str) -> str:
    """Which areas are comparable, and how many of them an area is compared with."""
    size = {
        (False, False): "all",
        (False, True): "under",
        (True, True): "between",
        (True, False): "from",
    }[group.low > 0, math.isfinite(group.high)]
    limits = {
        name: number(limit, language) for name, limit in (("low", group.low), ("high", group.high)) if limit < math.inf
    }
    unit, counted = t(f"compared.unit.{group.unit}", language), plural("compared.areas", areas, language)
    return t(f"compared.size.{size}", language, unit=unit, areas=counted, **limits)


def line_sentence(item: Indicator, area: JudgedArea, language: str) -> str:
    """One area beside all that it can be compared with, in one sentence; why it cannot where that is so of all."""
    if area.is_silent:
        return t("compared.silent_sentence", language)
    said = [verdict for verdict in area.verdicts if verdict.step is not None]
    if not said:
        return t("compared.nothing_said", language, reason=reason_words(area.verdicts[0], language))
    return sentences.as_sentence("; ".join(verdict_line(item, area, verdict, language) for verdict in said))


def verdict_code(area: JudgedArea, verdict: Verdict) -> str:
    """What one verdict says, as a file tells it."""
    if is_silent_beside(area, verdict):
        return _SILENT
    if verdict.step is None:
        return f"{_REFUSED}:{verdict.reason}"
    return _CODES[verdict.step]
