import doctest
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.stats import poisson

from riskmap.methods import rates
from riskmap.methods.rates import (
    BYAR_FROM,
    Limits,
    Rate,
    byar_limits,
    crude_rate,
    garwood_limits,
    poisson_limits,
    share,
    wilson_limits,
)

GOLDEN = Path(__file__).resolve().parent.parent / "golden"

counts = st.integers(0, 10_000_000)
fractional_counts = st.floats(0, 1e7)
exposures = st.floats(0.01, 1e9)
confidences = st.floats(0.01, 0.9999)


def golden(name: str) -> Any:
    return json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))


def limits_of(rate: Rate) -> Limits:
    return Limits(rate.lower, rate.upper)


@pytest.mark.parametrize(("confidence", "suffix"), [(0.95, "95"), (0.998, "998")])
def test_crude_rate_gives_the_published_values_and_limits(confidence: float, suffix: str) -> None:
    case = golden("crude_rate")
    column = dict(zip(case["columns"], np.array(case["rows"], dtype=float).T, strict=True))
    rate = crude_rate(column["events"], column["exposure"], multiplier=case["multiplier"], confidence=confidence)
    tolerance = case["relative_tolerance"]
    np.testing.assert_allclose(rate.value, column["value"], rtol=tolerance)
    np.testing.assert_allclose(rate.lower, column[f"lower_{suffix}"], rtol=tolerance)
    np.testing.assert_allclose(rate.upper, column[f"upper_{suffix}"], rtol=tolerance)


@pytest.mark.parametrize(("events", "confidence", "lower", "upper"), golden("byar_and_wilson_limits")["byar"])
def test_byar_limits_are_the_published_ones(events: float, confidence: float, lower: float, upper: float) -> None:
    found = byar_limits(events, confidence=confidence)
    np.testing.assert_allclose(found, (lower, upper), rtol=golden("byar_and_wilson_limits")["relative_tolerance"])


@pytest.mark.parametrize(("part", "whole", "confidence", "lower", "upper"), golden("byar_and_wilson_limits")["wilson"])
def test_wilson_limits_are_the_published_ones(
    part: float, whole: float, confidence: float, lower: float, upper: float
) -> None:
    tolerance = golden("byar_and_wilson_limits")["relative_tolerance"]
    np.testing.assert_allclose(wilson_limits(part, whole, confidence=confidence), (lower, upper), rtol=tolerance)
    in_percent = share(part, whole, confidence=confidence)
    np.testing.assert_allclose(limits_of(in_percent), (100 * lower, 100 * upper), rtol=tolerance)
    np.testing.assert_allclose(in_percent.value, 100 * part / whole)


def test_garwood_limits_of_a_rate_are_those_of_r() -> None:
    case = golden("exact_poisson_limits")
    for events, exposure, confidence, value, lower, upper in case["rows"]:
        found = garwood_limits(events, confidence=confidence)
        np.testing.assert_allclose(
            (events / exposure, found.lower / exposure, found.upper / exposure),
            (value, lower, upper),
            rtol=case["relative_tolerance"],
        )


@pytest.mark.parametrize(
    ("events", "confidence", "lower", "upper", "last_digit"), golden("exact_poisson_limits")["counts"]
)
def test_garwood_limits_of_a_count_are_the_printed_ones(
    events: int, confidence: float, lower: float, upper: float, last_digit: float
) -> None:
    found = garwood_limits(events, confidence=confidence)
    np.testing.assert_allclose(found, (lower, upper), rtol=0, atol=last_digit / 2)


def test_the_cases_beside_the_project_are_met(shared_file: Callable[[str], Path]) -> None:
    def case(name: str) -> tuple[Any, Any, float]:
        known = json.loads(shared_file(f"cases/{name}.json").read_text(encoding="utf-8"))
        return known["input"], known["expected"], known["tolerance"]["rel"]

    given_, expected, tolerance = case("a1_crude_rate_ci_phe")
    for confidence, suffix in ((0.95, "95"), (0.998, "998")):
        rate = crude_rate(
            given_["numerator"], given_["denominator"], multiplier=given_["multiplier"], confidence=confidence
        )
        np.testing.assert_allclose(rate.value, expected["value"], rtol=tolerance)
        np.testing.assert_allclose(rate.lower, expected[f"lower{suffix}"], rtol=tolerance)
        np.testing.assert_allclose(rate.upper, expected[f"upper{suffix}"], rtol=tolerance)

    given_, expected, tolerance = case("a2_byar_and_wilson_limits")
    for row, lower, upper in zip(given_["rows"], expected["lower"], expected["upper"], strict=True):
        confidence = float(row["confidence"].rstrip("%")) / 100
        found = (
            byar_limits(row["x"], confidence=confidence)
            if row["method"] == "Byars"
            else wilson_limits(row["x"], row["n"], confidence=confidence)
        )
        np.testing.assert_allclose(found, (lower, upper), rtol=tolerance)

    given_, expected, tolerance = case("a3_exact_poisson_R_docs")
    limits = garwood_limits(given_["x"], confidence=given_["confidence"])
    per = (given_["x"] / given_["T"], limits.lower / given_["T"], limits.upper / given_["T"])
    np.testing.assert_allclose(per, (expected["rate"], expected["lower"], expected["upper"]), rtol=tolerance)


