"""Who owed which return, when it was due, and what has become of it; against the same worked out in plain Python."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

import duckdb
import pandas as pd
import pytest

from etl import reference
from etl.accepted import record_views
from etl.closed_lists import create_types
from etl.completeness import completeness_frame, correction_frame, public_completeness
from etl.sent import add_sent
from geo.areas import areas, districts_of
from riskmap.domain.registry import catalogue, source
from riskmap.domain.vocabulary import Grain, ReturnState, month_period, parse_period
from tests.etl.records import figure, write_record

ULYTAU, ABAY, ASTANA, KONAEV = "620000000", "100000000", "710000000", "191800000"
RETURN, FORM = "district_return", "form_1m"
OFFENCES, VICTIMS, SCHOOLS = "offences_against_minors", "child_victims", "schools"
ON_TIME, LATE, AWAITED, MISSING = (str(state) for state in ReturnState)


def frames() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Returns and corrections of the record."""
    with duckdb.connect() as connection:
        create_types(connection)
        connection.register("areas", reference.unit_frame())
        record_views(connection)
        add_sent(connection)
        return completeness_frame(connection), correction_frame(connection)


def returns(origin: str = RETURN) -> dict[tuple[str, str], tuple[str, date | None, date | None]]:
    """State, day received and day corrected of every owed return of a source, by area and code of the period."""
    found = {}
    for row in frames()[0].itertuples(index=False):
        if row.source == origin:
            code = _code(row.grain, row.period_start, row.period_end)
            found[row.area, code] = (row.state, _day(row.received), _day(row.corrected))
    return found


def _code(grain: str, start: pd.Timestamp, end: pd.Timestamp) -> str:
    codes = (start.strftime("%Y"), start.strftime("%Y-%m"), f"{start:%Y-%m}..{end:%Y-%m}")
    return codes[(Grain.YEAR, Grain.MONTH, Grain.YTD).index(Grain(grain))]


def _day(moment: pd.Timestamp) -> date | None:
    return None if pd.isna(moment) else moment.date()


def send(folder: Path, load: str, on: date, figures: Mapping[tuple[str, str], int | str], **told: object) -> None:
    """One load of figures of `schools`, by area and month."""
    cells = {
        key: cell for (area, code), value in figures.items() for key, cell in figure(SCHOOLS, area, code, value).items()
    }
    write_record(folder, cells, load=load, received=datetime(on.year, on.month, on.day, 9), source=RETURN, **told)


def ulytau() -> list[str]:
    return [area.id for area in districts_of(ULYTAU)]


def test_a_return_is_on_time_on_the_day_it_is_due_and_late_on_the_next(data_folder: Path) -> None:
    first, second, third, *_ = ulytau()
    send(data_folder, "1", date(2025, 11, 10), {(first, "2025-10"): 10})
    send(data_folder, "2", date(2025, 11, 11), {(second, "2025-10"): 10})
    found = returns()
    assert found[first, "2025-10"] == (ON_TIME, date(2025, 11, 10), None)
    assert found[second, "2025-10"] == (LATE, date(2025, 11, 11), None)
    assert found[third, "2025-10"] == (MISSING, None, None)


def test_what_is_not_there_is_awaited_up_to_the_day_it_is_due(data_folder: Path) -> None:
    first, second, *_ = ulytau()
    send(data_folder, "1", date(2025, 11, 10), {(first, "2025-10"): 10})
    assert returns()[second, "2025-10"] == (AWAITED, None, None)


def test_a_month_that_nobody_sent_is_missing_everywhere_once_it_was_due(data_folder: Path) -> None:
    first, second, *_ = ulytau()
    send(data_folder, "1", date(2025, 10, 8), {(first, "2025-09"): 10})
    send(data_folder, "2", date(2025, 12, 8), {(first, "2025-11"): 10})
    assert {code: returns()[first, code][0] for code in ("2025-09", "2025-10", "2025-11")} == {
        "2025-09": ON_TIME,
        "2025-10": MISSING,
        "2025-11": ON_TIME,
    }
    send(data_folder, "3", date(2026, 1, 10), {(first, "2025-11"): 10})
    assert (first, "2025-12") not in returns()  # due on that very day
    send(data_folder, "4", date(2026, 1, 11), {(first, "2025-11"): 10})
    assert returns()[first, "2025-12"] == returns()[second, "2025-12"] == (MISSING, None, None)


def test_nothing_is_owed_before_the_first_month_that_anybody_sent(data_folder: Path) -> None:
    first, *_ = ulytau()
    send(data_folder, "1", date(2025, 11, 8), {(first, "2025-10"): 10})
    assert {code for _, code in returns()} == {"2025-10"}


