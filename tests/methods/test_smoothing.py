import doctest
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import gamma

from riskmap.methods import smoothing
from riskmap.methods.refusals import Reason, Refused
from riskmap.methods.smoothing import (
    Prior,
    Smoothed,
    clayton_kaldor_prior,
    exceedance_probability,
    gamma_poisson,
    global_empirical_bayes,
    local_empirical_bayes,
    marshall_prior,
)

areas = st.lists(st.tuples(st.floats(0, 60), st.floats(1, 1e5)), min_size=1, max_size=15)
priors = st.builds(Prior, st.floats(0.01, 10), st.floats(1e-4, 10) | st.just(0.0))


@pytest.fixture(scope="module")
def carolina(shared_file: Callable[[str], Path]) -> Any:
    case = json.loads(shared_file("cases/c1_eb_global_nc_sids.json").read_text(encoding="utf-8"))
    return case, np.array(case["input"]["cases"], float), np.array(case["input"]["population"], float)


def smoothed(found: Smoothed | Refused) -> Smoothed:
    assert isinstance(found, Smoothed)
    return found


def fitted(found: Prior | Refused) -> Prior:
    assert isinstance(found, Prior)
    return found


def test_examples_in_the_docstrings_hold() -> None:
    outcome = doctest.testmod(smoothing)
    assert outcome.attempted >= 7
    assert outcome.failed == 0


def test_global_rates_and_moments_are_those_of_the_published_case(carolina: Any) -> None:
    case, events, births = carolina
    expected, tolerance = case["expected"], case["tolerance"]["rel"]
    found = smoothed(global_empirical_bayes(events, births, multiplier=1))
    np.testing.assert_allclose(found.value, expected["estmm"], rtol=tolerance)
    prior = fitted(marshall_prior(events, births))
    np.testing.assert_allclose((prior.variance, prior.mean), (expected["a"], expected["b"]), rtol=tolerance)


def test_the_gamma_prior_of_clayton_and_kaldor_is_that_of_another_package(carolina: Any) -> None:
    # R, package DCluster, empbaysmooth on the same data: nu 4.6307, alpha 4.3956.
    _, events, births = carolina
    prior = fitted(clayton_kaldor_prior(events, births * events.sum() / births.sum()))
    np.testing.assert_allclose((prior.shape, prior.rate), (4.6307, 4.3956), atol=5e-4)


def test_the_prior_of_clayton_and_kaldor_solves_their_equations(carolina: Any) -> None:
    _, events, births = carolina
    expected = births * events.sum() / births.sum()
    prior = fitted(clayton_kaldor_prior(events, expected))
    risk = (events + prior.shape) / (expected + prior.rate)
    assert prior.mean == pytest.approx(risk.mean(), rel=1e-8)
    spread = ((1 + prior.rate / expected) * (risk - risk.mean()) ** 2).sum() / (events.size - 1)
    assert prior.variance == pytest.approx(spread, rel=1e-8)


def test_the_posterior_mean_is_the_smoothed_rate(carolina: Any) -> None:
    _, events, births = carolina
    posterior = gamma_poisson(events, births, prior=fitted(marshall_prior(events, births)))
    np.testing.assert_allclose(posterior.value, smoothed(global_empirical_bayes(events, births)).value, rtol=1e-9)


@settings(max_examples=40)
@given(st.integers(0, 50), st.floats(0.01, 100), st.floats(0.1, 5), st.floats(0.01, 5), st.floats(0, 5))
def test_interval_and_exceedance_are_those_of_the_gamma_distribution(
    events: int, exposure: float, mean: float, variance: float, reference: float
) -> None:
    prior = Prior(mean, variance)
    truth = gamma(events + mean**2 / variance, scale=1 / (exposure + mean / variance))
    found = gamma_poisson(events, exposure, prior=prior, multiplier=1)
    np.testing.assert_allclose(
        (found.value, found.lower, found.upper), (truth.mean(), *truth.interval(0.95)), rtol=1e-6
    )
    above = exceedance_probability(events, exposure, prior=prior, reference=reference)
    assert above == pytest.approx(truth.sf(reference), rel=1e-6, abs=1e-9)


