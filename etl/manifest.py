"""What seals a load: the digests of its accepted file and of every file as received, kept with the latter.

`raw/<load>/manifest.json` stands before the accepted file does and is never changed afterwards, so that a file of the
record that was changed or is gone is noticed. Each names the load before it: one that vanished whole is missed, too.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from etl.storage import folder, loads, storage_faults
from riskmap.domain.errors import StorageFailed
from riskmap.domain.settings import data_folder

MANIFEST: Final = "manifest.json"


class FaultKind(StrEnum):
    """What may be wrong with a load in the record; its sentence is `record.fault.<kind>`."""

    CHANGED = "changed"  # the accepted file is not what was accepted
    MISSING = "missing"  # the accepted file is gone
    UNSEALED = "unsealed"  # nothing tells what was accepted
    RAW_CHANGED = "raw_changed"
    RAW_MISSING = "raw_missing"
    LOST = "lost"  # the next load names it, and nothing of it is there


@dataclass(frozen=True, slots=True)
class RecordFault:
    """One thing that is wrong with a load; `path` is inside the data folder."""

    load: str
    kind: FaultKind
    path: str


def write_manifest(place: Path, *, load: str, accepted: Path, after: str) -> None:
    """Seal a load whose files as received lie in `place`; `after` is the load before it, empty for the first."""
    document = {"load": load, "after": after, "accepted": _digest(accepted), "files": _kept(place)}
    part = place / f"{MANIFEST}.part"
    part.write_text(json.dumps(document, indent=2), encoding="utf-8")
    part.chmod(0o600)
    part.replace(place / MANIFEST)


def seal(load: str) -> None:
    """Seal a load that was accepted before loads were sealed, as it stands; one that is sealed stays as it is."""
    known = loads()
    place = folder("raw") / load
    if (place / MANIFEST).exists():
        return
    before = known[: known.index(load)]
    with storage_faults(place):
        place.mkdir(exist_ok=True, mode=0o700)
        write_manifest(place, load=load, accepted=_accepted(load), after=before[-1] if before else "")


def record_faults() -> list[RecordFault]:
    """Everything by which the record differs from what was accepted, by load; reads every file of it once."""
    known, sealed = loads(), _sealed()
    faults = [RecordFault(load, FaultKind.UNSEALED, f"raw/{load}/{MANIFEST}") for load in set(known) - set(sealed)]
    for load, manifest in sealed.items():
        faults += _accepted_faults(load, manifest["accepted"])
        faults += _raw_faults(load, manifest["files"])
        if manifest["after"] and manifest["after"] not in {*known, *sealed}:
            faults.append(RecordFault(manifest["after"], FaultKind.LOST, f"accepted/{manifest['after']}.parquet"))
    return sorted(faults, key=lambda fault: (fault.load, fault.kind, fault.path))


def _sealed() -> dict[str, dict[str, Any]]:
    """The manifest of every load that has one; a load that was killed before its last step is none."""
    raw = data_folder() / "raw"
    with storage_faults(raw):
        places = sorted(raw.glob(f"2*/{MANIFEST}"))
        return {path.parent.name: _read(path) for path in places if not _accepted(path.parent.name, "part").exists()}


def _read(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except ValueError as fault:
        raise StorageFailed(path=str(path), detail="damaged") from fault


def _accepted_faults(load: str, digest: str) -> Iterator[RecordFault]:
    path = _accepted(load)
    with storage_faults(path):
        if not path.exists():
            yield RecordFault(load, FaultKind.MISSING, f"accepted/{path.name}")
        elif _digest(path) != digest:
            yield RecordFault(load, FaultKind.CHANGED, f"accepted/{path.name}")


def _raw_faults(load: str, digests: list[str]) -> Iterator[RecordFault]:
    """Files as received lie in folders named after their digests; their own names may hold those of persons."""
    place = data_folder() / "raw" / load
    with storage_faults(place):
        for digest in digests:
            found = {_digest(path) for path in (place / digest).glob("*")}
            if found != {digest}:
                kind = FaultKind.RAW_CHANGED if found else FaultKind.RAW_MISSING
                yield RecordFault(load, kind, f"raw/{load}/{digest}")


def _kept(place: Path) -> list[str]:
    return sorted(path.name for path in place.iterdir() if path.is_dir())


def _accepted(load: str, ending: str = "parquet") -> Path:
    return data_folder() / "accepted" / f"{load}.{ending}"


def _digest(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
