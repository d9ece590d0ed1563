"""What the operator reads: every fault complete, in each language, without a word key left in it."""

import json
import re

import pytest

from etl.report import error_document, error_text, print_json, print_problems, problem_document, problem_lines
from riskmap.domain.errors import Locked, Problem, PublishRefused, Severity, StorageFailed
from riskmap.domain.problems import PROBLEM_CODES
from riskmap.domain.vocabulary import LANGUAGES
from riskmap.words import t

PLACE = ("V001", "Abay Region.XLSX", "R2", 6, "G")
FULL = Problem(*PLACE, found="двенадцать", expected="0, 1, 2, …")


def test_a_fault_is_told_with_place_expected_found_and_remedy() -> None:
    assert problem_lines(FULL, "en") == [
        "V001 Abay Region.XLSX · sheet R2 · row 6 · column G",
        f"  {t('problem.V001.text', 'en')}",
        "  Expected: 0, 1, 2, …",
        "  Found: двенадцать",
        f"  What to do: {t('problem.V001.remedy', 'en')}",
    ]


def test_what_a_fault_does_not_have_is_left_out() -> None:
    assert problem_lines(Problem("F001", "a.csv"), "ru") == [
        "F001 a.csv",
        f"  {t('problem.F001.text', 'ru')}",
        f"  Что сделать: {t('problem.F001.remedy', 'ru')}",
    ]
    assert problem_lines(Problem("P001"), "en")[0] == "P001"


def test_a_note_is_marked_as_one() -> None:
    note = Problem("A007", "Almaty.XLSX", candidates=("750000000",), severity=Severity.NOTE)
    first, *rest = problem_lines(note, "en")
    assert first == "A007 (please note) Almaty.XLSX"
    assert "  Possible matches: Almaty city (750000000)" in rest


@pytest.mark.parametrize(
    ("problem", "line"),
    [
        (Problem("A003", candidates=("190000000", "750000000")), "  Possible matches: Almaty Region (190000000), "),
        (Problem("K002", candidates=("750000000",)), "  Area: Almaty city (750000000)"),
        (Problem("A005", expected="750000000"), "  Expected: Almaty city (750000000)"),
        (Problem("A002", expected="000000000"), "  Expected: Republic of Kazakhstan (000000000)"),
        (Problem("A006", expected="country, region"), "  Expected: country, region"),
        (Problem("A006", expected="district"), "  Expected: district or city"),
        (Problem("A004", expected="2022-06-08/.."), "  Expected: ≥ 2022-06-08"),
        (Problem("A004", expected="../2018-06-18"), "  Expected: ≤ 2018-06-18"),
        (Problem("L008", expected="area, district"), "  Expected: area, district"),
        (Problem("V006", expected="750000000"), "  Expected: 750000000"),
    ],
)
def test_areas_levels_and_days_are_in_words(problem: Problem, line: str) -> None:
    assert any(told.startswith(line) for told in problem_lines(problem, "en")), problem_lines(problem, "en")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", PROBLEM_CODES)
def test_every_fault_has_its_words_in_every_language(code: str, language: str) -> None:
    problem = Problem(code, "file.csv", "R1", 2, "B", "{found}", "region", ("750000000",), Severity.NOTE)
    lines = problem_lines(problem, language)
    assert len(lines) == 6
    assert not any(re.search(r"\b(problem|report|severity|level)\.\w", line) for line in lines)


def test_the_same_fault_reads_differently_in_each_language() -> None:
    assert len({tuple(problem_lines(FULL, language)) for language in LANGUAGES}) == len(LANGUAGES)


def test_notes_are_listed_and_not_counted_as_faults(capsys: pytest.CaptureFixture[str]) -> None:
    note = Problem("A007", severity=Severity.NOTE)
    print_problems([FULL, note], language="en", as_json=False)
    assert capsys.readouterr().out.splitlines()[-1] == "1 fault found"
    print_problems([note], language="en", as_json=False)
    assert capsys.readouterr().out.splitlines()[-1] == "No faults found"


def test_faults_as_json_are_one_document_with_all_fields(capsys: pytest.CaptureFixture[str]) -> None:
    print_problems([FULL], language="en", as_json=True)
    (problem,) = json.loads(capsys.readouterr().out)["problems"]
    assert problem == {
        "code": "V001",
        "file": "Abay Region.XLSX",
        "sheet": "R2",
        "row": 6,
        "column": "G",
        "found": "двенадцать",
        "expected": "0, 1, 2, …",
        "candidates": [],
        "severity": "stop",
        "text": t("problem.V001.text", "en"),
        "remedy": t("problem.V001.remedy", "en"),
    }


def test_codes_of_areas_stay_codes_in_json() -> None:
    document = problem_document(Problem("A005", expected="750000000", candidates=("190000000",)), "en")
    assert (document["expected"], document["candidates"]) == ("750000000", ("190000000",))


def test_letters_of_all_languages_are_written_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"name": "Өскемен"})
    assert "Өскемен" in capsys.readouterr().out


def test_a_letter_that_cannot_be_written_is_spelled_out(capsys: pytest.CaptureFixture[str]) -> None:
    print_problems([Problem("P002", found="2022\udcff")], language="en", as_json=False)
    assert r"Found: 2022\udcff" in capsys.readouterr().out


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_situation_is_a_sentence_with_its_values(language: str) -> None:
    assert "load, PID 7" in error_text(Locked(holder="load, PID 7"), language)
    storage = error_text(StorageFailed(path="/data/raw", detail="No space left on device"), language)
    assert "/data/raw" in storage
    assert "No space left on device" in storage
    refused = error_text(PublishRefused(reason="publish.refused.nothing_older"), language)
    assert "publish.refused" not in refused


def test_a_situation_as_json_has_a_stable_key() -> None:
    document = error_document(Locked(holder="load, PID 7"), "en")
    assert document == {"error": {"key": "error.locked", "text": error_text(Locked(holder="load, PID 7"), "en")}}