def test_a_correction_is_another_number_and_not_the_same_sent_again(data_folder: Path) -> None:
    first, second, third, fourth, *_ = ulytau()
    send(data_folder, "1", date(2025, 11, 5), {(area, "2025-10"): 10 for area in (first, second, fourth)})
    send(data_folder, "2", date(2025, 11, 6), {(third, "2025-10"): "not_reported"})
    send(data_folder, "3", date(2025, 11, 7), {(first, "2025-10"): 11, (second, "2025-10"): 10, (third, "2025-10"): 10})
    send(data_folder, "4", date(2025, 11, 9), {(first, "2025-10"): 11, (fourth, "2025-10"): 12})
    send(data_folder, "5", date(2025, 11, 20), {(fourth, "2025-10"): 10})
    found = returns()
    assert found[first, "2025-10"] == (ON_TIME, date(2025, 11, 5), date(2025, 11, 7))
    assert found[second, "2025-10"] == (ON_TIME, date(2025, 11, 5), None)
    assert found[third, "2025-10"] == (ON_TIME, date(2025, 11, 7), None)  # nothing had stood there
    assert found[fourth, "2025-10"] == (ON_TIME, date(2025, 11, 5), date(2025, 11, 20))  # back to what it was


def test_taking_back_one_figure_corrects_a_return_and_taking_back_all_of_it_withdraws_it(data_folder: Path) -> None:
    first, second, *_ = ulytau()
    send(data_folder, "1", date(2025, 11, 5), {(first, "2025-10"): 10, (second, "2025-10"): 10})
    others = figure(OFFENCES, first, "2025-10", 3)
    write_record(data_folder, others, load="2", received=datetime(2025, 11, 6), source=RETURN)
    send(data_folder, "3", date(2025, 11, 12), {(area, "2025-10"): "not_reported" for area in (first, second)})
    found = returns()
    assert found[first, "2025-10"] == (ON_TIME, date(2025, 11, 5), date(2025, 11, 12))
    assert found[second, "2025-10"] == (MISSING, None, None)


def test_what_is_told_of_a_day_before_the_period_is_over_is_not_yet_its_return(data_folder: Path) -> None:
    first, second, third, *_ = ulytau()
    early = {(area, "2025-10"): 10 for area in (first, second)}
    send(data_folder, "1", date(2025, 10, 3), early | {(third, "2025-09"): 10})
    send(data_folder, "2", date(2025, 10, 31), {(third, "2025-10"): 10})
    write_record(
        data_folder, figure(OFFENCES, first, "2025-10", 3), load="3", received=datetime(2025, 11, 15), source=RETURN
    )
    found = returns()
    assert found[first, "2025-10"] == (LATE, date(2025, 11, 15), None)
    assert found[second, "2025-10"] == (MISSING, None, None)
    assert found[third, "2025-10"] == (ON_TIME, date(2025, 10, 31), None)


def test_an_area_owes_nothing_before_it_was_founded_and_a_remainder_never(data_folder: Path) -> None:
    founded = areas()[ulytau()[0]]
    young = next(area for area in areas().values() if area.valid_from and area.valid_from.year == 2024)
    assert young.valid_from
    send(data_folder, "1", date(2025, 1, 31), {(founded.id, "2023-12"): 10, (f"{ULYTAU}-R", "2024-12"): 4})
    owed = {code for area, code in returns() if area == young.id}
    assert (min(owed), max(owed)) == (f"{young.valid_from:%Y-%m}", "2024-12")
    assert not any(area.endswith("-R") for area, _ in returns())


def test_regions_owe_the_form_since_january_by_month_and_its_december_as_the_year(data_folder: Path) -> None:
    def form(load: str, on: date, code: str) -> None:
        write_record(
            data_folder,
            figure(VICTIMS, ASTANA, code, 30, invented=False),
            load=load,
            received=datetime(on.year, on.month, on.day),
            source=FORM,
        )

    form("1", date(2024, 11, 15), "2024-01..2024-10")
    form("2", date(2025, 1, 26), "2024")
    form("3", date(2025, 3, 16), "2025-01..2025-02")
    found = {code: state for (area, code), (state, *_) in returns(FORM).items() if area == ASTANA}
    assert found == {
        "2024-01..2024-10": ON_TIME,
        "2024-01..2024-11": MISSING,
        "2024": LATE,
        "2025-01..2025-01": MISSING,
        "2025-01..2025-02": LATE,
    }
    owing = {area for area, code in returns(FORM) if code == "2024"}
    assert owing == {area.id for area in areas().values() if str(area.kind) == "region"}


def test_invented_returns_are_judged_by_the_day_of_the_last_invented_ones_and_go_where_real_ones_are(
    data_folder: Path,
) -> None:
    first, second, *_ = ulytau()
    send(data_folder, "1", date(2025, 11, 8), {(first, "2025-10"): 10})
    real = figure(VICTIMS, ASTANA, "2024", 30, invented=False)
    write_record(data_folder, real, load="2", received=datetime(2026, 6, 1), source="published")
    assert returns()[second, "2025-10"][0] == AWAITED
    assert {code for _, code in returns()} == {"2025-10"}
    real = figure(SCHOOLS, second, "2025-12", 7, invented=False)
    write_record(data_folder, real, load="3", received=datetime(2026, 1, 8), source=RETURN)
    assert returns()[second, "2025-12"][0] == ON_TIME
    assert returns()[first, "2025-12"][0] == MISSING
    assert (first, "2025-10") not in returns()


