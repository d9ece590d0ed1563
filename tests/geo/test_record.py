"""Sets of outlines: which one a period is drawn with, and what is wrong with those of the operator."""

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from geo import record
from geo.areas import areas, districts_of, region_then, regions
from geo.record import Picture, current_set, drawn_set, is_redrawn, outline_sets
from riskmap.domain.areas import AreaKind
from riskmap.domain.errors import ReferenceInvalid
from riskmap.domain.vocabulary import COUNTRY

PAVLODAR, ALMATY_REGION, ABAI, TURKISTAN = "550000000", "190000000", "100000000", "610000000"
DISTRICTS = frozenset(area.id for area in areas().values() if area.kind is AreaKind.DISTRICT)
REGIONS = frozenset(area.id for area in regions())
OLD, NEW = date(2021, 10, 31), date(2025, 10, 31)


def there(ids: frozenset[str], on: date) -> frozenset[str]:
    return frozenset(area for area in ids if areas()[area].exists(on))


def district_map(on: date, within: str = COUNTRY) -> Picture:
    asked = DISTRICTS if within == COUNTRY else frozenset(area.id for area in districts_of(within))
    return Picture("district", within, asked, there(asked, on))


def vintage(picture: Picture, on: date) -> str:
    return drawn_set(picture, on=on).vintage


@pytest.fixture(autouse=True)
def own_folder(data_folder: Path) -> Path:
    """Where the operator's own sets are looked for; it does not exist yet."""
    return data_folder / "areas" / "outlines"


@pytest.fixture
def own_set(own_folder: Path) -> Callable[[str, str], Path]:
    """Put a copy of the latest outlines among the operator's own, beginning on another day."""

    def put(name: str, valid_from: str) -> Path:
        folder = own_folder / name
        shutil.copytree(record.SHIPPED / "2024", folder)
        told = json.loads((folder / record.RECORD_FILE).read_text(encoding="utf-8"))
        told |= {"vintage": name, "valid_from": valid_from, "credit": "Akimat of Pavlodar"}
        (folder / record.RECORD_FILE).write_text(json.dumps(told), encoding="utf-8")
        return folder

    return put


def test_districts_of_an_old_period_are_drawn_as_they_were() -> None:
    assert vintage(district_map(OLD), OLD) == "2018"
    assert vintage(district_map(NEW), NEW) == "2024"


def test_the_last_day_of_the_period_decides() -> None:
    first_day = date(2024, 1, 9)
    asked = district_map(date(2021, 12, 31), PAVLODAR)
    assert vintage(asked, date(2024, 1, 8)) == "2018"
    assert vintage(asked, first_day) == "2024"


def test_a_district_founded_since_is_drawn_within_another_where_it_has_figures() -> None:
    assert "111600000" in district_map(OLD).shown  # Kosshy, cut out of Tselinograd District in July 2021
    assert "111600000" not in outline_sets()[0].districts
    assert vintage(district_map(OLD, "110000000"), OLD) == "2018"


def test_regions_that_have_figures_of_years_before_them_are_drawn_on_the_outlines_of_today() -> None:
    then = frozenset(region for region in REGIONS if areas()[region].exists(OLD))
    assert len(then) == 17
    assert vintage(Picture("region", COUNTRY, REGIONS, then), OLD) == "2018"
    assert vintage(Picture("region", COUNTRY, REGIONS, then | {ABAI}), OLD) == "2024"


def test_districts_of_a_region_that_did_not_exist_or_was_larger_are_drawn_on_the_outlines_of_today() -> None:
    assert vintage(district_map(OLD, ABAI), OLD) == "2024"
    assert vintage(district_map(OLD, ALMATY_REGION), OLD) == "2024"
    assert vintage(district_map(OLD, PAVLODAR), OLD) == "2018"


def test_no_region_of_old_is_drawn_around_districts_that_have_left_it() -> None:
    year = date(2022, 12, 31)
    assert region_then("101000000", on=year) == ABAI
    assert "101000000" in outline_sets()[0].districts
    assert vintage(district_map(year), year) == "2024"


def test_a_period_before_all_sets_is_drawn_on_the_outlines_of_today() -> None:
    day = date(2017, 12, 31)
    assert vintage(Picture("region", COUNTRY, REGIONS, there(REGIONS, day)), day) == "2024"


