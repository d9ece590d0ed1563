"""Has an uploaded file checked by the loader, in a process of its own, and keeps nothing of it.

The process sees one folder that is deleted when it has ended, and an empty data folder in it: it can store nothing and
compare nothing with what was received before, so its answer says nothing about anybody else's figures.
"""

import json
import logging
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from geo.areas import regions
from riskmap.domain.errors import RiskMapError, Severity, WrongUsage
from riskmap.domain.settings import MAX_UPLOAD_MB, spreadsheet_folder
from riskmap.domain.vocabulary import parse_period
from riskmap.ui.turns import aside

PROJECT: Final = Path(__file__).parents[2]
MOST_SECONDS: Final = 60
MOST_AT_ONCE: Final = 2
PERIODS: Final = "2026, 2026-05, 2026-01..2026-05"  # how a period is written, for people
_PATIENCE: Final = 5.0  # seconds to wait for a place
_LONGEST_ANSWER: Final = 50_000_000  # bytes
_LONGEST_NAME: Final = 120  # bytes; with what the copy adds no file system refuses it
_ANSWERED: Final = frozenset({0, 1})  # statuses with which the checks end

_PREFIX: Final = "riskmap-check-"
_OURS: Final = re.compile(rf"{_PREFIX}[a-z0-9_]{{8}}")
_OLD: Final = 3600  # seconds; by then the process of a check has been ended by its own limits

_places = threading.BoundedSemaphore(MOST_AT_ONCE)
_LOG = logging.getLogger(__name__)


