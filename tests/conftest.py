"""What every test may use: real files beside the project, where there are any, data folders, and one Chromium."""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, sync_playwright

from etl.cli import main
from geo.areas import regions
from tests.chromium import FLAGS
from tests.etl.planted_numbers import Planted, read_planted, write_planted

ROOT = Path(__file__).resolve().parent.parent
# The same examples on every machine, and none that fails because the machine was busy.
settings.register_profile(
    "house", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("house")

REAL_FILES = Path(os.environ.get("RISKMAP_TEST_FILES", ROOT.parent / "shared"))


@pytest.fixture(scope="session")
def shared_file() -> Callable[[str], Path]:
    """Return the path of a real file or folder beside the project; skip the test where it is missing."""

    def find(name: str) -> Path:
        path = REAL_FILES / name
        if not path.exists():
            pytest.skip(f"real file not present: {name}")
        return path

    return find


def made_once(
    folders: pytest.TempPathFactory, name: str, make: Callable[[Path], object], *, upon: Path | None = None
) -> Path:
    """A data folder as `make` leaves it, or leaves a copy of another one; made by one process of the run for all."""
    own = folders.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    folder = shared / f"once-{name}" / "data"
    with (shared / f"once-{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if folder.exists():
            return folder
        made = shared / f"making-{name}"
        shutil.rmtree(made, ignore_errors=True)  # left by a process that failed here before
        if upon:
            shutil.copytree(upon, made / "data", symlinks=True)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("RISKMAP_DATA", str(made / "data"))
            make(made / "data")
        made.rename(folder.parent)
    return folder


@pytest.fixture(scope="session")
def published_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which the published figures that ship with the product are live."""
    figures = ROOT / "data/samples/published/figures.csv"
    return made_once(tmp_path_factory, "published", lambda _: _called("load", str(figures), "--publish"))


@pytest.fixture(scope="session")
def sample_folder(tmp_path_factory: pytest.TempPathFactory, published_folder: Path) -> Path:
    """A data folder with the published figures and the small sample country live: the one sample build of all tests."""
    return made_once(tmp_path_factory, "sample", lambda _: _called("demo", "--small"), upon=published_folder)


@pytest.fixture(scope="session")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Planted:
    """A data folder whose numbers can be told from all others, published twice; only to be read."""
    return read_planted(made_once(tmp_path_factory, "planted", write_planted))


def _called(*arguments: str) -> None:
    assert main(arguments) == 0


@pytest.fixture
def sample_build(sample_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the live sample build; only to be read."""
    monkeypatch.setenv("RISKMAP_DATA", str(sample_folder))
    return (sample_folder / "warehouse" / "current").resolve()


@pytest.fixture
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data folder of the test's own, in English."""
    monkeypatch.setenv("RISKMAP_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("RISKMAP_LANGUAGE", "en")
    return tmp_path / "data"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The installed Chromium; its absence fails the tests where they must be complete."""
    path = shutil.which("chromium")
    assert path, "Chromium is not installed: apt install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def region_codes() -> list[str]:
    """Codes of the twenty regions."""
    return sorted(region.id for region in regions())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip browser tests where Chromium is missing; where tests must be complete, that is a failure instead."""
    if shutil.which("chromium") or os.environ.get("CI"):
        return
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason="program missing: chromium"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List at the end what was skipped, and why."""
    reasons: dict[str, int] = {}
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        reasons[reason] = reasons.get(reason, 0) + 1
    for reason, count in sorted(reasons.items()):
        terminalreporter.write_line(f"skipped {count}: {reason.removeprefix('Skipped: ')}")
