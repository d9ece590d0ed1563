"""Revisions: what a publication changes of the one before it, and nothing that the two do not tell themselves."""

import json
import math
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.demo.plan import plan
from etl.journal import EventKind
from etl.publish import publish, rollback
from etl.revisions import publication_frame, revision_counts, revision_frame
from etl.storage import drop, folder, live, new_identifier
from riskmap.domain.errors import BuildUnreadable
from riskmap.domain.tables import CELLS, PUBLICATIONS, REVISIONS
from riskmap.domain.vocabulary import CellStatus, RevisionKind, parse_period
from tests.etl.build_files import DAY, Row, cell, cell_frame, copied, empty_cell, meta, write_build
from tests.etl.conftest import Run
from tests.etl.folders import AKMOLA, OFFENCES
from tests.etl.published import published_row, write_published

Cells = Iterable[Row]


def _revised(before: Cells, after: Cells, *, kind: str = "public") -> list[dict[str, Any]]:
    """The revisions of one table against another one that is live."""
    base = write_build(before)
    frame = revision_frame(cell_frame(after), meta=meta("later", base.name), kind=kind)
    return [dict(row) for row in frame.to_dict("records")]


def _kinds(before: Cells, after: Cells) -> list[str]:
    return [row["kind"] for row in _revised(before, after)]


def test_every_kind_is_told_with_both_sides(data_folder: Path) -> None:
    codes = ("2025-01", "2025-02", "2025-03", "2025-04", "2025-05")
    before = [
        cell(code=codes[0], numerator=10),
        empty_cell(code=codes[1]),
        cell(code=codes[2], numerator=7),
        cell(code=codes[3], denominator=1000),
        cell(code=codes[4]),
    ]
    after = [
        cell(code=codes[0], numerator=12),
        cell(code=codes[1], numerator=0),
        empty_cell(code=codes[2]),
        cell(code=codes[3], denominator=1100),
        cell(code=codes[4], provisional=True, source="other"),
    ]
    found = _revised(before, after)
    assert [row["kind"] for row in found] == ["corrected", "late", "withdrawn", "people"]
    assert [(row["numerator_before"], row["numerator_after"]) for row in found[:1]] == [(10, 12)]
    assert (found[1]["status_before"], found[1]["numerator_after"]) == ("not_reported", 0)
    assert (found[2]["numerator_before"], found[2]["status_after"]) == (7, "not_reported")
    assert (found[3]["denominator_before"], found[3]["denominator_after"]) == (1000, 1100)
    assert {(row["build"], row["day"].date(), row["invented"]) for row in found} == {("later", DAY, True)}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (empty_cell("suppressed"), cell()),
        (cell(), empty_cell("suppressed")),
        (empty_cell("suppressed"), empty_cell()),
        (empty_cell(), empty_cell("suppressed")),
        (cell(), empty_cell("not_applicable")),
        (cell(), empty_cell("not_comparable")),
        (empty_cell("not_comparable"), cell()),
        (cell(invented=True), cell(invented=False, numerator=11)),
        (cell(denominator=1000), cell(denominator=1000 * (1 + 1e-12))),
        (cell(denominator=None), cell(denominator=None)),
    ],
)
def test_what_is_hidden_or_follows_from_the_catalogue_or_is_of_another_kind_is_no_revision(
    data_folder: Path, before: Row, after: Row
) -> None:
    assert _kinds([before], [after]) == []


def test_people_that_appear_or_go_are_told(data_folder: Path) -> None:
    codes = ("2025-01", "2025-02")
    before = [cell(code=codes[0], denominator=None), cell(code=codes[1])]
    after = [cell(code=codes[0]), cell(code=codes[1], denominator=None)]
    assert _kinds(before, after) == ["people", "people"]


def test_cells_that_are_new_or_gone_are_no_revisions(data_folder: Path) -> None:
    assert _kinds([cell(code="2025-01")], [cell(code="2025-02")]) == []


