"""The same record, catalogue and areas make the same cells, to the last bit, whoever works them out, where and when."""

import os
import re
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Final

import duckdb
import pytest

from etl import accepted, cells, exposure, known, reference
from etl.accepted import record
from etl.cells import build_cells
from etl.scratch import COUNTING, scratch_database
from etl.storage import loads
from riskmap.domain.tables import CELLS, EXPOSURES
from tests.conftest import ROOT
from tests.etl.records import figure, write_record

# Enough of the sample country to have every kind of cell, in so many places that the order of work matters.
_HALF_WAY: Final = date(2025, 9, 30)

_OF_ONE_AREA: Final = "area NOT IN (SELECT area FROM areas WHERE kind = 'joined')"  # the others follow from these

# A number as text is told from every other number; empty and not a number are told from both.
_ROWS: Final = """
SELECT md5(string_agg(cell, chr(10) ORDER BY cell)), count(*)
FROM (SELECT md5(t::VARCHAR) AS cell FROM {table} t{only})
"""


def digests(*, threads: int = 2, until: date | None = None, only: str | None = None) -> dict[str, tuple[str, int]]:
    """What tells the cells and exposures of the record of the data folder from any others."""
    with scratch_database(COUNTING) as connection:
        connection.execute(f"SET threads = {threads}")
        build_cells(connection, until, only=only)
        return {table.name: digest(connection, _plain(table.name)) for table in (CELLS, EXPOSURES)}


def _plain(table: str) -> str:
    """The columns as they are published."""
    columns = next(declared.columns for declared in (CELLS, EXPOSURES) if declared.name == table)
    return f"(SELECT {', '.join(f'CAST({c.name} AS {c.type}) AS {c.name}' for c in columns)} FROM {table})"


def digest(connection: duckdb.DuckDBPyConnection, table: str, only: str = "") -> tuple[str, int]:
    ((found, count),) = connection.execute(_ROWS.format(table=table, only=only)).fetchall()
    return found, count


@pytest.fixture(scope="module")
def expected(sample_folder: Path) -> dict[str, tuple[str, int]]:
    """What the live build holds, which was made by a process of its own or long before."""
    path = sample_folder / "warehouse" / "current" / "full.duckdb"
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{path}' AS live (READ_ONLY)")
        connection.execute("USE live")
        only = f" WHERE {_OF_ONE_AREA}"
        return {table.name: digest(connection, _plain(table.name), only) for table in (CELLS, EXPOSURES)}


def shuffled(folder: Path, into: Path, *, by: int) -> None:
    """The same record, its rows in another order and in many small pieces."""
    (into / "accepted").mkdir(parents=True)
    with duckdb.connect() as connection:
        for path in sorted((folder / "accepted").glob("*.parquet")):
            rows = connection.sql(f"SELECT * FROM read_parquet('{path}') ORDER BY hash(line * {by}, area, indicator)")
            rows.write_parquet(str(into / "accepted" / path.name), row_group_size=2048)


def test_threads_order_and_pieces_of_a_load_do_not_matter(
    sample_folder: Path, expected: dict[str, tuple[str, int]], data_folder: Path
) -> None:
    shuffled(sample_folder, data_folder, by=3)
    assert expected[CELLS.name][1] > 10_000
    assert digests(threads=5) == expected


def test_another_process_another_place_and_another_time_do_not_matter(
    sample_folder: Path, expected: dict[str, tuple[str, int]], tmp_path: Path
) -> None:
    """One thread, other hashes, another zone and language, and a clock that says 2031."""
    place = tmp_path / "somewhere else [1] o'clock"
    shuffled(sample_folder, place, by=7)
    environment = {"RISKMAP_DATA": str(place), "RISKMAP_LANGUAGE": "ru", "PYTHONHASHSEED": "5", "TZ": "Asia/Tokyo"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.etl.test_same_cells"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, **environment, "LC_ALL": "C"},
        check=True,
        timeout=600,
    )
    assert done.stdout == f"{expected}\n"


def _say_digests() -> None:
    class Later(datetime):
        """A clock that is years ahead."""

        @classmethod
        def now(cls, tz: object = None) -> "Later":
            return cls(2031, 1, 2)

    for module in ("etl.storage", "etl.accepted"):
        sys.modules[module].datetime = Later  # type: ignore[attr-defined]
    sys.stdout.write(f"{digests(threads=1)}\n")


def test_what_was_known_on_a_day_is_what_a_record_of_the_loads_until_then_makes(
    sample_folder: Path, data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RISKMAP_DATA", str(sample_folder))
    as_known = digests(until=_HALF_WAY)
    with duckdb.connect() as connection:
        rows = connection.execute(f"SELECT DISTINCT load FROM {record()} WHERE received < '2025-10-01'").fetchall()
    early = {load for (load,) in rows}
    assert 0 < len(early) < len(loads())
    (data_folder / "accepted").mkdir(parents=True)
    for load in early:
        os.link(sample_folder / f"accepted/{load}.parquet", data_folder / f"accepted/{load}.parquet")
    monkeypatch.setenv("RISKMAP_DATA", str(data_folder))
    assert digests() == as_known


@pytest.mark.parametrize("indicator", ["missed_lessons", "programme_schools", "offences_against_minors", "schools"])
def test_one_indicator_by_itself_has_the_cells_it_has_among_all(sample_build: Path, indicator: str) -> None:
    only = f" WHERE indicator = '{indicator}'"
    with scratch_database(COUNTING) as connection:
        build_cells(connection, only=indicator)
        alone = digest(connection, _plain(CELLS.name), only)
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{sample_build}/full.duckdb' AS live (READ_ONLY)")
        connection.execute("USE live")
        assert digest(connection, _plain(CELLS.name), f"{only} AND {_OF_ONE_AREA}") == alone
    assert alone[1] > 20


@pytest.mark.parametrize("is_backwards", [False, True])
def test_of_two_rows_of_one_line_the_same_one_counts_in_any_order(data_folder: Path, is_backwards: bool) -> None:
    """No file brings such rows; what cannot be told apart must not be left to chance either."""
    values = [4, 9, 2][:: -1 if is_backwards else 1]
    key = next(iter(figure("bullying_cases", "113200000", "2024-10", 0)))
    write_record(data_folder, figure("bullying_cases", "113200000", "2024-10", 1))
    path = data_folder / "accepted" / "1.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE rows AS SELECT * FROM read_parquet('{path}')")
        parts = [f"(SELECT * REPLACE ({value}.0 AS numerator) FROM rows)" for value in values]
        connection.sql(" UNION ALL ".join(parts)).write_parquet(str(path))
    with duckdb.connect() as connection:
        build_cells(connection)
        query = "SELECT DISTINCT numerator FROM latest"
        assert (key.area, connection.execute(query).fetchall()) == ("113200000", [(9.0,)])


def test_no_query_asks_for_the_time_for_chance_or_for_any_one_of_several_rows() -> None:
    by_chance = re.compile(r"\b(now|today|current_\w+|random|uuid|any_value|arbitrary|first|last)\(")
    sums = re.compile(r"\b(?:sum|avg)\([^()]*\)")
    exact = {"sum(numerator)"}  # of whole numbers alone
    for module in (accepted, cells, exposure, known, reference):
        text = Path(str(module.__file__)).read_text(encoding="utf-8")
        assert not by_chance.search(text.replace("datetime.now(", ""))
        assert {found for found in sums.findall(text) if " ORDER BY " not in found} <= exact


if __name__ == "__main__":
    _say_digests()
