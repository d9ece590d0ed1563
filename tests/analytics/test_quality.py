"""Data quality from a published build: returns, lateness, lags, revisions, faults, breaks, receipts."""

from collections import Counter
from datetime import date
from pathlib import Path

import duckdb
import pytest

from riskmap.analytics.quality import owed_sources, quality, receipt, receipts
from riskmap.analytics.quality_views import DistrictStates, QualityRequest, Tally
from riskmap.domain.errors import BuildUnreadable
from riskmap.domain.problems import Severity
from riskmap.domain.registry import catalogue
from riskmap.domain.vocabulary import COUNTRY, RevisionKind, Scope, parse_period
from tests.quality_build import (
    AKMOLA,
    ARYS,
    KENTAU,
    KOKSHETAU,
    RETURN,
    SOZAK,
    TURKISTAN,
    cell,
    fault,
    published,
    returned,
    revised,
    write_build,
)

PUBLIC = Scope.public()
RETURNS = [
    returned(ARYS, "2026-08", "on_time", days=3),
    returned(KENTAU, "2026-08", "late", days=5),
    returned(KOKSHETAU, "2026-08", "late", days=7),
    returned(ARYS, "2026-09", "late", days=10, corrected=date(2026, 11, 1)),
    returned(KENTAU, "2026-09", "late", days=60),
    returned(SOZAK, "2026-09", "missing"),
    returned(KOKSHETAU, "2026-09", "on_time", corrected=date(2026, 11, 2)),
]


def asked(area: str = COUNTRY, *, most: int = 12, source: str = RETURN) -> QualityRequest:
    return QualityRequest(source, area, most)


@pytest.fixture
def build(tmp_path: Path) -> Path:
    return write_build(tmp_path, {"completeness": RETURNS})


def test_the_country_has_a_row_per_region_that_holds_the_returns_of_its_districts(build: Path) -> None:
    view = quality(build, scope=PUBLIC, request=asked())
    assert [period.code for period in view.periods] == ["2026-08", "2026-09"]
    tallies = {row.area: [Tally.of(cell) for cell in row.cells] for row in view.rows}
    assert tallies == {
        AKMOLA: [Tally(0, 1, 0, 0, 0), Tally(1, 0, 0, 0, 1)],
        TURKISTAN: [Tally(1, 1, 0, 0, 0), Tally(0, 2, 0, 1, 1)],
    }
    assert view.is_by_region
    latest = Tally.of(view.latest)
    assert (latest.owed, latest.reported, latest.share) == (4, 3, 0.75)


def test_a_region_has_a_row_per_district_and_a_gap_where_none_is_owed(build: Path) -> None:
    view = quality(build, scope=PUBLIC, request=asked(TURKISTAN))
    cells = {row.area: [[str(item.state) for item in cell] for cell in row.cells] for row in view.rows}
    assert cells == {ARYS: [["on_time"], ["late"]], KENTAU: [["late"], ["late"]], SOZAK: [[], ["missing"]]}
    assert not view.is_by_region


def test_only_the_latest_periods_asked_for_are_shown(build: Path) -> None:
    view = quality(build, scope=PUBLIC, request=asked(most=1))
    assert [period.code for period in view.periods] == ["2026-09"]
    assert len(view.returns) == 4


def test_late_returns_are_told_by_region_with_the_median_and_the_longest(build: Path) -> None:
    late = {item.region: item for item in quality(build, scope=PUBLIC, request=asked()).late}
    assert {region: (len(x.returns), x.median_days, x.longest_days) for region, x in late.items()} == {
        AKMOLA: (1, 7.0, 7),
        TURKISTAN: (3, 10.0, 60),
    }
    assert [(item.area, item.period.code) for item in late[TURKISTAN].returns] == [
        (ARYS, "2026-09"),
        (KENTAU, "2026-09"),
        (KENTAU, "2026-08"),
    ]


