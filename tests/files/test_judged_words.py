"""An area beside others in words and codes: the family decides the word, and silence is never good news."""

import re
from dataclasses import replace
from math import inf, nan

import pytest

from riskmap.analytics.judged_areas import bases_of
from riskmap.analytics.views import Basis, JudgedArea, JudgedMap, MapView, Verdict
from riskmap.analytics.whole_map import may_be_judged
from riskmap.domain.registry import Group, catalogue, indicator
from riskmap.domain.vocabulary import LANGUAGES, CellStatus, Family, parse_period
from riskmap.files.csv import map_csv
from riskmap.files.judged_words import (
    area_lines,
    line_sentence,
    step_label,
    step_words,
    verdict_code,
    verdict_words,
)
from riskmap.methods.refusals import Reason
from riskmap.words import t
from tests.ui.test_incomplete_margins import lines_of
from tests.views import AKMOLA, NORTH, map_view, row

RECORDED, OUTCOME, COVERED = "offences_against_minors", "chronic_absence", "staff_trained"
# What praises or blames, in the three languages.
VALUING = re.compile(r"better|worse|best|worst|good|bad|лучш|хуж|благополуч|жақсы|нашар|тәуір|озық", re.IGNORECASE)
# That silence is no good sign is the one place where the word is meant to stand.
NO_GOOD_SIGN = re.compile(r"this is no good sign|это не хороший знак|бұл — жақсы белгі емес")
YEARS = tuple(period for code in ("2021", "2020") if (period := parse_period(code)))


def verdict(basis: Basis, step: int | None, reason: Reason | None = None, ratio: float = 1.5) -> Verdict:
    if step is None:
        return Verdict(basis, None, reason)
    more = {"group": Group("city", 20_000, 50_000), "areas": 9} if basis is Basis.COMPARABLE else {}
    return Verdict(basis, step, None, ratio, 61.25, periods=YEARS if basis is Basis.PAST else (), **more)  # type: ignore[arg-type]


def area(*steps: int | None, is_silent: bool = False, reason: Reason = Reason.GAP) -> JudgedArea:
    found = (verdict(basis, step, reason if step is None else None) for basis, step in zip(Basis, steps, strict=True))
    return JudgedArea(AKMOLA, tuple(found), is_silent)


def said(name: str, found: JudgedArea, language: str) -> str:
    item = indicator(name)
    words = [verdict_words(item, found, each, language) for each in found.verdicts]
    codes = [verdict_code(found, each) for each in found.verdicts]
    return " | ".join([*words, *area_lines(item, found, language), line_sentence(item, found, language), *codes])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("step", [-2, -1, 0, 1, 2])