STATES = st.one_of(
    st.just(None),
    st.sampled_from([status for status in CellStatus if status is not CellStatus.VALUE]),
    st.tuples(st.integers(0, 3), st.sampled_from([None, 100.0, 200.0])),
)
KEYS = [(area, code) for area in ("110000000", "150000000") for code in ("2025-01", "2025-02")]


def _cells(states: Mapping[tuple[str, str], Any]) -> list[Row]:
    """A table of the states of its keys; None where the key is not there."""
    rows = []
    for (area, code), state in states.items():
        if isinstance(state, tuple):
            rows.append(cell(area=area, code=code, numerator=state[0], denominator=state[1]))
        elif state is not None:
            rows.append(empty_cell(str(state), area=area, code=code))
    return rows


def _expected(before: Any, after: Any) -> RevisionKind | None:
    """What two states of one key come to, in plain words."""
    if isinstance(before, tuple) and isinstance(after, tuple):
        if before[0] != after[0]:
            return RevisionKind.CORRECTED
        return RevisionKind.PEOPLE if before[1] != after[1] else None
    if before is CellStatus.NOT_REPORTED and isinstance(after, tuple):
        return RevisionKind.LATE
    if isinstance(before, tuple) and after is CellStatus.NOT_REPORTED:
        return RevisionKind.WITHDRAWN
    return None


def _public_file(cells: Cells) -> Path:
    """A build of which nothing exists but the public cells, so nothing else can be told of it."""
    build = folder("warehouse") / new_identifier()
    build.mkdir()
    with duckdb.connect(str(build / "public.duckdb")) as connection:
        for table in (CELLS, REVISIONS):
            connection.execute(table.ddl)
        connection.register("incoming", cell_frame(cells))
        connection.execute("INSERT INTO cells SELECT * FROM incoming")
    return build


