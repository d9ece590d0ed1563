"""Real spellings: file names, published tables and lists of spellings, and our own tables against the rules."""

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from geo import names
from geo.areas import areas, resolve, resolve_region_from_filename, successor
from geo.register_tables import REFERENCE
from riskmap.domain.areas import Area, AreaKind
from riskmap.domain.errors import Problem
from riskmap.domain.vocabulary import LANGUAGES

AFTER = date(2024, 1, 1)
# Spellings for which the source lists one of several units that bear the name: for us they are ambiguous.
LISTED_ONCE = {"Jetysu", "Жетысу", "Aqtobe", "Jambyl", "Qaragandy", "Qostanai", "Qyzylorda", "Есиль", "SKO"}
# Names of the region abolished in 2018; the source gives the region that took most of it.
FORMER_REGION = ("южно", "ю-каз", "чимкентская", "оңтүстік", "south", "юко", "оқо")


def _table(name: str) -> list[dict[str, str]]:
    with (REFERENCE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def ids(answer: Area | Problem) -> str | tuple[str, tuple[str, ...]]:
    return answer.id if isinstance(answer, Area) else (answer.code, answer.candidates)


def test_police_files_are_told_apart_by_name(shared_file: Callable[[str], Path]) -> None:
    stems = [path.stem for path in shared_file("real/form_1m_2022").iterdir()]
    found = {stem: resolve_region_from_filename(stem) for stem in stems}
    assert [stem for stem, area in found.items() if isinstance(area, Problem)] == []
    assert len({ids(area) for area in found.values()}) == len(stems) == 14


@pytest.mark.parametrize(
    ("name", "column", "delimiter", "on", "unclear"),
    [
        ("kazakhstan_respublikasy_halkyny1-v4.csv", "region", ",", date(2020, 1, 1), {"Республика Казахстан"}),
        ("regions-age-sex.csv", "region", ",", date(2020, 1, 1), {"Республика Казахстан"}),
        ("schools_2022_by_region.csv", "Region", ",", date(2022, 12, 31), set()),
        ("education-mcda_data.csv", "--Region/City", ";", date(2022, 12, 31), {"Almaty"}),
    ],
)
def test_regions_of_published_tables_are_understood(
    shared_file: Callable[[str], Path], name: str, column: str, delimiter: str, on: date, unclear: set[str]
) -> None:
    with shared_file(f"real/region_tables/{name}").open(encoding="utf-8-sig", newline="") as file:
        texts = {row[column] for row in csv.DictReader(file, delimiter=delimiter)}
    found = {text: resolve(text, on=on, level=AreaKind.REGION) for text in texts}
    assert {text for text, area in found.items() if isinstance(area, Problem)} == unclear
    understood = [area.id for area in found.values() if isinstance(area, Area)]
    assert len(understood) == len(set(understood)) == len(texts) - len(unclear)


def test_every_alias_of_the_source_resolves_as_it_says(shared_file: Callable[[str], Path]) -> None:
    with shared_file("reference/aliases.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 8234
    assert [row["alias"] for row in rows if not _is_as_said(row)] == []


def _is_as_said(row: dict[str, str]) -> bool:
    text, area_id = row["alias"], row["kato"]
    on = AFTER if text.lower().removeprefix("обл. ").startswith(FORMER_REGION) else None
    answer = resolve(text, on=on)
    if "село Жетыген" in text:  # a city with the type word of a district: an artefact of the source
        return ids(answer) == area_id or ids(answer)[0] == "A002"
    if text in LISTED_ONCE:
        return isinstance(answer, Problem) and answer.code == "A003" and area_id in answer.candidates
    if row["ambiguous"] == "1":
        if ids(answer) != ("A003", tuple(sorted([area_id, *row["ambiguous_with"].split()]))):
            return False
    elif ids(answer) != area_id:
        return False
    if areas()[area_id].kind is not AreaKind.DISTRICT:
        return ids(resolve(text, on=on, level=AreaKind.REGION)) == area_id or text in (
            "Алматы",
            "Almaty",
            "Ақмола",
            "Акмола",
        )
    inside = resolve(text, region=areas()[area_id].parent)
    if row["ambiguous_in_region"] == "1":
        return isinstance(inside, Problem) and inside.code == "A003" and area_id in inside.candidates
    return ids(inside) == area_id


def test_no_alias_repeats_what_the_rules_of_spelling_give() -> None:
    rows = [row for row in _table("aliases") if not row["since"] and not row["until"]]
    assert len({(row["kato"], row["name"]) for row in rows}) == len(rows)
    for row in rows:
        area = areas()[row["kato"]]
        ruled = {names.core(area.name(lang, short=True), lang=lang) for lang in LANGUAGES}
        assert names.core(row["name"], lang=row["lang"]) not in ruled, row


def test_every_alias_leads_to_its_unit() -> None:
    for row in _table("aliases"):
        answer = resolve(row["name"], on=date(2026, 1, 1))
        found = {answer.id} if isinstance(answer, Area) else set(answer.candidates)
        assert row["kato"] in found or row["until"], row


def test_old_names_of_the_changes_lead_to_the_unit_of_today() -> None:
    renamed = [row for row in _table("changes") if row["kind"] == "rename"]
    assert len(renamed) == 9
    for row in renamed:
        (unit,) = successor(row["new_kato"], on=date(2020, 1, 1))
        assert resolve(row["old_name"]) == resolve(row["new_name"]) == unit
