import doctest
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import poisson

from riskmap.methods import funnel
from riskmap.methods.funnel import (
    ALARM,
    Funnel,
    Scores,
    Transformation,
    Trimming,
    chi_square_limits,
    exact_limits,
    overdispersed_limits,
    overdispersion,
    proportion_funnel,
    proportion_scores,
    rate_funnel,
    ratio_scores,
    score_limits,
)
from riskmap.methods.rates import garwood_limits, wilson_limits
from riskmap.methods.refusals import Reason, Refused

# UKHSA, PHEindicatormethods, test data of funnels of rates: events, then population and limit per 100,000 of each of
# the four curves, lower and upper at 95 %, lower and upper at 99.8 %, for three years around 116.1720835.
RATES = [
    (1, 1598.675694, 7.264481402, 2649.348525, 0.287087625),
    (5, 3348.002593, 465.8280129, 4721.370883, 212.14848),
    (10, 5276.757672, 1375.943768, 6924.776769, 849.4639547),
    (49, 18587.54012, 10401.37233, 21440.7871, 8659.019991),
    (1360, 411529.9259, 369759.5622, 424043.2424, 358342.3275),
]
# The same, funnels of proportions around 80.642448 %: denominator, limits at 95 % and at 99.8 %.
PROPORTIONS = [
    (1, 3.204264, 100, 0, 100),
    (14, 59.946223, 100, 48.011163, 100),
    (45, 69.098645, 92.186251, 62.441586, 98.843309),
    (598, 77.475765, 83.809131, 75.649608, 85.635287),
    (110000, 80.408963, 80.875933, 80.274317, 81.010578),
]

areas = st.lists(st.tuples(st.integers(0, 60), st.floats(10, 1e6)), min_size=1, max_size=12)


@pytest.fixture(scope="module")
def case(shared_file: Callable[[str], Path]) -> Callable[[str], Any]:
    return lambda name: json.loads(shared_file(f"cases/{name}.json").read_text(encoding="utf-8"))


def drawn(found: Funnel | Refused) -> Funnel:
    assert isinstance(found, Funnel)
    return found


def test_examples_in_the_docstrings_hold() -> None:
    outcome = doctest.testmod(funnel)
    assert outcome.attempted >= 10
    assert outcome.failed == 0


def test_curves_of_a_ratio_are_the_published_ones(case: Callable[[str], Any]) -> None:
    known = case("b1_funnel_poisson_limits")
    for level, name in zip(known["input"]["levels"], ("95", "998"), strict=True):
        found = chi_square_limits(known["input"]["expected"], target=known["input"]["target"], confidence=level)
        expected = (known["expected"][f"ll{name}"], known["expected"][f"ul{name}"])
        np.testing.assert_allclose(found, expected, atol=known["tolerance"]["abs"])


@pytest.mark.parametrize(
    ("name", "transformation", "trimming"),
    [
        ("SHMI_truncated", Transformation.LOGARITHM, Trimming.TRUNCATED),
        ("CQC_winsorised", Transformation.SQUARE_ROOT, Trimming.WINSORISED),
    ],
)
def test_overdispersion_is_the_published_one(
    case: Callable[[str], Any], name: str, transformation: Transformation, trimming: Trimming
) -> None:
    known = case("b2_funnel_overdispersion_small")
    given_, expected = known["input"], known["expected"][name]
    scores = ratio_scores(given_["numerator"], given_["denominator"], transformation=transformation)
    found = overdispersion(scores, trim=given_["trim"], trimming=trimming)
    np.testing.assert_allclose(scores.z, expected["uz"], rtol=1e-9)
    np.testing.assert_allclose((found.phi, found.tau2), (expected["phi"], expected["tau2"]), rtol=1e-6)
    assert found.areas == expected["n"]
    assert found.is_used


