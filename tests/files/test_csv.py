"""Views as CSV: what is on the screen, status in every row, safe in a spreadsheet."""

import csv
from collections.abc import Callable
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any, Final

import pandas as pd
import pytest

from geo.areas import districts_of
from riskmap.analytics.service import area_map
from riskmap.analytics.views import MapRequest, MapView, PairRow, TrendTest
from riskmap.domain.registry import indicator
from riskmap.domain.vocabulary import COUNTRY, LANGUAGES, CellStatus, Scope, year_period
from riskmap.files.csv import (
    COLUMNS,
    View,
    file_name,
    heat_csv,
    map_csv,
    pair_csv,
    parts_csv,
    safe_text,
    trend_csv,
)
from riskmap.methods.refusals import Reason
from riskmap.methods.trends import Direction
from riskmap.words import sort_key, t
from tests.views import (
    AKMOLA,
    NORTH,
    REASONS_OF_LINES,
    SECRET,
    heat_view,
    line,
    map_view,
    pair_view,
    panel,
    parts_row,
    parts_view,
    period_of,
    point,
    row,
    trend_view,
    years,
)

HIDDEN = CellStatus.SUPPRESSED
NUMBERS = ("numerator", "denominator", "value", "lower", "upper")


def all_views(*, is_invented: bool = False) -> list[tuple[Callable[..., bytes], Any]]:
    points = [point(years(2023, 2023)[0], 50), point(years(2024, 2024)[0], 5, before=2)]
    lines = [line(AKMOLA, points), line(NORTH, [replace(its, status=HIDDEN) for its in points])]
    item, when = indicator("offences_against_minors"), years(2024, 2024)[0]
    pair = PairRow(item, when, row(AKMOLA, 50), row(NORTH, 7), is_invented)
    return [
        (map_csv, map_view([row(AKMOLA, 50), row(NORTH, status=HIDDEN)], is_invented=is_invented)),
        (trend_csv, trend_view(panel(lines, is_invented=is_invented))),
        (pair_csv, pair_view(AKMOLA, NORTH, [pair])),
        (parts_csv, parts_view([parts_row(AKMOLA, [1, 2, 3, 4, 5, 6])], is_invented=is_invented)),
        (heat_csv, heat_view(lines, is_invented=is_invented)),
    ]


WRITERS: Final = [write.__name__ for write, _ in all_views()]


@pytest.fixture
def view(sample_build: Path) -> MapView:
    return area_map(
        sample_build, scope=Scope.public(), request=MapRequest("offences_against_minors", year_period(2022))
    )


def rows_of(content: bytes) -> list[dict[str, str]]:
    _, *lines = content.decode("utf-8-sig").splitlines()
    return list(csv.DictReader(lines))


def written(name: str, **more: Any) -> list[dict[str, str]]:
    write, its = next(found for found in all_views(**more) if found[0].__name__ == name)
    return rows_of(write(its, language="en", build="b1"))


