"""Every page in every language, with figures and before the first publication."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from riskmap.domain.vocabulary import LANGUAGES
from riskmap.ui.navigation import PAGES
from riskmap.words import t
from tests.conftest import ROOT


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


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", [page.id for page in PAGES])
def test_before_the_first_publication_every_page_says_so(data_folder: Path, page: str, language: str) -> None:
    app = opened(page, lang=language)
    assert not app.exception
    assert any(t("error.no_published_build", language) in warning.value for warning in app.warning)


def test_an_address_that_asks_for_what_does_not_exist_is_answered_and_told(sample_build: Path) -> None:
    app = opened("risk_map", lang="en", indicator="no_such_indicator")
    assert not app.exception
    assert app.selectbox[0].value == "offences_against_minors"


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


@pytest.mark.parametrize("page", [page.id for page in PAGES])
def test_every_page_says_how_far_the_figures_are_protected(sample_build: Path, page: str) -> None:
    app = opened(page, lang="en")
    texts = [element.value for element in (*app.info, *app.markdown)]
    assert any(t("protection.interim", "en") in text for text in texts)