class CheckFailed(RiskMapError):
    """A file could not be checked; `key` says why."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(**values)
        self.key = key


@dataclass(frozen=True, slots=True)
class Upload:
    """What somebody sent: the name as the browser gave it, the content, and what the file itself does not say."""

    name: str
    content: bytes
    region: str = ""
    period: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault as the checks told it, without words."""

    code: str
    severity: Severity
    sheet: str
    row: int | None
    column: str
    found: str
    expected: str
    candidates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the checks found: the name of the file as it may be shown, its faults, and the coloured copy if any."""

    file: str
    figures: int
    faults: tuple[Fault, ...]
    copy_name: str = ""
    copy: bytes = b""
    regions: tuple[str, ...] = ()  # whose return it is; the country for its own figures
    periods: tuple[str, ...] = ()  # codes


def most_upload_mb() -> int:
    """How large an uploaded file may be; `WrongUsage` where the setting is no whole number above zero."""
    text = MAX_UPLOAD_MB.value
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise WrongUsage(detail=f"{MAX_UPLOAD_MB.variable}={text} (1, 2, 3, …)")
    return int(text)


def check(upload: Upload, *, language: str) -> Outcome:
    """The faults of a file; `CheckFailed` where too many are checked already, or it took too long or too much memory.

    It also says where the period or the region given is none. `language` is that of the coloured copy.
    """
    _refuse_nonsense(upload)
    limit = most_upload_mb()
    if len(upload.content) > limit << 20:
        raise CheckFailed("check_page.too_large", limit=limit)
    if not _places.acquire(timeout=_PATIENCE):
        raise CheckFailed("check_page.busy")
    try:
        _clear_leftovers(Path(tempfile.gettempdir()))
        with tempfile.TemporaryDirectory(prefix=_PREFIX) as name:
            return _checked(Path(name), upload, language)
    finally:
        _places.release()


def _refuse_nonsense(upload: Upload) -> None:
    """Before a process is started: a system takes no arguments with certain characters."""
    if upload.period and parse_period(upload.period) is None:
        raise CheckFailed("check_page.wrong_period", examples=PERIODS)
    if upload.region and upload.region not in {region.id for region in regions()}:
        raise CheckFailed("check_page.failed")


def _clear_leftovers(place: Path) -> None:
    """Remove the folders of checks whose server was killed: what was uploaded still lies in them."""
    for path in place.glob(f"{_PREFIX}*"):
        try:
            if _OURS.fullmatch(path.name) and _is_left(path.lstat()):
                shutil.rmtree(path)
        except FileNotFoundError:  # another check removes it at this moment
            continue
        except OSError as fault:
            _LOG.warning("an old folder of a check could not be removed: %s", fault.strerror)


def _is_left(found: os.stat_result) -> bool:
    """Whether it is a folder of this user, no link to one, that no check works in any more."""
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and found.st_mtime < time.time() - _OLD


def safe_name(name: str) -> str:
    """The last part of a name, so that it leads to no other folder; short, and without signs that nobody can see."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    spaced = "".join(" " if sign.isspace() else sign for sign in last)
    seen = "".join(sign for sign in spaced if sign.isprintable()).strip()
    stem, dot, ending = seen.rpartition(".")
    if not dot:
        stem, ending = seen, ""
    ending = f"{dot}{ending}"[: _LONGEST_NAME // 4]
    room = _LONGEST_NAME - len(ending.encode())
    short = stem.encode()[:room].decode(errors="ignore").strip()
    return f"{short or 'file'}{ending}" if (short or ending).strip(".") else "file"


def _checked(folder: Path, upload: Upload, language: str) -> Outcome:
    received, copies = folder / "received", folder / "copies"
    received.mkdir()
    path = received / safe_name(upload.name)
    path.write_bytes(upload.content)
    arguments = [str(path), "--json", "--without-record", "--annotate", str(copies), "--lang", language]
    arguments += [f"--area={upload.region}"] if upload.region else []
    arguments += [f"--period={upload.period}"] if upload.period else []
    document = _run(arguments, folder)
    file = document["files"][0]
    copy = Path(file["annotated"]) if file["annotated"] else None
    if copy and copy.resolve().parent.is_relative_to(copies.resolve()):
        return _outcome(document, file, copy.name, copy.read_bytes())
    return _outcome(document, file, "", b"")


def _outcome(document: Mapping[str, Any], file: Mapping[str, Any], copy_name: str, copy: bytes) -> Outcome:
    faults = tuple(_fault(problem) for problem in document["problems"])
    return Outcome(
        file["file"], file["figures"], faults, copy_name, copy, tuple(file["regions"]), tuple(file["periods"])
    )


def _fault(problem: Mapping[str, Any]) -> Fault:
    place = {name: problem[name] for name in ("code", "sheet", "row", "column", "found", "expected")}
    return Fault(**place, severity=Severity(problem["severity"]), candidates=tuple(problem["candidates"]))


def _run(arguments: Sequence[str], folder: Path) -> dict[str, Any]:
    """The document that the checks answer with."""
    answer = folder / "answer.json"
    with answer.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own program; what is uploaded stands in no place of an option
            [sys.executable, "-m", "riskmap.ui.check_process", *arguments],
            cwd=PROJECT,
            env=_surroundings(folder),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        status = _status(process)
    document = _document(answer) if status in _ANSWERED else {}
    if "files" not in document:
        # What the process wrote of its end may quote the file, so only the status is kept.
        _LOG.error("check of an uploaded file ended with status %s", status)
        raise CheckFailed("check_page.failed")
    return document


def _document(answer: Path) -> dict[str, Any]:
    """The answer of a process that ended by itself; nothing where it did not come to answering."""
    if not 0 < answer.stat().st_size <= _LONGEST_ANSWER:
        return {}
    document: dict[str, Any] = json.loads(answer.read_bytes())
    return document


def _status(process: "subprocess.Popen[bytes]") -> int:
    try:
        with aside():
            return process.wait(MOST_SECONDS)
    except subprocess.TimeoutExpired:
        raise CheckFailed("check_page.too_slow", seconds=MOST_SECONDS) from None
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _surroundings(folder: Path) -> dict[str, str]:
    """The variables the process sees: none that says where the real data are."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "SYSTEMROOT") if name in os.environ}
    return {
        **kept,
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "PYTHONDONTWRITEBYTECODE": "1",
        "OPENBLAS_NUM_THREADS": "1",  # each thread would reserve memory of the limit
        "OMP_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "2",
        "RISKMAP_DATA": str(folder / "data"),
        "RISKMAP_SPREADSHEETS": str(spreadsheet_folder().absolute()),
        "RISKMAP_MAX_FILE_MB": str(most_upload_mb()),
    }
