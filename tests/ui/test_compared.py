"""The map of comparisons: its fills, its legend, the switch and the address."""

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from riskmap.analytics.judged_areas import bases_of
from riskmap.analytics.views import Basis, JudgedArea, JudgedMap, MapView, Verdict
from riskmap.domain.vocabulary import LANGUAGES, CellStatus
from riskmap.methods.refusals import Reason
from riskmap.ui.compared import compared_column, compared_layer
from riskmap.ui.fills import PATTERNS
from riskmap.words import t
from tests.ui.test_pages import opened
from tests.views import AKMOLA, NORTH, map_view, row

ASTANA, ALMATY, SHYMKENT, ABAI, AKTOBE = "710000000", "750000000", "790000000", "100000000", "150000000"
STEPS = {AKMOLA: -2, ASTANA: -1, ALMATY: 0, SHYMKENT: 1, ABAI: 2}


def views() -> tuple[MapView, JudgedMap]:
    """An area of each step, one that is refused, one that may be silent, one that is hidden."""
    rows = [row(area, 50) for area in (*STEPS, AKTOBE)]
    rows += [row(NORTH, status=CellStatus.SUPPRESSED), row("470000000", 0)]
    found = {area: (Verdict(Basis.COUNTRY, step, None, 1.5, 60.0), False) for area, step in STEPS.items()}
    found[AKTOBE] = (Verdict(Basis.COUNTRY, None, Reason.TOO_FEW_EVENTS), False)
    found[NORTH] = (Verdict(Basis.COUNTRY, None, Reason.HIDDEN_POINT), False)
    found["470000000"] = (Verdict(Basis.COUNTRY, -2, None, 0.0, 60.0), True)
    view = map_view(rows)
    areas = {area: JudgedArea(area, (verdict,), is_silent=silent) for area, (verdict, silent) in found.items()}
    return view, JudgedMap(view.request, view.indicator, bases_of("region"), areas)


def test_each_step_has_a_class_and_refusal_silence_and_states_have_patterns() -> None:
    view, judged = views()
    layer = compared_layer(view, judged, Basis.COUNTRY, "en")
    assert [layer.fills[area] for area in STEPS] == [f"class:{place}" for place in range(5)]
    patterns = {layer.fills[area] for area in (AKTOBE, NORTH, "470000000")}
    assert patterns == {"cannot_be_said", "suppressed", "possible_silence"} <= set(PATTERNS)
    assert set(layer.fills.values()) <= {key for key, _ in layer.legend}
    assert len(layer.colours) == 5


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_map_says_with_what_it_compares_and_how_often_chance_misleads(language: str) -> None:
    view, judged = views()
    layer = compared_layer(view, judged, Basis.COUNTRY, language)
    than = t("compared.than.country", language)
    assert layer.heading.lower() == than
    assert t("compared.chance", language) in layer.notes
    assert all(text.lower().startswith(than) for text in layer.texts.values())
    assert t("compared.reason.too_few_events", language) in layer.texts[AKTOBE]
    assert t("compared.silent", language) in layer.texts["470000000"]


def test_a_hidden_area_has_its_state_and_no_other_word() -> None:
    view, judged = views()
    assert NORTH not in compared_layer(view, judged, Basis.COUNTRY, "en").texts
    assert NORTH not in compared_column(view, judged, Basis.COUNTRY, "en").texts


def test_what_is_never_compared_shows_its_value_and_says_so(sample_build: Path) -> None:
    app = opened("risk_map", lang="en", indicator="missed_lessons", mode="compared")
    assert not app.exception
    told = t("mode.not_offered", "en", mode=t("select.modes.compared", "en"))
    assert any(told in caption.value for caption in app.caption)
    assert not re.search("compared with", table(app) + legend(app), re.IGNORECASE)


def part(app: AppTest, name: str) -> str:
    return next(str(x.proto.body) for x in app.get("html") if f'class="{name}"' in x.proto.body)


def legend(app: AppTest) -> str:
    return part(app, "legend")


def table(app: AppTest) -> str:
    return part(app, "cells")


def test_the_address_opens_the_map_of_comparisons_and_the_switch_writes_it(sample_build: Path) -> None:
    app = opened("risk_map", lang="en", indicator="offences_against_minors", level="region", period="2022")
    assert not any(element.key == "switch-beside" for element in app.get("button_group"))
    assert "compared with the rest of the country" in table(app).lower()
    app = opened("risk_map", lang="en", indicator="offences_against_minors", period="2022", mode="compared")
    assert not app.exception
    assert "Compared with the rest of the country" in legend(app)
    control = app.button_group(key="switch-beside")
    assert list(control.options) == [t(f"select.besides.{x}", "en") for x in ("country", "comparable", "past")]
    control.set_value("comparable").run()
    assert not app.exception
    assert app.query_params["beside"] in ("comparable", ["comparable"])
    assert "Compared with similar areas" in legend(app)
    assert "compared with similar areas" in table(app).lower()


@pytest.mark.parametrize("beside", ["region", "nothing"])
def test_a_basis_that_the_level_has_not_gives_way_to_one_that_it_has(sample_build: Path, beside: str) -> None:
    address = {"lang": "en", "indicator": "offences_against_minors", "period": "2022", "mode": "compared"}
    app = opened("risk_map", **address, beside=beside)
    assert not app.exception
    assert "Compared with the rest of the country" in legend(app)


def test_the_card_of_an_area_names_everything_that_it_is_compared_with(sample_build: Path) -> None:
    app = opened("risk_map", lang="en", indicator="child_victims", period="2022", area=ASTANA)
    card = part(app, "card")
    assert all(t(f"compared.than.{x}", "en").capitalize() in card for x in ("country", "comparable", "past"))


def test_on_suicide_there_is_no_comparison_anywhere(sample_build: Path) -> None:
    app = opened("risk_map", lang="en", indicator="suicides_minors", mode="compared")
    assert not app.exception
    texts = " ".join(x.proto.body for x in app.get("html"))
    assert not re.search("compared with", texts, re.IGNORECASE)


def test_the_ranked_comparison_has_the_column_too(sample_build: Path) -> None:
    app = opened("compare", lang="en", indicator="offences_against_minors", period="2022", beside="comparable")
    assert not app.exception
    assert "compared with similar areas" in table(app).lower()