def test_borders_of_another_time_than_that_of_the_period_are_told() -> None:
    assert not is_redrawn(current_set(), on=NEW)
    assert is_redrawn(current_set(), on=OLD)
    assert not is_redrawn(outline_sets()[0], on=OLD)


def test_a_set_of_the_operator_is_drawn_from_its_day_on(own_set: Callable[[str, str], Path]) -> None:
    own_set("2025", "2025-07-01")
    assert [one.vintage for one in outline_sets()] == ["2018", "2024", "2025"]
    drawn = drawn_set(district_map(NEW), on=NEW)
    assert (drawn.vintage, drawn.is_own, drawn.credit) == ("2025", True, "Akimat of Pavlodar")
    assert vintage(district_map(date(2025, 6, 30)), date(2025, 6, 30)) == "2024"


def test_a_set_of_the_operator_takes_the_place_of_the_one_that_begins_on_its_day(
    own_set: Callable[[str, str], Path],
) -> None:
    own_set("mended", "2024-01-09")
    assert current_set().vintage == "mended"


def test_a_set_that_begins_in_the_future_is_not_that_of_today(own_set: Callable[[str, str], Path]) -> None:
    own_set("later", "2999-01-01")
    assert current_set().vintage == "2024"


def test_a_set_without_a_first_day_is_the_oldest(own_set: Callable[[str, str], Path]) -> None:
    own_set("ever", "")
    day = date(2017, 12, 31)
    assert outline_sets()[0].vintage == "ever"
    assert vintage(Picture("region", COUNTRY, REGIONS, REGIONS), day) == "ever"


def damaged(folder: Path, kind: str) -> None:
    told = folder / record.RECORD_FILE
    match kind:
        case "a file is missing":
            (folder / record.REGIONS_FILE).unlink()
        case "the record is missing":
            told.unlink()
        case "a file was cut off":
            (folder / record.DISTRICTS_FILE).write_text('{"type":"FeatureCollection"', encoding="utf-8")
        case "the record is no JSON":
            told.write_text("{", encoding="utf-8")
        case "the record lacks a field":
            told.write_text("{}", encoding="utf-8")
        case "the day is none":
            told.write_text(told.read_text(encoding="utf-8").replace("2025-07-01", "summer"), encoding="utf-8")
        case "a file lies beside the sets":
            (folder.parent / record.DISTRICTS_FILE).write_text("{}", encoding="utf-8")


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("a file is missing", "regions.geojson is missing"),
        ("the record is missing", "outlines.json is missing"),
        ("a file was cut off", "districts.geojson is not the file"),
        ("the record is no JSON", "outlines.json cannot be read"),
        ("the record lacks a field", "outlines.json lacks vintage, valid_from, credit, shown_within, files"),
        ("the day is none", "summer"),
        ("a file lies beside the sets", "districts.geojson: outlines.json is missing"),
    ],
)
def test_what_is_wrong_with_a_set_of_the_operator_is_told(
    kind: str, told: str, own_set: Callable[[str, str], Path]
) -> None:
    damaged(own_set("2025", "2025-07-01"), kind)
    with pytest.raises(ReferenceInvalid) as refused:
        outline_sets()
    (fault,) = refused.value.faults
    assert told in fault
    assert "areas/outlines/" in fault


def test_all_faults_of_all_sets_are_told_at_once(own_set: Callable[[str, str], Path]) -> None:
    damaged(own_set("2025", "2025-07-01"), "a file is missing")
    damaged(own_set("2026", "2026-07-01"), "the record is missing")
    with pytest.raises(ReferenceInvalid) as refused:
        outline_sets()
    assert len(refused.value.faults) == 2


def test_two_own_sets_that_begin_on_one_day_are_a_contradiction(own_set: Callable[[str, str], Path]) -> None:
    own_set("first", "2025-07-01")
    own_set("second", "2025-07-01")
    with pytest.raises(ReferenceInvalid, match="2025-07-01"):
        outline_sets()


def test_a_set_that_is_mended_while_the_program_runs_is_seen(own_set: Callable[[str, str], Path]) -> None:
    folder = own_set("2025", "2025-07-01")
    regions_file = folder / record.REGIONS_FILE
    content = regions_file.read_bytes()
    regions_file.unlink()
    with pytest.raises(ReferenceInvalid):
        outline_sets()
    regions_file.write_bytes(content)
    assert current_set().vintage == "2025"
