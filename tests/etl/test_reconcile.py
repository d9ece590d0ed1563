"""Two sources for one cell: told where they differ, with both numbers, and never where they agree."""

from pathlib import Path

import pytest

from etl.accepted import accept
from etl.intake import Call, check_files
from etl.reconcile import disagreements
from riskmap.domain.errors import Problem, Severity
from tests.etl.conftest import Form, Run
from tests.etl.published import published_row, write_published

OFFENCES, ABAI, ASTANA = "offences_against_minors", "100000000", "710000000"


def load(path: Path) -> list[Problem]:
    """What is told when this file is accepted; forms are of 2022."""
    checked = check_files([path], Call(period="2022"))
    assert checked.problems == ()
    return disagreements(accept(checked, received_by="operator"))


def published(tmp_path: Path, *rows: dict[str, str]) -> Path:
    return write_published(tmp_path / "figures.csv", rows)


@pytest.mark.parametrize("is_form_first", [False, True])
def test_a_form_that_differs_from_a_publication_is_told_with_both_numbers(
    data_folder: Path, tmp_path: Path, form: Form, is_form_first: bool
) -> None:
    paths = [published(tmp_path, published_row(OFFENCES, ABAI, "2022", 39)), form("Abay Region.xlsx", 38)]
    first, second = reversed(paths) if is_form_first else paths
    assert load(first) == []
    assert load(second) == [
        Problem(
            *("K005", "figures.csv", "", 2, "value"),
            found="published: 39",
            expected=f"form_1m: 38 ({OFFENCES} 2022)",
            candidates=(ABAI,),
            severity=Severity.NOTE,
        )
    ]


def test_large_numbers_are_written_in_full_and_a_breakdown_with_its_category(
    data_folder: Path, tmp_path: Path, form: Form
) -> None:
    load(form("Abay Region.xlsx", 38))
    row = published_row(OFFENCES, ABAI, "2022", 1_234_567, breakdown="type", category="crime")
    (problem,) = load(published(tmp_path, row))
    assert problem.expected == f"form_1m: 38 ({OFFENCES} 2022 type crime)"
    assert problem.found == "published: 1234567"


@pytest.mark.parametrize(("indicator", "period", "area"), [(OFFENCES, "2022", ASTANA), (OFFENCES, "2023", ABAI)])
def test_equal_numbers_and_other_cells_are_not_told(
    data_folder: Path, tmp_path: Path, form: Form, indicator: str, period: str, area: str
) -> None:
    load(published(tmp_path, published_row(OFFENCES, ABAI, "2022", 38), published_row(indicator, area, period, 99)))
    assert load(form("Abay Region.xlsx", 38)) == []


def test_a_corrected_publication_of_the_same_source_is_no_disagreement(data_folder: Path, tmp_path: Path) -> None:
    load(published(tmp_path, published_row(OFFENCES, ABAI, "2022", 39)))
    assert load(published(tmp_path, published_row(OFFENCES, ABAI, "2022", 40))) == []


def test_a_correction_that_makes_a_difference_is_told(data_folder: Path, tmp_path: Path, form: Form) -> None:
    load(published(tmp_path, published_row(OFFENCES, ABAI, "2022", 38)))
    assert load(form("Abay Region.xlsx", 38)) == []
    (problem,) = load(published(tmp_path, published_row(OFFENCES, ABAI, "2022", 39)))
    assert (problem.found, problem.expected) == ("published: 39", f"form_1m: 38 ({OFFENCES} 2022)")


def test_a_difference_that_was_corrected_is_not_told_again(data_folder: Path, tmp_path: Path, form: Form) -> None:
    load(published(tmp_path, published_row(OFFENCES, ABAI, "2022", 39)))
    assert len(load(form("Abay Region.xlsx", 38))) == 1
    assert load(published(tmp_path, published_row(OFFENCES, ABAI, "2022", 38))) == []


def test_a_load_of_something_else_does_not_repeat_an_old_difference(
    data_folder: Path, tmp_path: Path, form: Form
) -> None:
    load(published(tmp_path, published_row(OFFENCES, ABAI, "2022", 39)))
    assert len(load(form("Abay Region.xlsx", 38))) == 1
    assert load(form("Astana.xlsx", 5)) == []


@pytest.mark.parametrize("as_json", [False, True])
def test_load_tells_the_difference_and_is_done(
    data_folder: Path, tmp_path: Path, form: Form, run: Run, as_json: bool
) -> None:
    load(published(tmp_path, published_row(OFFENCES, ABAI, "2022", 39)))
    outcome = run("load", form("Abay Region.xlsx", 38), "--period", "2022", *(["--json"] if as_json else []))
    assert outcome.status == 0
    if as_json:
        assert outcome.codes == ["K005"]
    else:
        first, *rest = outcome.out.splitlines()
        assert first.startswith("K005 (please note) figures.csv")
        assert "  Area: Abai Region (100000000)" in rest
