"""What the loader leaves behind of a file with data on single persons: its name, its size, the place; nothing else."""

import json
from pathlib import Path

import pytest

from tests.etl.conftest import Form, Outcome, Run
from tests.etl.folders import keeps_nothing_sent
from tests.etl.privacy_planted import FRAGMENTS, NUMBER, PERSON, PLACES, VALUES, part, plant, with_parts, words_of

# Every value in one text, so that each place is tried with all of them.
EVERYBODY = ", ".join(VALUES.values())


def _assert_no_trace(folder: Path, outcome: Outcome, *, sent: Path) -> None:
    """No value and no fragment in what was shown, nor in any file or file name beside the one that was sent."""
    texts = [outcome.out, outcome.err, *json.loads(f"[{outcome.out}]" if outcome.out.startswith("{") else "[]")]
    shown = words_of(" ".join(map(str, texts)).encode().decode("utf-8"))
    assert [fragment for fragment in FRAGMENTS if fragment in shown] == []
    for path in folder.rglob("*"):
        if path != sent:
            content = b"" if path.is_dir() else path.read_bytes()
            kept = words_of(f"{path.relative_to(folder)} {content.decode('utf-8', 'replace')}")
            assert [fragment for fragment in FRAGMENTS if fragment in kept] == []


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("options", [["check", "--json"], ["load"]], ids=" ".join)
def test_no_message_and_no_file_repeats_a_person_wherever_it_stood(
    tmp_path: Path, data_folder: Path, run: Run, place: str, options: list[str]
) -> None:
    path = plant(tmp_path / "свод.xlsx", place, EVERYBODY)
    outcome = run(options[0], path, "--area", "110000000", "--period", "2022", *options[1:])
    assert outcome.status == 1
    assert all(code in outcome.out for code in VALUES)
    assert not any((data_folder / kept).exists() for kept in ("raw", "accepted"))
    _assert_no_trace(tmp_path, outcome, sent=path)


@pytest.mark.parametrize("command", ["check", "load"])
def test_a_form_that_would_be_accepted_is_refused_for_what_its_properties_hold(
    tmp_path: Path, data_folder: Path, form: Form, run: Run, command: str
) -> None:
    path = form("Abay Region.xlsx")
    assert run("check", path, "--period", "2022", "--json").status == 0
    core = part(path, "docProps/core.xml")
    with_parts(
        path, {"docProps/core.xml": core.replace("</cp:coreProperties>", f"<a>{PERSON}</a></cp:coreProperties>")}
    )
    outcome = run(command, path, "--period", "2022", "--json")
    assert (outcome.status, outcome.codes) == (1, ["S003"])
    (problem,) = outcome.document["problems"]
    assert (problem["file"], problem["found"]) == ("Abay Region.xlsx", str(path.stat().st_size))
    _assert_no_trace(tmp_path, outcome, sent=path)
    assert keeps_nothing_sent(data_folder)


@pytest.mark.parametrize("name", [f"{PERSON}.xlsx", f"{NUMBER}.csv", "выдуманов_серік_нұрланұлы.txt"])
@pytest.mark.parametrize("exists", [True, False])
def test_the_name_of_a_file_is_shown_masked_whether_it_exists_or_not(
    tmp_path: Path, data_folder: Path, run: Run, name: str, exists: bool
) -> None:
    path = tmp_path / name
    if exists:
        path.write_text("area,value\n", encoding="utf-8")
    for options in (["check"], ["load", "--json"]):
        outcome = run(options[0], path, "--area", "110000000", "--period", "2022", *options[1:])
        assert outcome.status == 1
        _assert_no_trace(tmp_path, outcome, sent=path)


@pytest.mark.parametrize("encoding", ["utf-8", "cp1251", "utf-16", "koi8-r"])
def test_a_table_of_text_in_any_encoding_leaves_no_trace(
    tmp_path: Path, data_folder: Path, run: Run, encoding: str
) -> None:
    path = tmp_path / "список.csv"
    path.write_text("класс;ученик\n7;Выдуманов Иван Петрович\n7;061211600012\n", encoding=encoding)
    outcome = run("load", path, "--json")
    assert outcome.status == 1
    assert {"S002", "S003"} <= set(outcome.codes)
    _assert_no_trace(tmp_path, outcome, sent=path)