def test_examples_in_the_docstrings_hold() -> None:
    outcome = doctest.testmod(rates)
    assert outcome.attempted >= 7
    assert outcome.failed == 0


@pytest.mark.parametrize("confidence", [0.5, 0.95, 0.998])
@pytest.mark.parametrize("events", [1, 2, 5, 9, 10, 40, 137, 2500])
def test_garwood_limits_solve_the_tail_equations_of_the_poisson_distribution(events: int, confidence: float) -> None:
    tail = (1 - confidence) / 2
    far = events + 20 * events**0.5 + 20
    lower = brentq(lambda mean: poisson.sf(events - 1, mean) - tail, 1e-9, events, xtol=1e-12)
    upper = brentq(lambda mean: poisson.cdf(events, mean) - tail, events, far, xtol=1e-12)
    np.testing.assert_allclose(garwood_limits(events, confidence=confidence), (lower, upper), rtol=1e-8)


def test_byar_limits_come_close_to_the_exact_ones_from_ten_events() -> None:
    events = np.arange(BYAR_FROM, 500)
    np.testing.assert_allclose(byar_limits(events), garwood_limits(events), rtol=0.002)


@given(st.integers(1, 10_000_000), st.floats(0, 1), confidences)
def test_wilson_limits_are_the_roots_of_the_score_equation(whole: int, part: float, confidence: float) -> None:
    x = whole * part
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    for p in map(float, wilson_limits(x, whole, confidence=confidence)):
        np.testing.assert_allclose((x / whole - p) ** 2, z**2 * p * (1 - p) / whole, rtol=1e-5, atol=1e-15)


def test_wilson_lower_limit_keeps_its_digits_for_very_small_shares() -> None:
    # x^2 / n / (n + z^2) is the product of the roots; a difference of near-equal numbers would lose it.
    x, n = 1e-5, 1e9
    lower, upper = (float(limit) for limit in wilson_limits(x, n))
    z = NormalDist().inv_cdf(0.975)
    assert lower * upper == pytest.approx(x**2 / n / (n + z**2), rel=1e-12, abs=0)


@given(fractional_counts, exposures, confidences)
def test_a_rate_lies_within_its_limits(events: float, exposure: float, confidence: float) -> None:
    rate = crude_rate(events, exposure, confidence=confidence)
    assert 0 <= rate.lower <= rate.value <= rate.upper


@given(fractional_counts, confidences)
def test_a_count_lies_within_its_exact_and_its_approximate_limits(events: float, confidence: float) -> None:
    for limits in (garwood_limits(events, confidence=confidence), byar_limits(events, confidence=confidence)):
        assert 0 <= limits.lower <= events <= limits.upper


@given(st.integers(1, 10_000_000), st.floats(0, 1), confidences)
def test_a_share_lies_within_its_limits_and_these_within_nought_and_the_whole(
    whole: int, part: float, confidence: float
) -> None:
    found = share(whole * part, whole, confidence=confidence)
    assert 0 <= found.lower <= found.value <= found.upper <= 100


@given(counts, confidences)
def test_limits_rise_from_one_whole_count_to_the_next(events: int, confidence: float) -> None:
    limits = poisson_limits([events, events + 1], confidence=confidence)
    assert limits.lower[0] < limits.lower[1]
    assert limits.upper[0] < limits.upper[1]


@given(st.integers(1, 100_000), st.data())
def test_wilson_limits_rise_with_the_numerator(whole: int, data: st.DataObject) -> None:
    part = data.draw(st.integers(0, whole - 1))
    limits = wilson_limits([part, part + 1], whole)
    assert limits.lower[0] < limits.lower[1]
    assert limits.upper[0] < limits.upper[1]


@given(st.integers(0, 100_000), st.integers(1, 100_000))
def test_the_complement_of_a_share_has_the_mirrored_limits(part: int, rest: int) -> None:
    here, there = wilson_limits(part, part + rest), wilson_limits(rest, part + rest)
    np.testing.assert_allclose((here.lower, here.upper), (1 - there.upper, 1 - there.lower), atol=1e-12)