@settings(max_examples=15)
@given(before=st.tuples(*[STATES] * len(KEYS)), after=st.tuples(*[STATES] * len(KEYS)))
def test_public_revisions_are_a_function_of_two_public_tables(
    tmp_path_factory: pytest.TempPathFactory, before: tuple[Any, ...], after: tuple[Any, ...]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RISKMAP_DATA", str(tmp_path_factory.mktemp("two") / "data"))
        base = _public_file(_cells(dict(zip(KEYS, before, strict=True))))
        told = meta("later", base.name)
        found = revision_frame(cell_frame(_cells(dict(zip(KEYS, after, strict=True)))), meta=told, kind="public")
    expected = {key: _expected(b, a) for key, b, a in zip(KEYS, before, after, strict=True)}
    periods = {code: parse_period(code) for _, code in KEYS}
    starts = {(area, periods[code].start): kind for (area, code), kind in expected.items() if kind}  # type: ignore[union-attr]
    assert {(row.area, row.period_start.date()): row.kind for row in found.itertuples()} == starts
    assert "suppressed" not in {*found["status_before"], *found["status_after"]}


def test_revisions_of_earlier_builds_are_carried_on_and_own_ones_added(data_folder: Path) -> None:
    first = write_build([cell(numerator=1)])
    own = revision_frame(cell_frame([cell(numerator=2)]), meta=meta("second", first.name), kind="full")
    second = write_build([cell(numerator=2)], revisions=own)
    frame = revision_frame(cell_frame([cell(numerator=3)]), meta=meta("third", second.name), kind="full")
    assert list(frame.columns) == list(REVISIONS.names)
    assert [tuple(row) for row in frame[["build", "numerator_before", "numerator_after"]].to_numpy()] == [
        ("second", 1, 2),
        ("third", 2, 3),
    ]


def test_of_a_cell_that_is_hidden_by_now_earlier_revisions_are_told_no_longer(data_folder: Path) -> None:
    first = write_build([cell(numerator=7), cell(code="2025-02", numerator=7)])
    corrected = [cell(numerator=6), cell(code="2025-02", numerator=6)]
    own = revision_frame(cell_frame(corrected), meta=meta("second", first.name), kind="public")
    second = write_build(corrected, revisions=own)
    hidden = [empty_cell("suppressed"), cell(code="2025-02", numerator=6)]
    frame = revision_frame(cell_frame(hidden), meta=meta("third", second.name), kind="public")
    assert [day.month for day in frame["period_start"]] == [2]


def test_a_base_of_an_earlier_format_without_revisions_is_compared_all_the_same(data_folder: Path) -> None:
    base = write_build([cell(numerator=1)])
    with duckdb.connect(str(base / "public.duckdb")) as connection:
        connection.execute("DROP TABLE revisions")
    frame = revision_frame(cell_frame([cell(numerator=2)]), meta=meta("later", base.name), kind="public")
    assert list(frame["kind"]) == ["corrected"]


def test_without_a_base_and_for_a_past_day_there_are_none(data_folder: Path) -> None:
    base = write_build([cell(numerator=1)])
    for told in (meta("later", ""), meta("later", base.name, as_known_on="2025-12-31")):
        assert revision_frame(cell_frame([cell(numerator=2)]), meta=told, kind="public").empty


def test_a_base_that_is_gone_is_never_passed_over(data_folder: Path) -> None:
    base = write_build([cell()])
    drop(base)
    with pytest.raises(BuildUnreadable):
        revision_frame(cell_frame([cell()]), meta=meta("later", base.name), kind="public")


def test_publications_tell_each_event_with_the_numbers_of_their_file_and_this_build_last(live_folder: Path) -> None:
    first = live()
    assert first
    second = copied(first, data_date="2026-10-31")
    _revise(second, corrected=2, late=1)
    publish(second)
    rollback()
    frame = publication_frame(pd.DataFrame(columns=list(REVISIONS.names)), meta=meta("third", first.name), kind="full")
    assert list(frame.columns) == list(PUBLICATIONS.names)
    rows = [tuple(row) for row in frame.drop(columns=["day", "data_date"]).itertuples(index=False)]
    assert rows == [
        (1, first.name, "published", 0, 0, 0, 0),
        (2, second.name, "published", 2, 1, 0, 0),
        (3, second.name, "taken_back", 0, 0, 0, 0),
        (4, "third", "published", 0, 0, 0, 0),
    ]
    assert list(frame["data_date"])[1:] == [date(2026, 10, 31), None, date(2026, 10, 31)]
    assert list(frame["day"])[-1] == DAY


def _revise(build: Path, **numbers: int) -> None:
    """Let a build tell of so many revisions of each kind in its full file, and of none in its public one."""
    with duckdb.connect(str(build / "full.duckdb")) as connection:
        for kind, number in numbers.items():
            connection.execute(
                f"""
                INSERT INTO revisions SELECT ?, {", ".join(CELLS.key)}, DATE '2026-11-01', ?,
                       'value', 1, NULL, 'value', 2, NULL, invented
                FROM cells ANTI JOIN revisions USING ({", ".join(CELLS.key)}) ORDER BY ALL LIMIT {number}
                """,
                [build.name, kind],
            )
    assert revision_counts(build)["full"] == dict.fromkeys(RevisionKind, 0) | numbers


# --- with real builds


def test_a_correction_that_is_loaded_is_told(live_folder: Path, run: Run) -> None:
    ((before,),) = _ask(live_folder, f"SELECT numerator FROM cells WHERE {_PLACE}")
    path = write_published(live_folder.parent / "again.csv", [published_row(OFFENCES, AKMOLA, "2022", int(before) + 3)])
    assert run("load", path, "--publish").status == 0
    query = f"SELECT kind, numerator_before, numerator_after FROM revisions WHERE {_PLACE}"
    assert _ask(live_folder, query) == [("corrected", before, before + 3)]
    assert _ask(live_folder, "SELECT number, event, corrected > 0 FROM publications ORDER BY number") == [
        (1, EventKind.PUBLISHED, False),
        (2, EventKind.PUBLISHED, True),
    ]


_PLACE = f"indicator = '{OFFENCES}' AND area = '{AKMOLA}' AND period_start = '2022-01-01' AND grain = 'year'"
_PLACE += " AND breakdown = 'all'"


def _ask(folder: Path, query: str, file: str = "public") -> list[tuple[Any, ...]]:
    path = (folder / "warehouse" / "current").resolve() / f"{file}.duckdb"
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_the_public_revisions_of_the_sample_are_what_comparing_its_two_released_tables_tells(
    sample_folder: Path, sample_build: Path
) -> None:
    names = [name for (name,) in _ask(sample_folder, "SELECT build FROM publications ORDER BY number")]
    before, after = (pd.read_parquet(sample_folder / "released" / f"{name}.parquet") for name in names[-2:])
    both = before.merge(after, on=list(CELLS.key), suffixes=("_before", "_after"))
    told = both[both["invented_before"] == both["invented_after"]]
    kinds = [_compared(row) for row in told.itertuples()]
    expected = told.assign(kind=kinds)[pd.notna(pd.Series(kinds, index=told.index))]
    columns = [*CELLS.key, "kind", "status_before", "numerator_before", "status_after", "numerator_after"]
    with duckdb.connect(str(sample_build / "public.duckdb"), read_only=True) as connection:
        found = connection.execute("FROM revisions WHERE build = ?", [sample_build.name]).df()
    assert len(found) == len(expected) > 0
    pd.testing.assert_frame_equal(_sorted(found[columns]), _sorted(expected[columns]), check_dtype=False)
    assert {"corrected", "late", "people"} <= set(found["kind"])


def _sorted(frame: pd.DataFrame) -> pd.DataFrame:
    dates = {name: pd.to_datetime(frame[name]) for name in ("period_start", "period_end")}
    return frame.assign(**dates).sort_values(list(CELLS.key)).reset_index(drop=True)


def _compared(row: Any) -> str | None:
    """What anybody sees who lays the two tables side by side."""
    statuses = (row.status_before, row.status_after)
    if statuses == ("value", "value"):
        if row.numerator_before != row.numerator_after:
            return "corrected"
        people = [0 if pd.isna(n) else n for n in (row.denominator_before, row.denominator_after)]
        return None if math.isclose(*people, rel_tol=1e-9) else "people"
    return {("not_reported", "value"): "late", ("value", "not_reported"): "withdrawn"}.get(statuses)


def test_what_was_planted_as_corrected_after_the_first_publication_is_told_so(
    sample_folder: Path, sample_build: Path
) -> None:
    truth = json.loads((sample_folder / "demo" / "truth.json").read_text(encoding="utf-8"))
    first = plan().returns.first_publication
    planted = {(c["indicator"], c["area"], c["month"]) for c in truth["corrected"] if _came_after(c, first)}
    query = """
        SELECT indicator, area, strftime(period_start, '%Y-%m') AS month, numerator_before / numerator_after AS share
        FROM revisions WHERE kind = 'corrected' AND grain = 'month' AND breakdown = 'all'
        AND area IN (SELECT area FROM areas WHERE kind = 'district')
    """
    rows = _ask(sample_folder, query, "full")
    published = {(row[0], row[1], row[2]) for row in rows}
    months = {
        name
        for (name,) in _ask(
            sample_folder,
            "SELECT DISTINCT indicator FROM cells JOIN areas USING (area) WHERE kind = 'district' AND grain = 'month'",
        )
    }
    assert published == {key for key in planted if key[0] in months}
    assert published
    assert all(share == pytest.approx(plan().corrections.factor, rel=0.1) for *_, share in rows)


def _came_after(correction: Mapping[str, Any], first: date) -> bool:
    """Whether a figure had come in by a day and was corrected behind it; a return comes in the month after its own."""
    month = date.fromisoformat(f"{correction['month']}-01")
    arrived = _months_later(month, 1)
    return arrived <= first < _months_later(month, 1 + correction["after_months"])


def _months_later(day: date, number: int) -> date:
    months = day.year * 12 + day.month - 1 + number
    return date(months // 12, months % 12 + 1, plan().returns.received_day)
