"""The rule as declared, what a build says of its check, and how much it hides."""

from pathlib import Path

import duckdb
import pytest

from riskmap.analytics.protection import primary_rule, protection
from riskmap.analytics.protection_views import AUDIT_NUMBERS, ProtectionView
from riskmap.domain.vocabulary import COUNTRY, Grain, Protection, Scope
from tests.quality_build import AKMOLA, KOKSHETAU, Row, cell, write_build

PUBLIC = Scope.public()
FLOW = "violence_cases"
CELLS = [
    cell(FLOW, KOKSHETAU, "2026-Q2", None, status="suppressed"),
    cell(FLOW, "113400000", "2026-Q2", 7),
    cell(FLOW, "110000000-R", "2026-Q2", None, status="suppressed"),
    cell(FLOW, "113600000", "2026-Q2", None, status="not_reported"),
    cell(FLOW, AKMOLA, "2026-Q2", 20),
    cell(FLOW, COUNTRY, "2026-Q2", 60, breakdown="type", category="sexual"),
    cell(FLOW, COUNTRY, "2026-Q2", None, status="not_comparable", breakdown="type", category="physical"),
    cell("bullying_cases", KOKSHETAU, "2025/26", None, status="suppressed", invented=True),
]


def told(folder: Path, cells: list[Row], **meta: str) -> ProtectionView:
    """What is told of a build of these cells with more in its table `meta`."""
    build = write_build(folder, {"cells": cells})
    with duckdb.connect(str(build / "public.duckdb")) as connection:
        for name, value in meta.items():
            connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", [name, value])
    return protection(build, scope=PUBLIC)


def test_suicides_are_hidden_up_to_nine_with_their_zeros_and_others_up_to_four() -> None:
    rule = primary_rule()
    limits = {row.indicator.id: (row.first_shown, row.hides_zero) for row in rule.rows}
    assert {name for name, found in limits.items() if found == (10, True)} == {
        "suicides_minors",
        "suicide_attempts_minors",
    }
    assert {found for name, found in limits.items() if not name.startswith("suicide")} == {(5, False)}
    assert (rule.first_shown_category, rule.fewest_organisations) == (10, 3)


def test_what_is_left_of_a_whole_is_hidden_of_shares_of_children_only() -> None:
    rows = {row.indicator.id: row for row in primary_rule().rows}
    assert rows["chronic_absence"].is_share
    assert not rows["violence_cases"].is_share


def test_the_rule_names_every_indicator_once() -> None:
    rule = primary_rule()
    names = [*(row.indicator.id for row in rule.rows), *(item.id for item in rule.open)]
    assert len(names) == len(set(names))
    assert {"schools", "missed_lessons", "children_0_17"} <= {item.id for item in rule.open}
    assert set(rule.publications) == {"publication.form_1m", "publication.press"}


def test_cells_with_a_number_are_counted_and_those_hidden_among_them(tmp_path: Path) -> None:
    view = told(tmp_path, CELLS)
    assert [(row.indicator, row.level, row.grain, row.breakdown, row.numbers, row.hidden) for row in view.tables] == [
        ("bullying_cases", "district", Grain.SCHOOL_YEAR, "all", 1, 1),
        (FLOW, "district", Grain.QUARTER, "all", 3, 2),
        (FLOW, "country", Grain.QUARTER, "type", 1, 0),
        (FLOW, "region", Grain.QUARTER, "all", 1, 0),
    ]
    assert [(row.level, row.numbers, row.hidden) for row in view.levels] == [
        ("country", 1, 0),
        ("region", 1, 0),
        ("district", 4, 3),
    ]
    assert view.total
    assert (view.total.numbers, view.total.hidden, view.total.share) == (6, 3, 0.5)
    assert [row.is_invented for row in view.tables] == [True, False, False, False]


def test_the_sums_over_the_sample_are_those_of_its_public_file(sample_build: Path) -> None:
    view = protection(sample_build, scope=PUBLIC)
    with duckdb.connect(str(sample_build / "public.duckdb"), read_only=True) as connection:
        statuses = dict(
            connection.execute(
                "SELECT status, count(*) FROM cells WHERE area NOT LIKE '%~%' GROUP BY status"
            ).fetchall()
        )
    assert view.total
    assert (view.total.numbers, view.total.hidden) == (
        statuses["value"] + statuses["suppressed"],
        statuses["suppressed"],
    )
    assert sum(row.hidden for row in view.tables) == sum(row.hidden for row in view.levels) == view.total.hidden
    shares = [row.share for row in view.tables]
    assert shares == sorted(shares, reverse=True)


def test_a_build_without_a_number_has_no_sums(tmp_path: Path) -> None:
    view = told(tmp_path, [cell(FLOW, AKMOLA, "2026-Q2", None, status="not_reported")])
    assert (view.total, view.levels, view.tables) == (None, (), ())


def test_a_build_that_does_not_tell_of_a_check_was_not_audited(tmp_path: Path) -> None:
    view = told(tmp_path, CELLS)
    assert view.audit.passed is None
    assert view.audit.found == tuple((name, None) for name in AUDIT_NUMBERS)
    assert (view.method, view.components, view.optimal, view.gap) == (Protection.SUPPRESSION, None, None, None)


@pytest.mark.parametrize(("word", "passed"), [("true", True), ("false", False), ("", None)])
def test_the_result_of_the_check_is_read_as_written(tmp_path: Path, word: str, passed: bool | None) -> None:
    meta = {"protection": "suppression", "protection_components": "12", "protection_optimal": "11"}
    numbers = {"audit_cells": "340", "audit_narrowest": "5"}
    view = told(tmp_path, CELLS, **meta, protection_gap="0.025", audit_passed=word, **numbers)
    assert view.method is Protection.SUPPRESSION
    assert (view.components, view.optimal, view.gap) == (12, 11, 0.025)
    assert view.audit.passed is passed
    assert {name: value for name, value in view.audit.found if value} == {"cells": "340", "narrowest": "5"}