def test_a_correction_of_a_hidden_figure_is_told_by_nothing_that_everybody_sees(data_folder: Path) -> None:
    first, second, *_ = ulytau()
    send(data_folder, "1", date(2025, 11, 5), {(first, "2025-10"): 10, (second, "2025-10"): 3})
    send(data_folder, "2", date(2025, 11, 7), {(first, "2025-10"): 12, (second, "2025-10"): 4})
    owed, corrections = frames()
    cells = corrections.drop(columns=["source", "corrected"]).assign(status=["value", "suppressed"])
    assert list(cells["area"]) == sorted([first, second])
    seen = public_completeness(owed, corrections=corrections, cells=cells).set_index("area")["corrected"]
    assert list(owed.set_index("area")["corrected"][[first, second]].notna()) == [True, True]
    assert list(seen[sorted([first, second])].notna()) == [True, False]
    nothing = public_completeness(owed, corrections=corrections, cells=cells.iloc[:0])
    assert nothing.equals(owed.assign(corrected=nothing["corrected"]))
    assert nothing["corrected"].isna().all()


def test_of_the_sample_country_most_returns_come_on_time(sample_build: Path) -> None:
    query = """
        SELECT count(*) FILTER (state = 'on_time') / count(*), count(*) FILTER (state = 'late'), count(corrected)
        FROM completeness JOIN areas USING (area)
        WHERE parent IN (SELECT DISTINCT parent FROM completeness JOIN areas USING (area) WHERE state = 'on_time')
    """
    found = {}
    for kind in ("full", "public"):
        with duckdb.connect(str(sample_build / f"{kind}.duckdb"), read_only=True) as connection:
            found[kind] = connection.execute(query).fetchall()[0]
    on_time, late, corrected = found["full"]
    assert 0.95 < on_time < 1
    assert late > 0
    assert found["public"][:2] == (on_time, late)
    assert 0 < found["public"][2] < corrected  # some of what was corrected is not shown by month and district


def test_every_shipped_source_that_is_owed_is_due_within_a_month() -> None:
    owed = {name: dict(item.due_days) for name, item in catalogue().sources.items() if item.owed}
    assert owed == {RETURN: {"month": 10}, FORM: {"ytd": 15, "year": 25}}
    assert source(RETURN).owed_grains == (Grain.MONTH,)  # what it sends by year too is not owed by year


VALUES: tuple[int | str, ...] = (5, 6, "not_reported")
Sent = tuple[str, date, str, str, int | str]  # load, day, area, month, number or mark


def plain_returns(
    sent: Iterable[Sent], *, owing: Iterable[str]
) -> dict[tuple[str, str], tuple[str, date | None, date | None]]:
    """The same without a database: one figure a return, loads in their order."""
    sent = sorted(sent, key=lambda row: row[0])
    today = max(day for _, day, *_ in sent)
    ends = {code: parse_period(code).end for *_, code, _ in sent}  # type: ignore[union-attr]
    first, last = min(ends.values()), max(ends.values())
    found: dict[tuple[str, str], tuple[str, date | None, date | None]] = {}
    month = month_period(first.year, first.month)
    while month.end <= max(last, today):
        due = month.end + timedelta(days=10)
        for area in owing if month.end <= last or due < today else ():
            stands, received, corrected = None, None, None
            for _, day, *key, value in sent:
                if key != [area, month.code]:
                    continue
                if value != "not_reported" and day >= month.end:
                    received = received or day
                if stands is not None and value != stands:
                    corrected = day
                stands = None if value == "not_reported" else value
            if stands is None or received is None:
                found[area, month.code] = (AWAITED if due >= today else MISSING, None, None)
            else:
                found[area, month.code] = (ON_TIME if received <= due else LATE, received, corrected)
        after = month.end + timedelta(days=1)
        month = month_period(after.year, after.month)
    return found


@pytest.mark.parametrize("seed", range(2))
def test_any_history_of_returns_is_told_as_plain_python_tells_it(data_folder: Path, seed: int) -> None:
    random = Random(seed)
    where = [area.id for region in (ULYTAU, ABAY) for area in districts_of(region)]
    months = [month_period(2025, number) for number in random.sample(range(1, 13), 5)]
    sent: list[Sent] = []
    for number in range(12):
        day = date(2025, 3, 1) + timedelta(days=27 * number + random.randrange(20))
        chosen = {(random.choice(where), random.choice(months)) for _ in range(25)}
        values: dict[tuple[str, str], int | str] = {
            (area, month.code): random.choice(VALUES) for area, month in chosen if month.start <= day
        }
        if values:
            send(data_folder, f"{number:02}", day, values)
            sent += [(f"{number:02}", day, area, code, value) for (area, code), value in values.items()]
    owing = [area.id for area in areas().values() if str(area.kind) == "district"]
    assert returns() == plain_returns(sent, owing=owing)
