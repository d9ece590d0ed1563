"""The change log as CSV: every change with both sides, in the manner of the files of figures."""

import csv
from pathlib import Path

import pandas as pd
import pytest

from geo.areas import areas, districts_of
from riskmap.analytics.change_views import ChangesRequest
from riskmap.analytics.changes import revisions
from riskmap.domain.vocabulary import COUNTRY, LANGUAGES, RevisionKind, Scope
from riskmap.files.changes_csv import COLUMNS, changes_csv, changes_name
from riskmap.words import t
from tests.analytics.revised_build import BUILD, DAYS, EARLIER, live, revision
from tests.views import AKMOLA, RATE

LESSONS = "missed_lessons"
FIRST = districts_of(AKMOLA)[0].id
ALL_CHANGES = ChangesRequest()
PARTS, SIDES = ("numerator", "value"), ("before", "after")


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = [
        revision(RATE, AKMOLA, "2024", 50, 55),
        revision(RATE, COUNTRY, "2024", 1050, 1055),
        revision(RATE, AKMOLA, "2023", 50, 50, kind="people", people=(250_000.0, 260_000.0)),
        revision(LESSONS, FIRST, "2025-11", None, 43, kind="late", build=EARLIER, invented=True),
    ]
    return live(tmp_path_factory.mktemp("changes") / "data", cells=[], revisions=rows)


def written(
    build: Path, request: ChangesRequest = ALL_CHANGES, *, language: str = "en"
) -> tuple[str, list[dict[str, str]]]:
    """The first line and the rows of the file."""
    content = changes_csv(revisions(build, scope=Scope.public(), request=request), language=language, build=BUILD)
    assert content.startswith(b"\xef\xbb\xbf# ")
    first, *lines = content.decode("utf-8-sig").split("\r\n")
    return first, list(csv.DictReader(lines))


def test_every_change_has_both_sides_latest_publication_and_period_first(build: Path) -> None:
    _, rows = written(build)
    told = ["revision_day", "revision_kind", "area", *(f"{part}_{side}" for part in PARTS for side in SIDES)]
    day, earlier = DAYS[BUILD].isoformat(), DAYS[EARLIER].isoformat()
    assert [[row[name] for name in told] for row in rows] == [
        [day, "corrected", COUNTRY, "1050", "1055", "420", "422"],
        [day, "corrected", AKMOLA, "50", "55", "20", "22"],
        [day, "people", AKMOLA, "50", "50", "20", "19.230769"],
        [earlier, "late", FIRST, "", "43", "", "0.0172"],
    ]
    assert (rows[3]["status_before"], rows[3]["status_after"]) == ("not_reported", "value")
    assert {row["build"] for row in rows} == {BUILD}
    assert [row["invented"] for row in rows] == ["false", "false", "false", "true"]


def test_only_what_was_asked_for_is_written(build: Path) -> None:
    _, rows = written(build, ChangesRequest(RATE, AKMOLA, RevisionKind.CORRECTED))
    assert [(row["area"], row["period_end"]) for row in rows] == [(AKMOLA, "2024-12-31")]
    assert written(build, ChangesRequest(LESSONS, COUNTRY, RevisionKind.WITHDRAWN))[1] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_line_says_what_the_columns_mean_and_that_figures_are_invented(build: Path, language: str) -> None:
    first, rows = written(build, language=language)
    assert next(csv.reader([first])) == [first]
    assert t("changes.file", language) in first
    assert all(f" {column} = " in first for column in COLUMNS)
    assert all(t("file.invented", other) in first for other in LANGUAGES)
    names = [areas()[area].name(language) for area in (FIRST, AKMOLA)]
    assert rows[3]["area_name"] == t("chart.area_in_region", language, area=names[0], region=names[1])
    assert rows[0]["revision_kind_name"] == t("revision_kind.corrected", language)
    real, _ = written(build, ChangesRequest(RATE), language=language)
    assert t("file.invented", language) not in real


def test_a_program_that_leaves_out_comments_reads_the_numbers(build: Path, tmp_path: Path) -> None:
    path = tmp_path / "changes.csv"
    path.write_bytes(changes_csv(revisions(build, scope=Scope.public(), request=ALL_CHANGES), language="kk", build="b"))
    frame = pd.read_csv(path, comment="#")
    assert list(frame.columns) == list(COLUMNS)
    assert frame["numerator_after"].tolist() == [1055, 55, 50, 43]


def test_the_name_of_the_file_says_what_is_in_it() -> None:
    asked = ChangesRequest(RATE, AKMOLA, RevisionKind.LATE)
    assert changes_name(ALL_CHANGES, is_invented=True, language="kk") == "invented_changes_kk.csv"
    assert changes_name(asked, is_invented=False, language="ru") == f"changes_{RATE}_{AKMOLA}_late_ru.csv"
