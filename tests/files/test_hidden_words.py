"""What is said beside a hidden figure: what is shown instead, and who knows the number."""

import pytest

from geo.areas import areas
from riskmap.analytics.views import Coarser
from riskmap.domain.registry import indicator
from riskmap.domain.vocabulary import COUNTRY, LANGUAGES, CellStatus, Period, parse_period
from riskmap.files import sentences
from riskmap.files.hidden_words import hidden_lines, known_to, known_to_all
from riskmap.files.trend_sentences import trend_sentences
from tests.views import AKMOLA, RATE, line, map_view, panel, point, row, years

HIDDEN = CellStatus.SUPPRESSED
SEMEY, ZHANASEMEY = "101000000", "104100000"


def period_of(code: str) -> Period:
    found = parse_period(code)
    assert found
    return found


def shown(area: str, code: str, count: float, *steps: str, **more: object) -> Coarser:
    """A coarser figure, so many steps away."""
    place = areas()[area]
    fields = {f"is_{step}": step in steps for step in ("longer", "total", "above")}
    known = {"is_provisional": False, "units_expected": None, "units_reported": None, "lacks_parts": False, **more}
    return Coarser(area, str(place.kind), place.names, period_of(code), **fields, count=count, **known)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("area", "language", "words"),
    [
        (SEMEY, "ru", "Точное число известно управлению региона: область Абай."),
        ("101000000~104100000", "kk", "Нақты сан өңір басқармасына белгілі: Абай облысы."),
        (AKMOLA, "en", "The exact number is known to the department of the region: Akmola Region."),
        ("110000000-R", "en", "The exact number is known to the department of the region: Akmola Region."),
        ("750000000", "ru", "Точное число известно управлению региона: город Алматы."),
        (COUNTRY, "en", "The exact number is known to the central body that keeps the record."),
    ],
)
def test_the_department_of_the_region_of_an_area_knows_its_number(area: str, language: str, words: str) -> None:
    assert known_to(area, language) == words


def test_joined_areas_of_two_regions_are_known_to_both_departments() -> None:
    assert "Abai Region and East Kazakhstan Region" in known_to("100000000~630000000", "en")


def test_each_department_is_named_once() -> None:
    assert len(known_to_all([SEMEY, ZHANASEMEY, AKMOLA], "kk")) == 2


@pytest.mark.parametrize(
    ("coarser", "language", "words"),
    [
        (shown(SEMEY, "2026", 14, "longer"), "en", "shown for: 2026 = 14 offences"),
        (shown(SEMEY, "2026-Q2", 21, "total"), "ru", "показано: все категории = 21 правонарушение"),
        (shown(AKMOLA, "2026-Q2", 25, "above"), "kk", "көрсетілгені: Ақмола облысы = 25 құқық бұзушылық"),
        (
            shown(
                AKMOLA, "2026", 30, "above", "total", "longer", lacks_parts=True, units_expected=20, units_reported=18
            ),
            "en",
            "shown for: Akmola Region, all categories, 2026 = 30 offences (areas included: 18 of 20)",
        ),
        (
            shown(AKMOLA, "2026-Q2", 25, "above", is_provisional=True),
            "en",
            "shown for: Akmola Region = 25 offences (provisional)",
        ),
    ],
)
def test_what_is_shown_instead_is_named_by_what_differs(coarser: Coarser, language: str, words: str) -> None:
    assert sentences.shown_for(indicator(RATE), row(SEMEY, status=HIDDEN, coarser=coarser), language) == words


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_hidden_area_is_read_aloud_with_what_is_shown_instead_and_no_other_state_is(language: str) -> None:
    hidden = row(SEMEY, status=HIDDEN, coarser=shown(AKMOLA, "2026", 25, "above"))
    texts: dict[str, str] = {
        status: sentences.area_text(map_view([hidden]), row(SEMEY, status=status), language)
        for status in CellStatus
        if status is not CellStatus.VALUE
    }
    texts["zero"] = sentences.area_text(map_view([hidden]), row(SEMEY, 0), language)
    assert len(set(texts.values())) == 5
    spoken = sentences.area_text(map_view([hidden]), hidden, language)
    assert spoken.startswith(texts[HIDDEN])
    assert areas()[AKMOLA].name(language) in spoken


@pytest.mark.parametrize("status", [status for status in CellStatus if status is not HIDDEN])
def test_beside_a_figure_that_is_not_hidden_nothing_is_said(status: CellStatus) -> None:
    count = 5 if status is CellStatus.VALUE else None
    assert hidden_lines(indicator(RATE), row(SEMEY, count, status=status), SEMEY, "en") == []


def test_where_nothing_coarser_is_shown_that_is_said() -> None:
    said = hidden_lines(indicator(RATE), row(SEMEY, status=HIDDEN), SEMEY, "en")
    assert said == [
        "No figure of a longer period, of all categories or of a larger area is shown.",
        "The exact number is known to the department of the region: Abai Region.",
    ]


@pytest.mark.parametrize("has_value", [True, False])
def test_a_line_that_ends_hidden_says_what_is_shown_and_who_knows(has_value: bool) -> None:
    first, last = years(2024, 2025)
    coarser = shown(AKMOLA, "2025", 25, "above")
    before = point(first, 7) if has_value else point(first, status=HIDDEN)
    said = trend_sentences(panel([line(SEMEY, [before, point(last, status=HIDDEN, coarser=coarser)])]), "en")
    assert said[-1] == "The exact number is known to the department of the region: Abai Region."
    assert "2025: hidden to protect children; shown for: Akmola Region = 25 offences" in said[0]


def test_a_line_that_ends_with_a_value_says_nothing_of_departments() -> None:
    first, last = years(2024, 2025)
    said = trend_sentences(panel([line(SEMEY, [point(first, status=HIDDEN), point(last, 7)])]), "en")
    assert len(said) == 1
