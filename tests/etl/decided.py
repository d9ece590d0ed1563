"""People who decide on pages, for tests: what they were granted, and what they leave for the loader."""

from datetime import date
from pathlib import Path

from riskmap.access.decisions import Act, DecidedFile, Decision, leave
from riskmap.access.grants import grant
from riskmap.access.review import Answer, Waiting, answered, waiting
from riskmap.access.roles import Role
from riskmap.domain.areas import AreaKind
from riskmap.domain.vocabulary import COUNTRY
from riskmap.ui.checking import Outcome, Upload
from riskmap.ui.sending import send

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
