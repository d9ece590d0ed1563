"""The folder in which returns arrive: which files are complete, what becomes of each, and where it is put away.

A file is put away by renaming it, after its reports were written: whenever the work is stopped, a file lies either
whole in the inbox or where it belongs, and the next call goes on with what is left.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from etl.confirmed import decide
from etl.intake import shown_name
from etl.staging import Checked, CheckedFile
from etl.storage import drop, folder, storage_faults
from riskmap.domain.errors import Problem, Severity

INBOX: Final = "inbox"
DONE: Final = "done"
FAULTY: Final = "faulty"
REPORTS: Final = (".report.txt", ".report.json")
SETTLED_AFTER: Final = 2.0  # seconds without a change

# Unfinished downloads, the lock of an open spreadsheet, and what we have written ourselves.
_PASSED_OVER: Final = (".part", ".tmp", ".crdownload", ".partial", *REPORTS)
_LOCK_PREFIX: Final = "~$"


class Fate(StrEnum):
    """What becomes of a file of the inbox."""

    ACCEPTED = "accepted"
    KNOWN = "known"  # every figure of it was accepted before
    FAULTY = "faulty"
    ASKED = "asked"  # only faults that a person may confirm
    PERSONAL = "personal"  # may hold data on single persons
    BROKEN = "broken"  # reading it ended in a fault of ours
    CHANGING = "changing"  # still being written: left
    UNREADABLE = "unreadable"  # no permission, disk: left
    STRANGE = "strange"  # a folder or a link: left


LEFT: Final = frozenset({Fate.CHANGING, Fate.UNREADABLE, Fate.STRANGE})
GOOD: Final = frozenset({Fate.ACCEPTED, Fate.KNOWN})


@dataclass(frozen=True, slots=True)
class Verdict:
    """One file and what becomes of it."""

    path: Path
    fate: Fate
    problems: tuple[Problem, ...] = ()
    confirmed: tuple[Problem, ...] = ()
    file: CheckedFile | None = None
    detail: str = ""  # of a file that could not be read: why

    @property
    def name(self) -> str:
        """The name as it may be shown."""
        return shown_name(self.path)


def clear_unfinished() -> None:
    """Remove what a killed run left half-written beside files that were put away; only for whoever holds the lock."""
    for name in (DONE, FAULTY):
        for path in (folder(INBOX) / name).rglob(".*.part"):
            with storage_faults(path):
                drop(path)


def arrivals() -> tuple[list[Path], list[Verdict]]:
    """The files of the inbox in the order of their names, and what lies there that is none."""
    inbox = folder(INBOX)
    with storage_faults(inbox):
        found = sorted(
            path for path in inbox.iterdir() if path.name not in (DONE, FAULTY) and not _is_passed_over(path)
        )
        files = [path for path in found if path.is_file() and not path.is_symlink()]
    return files, [Verdict(path, Fate.STRANGE) for path in found if path not in files]


def _is_passed_over(path: Path) -> bool:
    name = path.name.casefold()
    return name.startswith((".", _LOCK_PREFIX)) or name.endswith(_PASSED_OVER)


State = tuple[int, int]


def states(paths: Iterable[Path]) -> dict[Path, State]:
    """Size and time of change of each file that is there."""
    found = {}
    for path in paths:
        try:
            status = path.stat()
        except FileNotFoundError:
            continue
        found[path] = (status.st_size, status.st_mtime_ns)
    return found


def settled(paths: Sequence[Path]) -> tuple[list[Path], dict[Path, State]]:
    """The files that nobody is writing, and their states; those changed a moment ago are looked at once more."""
    before = states(paths)
    newest = max((changed for _, changed in before.values()), default=0) / 1e9
    time.sleep(min(SETTLED_AFTER, max(0.0, newest + SETTLED_AFTER - time.time())))
    after = states(paths)
    return [path for path in paths if path in after and before.get(path) == after[path]], after


def judge(paths: Sequence[Path], checked: Checked, known: Sequence[Problem], codes: frozenset[str]) -> list[Verdict]:
    """What becomes of each file that was checked; known are those already accepted, codes what is confirmed."""
    files = {file.path: file for file in checked.files}
    accepted = {problem.file: replace(problem, severity=Severity.NOTE) for problem in known}
    return [_verdict(path, files.get(path), checked.problems, accepted.get(shown_name(path)), codes) for path in paths]


def _verdict(
    path: Path, file: CheckedFile | None, problems: Sequence[Problem], known: Problem | None, codes: frozenset[str]
) -> Verdict:
    own = [problem for problem in problems if problem.file == shown_name(path)]
    personal = tuple(problem for problem in own if problem.code.startswith("S"))
    if personal:
        return Verdict(path, Fate.PERSONAL, personal)
    if known and file:
        return Verdict(path, Fate.KNOWN, (*_notes(own), known), file=file)
    decided = decide(own, codes)
    if not file and not decided.open:  # what is wrong with the call keeps it from being understood
        own += [problem for problem in problems if not problem.file]
        decided = decide(own, codes)
    if file and not decided.open:
        return Verdict(path, Fate.ACCEPTED, tuple(own), decided.confirmed, file)
    return Verdict(path, Fate.ASKED if file and decided.asked else Fate.FAULTY, tuple(own), decided.confirmed)


def _notes(problems: Sequence[Problem]) -> list[Problem]:
    return [problem for problem in problems if problem.severity is Severity.NOTE]


def place_for(verdict: Verdict, moment: datetime) -> Path:
    """Where a file is put away: a name that no file has yet, made so by the time where it must be."""
    name = verdict.name.replace("*", "_") if verdict.fate is Fate.PERSONAL else verdict.path.name
    where = f"{INBOX}/{DONE}/{moment:%Y-%m}" if verdict.fate in GOOD else f"{INBOX}/{FAULTY}"
    target = folder(where) / name
    stem, number = f"{target.stem}-{moment:%Y%m%dT%H%M%S}", 1
    with storage_faults(target):
        while target.exists() or target.is_symlink():
            target = target.with_name(f"{stem}{f'-{number}' if number > 1 else ''}{target.suffix}")
            number += 1
    return target


def put_away(verdict: Verdict, target: Path, reports: Mapping[str, str]) -> None:
    """Write the reports of a file (ending: text) beside its place, then move it there."""
    with storage_faults(target):
        for ending, text in reports.items():
            part = target.with_name(f".{target.name}{ending}.part")
            part.write_text(text, encoding="utf-8", errors="backslashreplace")
            part.chmod(0o600)
            part.replace(target.with_name(f"{target.name}{ending}"))
        if verdict.fate is Fate.PERSONAL:
            verdict.path.chmod(0o600)
        verdict.path.rename(target)
