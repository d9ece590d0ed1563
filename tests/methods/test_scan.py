import doctest
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmap.methods import scan
from riskmap.methods.refusals import Reason, Refused
from riskmap.methods.scan import Scan, great_circle_km, log_likelihood_ratio, prospective_scan, spatial_scan
from riskmap.methods.scan_windows import circles, highest_by_chance

AREAS = 30


def places(areas: int = AREAS, seed: int = 1) -> np.ndarray:
    place = np.random.default_rng(seed).uniform(size=(areas, 2))
    return np.asarray(np.hypot(*(place[:, None] - place).transpose(2, 0, 1)))


def found(*args: Any, **options: Any) -> Scan:
    answer = spatial_scan(*args, **options)
    assert isinstance(answer, Scan)
    return answer


def test_the_examples_in_the_docstrings_hold() -> None:
    outcome = doctest.testmod(scan)
    assert outcome.attempted >= 5
    assert outcome.failed == 0


def test_ratios_are_the_published_ones(shared_file: Callable[[str], Path]) -> None:
    case = json.loads(shared_file("cases/f1_scan_llr_single_window.json").read_text(encoding="utf-8"))
    windows = case["input"]["windows"]
    ratios = log_likelihood_ratio(
        [one["cases_in"] for one in windows],
        [one["expected_in"] for one in windows],
        total=case["input"]["cases_total"],
    )
    np.testing.assert_allclose(ratios, case["expected"]["llr_high_rate_scan"], rtol=1e-9)


def test_high_low_and_both_sides() -> None:
    assert log_likelihood_ratio(10, 15.2, total=400, rates="low") > 1
    assert log_likelihood_ratio(30, 15.2, total=400, rates="low") == 0
    assert log_likelihood_ratio(10, 15.2, total=400, rates="both") == log_likelihood_ratio(
        10, 15.2, total=400, rates="low"
    )
    assert log_likelihood_ratio(15.2, 15.2, total=400, rates="both") == 0


def test_none_and_all_of_the_cases_inside() -> None:
    assert log_likelihood_ratio(0, 5, total=20, rates="low") == pytest.approx(20 * np.log(20 / 15))
    assert log_likelihood_ratio(20, 5, total=20) == pytest.approx(20 * np.log(4))
    assert log_likelihood_ratio(3, 0, total=20) == np.inf
    assert log_likelihood_ratio(0, 0, total=20) == 0
    assert np.isnan(log_likelihood_ratio([np.nan, 3], [3, np.nan], total=20)).all()
    with pytest.raises(ValueError, match="cases must not exceed total"):
        log_likelihood_ratio(21, 5, total=20)


def by_hand(cases: np.ndarray, expected: np.ndarray, distances: np.ndarray, *, rates: str, share: float = 0.5) -> float:
    """The highest ratio of every circle, each told by its radius."""
    awaited = expected * cases.sum() / expected.sum()
    inside = np.concatenate([row <= np.unique(row)[:, None] for row in distances])
    small = inside[inside @ expected <= share * expected.sum() * (1 + 1e-12)]
    ratios = log_likelihood_ratio(small @ cases, small @ awaited, total=cases.sum(), rates=rates)  # type: ignore[arg-type]
    return float(ratios.max(initial=0))


@pytest.mark.parametrize("rates", ["high", "low", "both"])
@pytest.mark.parametrize("total", [25, 400, 20_000])
def test_the_highest_ratio_of_every_map_is_that_of_every_circle(rates: Any, total: int) -> None:
    random = np.random.default_rng(total)
    distances = np.round(places(), 1)  # many areas at the same distance
    expected = random.lognormal(0, 1, AREAS)
    expected *= total / expected.sum()
    near = circles(distances, expected, max_share=0.5)
    options = {"total": float(total), "rates": rates, "replications": 25}
    chance = highest_by_chance(near, [expected], random=np.random.default_rng(3), **options)
    maps = np.random.default_rng(3).multinomial(
        total, [*(expected / total), max(0, 1 - (expected / total).sum())], size=25
    )[:, :-1]
    np.testing.assert_allclose(
        chance, [by_hand(one.astype(float), expected, distances, rates=rates) for one in maps], rtol=1e-9, atol=1e-9
    )


@settings(max_examples=40)
@given(
    st.lists(st.integers(0, 30), min_size=AREAS, max_size=AREAS).filter(any), st.sampled_from(["high", "low", "both"])
)
def test_the_most_likely_cluster_has_the_highest_ratio_of_every_circle(cases: list[int], rates: Any) -> None:
    distances, expected = np.round(places(), 1), np.linspace(1, 9, AREAS)
    best = by_hand(np.array(cases, dtype=float), expected, distances, rates=rates)
    clusters = found(cases, expected, distances, rates=rates, replications=9).clusters
    if not clusters:
        assert best < 1e-9
        return
    assert clusters[0].log_likelihood_ratio == pytest.approx(best)
    top = clusters[0]
    radius = distances[top.centre, top.areas].max()
    assert set(top.areas) == set(np.flatnonzero(distances[top.centre] <= radius))
    assert top.cases == np.array(cases)[top.areas].sum()