@pytest.mark.parametrize("name", WRITERS)
def test_every_file_has_the_same_columns_and_a_status_in_every_row(name: str) -> None:
    write, its = next(found for found in all_views() if found[0].__name__ == name)
    _, header, *_ = write(its, language="ru", build="b1").decode("utf-8-sig").splitlines()
    assert header.split(",") == list(COLUMNS)
    rows = written(name)
    assert rows
    assert {its["status"] for its in rows} <= set(CellStatus)
    assert all(its["obs_status"] in "ALQMO" for its in rows)
    assert {its["build"] for its in rows} == {"b1"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_line_says_what_the_file_holds_and_what_its_columns_mean(language: str) -> None:
    content = map_csv(map_view([row(AKMOLA, 50)]), language=language, build="b1")
    assert content.startswith(b"\xef\xbb\xbf# ")
    first = content.decode("utf-8-sig").splitlines()[0]
    assert next(csv.reader([first])) == [first]
    assert indicator("offences_against_minors").words[language]["name"] in first
    assert t("file.version", language, build="b1") in first
    assert all(f" {column} = " in first for column in COLUMNS)


@pytest.mark.parametrize("name", WRITERS)
def test_invented_figures_say_so_in_three_languages_in_the_file_name_and_in_every_row(name: str) -> None:
    write, its = next(found for found in all_views(is_invented=True) if found[0].__name__ == name)
    first = write(its, language="en", build="b1").decode("utf-8-sig").splitlines()[0]
    assert all(t("file.invented", language) in first for language in LANGUAGES)
    assert {its["invented"] for its in written(name, is_invented=True)} == {"true"}
    assert file_name(its, language="en").startswith("invented_")
    real = next(found for write_, found in all_views() if write_.__name__ == name)
    assert not file_name(real, language="en").startswith("invented_")
    assert {its["invented"] for its in written(name)} == {"false"}


def test_a_program_that_leaves_out_comments_reads_the_numbers(tmp_path: Path) -> None:
    path = tmp_path / "map.csv"
    path.write_bytes(map_csv(map_view([row(AKMOLA, 50), row(NORTH, status=HIDDEN)]), language="kk", build="b1"))
    frame = pd.read_csv(path, comment="#")
    assert frame["numerator"].tolist()[0] == 50
    assert frame["status"].tolist() == ["value", "suppressed"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_map_has_every_area_in_the_order_shown_and_the_country_last(view: MapView, language: str) -> None:
    names = [its["area_name"] for its in rows_of(map_csv(view, language=language, build="b"))]
    assert len(names) == 21
    assert names[:-1] == sorted(names[:-1], key=lambda name: sort_key(name, language))
    assert names[-1] == view.above[-1].name(language)


def test_what_lies_outside_districts_comes_after_them() -> None:
    district = districts_of(NORTH)[0].id
    rows = [row(f"{NORTH}-R", 50), row(district, 50)]
    found = map_csv(map_view(rows, above=[row(COUNTRY, 50)], level="district", within=NORTH), language="en", build="b")
    assert [its["area"] for its in rows_of(found)] == [district, f"{NORTH}-R", COUNTRY]


def test_a_row_without_a_number_is_empty_and_says_why() -> None:
    (found,) = [its for its in written("map_csv") if its["area"] == NORTH]
    assert (found["status"], found["obs_status"]) == ("suppressed", "Q")
    assert [found[name] for name in NUMBERS] == [""] * 5


def test_no_number_of_a_hidden_row_is_written() -> None:
    secret = dict.fromkeys(("count", "exposure", "value", "lower", "upper"), SECRET)
    hidden = replace(row(AKMOLA, 50), status=HIDDEN, **secret)  # type: ignore[arg-type]
    assert str(int(SECRET)).encode() not in map_csv(map_view([hidden]), language="en", build="b")


def test_zero_is_written_as_zero() -> None:
    (found,) = rows_of(map_csv(map_view([row(AKMOLA, 0)]), language="en", build="b"))
    assert (found["status"], found["numerator"], found["value"]) == ("value", "0", "0")


def test_trends_have_a_row_per_area_and_period_with_the_same_period_last_year() -> None:
    rows = written("trend_csv")
    assert [(its["area"], its["period_start"]) for its in rows] == [
        (AKMOLA, "2023-01-01"),
        (AKMOLA, "2024-01-01"),
        (NORTH, "2023-01-01"),
        (NORTH, "2024-01-01"),
    ]
    assert [(its["numerator_last_year"], its["change_percent"]) for its in rows[:2]] == [("", ""), ("2", "")]


def test_the_change_in_per_cent_is_written_where_the_number_before_is_large_enough() -> None:
    view = trend_view(panel([line(AKMOLA, [point(years(2024, 2024)[0], 118, before=100)])]))
    (found,) = rows_of(trend_csv(view, language="ru", build="b"))
    assert (found["numerator_last_year"], found["change_percent"]) == ("100", "18")


def trend_columns(direction: Direction | None, reason: Reason | None = None) -> list[tuple[str, str, str]]:
    """The columns of the trend of six years of which the first five were tested, row by row."""
    when = years(2019, 2024)
    its = line(AKMOLA, [point(year, 50) for year in when])
    its = replace(its, tested=TrendTest(when[0], when[4], direction, reason))
    rows = rows_of(trend_csv(trend_view(panel([its])), language="kk", build="b"))
    return [(found["trend"], found["trend_from"], found["trend_reason"]) for found in rows]


def test_what_a_test_found_stands_in_the_row_of_its_last_period_alone() -> None:
    nothing = ("", "", "")
    assert trend_columns(Direction.DECREASING) == [*[nothing] * 4, ("decreasing", "2019-01-01", ""), nothing]


@pytest.mark.parametrize("reason", REASONS_OF_LINES)
def test_of_what_cannot_be_said_the_reason_is_written_and_never_a_direction(reason: Reason) -> None:
    assert trend_columns(None, reason)[4] == ("cannot_be_said", "2019-01-01", str(reason))
    assert all(str(reason) in t("column.trend_reason", lang) for lang in LANGUAGES)


@pytest.mark.parametrize("direction", Direction)
def test_every_code_of_a_trend_is_explained_in_the_first_line(direction: Direction) -> None:
    assert trend_columns(direction)[4][0] == str(direction)
    assert all(str(direction) in t("column.trend", lang) for lang in LANGUAGES)


def test_without_a_test_there_is_no_trend_in_any_file() -> None:
    rows = [found for name in WRITERS for found in written(name)]
    assert {found[name] for found in rows for name in ("trend", "trend_from", "trend_reason")} == {""}


def test_a_pair_has_a_row_for_each_of_the_two() -> None:
    assert [(its["area"], its["numerator"]) for its in written("pair_csv")] == [(AKMOLA, "50"), (NORTH, "7")]


def test_parts_have_the_whole_and_each_category_with_its_share() -> None:
    rows = written("parts_csv")
    assert [(its["breakdown"], its["category"], its["numerator"]) for its in rows[:2]] == [
        ("all", "all", "21"),
        ("type", "physical", "1"),
    ]
    assert (rows[2]["denominator"], rows[2]["multiplier"]) == ("21", "100")
    assert float(rows[2]["value"]) == pytest.approx(200 / 21)


def test_a_whole_that_is_not_shown_has_no_row_and_its_parts_no_share() -> None:
    view = parts_view([parts_row(AKMOLA, [HIDDEN] * 5 + [7], total=float("nan"))])
    rows = rows_of(parts_csv(view, language="en", build="b"))
    assert [its["status"] for its in rows] == ["suppressed"] * 5 + ["value"]
    assert (rows[-1]["numerator"], rows[-1]["value"], rows[-1]["denominator"]) == ("7", "", "")


@pytest.mark.parametrize(
    ("view", "name"),
    [
        (map_view([row(AKMOLA, 50)]), "offences_against_minors_2025_ru.csv"),
        (parts_view([parts_row(AKMOLA, [1] * 6)]), "violence_cases_type-parts_2024-25_ru.csv"),
        (pair_view(AKMOLA, NORTH, []), "pair_110000000_590000000_ru.csv"),
        (heat_view([line(AKMOLA, [point(period_of("2024-Q1"), 5)])]), "offences_against_minors_quarter_ru.csv"),
        (trend_view(panel([line(AKMOLA, [point(period_of("2024"), 5)])])), "offences_against_minors_year_ru.csv"),
    ],
)
def test_the_name_of_a_file_says_what_is_in_it(view: View, name: str) -> None:
    assert file_name(view, language="ru") == name


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx"])
def test_text_never_runs_as_a_formula(text: str) -> None:
    assert safe_text(text) == f"'{text}"


def test_ordinary_text_stays_as_it_is() -> None:
    assert safe_text("область Ұлытау") == "область Ұлытау"


def test_a_spreadsheet_reads_the_file_back(view: MapView) -> None:
    content = map_csv(view, language="kk", build="b").decode("utf-8-sig")
    assert len({len(its) for its in csv.reader(StringIO(content)) if not its[0].startswith("#")}) == 1