def test_of_a_source_to_which_regions_report_each_row_is_one_return(tmp_path: Path) -> None:
    rows = [returned(AKMOLA, "2025", "on_time", to="form_1m"), returned(TURKISTAN, "2025", "missing", to="form_1m")]
    build = write_build(tmp_path, {"completeness": rows})
    view = quality(build, scope=PUBLIC, request=asked(source="form_1m"))
    assert not view.is_by_region
    assert [(row.area, str(row.cells[0][0].state)) for row in view.rows] == [
        (AKMOLA, "on_time"),
        (TURKISTAN, "missing"),
    ]
    inside = quality(build, scope=PUBLIC, request=asked(TURKISTAN, source="form_1m"))
    assert [row.area for row in inside.rows] == [TURKISTAN]


def test_before_the_first_return_nothing_is_shown_and_nothing_breaks(tmp_path: Path) -> None:
    build = write_build(tmp_path, {})
    view = quality(build, scope=PUBLIC, request=asked())
    assert (view.periods, view.rows, view.latest, view.late) == ((), (), (), ())
    assert receipts(build, scope=PUBLIC) == {}
    assert receipt(build, scope=PUBLIC, region=TURKISTAN).returns == ()


def test_sources_with_returns_come_first(tmp_path: Path) -> None:
    owed = [source.id for source in catalogue().sources.values() if source.owed]
    last = owed[-1]
    area = ARYS if catalogue().sources[last].area == "district" else AKMOLA
    build = write_build(tmp_path, {"completeness": [returned(area, "2025", "on_time", to=last)]})
    assert owed_sources(build, scope=PUBLIC) == (last, *owed[:-1])


def test_returns_are_invented_where_their_source_is(tmp_path: Path) -> None:
    build = write_build(tmp_path, {"completeness": RETURNS}, invented=RETURN)
    assert quality(build, scope=PUBLIC, request=asked()).is_invented
    assert not quality(build, scope=PUBLIC, request=asked(source="form_1m")).is_invented
    assert receipt(build, scope=PUBLIC, region=AKMOLA).is_invented


def test_nothing_but_the_public_file_is_read(build: Path) -> None:
    with pytest.raises(BuildUnreadable):
        quality(build, scope=Scope(frozenset({TURKISTAN})), request=asked())
    with pytest.raises(BuildUnreadable):
        receipts(build, scope=Scope(frozenset({TURKISTAN})))


def test_periods_that_ended_less_than_the_lag_ago_are_provisional(tmp_path: Path) -> None:
    name = "violence_cases"
    codes = ("2025-12", "2026-01", "2026-02", "2025/26", "2025-01..2025-10")
    lag = {"indicator": name, "declared_months": 0, "learnt_months": 2, "used_months": 2, "figures": 40}
    build = write_build(
        tmp_path,
        {"cells": [cell(name, TURKISTAN, code, 9) for code in codes], "lags": [lag]},
        data_date=date(2026, 3, 15),
    )
    (found,) = quality(build, scope=PUBLIC, request=asked()).lags
    assert (found.declared, found.learnt, found.used, found.figures) == (0, 2, 2, 40)
    assert [period.code for period in found.provisional] == ["2026-01", "2026-02"]


def test_an_indicator_without_a_lag_has_no_period_that_waits(tmp_path: Path) -> None:
    lag = {"indicator": "violence_cases", "declared_months": 0, "learnt_months": None, "used_months": 0, "figures": 0}
    build = write_build(tmp_path, {"cells": [cell("violence_cases", TURKISTAN, "2026-11", 9)], "lags": [lag]})
    (found,) = quality(build, scope=PUBLIC, request=asked()).lags
    assert (found.learnt, found.provisional) == (None, ())


