"""Real tables of regions: read by their declarations figure by figure, or refused for what is wrong with them.

The numbers to compare with were read in the files by eye.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from etl.intake import Call, check_files
from etl.staging import Checked
from riskmap.domain.errors import Severity
from tests.conftest import ROOT
from tests.etl.conftest import Run
from tests.etl.shapes.bureau import write_catalogue
from tests.etl.shapes.staged import Number, read

Shared = Callable[[str], Path]
TABLES: Final = "real/region_tables"
POPULATION: Final = "kazakhstan_respublikasy_halkyny1-v4.csv"
LONG: Final = "regions-age-sex.csv"
SCHOOLS: Final = "schools_2022_by_region.csv"
UNIVERSITIES: Final = "education-mcda_data.csv"
INNOVATION: Final = "bns_innovations_2022_kk.xls"
RUINED: Final = "sexual-harassment-under-16_data_imp.csv"
ENCODINGS: Final = ("utf-8", "utf-8-sig", "utf-16", "cp1251")

# Boys and girls: 348170 + 329639, and so on.
CHILDREN: Final = {
    "190000000": 677_809,
    "390000000": 186_332,
    "610000000": 799_717,
    "630000000": 333_409,
    "710000000": 351_925,
    "750000000": 463_505,
    "790000000": 365_820,
}
COUNTRY_CHILDREN: Final = 5_636_761
SCHOOLS_2022: Final = {"100000000": 318, "330000000": 349, "610000000": 1004, "620000000": 88, "750000000": 333}
ALL_SCHOOLS: Final = 7687
UNIVERSITIES_2022: Final[dict[str, float]] = {
    "students 190000000": 11_600,
    "students 750000000": 172_200,
    "students 310000000": 22_400,
    "institutions 610000000": 49,
    "teachers 610000000": 65_700,
    "research_inside 100000000": 3_996_654.8,
    "research_inside 620000000": 3_584,
    "research_outside 330000000": 1_812_348.3,
    "research_outside 590000000": 1_812_348.3,
    "research_outside 790000000": 1_979_614.18,
}
INNOVATION_2022: Final[dict[str, float | str]] = {
    "enterprises 100000000": 593,
    "enterprises 190000000": 1259,
    "enterprises 750000000": 7826,
    "innovative_enterprises 620000000": 15,
    "employees 630000000": 119_933,
    "income_grew:type:none 710000000": 59,
    "income_grew:type:more 100000000": 0,  # a dash
    "income_grew:type:half 750000000": 19,
    "innovation_costs 230000000": 606_527,
    "innovation_costs 100000000": 27_797.3,
    "own_research 270000000": 12_612.6,
    "outside_research 790000000": 0,  # a dash
}
WITHHELD: Final = "own_research 620000000"  # a Latin x


def table(shared_file: Shared, name: str) -> Path:
    return shared_file(f"{TABLES}/{name}")


def by_area(checked: Checked, figure: str) -> dict[str, Number]:
    assert not [problem for problem in checked.problems if problem.severity is not Severity.NOTE]
    return {area: number for (name, area, _), number in read(checked.staging.connection).items() if name == figure}


@pytest.mark.parametrize("name", [POPULATION, LONG])
def test_children_of_the_regions_are_added_up_from_boys_and_girls(shared_file: Shared, name: str) -> None:
    found = by_area(check_files([table(shared_file, name)], Call(period="2020")), "children_0_15")
    regions = {area: number for area, number in found.items() if area != "000000000"}
    assert CHILDREN.items() <= regions.items()
    assert len(regions) == 17
    assert sum(int(number) for number in regions.values()) == COUNTRY_CHILDREN
    assert found.get("000000000", COUNTRY_CHILDREN) == COUNTRY_CHILDREN


def test_schools_are_read_with_the_year_of_their_column(shared_file: Shared) -> None:
    checked = check_files([table(shared_file, SCHOOLS)], Call())
    found = by_area(checked, "schools")
    assert SCHOOLS_2022.items() <= found.items()
    assert (len(found), sum(int(number) for number in found.values())) == (20, ALL_SCHOOLS)
    assert {period for _, _, period in read(checked.staging.connection)} == {"2022/23"}


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(("name", "period"), [(POPULATION, "2020"), (LONG, "2020"), (SCHOOLS, None)])
def test_the_encoding_of_a_table_changes_nothing(
    shared_file: Shared, tmp_path: Path, name: str, period: str | None, encoding: str
) -> None:
    original = table(shared_file, name)
    copy = tmp_path / name
    copy.write_bytes(original.read_text(encoding="utf-8-sig").encode(encoding))
    checked = [check_files([path], Call(period=period)) for path in (original, copy)]
    assert checked[1].problems == checked[0].problems
    first, second = (read(one.staging.connection) for one in checked)
    assert first == second != {}


@pytest.mark.parametrize(
    ("name", "arguments", "codes"),
    [
        (POPULATION, ("--period", "2020"), []),
        (LONG, ("--period", "2020"), []),
        (SCHOOLS, (), []),
        (POPULATION, (), ["P001"]),
        (UNIVERSITIES, ("--period", "2022"), ["F004"]),
        (INNOVATION, ("--period", "2022"), ["F004"]),
        (RUINED, (), ["L023"]),
    ],
)
def test_the_command_line_reads_a_real_table_or_says_why_not(
    shared_file: Shared, data_folder: Path, run: Run, name: str, arguments: tuple[str, ...], codes: list[str]
) -> None:
    outcome = run("check", table(shared_file, name), *arguments, "--json")
    told = [fault["code"] for fault in outcome.document["problems"] if fault["severity"] != Severity.NOTE]
    assert (outcome.status, told) == (1 if codes else 0, codes)


def test_labels_that_were_continued_by_autofill_are_named(shared_file: Shared) -> None:
    (problem,) = check_files([table(shared_file, RUINED)], Call()).problems
    assert problem.code == "L023"
    assert (problem.row, problem.column) == (2, "A")
    assert problem.found.startswith("rape120, rape121, rape122")


# Figures that the product does not hold are read with a catalogue that does, in a process of its own.

_READ_WITH_OTHER_CATALOGUE: Final = """
import json, sys
from pathlib import Path
import riskmap.domain.registry as registry
registry.CATALOGUE = Path(sys.argv[1])
from etl.intake import Call, check_files
from tests.etl.shapes.staged import read_exact
checked = check_files([Path(sys.argv[2])], Call(period=sys.argv[3]))
problems = [[p.code, p.severity, p.sheet, p.row, p.column, p.found, p.expected] for p in checked.problems]
print(json.dumps([problems, read_exact(checked.staging.connection)]))
"""


@pytest.fixture(scope="module")
def read_otherwise(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path, str], Any]:
    """Reads a file with the catalogue of the Bureau: problems, and figures by figure and area."""
    folder = write_catalogue(tmp_path_factory.mktemp("bureau"))

    def call(path: Path, period: str) -> Any:
        arguments = [sys.executable, "-c", _READ_WITH_OTHER_CATALOGUE, str(folder), str(path), period]
        result = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, check=False)
        assert not result.returncode, result.stderr
        return json.loads(result.stdout)

    return call


def test_decimal_commas_per_cents_and_one_decimal_point_are_read(
    shared_file: Shared, read_otherwise: Callable[[Path, str], Any]
) -> None:
    problems, found = read_otherwise(table(shared_file, UNIVERSITIES), "2022")
    assert not [problem for problem in problems if problem[1] != Severity.NOTE]
    assert UNIVERSITIES_2022.items() <= found.items()
    assert len(found) == 5 * 20  # no per cents among them


def test_a_legacy_workbook_with_covers_and_marks_is_read(
    shared_file: Shared, read_otherwise: Callable[[Path, str], Any]
) -> None:
    problems, found = read_otherwise(table(shared_file, INNOVATION), "2022")
    assert not [problem for problem in problems if problem[1] != Severity.NOTE]
    assert INNOVATION_2022.items() <= found.items()
    assert not isinstance(found[WITHHELD], float)
    assert "V021" in {problem[0] for problem in problems}
