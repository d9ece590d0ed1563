"""A data folder of the first version is brought to the present format, and nothing of it is lost."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pytest

from etl.journal import EventKind, publications
from etl.manifest import record_faults
from etl.migration import history
from etl.storage import builds, loads
from riskmap.analytics.service import live_build
from riskmap.domain.errors import DataFolderOld
from riskmap.domain.tables import ACCEPTED, FORMAT
from riskmap.words import t
from tests.etl.conftest import Run
from tests.etl.folders import SAMPLE, ask, content, live_name
from tests.etl.formats import FORMAT_1, format_1

WRONG, CORRECTED = 9999, 3001  # the number that was taken back, and its correction
FIRST, TAKEN_BACK, LIVE = sorted(path.stem for path in (FORMAT_1 / "released").glob("*.parquet"))


@pytest.fixture
def old_folder(data_folder: Path) -> Path:
    """A data folder of the first version."""
    return format_1(data_folder)


def rows(folder: Path, columns: Sequence[str]) -> list[tuple[object, ...]]:
    with duckdb.connect() as connection:
        query = f"SELECT {', '.join(columns)} FROM read_parquet('{folder}/accepted/*.parquet') ORDER BY ALL"
        return connection.execute(query).fetchall()


OLD_COLUMNS = [name for name in ACCEPTED.names if name not in ("replaces", "units_expected", "units_reported")]


def test_an_old_folder_is_brought_to_the_present_format_whole(old_folder: Path, run: Run) -> None:
    before, raw = rows(old_folder, OLD_COLUMNS), sorted((old_folder / "raw").rglob("*.csv"))
    outcome = run("migrate", "--json")
    assert outcome.document == {
        "format": FORMAT,
        "found": "1",
        "loads": 3,
        "build": live_name(),
        "is_live": True,
    }
    assert (live_name() > LIVE, [build.name for build in builds()]) == (True, [live_name()])
    assert rows(old_folder, OLD_COLUMNS) == before
    assert sorted((old_folder / "raw").rglob("*.csv")) == raw
    assert not (old_folder / "before_migration").exists()
    assert record_faults() == []
    assert_history(old_folder)
    assert run("status").status == 0
    assert live_build().name == live_name()
    after = content(old_folder)
    assert run("migrate").out == t("migrate.nothing", "en", format=FORMAT) + "\n"
    assert content(old_folder) == after


def assert_history(folder: Path) -> None:
    """Which load each figure replaces, and every publication, the one that was taken back too."""
    first, wrong, corrected = loads()
    told = rows(folder, ["numerator", "load", "replaces"])
    assert [row for row in told if row[2]] == [(CORRECTED, corrected, wrong), (WRONG, wrong, first)]
    assert [(event["event"], event["build"], event["live"]) for event in publications()] == [
        ("published", FIRST, FIRST),
        ("published", TAKEN_BACK, TAKEN_BACK),
        ("taken_back", TAKEN_BACK, FIRST),
        ("published", LIVE, LIVE),
        ("published", live_name(), live_name()),
    ]
    assert {event["by"] for event in publications()[:4]} == {""}  # nobody kept who it was
    assert [event["at"][:10] for event in publications()[:4]] == [
        f"{name[:4]}-{name[4:6]}-{name[6:8]}" for name in (FIRST, TAKEN_BACK, TAKEN_BACK, LIVE)
    ]
    query = f"SELECT numerator FROM cells WHERE numerator IN ({WRONG}, {CORRECTED})"
    assert ask(folder, query) == [(CORRECTED,)]
    told = ask(folder, "SELECT build, event FROM publications ORDER BY number")
    assert told == [(event["build"], event["event"]) for event in publications()]


def test_where_a_second_person_signs_the_build_waits_and_the_old_one_stays_live(
    old_folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RISKMAP_SIGN_OFF", "yes")
    outcome = run("migrate")
    assert (outcome.status, live_name()) == (3, LIVE)
    waiting = builds()[-1].name
    assert t("restore.staged", "en", build=waiting) in outcome.out
    assert [build.name for build in builds()] == [LIVE, waiting]
    assert run("status", "--json").document["staged"]["build"] == waiting


def test_what_waited_for_publication_goes_on_waiting(old_folder: Path, run: Run) -> None:
    last = loads()[-1]
    later = f"{LIVE[:-6]}ffffff"
    (old_folder / "accepted" / f"{last}.parquet").rename(old_folder / "accepted" / f"{later}.parquet")
    outcome = run("migrate", "--json")
    assert (outcome.status, outcome.document["is_live"], live_name()) == (0, False, LIVE)
    with pytest.raises(DataFolderOld):
        live_build()
    assert run("publish").status == 0
    assert live_build().name == outcome.document["build"]


# --- before the migration


@pytest.mark.parametrize(
    "arguments", [["load", str(SAMPLE)], ["inbox"], ["publish"], ["rollback"], ["demo", "--small"], ["status"]]
)
def test_an_old_folder_is_refused_with_the_command_that_helps_and_nothing_is_written(
    old_folder: Path, run: Run, arguments: list[str]
) -> None:
    before = content(old_folder)
    outcome = run(*arguments)
    assert (outcome.status, outcome.out) == (3, "")
    assert outcome.err == t("error.data_folder_old", "en", found="1", needed=FORMAT) + "\n"
    assert content(old_folder) == before


def test_the_dashboard_says_of_an_old_build_what_helps(old_folder: Path) -> None:
    with pytest.raises(DataFolderOld):
        live_build()


def test_a_folder_of_a_later_version_is_refused_by_migrate_too(data_folder: Path, run: Run) -> None:
    data_folder.mkdir()
    (data_folder / "format.json").write_text('{"format": "999"}')
    for command in (["migrate", "--json"], ["load", str(SAMPLE), "--json"], ["status", "--json"]):
        outcome = run(*command)
        assert (outcome.status, outcome.document["error"]["key"]) == (3, "error.data_folder_new")


def test_a_damaged_word_on_the_format_is_told_and_not_guessed(data_folder: Path, run: Run) -> None:
    data_folder.mkdir()
    for text in ("", "{}", '{"format": "two"}', "[]"):
        (data_folder / "format.json").write_text(text)
        outcome = run("load", SAMPLE)
        assert outcome.status == 3
        assert str(data_folder / "format.json") in outcome.err


def test_a_backup_of_an_old_folder_is_restored_as_it_was_and_then_migrated(
    old_folder: Path, run: Run, tmp_path: Path
) -> None:
    before = rows(old_folder, OLD_COLUMNS)
    assert run("backup", tmp_path / "kept.tar").status == 0
    shutil.rmtree(old_folder)
    outcome = run("restore", tmp_path / "kept.tar")
    assert outcome.out.splitlines()[-1] == t("restore.old", "en", found="1")
    assert (live_name(), rows(old_folder, OLD_COLUMNS)) == (LIVE, before)
    assert run("load", SAMPLE).status == 3


# --- the history that is told


A, B, C, D = "ABCD"
PUBLISHED, BACK = EventKind.PUBLISHED, EventKind.TAKEN_BACK


@pytest.mark.parametrize(
    ("released", "taken_back", "is_live", "told"),
    [
        ([], set(), "", []),
        ([A], set(), A, [(PUBLISHED, A, A)]),
        ([A, B], {B}, A, [(PUBLISHED, A, A), (PUBLISHED, B, B), (BACK, B, A)]),
        (
            [A, B, C],
            {B, C},
            A,
            [(PUBLISHED, A, A), (PUBLISHED, B, B), (PUBLISHED, C, C), (BACK, C, B), (BACK, B, A)],
        ),
        (
            [A, B, C, D],
            {C},
            D,
            [(PUBLISHED, A, A), (PUBLISHED, B, B), (PUBLISHED, C, C), (BACK, C, B), (PUBLISHED, D, D)],
        ),
        ([A, B], set(), A, [(PUBLISHED, A, A), (PUBLISHED, B, B), (PUBLISHED, A, A)]),
        ([A], {A}, A, [(PUBLISHED, A, A)]),
    ],
)
def test_publications_are_told_in_an_order_that_ends_with_what_is_live(
    released: list[str], taken_back: set[str], is_live: str, told: list[tuple[EventKind, str, str]]
) -> None:
    assert history(released, taken_back, is_live) == told
