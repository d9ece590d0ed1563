"""The CSV of a map: what is on the screen, status in every row, safe in a spreadsheet."""

import csv
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest

from riskmap.analytics.service import area_map
from riskmap.analytics.views import MapRequest, MapView
from riskmap.domain.vocabulary import LANGUAGES, CellStatus, Scope, year_period
from riskmap.files.csv import MAP_COLUMNS, map_csv, safe_text
from riskmap.words import sort_key


@pytest.fixture
def view(sample_build: Path) -> MapView:
    return area_map(
        sample_build, scope=Scope.public(), request=MapRequest("offences_against_minors", year_period(2022))
    )


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(content.decode("utf-8-sig"))))


def test_it_begins_with_the_mark_by_which_spreadsheets_know_utf_8(view: MapView) -> None:
    assert map_csv(view, language="kk", build="b").startswith(b"\xef\xbb\xbfindicator,")


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_has_every_area_in_the_order_shown_and_the_country_last(view: MapView, language: str) -> None:
    names = [row["area_name"] for row in rows_of(map_csv(view, language=language, build="b"))]
    assert len(names) == 21
    assert names[:-1] == sorted(names[:-1], key=lambda name: sort_key(name, language))
    assert view.country
    assert names[-1] == view.country.name(language)


def test_a_row_without_a_number_is_empty_and_says_why(view: MapView) -> None:
    nan = float("nan")
    hidden = replace(
        view.rows[0], status=CellStatus.SUPPRESSED, count=nan, exposure=nan, value=nan, lower=nan, upper=nan
    )
    (row, *_) = rows_of(map_csv(replace(view, rows=(hidden,)), language="en", build="b"))
    assert (row["status"], row["obs_status"]) == ("suppressed", "Q")
    assert [row[name] for name in ("numerator", "denominator", "value", "lower", "upper")] == [""] * 5


def test_zero_is_written_as_zero(view: MapView) -> None:
    (row, *_) = rows_of(map_csv(replace(view, rows=(replace(view.rows[0], count=0.0),)), language="en", build="b"))
    assert (row["status"], row["numerator"]) == ("value", "0")


def test_the_columns_are_a_contract(view: MapView) -> None:
    header = map_csv(view, language="ru", build="b").decode("utf-8-sig").splitlines()[0]
    assert header.split(",") == list(MAP_COLUMNS)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx"])
def test_text_never_runs_as_a_formula(text: str) -> None:
    assert safe_text(text) == f"'{text}"


def test_ordinary_text_stays_as_it_is() -> None:
    assert safe_text("область Ұлытау") == "область Ұлытау"