def test_what_is_recorded_done_or_covered_is_never_better_or_worse(step: int, language: str) -> None:
    for item in catalogue().indicators.values():
        if may_be_judged(item) and item.family is not Family.OUTCOME:
            found = said(item.id, area(step, step, step, step), language)
            assert not VALUING.search(found + step_label(item, step, language)), item.id


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [RECORDED, OUTCOME])
@pytest.mark.parametrize("step", [-2, -1, 0, None])
def test_what_may_be_silence_is_told_as_that_and_never_as_low_or_good(
    step: int | None, name: str, language: str
) -> None:
    item, found = indicator(name), area(step, step, step, step, is_silent=True)
    assert {verdict_words(item, found, each, language) for each in found.verdicts} == {t("compared.silent", language)}
    assert {verdict_code(found, each) for each in found.verdicts} == {"possible_silence"}
    assert line_sentence(item, found, language) == t("compared.silent_sentence", language)
    text = said(name, found, language)
    low = (step_words(item, -1, language), step_words(item, -2, language))
    assert not any(word in text for word in low)
    assert not VALUING.search(NO_GOOD_SIGN.sub("", text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_higher_stands_although_it_may_be_silence_too(language: str) -> None:
    found = area(2, -2, 0, None, is_silent=True)
    assert [verdict_code(found, each) for each in found.verdicts] == ["higher_99.8", *["possible_silence"] * 3]


@pytest.mark.parametrize(("language", "words"), [("en", ("better", "worse")), ("ru", ("лучше", "хуже")),
                                                 ("kk", ("жақсырақ", "нашарырақ"))])  # fmt: skip
def test_of_an_outcome_a_higher_value_is_worse(language: str, words: tuple[str, str]) -> None:
    assert (step_words(indicator(OUTCOME), -1, language), step_words(indicator(OUTCOME), 1, language)) == words
    turned = replace(indicator(OUTCOME), higher_is="better")
    assert (step_words(turned, 1, language), step_words(turned, -1, language)) == words


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [RECORDED, OUTCOME, COVERED])
def test_the_five_steps_have_five_words_and_the_legend_tells_how_sure_they_are(name: str, language: str) -> None:
    item = indicator(name)
    assert len({step_words(item, step, language) for step in range(-2, 3)}) == 5
    labels = [step_label(item, step, language) for step in range(-2, 3)]
    assert ["95" in label for label in labels] == [False, True, False, True, False]
    assert [bool(re.search("99[.,]8", label)) for label in labels] == [True, False, False, False, True]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "reason",
    [
        *(Reason.TOO_FEW_EVENTS, Reason.INCOMPLETE_PERIOD, Reason.GAP, Reason.DEFINITION_BREAK, Reason.BORDER_BREAK),
        *(Reason.HIDDEN_POINT, Reason.TOO_FEW_AREAS, Reason.TOO_SHORT, Reason.NO_GROUP, Reason.NO_PEOPLE),
        *(Reason.NOT_PUBLISHED, Reason.NOT_WHOLE, Reason.PART_ABOVE_WHOLE, Reason.ROUNDED),
    ],
)
def test_every_reason_is_told_once_where_it_holds_for_all(reason: Reason, language: str) -> None:
    found = area(None, None, None, None, reason=reason)
    words = t(f"compared.reason.{reason}", language)
    assert area_lines(indicator(RECORDED), found, language) == [line_sentence(indicator(RECORDED), found, language)]
    assert said(RECORDED, found, language).count(words) == 6
    assert verdict_code(found, found.verdicts[0]) == f"cannot_be_said:{reason}"
    meanings = t("column.compared_country", language) + t("column.trend_reason", language)
    assert str(reason) in meanings


def test_a_sentence_names_only_what_can_be_said_and_a_card_everything() -> None:
    found = area(2, None, 0, -1)
    assert line_sentence(indicator(RECORDED), found, "en") == (
        "Compared with the rest of the country: clearly higher (×1.50); compared with similar areas: similar; "
        "compared with its own earlier years: lower (×1.50)."
    )
    assert area_lines(indicator(RECORDED), found, "en") == [
        "Compared with the rest of the country (61.3): clearly higher (×1.50).",
        "Compared with the rest of the region: cannot be said (a value is missing).",
        "Compared with similar areas (61.3; cities with 20,000 to under 50,000 children, 9 areas): similar.",
        "Compared with its own earlier years (61.3; 2020 and 2021): lower (×1.50).",
    ]


@pytest.mark.parametrize("ratio", [inf, nan, 0.0, 0.004])
def test_a_ratio_that_says_nothing_is_left_out(ratio: float) -> None:
    found = JudgedArea(AKMOLA, (verdict(Basis.COUNTRY, 1, ratio=ratio),), is_silent=False)
    assert verdict_words(indicator(RECORDED), found, found.verdicts[0], "en") == "higher"


def judged_map(view: MapView, *areas: JudgedArea) -> JudgedMap:
    return JudgedMap(view.request, view.indicator, bases_of("region"), {found.area: found for found in areas})


def test_the_file_of_a_map_has_a_code_for_each_basis_and_nothing_where_there_is_none() -> None:
    view = map_view([row(AKMOLA, 50), row(NORTH, status=CellStatus.SUPPRESSED)])
    own = (verdict(Basis.COUNTRY, -2), verdict(Basis.COMPARABLE, 1), verdict(Basis.PAST, None, Reason.TOO_SHORT))
    judged = judged_map(view, JudgedArea(AKMOLA, own, is_silent=False))
    lines = {line["area"]: line for line in lines_of(map_csv(view, language="en", build="b", judged=judged))}
    assert {name: value for name, value in lines[AKMOLA].items() if name.startswith("compared_")} == {
        "compared_country": "lower_99.8",
        "compared_region": "",
        "compared_comparable": "higher_95",
        "compared_past": "cannot_be_said:too_short",
    }
    assert not any(value for name, value in lines[NORTH].items() if name.startswith("compared_"))
