"""The folder in which returns arrive: which files are complete, what becomes of each, and where it is put away.

A file is put away by renaming it, after its reports were written: whenever the work is stopped, a file lies either
whole in the inbox or where it belongs, and the next call goes on with what is left.
"""

import hashlib
import os
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from etl.confirmed import decide
from etl.privacy.shown import shown_name, shown_names
from etl.staging import Checked, CheckedFile
from etl.storage import State, drop, folder, state, storage_faults
from riskmap.domain.errors import Problem, Severity
from riskmap.domain.settings import INBOX

DONE: Final = "done"
FAULTY: Final = "faulty"
REPORTS: Final = (".report.txt", ".report.json")
COPY: Final = ".faults.xlsx"
SETTLED_AFTER: Final = 2.0  # seconds without a change

# Unfinished downloads, the lock of an open spreadsheet, and what we have written ourselves.
_PASSED_OVER: Final = (".part", ".tmp", ".crdownload", ".partial", *REPORTS)
_LOCK_PREFIX: Final = "~$"

# Bytes of names: what is put before and behind the name of a file must fit into what a system allows.
_LONGEST_NAME: Final = 200
_LONGEST_STEM: Final = 150
_LONGEST_SUFFIX: Final = 20


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
    state: State | None = None  # of what was judged
    shown: str = ""  # where several files would have one name

    @property
    def name(self) -> str:
        """The name as it may be shown."""
        return self.shown or shown_name(self.path)


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


def states(paths: Iterable[Path]) -> dict[Path, State]:
    """The state of each file that is there."""
    return {path: found for path in paths if (found := state(path))}


def settled(paths: Sequence[Path]) -> tuple[list[Path], dict[Path, State]]:
    """The files that nobody is writing, and their states; those changed a moment ago are looked at once more."""
    before = states(paths)
    newest = max((changed for _, changed, *_ in before.values()), default=0) / 1e9
    time.sleep(min(SETTLED_AFTER, max(0.0, newest + SETTLED_AFTER - time.time())))
    after = states(paths)
    return [path for path in paths if path in after and before.get(path) == after[path]], after


def judge(paths: Sequence[Path], checked: Checked, known: Sequence[Problem], codes: frozenset[str]) -> list[Verdict]:
    """What becomes of each file that was checked; known are those already accepted, codes what is confirmed."""
    files = {file.path: file for file in checked.files}
    accepted = {problem.file: replace(problem, severity=Severity.NOTE) for problem in known}
    verdicts = []
    for path, name in shown_names(paths).items():
        problems = [problem for problem in checked.problems if problem.file in ("", name)]
        verdict = _verdict(path, files.get(path), problems, accepted.get(name), codes)
        verdicts.append(replace(verdict, shown=name))
    return verdicts


def _verdict(
    path: Path, file: CheckedFile | None, problems: Sequence[Problem], known: Problem | None, codes: frozenset[str]
) -> Verdict:
    own = [problem for problem in problems if problem.file]
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
    """Where a file is put away: a name that no file has yet, made so by the time where it must be.

    The names of what may lie beside it are free too; a name too long for them is shortened.
    """
    name = verdict.name.replace("*", "_") if verdict.fate is Fate.PERSONAL else verdict.path.name
    where = f"{INBOX}/{DONE}/{moment:%Y-%m}" if verdict.fate in GOOD else f"{INBOX}/{FAULTY}"
    target = folder(where) / _shortened(name)
    stem, number = f"{target.stem}-{moment:%Y%m%dT%H%M%S}", 1
    with storage_faults(target):
        while any(path.exists() or path.is_symlink() for path in (target, *_beside(target))):
            target = target.with_name(f"{stem}{f'-{number}' if number > 1 else ''}{target.suffix}")
            number += 1
    return target


def _shortened(name: str) -> str:
    """The name where it is short enough; else its beginning with a mark that tells it from others."""
    encoded, suffix = os.fsencode(name), Path(name).suffix
    if len(encoded) <= _LONGEST_NAME:
        return name
    suffix = suffix if len(os.fsencode(suffix)) <= _LONGEST_SUFFIX else ""
    stem = encoded[: min(_LONGEST_STEM, len(encoded) - len(os.fsencode(suffix)))].decode("utf-8", "ignore")
    return f"{stem}-{hashlib.sha256(encoded).hexdigest()[:8]}{suffix}"


def _beside(target: Path) -> list[Path]:
    return [target.with_name(f"{target.name}{ending}") for ending in (*REPORTS, COPY)]


def put_away(verdict: Verdict, target: Path, reports: Mapping[str, str], *, copy: Path | None = None) -> bool:
    """Put the reports of a file (ending: text) and its coloured copy beside its place, then move it there.

    False, and nothing is put anywhere, where the file is no longer the one that was judged.
    """
    if _is_another(verdict):
        return False
    try:
        with storage_faults(target):
            for ending, text in reports.items():
                part = target.with_name(f".{target.name}{ending}.part")
                part.write_text(text, encoding="utf-8", errors="backslashreplace")
                part.chmod(0o600)
                part.replace(target.with_name(f"{target.name}{ending}"))
            if copy:
                copy.replace(target.with_name(f"{target.name}{COPY}"))
            is_moved = not _is_another(verdict)
            if is_moved:
                if verdict.fate is Fate.PERSONAL:
                    verdict.path.chmod(0o600)
                verdict.path.rename(target)
    finally:
        _drop_beside(target)
    return is_moved


def _is_another(verdict: Verdict) -> bool:
    return verdict.state is not None and state(verdict.path) != verdict.state


def _drop_beside(target: Path) -> None:
    """Remove what was written for a file that was not moved in the end."""
    if not target.exists():
        for path in _beside(target):
            drop(path)
