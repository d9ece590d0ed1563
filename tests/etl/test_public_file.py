"""The public file holds the public rows and nothing else, and nothing beside it can be read by others."""

import json
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

import duckdb
import pytest

from etl import public_file
from etl.build import stage_build
from etl.journal import EventKind
from etl.public_file import write_apart
from etl.storage import builds, new_identifier
from geo.areas import districts_of
from riskmap.domain.errors import StorageFailed
from riskmap.domain.registry import indicator
from riskmap.domain.tables import CELLS, TABLES
from riskmap.domain.vocabulary import CellStatus
from tests.etl.folders import half_written
from tests.etl.planted_numbers import (
    AKTOBE,
    BULLYING,
    LEAST_EVENTS,
    LEAST_PEOPLE,
    THREE_YEARS,
    ULYTAU,
    VIOLENCE,
    Planted,
)
from tests.etl.records import figure, write_record
from tests.etl.traces import Wanted

# What a row says of a cell of which it says nothing.
_SILENT: Final = {"numerator": None, "denominator": None, "units_expected": None, "units_reported": None} | {
    **dict.fromkeys(("provisional", "unstable"), False),
    **dict.fromkeys(("source", "definition"), ""),
}


def rows_of(path: Path) -> Iterator[bytes]:
    """Every row of every table of a file, as text."""
    with duckdb.connect(str(path), read_only=True) as connection:
        for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall():
            rows = connection.execute(f"FROM {name}").fetchall()
            yield "\n".join("\t".join(map(str, row)) for row in rows).encode()


def test_hidden_numbers_are_in_no_row_and_no_byte_of_the_public_file(planted: Planted) -> None:
    for build in planted.builds:
        assert planted.hidden.found_in(b"\n".join(rows_of(build / "public.duckdb"))) == set()
    assert planted.hidden.found_in((planted.builds[-1] / "public.duckdb").read_bytes()) == set()


def test_the_same_look_finds_them_in_the_full_file_and_the_visible_ones_in_the_public_file(planted: Planted) -> None:
    full, public = (
        b"\n".join(row for build in planted.builds for row in rows_of(build / f"{name}.duckdb"))
        for name in ("full", "public")
    )
    assert len(planted.hidden.numbers) > 50
    assert planted.hidden.found_in(full) == planted.hidden.numbers
    assert {number for number in planted.shown.numbers if number == int(number)} <= planted.shown.found_in(public)


def test_beside_each_hidden_number_of_districts_stand_visible_ones_of_the_same_table(planted: Planted) -> None:
    """So a page that shows the table shows numbers that the look can find, and has some that it must not send."""
    query = f"""
        SELECT period_end, category, count(*) FILTER (WHERE status = '{CellStatus.VALUE}'), count(*) FROM cells
        WHERE indicator = ? AND area IN ? GROUP BY ALL
    """
    districts = [area.id for code in (ULYTAU, AKTOBE) for area in districts_of(code)]
    for build in planted.builds:
        with duckdb.connect(str(build / "public.duckdb"), read_only=True) as connection:
            tables = [
                row for name in (BULLYING, VIOLENCE) for row in connection.execute(query, [name, districts]).fetchall()
            ]
        assert len(tables) == 2 + len(indicator(VIOLENCE).breakdowns["type"])
        assert {category for _, category, shown, _ in tables if not shown} == {"sexual"}
        assert all(4 < shown < there for _, category, shown, there in tables if category != "sexual")


def test_hidden_numbers_and_where_figures_came_from_leave_the_folder_of_a_build_in_no_file(planted: Planted) -> None:
    kept = [path for name in ("released", "receipts", "journal") for path in (planted.folder / name).rglob("*.*")]
    assert {path.suffix for path in kept} == {".parquet", ".html", ".json"}
    assert {path.name for path in kept if planted.hidden.found_in(path.read_bytes())} == set()
    released = planted.folder / "released" / f"{planted.builds[-1].name}.parquet"
    with duckdb.connect(str(planted.builds[-1] / "public.duckdb"), read_only=True) as connection:
        for first, second in (("cells", f"'{released}'"), (f"'{released}'", "cells")):
            assert connection.execute(f"FROM {first} EXCEPT ALL FROM {second}").fetchall() == []


def test_a_hidden_row_says_nothing_but_its_key_its_state_and_whether_it_is_invented(
    planted: Planted, sample_build: Path
) -> None:
    assert {*_SILENT, *CELLS.key, "status", "invented"} == set(CELLS.names)
    for build in (planted.builds[-1], sample_build):
        with duckdb.connect(str(build / "public.duckdb"), read_only=True) as connection:
            query = f"SELECT DISTINCT {', '.join(_SILENT)} FROM cells WHERE status = '{CellStatus.SUPPRESSED}'"
            assert connection.execute(query).fetchall() == [tuple(_SILENT.values())]


