"""The guide to declarations of spreadsheets: complete, true, and enough for strangers."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from etl.intake import Call, check_files
from riskmap.domain.errors import Severity
from riskmap.domain.spreadsheets import Dimension, Meaning, SheetFigure, SheetShare, Spreadsheet, Stand
from tests.conftest import ROOT
from tests.etl.shapes.staged import differences, read
from tests.etl.shapes.stranger import Stranger
from tests.etl.shapes.strangers_bureau import OF_THE_BUREAU
from tests.etl.shapes.strangers_departments import OF_DEPARTMENTS

GUIDE = (ROOT / "docs" / "spreadsheets.md").read_text(encoding="utf-8")
STRANGERS = (*OF_THE_BUREAU, *OF_DEPARTMENTS)


def block(kind: str) -> str:
    """The first fenced block of a kind."""
    found = re.search(rf"^```{kind}\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
    assert found
    return found[1]


@pytest.fixture
def declarations(data_folder: Path) -> Path:
    """The folder of declarations of the operator's own."""
    folder = data_folder / "spreadsheets"
    folder.mkdir(parents=True)
    return folder


@pytest.mark.parametrize("kind", [Spreadsheet, Dimension, SheetFigure, SheetShare])
def test_every_key_of_a_declaration_stands_in_the_guide(kind: type) -> None:
    told = set(re.findall(r"`(\w+)`", "\n".join(re.findall(r"^\| (.+?) \|", GUIDE, re.MULTILINE))))
    told |= {"stands", "headings"} & set(re.findall(r"`(\w+)`", GUIDE))
    assert {field.name for field in fields(kind)} - {"id"} <= told


def test_every_place_and_every_meaning_stands_in_the_guide() -> None:
    told = set(re.findall(r"^\| `(\w+)` \|", GUIDE, re.MULTILINE))
    assert {str(place) for place in Stand} | {str(meaning) for meaning in Meaning} <= told


def test_the_example_of_the_guide_is_read_as_the_guide_says(declarations: Path, tmp_path: Path) -> None:
    stranger = Stranger("example", block("toml"), "учет.csv", {"": block("csv")}, block("text"))
    (declarations / "police_register_of_a_region.toml").write_text(stranger.declaration, encoding="utf-8")
    checked = check_files([stranger.write(tmp_path)], Call(stranger.id and "police_register_of_a_region"))
    assert not [problem for problem in checked.problems if problem.severity is not Severity.NOTE]
    assert not differences(stranger.numbers, read(checked.staging.connection))


@pytest.mark.parametrize("stranger", STRANGERS, ids=lambda stranger: stranger.id)
def test_a_stranger_who_has_read_the_guide_can_declare_a_new_spreadsheet(
    declarations: Path, tmp_path: Path, stranger: Stranger
) -> None:
    (declarations / f"{stranger.id}.toml").write_text(stranger.toml, encoding="utf-8")
    checked = check_files([stranger.write(tmp_path)], stranger.call)
    assert not [problem for problem in checked.problems if problem.severity is Severity.STOP]
    assert not differences(stranger.numbers, read(checked.staging.connection))