@pytest.mark.parametrize("row", RATES)
def test_exact_limits_pass_through_the_published_points(row: tuple[float, ...]) -> None:
    events, *populations = row
    expected = np.array(populations) * 3 * 116.1720835 / 100_000
    for place, confidence, side in ((0, 0.95, 0), (1, 0.95, 1), (2, 0.998, 0), (3, 0.998, 1)):
        # The published points are computed to six digits of their populations.
        limit = exact_limits(expected[place], confidence=confidence)[side]
        assert limit == pytest.approx(events, rel=2e-4)


@pytest.mark.parametrize("row", PROPORTIONS)
def test_limits_of_a_proportion_are_the_published_ones(row: tuple[float, ...]) -> None:
    whole, *limits = row
    found = [*score_limits(whole, target=0.80642448), *score_limits(whole, target=0.80642448, confidence=ALARM)]
    np.testing.assert_allclose(np.array(found) * 100, limits, atol=1e-6)


@settings(max_examples=40)
@given(st.integers(0, 400), st.floats(0.001, 400), st.floats(0.5, 0.999))
def test_a_count_is_outside_exactly_when_its_interval_leaves_the_expected_out(
    events: int, expected: float, confidence: float
) -> None:
    own, around = garwood_limits(events, confidence=confidence), exact_limits(expected, confidence=confidence)
    if min(abs(float(limit) - expected) for limit in own) < 1e-6 * expected:
        return
    assert (events < around.lower) == (own.upper < expected)
    assert (events > around.upper) == (own.lower > expected)


@given(st.integers(1, 500), st.data())
def test_a_share_is_outside_exactly_when_its_wilson_interval_leaves_the_target_out(
    whole: int, data: st.DataObject
) -> None:
    part, target = data.draw(st.integers(0, whole)), data.draw(st.floats(0.01, 0.99))
    own, around = wilson_limits(part, whole), score_limits(whole, target=target)
    if min(abs(own.lower - target), abs(own.upper - target)) > 1e-9:
        assert (part / whole < around.lower) == (own.upper < target)
        assert (part / whole > around.upper) == (own.lower > target)


def test_without_events_an_area_is_below_only_where_none_is_rare() -> None:
    # e^-6.9 is one in a thousand. The curves of the chi square form would put every empty area below.
    assert (exact_limits([0.001, 3, 6.9], confidence=ALARM).lower == 0).all()
    assert exact_limits(6.91, confidence=ALARM).lower > 0
    assert (chi_square_limits([3, 6.9], confidence=ALARM).lower > 0).all()


def test_one_event_is_above_where_one_is_rare() -> None:
    assert exact_limits(0.0009, confidence=ALARM).upper < 1 < exact_limits(0.0011, confidence=ALARM).upper


@pytest.mark.parametrize("expected", [0.5, 7, 300, 1e6])
def test_exact_limits_hold_the_tails_of_the_poisson_distribution(expected: float) -> None:
    limits = exact_limits(expected)
    assert poisson.cdf(np.ceil(limits.lower) - 1, expected) <= 0.025 < poisson.cdf(np.ceil(limits.lower), expected)
    assert poisson.sf(np.floor(limits.upper), expected) <= 0.025 < poisson.sf(np.floor(limits.upper) - 1, expected)


def test_scores_hold_at_no_events_by_the_square_root_and_are_refused_by_the_logarithm() -> None:
    assert ratio_scores(0, 4).z == -4
    with pytest.raises(ValueError, match="observed must be above 0 on a logarithmic scale"):
        ratio_scores([3, 0], 4, transformation=Transformation.LOGARITHM)


def test_overdispersion_is_used_only_above_what_chance_gives() -> None:
    # n phi = n - 1 exactly: three scores of 0, 1 and -1.
    even = Scores(np.array([0, 1, -1.0]), np.full(3, 0.1))
    assert overdispersion(even, trim=0).tau2 == 0
    assert not overdispersion(even, trim=0).is_used
    wider = Scores(np.array([0, 1.01, -1]), np.full(3, 0.1))
    # By hand: (1.01^2 + 1 - 2) / (300 - 3 * 100^2 / 300) = 0.0201 / 200.
    assert overdispersion(wider, trim=0).tau2 == pytest.approx(0.0201 / 200)


