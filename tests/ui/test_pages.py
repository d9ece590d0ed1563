"""Every page in every language, with figures and before the first publication."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from etl.cli import main
from geo.areas import districts_of
from riskmap.domain.vocabulary import LANGUAGES
from riskmap.ui.navigation import PAGES
from riskmap.ui.selection import SHOWS
from riskmap.words import t
from tests.conftest import ROOT
from tests.etl.published import published_row, write_published
from tests.etl.sent_returns import row, send

TURKISTAN = "610000000"


# Every page, and every language, in the usual run; every page in every language where all combinations are run.
EVERY_PAGE = [
    pytest.param(page.id, language, marks=() if place % 3 == number else pytest.mark.every_combination)
    for place, page in enumerate(PAGES)
    for number, language in enumerate(LANGUAGES)
]


def opened(page: str, **address: str) -> AppTest:
    """The dashboard on one page with the given address."""
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=30)
    for name, value in address.items():
        app.query_params[name] = value
    app.run()
    if page != "overview":
        app.switch_page(f"pages/{page}.py").run()
    return app


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", [page.id for page in PAGES])
def test_every_page_is_drawn_in_every_language(sample_build: Path, page: str, language: str) -> None:
    app = opened(page, lang=language)
    assert not app.exception
    assert app.title[0].value == t(f"page.{page}.title", language)


@pytest.mark.parametrize(("page", "language"), EVERY_PAGE)
def test_before_the_first_publication_every_page_says_so(data_folder: Path, page: str, language: str) -> None:
    app = opened(page, lang=language)
    assert not app.exception
    assert any(t("error.no_published_build", language) in warning.value for warning in app.warning)


def test_an_address_that_asks_for_what_does_not_exist_is_answered_and_told(sample_build: Path) -> None:
    app = opened("risk_map", lang="en", indicator="no_such_indicator")
    assert not app.exception
    assert app.selectbox(key="select-indicator").value == "offences_against_minors"


def test_the_choice_of_an_indicator_changes_the_figures_shown(sample_build: Path) -> None:
    app = opened("risk_map", lang="en")
    app.selectbox(key="select-indicator").select("child_victims").run()
    assert not app.exception
    assert app.query_params["indicator"] in ("child_victims", ["child_victims"])
    assert "victims" in app.header[0].value.lower()


def test_suicide_stands_beside_the_help_line_and_is_not_coloured(sample_build: Path) -> None:
    app = opened("risk_map", lang="en")
    app.selectbox(key="select-indicator").select("suicides_minors").run()
    assert any("111" in info.value for info in app.info)
    assert not any("class:1" in str(element) for element in app.main)


# The page on which a file is checked shows no figure.
@pytest.mark.parametrize("page", [page.id for page in PAGES if page.id != "check"])
def test_every_page_says_how_far_the_figures_are_protected(sample_build: Path, page: str) -> None:
    app = opened(page, lang="en")
    texts = [element.value for element in (*app.caption, *app.markdown)]
    key = {"methods": "protection.in_short", "protection": "protection.text.goal"}.get(page, "protection.line")
    assert any(t(key, "en") in text for text in texts)


@pytest.fixture(scope="module")
def country_only(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder whose live build holds one figure of the country and nothing below it."""
    folder = tmp_path_factory.mktemp("country") / "data"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RISKMAP_DATA", str(folder))
        path = write_published(
            folder.parent / "figures.csv", [published_row("pupils", "000000000", "2023/24", 3_800_000)]
        )
        assert main(["load", str(path), "--publish"]) == 0
    return folder