@settings(max_examples=40)
@given(areas)
def test_a_smoothed_rate_lies_between_the_areas_own_and_the_common_one(rows: list[tuple[float, float]]) -> None:
    events, people = np.array(rows).T
    found = smoothed(global_empirical_bayes(events, people, multiplier=1))
    own = events / people
    slack = 1e-9 * (own + found.mean)
    assert (found.value >= np.minimum(own, found.mean) - slack).all()
    assert (found.value <= np.maximum(own, found.mean) + slack).all()
    assert ((found.weight >= 0) & (found.weight <= 1)).all()


@settings(max_examples=40)
@given(areas, st.randoms())
def test_smoothing_does_not_depend_on_order_or_units(rows: list[tuple[float, float]], random: Any) -> None:
    order = list(range(len(rows)))
    random.shuffle(order)
    ring = [[(area + 1) % len(rows)] for area in range(len(rows))]
    moved = [[order.index((order[place] + 1) % len(rows))] for place in range(len(rows))]
    here, there = np.array(rows), np.array([rows[area] for area in order])
    for neighbours, others in ((None, None), (ring, moved)):
        one, other = (
            smoothed(
                global_empirical_bayes(*table.T * [[1], [scale]], multiplier=scale)
                if near is None
                else local_empirical_bayes(*table.T * [[1], [scale]], neighbours=near, multiplier=scale)
            )
            for table, near, scale in ((here, neighbours, 1), (there, others, 1000))
        )
        np.testing.assert_allclose(one.value[order], other.value, rtol=1e-6, atol=1e-12)


def test_areas_that_differ_less_than_by_chance_all_get_the_common_rate() -> None:
    events, people = np.array([9, 10, 11]), np.array([100, 100, 100])
    assert fitted(marshall_prior(events, people)).variance == 0
    assert fitted(clayton_kaldor_prior(events, [10, 10, 10])) == Prior(1, 0)
    found = smoothed(global_empirical_bayes(events, people, multiplier=100))
    np.testing.assert_allclose(found.value, 10)
    assert (found.weight == 0).all()


def test_a_prior_without_variance_leaves_one_answer() -> None:
    found = gamma_poisson([0, 7, np.nan], [5, 0, 5], prior=Prior(2, 0), multiplier=10)
    for array in (found.value, found.lower, found.upper):
        np.testing.assert_array_equal(array, [20, np.nan, np.nan])
    for reference, probability in ((1.9, 1), (2, 0), (2.1, 0)):
        assert exceedance_probability(3, 5, prior=Prior(2, 0), reference=reference) == probability


def test_an_area_without_events_is_drawn_above_nought() -> None:
    found = smoothed(global_empirical_bayes([0, 30, 5, 60], [1000] * 4))
    assert 0 < found.value[0] < found.mean[0]
    posterior = gamma_poisson(0, 1000, prior=Prior(0.02, 0.0004))
    assert 0 < posterior.lower < posterior.value < posterior.upper


@pytest.mark.parametrize(("events", "expected"), [([0, 0, 0], [0, 0, 0]), ([3], [30]), ([4, 4, 4], [40, 40, 40])])
def test_no_events_one_area_or_all_equal_give_the_common_rate(events: list[int], expected: list[float]) -> None:
    people = [10] * len(events)
    alone: list[list[int]] = [[]] * len(events)
    for found in (
        global_empirical_bayes(events, people, multiplier=100),
        local_empirical_bayes(events, people, neighbours=alone, multiplier=100),
    ):
        np.testing.assert_allclose(smoothed(found).value, expected)
    assert fitted(clayton_kaldor_prior(events, people)).variance == 0


def test_a_neighbourhood_includes_the_area_itself_once() -> None:
    events, people = [2, 8, 6, 1], [10, 10, 10, 10]
    for mine in ([1], [1, 0], [1, 1]):
        found = smoothed(local_empirical_bayes(events, people, neighbours=[mine, [0], [], []], multiplier=1))
        assert found.mean[0] == pytest.approx(0.5)
        assert found.value[0] == pytest.approx(0.5 + 0.04 / 0.09 * (0.2 - 0.5))


