"""Two sources for one cell: told where they differ, with both numbers, and never where they agree."""

from pathlib import Path

import pytest

from etl.accepted import accept
from etl.intake import Call, check_files
from etl.listing import MOST_LISTED
from etl.reconcile import disagreements
from etl.storage import lock
from geo.areas import regions
from riskmap.domain.errors import Problem, Severity
from tests.etl.conftest import Form, Run
from tests.etl.long_returns import return_row, write_table
from tests.etl.published import published_row, write_published

OFFENCES, ABAI, ASTANA = "offences_against_minors", "100000000", "710000000"


def load(path: Path) -> list[Problem]:
    """What is told when this file is accepted; forms are of 2022."""
    with lock("load"):
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
        file, severity, fault, *_ = outcome.out.splitlines()
        assert (file, severity.strip()) == ("figures.csv", "Please note: 1")
        assert fault.strip().startswith("K005 ")
        assert "Area: Abai Region (100000000)" in outcome.out


# --- returns


def test_a_return_that_differs_from_a_publication_is_told(data_folder: Path, tmp_path: Path) -> None:
    load(published(tmp_path, published_row(OFFENCES, ABAI, "2023", 39)))
    row = return_row(area=ABAI, period="2023", indicator=OFFENCES, value="40", invented="")
    (problem,) = load(write_table(tmp_path / "r.csv", [row]))
    assert {problem.found, problem.expected} == {"district_return: 40", f"published: 39 ({OFFENCES} 2023)"}


def test_an_invented_figure_disagrees_with_no_real_one(data_folder: Path, tmp_path: Path) -> None:
    load(published(tmp_path, published_row(OFFENCES, ABAI, "2023", 39)))
    row = return_row(area=ABAI, period="2023", indicator=OFFENCES, value="40", invented="true")
    assert load(write_table(tmp_path / "r.csv", [row])) == []


def test_a_source_without_a_number_disagrees_with_none(data_folder: Path, tmp_path: Path) -> None:
    load(published(tmp_path, published_row(OFFENCES, ABAI, "2023", 39)))
    row = return_row(area=ABAI, period="2023", indicator=OFFENCES, value="", status="not_reported", invented="")
    assert load(write_table(tmp_path / "r.csv", [row])) == []


def test_of_many_disagreements_the_first_are_listed_and_the_rest_is_counted(data_folder: Path, tmp_path: Path) -> None:
    keys = [(area.id, str(year)) for area in regions() for year in range(2000, 2022) if area.valid_from is None]
    load(published(tmp_path, *(published_row(OFFENCES, area, year, 1) for area, year in keys)))
    rows = [return_row(area=area, period=year, indicator=OFFENCES, value="2", invented="") for area, year in keys]
    told = load(write_table(tmp_path / "r.csv", rows))
    assert [problem.code for problem in told] == [*["K005"] * MOST_LISTED, "F008"]
    assert told[-1] == Problem("F008", found=f"K005: {len(keys) - MOST_LISTED}", severity=Severity.NOTE)
