"""A site that rounds: what its build holds, and that its pages and files say so."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from etl.cli import main
from geo.areas import districts_of, regions
from riskmap.analytics.quality import receipt
from riskmap.analytics.trends import trends
from riskmap.analytics.views import TrendRequest
from riskmap.domain.registry import catalogue
from riskmap.domain.settings import live_build
from riskmap.domain.vocabulary import LANGUAGES, Grain, Scope
from riskmap.files.changes_csv import changes_csv
from riskmap.files.receipt import receipt_html
from riskmap.methods.refusals import Reason
from riskmap.words import t
from tests.etl.published import published_row, write_published
from tests.etl.sent_returns import row, send
from tests.ui.test_pages import opened

TURKISTAN = "610000000"
MONTH = "2025-10"
SPRING = ("2024-03", "2024-04", "2024-05")
PAGES = ("overview", "risk_map", "trends", "compare", "quality", "changes")


@pytest.fixture(scope="module")
def rounded_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder whose live build is rounded: a real figure of all regions, invented ones of districts of one."""
    folder = tmp_path_factory.mktemp("rounded") / "data"
    codes = [area.id for area in districts_of(TURKISTAN)]
    rows = [row("missed_lessons", code, MONTH, 500 + place) for place, code in enumerate(codes)]
    figures = [
        *(
            published_row("helpline_appeals", its.id, month, 3 + n)
            for n, its in enumerate(regions())
            for month in SPRING
        ),
        *(published_row("helpline_appeals", "000000000", month, 13_001) for month in SPRING),
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RISKMAP_DATA", str(folder))
        patch.setenv("RISKMAP_PROTECTION", "rounding")
        assert send(folder, [*rows, *(row("violence_cases", code, MONTH, 1) for code in codes)], publish=False) == 0
        path = write_published(folder.parent / "figures.csv", figures)
        assert main(["load", str(path), "--publish"]) == 0
    return folder


@pytest.fixture
def rounded(rounded_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same, to be read; the setting itself is no longer in force."""
    monkeypatch.setenv("RISKMAP_DATA", str(rounded_folder))
    return live_build()


def said(app: AppTest) -> Iterator[str]:
    """Everything in small print."""
    return (caption.value for caption in app.caption)


def asked(build: Path, query: str, *, file: str = "public") -> list[tuple[Any, ...]]:
    """Rows of one file of a build."""
    with duckdb.connect(str(build / f"{file}.duckdb"), read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_a_rounded_build_says_so_and_shows_multiples_of_five_below_the_country(rounded: Path) -> None:
    for file in ("full", "public"):
        assert asked(rounded, "SELECT value FROM meta WHERE name = 'protection'", file=file) == [("rounding",)]
    closed = "', '".join(i.id for i in catalogue().indicators.values() if not i.disclosure.open)
    below = f"SELECT numerator FROM cells WHERE area <> '000000000' AND status = 'value' AND indicator IN ('{closed}')"
    public, exact = ({n for (n,) in asked(rounded, below, file=file)} for file in ("public", "full"))
    assert {n % 5 for n in public} == {0}
    assert {n % 5 for n in exact} != {0}
    country = (
        "SELECT numerator FROM cells WHERE area = '000000000' AND indicator = 'helpline_appeals' AND grain = 'month'"
    )
    assert asked(rounded, country) == [(13_001,)] * len(SPRING)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_of_figures_says_that_they_are_rounded(rounded: Path, page: str) -> None:
    app = opened(page, lang="en", indicator="helpline_appeals")
    assert not app.exception
    assert t("rounding.notice", "en") in said(app)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", ["risk_map", "trends", "compare"])
def test_tables_and_pictures_have_the_mark_below_them(rounded: Path, page: str, language: str) -> None:
    assert t("rounding.mark", language) in said(opened(page, lang=language, indicator="helpline_appeals"))


@pytest.mark.parametrize("page", PAGES)
def test_where_nothing_is_rounded_nothing_says_so(sample_build: Path, page: str) -> None:
    texts = set(said(opened(page, lang="en")))
    assert texts.isdisjoint({t("rounding.notice", "en"), t("rounding.mark", "en")})


@pytest.mark.parametrize(
    ("page", "address"),
    [
        ("risk_map", {}),
        ("trends", {}),
        *(("compare", {"show": show}) for show in ("ranked", "heat")),
        ("compare", {"show": "pair", "area": TURKISTAN, "other": "110000000"}),
    ],
)
def test_every_file_of_figures_begins_with_it(
    rounded: Path, monkeypatch: pytest.MonkeyPatch, page: str, address: dict[str, str]
) -> None:
    files: list[bytes] = []
    monkeypatch.setattr(st, "download_button", lambda *_, data, **__: files.append(data()))
    app = opened(page, lang="en", indicator="helpline_appeals", **address)
    assert not app.exception
    first = [content.decode("utf-8-sig").splitlines()[0] for content in files]
    assert first
    assert all(t("rounding.file", language) in line for line in first for language in LANGUAGES)


def test_the_file_of_corrections_begins_with_it() -> None:
    first = changes_csv([], language="en", build="b", is_rounded=True).decode("utf-8-sig")
    assert first.startswith(f"# {t('rounding.file', LANGUAGES[0])}")
    assert t("rounding.file", "en") not in changes_csv([], language="en", build="b").decode("utf-8-sig")


def test_a_receipt_says_it_too(rounded: Path, sample_build: Path) -> None:
    note = t("rounding.file", "ru")
    views = [receipt(build, scope=Scope.public(), region=TURKISTAN) for build in (rounded, sample_build)]
    assert [note in receipt_html(view, language="ru").decode() for view in views] == [True, False]


def test_a_protection_that_does_not_exist_is_refused(
    data_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RISKMAP_PROTECTION", "round")
    assert main(["status"]) == 2
    assert "RISKMAP_PROTECTION=round (suppression, rounding)" in capsys.readouterr().err


def test_what_is_hidden_although_it_is_rounded_has_no_number_anywhere(rounded: Path) -> None:
    hidden = "SELECT DISTINCT numerator, denominator, source FROM cells WHERE status = 'suppressed'"
    assert set(asked(rounded, hidden)) <= {(None, None, "")}


def test_rounded_counts_are_not_drawn_as_a_funnel(rounded: Path) -> None:
    app = opened("compare", lang="en", show="funnel", indicator="helpline_appeals")
    assert not app.exception
    assert not app.get("plotly_chart")
    assert any("counts are rounded" in info.value for info in app.info)


def test_no_line_of_rounded_counts_is_told_to_rise_or_to_fall(rounded: Path) -> None:
    areas = (TURKISTAN, "000000000")
    request = TrendRequest(("helpline_appeals",), areas, Grain.MONTH)
    (panel,) = trends(rounded, scope=Scope.public(), request=request).panels
    region, country = (line.tested for line in panel.lines)
    assert region
    assert (region.direction, region.reason) == (None, Reason.ROUNDED)
    assert country is None or country.reason is not Reason.ROUNDED
    told = t("tested.rounded", "en")
    app = opened("trends", lang="en", indicator="helpline_appeals", area=TURKISTAN, grain="month")
    assert any(told in text.value for text in app.markdown)


def test_of_rounded_counts_there_is_no_index_and_the_page_says_why(rounded: Path) -> None:
    app = opened("attention", lang="en", family="outcome", level="district", area=TURKISTAN)
    assert not app.exception
    assert not app.get("plotly_chart")
    assert any(t("attention.refused.rounded", "en") in info.value for info in (*app.info, *app.warning))


def test_methods_that_judge_by_chance_have_no_picture_of_rounded_numbers(rounded: Path) -> None:
    told = t("methods.picture.none", "en", reason=t("methods.picture.rounded", "en"))
    app = opened("methods", lang="en", method="funnel")
    assert not app.exception
    assert told in [element.value for element in app.info]
    assert not app.get("plotly_chart")
    app = opened("methods", lang="en", method="rate")
    assert told not in [element.value for element in app.info]