def test_a_planted_cluster_is_found_with_its_risk() -> None:
    distances, expected = places(), np.full(AREAS, 20.0)
    members = np.argsort(distances[4])[:5]
    cases = np.where(np.isin(np.arange(AREAS), members), 44, 18)
    answer = found(cases, expected, distances)
    top = answer.clusters[0]
    assert set(top.areas) == set(members)
    assert top.p == 0.001
    assert top.is_high
    assert top.relative_risk == pytest.approx(44 / 18)
    assert answer.highest_by_chance.shape == (999,)
    lows = found(50 - cases, expected, distances, rates="both", replications=99).clusters
    assert not lows[0].is_high
    assert lows[0].relative_risk < 1


def test_secondary_clusters_share_no_area_and_follow_in_order() -> None:
    cases = np.random.default_rng(6).poisson(9, AREAS)
    clusters = found(cases, np.full(AREAS, 9.0), places(), rates="both", replications=99).clusters
    everyone = np.concatenate([one.areas for one in clusters])
    assert len(clusters) > 2
    assert len(everyone) == len(set(everyone))
    ratios = [one.log_likelihood_ratio for one in clusters]
    assert ratios == sorted(ratios, reverse=True)
    assert [one.p for one in clusters] == sorted(one.p for one in clusters)


def test_p_without_any_cluster_is_uniform() -> None:
    random = np.random.default_rng(12)
    distances, expected = places(15), np.linspace(2, 12, 15)
    p = [
        found(random.multinomial(100, expected / expected.sum()), expected, distances, replications=99, seed=k)
        .clusters[0]
        .p
        for k in range(120)
    ]
    assert np.mean(np.array(p) <= 0.05) <= 0.1
    assert 0.4 < np.mean(p) < 0.62


def test_the_unit_of_what_is_expected_makes_no_difference() -> None:
    cases, expected = np.random.default_rng(6).poisson(9, AREAS), np.linspace(1, 9, AREAS)
    one, other = (found(cases, factor * expected, places(), replications=99) for factor in (1, 1000))
    assert [c.p for c in one.clusters] == [c.p for c in other.clusters]
    np.testing.assert_allclose(one.highest_by_chance, other.highest_by_chance)


@settings(max_examples=20)
@given(st.randoms())
def test_the_order_of_the_areas_makes_no_difference_but_to_the_draw(random: Any) -> None:
    order = list(range(AREAS))
    random.shuffle(order)
    distances, cases = places(), np.random.default_rng(6).poisson(9, AREAS)
    expected = np.linspace(4, 12, AREAS)
    here = found(cases, expected, distances, replications=199).clusters[0]
    there = found(cases[order], expected[order], distances[np.ix_(order, order)], replications=199).clusters[0]
    assert set(np.array(order)[there.areas]) == set(here.areas)
    assert there.log_likelihood_ratio == pytest.approx(here.log_likelihood_ratio)
    # With the same seed other maps are drawn: p agrees only within the error of 199 maps.
    assert abs(there.p - here.p) < 0.25


def test_areas_at_the_same_distance_enter_together() -> None:
    # The four corners of a square around its centre.
    distances = np.ones((5, 5)) * 1.4
    distances[0, 1:] = distances[1:, 0] = 1
    np.fill_diagonal(distances, 0)
    near = circles(distances, np.ones(5), max_share=1)
    assert near.valid[0].tolist() == [True, False, False, False, True]
    assert near.valid[1].tolist() == [True, True, False, False, True]


def test_the_share_of_the_population_limits_the_circles() -> None:
    cases = np.full(AREAS, 10)
    cases[:20] = 30
    for share in (0.1, 0.3, 0.5):
        top = found(cases, np.full(AREAS, 10.0), places(), max_share=share, replications=9).clusters[0]
        assert len(top.areas) <= share * AREAS + 1e-9
    heavy = np.where(np.arange(AREAS) == 0, 1000.0, 1.0)
    limited = found(cases, np.full(AREAS, 10.0), places(), population=heavy, replications=9)
    assert not any(0 in one.areas for one in limited.clusters)


def test_fractional_cases_keep_their_total_and_their_ratio() -> None:
    cases, expected = np.random.default_rng(6).poisson(9, AREAS) + 0.25, np.linspace(4, 12, AREAS)
    answer = found(cases, expected, places(), replications=99)
    best = by_hand(cases, expected, places(), rates="high")
    assert answer.clusters[0].log_likelihood_ratio == pytest.approx(best)
    whole = found(np.round(cases), expected, places(), replications=99)
    assert np.median(answer.highest_by_chance) == pytest.approx(np.median(whole.highest_by_chance), rel=0.2)
    few = found(cases / 1000, expected, places(), replications=9)
    assert np.isfinite(few.highest_by_chance).all()


