"""The log of faults that arrived with files: what each call found, kept below `faults/` of the data folder.

Only the loader adds to it, one file per call, and nothing in it is ever changed. Of a fault its code and number are
kept, never a text or a value that was found.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from etl.arrived import Arrived
from etl.listing import counted
from etl.staging import Checked
from etl.storage import fault_logs, folder, new_identifier, now, storage_faults
from riskmap.domain.errors import Problem, Severity, StorageFailed

# A file that is not there, and one that has been accepted before, hold no fault that anybody must mend.
_NOTHING_TO_MEND: Final = ("F001", "K004")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What has become of a file that arrived: its faults, and those of them that the operator confirmed."""

    file: Arrived
    problems: Sequence[Problem]
    confirmed: Sequence[Problem] = ()
    is_accepted: bool = False


@dataclass(frozen=True, slots=True)
class Count:
    """How many faults of one code a file held, and what they do to the load."""

    code: str
    severity: str
    number: int


@dataclass(frozen=True, slots=True)
class Faulty:
    """One file that arrived with faults that refuse it, or that the operator has confirmed."""

    log: str  # id of the call
    found: date
    file: str  # name as it is shown
    digest: str
    source: str  # empty where no source recognised it
    returns: tuple[tuple[str, str], ...]  # region and code of the period; empty where the file does not tell
    invented: bool
    accepted: bool
    confirmed: tuple[str, ...]  # codes
    faults: tuple[Count, ...]


def keep_faults(outcomes: Iterable[Outcome], checked: Checked, *, moment: datetime | None = None) -> str:
    """Keep what was found in the files of a call; returns the id of what was kept, empty where there was no fault.

    `moment` (UTC without zone, as `now` gives it) is when they arrived; left out, it is now. It appears in one step: a
    call that is killed leaves all of it or nothing.
    """
    files = [_document(outcome, checked) for outcome in outcomes if _to_mend(outcome)]
    if not files:
        return ""
    place = folder("faults")
    name = new_identifier(moment)
    part = place / f"{name}.part"
    text = json.dumps({"found": (moment or now()).isoformat(), "files": files}, ensure_ascii=False, indent=1)
    with storage_faults(place):
        part.write_text(f"{text}\n", encoding="utf-8", errors="backslashreplace")
        part.chmod(0o600)
        part.replace(place / f"{name}.json")
    return name


def _to_mend(outcome: Outcome) -> list[Problem]:
    return [p for p in outcome.problems if p.severity is not Severity.NOTE and p.code not in _NOTHING_TO_MEND]


def _document(outcome: Outcome, checked: Checked) -> dict[str, Any]:
    file, found = outcome.file.with_figures(checked.staging.connection), counted(_to_mend(outcome))
    return {
        "file": file.name,
        "digest": _digest(file.path),
        "source": file.source,
        "returns": [[region, period.code] for region, period in file.returns],
        "invented": file.is_invented,
        "accepted": outcome.is_accepted,
        "confirmed": sorted({code for code, _ in counted(outcome.confirmed)}),
        "faults": [asdict(Count(code, str(kind), number)) for (code, kind), number in sorted(found.items())],
    }


def _digest(path: Path) -> str:
    """SHA-256 of a file; empty where somebody has taken it away meanwhile."""
    if not path.is_file():
        return ""
    with storage_faults(path), path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def faulty_files() -> list[Faulty]:
    """Every file of the log, in the order of the calls; StorageFailed where a part of the log cannot be read."""
    return [file for path in fault_logs() for file in _read(path)]


def _read(path: Path) -> list[Faulty]:
    with storage_faults(path):
        text = path.read_text(encoding="utf-8")
    try:
        document = json.loads(text)
        found = datetime.fromisoformat(document["found"]).date()
        return [_faulty(file, log=path.stem, found=found) for file in document["files"]]
    except (ValueError, KeyError, TypeError) as fault:
        raise StorageFailed(path=str(path), detail="damaged") from fault


def _faulty(file: dict[str, Any], *, log: str, found: date) -> Faulty:
    told = {name: file[name] for name in ("file", "digest", "source", "invented", "accepted")}
    returns = tuple((region, code) for region, code in file["returns"])
    faults = tuple(Count(**count) for count in file["faults"])
    return Faulty(log, found, **told, returns=returns, confirmed=tuple(file["confirmed"]), faults=faults)
