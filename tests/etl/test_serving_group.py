"""Who serves the pages as a user of its own reads what is live by its groups, and nothing else of the data folder."""

import grp
import os
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from etl.publish import publish, rollback
from etl.storage import live
from riskmap.access.audit_log import AccessEvent, note
from riskmap.access.sessions import end_sessions
from riskmap.words import t
from tests.etl.build_files import copied
from tests.etl.conftest import Run
from tests.etl.folders import table

NOBODY = 65534


def _groups() -> tuple[str, str]:
    """Two groups that files may be given to here; the same one twice where there is no other."""
    own = [grp.getgrgid(number) for number in os.getgroups()]
    known = [found.gr_name for found in (grp.getgrall() if os.geteuid() == 0 else own) if found.gr_gid]
    return known[0], known[-1]


SERVING, EXACT = _groups()


@pytest.fixture
def public_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RISKMAP_SERVING_GROUP", SERVING)


@pytest.fixture
def exact_server(public_server: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RISKMAP_EXACT_GROUP", EXACT)


def opened(path: Path) -> tuple[int, str]:
    """The mode of a file or folder, and its group where that has any part in it."""
    found = path.stat()
    mode = stat.S_IMODE(found.st_mode)
    return mode, grp.getgrgid(found.st_gid).gr_name if mode & 0o070 else ""


def test_without_a_group_a_build_stays_its_owners(live_folder: Path) -> None:
    build = live()
    assert build
    publish(copied(build))
    assert live() != build
    assert opened(live_folder / "warehouse")[0] == 0o700
    assert opened((live_folder / "warehouse/current").resolve() / "full.duckdb") == (0o600, "")


@pytest.mark.usefixtures("public_server")
def test_the_serving_group_gets_through_to_the_public_file_and_no_further(live_folder: Path) -> None:
    build = live()
    assert build
    publish(build)
    assert {opened(place) for place in (live_folder, build.parent, build)} == {(0o710, SERVING)}
    assert opened(build / "full.duckdb") == (0o600, "")
    assert stat.S_IMODE((build / "public.duckdb").stat().st_mode) & 0o004
    others = {path: opened(path)[0] for path in live_folder.iterdir() if path != build.parent}
    assert {path.name for path, mode in others.items() if mode & 0o077} == set()
    assert {"raw", "accepted", "released", "journal"} <= {path.name for path in others}


@pytest.mark.usefixtures("exact_server")
def test_a_build_is_given_to_nobody_until_it_is_published(live_folder: Path) -> None:
    build = live()
    assert build
    waiting = copied(build)
    publish(build)
    assert (opened(waiting), opened(waiting / "full.duckdb")) == ((0o700, ""), (0o600, ""))
    publish(waiting)
    assert (opened(waiting), opened(waiting / "full.duckdb")) == ((0o710, SERVING), (0o640, EXACT))


@pytest.mark.usefixtures("exact_server")
def test_what_is_live_already_is_opened_by_publishing_it_again(live_folder: Path, run: Run) -> None:
    build = live()
    assert build
    assert run("publish", build.name).status == 0
    assert opened(build / "full.duckdb") == (0o640, EXACT)


@pytest.mark.usefixtures("exact_server")
def test_a_build_that_comes_back_is_opened(live_folder: Path) -> None:
    build = live()
    assert build
    publish(copied(build))
    build.chmod(0o700)
    assert rollback() == build
    assert opened(build) == (0o710, SERVING)


@pytest.mark.usefixtures("exact_server")
def test_a_build_that_is_restored_is_opened(live_folder: Path, run: Run, tmp_path: Path) -> None:
    assert run("backup", tmp_path / "kept.tar").status == 0
    shutil.rmtree(live_folder)
    assert run("restore", tmp_path / "kept.tar").status == 0
    build = live()
    assert build
    assert {opened(place) for place in (live_folder, build.parent, build)} == {(0o710, SERVING)}
    assert opened(build / "full.duckdb") == (0o640, EXACT)
    assert {opened(path) for path in (live_folder / "access").rglob("*.db")} <= {(0o660, EXACT)}


@pytest.mark.usefixtures("exact_server")
def test_the_exact_group_shares_what_is_noted_about_access(live_folder: Path) -> None:
    build = live()
    assert build
    note(AccessEvent.VIEW, who="before")
    publish(build)
    end_sessions("before", datetime(2026, 11, 1))
    assert opened(live_folder / "access") == opened(live_folder / "access" / "log") == (0o2770, EXACT)
    files = [path for path in (live_folder / "access").rglob("*") if path.is_file()]
    assert {path.name for path in files} >= {"grants.db", "head.json"}
    assert {opened(path) for path in files} == {(0o660, EXACT)}


@pytest.mark.usefixtures("public_server")
def test_the_serving_group_has_no_part_in_what_is_noted_about_access(live_folder: Path) -> None:
    build = live()
    assert build
    note(AccessEvent.VIEW, who="before")
    publish(build)
    assert {opened(path)[1] for path in (live_folder / "access").rglob("*")} == {""}


@pytest.mark.usefixtures("exact_server")
def test_without_the_exact_group_the_next_publication_closes_the_full_file_again(
    live_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build = live()
    assert build
    publish(build)
    monkeypatch.delenv("RISKMAP_EXACT_GROUP")
    publish(build)
    assert opened(build / "full.duckdb") == (0o600, "")


@pytest.mark.usefixtures("exact_server")
def test_what_is_given_already_is_not_touched(live_folder: Path) -> None:
    """A page that is being drawn just then would find the way closed."""
    build = live()
    assert build
    publish(build)
    places = (live_folder, build.parent, build, build / "full.duckdb")
    before = [place.stat().st_ctime_ns for place in places]
    publish(build)
    assert [place.stat().st_ctime_ns for place in places] == before


@pytest.mark.parametrize(
    "settings",
    [
        {"RISKMAP_SERVING_GROUP": "no-such-group"},
        {"RISKMAP_SERVING_GROUP": SERVING, "RISKMAP_EXACT_GROUP": "no-such-group"},
        {"RISKMAP_EXACT_GROUP": EXACT},
    ],
)
def test_groups_that_cannot_be_meant_are_refused_before_anything_is_done(
    live_folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch, settings: dict[str, str]
) -> None:
    before = live()
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    outcome = run("load", table(live_folder), "--publish")
    assert (outcome.status, live()) == (2, before)
    assert t("error.wrong_usage", "en", detail="") in outcome.err


# --- as another user


@pytest.fixture
def reachable_folder(live_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data folder that other users are kept from by its own permissions alone."""
    if os.geteuid():
        pytest.skip("only root can look as another user")
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o711)
        folder = Path(shutil.copytree(live_folder, Path(place) / "data", symlinks=True))
        folder.chmod(0o700)
        monkeypatch.setenv("RISKMAP_DATA", str(folder))
        yield folder


def may_read(path: Path, *groups: str) -> bool:
    """Whether a user who owns nothing here, and is in these groups, can read a file, as the system answers."""
    numbers = [grp.getgrnam(group).gr_gid for group in groups]
    command = ["head", "-c", "1", str(path)]
    done = subprocess.run(command, user=NOBODY, group=NOBODY, extra_groups=numbers, capture_output=True, check=False)
    return done.returncode == 0


@pytest.mark.usefixtures("exact_server")
def test_another_user_reads_by_its_groups_what_is_live(reachable_folder: Path) -> None:
    link = reachable_folder / "warehouse" / "current"
    build = live()
    assert build
    assert not may_read(link / "public.duckdb", SERVING, EXACT)
    publish(build)
    assert (may_read(link / "public.duckdb"), may_read(link / "public.duckdb", SERVING)) == (False, True)
    assert (may_read(link / "full.duckdb", SERVING), may_read(link / "full.duckdb", SERVING, EXACT)) == (False, True)
    noted = [path for path in (reachable_folder / "access").rglob("*") if path.is_file()]
    assert [(may_read(path, SERVING), may_read(path, SERVING, EXACT)) for path in noted] == [(False, True)] * len(noted)
    kept = {path for path in reachable_folder.rglob("*") if path.is_file() and path.parent != build} - set(noted)
    assert {path.parent.name for path in kept} >= {"accepted", "released", "journal"}
    assert [path for path in kept if may_read(path, SERVING, EXACT)] == []
