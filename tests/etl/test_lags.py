"""After how many months figures are final: learnt from the history of returns, used for the mark `provisional`."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

import duckdb

from etl.accepted import record_views
from etl.cells import build_cells
from etl.closed_lists import create_types
from etl.lags import add_lags, lag_frame
from etl.sent import add_sent
from geo.areas import districts_of
from riskmap.domain.registry import indicator
from riskmap.domain.vocabulary import Period, month_period
from tests.etl.plain_cells import Cell, Cells
from tests.etl.records import figure, write_history

AREAS = [area.id for area in districts_of("110000000")][:5]
SCHOOLS, OFFENCES, BULLYING = "schools", "offences_against_minors", "bullying_cases"
MONTHS = [month_period(2022 + number // 12, number % 12 + 1) for number in range(36)]


def after(month: Period, months: int, *, day: int = 8) -> datetime:
    """A day of the month so many months after one."""
    number = month.start.year * 12 + month.start.month - 1 + months
    return datetime(number // 12, number % 12 + 1, day)


class History:
    """The figures of five districts, month by month as they were sent."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.loads: list[tuple[Cells, Mapping[str, object]]] = []

    def send(self, name: str, months: Iterable[Period], *, delay: int = 1, value: int = 10, **told: object) -> None:
        """The same figure of each month, so many months after it."""
        for month in months:
            cells = _everywhere(name, month.code, value, invented=bool(told.get("invented", True)))
            received = after(month, delay)
            origin = {"source": "district_return", "load": f"{received:%Y%m%d}-{len(self.loads)}", "received": received}
            self.loads.append((cells, {**origin, **told}))

    def lags(self) -> dict[str, tuple[int | None, int, int]]:
        """Months learnt and used, and the number of figures, of each indicator."""
        write_history(self.folder, self.loads)
        return lags()


def _everywhere(name: str, code: str, value: int, *, invented: bool = True) -> Cells:
    return {key: cell for area in AREAS for key, cell in figure(name, area, code, value, invented=invented).items()}


def lags() -> dict[str, tuple[int | None, int, int]]:
    with duckdb.connect() as connection:
        create_types(connection)
        record_views(connection)
        add_sent(connection)
        add_lags(connection)
        frame = lag_frame(connection)
    rows = frame.astype(object).where(frame.notna(), None).itertuples(index=False)
    return {row.indicator: (row.learnt_months, row.used_months, row.figures) for row in rows}


def provisional(*, invented: bool = True) -> list[str]:
    """Months of the first district of which the number of schools may still be corrected."""
    query = f"SELECT period_start FROM cells WHERE area = '{AREAS[0]}' AND grain = 'month' AND provisional = true"
    with duckdb.connect() as connection:
        build_cells(connection, only=SCHOOLS)
        rows = connection.execute(f"{query} AND invented = {invented} ORDER BY ALL").fetchall()
    return [f"{start:%Y-%m}" for (start,) in rows]


def test_what_always_comes_in_the_month_after_is_final_then(data_folder: Path) -> None:
    history = History(data_folder)
    history.send(SCHOOLS, MONTHS)
    # The first month was over before anything was heard of; the last twelve are too young.
    assert history.lags()[SCHOOLS] == (1, 1, (36 - 13) * 5)


def test_corrections_of_more_than_one_in_twenty_make_figures_provisional_for_longer(data_folder: Path) -> None:
    history = History(data_folder)
    history.send(SCHOOLS, MONTHS)
    assert history.lags()[SCHOOLS][:2] == (1, 1)
    assert provisional() == ["2024-12"]  # until its source is heard of after January
    history.send(SCHOOLS, MONTHS[:-4:10], delay=4, value=11)
    assert history.lags()[SCHOOLS][:2] == (4, 4)
    assert provisional() == ["2024-09", "2024-10", "2024-11", "2024-12"]  # heard of on 8 January 2025


def test_rare_corrections_and_the_same_number_again_change_nothing(data_folder: Path) -> None:
    history = History(data_folder)
    history.send(SCHOOLS, MONTHS)
    history.send(SCHOOLS, MONTHS[5:6], delay=9, value=11)
    history.send(SCHOOLS, MONTHS[6:20:2], delay=7)
    assert history.lags()[SCHOOLS][:2] == (1, 1)


def test_a_figure_that_came_after_a_mark_is_as_old_as_the_figure(data_folder: Path) -> None:
    history = History(data_folder)
    history.send(SCHOOLS, MONTHS, delay=3)
    history.loads += [
        ({key: Cell("not_reported") for key in cells}, {**told, "load": "0", "received": after(MONTHS[0], 1)})
        for cells, told in history.loads
    ]
    assert history.lags()[SCHOOLS][0] == 3


def test_a_short_history_leaves_what_the_catalogue_declares(data_folder: Path) -> None:
    history = History(data_folder)
    history.send(SCHOOLS, MONTHS[:24])
    history.send(OFFENCES, MONTHS[:24])
    found = history.lags()
    assert found[SCHOOLS] == (None, indicator(SCHOOLS).lag_months, 55)
    assert found[OFFENCES] == (None, indicator(OFFENCES).lag_months, 55)


def test_nothing_learnt_makes_a_figure_final_sooner_than_declared(data_folder: Path) -> None:
    population = "children_0_17"
    history = History(data_folder)
    for year in range(2005, 2021):
        told = {"source": "district_return", "load": str(year), "received": datetime(year + 1, 1, 20)}
        history.loads.append((_everywhere(population, str(year), 900), told))
    assert history.lags()[population] == (1, 6, (16 - 2) * 5)


def test_figures_that_were_sent_all_at_once_tell_nothing(data_folder: Path) -> None:
    history = History(data_folder)
    history.send(SCHOOLS, MONTHS, load="1", received=datetime(2026, 3, 1))
    assert history.lags()[SCHOOLS] == (None, 0, 0)


def test_when_somebody_copied_a_publication_tells_nothing(data_folder: Path) -> None:
    history = History(data_folder)
    history.send(BULLYING, MONTHS, delay=5, invented=False, source="published")
    assert history.lags()[BULLYING] == (None, 0, 0)


def test_real_and_invented_histories_never_mix(data_folder: Path) -> None:
    history = History(data_folder)
    history.send(SCHOOLS, MONTHS, delay=5)
    assert history.lags()[SCHOOLS][0] == 5
    assert provisional() == ["2024-12"]
    history.send(SCHOOLS, MONTHS[-2:], value=12, invented=False)
    assert history.lags()[SCHOOLS] == (None, 0, 0)
    assert provisional(invented=False) == []
    history.send(SCHOOLS, MONTHS[:-2], delay=2, value=13, invented=False)
    assert history.lags()[SCHOOLS][0] == 2


def test_of_the_sample_country_months_are_learnt_for_what_is_sent_all_year(sample_build: Path) -> None:
    with duckdb.connect(str(sample_build / "public.duckdb"), read_only=True) as connection:
        found = dict(connection.execute("SELECT indicator, learnt_months FROM lags WHERE figures > 0").fetchall())
    assert found[SCHOOLS] == 1
    assert found["children_0_17"] is None
