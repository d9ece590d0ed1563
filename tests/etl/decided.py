"""People who decide on pages, for tests: what they were granted, and what they leave for the loader."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from etl.decisions import carry_out
from etl.journal import EventKind, events
from etl.storage import builds, live, lock
from riskmap.access.decisions import Act, DecidedFile, Decision, leave
from riskmap.access.grants import grant
from riskmap.access.review import Answer, Waiting, answered, waiting
from riskmap.access.roles import Role
from riskmap.domain.areas import AreaKind
from riskmap.domain.vocabulary import COUNTRY
from riskmap.ui.checking import Outcome, Upload
from riskmap.ui.sending import send
from tests.etl.build_files import copied

AKMOLA = "110000000"
SENDER, OPERATOR, SIGNER = "sender@example.kz", "operator@example.kz", "signer@example.kz"


def granted(who: str, role: Role) -> int:
    """The number of a grant for the country."""
    return grant(who, role=role, area=COUNTRY, kind=AreaKind.COUNTRY, by="test", valid_from=date(2026, 1, 1)).id


def grant_both() -> None:
    """An operator and a signer."""
    granted(OPERATOR, Role.OPERATOR)
    granted(SIGNER, Role.SIGNER)


def sent(path: Path, *, who: str = SENDER, region: str = AKMOLA) -> str:
    """The name under which a file waits that somebody has sent through the page."""
    return send(
        Upload(path.name, path.read_bytes()), Outcome(path.name, 1, (), regions=(region,)), region=region, who=who
    )


def told() -> Waiting:
    """What the loader told last of what waits."""
    found = waiting()
    assert found
    return found


def taken_in(*names: str, who: str = OPERATOR, confirmed: tuple[str, ...] = ()) -> Decision:
    """An operator takes in what waits under these names, as the loader told it last."""
    files = [DecidedFile(one.file, one.sha256) for one in told().returns if one.file in names]
    assert len(files) == len(names)
    return leave(Act.TAKE_IN, who=who, files=files, confirmed=confirmed)


def outcome(decision: Decision) -> Answer:
    """What has become of a decision."""
    answer = answered(decision.id)
    assert answer
    return answer


@pytest.fixture(autouse=True)
def loader(monkeypatch: pytest.MonkeyPatch) -> None:
    """The loader runs as a user of the system as whom nobody signs in."""
    monkeypatch.setenv("LOGNAME", "loader")


@pytest.fixture
def people(data_folder: Path) -> None:
    """An operator and a signer."""
    data_folder.mkdir()
    grant_both()


@pytest.fixture(scope="module")
def waiting_folder(published_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which a build waits that somebody has staged who decides nothing, an operator and a signer."""
    folder = tmp_path_factory.mktemp("decisions") / "data"
    shutil.copytree(published_folder, folder, symlinks=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RISKMAP_DATA", str(folder))
        patch.setenv("RISKMAP_OPERATOR", "Aigul")
        current = live()
        assert current
        copied(current)
        grant_both()
    return folder


@pytest.fixture
def build(waiting_folder: Path, data_folder: Path) -> Path:
    """The build that waits in a folder of the test's own."""
    shutil.copytree(waiting_folder, data_folder, symlinks=True)
    return builds()[-1]


def carried() -> None:
    """What the command does with decisions, without telling what waits."""
    with lock("test"):
        carry_out("en")


def asked(build: Path, *, who: str = OPERATOR) -> Decision:
    return leave(Act.PUBLISH, who=who, build=build.name)


def signed(build: Path, *, who: str = SIGNER) -> Decision:
    return leave(Act.SIGN, who=who, build=build.name)


def file_of(decision: Decision, folder: Path) -> Path:
    return folder / "decisions" / f"{decision.id}.json"


def names(kind: EventKind) -> list[tuple[str, str]]:
    return [(event["build"], event["by"]) for event in events() if event["event"] == kind]
