"""Running the checks: what is listed, what is compared with what, and how rarely sound figures are questioned."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.checks.run import CHECKS, data_faults
from etl.frames import Figure
from etl.listing import MOST_LISTED
from etl.staging import Staging
from geo.areas import areas
from riskmap.domain.areas import AreaKind
from riskmap.domain.errors import StorageFailed
from riskmap.domain.problems import RULES, Severity
from riskmap.domain.registry import indicator
from tests.etl.checks.staged import DISTRICT, FILE, RETURN, ULYTAU, codes, faults, fig, stage
from tests.etl.demo_country import small_returns
from tests.etl.records import figure, write_record

CASES, OFFENCES, REGISTER = "violence_cases", "offences_against_minors", "police_register"
SUMS = {"V004", "V005", "V022", "V023", "V024", "V025", "V030", "V033"}
DISTRICTS = [a.id for a in areas().values() if a.kind is AreaKind.DISTRICT and a.exists(None)]
INSIDE = [a for a in DISTRICTS if areas()[a].parent == ULYTAU]
RISKS = indicator(CASES).breakdowns["risk_level"]

counts = st.integers(0, 400)


def test_every_check_has_a_rule_and_every_comparing_rule_a_check() -> None:
    told = {check.code for check in CHECKS}
    assert told <= set(RULES)
    assert {f"V{number:03}" for number in range(22, 38)} | {"V004", "V005", "K006", "P009", "P011"} == told


def test_no_file_has_no_fault() -> None:
    assert data_faults(stage(), {}, past=False) == []


def test_the_first_faults_of_a_code_are_listed_and_the_rest_is_a_number() -> None:
    figures = [fig("bullying_offences", area, f"2024-0{month}", 1) for month in (1, 2) for area in DISTRICTS]
    told = faults(*figures)
    assert Counter(fault.code for fault in told) == {"P011": MOST_LISTED, "F008": 1}
    assert (told[-1].file, told[-1].found) == (FILE, f"P011: {len(figures) - MOST_LISTED}")
    assert told[-1].severity is Severity.STOP
    assert [fault.row for fault in told[:3]] == [2, 3, 4]


def test_the_rest_of_faults_that_ask_asks_too() -> None:
    figures = [
        fig("psychologists", area, month, n) for month, n in (("2025-01", 40), ("2025-02", 2)) for area in DISTRICTS
    ]
    told = [fault for fault in faults(*figures) if fault.code in ("V034", "F008")]
    assert len(told) > MOST_LISTED / 2
    assert {fault.severity for fault in told} == {Severity.ASK}


def test_faults_are_told_of_the_file_that_holds_them() -> None:
    good, bad = [fig(CASES, DISTRICT, "2025-10", 3)], [fig("bullying_offences", DISTRICT, "2024-01", 1)]
    (fault,) = data_faults(stage(good, bad), {0: "good.csv", 1: "bad.csv"}, past=False)
    assert (fault.code, fault.file, fault.row, fault.column) == ("P011", "bad.csv", 2, "value")


def test_nothing_is_left_in_the_database_and_the_checks_may_run_again() -> None:
    staging = stage([fig("bullying_offences", DISTRICT, "2024-01", 1)])
    first = data_faults(staging, {0: FILE}, past=False)
    assert data_faults(staging, {0: FILE}, past=False) == first != []
    assert (
        staging.connection.execute("SELECT * FROM information_schema.tables WHERE table_schema = 'checks'").fetchall()
        == []
    )


def test_a_record_that_lies_about_ids_is_read_without_them(data_folder: Path) -> None:
    write_record(data_folder, figure(OFFENCES, DISTRICT, "2025-01", 7), status="a word of an earlier version")
    assert codes(fig(OFFENCES, DISTRICT, "2025-01", 700), past=True) == []


def test_a_file_whose_source_is_not_told_is_compared_with_any(data_folder: Path) -> None:
    write_record(data_folder, figure(OFFENCES, DISTRICT, "2025-01", 7), source="published")
    staging = stage([fig(OFFENCES, DISTRICT, "2025-01", 700)])
    assert [fault.code for fault in data_faults(staging, {0: FILE}, past=True)] == ["V037"]
    assert data_faults(staging, {0: FILE}, past=True, sources={0: RETURN}) == []


@settings(max_examples=8)
@given(
    st.lists(st.tuples(counts, counts, counts), min_size=len(INSIDE), max_size=len(INSIDE)),
    st.lists(counts, min_size=12, max_size=12),
)
def test_figures_that_add_up_are_never_told_to_be_other_sums(parts: list[tuple[int, ...]], year: list[int]) -> None:
    figures: list[Figure] = []
    for area, numbers in zip(INSIDE, parts, strict=True):
        figures += [fig(CASES, area, "2025-10", n, by=f"risk_level:{c}") for c, n in zip(RISKS, numbers, strict=True)]
        figures.append(fig(CASES, area, "2025-10", sum(numbers)))
    figures.append(fig(CASES, ULYTAU, "2025-10", sum(map(sum, parts))))
    figures += [fig(OFFENCES, DISTRICT, f"2025-{n:02}", value) for n, value in enumerate(year, start=1)]
    figures += [fig(OFFENCES, DISTRICT, f"2025-01..2025-{n:02}", sum(year[:n])) for n in range(2, 12)]
    figures.append(fig(OFFENCES, DISTRICT, "2025", sum(year)))
    placed, removed, state = year[0], min(year[1], year[0] + 500), 500
    figures += [fig(REGISTER, DISTRICT, "2025-01", state), fig(REGISTER, DISTRICT, "2025-02", state + placed - removed)]
    figures += [fig(f"{REGISTER}_placed", DISTRICT, "2025-02", placed)]
    figures += [fig(f"{REGISTER}_removed", DISTRICT, "2025-02", removed)]
    assert not SUMS & set(codes(*figures))


@settings(max_examples=8)
@given(st.tuples(counts, counts, counts), st.integers(-400, 400).filter(bool))
def test_a_total_of_parts_that_is_moved_is_always_told(parts: tuple[int, ...], moved: int) -> None:
    figures = [fig(CASES, DISTRICT, "2025-10", n, by=f"risk_level:{c}") for c, n in zip(RISKS, parts, strict=True)]
    total = max(0, sum(parts) + moved)
    told = codes(*figures, fig(CASES, DISTRICT, "2025-10", total))
    assert bool({"V004", "V005"} & set(told)) == (total != sum(parts))


def _stage_sample(staging: Staging) -> None:
    """The small sample country as it is in the end, every figure once."""
    frame = small_returns()
    staging.connection.register("frame", frame)
    staging.origin("", "value", Figure("", "", fig(CASES, DISTRICT, "2025-10", 1).period, None, 0, "").publication)
    staging.connection.execute("""
        INSERT INTO staged
        SELECT 0, 0, row_number() OVER () + 1, indicator, area, if(length(period) = 4, 'year', 'month'),
               strptime(if(length(period) = 4, period || '-01', period), '%Y-%m')::DATE,
               last_day(strptime(if(length(period) = 4, period || '-12', period), '%Y-%m')::DATE),
               breakdown, category, if(isnan(value), NULL, value), status, false, true, units_expected, units_reported
        FROM (SELECT *, row_number() OVER () AS place FROM frame)
        QUALIFY row_number() OVER (PARTITION BY area, period, indicator, breakdown, category ORDER BY place DESC) = 1
    """)
    staging.connection.unregister("frame")


def test_two_school_years_of_a_sample_country_without_errors_are_not_questioned() -> None:
    staging = Staging()
    _stage_sample(staging)
    assert staging.count(0) > 30_000
    told = data_faults(staging, {0: FILE}, past=False, sources={0: RETURN})
    assert [(fault.code, fault.found) for fault in told] == []


@pytest.mark.parametrize("code", ["V005", "V025"])
def test_the_same_country_with_one_wrong_figure_is(code: str) -> None:
    staging = Staging()
    _stage_sample(staging)
    name = {"V005": CASES, "V025": "in_school_register"}[code]
    staging.connection.execute(
        "UPDATE staged SET numerator = numerator + 1 WHERE rowid = (SELECT min(rowid) FROM staged "
        "WHERE indicator = ? AND breakdown = 'all' AND period_start = DATE '2025-10-01' AND numerator > 5)",
        [name],
    )
    told = data_faults(staging, {0: FILE}, past=False, sources={0: RETURN})
    assert {fault.code for fault in told} == {code}


def test_the_checks_read_no_record_they_are_not_asked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "accepted").mkdir()
    (tmp_path / "accepted" / "1.parquet").write_bytes(b"no Parquet at all")
    monkeypatch.setenv("RISKMAP_DATA", str(tmp_path))
    assert codes(fig(OFFENCES, DISTRICT, "2025-01", 7)) == []
    with pytest.raises(StorageFailed):
        codes(fig(OFFENCES, DISTRICT, "2025-01", 7), past=True)
