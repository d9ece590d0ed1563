"""The figures of the sample country have the properties that its plan states, measured on the figures themselves."""

import csv
from pathlib import Path

import geopandas
import numpy as np
import pytest

from etl.demo.land import Flags, Numbers, apportioned
from etl.demo.plan import PLAN as PLAN_FILE
from etl.demo.plan import Cluster, is_counted, read_plan
from etl.demo.series import make_country
from geo.areas import areas, regions
from riskmap.domain.errors import CatalogueInvalid
from riskmap.domain.registry import catalogue, indicator
from riskmap.domain.vocabulary import ALL
from tests.conftest import ROOT
from tests.etl.demo_country import PLAN, SEED, country, districts, known, months, reporting, rows, total
from tests.etl.folders import SAMPLE

# The country is made once, by one process of the run.
EVENTS = [name for name, series in PLAN.series.items() if series.model == "events"]
PLAIN = [name for name in EVENTS if not PLAN.series[name].above]
RETURN = catalogue().sources["district_return"]


def published(name: str, period: str) -> dict[str, int]:
    with SAMPLE.open(encoding="utf-8", newline="") as file:
        found = [row for row in csv.DictReader(file) if (row["indicator"], row["period"]) == (name, period)]
    return {row["area"]: int(row["value"]) for row in found if row["breakdown"] == ALL}


def of_region(values: Numbers) -> dict[str, int]:
    sums = np.bincount(country().land.region, values)
    return {area.id: round(sums[number]) for number, area in enumerate(regions())}


def untouched(name: str) -> Flags:
    """Districts in which nothing was planted that moves this indicator; poor reporting and foundings aside too."""
    strange = {*PLAN.poor.areas}
    strange |= {area for c in PLAN.clusters if name in c.indicators for area in c.areas}
    strange |= {rise.area for rise in PLAN.rises if name in rise.indicators}
    strange |= {backlog.area for backlog in PLAN.backlogs if name in backlog.indicators}
    strange |= set(PLAN.silent.areas) if name in PLAN.silent.indicators else set()
    land = country().land
    founded = [area.id for row, area in enumerate(land.areas) if land.first[row] > 0]
    holders = [land.areas[land.holder[land.row[area]]].id for area in founded]
    return districts() & ~np.isin([area.id for area in land.areas], [*strange, *founded, *holders])


def test_the_same_seed_gives_the_same_figures_and_another_seed_others() -> None:
    again, other = make_country(PLAN, SEED), make_country(PLAN, SEED + 1)
    assert again.monthly.keys() == country().monthly.keys()
    assert all(np.array_equal(again.monthly[key], values) for key, values in country().monthly.items())
    assert all(np.array_equal(again.yearly[key], values) for key, values in country().yearly.items())
    assert sum(np.array_equal(other.monthly[key], values) for key, values in country().monthly.items()) == 0


def test_every_figure_that_the_return_may_hold_is_invented() -> None:
    fed = {item.id for item in catalogue().indicators.values() if RETURN.id in item.sources}
    assert {key[0] for key in (*country().monthly, *country().yearly)} == fed
    asked = {figure for sheet in RETURN.return_sheets for figure in sheet.figures}
    made = {":".join(key) if key[1] != ALL else key[0] for key in country().monthly}
    assert asked == made


def test_a_plan_without_a_series_that_the_return_asks_for_is_refused(tmp_path: Path) -> None:
    text = PLAN_FILE.read_text(encoding="utf-8").replace("[series.qr_coverage]", "[series.qr_codes]")
    (tmp_path / "country.toml").write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueInvalid) as refused:
        read_plan(tmp_path / "country.toml")
    assert [fault.split()[2] for fault in refused.value.faults] == ["qr_codes", "qr_coverage"]


def test_figures_add_up_to_the_published_ones_of_every_region() -> None:
    year = np.array([month.start.year == 2022 for month in PLAN.months])
    for name in ("offences_against_minors", "offences_by_minors"):
        assert known(name)[:, year][country().land.reports[:, year]].all()
        assert of_region(total(name)[:, year].sum(axis=1)) == published(name, "2022")
    at_end = country().people.years.index(2022)
    children = of_region(country().yearly["children_0_17", ALL, ALL][:, at_end])
    assert children == {area: n for area, n in published("children_0_17", "2022").items() if area in children}
    for month in range(PLAN.months[0].start.month + 3, 24):
        schools = of_region(total("schools")[:, month])
        assert schools == {area: n for area, n in published("schools", "2022/23").items() if area in schools}


def test_pupils_rounded_are_the_published_ones_of_the_country() -> None:
    for year in ("2022/23", "2023/24", "2025/26"):
        month = (int(year[:4]) - 2021) * 12
        assert round(total("pupils")[:, month].sum(), -5) == published("pupils", year)["000000000"]


def test_sums_of_shares_are_exact_and_every_part_gets_the_least() -> None:
    assert apportioned(10, np.array([1.0, 1.0, 1.0])).tolist() == [4, 3, 3]
    assert apportioned(7, np.array([0.0, 1.0, 1000.0]), least=2).tolist() == [0, 2, 5]


