"""Nobody who looks while something is published sees a half, an old-and-new mixture, or an error."""

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import duckdb
import pytest

from etl.publish import publish
from etl.storage import builds, live, new_identifier
from riskmap.analytics import warehouse
from riskmap.analytics.service import live_build, overview
from riskmap.domain.errors import BuildUnreadable, NoPublishedBuild
from riskmap.domain.registry import catalogue
from riskmap.domain.tables import CELLS, FORMAT, META, TABLES
from riskmap.domain.vocabulary import Scope
from tests.conftest import ROOT
from tests.etl.reads import number_of

READERS = 2


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder like that of a build, with every table and no row but one cell."""
    place = tmp_path_factory.mktemp("tiny") / "build"
    place.mkdir()
    item = next(iter(catalogue().indicators))
    figure = {"indicator": item, "area": "KZ", "grain": "year", "period_start": date(2022, 1, 1)}
    figure |= {"period_end": date(2022, 12, 31), "breakdown": "all", "category": "all", "numerator": 0.0}
    figure |= {"denominator": None, "status": "value", "source": "", "definition": "", "units_expected": None}
    figure |= {"units_reported": None, "provisional": False, "unstable": False, "invented": True}
    told = {"build": "", "data_date": "", "format": FORMAT, "base": "", "is_invented": "true"}
    told |= {"protection": "suppression", "audit_passed": "true"}
    with duckdb.connect(str(place / "full.duckdb")) as connection:
        for table in TABLES:
            connection.execute(table.ddl)
        marks = ", ".join("?" for _ in CELLS.columns)
        connection.execute(f"INSERT INTO cells VALUES ({marks})", [figure[name] for name in CELLS.names])
        connection.executemany(f"INSERT INTO {META.name} VALUES (?, ?)", list(told.items()))
    shutil.copy(place / "full.duckdb", place / "public.duckdb")
    return place


def make_build(tiny: Path, folder: Path) -> Path:
    """A build that may be published: its name stands in it, and the number that its name ends with."""
    build, current = folder / "warehouse" / new_identifier(), live()
    shutil.copytree(tiny, build)
    for kind in ("full", "public"):
        with duckdb.connect(str(build / f"{kind}.duckdb")) as connection:
            connection.execute("UPDATE meta SET value = ? WHERE name = 'build'", [build.name])
            connection.execute("UPDATE meta SET value = ? WHERE name = 'base'", [current.name if current else ""])
            connection.execute("UPDATE cells SET numerator = ?", [number_of(build.name)])
    return build


def publish_next(tiny: Path, folder: Path) -> Path:
    build = make_build(tiny, folder)
    publish(build)
    return build


def started(stop: Path) -> Sequence["subprocess.Popen[str]"]:
    command = [sys.executable, "-m", "tests.etl.reads", str(stop)]
    readers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) for _ in range(READERS)]
    for reader in readers:
        assert reader.stdout
        assert reader.stdout.readline() == "ready\n"
    return readers


def read_while_published(tiny: Path, folder: Path, stop: Path, publications: int) -> None:
    """Readers of their own processes read again and again until so many builds were published one after the other."""
    publish_next(tiny, folder)
    readers = started(stop)
    try:
        for _ in range(publications):
            publish_next(tiny, folder)
    finally:
        stop.touch()
        told = [json.loads(reader.communicate(timeout=60)[0]) for reader in readers]
    assert [reader["faults"] for reader in told] == [[]] * READERS
    assert min(reader["builds"] for reader in told) > publications // 10, told


def test_whoever_reads_while_builds_are_published_and_removed_always_reads_one_whole_build(
    tiny: Path, data_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RISKMAP_KEEP_BUILDS", "1")
    read_while_published(tiny, data_folder, tmp_path / "stop", 20)
    assert len(builds()) <= 2  # the live one, and the one that a rollback brings back


@pytest.mark.every_combination
@pytest.mark.parametrize("kept", ["12", "1"])
def test_whoever_reads_during_a_hundred_publications_always_reads_one_whole_build(
    tiny: Path, data_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: str
) -> None:
    monkeypatch.setenv("RISKMAP_KEEP_BUILDS", kept)
    read_while_published(tiny, data_folder, tmp_path / "stop", 100)


def test_a_build_removed_between_being_named_and_being_opened_is_asked_for_anew(
    tiny: Path, data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, newer = (publish_next(tiny, data_folder) for _ in range(2))
    shutil.rmtree(gone)
    named = iter([gone, newer])
    monkeypatch.setattr(warehouse, "_named", lambda: next(named))
    assert live_build() == newer


def test_a_build_that_is_open_is_read_to_the_end_after_it_was_removed(tiny: Path, data_folder: Path) -> None:
    first = publish_next(tiny, data_folder)
    asked = live_build()
    publish_next(tiny, data_folder)
    shutil.rmtree(first)
    assert overview(asked, scope=Scope.public()).build == first.name


def test_a_live_build_that_is_gone_is_none_and_a_damaged_one_is_told(tiny: Path, data_folder: Path) -> None:
    build = publish_next(tiny, data_folder)
    (build / "public.duckdb").write_bytes(b"no database")
    with pytest.raises(BuildUnreadable):
        live_build()
    shutil.rmtree(build)
    with pytest.raises(NoPublishedBuild):
        live_build()