@given(counts, exposures, st.floats(0.001, 1e6))
def test_a_rate_and_its_limits_scale_with_the_multiplier(events: int, exposure: float, multiplier: float) -> None:
    one, many = crude_rate(events, exposure, multiplier=1), crude_rate(events, exposure, multiplier=multiplier)
    for name in ("value", "lower", "upper"):
        np.testing.assert_allclose(getattr(many, name), multiplier * getattr(one, name), rtol=1e-12)


@given(counts, st.integers(1, 10_000), st.floats(0.01, 0.99))
def test_higher_confidence_gives_a_wider_interval(events: int, whole: int, confidence: float) -> None:
    wider = confidence + (1 - confidence) / 2
    for narrow, wide in (
        (poisson_limits(events, confidence=confidence), poisson_limits(events, confidence=wider)),
        (
            wilson_limits(events % whole, whole, confidence=confidence),
            wilson_limits(events % whole, whole, confidence=wider),
        ),
    ):
        assert wide.lower <= narrow.lower
        assert narrow.upper < wide.upper


@given(st.lists(st.tuples(st.none() | counts, st.just(0) | exposures), min_size=1, max_size=30), st.randoms())
def test_an_area_gets_the_same_rate_alone_as_among_others_in_any_order(pairs: list[Any], random: Any) -> None:
    random.shuffle(pairs)
    together = crude_rate([events for events, _ in pairs], [exposure for _, exposure in pairs])
    alone = [crude_rate(events, exposure) for events, exposure in pairs]
    for name in ("value", "lower", "upper"):
        # Not to the last digit: processors with wide registers take powers of arrays and of one number by other ways.
        np.testing.assert_allclose(getattr(together, name), [getattr(rate, name) for rate in alone], rtol=1e-12)


def test_rounding_never_puts_a_share_outside_its_limits() -> None:
    random = np.random.default_rng(3)
    whole = 10 ** random.uniform(0, 15, 20_000)
    rest = 0.001 * random.random(whole.size)
    for part in (whole * random.random(whole.size), whole, np.maximum(whole - rest, 0), np.minimum(whole, rest)):
        found = share(part, whole)
        assert (found.lower <= found.value).all()
        assert (found.value <= found.upper).all()
        assert (found.upper <= 100).all()


def test_no_events_give_rate_zero_with_an_upper_limit_of_three_point_six_nine_over_exposure() -> None:
    rate = crude_rate(0, 1000)
    assert rate.value == 0
    assert rate.lower == 0
    assert rate.upper == pytest.approx(-np.log(0.025) / 1000 * 100_000)


def test_exact_limits_serve_below_ten_events_and_byar_from_ten() -> None:
    below, above = np.array([0, 1, 9]), np.array([10, 11, 5000])
    np.testing.assert_array_equal(poisson_limits(below), garwood_limits(below))
    np.testing.assert_array_equal(poisson_limits(above), byar_limits(above))
    assert np.all(garwood_limits(above[:1]).lower != byar_limits(above[:1]).lower)


def test_byar_lower_limit_holds_below_one_event_too() -> None:
    # By hand: 0.8 (1 - 1/7.2 - 0.125661 / (3 sqrt(0.8)))^3, z of 10 % being 0.125661.
    assert byar_limits(0.8, confidence=0.1).lower == pytest.approx(
        0.8 * (1 - 1 / 7.2 - 0.125661 / 2.683282) ** 3, rel=1e-5
    )


def test_byar_lower_limit_is_never_negative() -> None:
    np.testing.assert_array_equal(byar_limits([0, 0.2, 1], confidence=0.998).lower, 0)


@pytest.mark.parametrize("missing", [np.nan, None, np.ma.masked_array([7], mask=[True])[0]])
def test_missing_events_or_exposure_give_missing_never_zero(missing: Any) -> None:
    for rate in (crude_rate(missing, 1000), crude_rate(5, missing), share(missing, 9), share(5, missing)):
        assert np.isnan([rate.value, rate.lower, rate.upper]).all()
    for limits in (poisson_limits(missing), garwood_limits(missing), byar_limits(missing), wilson_limits(5, missing)):
        assert np.isnan(limits).all()


def test_masked_elements_are_missing_and_leave_their_neighbours_alone() -> None:
    rate = crude_rate(np.ma.masked_array([1, 2, 3], mask=[False, True, False]), 100)
    np.testing.assert_array_equal(rate.value, [1000, np.nan, 3000])


def test_no_exposure_gives_missing_with_and_without_events() -> None:
    rate = crude_rate([0, 3], 0)
    assert np.isnan([rate.value, rate.lower, rate.upper]).all()


def test_a_share_of_nothing_is_missing() -> None:
    found = share(0, 0)
    assert np.isnan([found.value, found.lower, found.upper]).all()
    assert np.isnan(wilson_limits(0, 0)).all()