def test_parts_add_up_to_their_total_in_every_cell_as_sent_and_as_corrected() -> None:
    keys = reporting().keys
    for values in (reporting().values, reporting().first_values):
        for name in EVENTS:
            for cut in PLAN.series[name].parts:
                parts = [position for position, key in enumerate(keys) if key[:2] == (name, cut)]
                assert len(parts) == len(indicator(name).breakdowns[cut])
                assert np.array_equal(values[parts].sum(axis=0), values[keys.index((name, ALL, ALL))])


def test_registers_follow_those_placed_and_removed() -> None:
    for name, series in PLAN.series.items():
        if series.model == "register":
            placed, removed = (total(flow) for flow in indicator(name).balance)
            stock = total(name)
            expected = np.where(country().land.reports[:, :-1], stock[:, :-1], 0) + placed[:, 1:] - removed[:, 1:]
            assert np.array_equal(stock[:, 1:], expected)
            assert stock.min() >= 0 < stock.sum()


def test_nothing_is_more_than_all_of_it() -> None:
    bounded = [i for i in catalogue().indicators.values() if RETURN.id in i.sources and i.interval == "wilson"]
    for name in ["missed_lessons", *(item.id for item in bounded)]:
        assert (total(name) <= total(indicator(name).population)).all()
        assert total(name).sum() > 0
    assert (total("violence_cases") <= total("violence_reports")).all()
    by_age = [country().yearly[f"children_{ages}", ALL, ALL] for ages in ("14_17", "10_17", "0_17")]
    there = by_age[2] > 0
    assert (by_age[0] < by_age[1])[there].all()
    assert (by_age[1] < by_age[2])[there].all()
    assert there.sum() > 1300


def test_figures_are_whole_and_only_of_months_in_which_they_are_counted() -> None:
    for key, values in country().monthly.items():
        counted = np.array([is_counted(indicator(key[0]), month) for month in PLAN.months])
        assert np.array_equal(values[:, counted], np.round(values[:, counted]))
        assert np.array_equal(reporting().is_sent[reporting().keys.index(key)], country().land.reports & counted)
    assert not known("missed_lessons")[:, months(6, 7, 8)].any()
    assert known("lessons_due")[districts()][:, months(9)].mean() > 0.9
    assert total("lessons_due")[:, months(9, 5)][country().land.reports[:, months(9, 5)]].min() > 0


@pytest.mark.parametrize(
    ("name", "high", "low", "least"),
    [
        ("missed_lessons", (1, 2), (9, 5), 1.9),
        ("violence_cases", (4, 10), (1, 12), 1.5),
        ("offences_against_minors", (6, 7, 8), (12, 1, 2), 1.4),
        ("in_school_register_placed", (9, 10), (6, 7), 5.0),
    ],
)
def test_seasons_show(name: str, high: tuple[int, ...], low: tuple[int, ...], least: float) -> None:
    exposure = total("lessons_due") if name == "missed_lessons" else np.ones_like(total(name))
    inside = known(name)

    def level(*numbers: int) -> float:
        chosen = inside & months(*numbers)
        return float(total(name)[chosen].sum() / exposure[chosen].sum())

    assert level(*high) / level(*low) > least


@pytest.mark.parametrize("name", PLAIN)
def test_counts_scatter_as_the_stated_dispersion_says(name: str) -> None:
    """Method of moments: with expected counts m from the margins, k = sum of m^2 / (sum of squared errors - m)."""
    series = PLAN.series[name]
    counted = np.array([is_counted(indicator(name), month) for month in PLAN.months])
    values = total(name)[untouched(name)][:, counted]
    if series.per_month or series.calibrate:
        population = total(indicator(name).population) if series.per_month else np.ones_like(total(name))
        exposure = population[untouched(name)][:, counted]
    else:
        exposure = np.ones_like(values)
    expected = values.sum(axis=1, keepdims=True) * values.sum(axis=0, keepdims=True) / values.sum()
    if series.per_month:
        expected = exposure * (values.sum(axis=1) / exposure.sum(axis=1))[:, None]
        expected *= (values.sum(axis=0) / expected.sum(axis=0))[None, :]
    freedom = (values.shape[0] - 1) * (values.shape[1] - 1) / values.size
    surplus = ((values - expected) ** 2).sum() / freedom - expected.sum()
    # Where there is less than one event a month the estimate itself scatters: 20 % from seed to seed.
    assert (expected**2).sum() / surplus == pytest.approx(series.dispersion, rel=0.3 if values.mean() > 2 else 0.5)


@pytest.mark.parametrize("name", ["violence_cases", "helpline_appeals", "missed_lessons", "preventive_visits"])
def test_districts_differ_by_the_stated_sigma(name: str) -> None:
    population = indicator(name).population
    exposure = country().people.children if population == "children_0_17" else total(population)
    values, people = total(name)[untouched(name)].sum(axis=1), exposure[untouched(name)].sum(axis=1)
    noise = np.log(values / people)
    assert noise.std() == pytest.approx(PLAN.series[name].sigma, rel=0.25)


