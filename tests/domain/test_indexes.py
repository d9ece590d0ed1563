"""The declared indexes: what is shipped holds together; what may not be in an index, or would count twice, is told."""

from dataclasses import replace
from pathlib import Path

import pytest

from riskmap.domain.index_check import index_faults
from riskmap.domain.registry import INDEXED, Component, Indexes, catalogue, figure_key, indicator
from riskmap.domain.vocabulary import Family, Grain
from tests.domain.test_registry import INDEXES, changed, faults_of, write

YEAR, MONTH = (Grain.YEAR,), (Grain.MONTH,)
AGAINST = Component("offences_against_minors", 1, YEAR)
BY = Component("offences_by_minors", 1, YEAR)


def faults(
    *components: Component, family: str = "recorded", overlapping: tuple[tuple[str, ...], ...] = ()
) -> list[str]:
    """What is told of an index with these components beside the shipped indicators."""
    indexes = Indexes(families={family: components}, overlapping=overlapping or catalogue().indexes.overlapping)
    return list(index_faults(replace(catalogue(), indexes=indexes)))


def test_an_index_of_two_figures_of_its_family_is_in_order() -> None:
    assert faults(AGAINST, BY) == []


@pytest.mark.parametrize(
    ("component", "fault"),
    [
        (Component("no_such_figure", 1, YEAR), "'no_such_figure' is not an indicator"),
        (Component("qr_coverage", -1, MONTH), "qr_coverage is of the family coverage"),
        (Component("suicide_attempts_minors", 1, YEAR), "suicide_attempts_minors is never coloured, ranked or put"),
        (Component("harmful_content_reports", 1, MONTH), "harmful_content_reports has no rate"),
        (Component("violence_cases:type:none", 1, (Grain.SCHOOL_YEAR,)), "violence_cases:type:none is not declared"),
        (Component("violence_cases", 0, (Grain.SCHOOL_YEAR,)), "direction 0 of violence_cases is neither 1 nor -1"),
        (Component("violence_cases", 1, (Grain.SCHOOL_YEAR,), 6), "weight 6 of violence_cases is not from 0 to 5"),
        (Component("violence_cases", 1, (Grain.SCHOOL_YEAR,), -1), "weight -1 of violence_cases is not from 0 to 5"),
        (Component("violence_cases", 1, ()), "lengths of periods of violence_cases are missing"),
        (Component("violence_cases", 1, MONTH), "violence_cases is not published by month below the country"),
        (BY, "offences_by_minors is in it 2 times"),
        (Component("child_victims", 1, YEAR), "counts the same in offences_against_minors and child_victims"),
        (Component("minors_held_liable", 1, YEAR), "counts the same in offences_by_minors and minors_held_liable"),
    ],
)
def test_what_may_not_be_in_an_index_is_told(component: Component, fault: str) -> None:
    assert any(fault in told for told in faults(AGAINST, BY, component))


def test_a_register_and_those_placed_on_it_are_not_in_one_index() -> None:
    register = Component("families_register", 1, MONTH)
    placed = Component("families_register_placed", 1, MONTH)
    assert any("counts the same in" in told for told in faults(register, placed))
    assert faults(register, AGAINST) == []


def test_outcomes_on_suicide_are_in_no_index() -> None:
    told = faults(Component("suicides_minors", 1, YEAR), Component("chronic_absence", 1, MONTH), family="outcome")
    assert any("suicides_minors is never coloured" in fault for fault in told)


@pytest.mark.parametrize("family", [family for family in Family if family not in INDEXED])
def test_no_index_is_made_of_other_families(family: Family) -> None:
    assert "no index is made of this family" in " ".join(faults(AGAINST, BY, family=family))


def test_one_component_with_a_weight_is_no_index() -> None:
    assert any("needs 2 components or more" in told for told in faults(AGAINST, replace(BY, weight=0)))


def test_an_unknown_name_among_those_that_overlap_is_told() -> None:
    assert any("'nobody' overlaps" in told for told in faults(AGAINST, BY, overlapping=(("nobody", "child_victims"),)))


def test_what_cannot_be_read_is_told_with_its_file(tmp_path: Path) -> None:
    text = changed(
        INDEXES, "[families]", '[families]\nrecorded = [{ figure = "reports", grains = ["year"], size = 3 }]'
    )
    told = faults_of(write(tmp_path, indexes=text))
    assert any("indexes.toml" in fault and "unknown key 'size'" in fault for fault in told)
    assert any("indexes.toml" in fault and "missing key 'direction'" in fault for fault in told)


# What is shipped.


def test_each_family_has_an_index_of_its_own_figures_and_none_of_suicide() -> None:
    assert set(catalogue().indexes.families) == set(INDEXED)
    for family, components in catalogue().indexes.families.items():
        items = [indicator(figure_key(part.figure)[0]) for part in components]
        assert {item.family for item in items} == {family}
        assert not any(item.never_coloured for item in items)


def test_of_prevention_and_coverage_less_asks_for_attention_and_of_harm_more() -> None:
    directions = {family: {part.direction for part in parts} for family, parts in catalogue().indexes.families.items()}
    assert directions == {"outcome": {1}, "recorded": {1}, "prevention": {-1}, "coverage": {-1}}
