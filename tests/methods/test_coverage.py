import doctest

import numpy as np
import pytest

from riskmap.methods import coverage
from riskmap.methods.coverage import too_few_areas
from riskmap.methods.refusals import Reason, Refused


def test_examples_in_the_docstrings_hold() -> None:
    outcome = doctest.testmod(coverage)
    assert outcome.attempted >= 2
    assert outcome.failed == 0


@pytest.mark.parametrize(("known", "areas", "enough"), [(9, 10, True), (89, 100, False), (90, 100, True), (1, 1, True)])
def test_nine_tenths_of_the_areas_are_enough_and_less_is_not(known: int, areas: int, enough: bool) -> None:
    found = too_few_areas(np.arange(areas) < known)
    assert found == (None if enough else Refused(Reason.TOO_FEW_AREAS))


def test_no_area_is_too_few() -> None:
    assert too_few_areas(np.array([], dtype=bool)) == Refused(Reason.TOO_FEW_AREAS)
    assert too_few_areas(np.array([False])) == Refused(Reason.TOO_FEW_AREAS)


def test_a_reason_is_the_key_of_its_sentence() -> None:
    assert {str(reason) for reason in Reason} == {reason.name.lower() for reason in Reason}
