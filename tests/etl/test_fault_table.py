"""The table of faults: everything an operator needs, on a terminal of any width and in a log."""

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from etl.fault_table import Look, count_line, fault_table, print_problems
from etl.terminal import display_width
from riskmap.domain.errors import Problem, Severity
from riskmap.domain.problems import PROBLEM_CODES
from riskmap.domain.vocabulary import LANGUAGES
from riskmap.words import t
from tests.conftest import ROOT

FULL = Problem("V001", "Abay Region.XLSX", "R2", 6, "G", found="двенадцать", expected="0, 1, 2, …")
ASKED = Problem("V027", "Abay Region.XLSX", "R2", 7, "H", found="300", expected="≤ 40")
NOTE = Problem("A007", "Abay Region.XLSX", candidates=("750000000",))
OTHER = Problem("F001", "b.csv")


def table(*problems: Problem, language: str = "en", width: int | None = None) -> list[str]:
    return fault_table(problems, Look(language, width))


def test_faults_stand_by_file_and_gravity_with_place_and_numbers_and_each_remedy_once() -> None:
    second = Problem("V001", "Abay Region.XLSX", "R2", 9, "G", found="x", expected="0, 1, 2, …")
    assert table(NOTE, ASKED, OTHER, FULL, second) == [
        "Abay Region.XLSX",
        "  The file is not accepted: 2",
        f"    V001  R2 · G6  {t('problem.V001.text', 'en')}",
        "                   Expected: 0, 1, 2, …",
        "                   Found: двенадцать",
        f"    V001  R2 · G9  {t('problem.V001.text', 'en')}",
        "                   Expected: 0, 1, 2, …",
        "                   Found: x",
        "  A decision is needed: 1",
        f"    V027  R2 · H7  {t('problem.V027.text', 'en')}",
        "                   Expected: ≤ 40",
        "                   Found: 300",
        "  Please note: 1",
        f"    A007           {t('problem.A007.text', 'en')}",
        "                   Possible matches: Almaty city (750000000)",
        "  What to do",
        f"    V001  {t('problem.V001.remedy', 'en')}",
        f"    V027  {t('problem.V027.remedy', 'en')}",
        f"    A007  {t('problem.A007.remedy', 'en')}",
        "",
        "b.csv",
        "  The file is not accepted: 1",
        f"    F001  {t('problem.F001.text', 'en')}",
        "  What to do",
        f"    F001  {t('problem.F001.remedy', 'en')}",
        "",
        "3 faults refuse their files · 1 fault needs a decision · 1 note",
    ]


def test_what_is_wrong_with_the_call_stands_under_a_heading_of_its_own() -> None:
    assert table(Problem("P001"))[0] == "All files together"


@pytest.mark.parametrize(
    ("problem", "place"),
    [
        (Problem("V001", "a.csv", row=7, column="value"), "row 7 · column value"),
        (Problem("V001", "a.csv", row=7, column="ID"), "row 7 · column ID"),
        (Problem("V001", "a.xlsx", "R1", 7, "AB"), "R1 · AB7"),
        (Problem("L025", "a.xlsx", "R1", column="AB"), "R1 · column AB"),
        (Problem("L001", "a.xlsx", "R1"), "R1"),
    ],
)
def test_a_cell_is_named_as_the_spreadsheet_does_and_a_column_by_its_heading(problem: Problem, place: str) -> None:
    assert f"    {problem.code}  {place}  {t(f'problem.{problem.code}.text', 'en')}" in table(problem)


@pytest.mark.parametrize(
    ("problem", "line"),
    [
        (Problem("A003", candidates=("190000000", "750000000")), "Possible matches: Almaty Region (190000000), "),
        (Problem("K002", candidates=("750000000",)), "Area: Almaty city (750000000)"),
        (Problem("A005", expected="750000000"), "Expected: Almaty city (750000000)"),
        (Problem("A002", expected="000000000"), "Expected: Republic of Kazakhstan (000000000)"),
        (Problem("A006", expected="country, region"), "Expected: country, region"),
        (Problem("A006", expected="district"), "Expected: district or city"),
        (Problem("A004", expected="2022-06-08/.."), "Expected: ≥ 2022-06-08"),
        (Problem("A004", expected="../2018-06-18"), "Expected: ≤ 2018-06-18"),
        (Problem("L008", expected="area, district"), "Expected: area, district"),
        (Problem("V006", expected="750000000"), "Expected: 750000000"),
    ],
)
def test_areas_levels_and_days_are_in_words(problem: Problem, line: str) -> None:
    assert any(told.strip().startswith(line) for told in table(problem)), table(problem)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", PROBLEM_CODES)