@pytest.mark.parametrize(("page", "language"), EVERY_PAGE)
def test_a_build_without_regions_is_told_and_no_page_breaks(
    country_only: Path, monkeypatch: pytest.MonkeyPatch, page: str, language: str
) -> None:
    monkeypatch.setenv("RISKMAP_DATA", str(country_only))
    app = opened(page, lang=language)
    assert not app.exception
    told = any(t("error.nothing_to_show", language) in warning.value for warning in app.warning)
    assert told is (page in ("risk_map", "trends", "compare"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("show", SHOWS)
def test_every_comparison_is_drawn_in_every_language(sample_build: Path, show: str, language: str) -> None:
    address = {"indicator": "missed_lessons", "by": "reason:illness", "area": TURKISTAN, "other": "110000000"}
    app = opened("compare", lang=language, show=show, **address)
    assert not app.exception
    assert not app.warning
    assert app.header or show == "pair"


def test_in_a_funnel_a_region_that_is_chosen_is_marked_among_the_regions_and_the_way_back_is_there(
    sample_build: Path,
) -> None:
    figure = {"indicator": "offences_against_minors", "period": "2022", "area": TURKISTAN}
    app = opened("compare", lang="en", show="funnel", **figure)
    assert not app.exception
    assert app.selectbox(key="select-level").value == "region"
    assert "Turkistan Region: 23.3" in " ".join(text.value for text in app.markdown)
    tables = [str(element.proto.body) for element in app.get("html")]
    assert sum(table.count("<tr") for table in tables) == 21
    assert any('<tr class="marked" aria-current="true"><th scope="row">Turkistan Region' in table for table in tables)
    app.button(key="back-000000000").click().run()
    assert app.selectbox(key="select-region").value == "000000000"


def test_a_region_chosen_in_a_funnel_means_its_districts_where_the_page_is_another(sample_build: Path) -> None:
    app = opened("compare", lang="en", show="funnel", indicator="missed_lessons", area=TURKISTAN)
    assert app.selectbox(key="select-level").value == "region"
    app.switch_page("pages/risk_map.py").run()
    assert app.selectbox(key="select-level").value == "district"
    app = opened("compare", lang="en", show="ranked", indicator="missed_lessons", area=TURKISTAN)
    assert app.selectbox(key="select-level").value == "district"


def test_a_district_chosen_in_a_funnel_stands_among_all_districts(sample_build: Path) -> None:
    one = districts_of(TURKISTAN)[0].id
    app = opened("compare", lang="en", show="funnel", indicator="in_school_register", area=one)
    assert not app.exception
    assert app.selectbox(key="select-level").value == "district"
    app.button(key=f"back-{TURKISTAN}").click().run()
    assert app.selectbox(key="select-level").value == "district"
    # The small sample has returns of three regions, so of all 228 districts too few have a value.
    assert any("of 228 areas" in info.value for info in app.info)


@pytest.mark.parametrize(("name", "words"), [("suicides_minors", "suicide"), ("schools", "without a rate")])
def test_where_areas_must_not_be_judged_the_funnel_is_a_sentence(sample_build: Path, name: str, words: str) -> None:
    app = opened("compare", lang="en", show="funnel", indicator=name)
    assert not app.exception
    assert not app.get("plotly_chart")
    assert any("no funnel" in info.value and words in info.value for info in app.info)
    assert any("111" in info.value for info in app.info) is (name == "suicides_minors")


@pytest.mark.parametrize("grain", ["month", "quarter", "school_year", "ytd"])
def test_trends_are_drawn_for_every_length_of_periods(sample_build: Path, grain: str) -> None:
    app = opened("trends", lang="en", indicator="missed_lessons", area=TURKISTAN, also="000000000", grain=grain)
    assert not app.exception
    assert not app.warning
    assert app.header


def test_what_is_chosen_on_one_page_holds_on_the_next(sample_build: Path) -> None:
    app = opened("risk_map", lang="en", indicator="missed_lessons", area=TURKISTAN)
    app.switch_page("pages/trends.py").run()
    assert app.selectbox(key="select-indicator").value == "missed_lessons"
    assert app.selectbox(key="select-region").value == TURKISTAN


def test_a_region_shows_its_districts_and_the_way_back(sample_build: Path) -> None:
    app = opened("risk_map", lang="en", indicator="missed_lessons", area=TURKISTAN)
    assert app.selectbox(key="select-level").value == "district"
    app.button(key="back-000000000").click().run()
    assert app.selectbox(key="select-region").value == "000000000"
    assert app.selectbox(key="select-level").value == "region"


def test_a_mostly_empty_period_offers_a_longer_one_by_one_click(data_folder: Path) -> None:
    months = [*(f"2024-{month:02d}" for month in (9, 10, 11, 12)), *(f"2025-{month:02d}" for month in range(1, 6))]
    codes = [area.id for area in districts_of(TURKISTAN)]
    rows = [row("missed_lessons", area, month, 500) for month in months for area in codes]
    rows += [row("missed_lessons", area, "2025-10", 500) for area in codes[:3]]
    assert send(data_folder, [*rows, row("pupils", codes[0], "2025-10", 900)]) == 0
    app = opened("risk_map", lang="en", indicator="missed_lessons", area=TURKISTAN, period="2025-10")
    app.button(key="longer").click().run()
    assert app.selectbox(key="select-period").value == "2024/25"
    assert "longer" not in [button.key for button in app.button]


def test_a_lonely_indicator_without_districts_stays_on_the_map_of_regions(sample_build: Path) -> None:
    app = opened("risk_map", lang="en", indicator="child_victims", area=TURKISTAN)
    assert app.selectbox(key="select-level").value == "region"
    assert app.selectbox(key="select-region").value == TURKISTAN


def test_invented_figures_are_told_on_the_page_and_real_ones_are_not(sample_build: Path) -> None:
    def banners(indicator: str) -> list[str]:
        app = opened("risk_map", lang="en", indicator=indicator)
        texts = [element.proto.body for element in app.get("html")]
        return [text for text in texts if t("invented.banner", "en") in text]

    assert len(banners("missed_lessons")) == 1
    assert banners("child_victims") == []