def test_equal_scores_share_their_rank_when_the_extremes_are_left_out() -> None:
    scores = Scores(np.repeat([-3.0, 0, 1, 9], [2, 7, 7, 2]), np.ones(18))
    found = overdispersion(scores, trimming=Trimming.TRUNCATED)
    assert (found.areas, found.phi) == (14, 0.5)


@pytest.mark.parametrize("trimming", Trimming)
def test_no_or_one_or_missing_scores_give_no_widening(trimming: Trimming) -> None:
    for z in ([], [7.0], [np.nan, np.nan], [7.0, np.nan]):
        found = overdispersion(Scores(np.array(z), np.ones(len(z))), trimming=trimming)
        assert found.tau2 == 0
        assert np.isfinite(found.phi)


@settings(max_examples=40)
@given(areas, st.randoms())
def test_a_funnel_does_not_depend_on_order_or_units(rows: list[tuple[int, float]], random: Any) -> None:
    here = drawn(rate_funnel(*np.array(rows).T))
    order = list(range(len(rows)))
    random.shuffle(order)
    events, exposure = np.array([rows[i] for i in order]).T
    there = drawn(rate_funnel(events, exposure * 1000, multiplier=100_000_000))
    for one, other in zip(_arrays(here), _arrays(there), strict=True):
        np.testing.assert_allclose(one[order], other, rtol=1e-6, atol=1e-9)


def _arrays(found: Funnel) -> list[Any]:
    return [found.value, *found.warning, *found.alarm, found.z]


@settings(max_examples=40)
@given(areas)
def test_limits_of_a_funnel_enclose_the_reference_and_each_other(rows: list[tuple[int, float]]) -> None:
    found = drawn(rate_funnel(*np.array(rows).T))
    if found.reference == 0:
        assert (found.outside == 0).all()
        return
    # Below one expected event half a distribution can lie under the reference: the lower limits are 0 there.
    assert (found.alarm.lower <= found.warning.lower).all()
    assert (found.warning.lower <= found.reference).all()
    assert (found.warning.upper <= found.alarm.upper).all()
    outside = np.where(found.value > found.alarm.upper, 1, np.where(found.value < found.alarm.lower, -1, 0))
    np.testing.assert_array_equal(found.outside, outside)


def test_only_beyond_the_alarm_limits_an_area_is_outside() -> None:
    # 100 expected everywhere: 95 % limits end near 120, 99.8 % limits near 132.
    events = np.array([100] * 20 + [125, 75] + [140])
    found = drawn(rate_funnel(events, 1000, reference=0.1))
    assert not found.overdispersion.is_used
    assert (found.value[20] > found.warning.upper[20]) & (found.value[21] < found.warning.lower[21])
    np.testing.assert_array_equal(found.outside, [0] * 22 + [1])


def test_overdispersed_areas_need_more_to_be_outside() -> None:
    events = np.array([60, 150, 80, 130, 95, 140, 70, 105, 120, 140])
    found = drawn(rate_funnel(events, 1000))
    assert found.overdispersion.is_used
    assert found.overdispersion.phi > 2
    assert (found.outside == 0).all()
    exact = exact_limits(events.sum() / 10, confidence=ALARM)
    assert ((events > exact.upper) | (events < exact.lower)).any()
    np.testing.assert_array_equal(np.abs(found.z) > 3.0902, found.outside != 0)


def test_shares_of_areas_have_limits_within_nought_and_a_hundred() -> None:
    part = np.array([0, 10, 30, 5, 10, 9, 10, 30, 2, 30])
    found = drawn(proportion_funnel(part, [10, 10, 30, 30, 10, 10, 10, 30, 30, 30]))
    assert found.overdispersion.is_used
    for limits in (found.warning, found.alarm):
        assert (limits.lower >= 0).all()
        assert (limits.upper <= 100).all()
    plain = drawn(proportion_funnel([5, 6, 4, 5], 10))
    np.testing.assert_allclose(plain.alarm.lower, 100 * score_limits([10] * 4, target=0.5, confidence=ALARM).lower)


