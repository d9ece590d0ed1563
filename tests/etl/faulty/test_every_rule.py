"""Every rule has a bad file, and on it that rule fires and no other."""

from pathlib import Path
from typing import Final

import pytest

from etl.intake import Call, check_files
from etl.report import problem_words
from riskmap.domain.errors import Problem, Severity
from riskmap.domain.problems import RULES
from riskmap.domain.vocabulary import LANGUAGES
from riskmap.words import t
from tests.etl.faulty import FAULTY
from tests.etl.faulty.bench import FORM, RETURN, SUMMER_RETURN, Bench, write_sound
from tests.etl.faulty.sheets import SPREADSHEET
from tests.etl.faulty.whole_files import NUMBER
from tests.etl.long_returns import return_row

SECRETS: Final = (NUMBER, "Ахметов", "12.03.2011", "701 234")


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sound(tmp_path_factory.mktemp("sound"))


@pytest.fixture
def bench(tmp_path: Path, sound: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setenv("RISKMAP_DATA", str(tmp_path / "data"))
    folder = tmp_path / "sent"
    folder.mkdir()
    return Bench(folder, sound, monkeypatch)


def test_every_rule_has_a_bad_file() -> None:
    assert sorted(FAULTY) == sorted(RULES)


@pytest.mark.parametrize("code", RULES)
def test_the_bad_file_of_a_rule_is_told_by_its_code_alone(code: str, bench: Bench) -> None:
    case = FAULTY[code].build(bench)
    problems = list(case.problems())
    is_note = RULES[code].severity is Severity.NOTE
    told = {p.code for p in problems if is_note or p.severity is not Severity.NOTE}
    assert told == {code, *case.beside}, FAULTY[code].story
    mine = [problem for problem in problems if problem.code == code]
    assert {problem.severity for problem in mine} == {RULES[code].severity}
    assert case.place in [(problem.row, problem.column) for problem in mine]


@pytest.mark.parametrize("name", [FORM, RETURN, SUMMER_RETURN, SPREADSHEET])
def test_the_files_that_are_spoiled_are_sound(bench: Bench, name: str) -> None:
    period = "2022" if name == FORM else None
    assert check_files([bench.sound / name], Call(period=period)).problems == ()


def test_the_table_that_is_spoiled_is_sound(bench: Bench) -> None:
    assert check_files([bench.table(return_row())], Call()).problems == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_rules_are_told_in_the_same_words(language: str) -> None:
    texts = [problem_words(Problem(code), language)["text"] for code in FAULTY]
    assert sorted(set(texts)) == sorted(texts)


@pytest.mark.parametrize("code", [code for code in FAULTY if code.startswith("S")])
def test_of_a_person_nothing_is_told_but_the_kind_of_place(code: str, bench: Bench) -> None:
    (problem,) = [problem for problem in FAULTY[code].build(bench).problems() if problem.code == code]
    assert problem.found.isdecimal()
    for language in LANGUAGES:
        shown = problem_words(problem, language)
        assert shown["expected"] == t(problem.expected, language)
        assert not any(secret in " ".join(shown.values()) for secret in SECRETS)