def test_an_island_is_drawn_to_all_areas() -> None:
    events, people = np.array([2, 8, 6, 1.0] * 5), np.full(20, 10.0)
    common = smoothed(global_empirical_bayes(events, people))
    neighbours: list[list[int]] = [[]] + [[1], [2]] + [[4]] * 17
    found = smoothed(local_empirical_bayes(events, people, neighbours=neighbours))
    np.testing.assert_array_equal(found.value[:2], common.value[:2])
    events[1] = np.nan
    without = smoothed(local_empirical_bayes(events, people, neighbours=[[1]] * 20))
    np.testing.assert_array_equal(without.value, smoothed(global_empirical_bayes(events, people)).value)


def test_deviations_are_taken_from_the_mean_of_the_area_in_the_middle() -> None:
    # R's spdep takes by default, for each neighbour, the deviation from the mean of that neighbour's own surroundings.
    events, people = np.array([2, 8, 30.0]), np.array([100.0, 100, 100])
    found = smoothed(local_empirical_bayes(events, people, neighbours=[[1], [0, 2], [1]], multiplier=1))
    rates, means = events / people, np.array([10 / 200, 40 / 300, 38 / 200])
    ours = ((rates[:2] - means[0]) ** 2).mean() - means[0] / 100
    theirs = ((rates[:2] - means[:2]) ** 2).mean() - means[0] / 100
    assert found.variance[0] == pytest.approx(ours)
    assert found.variance[0] != pytest.approx(theirs)


def test_missing_areas_stay_missing_and_too_many_refuse_the_map() -> None:
    events, people = np.array([3, np.nan, *range(18)], float), np.array([0, 10, *[20.0] * 18])
    found = smoothed(global_empirical_bayes(events, people))
    assert np.isnan(found.value[:2]).all()
    np.testing.assert_array_equal(found.value[2:], smoothed(global_empirical_bayes(events[2:], people[2:])).value)
    refused = Refused(Reason.TOO_FEW_AREAS)
    assert marshall_prior([1, np.nan], [5, 5]) == refused
    assert clayton_kaldor_prior([1, np.nan], [5, 5]) == refused
    assert global_empirical_bayes([1, np.nan], [5, 5]) == refused
    assert local_empirical_bayes([1, np.nan], [5, 5], neighbours=[[1], [0]]) == refused


def test_wrong_arguments_are_refused_by_name() -> None:
    with pytest.raises(ValueError, match="neighbours must be given for each of 2 areas, found 1"):
        local_empirical_bayes([1, 2], [5, 5], neighbours=[[1]])
    with pytest.raises(ValueError, match="neighbours must be positions from 0 to 1, found 2"):
        local_empirical_bayes([1, 2], [5, 5], neighbours=[[1], [2]])
    with pytest.raises(ValueError, match="events must not be negative"):
        global_empirical_bayes([-1, 2], [5, 5])
    with pytest.raises(ValueError, match="areas must lie on one axis"):
        marshall_prior([[1, 2]], [5, 5])
    with pytest.raises(ValueError, match="a prior of rates has mean and variance above 0"):
        Prior(0, 1)
    with pytest.raises(ValueError, match="a prior of rates"):
        Prior(np.nan, 0)
    with pytest.raises(ValueError, match="reference must be a number from 0 on, found nan"):
        exceedance_probability(1, 1, prior=Prior(1, 1), reference=np.nan)
    with pytest.raises(ValueError, match="confidence"):
        gamma_poisson(1, 1, prior=Prior(1, 1), confidence=95)


@given(priors, st.floats(0, 40), st.floats(0.1, 100))
def test_more_events_never_make_a_high_rate_less_likely(prior: Prior, events: float, exposure: float) -> None:
    fewer, more = exceedance_probability([events, events + 1], exposure, prior=prior, reference=1)
    assert 0 <= fewer <= more <= 1
