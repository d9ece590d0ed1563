"""A package for a workplace: the exact numbers of one region, in a folder that nothing else is done with."""

import json
import shutil
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from etl.cli import main
from etl.package import write_package
from geo.areas import districts_of
from riskmap.access.audit_log import AccessEvent, entries
from riskmap.analytics.warehouse import open_build, packaged_scope
from riskmap.domain.areas import areas_in
from riskmap.domain.errors import PackageRefused
from riskmap.domain.tables import AREAS, TABLES
from riskmap.domain.vocabulary import COUNTRY, Scope
from tests.etl.planted_numbers import ULYTAU, Planted
from tests.etl.test_public_file import rows_of
from tests.etl.traces import Wanted

AKMOLA, SHYMKENT = "110000000", "790000000"


@pytest.fixture(scope="module")
def folder(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sample: a package is noted in the log of accesses of the folder that it is made from."""
    copy = tmp_path_factory.mktemp("from") / "data"
    kept = shutil.ignore_patterns("raw", "accepted", "receipts", "demo")
    return Path(shutil.copytree(sample_folder, copy, symlinks=True, ignore=kept))


@pytest.fixture(scope="module")
def package(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RISKMAP_DATA", str(folder))
        out = tmp_path_factory.mktemp("out")
        assert main(["package", "--region", "Акмолинская область", "--out", str(out)]) == 0
    (written,) = out.iterdir()
    return written


def packed_build(package: Path) -> Path:
    return (package / "warehouse" / "current").resolve()


def test_a_package_holds_exact_rows_of_its_region_and_of_no_other_area(package: Path, sample_folder: Path) -> None:
    full = (sample_folder / "warehouse/current").resolve() / "full.duckdb"
    with (
        duckdb.connect(str(packed_build(package) / "own.duckdb"), read_only=True) as own,
        duckdb.connect(str(full), read_only=True) as exact,
    ):
        known = exact.execute("SELECT area, kind, parent, members FROM areas").fetchall()
        inside = sorted(areas_in(Scope(frozenset({AKMOLA})), known))
        for table in TABLES:
            if "area" in table.names and table is not AREAS:
                query = f"FROM {table.name} WHERE area IN (SELECT unnest(?)) ORDER BY ALL"
                expected = exact.execute(query, [inside]).fetchall()
                assert own.execute(f"FROM {table.name} ORDER BY ALL").fetchall() == expected
            elif table is not AREAS and table.name != "meta":
                assert own.execute(f"FROM {table.name}").fetchall() == []


def test_no_byte_of_a_package_tells_an_exact_number_of_another_region(planted: Planted, tmp_path: Path) -> None:
    written = write_package(planted.builds[-1], ULYTAU, out=tmp_path)
    own = {area.id for area in districts_of(ULYTAU)} | {ULYTAU}
    with duckdb.connect(str(planted.builds[-1] / "full.duckdb"), read_only=True) as connection:
        query = "SELECT area, numerator FROM cells WHERE numerator IS NOT NULL"
        exact = {float(number): area for area, number in connection.execute(query).fetchall()}
    hidden = {number: exact[number] in own for number in planted.hidden.numbers if number in exact}
    of_others = Wanted(frozenset(number for number, is_own in hidden.items() if not is_own))
    of_region = Wanted(frozenset(number for number, is_own in hidden.items() if is_own))
    assert of_others.numbers
    assert of_region.numbers
    held = b"".join(path.read_bytes() for path in sorted(written.rglob("*")) if path.is_file())
    assert of_others.found_in(held) == set()
    rows = b"\n".join(rows_of(packed_build(written) / "own.duckdb"))
    assert of_region.found_in(rows) == of_region.numbers


def test_the_public_file_of_a_package_is_the_live_one(package: Path, sample_folder: Path) -> None:
    live = (sample_folder / "warehouse/current").resolve()
    assert (packed_build(package) / "public.duckdb").read_bytes() == (live / "public.duckdb").read_bytes()
    assert not (packed_build(package) / "full.duckdb").exists()


def test_a_package_has_the_scope_it_was_made_for_and_no_wider_one(package: Path) -> None:
    build = packed_build(package)
    assert packaged_scope(build) == Scope(frozenset({AKMOLA}))

    def count(areas: frozenset[str]) -> tuple[int, int]:
        with closing(open_build(build, scope=Scope(areas))) as cursor:
            query = "SELECT count(*), count(*) FILTER (status = 'suppressed') FROM cells"
            ((cells, hidden),) = cursor.execute(query).fetchall()
        return cells, hidden

    public, own, country = (count(frozenset(areas)) for areas in ((), {AKMOLA}, {COUNTRY}))
    assert own == country
    assert count(frozenset({SHYMKENT})) == public
    assert own[0] == public[0]
    assert own[1] < public[1]


def test_who_wrote_a_package_is_noted(package: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RISKMAP_DATA", str(folder))
    (entry,) = (one for one in entries() if one.event == AccessEvent.PACKAGE)
    assert (entry.told["scope"], entry.told["build"]) == ([AKMOLA], packed_build(package).name)


def test_only_its_owner_reads_a_package(package: Path) -> None:
    assert {path.stat().st_mode & 0o077 for path in package.rglob("*") if not path.is_symlink()} == {0}


@pytest.mark.parametrize("command", [["demo", "--small"], ["publish"], ["rollback"], ["backup", "x.tar"]])
def test_nothing_is_loaded_into_a_package_or_published_from_it(
    package: Path,
    command: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RISKMAP_DATA", str(package))
    before = {path: path.stat().st_mtime_ns for path in package.rglob("*")}
    assert main([*command, "--lang", "en"]) == 3
    assert "is for one workplace" in capsys.readouterr().err
    assert {path: path.stat().st_mtime_ns for path in package.rglob("*")} == before


def test_the_state_of_a_package_can_be_asked_for(
    package: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RISKMAP_DATA", str(package))
    assert main(["status", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["live"]["build"] == packed_build(package).name


def test_a_package_is_never_written_over_another(package: Path, folder: Path) -> None:
    with pytest.raises(PackageRefused, match="is_there"):
        write_package((folder / "warehouse/current").resolve(), AKMOLA, out=package.parent)


def test_a_package_is_not_made_from_another(
    package: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("RISKMAP_DATA", str(package))
    assert main(["package", "--region", SHYMKENT, "--out", str(tmp_path / "out"), "--lang", "en"]) == 3
    assert "is itself one for a workplace" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_without_a_publication_there_is_no_package(
    data_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not data_folder.exists()
    assert main(["package", "--region", AKMOLA, "--out", str(tmp_path / "out")]) == 3
    assert "Nothing has been published" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_call_that_was_killed_leaves_nothing_that_hinders_the_next(
    folder: Path, package: Path, tmp_path: Path
) -> None:
    left = tmp_path / f".{package.name}.part"
    left.mkdir()
    (left / "half").write_text("x")
    assert write_package((folder / "warehouse/current").resolve(), AKMOLA, out=tmp_path).name == package.name
    assert [path.name for path in tmp_path.iterdir()] == [package.name]
