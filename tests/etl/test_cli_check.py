"""The command check: every fault told, in every language, and nothing written but what is asked for."""

from pathlib import Path

import pytest

from riskmap.domain.vocabulary import LANGUAGES
from riskmap.words import t
from tests.etl.conftest import Form, Run
from tests.etl.folders import SAMPLE, content, table


def test_check_writes_nothing(data_folder: Path, run: Run, form: Form) -> None:
    assert run("check", SAMPLE, form("Abay Region.xlsx"), "--period", "2022").status == 0
    assert run("check", form("Abay Region.xlsx")).status == 1
    assert not data_folder.exists()


def test_check_leaves_a_filled_folder_as_it_is(live_folder: Path, run: Run) -> None:
    before = content(live_folder)
    assert run("check", table(live_folder)).status == 0
    assert content(live_folder) == before


def test_check_notes_what_is_already_accepted(live_folder: Path, run: Run) -> None:
    outcome = run("check", SAMPLE, "--json")
    assert (outcome.status, outcome.codes) == (0, ["P009", "K004"])
    assert {problem["severity"] for problem in outcome.document["problems"]} == {"note"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_fault_is_told_in_the_language_of_the_operator(
    data_folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    sentence = t("problem.F001.text", language)
    assert sentence in run("check", "nothing.csv", "--lang", language).out
    assert sentence in run("check", "nothing.csv", f"--lang={language}").out
    monkeypatch.setenv("RISKMAP_LANGUAGE", language)
    assert sentence in run("check", "nothing.csv").out


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_stops_a_call_is_told_in_the_language_of_the_operator_too(
    data_folder: Path, run: Run, language: str
) -> None:
    assert t("problem.F001.text", language) in run("load", "nothing.csv", "--lang", language).out
    assert t("publish.refused.nothing_older", language) in run("rollback", "--lang", language).err
    assert t("error.wrong_usage", language, detail="") in run("frobnicate", f"--lang={language}").err


def test_the_document_of_a_check_has_files_and_counts_beside_the_faults(
    data_folder: Path, run: Run, form: Form
) -> None:
    outcome = run("check", SAMPLE, form("nobody.xlsx"), "--period", "2022", "--json")
    document = outcome.document
    assert (outcome.status, document["counts"]) == (1, {"stop": 1, "ask": 0, "note": 1})
    assert [problem["severity"] for problem in document["problems"]] == ["stop", "note"]
    figures, nobody = document["files"]
    assert {"110000000", "000000000"} < set(figures.pop("regions"))
    assert "2022" in figures.pop("periods")
    assert figures == {"file": "figures.csv", "source": "published", "figures": 244, "annotated": None}
    nothing = {"figures": 0, "regions": [], "periods": [], "annotated": None}
    assert nobody == {"file": "nobody.xlsx", "source": None, **nothing}


def test_coloured_copies_are_made_of_faulty_files_only_and_never_of_data_on_persons(
    data_folder: Path, run: Run
) -> None:
    strange, persons = data_folder.parent / "strange.csv", data_folder.parent / "persons.csv"
    strange.write_text("a,b\n1,2\n", encoding="utf-8")
    persons.write_text("ФИО;ИИН\nИванов Иван Иванович;061211600012\n", encoding="utf-8")
    copies = data_folder.parent / "new" / "copies"
    outcome = run("check", SAMPLE, strange, persons, "nothing.csv", "--json", "--annotate", copies)
    annotated = {file["file"]: file["annotated"] for file in outcome.document["files"]}
    copy = str(copies / "strange.faults.xlsx")
    assert annotated == {"figures.csv": None, "strange.csv": copy, "persons.csv": None, "nothing.csv": None}
    assert [str(path) for path in copies.iterdir()] == [copy]
    assert not data_folder.exists()
    assert str(copies / "strange.faults (2).xlsx") in run("check", strange, "--annotate", copies).out


def test_a_copy_overwrites_nothing_and_follows_no_link(data_folder: Path, run: Run) -> None:
    work = data_folder.parent / "work"
    work.mkdir()
    strange, mended, precious = work / "strange.csv", work / "strange.faults.xlsx", work / "precious.txt"
    strange.write_text("a,b\n1,2\n", encoding="utf-8")
    mended.write_bytes(b"mended by hand")
    precious.write_bytes(b"precious")
    (work / "strange.faults (2).xlsx").symlink_to(precious)
    (work / "strange.faults (3).xlsx").symlink_to(work / "nowhere")
    before = {path.name for path in work.iterdir()}
    (file,) = run("check", strange, "--json", "--annotate", work).document["files"]
    assert Path(file["annotated"]) == work / "strange.faults (4).xlsx"
    assert Path(file["annotated"]).read_bytes().startswith(b"PK")
    assert (mended.read_bytes(), precious.read_bytes()) == (b"mended by hand", b"precious")
    assert {path.name for path in work.iterdir()} - before == {"strange.faults (4).xlsx"}


def test_copies_of_one_name_are_kept_apart_and_files_of_one_name_are_refused(data_folder: Path, run: Run) -> None:
    other = data_folder.parent / "other"
    other.mkdir()
    paths = [data_folder.parent / "a.csv", data_folder.parent / "a.txt", other / "a.csv"]
    for number, path in enumerate(paths):
        path.write_text(f"a,b\n1,{number}\n", encoding="utf-8")
    copies = data_folder.parent / "copies"
    files = run("check", *paths[:2], "--json", "--annotate", copies).document["files"]
    assert len({file["annotated"] for file in files} - {None}) == 2
    assert run("check", *paths, "--annotate", copies).status == 2


def test_without_the_record_nothing_of_the_data_folder_is_read(live_folder: Path, run: Run) -> None:
    for path in (live_folder / "accepted").iterdir():
        path.write_bytes(b"nothing of the kind")
    assert run("check", SAMPLE).status == 3
    outcome = run("check", SAMPLE, "--json", "--without-record")
    assert (outcome.status, outcome.codes) == (0, ["P009"])
