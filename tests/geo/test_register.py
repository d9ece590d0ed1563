"""The tables of areas: what the real ones hold, and that a wrong row is refused with all others at once."""

import csv
import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from geo.register import Use, read_register
from geo.register_tables import REFERENCE, first_day
from riskmap.domain.errors import ReferenceInvalid


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    for name in ("regions", "districts", "changes", "aliases"):
        shutil.copy(REFERENCE / f"{name}.csv", tmp_path)
    return tmp_path


def edit(folder: Path, table: str, code: str, **values: str) -> None:
    """Change the first row of that code."""
    path = folder / f"{table}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    key = "new_kato" if table == "changes" else "kato"
    next(row for row in rows if row[key] == code).update(values)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def faults_of(folder: Path) -> str:
    with pytest.raises(ReferenceInvalid) as caught:
        read_register(folder)
    return "\n".join(caught.value.faults)


@pytest.mark.parametrize(
    ("text", "day"),
    [("2022-06-08", date(2022, 6, 8)), ("2022-12", date(2022, 12, 1)), ("2024", date(2024, 1, 1)), ("", None)],
)
def test_date_known_in_part_is_its_first_day(text: str, day: date | None) -> None:
    assert first_day(text) == day


def test_use_of_a_code_ends_before_its_last_day() -> None:
    use = Use("331000000", None, date(2022, 6, 8))
    assert use.holds(date(2022, 6, 7))
    assert not use.holds(date(2022, 6, 8))


@pytest.mark.parametrize(
    ("table", "code", "values", "fault"),
    [
        ("districts", "101000000", {"kato": "10100000"}, "kato is '10100000', expected nine digits"),
        ("districts", "101000000", {"kato": "101800000"}, "code 101800000 stands 2 times"),
        ("districts", "101800000", {"kato": "101010000"}, "four digits 1010 stand for 2 districts"),
        ("districts", "101000000", {"region": "110000000"}, "does not begin as its region 110000000"),
        ("districts", "101000000", {"region": "120000000"}, "region 120000000 is unknown"),
        ("districts", "101000000", {"unit": "city_district"}, "city_district cannot be part of oblast"),
        ("districts", "101000000", {"unit": "town"}, "unit is 'town'"),
        ("districts", "113400000", {"name_ru": "Aршалынский район"}, "expected a name in the letters of ru"),
        ("districts", "113400000", {"name_en": "Аrshaly District"}, "expected a name in the letters of en"),
        ("districts", "113400000", {"name_kk": ""}, "expected a name in the letters of kk"),
        ("districts", "113400000", {"name_kk": "Ақкөл ауданы"}, "Ақкөл ауданы stands 2 times"),
        ("districts", "113400000", {"area_km2": "-5"}, "is not in the country"),
        ("districts", "113400000", {"label_lon": ""}, "expected three numbers or none"),
        ("districts", "113400000", {"valid_from": "2019-04-31"}, "valid_from is '2019-04-31', expected a date"),
        ("districts", "113400000", {"valid_from": "2019"}, "113400000: valid_from is ['2019'], changes.csv says []"),
        ("districts", "111600000", {"valid_from": "2021-07-28"}, "changes.csv says ['2021-07-27']"),
        ("regions", "100000000", {"before": ""}, "101000000 is older than its region 100000000"),
        ("regions", "000000000", {"kato": "120000000"}, "the country 000000000 is missing"),
        ("changes", "111600000", {"kind": "born"}, "kind is 'born'"),
        ("changes", "111600000", {"date": ""}, "date is ''"),
        ("changes", "111600000", {"old_kato": "120000000"}, "old code 120000000 is unknown"),
        ("changes", "111600000", {"new_kato": "120000000"}, "new code 120000000 is unknown"),
        ("changes", "331000000", {"date": "2022-06-09"}, "191000000: stands for two areas on one day"),
        ("aliases", "270000000", {"kato": "120000000"}, "code 120000000 is unknown"),
        ("aliases", "270000000", {"lang": "kz"}, "lang is 'kz'"),
        ("aliases", "104500000", {"name": "Mаканчинский"}, "'Mаканчинский' is not in the letters of ru"),
    ],
)
def test_wrong_row_is_refused(tables: Path, table: str, code: str, values: dict[str, str], fault: str) -> None:
    edit(tables, table, code, **values)
    assert fault in faults_of(tables)


def test_all_faults_are_told_at_once(tables: Path) -> None:
    edit(tables, "districts", "101000000", unit="town")
    edit(tables, "districts", "113400000", name_kk="", area_km2="much")
    edit(tables, "aliases", "270000000", kind="slang")
    assert faults_of(tables).count("\n") == 3


def test_other_columns_are_refused(tables: Path) -> None:
    text = (tables / "aliases.csv").read_text(encoding="utf-8")
    (tables / "aliases.csv").write_text(text.replace("kato,name", "code,name", 1), encoding="utf-8")
    assert "aliases.csv: columns are" in faults_of(tables)


def test_row_with_a_value_too_many_is_refused(tables: Path) -> None:
    with (tables / "aliases.csv").open("a", encoding="utf-8") as file:
        file.write("270000000,Батыс,kk,spelling,,,,more\n")
    assert "has more or fewer values than columns" in faults_of(tables)


@pytest.mark.parametrize("layer", ["districts_2018", "districts_2024"])
def test_every_code_of_the_official_layers_is_known(shared_file: Callable[[str], Path], layer: str) -> None:
    document = json.loads(shared_file(f"reference/boundaries/{layer}.geojson").read_text(encoding="utf-8"))
    codes = {feature["properties"]["kato"] for feature in document["features"]}
    assert codes - read_register().uses.keys() == set()


def test_table_says_of_the_source_tables_what_they_say(shared_file: Callable[[str], Path]) -> None:
    known = read_register().areas
    for name in ("regions", "districts"):
        with shared_file(f"reference/{name}.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                area = known[row["kato"]]
                assert area.names == (row["name_kk"], row["name_ru"], row["name_en"])
                assert area.parent == row.get("region_kato", "000000000")
                assert area.unit == row["kind"]