def test_arcsine_scores_of_none_and_all_are_mirrored() -> None:
    none, everything = proportion_scores(0, 20, target=0.5), proportion_scores(20, 20, target=0.5)
    assert none.z == pytest.approx(-everything.z)
    assert everything.z == pytest.approx(2 * 20**0.5 * np.pi / 4)


def test_limits_with_room_between_areas_are_those_of_either_scale() -> None:
    # By hand, 100 expected and tau2 0.01: errors 0.05 and 0.1 become sqrt(0.0125) and sqrt(0.02).
    z = 3.090232306
    root = overdispersed_limits(100, tau2=0.01, confidence=ALARM)
    np.testing.assert_allclose(root, ((1 - z * 0.0125**0.5) ** 2, (1 + z * 0.0125**0.5) ** 2), rtol=1e-8)
    log = overdispersed_limits(100, tau2=0.01, confidence=ALARM, transformation=Transformation.LOGARITHM)
    np.testing.assert_allclose(log, (np.exp(-z * 0.02**0.5), np.exp(z * 0.02**0.5)), rtol=1e-8)
    assert overdispersed_limits(1, tau2=0.5).lower == 0
    assert np.isnan(overdispersed_limits([0, np.nan], tau2=0.1)).all()


def test_missing_areas_have_no_answer_and_too_many_of_them_refuse_the_map() -> None:
    events = np.array([10.0] * 19 + [np.nan])
    found = drawn(rate_funnel(events, 100))
    assert np.isnan([found.value[-1], found.outside[-1], found.z[-1], found.alarm.upper[-1]]).tolist() == [
        True,
        True,
        True,
        False,
    ]
    assert rate_funnel([10, np.nan, 9], 100) == Refused(Reason.TOO_FEW_AREAS)
    assert proportion_funnel([10, np.nan, 9], 100) == Refused(Reason.TOO_FEW_AREAS)


@pytest.mark.parametrize("events", [[0, 0, 0], [7], [0]])
def test_one_area_or_no_events_leave_nothing_outside(events: list[int]) -> None:
    found = drawn(rate_funnel(events, 100))
    assert (found.outside == 0).all()
    assert found.overdispersion.tau2 == 0
    assert (drawn(proportion_funnel(events, 100)).outside == 0).all()


def test_an_area_without_people_is_left_out_of_the_reference() -> None:
    found = drawn(rate_funnel([5, 3, 5], [100, 0, 100]))
    assert found.reference == 5000
    assert np.isnan(found.outside[1])


def test_wrong_arguments_are_refused_by_name() -> None:
    with pytest.raises(ValueError, match="trim must lie between 0 and 0.5"):
        overdispersion(Scores(np.ones(3), np.ones(3)), trim=0.5)
    with pytest.raises(ValueError, match="target must lie between 0 and 1"):
        score_limits(10, target=50)
    with pytest.raises(ValueError, match="events must not be negative"):
        rate_funnel([-1], [10])
    for reference in (-0.1, np.nan, np.inf):
        with pytest.raises(ValueError, match="reference must be a number from 0 on"):
            rate_funnel([1], [10], reference=reference)
    with pytest.raises(ValueError, match="target must lie between 0 and 1, found 1.5"):
        proportion_funnel([1], [10], reference=1.5)
    with pytest.raises(ValueError, match="tau2 must be a number from 0 on"):
        overdispersed_limits(10, tau2=-1)
    with pytest.raises(ValueError, match="multiplier"):
        rate_funnel([1], [10], multiplier=0)
    with pytest.raises(ValueError, match="target must be a number above 0"):
        chi_square_limits(10, target=0)