def test_revisions_are_counted_by_month_and_kind_and_not_of_what_is_hidden_today(tmp_path: Path) -> None:
    shown = cell("violence_cases", ARYS, "2026-05", 9)
    hidden = cell("violence_cases", KENTAU, "2026-05", None, status="suppressed")
    elsewhere = cell("violence_cases", KOKSHETAU, "2026-05", 9, invented=True)
    revisions = [
        revised(shown),
        revised(shown, build="older", day=date(2026, 10, 3), kind="late"),
        revised({**hidden, "numerator": 4.0}),
        revised(elsewhere),
    ]
    build = write_build(tmp_path, {"cells": [shown, hidden, elsewhere], "revisions": revisions})

    def told(area: str) -> set[tuple[date, str, int, bool]]:
        found = quality(build, scope=PUBLIC, request=asked(area)).revisions
        return {(item.month, str(item.kind), item.count, item.is_invented) for item in found}

    inside = {(date(2026, 12, 1), "corrected", 1, False), (date(2026, 10, 1), "late", 1, False)}
    assert told(TURKISTAN) == inside
    assert told(COUNTRY) == {*inside, (date(2026, 12, 1), "corrected", 1, True)}
    assert receipt(build, scope=PUBLIC, region=TURKISTAN).revisions == ((RevisionKind.CORRECTED, 1),)


def test_faults_are_those_of_the_source_and_of_files_that_do_not_tell_theirs(tmp_path: Path) -> None:
    day = date(2026, 11, 5)
    faults = [
        fault(TURKISTAN, "stop", 3, found=day),
        fault(TURKISTAN, "stop", 2, found=day, mended=date(2026, 11, 9)),
        fault(TURKISTAN, "stop", 7, found=day, to="form_1m"),
        fault(COUNTRY, "ask", 1, found=day, to=""),
    ]
    build = write_build(tmp_path, {"faults": faults})

    def told(area: str) -> list[tuple[str, str, int, int]]:
        found = quality(build, scope=PUBLIC, request=asked(area)).faults
        return [(item.area, str(item.severity), item.open, item.mended) for item in found]

    assert told(COUNTRY) == [(COUNTRY, "ask", 1, 0), (TURKISTAN, "stop", 3, 2)]
    assert told(TURKISTAN) == [(TURKISTAN, "stop", 3, 2)]


def test_a_region_has_the_breaks_of_its_own_borders_and_of_all_definitions(tmp_path: Path) -> None:
    day = date(2024, 6, 16)
    breaks = [
        {"axis": "definition", "subject": "violence_cases", "day": day, "other": "", "story": "break.law_2024"},
        {"axis": "area", "subject": SOZAK, "day": day, "other": ARYS, "story": "break.founded"},
        {"axis": "area", "subject": KOKSHETAU, "day": day, "other": AKMOLA, "story": "break.reduced"},
    ]
    build = write_build(tmp_path, {"breaks": breaks})
    inside = quality(build, scope=PUBLIC, request=asked(TURKISTAN)).breaks
    assert {(item.subject, item.other) for item in inside} == {("violence_cases", ""), (SOZAK, ARYS)}
    assert len(quality(build, scope=PUBLIC, request=asked()).breaks) == 3


def test_the_returns_shown_are_those_of_the_published_file(sample_build: Path) -> None:
    view = quality(sample_build, scope=PUBLIC, request=asked(most=24))
    with duckdb.connect(str(sample_build / "public.duckdb"), read_only=True) as connection:
        rows = connection.execute("""
            SELECT state, count(*) FROM completeness WHERE source = 'district_return' AND period_end IN (
                SELECT DISTINCT period_end FROM completeness WHERE source = 'district_return'
                ORDER BY period_end DESC LIMIT 24)
            GROUP BY ALL
        """).fetchall()
    assert Counter(str(item.state) for item in view.returns) == dict(rows)


def test_a_receipt_holds_the_returns_of_its_region_and_says_which_is_next(build: Path) -> None:
    found = receipts(build, scope=PUBLIC)
    assert sorted(found) == [AKMOLA, TURKISTAN]
    (item,) = found[TURKISTAN].returns
    assert item.period == parse_period("2026-09")
    assert {(one.area, str(one.state)) for one in item.returns} == {
        (ARYS, "late"),
        (KENTAU, "late"),
        (SOZAK, "missing"),
    }
    assert (item.next_period.code, item.next_due) == ("2026-10", date(2026, 11, 10))
    assert found[TURKISTAN] == receipt(build, scope=PUBLIC, region=TURKISTAN)


