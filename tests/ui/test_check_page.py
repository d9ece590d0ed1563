"""The page that checks a file: what it says, that it keeps nothing, and that no file can harm it."""

import csv
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from contextlib import nullcontext
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from streamlit.testing.v1 import AppTest

from etl.return_workbook import FIRST_ROW
from riskmap.domain.errors import Severity, WrongUsage
from riskmap.domain.settings import MAX_UPLOAD_MB
from riskmap.domain.vocabulary import LANGUAGES, parse_period
from riskmap.ui import checking
from riskmap.ui.check_words import faults_csv, line, sentence
from riskmap.ui.checking import CheckFailed, Fault, Upload, check, most_upload_mb, safe_name
from riskmap.words import t
from tests.conftest import ROOT
from tests.etl.published import published_row, write_published
from tests.etl.returns import FULL, changed, write_good
from tests.ui.test_pages import opened

FORMULA = "=cmd|' /C calc'!A0"


@pytest.fixture
def live(published_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder of a dashboard on which the published figures are live; only to be read."""
    monkeypatch.setenv("RISKMAP_DATA", str(published_folder))
    return published_folder


@pytest.fixture
def leftovers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which checks work; empty before and after each of them."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def figures(tmp_path: Path, **values: str) -> bytes:
    """A table of published figures with one row."""
    row = published_row("offences_against_minors", "110000000", "2022", 12, **values)
    return write_published(tmp_path / "figures.csv", [row]).read_bytes()


def faulty_return(tmp_path: Path) -> bytes:
    """A return with a text, a negative number and an empty cell."""

    def spoil(book: Workbook) -> None:
        sheet = book.worksheets[1]
        for row, value in enumerate(("a few", -3, None)):
            sheet.cell(FIRST_ROW + row, 5).value = value

    return changed(write_good(tmp_path / "return.xlsx", source=FULL), spoil).read_bytes()


def checked(name: str, content: bytes, language: str = "en") -> AppTest:
    """The page after a file was chosen and its check asked for."""
    app = opened("check", lang=language)
    app.file_uploader[0].set_value((name, content, "application/octet-stream")).run()
    app.button(key="check-run").click().run(timeout=90)
    assert not app.exception
    return app


def tables(app: AppTest) -> str:
    """What stands on the page as HTML of our own."""
    return "".join(element.proto.body for element in app.get("html"))


def test_faults_are_counted_listed_and_offered_as_two_files(live: Path, tmp_path: Path, leftovers: Path) -> None:
    app = checked("Улытау.xlsx", faulty_return(tmp_path))
    assert app.error[0].value == "3 faults must be corrected."
    assert app.text[0].value == "Улытау.xlsx"
    shown = tables(app)
    for code in ("V001", "V002", "V003"):
        assert f'<td class="text">{code}</td>' in shown
        assert t(f"problem.{code}.remedy", "en") in shown
    labels = [button.proto.label for button in app.get("download_button")]
    assert labels == [t("check_page.copy", "en"), t("check_page.list", "en")]


def test_a_file_without_faults_is_told_so_with_the_number_of_its_figures(
    live: Path, tmp_path: Path, leftovers: Path
) -> None:
    app = checked("figures.csv", figures(tmp_path))
    assert app.success[0].value == "No faults found. 1 figure was read."
    assert not app.get("download_button")


def test_after_the_check_the_file_is_forgotten_and_the_outcome_stays_in_every_language(
    live: Path, tmp_path: Path, leftovers: Path
) -> None:
    app = checked("return.xlsx", faulty_return(tmp_path))
    assert app.file_uploader[0].value is None
    for language in LANGUAGES:
        app.query_params["lang"] = language
        app.run()
        assert t("problem.V002.remedy", language) in tables(app)


def test_another_file_takes_the_outcome_of_the_one_before_away(live: Path, tmp_path: Path, leftovers: Path) -> None:
    app = checked("return.xlsx", faulty_return(tmp_path))
    app.file_uploader[0].set_value(("figures.csv", figures(tmp_path), "text/csv")).run()
    assert not app.error
    assert "V002" not in tables(app)


def test_a_check_leaves_nothing_behind_and_touches_no_data(live: Path, tmp_path: Path, leftovers: Path) -> None:
    data = live
    before = {path: path.stat().st_mtime_ns for path in data.rglob("*")}
    outcome = check(Upload("return.xlsx", faulty_return(tmp_path)), language="ru")
    assert len(outcome.faults) == 3
    assert list(leftovers.iterdir()) == []
    assert {path: path.stat().st_mtime_ns for path in data.rglob("*")} == before


def test_the_checks_do_not_see_where_the_data_are(leftovers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RISKMAP_DATA", "data-of-the-installation")
    monkeypatch.setenv("RISKMAP_OPERATOR", "somebody")
    seen = checking._surroundings(leftovers)
    assert seen["RISKMAP_DATA"] == str(leftovers / "data")
    assert "RISKMAP_OPERATOR" not in seen
    assert Path(seen["RISKMAP_SPREADSHEETS"]).is_absolute()


def test_the_copy_shows_the_faults_in_the_language_of_the_check(tmp_path: Path, leftovers: Path) -> None:
    outcome = check(Upload("return.xlsx", faulty_return(tmp_path)), language="ru")
    assert outcome.copy_name == "return.faults.xlsx"
    copy = load_workbook(BytesIO(outcome.copy))
    assert copy.sheetnames[0] == "Ошибки"
    assert "V002" in copy.worksheets[2].cell(FIRST_ROW + 1, 5).comment.text


def test_of_a_file_with_data_on_persons_there_is_no_copy(tmp_path: Path, leftovers: Path) -> None:
    outcome = check(Upload("list.csv", figures(tmp_path, note="ИИН 050101500003 050101500013")), language="en")
    assert any(fault.code.startswith("S") for fault in outcome.faults)
    assert not outcome.copy
    assert "0501015000" not in str(outcome)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("a.csv", b"", marks=pytest.mark.every_combination),
        ("a.xlsx", b"PK\x03\x04"),
        pytest.param("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", marks=pytest.mark.every_combination),
        pytest.param("a.parquet", b"PAR1PAR1", marks=pytest.mark.every_combination),
        ("a", os.urandom(999)),
    ],
)
def test_whatever_is_sent_is_answered(name: str, content: bytes, leftovers: Path) -> None:
    outcome = check(Upload(name, content), language="en")
    assert outcome.faults
    assert list(leftovers.iterdir()) == []


def test_a_check_that_takes_too_long_is_stopped_and_leaves_nothing(
    leftovers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = []

    class Watched(subprocess.Popen):  # type: ignore[type-arg]
        def __init__(self, *given: object, **named: object) -> None:
            super().__init__(*given, **named)  # type: ignore[call-overload]
            started.append(self)

    monkeypatch.setattr(subprocess, "Popen", Watched)
    monkeypatch.setattr(checking, "MOST_SECONDS", 0.1)
    with pytest.raises(CheckFailed) as failed:
        check(Upload("a.csv", b"a,b"), language="en")
    assert failed.value.key == "check_page.too_slow"
    assert [process.returncode for process in started] == [-9]
    assert list(leftovers.iterdir()) == []


def test_a_check_that_breaks_is_told_and_leaves_nothing(leftovers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "PROJECT", leftovers.parent)
    with pytest.raises(CheckFailed) as failed:
        check(Upload("a.csv", b"a,b"), language="en")
    assert failed.value.key == "check_page.failed"
    assert list(leftovers.iterdir()) == []


def test_where_too_many_files_are_checked_the_next_one_is_told_to_wait(
    leftovers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "_PATIENCE", 0.01)
    for _ in range(checking.MOST_AT_ONCE):
        assert checking._places.acquire(blocking=False)
    try:
        with pytest.raises(CheckFailed) as failed:
            check(Upload("a.csv", b"a,b"), language="en")
    finally:
        for _ in range(checking.MOST_AT_ONCE):
            checking._places.release()
    assert failed.value.key == "check_page.busy"


def test_every_reason_not_to_check_has_its_sentence(live: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(MAX_UPLOAD_MB.variable, "1")
    app = checked("large.csv", b"a" * 1_048_577)
    assert app.warning[0].value == t("check_page.too_large", "en", limit=1)


@pytest.mark.parametrize("period", ["\0", "--json", "2026-13", "last year"])
def test_a_period_that_is_none_is_told_before_anything_is_started(
    period: str, leftovers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(subprocess, "Popen")
    with pytest.raises(CheckFailed) as failed:
        check(Upload("a.csv", b"a,b", period=period), language="en")
    assert "2026-05" in t(failed.value.key, "en", **failed.value.values)
    assert all(parse_period(example) for example in checking.PERIODS.split(", "))


@pytest.mark.parametrize("region", ["\0", "--json", "111000000"])
def test_a_region_that_is_not_in_the_box_starts_nothing(
    region: str, leftovers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(subprocess, "Popen")
    with pytest.raises(CheckFailed):
        check(Upload("a.csv", b"a,b", region=region), language="en")


def test_a_period_that_is_none_is_told_on_the_page(live: Path, leftovers: Path) -> None:
    app = opened("check", lang="ru")
    app.file_uploader[0].set_value(("a.csv", b"a,b", "text/csv")).run()
    app.text_input(key="check-period").set_value("2026\0").run()
    app.button(key="check-run").click().run()
    assert not app.exception
    assert app.warning[0].value == t("check_page.wrong_period", "ru", examples=checking.PERIODS)


def test_what_a_killed_server_left_is_removed_and_nothing_else(leftovers: Path, tmp_path: Path) -> None:
    names = ("riskmap-check-abcdefg1", "riskmap-check-abcdefg2", "riskmap-check-mine", "riskmap-other1")
    old, new, mine, other = (leftovers / name for name in names)
    for folder in (old, new, mine, other, tmp_path / "kept"):
        folder.mkdir()
        (folder / "return.xlsx").write_bytes(b"figures")
    (old / "link").symlink_to(tmp_path / "kept")
    link, file = leftovers / "riskmap-check-abcdefg3", leftovers / "riskmap-check-abcdefg4"
    link.symlink_to(tmp_path / "kept")
    file.touch()
    long_ago = time.time() - 3700
    for path in (old, mine, other, file, tmp_path / "kept", link):
        os.utime(path, (long_ago, long_ago), follow_symlinks=False)
    checking._clear_leftovers(leftovers)
    assert set(leftovers.iterdir()) == {new, mine, other, link, file}
    assert (tmp_path / "kept" / "return.xlsx").exists()


def test_what_cannot_be_removed_stops_no_check(
    leftovers: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    old = leftovers / "riskmap-check-abcdefg1"
    old.mkdir()
    os.utime(old, (0, 0))
    monkeypatch.setattr(shutil, "rmtree", refuse)
    monkeypatch.setattr(checking, "_checked", lambda *_: None)
    with caplog.at_level(logging.WARNING), pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "TemporaryDirectory", lambda **_: nullcontext(str(leftovers)))
        check(Upload("a.csv", b"a,b"), language="en")
    assert "Permission denied" in caplog.text


def test_the_process_of_a_check_has_limits_of_its_own() -> None:
    script = (
        "import os, resource, riskmap.ui.check_process as process\n"
        "os.execv = lambda path, given: print(resource.getrlimit(resource.RLIMIT_AS)[0], *given[1:])\n"
        "process.main()\n"
        "assert len(os.sched_getaffinity(0)) <= process.MOST_CPUS"
    )
    ran = subprocess.run([sys.executable, "-c", script, "a", "--json"], cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.split() == [str(2 << 30), "-m", "etl", "check", "a", "--json"]


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\files\\Акмола 2022.xlsx", "Акмола 2022.xlsx"),
        ("..", "file"),
        ("", "file"),
        ("/", "file"),
        (".xlsx", "file.xlsx"),
        ("--json.csv", "--json.csv"),
        ("a\x00b\u202egnp.xlsx", "abgnp.xlsx"),
        ("Акмола\u00a0обл\n2022.xlsx", "Акмола обл 2022.xlsx"),
        ("a" * 300 + ".xlsx", "a" * 115 + ".xlsx"),
        ("Абай" * 100, "Абай" * 15),
    ],
)
def test_a_name_leads_to_no_other_folder(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@given(name=st.text(max_size=200))
def test_any_name_is_that_of_a_file_in_the_folder(name: str) -> None:
    safe = safe_name(name)
    assert Path(safe).name == safe
    assert safe not in ("", ".", "..")
    assert len(safe.encode()) <= 160
    assert safe.isprintable()


def fault(**values: object) -> Fault:
    usual: dict[str, object] = {"code": "V001", "severity": Severity.STOP, "sheet": "", "row": None, "column": ""}
    return Fault(**{**usual, "found": "", "expected": "", "candidates": (), **values})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({}, "the file as a whole"),
        ({"sheet": "R1", "row": 9, "column": "AB"}, "R1 · AB9"),
        ({"row": 9, "column": "area"}, "row 9 · column area"),
        ({"sheet": "R1"}, "R1"),
    ],
)
def test_a_place_is_named_as_a_spreadsheet_names_it(given: dict[str, object], place: str) -> None:
    assert line(fault(**given), "en")[0] == place


def test_areas_and_levels_are_told_by_name() -> None:
    told = fault(code="A003", found="110000000?", expected="region, district", candidates=("111000000",))
    assert line(told, "en")[3:5] == [
        "Akmola Region (110000000)?",
        "region, district or city; Kokshetau city (111000000)",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sentence_counts_each_kind(language: str) -> None:
    told = sentence([("stop", 2), ("ask", 0), ("note", 1)], language)
    assert told.count(";") == 1
    assert told.startswith("2 ")
    assert sentence([("stop", 0)], language) == t("check_page.no_fault", language)


def test_no_text_of_the_list_runs_as_a_formula() -> None:
    content = faults_csv([fault(found=FORMULA, sheet="=1")], "en").decode("utf-8-sig")
    header, row = csv.reader(StringIO(content))
    assert header[0] == "Severity"
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row)
    assert FORMULA in row[4]


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "", "many"])
def test_a_limit_that_cannot_be_meant_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(MAX_UPLOAD_MB.variable, text)
    with pytest.raises(WrongUsage):
        most_upload_mb()


def test_a_server_started_without_the_setting_takes_no_larger_files() -> None:
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert config["server"]["maxUploadSize"] == int(MAX_UPLOAD_MB.default)
