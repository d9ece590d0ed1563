"""The published figures that ship with the product: of declared indicators, complete where they claim to be, true."""

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from riskmap.domain.registry import indicator, source
from riskmap.domain.vocabulary import ALL, COUNTRY, parse_period

ROOT = Path(__file__).resolve().parent.parent.parent

Row = dict[str, str]


def table(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


FIGURES = table(ROOT / "data" / "samples" / "published" / "figures.csv")
AREAS = {row["kato"]: row["name_ru"] for row in table(ROOT / "geo" / "reference" / "regions.csv")}
REGIONS = AREAS.keys() - {COUNTRY}
OF_FORM_1M = (
    "offences_against_minors",
    "offences_by_minors",
    "minors_held_liable",
    "child_victims",
    "suicides_minors",
    "suicide_attempts_minors",
)


def values(identifier: str, period: str, *, breakdown: str = ALL, category: str = ALL) -> dict[str, int]:
    """Area -> value of one indicator, period and category."""
    key = (identifier, period, breakdown, category)
    names = ("indicator", "period", "breakdown", "category")
    return {row["area"]: int(row["value"]) for row in FIGURES if tuple(row[name] for name in names) == key}


def test_every_figure_is_of_what_the_catalogue_declares() -> None:
    assert list(FIGURES[0]) == list(source("published").columns)
    for line, row in enumerate(FIGURES, start=2):
        item, period = indicator(row["indicator"]), parse_period(row["period"])
        assert period is not None, line
        assert (row["area_name"], row["unit"], period.code) == (AREAS[row["area"]], item.unit, row["period"]), line
        assert period.grain in source("published").grains, line
        assert row["category"] in {ALL: (ALL,), **item.breakdowns}[row["breakdown"]], line
        # What is not published by region may still be summed for the country.
        levels = {"country"} if row["area"] == COUNTRY else {"country", "region"}
        assert any(item.published(level, period.grain, row["breakdown"]) for level in levels), line


def test_every_figure_is_a_count_that_names_its_publication() -> None:
    for line, row in enumerate(FIGURES, start=2):
        assert re.fullmatch(r"\d+", row["value"]), line
        assert row["precision"] in ("exact", "rounded", "estimate"), line
        assert row["publication"], line
        assert re.fullmatch(r"https://[\w.-]+\.[a-z]+/\S+", row["publication_url"]), line
        if row["publication_date"]:
            day = date.fromisoformat(row["publication_date"])
            period = parse_period(row["period"])
            assert period is not None, line
            assert day >= period.start, line


def test_no_figure_is_given_twice() -> None:
    names = ("indicator", "area", "period", "breakdown", "category")
    assert max(Counter(tuple(row[name] for name in names) for row in FIGURES).values()) == 1


@pytest.mark.parametrize("identifier", OF_FORM_1M)
def test_form_1m_covers_every_region_and_nobody_summed_it(identifier: str) -> None:
    assert values(identifier, "2022").keys() == REGIONS


@pytest.mark.parametrize(
    ("identifier", "period", "regions"),
    [("schools", "2022/23", 20), ("residents", "2022", 20), ("residents", "2021", 14), ("residents", "2020", 14)],
)
def test_regions_are_complete_and_make_up_the_country(identifier: str, period: str, regions: int) -> None:
    found = values(identifier, period)
    country = found.pop(COUNTRY)
    assert len(found) == regions
    assert found.keys() <= REGIONS
    assert sum(found.values()) == country if regions == len(REGIONS) else sum(found.values()) < country


def test_regional_children_make_up_the_country_within_rounding() -> None:
    children = values("children_0_17", "2022")
    country = children.pop(COUNTRY)
    assert children.keys() == REGIONS
    assert all(value % 100 == 0 for value in children.values())
    assert sum(children.values()) <= country
    assert country - sum(children.values()) <= 50 * len(REGIONS)
    for area, residents in values("residents", "2022").items():
        assert 0.2 < values("children_0_17", "2022")[area] / residents < 0.45, area


def test_what_the_country_printed_is_never_less_than_its_regions_together() -> None:
    regional: dict[tuple[str, ...], int] = defaultdict(int)
    national = {}
    for row in FIGURES:
        key = (row["indicator"], row["period"], row["breakdown"], row["category"])
        if row["area"] == COUNTRY:
            national[key] = int(row["value"])
        else:
            regional[key] += int(row["value"])
    assert all(regional[key] <= value for key, value in national.items() if key in regional)


def test_no_region_is_broken_down_by_category() -> None:
    assert {row["area"] for row in FIGURES if row["breakdown"] != ALL} == {COUNTRY}


def test_appeals_by_channel_add_up_to_all_appeals() -> None:
    period = "2025-01..2025-11-06"
    channels = indicator("helpline_appeals").breakdowns["channel"]
    parts = [values("helpline_appeals", period, breakdown="channel", category=channel) for channel in channels]
    assert sum(part[COUNTRY] for part in parts) == values("helpline_appeals", period)[COUNTRY]


# What the table of facts calls them, in the order of OF_FORM_1M.
FACTS_OF_FORM_1M = (
    "offences_against_minors_registered",
    "offences_committed_by_or_with_minors_completed_cases",
    "minors_held_criminally_liable",
    "victims_minors",
    "suicides_minors",
    "suicide_attempts_minors",
)


@pytest.mark.parametrize(("fact", "identifier"), list(zip(FACTS_OF_FORM_1M, OF_FORM_1M, strict=True)))
def test_figures_of_form_1m_are_those_read_from_the_workbooks(
    fact: str, identifier: str, shared_file: Callable[[str], Path]
) -> None:
    codes = {row["name_en"]: row["kato"] for row in table(shared_file("reference/regions.csv"))}
    codes |= {"Jetisu Region": codes["Zhetisu Region"], "Kostanay Region": codes["Kostanai Region"]}
    read = {
        codes[row["area_name_en"]]: int(row["value"])
        for row in table(shared_file("reference/facts.csv"))
        if (row["indicator"], row["level"], row["period"]) == (fact, "region", "2022")
        and row["source_title"].startswith("Form No. 1-M")
    }
    assert len(read) == len(REGIONS)
    assert values(identifier, "2022") == read


def test_estimated_shares_of_children_lie_near_those_published_a_year_later(shared_file: Callable[[str], Path]) -> None:
    codes = {row["name_en"]: row["kato"] for row in table(shared_file("reference/regions.csv"))}
    children, residents = values("children_0_17", "2022"), values("residents", "2022")
    published = {
        codes[row["area_name_en"]]: float(row["value"])
        for row in table(shared_file("reference/facts.csv"))
        if row["indicator"] == "children_0_17_share_of_population" and row["level"] == "region"
    }
    assert len(published) == 3
    for area, share in published.items():
        assert 100 * children[area] / residents[area] == pytest.approx(share, abs=0.5), area