def test_none_and_all_of_the_units_reach_exactly_nought_and_a_hundred_percent() -> None:
    whole = np.arange(1, 3000)
    none, everything = share(0, whole), share(whole, whole)
    assert (none.value == 0).all()
    assert (none.lower == 0).all()
    assert (none.upper > 0).all()
    assert (everything.value == 100).all()
    assert (everything.upper == 100).all()
    assert (everything.lower < 100).all()


def test_fractional_counts_stand_between_their_neighbours() -> None:
    for limits in (garwood_limits([3, 3.5, 4]), byar_limits([30, 30.5, 31]), wilson_limits([3, 3.5, 4], 9)):
        assert (np.diff(limits) > 0).all()


@pytest.mark.parametrize("function", [poisson_limits, garwood_limits, byar_limits])
@pytest.mark.parametrize("shape", [(), (0,), (1,), (4,), (2, 3)])
def test_limits_keep_the_shape_of_the_counts(function: Any, shape: tuple[int, ...]) -> None:
    for limit in function(np.full(shape, 12)):
        assert isinstance(limit, np.ndarray)
        assert limit.shape == shape


@pytest.mark.parametrize(
    ("first", "second", "shape"),
    [((), (), ()), ((0,), (), (0,)), ((3,), (), (3,)), ((), (3,), (3,)), ((2, 1), (3,), (2, 3))],
)
def test_rates_and_shares_have_the_broadcast_shape_in_all_three_arrays(
    first: tuple[int, ...], second: tuple[int, ...], shape: tuple[int, ...]
) -> None:
    for rate in (crude_rate(np.full(first, 5), np.full(second, 9)), share(np.full(first, 5), np.full(second, 9))):
        for array in (rate.value, rate.lower, rate.upper):
            assert isinstance(array, np.ndarray)
            assert array.shape == shape


def test_the_arrays_that_were_passed_are_not_changed() -> None:
    events, exposure = np.array([0.0, 5.0, np.nan]), np.array([0.0, 100.0, 100.0])
    crude_rate(events, exposure)
    np.testing.assert_array_equal(events, [0, 5, np.nan])
    np.testing.assert_array_equal(exposure, [0, 100, 100])


@pytest.mark.parametrize("function", [poisson_limits, garwood_limits, byar_limits])
def test_a_negative_count_is_refused_with_its_position(function: Any) -> None:
    with pytest.raises(ValueError, match=r"events must not be negative, found -2\.0 at position 1 \(2 such in all\)"):
        function([4, -2, np.nan, -7])


def test_each_argument_is_named_when_it_is_negative() -> None:
    with pytest.raises(ValueError, match=r"events .* found -1\.0 \(1"):
        crude_rate(-1, 10)
    with pytest.raises(ValueError, match="exposure .* position 1 "):
        crude_rate([1, 1], [10, -10])
    with pytest.raises(ValueError, match="numerator must not be negative.* position 0 "):
        share([-1], 10)
    with pytest.raises(ValueError, match="denominator must not be negative"):
        wilson_limits(0, -10)


def test_infinite_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="exposure must be finite, found inf at position 1"):
        crude_rate(1, [1, np.inf])


@pytest.mark.parametrize("function", [share, wilson_limits])
def test_a_part_larger_than_its_whole_is_refused_with_its_position(function: Any) -> None:
    with pytest.raises(ValueError, match=r"numerator must not exceed denominator, found 6\.0 at position \(1, 0\)"):
        function([[1], [6]], [5, 7])
    with pytest.raises(ValueError, match="numerator must not exceed denominator"):
        function(1, 0)


@pytest.mark.parametrize("confidence", [-0.1, 0, 1, 95, float("nan")])
def test_a_confidence_that_is_no_probability_is_refused(confidence: float) -> None:
    for function in (garwood_limits, byar_limits, poisson_limits):
        with pytest.raises(ValueError, match="confidence must lie between 0 and 1"):
            function(5, confidence=confidence)
    with pytest.raises(ValueError, match="confidence"):
        share(1, 2, confidence=confidence)


@pytest.mark.parametrize("multiplier", [0, -100, float("nan"), float("inf")])
def test_a_multiplier_that_makes_no_rate_is_refused(multiplier: float) -> None:
    with pytest.raises(ValueError, match="multiplier"):
        crude_rate(1, 2, multiplier=multiplier)
    with pytest.raises(ValueError, match="multiplier"):
        share(1, 2, multiplier=multiplier)


def test_importing_rates_does_not_load_the_slow_distributions() -> None:
    script = "import sys, riskmap.methods.rates; sys.exit('scipy.stats' in sys.modules)"
    subprocess.run([sys.executable, "-c", script], check=True, cwd=GOLDEN.parent.parent)