@pytest.mark.parametrize(
    ("code", "following", "due"),
    [
        ("2025", "2026", date(2027, 1, 25)),
        ("2026-01..2026-03", "2026-01..2026-04", date(2026, 5, 15)),
        ("2026-01..2026-11", "2026", date(2027, 1, 25)),
    ],
)
def test_the_next_return_has_the_same_length(tmp_path: Path, code: str, following: str, due: date) -> None:
    build = write_build(tmp_path, {"completeness": [returned(AKMOLA, code, "on_time", to="form_1m")]})
    (item,) = receipt(build, scope=PUBLIC, region=AKMOLA).returns
    assert (item.next_period.code, item.next_due) == (following, due)


def test_faults_on_a_receipt_are_counted_since_the_publication_before(tmp_path: Path) -> None:
    before, after = date(2026, 10, 20), date(2026, 11, 20)
    faults = [
        fault(TURKISTAN, "stop", 1, found=before),
        fault(TURKISTAN, "ask", 2, found=before, mended=after),
        fault(TURKISTAN, "ask", 4, found=after, mended=after),
        fault(TURKISTAN, "stop", 8, found=after, to="form_1m"),
        fault(AKMOLA, "stop", 16, found=after),
    ]
    days = [
        published(1, date(2026, 10, 1), build="oldest"),
        published(2, date(2026, 11, 1), build="older"),
        published(3, date(2026, 11, 2), build="older", event="taken_back"),
        published(4, date(2026, 12, 1)),
    ]
    build = write_build(tmp_path, {"completeness": RETURNS, "faults": faults, "publications": days})
    view = receipt(build, scope=PUBLIC, region=TURKISTAN)
    assert (view.published, view.before) == (date(2026, 12, 1), date(2026, 11, 1))
    assert (view.faults.found, view.faults.mended, view.faults.open) == (12, 6, ((Severity.STOP, 9),))


def test_a_first_publication_counts_all_faults_so_far(tmp_path: Path) -> None:
    faults = [fault(TURKISTAN, "stop", 1, found=date(2020, 1, 1))]
    build = write_build(tmp_path, {"completeness": RETURNS, "faults": faults})
    view = receipt(build, scope=PUBLIC, region=TURKISTAN)
    assert (view.published, view.before, view.faults.found) == (date(2026, 12, 1), None, 1)


def test_a_receipt_shows_the_region_beside_the_country_and_counts_what_is_seen_of_its_districts(tmp_path: Path) -> None:
    name, code = "violence_cases", "2025/26"
    cells = [
        cell(name, COUNTRY, code, 500),
        cell(name, TURKISTAN, code, 50),
        cell(name, AKMOLA, code, 40),
        cell(name, ARYS, code, 30),
        cell(name, KENTAU, code, 0),
        cell(name, SOZAK, code, None, status="suppressed"),
        cell(name, "615500000", code, None, status="not_reported"),
        cell(name, KOKSHETAU, code, 7),
    ]
    build = write_build(tmp_path, {"completeness": RETURNS, "cells": cells})
    (figure,) = receipt(build, scope=PUBLIC, region=TURKISTAN).figures
    assert figure.indicator.id == name
    assert (figure.region.count, figure.country.count if figure.country else None) == (50, 500)
    period = parse_period(code)
    assert period
    assert figure.districts == DistrictStates(period, shown=1, zero=1, hidden=1, not_reported=1, other=0)


def test_invented_districts_never_stand_beside_a_real_region(tmp_path: Path) -> None:
    name, code = "violence_cases", "2025/26"
    cells = [cell(name, TURKISTAN, code, 50), cell(name, ARYS, code, 30, invented=True)]
    build = write_build(tmp_path, {"completeness": RETURNS, "cells": cells})
    (figure,) = receipt(build, scope=PUBLIC, region=TURKISTAN).figures
    assert (figure.is_invented, figure.districts) == (False, None)