def test_the_same_seed_gives_the_same_maps() -> None:
    cases = np.random.default_rng(6).poisson(9, AREAS)
    first, again, other = (found(cases, np.full(AREAS, 9.0), places(), replications=99, seed=k) for k in (1, 1, 2))
    np.testing.assert_array_equal(first.highest_by_chance, again.highest_by_chance)
    assert (first.highest_by_chance != other.highest_by_chance).any()


def test_missing_areas_are_left_out_and_too_few_refused() -> None:
    cases, expected = np.random.default_rng(6).poisson(9, AREAS).astype(float), np.full(AREAS, 9.0)
    cases[3] = np.nan
    kept = np.arange(AREAS) != 3
    short = found(cases[kept], expected[kept], places()[np.ix_(kept, kept)], replications=99).clusters[0]
    whole = found(cases, expected, places(), replications=99).clusters[0]
    assert whole.areas.tolist() == np.flatnonzero(kept)[short.areas].tolist()
    assert whole.p == short.p
    cases[:4] = np.nan
    assert spatial_scan(cases, expected, places()) == Refused(Reason.TOO_FEW_AREAS)


def test_no_case_is_refused_and_nothing_unexpected_is_no_cluster() -> None:
    assert spatial_scan(np.zeros(AREAS), np.ones(AREAS), places()) == Refused(Reason.TOO_FEW_EVENTS)
    assert found(np.full(AREAS, 3), np.full(AREAS, 7.0), places(), replications=9).clusters == ()
    assert found([5], [3.0], [[0]], replications=9).clusters == ()


def test_what_cannot_be_scanned_is_refused() -> None:
    with pytest.raises(ValueError, match=r"cases need expected cases, found 2.0 at position \(1, 0\)"):
        spatial_scan([1, 2], [1, 0], [[0, 1], [1, 0]])
    with pytest.raises(ValueError, match="shapes do not fit"):
        spatial_scan([1, 2], [1, 2], [[0]])
    with pytest.raises(ValueError, match="max_share"):
        spatial_scan([1, 2], [1, 2], [[0, 1], [1, 0]], max_share=0)
    with pytest.raises(ValueError, match="may last up to 2 periods, found 3"):
        prospective_scan(np.ones((2, 3)), np.ones((2, 3)), [[0, 1], [1, 0]], max_periods=3)


def alive(*args: Any, **options: Any) -> Scan:
    answer = prospective_scan(*args, **options)
    assert isinstance(answer, Scan)
    return answer


def test_an_outbreak_of_the_last_months_is_found_with_its_length() -> None:
    random = np.random.default_rng(7)
    cases, members = random.poisson(5, (AREAS, 24)), np.argsort(places()[4])[:4]
    cases[members, -3:] += 12
    top = alive(cases, np.full((AREAS, 24), 5.0), places(), max_periods=6, replications=199).clusters[0]
    assert set(top.areas) == set(members)
    assert top.periods == 3
    assert top.p == 1 / 200
    past = cases[:, ::-1]
    ended = alive(past, np.full((AREAS, 24), 5.0), places(), max_periods=6, replications=199).clusters
    assert not ended or ended[0].p > 0.01


def test_one_period_of_all_is_the_spatial_ratio_of_the_last_against_the_whole_time() -> None:
    cases = np.random.default_rng(7).poisson(5, (AREAS, 4)).astype(float)
    expected = np.tile(np.linspace(2, 8, AREAS)[:, None], 4)
    top = alive(cases, expected, places(), max_periods=1, replications=9).clusters[0]
    scaled = expected * cases.sum() / expected.sum()
    c, e = cases[top.areas, -1].sum(), scaled[top.areas, -1].sum()
    assert top.log_likelihood_ratio == pytest.approx(float(log_likelihood_ratio(c, e, total=cases.sum())))
    assert top.expected == pytest.approx(e)


def test_a_season_in_what_is_expected_is_no_outbreak() -> None:
    random = np.random.default_rng(7)
    season = np.tile([2, 2, 2, 2, 2, 20], 4)
    cases = random.poisson(season, (AREAS, 24))
    adjusted = alive(cases, np.tile(season, (AREAS, 1)), places(), max_periods=2, replications=99).clusters[0]
    unadjusted = alive(cases, np.ones((AREAS, 24)), places(), max_periods=2, replications=99).clusters[0]
    assert adjusted.p > 0.05
    assert unadjusted.p == 0.01


def test_p_of_the_prospective_scan_without_any_outbreak_is_uniform() -> None:
    random = np.random.default_rng(12)
    distances = places(10)
    p = [
        alive(random.poisson(3, (10, 8)), np.ones((10, 8)), distances, replications=49, seed=k).clusters[0].p
        for k in range(100)
    ]
    assert 0.4 < np.mean(p) < 0.62


def test_distances_are_those_on_the_sphere() -> None:
    apart = great_circle_km([0, 0, 90], [0, 90, 45])
    np.testing.assert_allclose(apart, (1 - np.eye(3)) * 6371.0088 * np.pi / 2, rtol=1e-9)
