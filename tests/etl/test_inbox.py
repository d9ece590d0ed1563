"""The inbox: good files are taken in, faulty ones put aside with their reports, and no file is ever lost."""

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from etl.build import stage_build
from etl.inbox import SETTLED_AFTER, Fate, settled
from etl.intake import check_files
from etl.privacy.look import person_level
from etl.storage import builds, live, loads, lock
from geo.areas import regions
from riskmap.domain.errors import Problem
from riskmap.domain.vocabulary import LANGUAGES
from riskmap.words import t
from tests.conftest import ROOT
from tests.etl.conftest import Run
from tests.etl.plausible_returns import LONG_AGO, write_plausible
from tests.etl.returns import sheet_name

PERSONS = "ФИО;ИИН\nИванов Иван Иванович;061211600012\n"
ABAY = "100000000"


@pytest.fixture
def inbox(data_folder: Path) -> Path:
    path = data_folder / "inbox"
    path.mkdir(parents=True)
    return path


def put(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    os.utime(path, (LONG_AGO, LONG_AGO))
    return path


def edited(path: Path, cells: Mapping[str, object], *, hidden: str = "") -> Path:
    """A return of which cells of the sheet of schools were changed or a column hidden."""
    book = load_workbook(path)
    sheet = book[sheet_name("schools")]
    for cell, value in cells.items():
        sheet[cell] = value
    if hidden:
        sheet.column_dimensions[hidden].hidden = True
    book.save(path)
    os.utime(path, (LONG_AGO, LONG_AGO))
    return path


def files_of(folder: Path) -> dict[str, str]:
    """Every file below the inbox: its name and the folder in which it lies."""
    found = {path.name: path.parent.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    month = time.strftime("%Y-%m", time.gmtime())
    return {name: place.replace(month, "MONTH") for name, place in found.items()}


def fates(document: Mapping[str, Any]) -> dict[str, str]:
    return {file["file"]: file["outcome"] for file in document["files"]}


# --- one round


def test_good_files_are_taken_in_and_faulty_ones_put_aside_with_what_is_wrong(
    data_folder: Path, run: Run, inbox: Path
) -> None:
    write_plausible(inbox / "good.xlsx")
    edited(write_plausible(inbox / "bad.xlsx", region=ABAY), {"E7": "много"})
    put(inbox / "nobody.csv", "a,b\n1,2\n")
    outcome = run("inbox", "--json")
    assert (outcome.status, outcome.err) == (1, "")
    assert fates(outcome.document) == {"bad.xlsx": "faulty", "good.xlsx": "accepted", "nobody.csv": "faulty"}
    reports = (".report.txt", ".report.json")
    assert files_of(inbox) == {
        "good.xlsx": "done/MONTH",
        **{f"good.xlsx{ending}": "done/MONTH" for ending in reports},
        **{f"{name}{ending}": "faulty" for name in ("bad.xlsx", "nobody.csv") for ending in ("", *reports)},
        "bad.xlsx.faults.xlsx": "faulty",
        "nobody.csv.faults.xlsx": "faulty",
    }
    assert (len(loads()), len(builds()), live()) == (1, 1, None)
    assert [path.name for path in (data_folder / "raw" / loads()[0]).glob("*/*")] == ["good.xlsx"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_report_of_a_faulty_file_is_in_the_language_of_the_operator(
    data_folder: Path, run: Run, inbox: Path, language: str
) -> None:
    put(inbox / "nobody.csv", "a,b\n1,2\n")
    outcome = run("inbox", "--lang", language)
    text = (inbox / "faulty" / "nobody.csv.report.txt").read_text(encoding="utf-8")
    assert t("inbox.fate.faulty", language) in text
    assert t("problem.F004.text", language) in " ".join(text.split())
    assert f"nobody.csv  {t('inbox.fate.faulty', language)}" in outcome.out
    document = json.loads((inbox / "faulty" / "nobody.csv.report.json").read_text(encoding="utf-8"))
    assert (document["outcome"], document["annotated"]) == ("faulty", "nobody.csv.faults.xlsx")
    assert document["problems"][0]["text"] == t("problem.F004.text", language)


def test_what_is_accepted_is_published_where_asked_for(data_folder: Path, run: Run, inbox: Path) -> None:
    write_plausible(inbox / "good.xlsx")
    outcome = run("inbox", "--publish")
    assert (outcome.status, live()) == (0, builds()[-1])
    assert t("load.published", "en", files=1, figures=_figures(inbox), build=builds()[-1].name) in outcome.out


def _figures(inbox: Path) -> int:
    (report,) = inbox.rglob("good.xlsx.report.json")
    return int(json.loads(report.read_text(encoding="utf-8"))["figures"])


def test_an_empty_inbox_is_no_fault_and_changes_nothing(data_folder: Path, run: Run) -> None:
    outcome = run("inbox", "--publish")
    assert (outcome.status, loads(), builds()) == (0, [], [])
    assert t("inbox.empty", "en", folder=data_folder / "inbox") in outcome.out


def test_who_is_missing_is_told_by_name_and_in_part_by_number(data_folder: Path, run: Run, inbox: Path) -> None:
    for region in regions()[2:]:
        write_plausible(inbox / f"{region.id}.xlsx", region=region.id)
    outcome = run("inbox", "--lang", "ru", "--json")
    (owed,) = outcome.document["owed"]
    assert (owed["period"], owed["regions"], owed["reported"]) == ("2025-10", 20, 18)
    assert owed["missing"] == sorted(region.id for region in regions()[:2])
    names = sorted(region.name("ru") for region in regions()[:2])
    write_plausible(inbox / "again.xlsx", region=regions()[2].id, language="kk")
    told = run("inbox", "--lang", "ru").out
    assert f"Ничего не поступило: {', '.join(names)}" in told
    assert "18 из 20" in told


def test_a_region_of_which_some_districts_are_missing_is_told_with_numbers(
    data_folder: Path, run: Run, inbox: Path
) -> None:
    rows = [f"{area},2025-10,pupils,all,all,{number},,true" for area, number in (("101000000", 5), ("101800000", 7))]
    put(inbox / "part.csv", "area,period,indicator,breakdown,category,value,status,invented\n" + "\n".join(rows))
    outcome = run("inbox", "--json")
    (owed,) = outcome.document["owed"]
    assert owed["partly"] == {ABAY: [2, owed["partly"][ABAY][1]]}
    assert owed["partly"][ABAY][1] > 2


# --- what is left, and what may not be kept


def test_what_is_no_finished_file_is_left_where_it_is(data_folder: Path, run: Run, inbox: Path) -> None:
    for name in (".hidden.csv", "~$open.xlsx", "loading.xlsx.part", "x.tmp", "old.csv.report.txt"):
        put(inbox / name, "a,b\n")
    (inbox / "folder").mkdir()
    (inbox / "link.csv").symlink_to(put(data_folder.parent / "target.csv", "a,b\n"))
    before = sorted(path.name for path in inbox.iterdir())
    outcome = run("inbox", "--json")
    assert (outcome.status, fates(outcome.document)) == (0, {"folder": "strange", "link.csv": "strange"})
    assert sorted(path.name for path in inbox.iterdir()) == before


def test_a_file_that_is_still_being_written_waits(
    data_folder: Path, run: Run, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = check_files
    path = write_plausible(inbox / "slow.xlsx")

    def slow(*arguments: Any, **options: Any) -> Any:
        checked = real(*arguments, **options)
        path.write_bytes(path.read_bytes() + b"more")
        return checked

    with monkeypatch.context() as patch:
        patch.setattr("etl.inbox_round.check_files", slow)
        outcome = run("inbox", "--json")
    assert (outcome.status, fates(outcome.document), loads()) == (0, {"slow.xlsx": "changing"}, [])
    assert path.exists()


def test_a_file_changed_a_moment_ago_is_looked_at_twice(inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new, growing = (put(inbox / name, "a") for name in ("old.csv", "new.csv", "growing.csv"))
    for path in (new, growing):
        path.touch()
    waited = []

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        growing.write_text("more", encoding="utf-8")

    monkeypatch.setattr("etl.inbox.time.sleep", sleep)
    assert settled([old, new, growing])[0] == [old, new]
    assert 0 < waited[0] <= SETTLED_AFTER


def test_a_file_on_single_persons_is_put_aside_unread_and_nothing_of_it_is_kept(
    data_folder: Path, run: Run, inbox: Path
) -> None:
    put(inbox / "список 061211600012.csv", PERSONS)
    write_plausible(inbox / "good.xlsx")
    outcome = run("inbox")
    (kept,) = (path for path in (inbox / "faulty").iterdir() if path.suffix == ".csv")
    assert (outcome.status, stat.S_IMODE(kept.stat().st_mode)) == (1, 0o600)
    assert not list((inbox / "faulty").glob("*.faults.xlsx"))
    assert t("inbox.next.personal", "en") in (inbox / "faulty" / f"{kept.name}.report.txt").read_text(encoding="utf-8")
    others = [path for path in data_folder.rglob("*") if path.is_file() and path != kept]
    for secret in ("061211600012", "Иванов"):
        assert secret not in outcome.out + outcome.err
        assert not [path for path in data_folder.rglob("*") if secret in path.name]
        assert not [path for path in others if secret.encode() in path.read_bytes()]


# --- faults between files


def test_where_two_files_give_one_figure_neither_is_taken(data_folder: Path, run: Run, inbox: Path) -> None:
    write_plausible(inbox / "a.xlsx")
    write_plausible(inbox / "b.xlsx", language="kk")
    write_plausible(inbox / "c.xlsx", region=ABAY)
    outcome = run("inbox", "--json")
    assert fates(outcome.document) == {"a.xlsx": "faulty", "b.xlsx": "faulty", "c.xlsx": "accepted"}
    text = (inbox / "faulty" / "a.xlsx.report.txt").read_text(encoding="utf-8")
    assert "b.xlsx" in text


def test_what_needs_a_decision_is_taken_in_once_it_is_confirmed(data_folder: Path, run: Run, inbox: Path) -> None:
    edited(write_plausible(inbox / "ask.xlsx"), {}, hidden="F")
    outcome = run("inbox", "--json")
    assert (outcome.status, fates(outcome.document), loads()) == (1, {"ask.xlsx": "asked"}, [])
    report = (inbox / "faulty" / "ask.xlsx.report.txt").read_text(encoding="utf-8")
    assert "--confirm L025" in report
    (inbox / "faulty" / "ask.xlsx").rename(inbox / "ask.xlsx")
    assert run("inbox", "--confirm", "L025").status == 0
    assert (data_folder / "raw" / loads()[0] / "confirmed.json").exists()


# --- nothing is lost


def test_a_name_that_is_taken_gets_the_time_and_nothing_is_overwritten(
    data_folder: Path, run: Run, inbox: Path
) -> None:
    for text in ("a,b\n", "c,d\n", "e,f\n"):
        put(inbox / "same.csv", text)
        assert run("inbox").status == 1
    kept = {path.read_text(encoding="utf-8") for path in (inbox / "faulty").glob("same*.csv")}
    assert kept == {"a,b\n", "c,d\n", "e,f\n"}
    assert len(list((inbox / "faulty").glob("same*.csv.report.json"))) == 3


def test_one_file_that_breaks_the_program_does_not_keep_the_others(
    data_folder: Path, run: Run, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = check_files

    def breaking(paths: Any, *arguments: Any, **options: Any) -> Any:
        if any(path.name == "evil.csv" for path in paths):
            raise KeyError("evil")
        return real(paths, *arguments, **options)

    put(inbox / "evil.csv", "a,b\n")
    write_plausible(inbox / "good.xlsx")
    monkeypatch.setattr("etl.inbox_round.check_files", breaking)
    outcome = run("inbox", "--json")
    assert fates(outcome.document) == {"evil.csv": "broken", "good.xlsx": "accepted"}
    assert "builtins.KeyError" in (data_folder / "log" / "etl.log").read_text(encoding="utf-8")


def test_the_inbox_waits_for_its_turn(data_folder: Path, run: Run, inbox: Path) -> None:
    path = write_plausible(inbox / "good.xlsx")
    with lock("load"):
        assert run("inbox").status == 3
    assert path.exists()


def test_an_accepted_file_that_comes_again_is_done_with_a_note(data_folder: Path, run: Run, inbox: Path) -> None:
    path = write_plausible(inbox / "good.xlsx")
    copy = shutil.copy2(path, data_folder.parent / "copy.xlsx")
    assert run("inbox").status == 0
    shutil.copy2(copy, inbox / "again.xlsx")
    outcome = run("inbox", "--json")
    assert (outcome.status, fates(outcome.document), len(loads())) == (0, {"again.xlsx": "known"}, 1)
    assert outcome.document["files"][0]["problems"][0]["code"] == "K004"


KILLED = (
    ("etl.accepted", "_write_parquet", "after"),
    ("etl.inbox_round", "keep_faults", "after"),
    ("etl.inbox_round", "stage_build", "before"),
    ("etl.inbox_round", "annotate", "before"),
    ("etl.inbox_round", "put_away", "before"),
    ("etl.inbox_round", "put_away", "after"),
    ("etl.commands.inbox", "owed_lines", "before"),
)


@pytest.mark.parametrize(
    "points",
    [
        pytest.param(KILLED[:1] + KILLED[4:5], id="while accepting and while putting away"),
        pytest.param(KILLED, id="all", marks=pytest.mark.every_combination),
    ],
)
def test_a_call_killed_at_any_point_loses_no_file_and_the_next_one_ends_it(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch, points: tuple[tuple[str, str, str], ...]
) -> None:
    good = write_plausible(tmp_path / "good.xlsx")
    bad = put(tmp_path / "bad.csv", "a,b\n")
    folders = [tmp_path / str(number) for number in range(len(points))]
    for folder in folders:
        (folder / "inbox").mkdir(parents=True)
        for path in (good, bad):
            shutil.copy2(path, folder / "inbox")
    orders = [f"{folder} {' '.join(point)}" for folder, point in zip(folders, points, strict=True)]
    command_line = [sys.executable, "-m", "tests.etl.interrupted", "inbox", "--publish"]
    done = subprocess.run(
        command_line, input="\n".join(orders), capture_output=True, text=True, cwd=ROOT, check=True, timeout=300
    )
    assert [line for line in done.stderr.split("\n") if line.strip("-").isdigit()] == [str(int(signal.SIGKILL))] * len(
        points
    ), done.stderr
    for folder, point in zip(folders, points, strict=True):
        monkeypatch.setenv("RISKMAP_DATA", str(folder))
        for path in (good, bad):
            assert len(list((folder / "inbox").rglob(path.name))) == 1, point
        run("inbox", "--publish")
        places = files_of(folder / "inbox")
        assert (places["good.xlsx"], places["bad.csv"]) == ("done/MONTH", "faulty"), point
        assert {"good.xlsx.report.txt", "bad.csv.report.txt", "bad.csv.faults.xlsx"} <= set(places), point
        assert not [name for name in places if name.endswith(".part")], point
        assert (len(loads()), live()) == (1, builds()[-1]), point


def test_a_newer_file_that_came_under_the_same_name_meanwhile_is_left_for_the_next_call(
    data_folder: Path, run: Run, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, faulty = write_plausible(inbox / "a.xlsx"), put(inbox / "b.csv", "a,b\n1,2\n")
    real = stage_build

    def late(*arguments: Any, **options: Any) -> Path:
        build = real(*arguments, **options)
        write_plausible(path, region=ABAY)
        put(faulty, PERSONS)
        return build

    with monkeypatch.context() as patch:
        patch.setattr("etl.inbox_round.stage_build", late)
        outcome = run("inbox", "--json")
    assert fates(outcome.document) == {"a.xlsx": "changing", "b.csv": "changing"}
    assert [file["moved_to"] for file in outcome.document["files"]] == [None, None]
    assert files_of(inbox) == {"a.xlsx": ".", "b.csv": "."}
    assert fates(run("inbox", "--json").document) == {"a.xlsx": "accepted", "b.csv": "personal"}
    assert len(loads()) == 2


def test_a_file_that_changes_while_it_is_checked_does_not_keep_the_others(
    data_folder: Path, run: Run, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_plausible(inbox / "a.xlsx")
    write_plausible(inbox / "b.xlsx", region=ABAY)

    def late(looked_at: Path, **options: bool) -> list[Problem]:
        found = person_level(looked_at, **options)
        if looked_at == path and path.read_bytes() != PERSONS.encode():
            put(path, PERSONS)
        return found

    monkeypatch.setattr("etl.intake.person_level", late)
    assert fates(run("inbox", "--json").document) == {"a.xlsx": "changing", "b.xlsx": "accepted"}


def test_files_whose_names_are_masked_to_the_same_are_not_mixed_up(data_folder: Path, run: Run, inbox: Path) -> None:
    write_plausible(inbox / "otchet_202511200930.xlsx")
    put(inbox / "otchet_202511210915.xlsx", "no workbook")
    outcome = run("inbox", "--json")
    shown = "otchet_************"
    assert fates(outcome.document) == {f"{shown}.xlsx": "accepted", f"{shown} (2).xlsx": "faulty"}
    assert files_of(inbox)["otchet_202511210915.xlsx"] == "faulty"
    write_plausible(inbox / "otchet_202511220915.xlsx", region=ABAY)
    shutil.copy2(next(inbox.rglob("otchet_202511200930.xlsx")), inbox)
    outcome = run("inbox", "--json")
    assert fates(outcome.document) == {f"{shown}.xlsx": "known", f"{shown} (2).xlsx": "accepted"}


@pytest.mark.parametrize("name", [f"{'О' * 118}.xlsx", f"a.{'x' * 230}"])
def test_a_file_with_a_long_name_is_put_away_under_a_shorter_one(
    data_folder: Path, run: Run, inbox: Path, name: str
) -> None:
    put(inbox / name, "a,b\n")
    put(inbox / "я.csv", "a,b\n")
    assert list(fates(run("inbox", "--json").document).values()) == ["faulty", "faulty"]
    assert not [path for path in inbox.iterdir() if path.is_file()]
    assert len(list((inbox / "faulty").glob("*.report.json"))) == 2
    assert all(len(path.name.encode()) < 200 for path in inbox.rglob("*"))


def test_a_file_that_cannot_be_put_away_does_not_keep_the_others(
    data_folder: Path, run: Run, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.rename

    def full(path: Path, target: Path) -> Path:
        if path.name == "a.csv":
            raise OSError(28, "No space left on device", str(path))
        return real(path, target)

    for name in ("a.csv", "b.csv"):
        put(inbox / name, "a,b\n")
    monkeypatch.setattr(Path, "rename", full)
    assert fates(run("inbox", "--json").document) == {"a.csv": "unreadable", "b.csv": "faulty"}
    assert {name: place for name, place in files_of(inbox).items() if name.startswith("a.csv")} == {"a.csv": "."}


def test_a_coloured_copy_and_a_report_replace_no_other_file(data_folder: Path, run: Run, inbox: Path) -> None:
    (inbox / "faulty").mkdir()
    for name in ("r.csv.faults.xlsx", "s.csv.report.txt"):
        put(inbox / "faulty" / name, "what a person wrote")
    for name in ("r.csv", "s.csv"):
        put(inbox / name, "a,b\n")
    assert run("inbox").status == 1
    for name in ("r.csv.faults.xlsx", "s.csv.report.txt"):
        assert (inbox / "faulty" / name).read_text(encoding="utf-8") == "what a person wrote"
    for name in "rs":
        (moved,) = (inbox / "faulty").glob(f"{name}-*.csv")
        assert (inbox / "faulty" / f"{moved.name}.faults.xlsx").exists()


def test_every_outcome_has_its_words() -> None:
    for fate in Fate:
        assert len({t(f"inbox.fate.{fate}", lang, figures="1", detail="") for lang in LANGUAGES}) == len(LANGUAGES)


def test_a_log_has_a_line_for_each_file(data_folder: Path, run: Run, inbox: Path) -> None:
    put(inbox / "a.csv", "a,b\n")
    put(inbox / "b.csv", "c,d\n")
    assert run("inbox").err == "1/2 a.csv\n2/2 b.csv\n"