def test_no_revision_is_told_of_a_cell_that_is_hidden(planted: Planted) -> None:
    query = f"""
        SELECT count(*), count(*) FILTER (WHERE c.status = '{CellStatus.SUPPRESSED}')
        FROM revisions JOIN cells c USING ({", ".join(CELLS.key)})
    """
    told = {}
    for name in ("public", "full"):
        with duckdb.connect(str(planted.builds[-1] / f"{name}.duckdb"), read_only=True) as connection:
            (told[name],) = connection.execute(query).fetchall()
    assert 0 < told["public"][0] < told["full"][0]
    assert told["public"][1] == 0


def test_all_but_the_public_file_is_closed_to_others_and_so_is_the_way_to_it(sample_folder: Path) -> None:
    paths = [path for path in (sample_folder, *sample_folder.rglob("*")) if not path.is_symlink()]
    open_to_others = {path for path in paths if stat.S_IMODE(path.stat().st_mode) & 0o077}
    assert {path.name for path in open_to_others} == {"public.duckdb"}
    assert {"raw", "accepted", "warehouse", "released", "receipts", "journal"} <= {path.name for path in paths}


def test_an_event_of_the_journal_says_who_when_and_how_many_and_no_number_of_a_cell(planted: Planted) -> None:
    events = [json.loads(path.read_text()) for path in (planted.folder / "journal").iterdir()]
    always = {"event", "at", "by", "user", "build", "data_date"}
    beside = {EventKind.STAGED: {"base"}, EventKind.PUBLISHED: {"live", "revised"}}
    assert {event["event"] for event in events} == set(beside)
    assert all(set(event) == always | beside[event["event"]] for event in events)


def test_the_name_of_a_build_is_a_moment_and_chance(planted: Planted) -> None:
    names = [*(build.name for build in planted.builds), *(new_identifier(datetime(2026, 11, 1)) for _ in range(3))]
    assert all(re.fullmatch(r"\d{8}T\d{9}-[0-9a-f]{6}", name) for name in names)
    assert len({name.split("-")[1] for name in names}) == len(names)
    assert [{path.name for path in build.iterdir()} for build in planted.builds] == [
        {"full.duckdb", "public.duckdb"}
    ] * 2


def test_the_public_file_is_written_by_a_process_that_is_given_the_public_rows_alone(
    data_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that only keeps what it is given, and fails: then there is no such file, and what it says is told."""
    hidden = figure(VIOLENCE, districts_of(ULYTAU)[0].id, THREE_YEARS, LEAST_EVENTS, by="type:sexual")
    write_record(data_folder, hidden | figure("pupils", ULYTAU, "2025-09", LEAST_PEOPLE))
    program = f"import shutil, sys; shutil.copytree(sys.argv[1], {str(tmp_path / 'given')!r}); sys.exit('was kept')"
    monkeypatch.setattr(public_file, "COMMAND", (sys.executable, "-c", program))
    with pytest.raises(StorageFailed) as raised:
        stage_build()
    assert raised.value.values["detail"] == "was kept"
    assert (builds(), half_written(data_folder)) == ([], [])
    given = {path.stem: path for path in (tmp_path / "given").glob("[!.]*")}
    assert set(given) == {table.name for table in TABLES}
    with duckdb.connect() as connection:
        rows = str([connection.execute(f"FROM '{path}'").fetchall() for path in given.values()]).encode()
    assert Wanted(frozenset({float(LEAST_EVENTS), float(LEAST_PEOPLE)})).found_in(rows) == {LEAST_PEOPLE}


def test_that_process_knows_the_tables_and_none_of_what_makes_a_build() -> None:
    program = "import sys, etl.public_file; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = {name for name in done.stdout.split() if name.split(".")[0] in ("etl", "riskmap", "geo", "pandas")}
    assert loaded == {"etl", "etl.public_file", "riskmap", "riskmap.domain", "riskmap.domain.tables"}


def test_rows_come_out_of_the_public_file_as_they_went_in_and_in_their_order(planted: Planted, tmp_path: Path) -> None:
    path = tmp_path / "public.duckdb"
    with duckdb.connect(str(planted.builds[-1] / "full.duckdb"), read_only=True) as connection:
        tables = {table.name: connection.execute(f"FROM {table.name} ORDER BY rowid").df() for table in TABLES}
    write_apart(path, tables)
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    with duckdb.connect(str(path), read_only=True) as connection:
        connection.execute(f"ATTACH '{planted.builds[-1] / 'full.duckdb'}' AS before (READ_ONLY)")
        for name in tables:
            query = f"FROM (SELECT rowid, * FROM {name}) EXCEPT FROM (SELECT rowid, * FROM before.{name})"
            assert connection.execute(query).fetchall() == []
            counts = f"SELECT (SELECT count(*) FROM {name}), (SELECT count(*) FROM before.{name})"
            ((written, given),) = connection.execute(counts).fetchall()
            assert written == given