def test_every_fault_has_its_words_in_every_language(code: str, language: str) -> None:
    problem = Problem(code, "file.csv", "R1", 2, "B", "{found}", "region", ("750000000",), Severity.NOTE)
    lines = table(problem, language=language)
    assert len(lines) == 10
    assert not any(re.search(r"\b(problem|report|severity|level)\.\w", line) for line in lines)


@pytest.mark.parametrize(
    ("language", "numbers", "line"),
    [
        ("ru", (1, 0, 0), "1 ошибка не даёт принять файл"),
        ("ru", (2, 1, 0), "2 ошибки не дают принять файл · 1 ошибка требует решения"),
        ("ru", (5, 22, 21), "5 ошибок не дают принять файл · 22 ошибки требуют решения · 21 замечание"),
        ("kk", (5, 1, 0), "5 қате файлды қабылдауға кедергі · 1 қате бойынша шешім қажет"),
        ("en", (0, 0, 2), "No faults found · 2 notes"),
        ("en", (0, 0, 0), "No faults found"),
    ],
)
def test_the_numbers_at_the_end_have_the_forms_of_the_language(
    language: str, numbers: tuple[int, int, int], line: str
) -> None:
    kinds = zip(Severity, numbers, strict=True)
    problems = [Problem("V001", severity=severity) for severity, number in kinds for _ in range(number)]
    assert count_line(problems, language) == line


@pytest.mark.parametrize("width", [40, 57, 80, 132])
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_line_is_wider_than_the_terminal(language: str, width: int) -> None:
    long = Problem("L008", "очень длинное имя.xlsx", "Зорлық-зомбылық пен буллинг", 12, "AB", expected="ы" * 300)
    lines = table(FULL, ASKED, NOTE, long, language=language, width=width)
    assert max(map(display_width, lines)) <= width
    assert "".join("".join(lines).split()).count("ы") >= 300


def test_a_log_has_each_sentence_on_one_line() -> None:
    assert any(t("problem.F004.remedy", "ru") in line for line in table(Problem("F004", "a.csv"), language="ru"))


def test_what_comes_from_outside_cannot_steer_the_terminal() -> None:
    evil = Problem("V001", "a\x1b[2Jb.csv", "R\n1", 1, "A", found="\u202eгубящее\r\x07")
    text = "\n".join(table(evil))
    assert not re.search(r"[\x00-\x09\x0b-\x1f\u202e]", text)
    assert r"a\x1b[2Jb.csv" in text
    assert r"\u202eгубящее\r\x07" in text


def test_a_confirmed_fault_is_marked_and_counted_apart() -> None:
    lines = fault_table([ASKED, NOTE], Look("en"), confirmed=[ASKED])
    assert any(line.endswith(f"{t('problem.V027.text', 'en')} (confirmed)") for line in lines)
    assert lines[-1] == "1 note · 1 fault confirmed"


def test_faults_as_json_are_one_document_with_all_fields(capsys: pytest.CaptureFixture[str]) -> None:
    print_problems([FULL], language="en", as_json=True)
    document = json.loads(capsys.readouterr().out)
    assert document["counts"] == {"stop": 1, "ask": 0, "note": 0}
    assert document["problems"] == [
        {
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
    ]


def test_a_letter_that_cannot_be_written_is_spelled_out(capsys: pytest.CaptureFixture[str]) -> None:
    print_problems([Problem("P002", found="2022\udcff")], language="en", as_json=False)
    assert r"Found: 2022\udcff" in capsys.readouterr().out


# --- on a terminal


def on_terminal(folder: Path, **environment: str) -> str:
    """What a person sees of a check of a file that is not there, on a terminal of 60 columns."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "etl", "check", "нет.csv", "--lang", "ru"]
    given = {**os.environ, "RISKMAP_DATA": str(folder), "COLUMNS": "60", "TERM": "xterm", **environment}
    given = {name: value for name, value in given.items() if value}
    process = subprocess.Popen(command, stdout=theirs, stderr=theirs, cwd=ROOT, env=given)
    os.close(theirs)
    seen = b""
    try:
        while block := os.read(ours, 4096):
            seen += block
    except OSError:  # the other end is closed
        pass
    os.close(ours)
    assert process.wait(60) == 1
    return seen.decode()


def test_a_terminal_gets_colours_lines_of_its_width_and_no_trace_of_the_bar(tmp_path: Path) -> None:
    seen = on_terminal(tmp_path, NO_COLOR="")
    assert "\x1b[1mнет.csv\x1b[0m" in seen
    assert "[...................] 1/1 нет.csv" in seen
    shown = [re.sub(r"\x1b\[\d+m", "", line.split("\r")[-1]) for line in seen.replace("\r\n", "\n").split("\n")]
    assert max(map(display_width, shown)) <= 60
    assert shown[0].strip() == "нет.csv"


def test_colours_can_be_refused(tmp_path: Path) -> None:
    assert "\x1b" not in on_terminal(tmp_path, NO_COLOR="1")