@pytest.mark.parametrize("cluster", PLAN.clusters, ids=lambda cluster: cluster.id)
def test_clusters_are_neighbours_on_the_map(cluster: Cluster) -> None:
    outlines = geopandas.read_file(ROOT / "geo/outlines/2024/districts.geojson").set_index("id").geometry
    reached, left = {cluster.areas[0]}, set(cluster.areas[1:])
    while near := {area for area in left if any(outlines[area].touches(outlines[other]) for other in reached)}:
        reached |= near
        left -= near
    assert not left


@pytest.mark.parametrize("cluster", PLAN.clusters, ids=lambda cluster: cluster.id)
def test_clusters_stand_out_by_the_stated_factor(cluster: Cluster) -> None:
    inside = np.isin([area.id for area in country().land.areas], cluster.areas)
    span = np.zeros(len(PLAN.months), dtype=bool)
    span[PLAN.position(cluster.first) : PLAN.position(cluster.last) + 1] = True
    for name in cluster.indicators:
        values, rest = total(name), untouched(name)
        counted = values.sum(axis=0) > 0
        before, during = ~span & counted, span & counted
        ratio = values[inside][:, during].sum() / values[inside][:, before].sum()
        ratio /= values[rest][:, during].sum() / values[rest][:, before].sum()
        assert ratio == pytest.approx(cluster.factor, rel=0.2)


def test_the_rise_begins_in_its_month_and_grows() -> None:
    (rise,) = PLAN.rises
    (name,) = rise.indicators
    counted = np.flatnonzero(total(name).sum(axis=0) > 0)
    last = counted[-len(rise.factors) :]
    assert PLAN.months[last[0]].start == rise.first
    row, rest = rows(rise.area), untouched(name)
    before = counted[: -len(rise.factors)]
    share = total(name)[row][:, before].sum() / total(name)[rest][:, before].sum()
    early, late = last[:3], last[3:]
    factor = [total(name)[row][:, part].sum() / total(name)[rest][:, part].sum() / share for part in (early, late)]
    assert 1.2 < factor[0] < factor[1]
    assert factor[1] == pytest.approx(np.mean(rise.factors[3:]), rel=0.35)


def test_silent_districts_hardly_record_anything_while_they_report() -> None:
    for name in PLAN.silent.indicators:
        silent = rows(*PLAN.silent.areas)
        others = untouched(name)
        exposure = total(indicator(name).population)
        rate = total(name)[others].sum() / exposure[others].sum()
        for row in silent:
            assert total(name)[row].sum() < 0.1 * rate * exposure[row].sum()
            assert known(name)[row].sum() > 40
            assert total("missed_lessons")[row].sum() > 0


def test_a_backlog_is_booked_in_one_month() -> None:
    (backlog,) = PLAN.backlogs
    for name in backlog.indicators:
        values = total(name)[country().land.row[backlog.area]]
        first, booked = PLAN.position(backlog.first), PLAN.position(backlog.booked)
        assert not values[first:booked].any()
        assert values[booked] > 3 * values[:first][values[:first] > 0].mean()


def test_the_change_of_the_law_shifts_the_level() -> None:
    for change in PLAN.breaks:
        day = PLAN.position(change.day.replace(day=1))
        assert any(version.since == change.day for version in indicator(change.indicator).definitions)
        values = total(change.indicator).sum(axis=0)
        # Twelve months on each side have the same season.
        ratio = values[day + 1 : day + 13].sum() / values[day - 12 : day].sum()
        trend = (1 + PLAN.series[change.indicator].trend) ** (13 / 12)
        assert ratio == pytest.approx(change.factor * trend, rel=0.1)


def test_districts_report_from_the_month_after_their_founding_and_their_land_was_counted_before() -> None:
    land = country().land
    for row, area in enumerate(land.areas):
        first = int(np.flatnonzero(land.reports[row])[0])
        if area.valid_from is None or area.valid_from < PLAN.first_month.replace(day=1):
            assert first == 0
        else:
            founded = area.valid_from
            month = PLAN.months[first].start
            assert (month.year, month.month) == (founded.year + founded.month // 12, founded.month % 12 + 1)
    row, holder = rows("104500000", "104600000")
    first = land.first[row]
    before, after = total("pupils")[holder, first - 1], total("pupils")[holder, first] + total("pupils")[row, first]
    assert before == pytest.approx(after, rel=0.01)


def test_nearly_all_districts_report_absence_every_month_and_most_of_them_all_year() -> None:
    reported = known("missed_lessons")[districts()]
    names = [area for area in areas().values() if area.kind == "district"]
    assert len(reported) == len(names) == 228
    for year in range(5):
        school = [year * 12 + month for month in range(9)]
        assert reported[:, school].all(axis=1).mean() >= 0.75
        if year == 4:
            assert (reported[:, school].mean(axis=0) >= 0.9).sum() >= 8
