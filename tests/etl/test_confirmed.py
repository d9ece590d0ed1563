"""Faults that a person must decide on: refused until confirmed, and the decision is kept."""

import json
import stat
from pathlib import Path

import pytest
from openpyxl import load_workbook

from etl.confirmed import confirmed_codes, decide
from etl.listing import MOST_LISTED, listed
from etl.storage import loads
from riskmap.domain.errors import Problem, Severity, WrongUsage
from riskmap.domain.problems import RULES
from riskmap.domain.vocabulary import LANGUAGES
from riskmap.words import t
from tests.etl.conftest import Run
from tests.etl.plausible_returns import write_plausible
from tests.etl.returns import sheet_name

STOP, ASK, NOTE = Problem("V001", "a.xlsx"), Problem("V027", "a.xlsx"), Problem("L013", "a.xlsx")


@pytest.fixture
def hidden(data_folder: Path) -> Path:
    """A return with a hidden column of numbers, which only a person can judge."""
    path = write_plausible(data_folder.parent / "return.xlsx")
    book = load_workbook(path)
    book[sheet_name("schools")].column_dimensions["F"].hidden = True
    book.save(path)
    return path


def test_codes_are_given_in_lists_and_again_and_in_any_case() -> None:
    assert confirmed_codes(["v027,L025", " V031 "]) == {"V027", "L025", "V031"}
    assert confirmed_codes([]) == frozenset()


@pytest.mark.parametrize("code", [*(c for c, rule in RULES.items() if rule.severity is not Severity.ASK), "X1", ""])
def test_only_what_needs_a_decision_can_be_confirmed(code: str) -> None:
    with pytest.raises(WrongUsage) as refusal:
        confirmed_codes([f"V027,{code}"])
    assert "L025" in str(refusal.value.values["detail"])


def test_what_is_confirmed_is_no_longer_in_the_way_and_the_rest_is() -> None:
    decided = decide([ASK, NOTE], frozenset({"V027"}))
    assert (decided.open, decided.confirmed, decided.asked) == ((), (ASK,), ())
    decided = decide([ASK, NOTE], frozenset({"V031"}))
    assert (decided.open, decided.confirmed, decided.asked) == ((ASK,), (), ("V027",))
    decided = decide([STOP, ASK], frozenset())
    assert (decided.open, decided.asked) == ((STOP, ASK), ())


def test_a_fault_that_was_raised_to_one_that_stops_cannot_be_confirmed() -> None:
    raised = Problem("V027", severity=Severity.STOP)
    assert decide([raised], frozenset({"V027"})).open == (raised,)


def test_a_code_confirms_those_beyond_the_listed_ones_too() -> None:
    problems = listed([Problem("V027", row=row) for row in range(MOST_LISTED + 5)])
    assert problems[-1].code == "F008"
    assert decide(problems, frozenset({"V027"})).open == ()
    assert decide(problems, frozenset()).asked == ("V027",)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_load_that_needs_a_decision_is_refused_and_says_how_to_confirm(
    data_folder: Path, run: Run, hidden: Path, language: str
) -> None:
    outcome = run("load", hidden, "--lang", language)
    assert (outcome.status, loads()) == (1, [])
    assert t("load.asked", language, codes="L025") in outcome.out
    assert run("check", hidden, "--lang", language).status == 1


def test_a_confirmed_load_is_accepted_told_and_kept_with_who_and_when(
    data_folder: Path, run: Run, hidden: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RISKMAP_OPERATOR", "Айгүл")
    outcome = run("load", hidden, "--confirm", "V027", "--confirm", "l025,V031", "--json")
    assert (outcome.status, outcome.codes, outcome.document["confirmed"]) == (0, ["L025"], ["L025"])
    (load,) = loads()
    path = data_folder / "raw" / load / "confirmed.json"
    kept = json.loads(path.read_text(encoding="utf-8"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert (kept["confirmed_by"], kept["confirmed"][:2]) == ("Айгүл", "20")
    place = {"code": "L025", "file": "return.xlsx", "sheet": sheet_name("schools"), "row": None, "column": "F"}
    assert kept["problems"] == [{**place, "found": "", "expected": ""}]


def test_what_needs_no_decision_leaves_none_behind(data_folder: Path, run: Run) -> None:
    outcome = run("load", write_plausible(data_folder.parent / "return.xlsx"), "--confirm", "L025")
    assert (outcome.status, list(data_folder.rglob("confirmed.json"))) == (0, [])


def test_confirming_does_not_help_against_what_stops(data_folder: Path, run: Run, hidden: Path) -> None:
    book = load_workbook(hidden)
    book[sheet_name("schools")]["E7"] = "много"
    book.save(hidden)
    outcome = run("load", hidden, "--confirm", "L025", "--json")
    assert (outcome.status, set(outcome.codes)) == (1, {"V001", "L025"})
    assert run("load", hidden, "--confirm", "V001").status == 2
