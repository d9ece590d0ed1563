"""Declared spreadsheets: those shipped hold together, and every contradiction of an own one is told."""

from pathlib import Path

import pytest

from riskmap.domain.errors import CatalogueInvalid
from riskmap.domain.registry import catalogue, spreadsheets
from riskmap.domain.settings import spreadsheet_folder

GOOD = """
source = "district_return"
[words.kk]
name = "Кесте"
[words.ru]
name = "Таблица"
[words.en]
name = "Table"
[area]
stands = ["column"]
[period]
stands = ["heading"]
[figure]
stands = ["heading"]
[[figures]]
figure = "schools"
names = ["Школ"]
"""


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the operator's own declarations."""
    monkeypatch.setenv("RISKMAP_SPREADSHEETS", str(tmp_path))
    return tmp_path


def test_own_declarations_stand_behind_the_shipped_ones(own: Path) -> None:
    (own / "mine.toml").write_text(GOOD, encoding="utf-8")
    assert list(spreadsheets()) == [*catalogue().spreadsheets, "mine"]


def test_the_folder_lies_in_the_data_folder_unless_it_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RISKMAP_SPREADSHEETS", raising=False)
    monkeypatch.setenv("RISKMAP_DATA", str(tmp_path))
    assert spreadsheet_folder() == tmp_path / "spreadsheets"
    monkeypatch.setenv("RISKMAP_SPREADSHEETS", str(tmp_path / "own"))
    assert spreadsheet_folder() == tmp_path / "own"


def test_without_a_folder_only_the_shipped_ones_are_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RISKMAP_SPREADSHEETS", str(tmp_path / "nothing"))
    assert spreadsheets() == catalogue().spreadsheets


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('source = "district_return"', 'source = "nobody"', "source 'nobody' is not declared"),
        ('source = "district_return"', 'source = "district_return"\ncolour = 1', "unknown key 'colour'"),
        ('stands = ["column"]', 'stands = ["cellar"]', "'cellar' is none of"),
        ('stands = ["column"]', 'stands = ["only"]', "area never stands in 'only'"),
        ('stands = ["column"]', "stands = []", "area: places are missing or named twice"),
        ('figure = "schools"', 'figure = "witches"', "feeds 'witches', which does not name this source"),
        ('names = ["Школ"]', "", "schools has neither a name nor a key"),
        ('names = ["Школ"]', 'names = ["Школ"]\nscale = 0', "scale 0 of schools"),
        (
            "[[figures]]",
            '[[shares]]\nnames = ["%"]\npart = "pupils"\n[[figures]]',
            "share of 'pupils', which is not read",
        ),
        ('name = "Table"', 'name = ""', "no word 'name' in en"),
    ],
)
def test_what_a_declaration_contradicts_is_told(own: Path, old: str, new: str, fault: str) -> None:
    (own / "mine.toml").write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CatalogueInvalid) as caught:
        spreadsheets()
    assert any(fault in told for told in caught.value.faults), caught.value.faults


def test_a_declaration_may_not_take_the_name_of_a_source(own: Path) -> None:
    (own / "district_return.toml").write_text(GOOD, encoding="utf-8")
    with pytest.raises(CatalogueInvalid) as caught:
        spreadsheets()
    assert caught.value.faults == ["spreadsheet district_return: a source has this id"]
