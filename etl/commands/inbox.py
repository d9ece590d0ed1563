"""The command inbox: accept what has arrived, put every file away with its report, say who has not reported."""

import argparse
import secrets
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from etl import report
from etl.accepted import accept, already_accepted
from etl.annotate.copy import annotate
from etl.build import stage_build
from etl.commands.audit import say_told_before
from etl.commands.load import add_load_options, refused_publication
from etl.commands.parsing import Commands, add_command
from etl.commands.receipt import say_receipts
from etl.commands.writing import writing
from etl.confirmed import confirmed_codes
from etl.fault_log import Outcome, keep_faults
from etl.inbox import (
    COPY,
    FAULTY,
    GOOD,
    LEFT,
    Fate,
    Verdict,
    arrivals,
    clear_unfinished,
    judge,
    place_for,
    put_away,
    settled,
    states,
)
from etl.inbox_words import reports, summary_lines, verdict_document
from etl.intake import Call, check_files
from etl.journal import operator
from etl.missing import Owed, owed_document, owed_in, owed_lines
from etl.privacy.shown import shown_name
from etl.progress import Tell, progress
from etl.publish import newest_build, staged
from etl.staging import Checked, CheckedFile, Staging
from etl.storage import State, drop, folder, live, loads, now
from etl.trace import fault_trace, keep_trace
from riskmap.domain.errors import PublishRefused, RiskMapError, StorageFailed
from riskmap.domain.settings import INBOX
from riskmap.words import t


def declare(commands: Commands) -> None:
    """Add the command of this module."""
    add_load_options(add_command(commands, "inbox", _inbox, has_json=True))


@dataclass(slots=True)
class _Round:
    """What one call has come to."""

    verdicts: list[Verdict]
    checked: Checked
    load: str = ""
    taken: tuple[CheckedFile, ...] = ()  # into this load
    build: Path | None = None
    is_published: bool = False
    refusal: PublishRefused | None = None
    places: dict[Path, Path] = field(default_factory=dict)

    @property
    def status(self) -> int:
        if self.refusal:
            return self.refusal.exit_status
        return 0 if all(v.fate in (*GOOD, Fate.CHANGING, Fate.STRANGE) for v in self.verdicts) else 1


def _inbox(options: argparse.Namespace) -> int:
    codes = confirmed_codes(options.confirm)
    with writing("inbox", options):
        clear_unfinished()
        done = _judged(codes, options)
        _accept(done, is_published=options.publish)
        owed = _owed(done)
        done.verdicts = [_put_away(verdict, done, now(), options.lang) for verdict in done.verdicts]
    _tell(done, owed, options)
    if done.is_published and done.build:
        say_told_before(done.build, options.lang, as_json=options.json)
        say_receipts(done.build, options.lang, as_json=options.json)
    return done.status


def _judged(codes: frozenset[str], options: argparse.Namespace) -> _Round:
    """Every file of the inbox, checked together, and what is to become of it."""
    found, strange = arrivals()
    paths, before = settled(found)
    with progress(options.lang, is_quiet=options.json, in_log=True) as tell:
        checked, broken = _checked(paths, before, tell, options.lang)
    sound = [path for path in paths if path not in broken]
    verdicts = [*strange, *broken.values(), *judge(sound, checked, already_accepted(checked), codes)]
    after = states(found)
    there = [verdict for verdict in verdicts if verdict.path in after or verdict.fate is Fate.STRANGE]
    still = [path for path in after if path not in paths or before[path] != after[path]]
    kept = [replace(verdict, state=after.get(verdict.path)) for verdict in there if verdict.path not in still]
    return _Round(sorted([*kept, *(Verdict(path, Fate.CHANGING) for path in still)], key=lambda v: v.path), checked)


def _checked(
    paths: Sequence[Path], before: Mapping[Path, State], tell: Tell | None, language: str
) -> tuple[Checked, dict[Path, Verdict]]:
    """All files together, so that conflicts between them are seen; one that ends in an exception is left out."""
    if not paths:
        return Checked((), (), Staging()), {}
    try:
        return check_files(paths, Call(), tell=tell), {}
    except Exception as fault:
        _raise_stopped(fault)
        now_there = states(paths)
        broken = {path: Verdict(path, Fate.CHANGING) for path in paths if now_there.get(path) != before[path]}
        rest = [path for path in paths if path not in broken]
        broken |= {path: verdict for path in rest if (verdict := _broken(path, language))}
        if not broken:
            raise  # no single file is to blame
        return check_files([path for path in paths if path not in broken], Call(), tell=tell), broken


def _broken(path: Path, language: str) -> Verdict | None:
    try:
        check_files([path], Call())
    except RiskMapError as error:
        return Verdict(path, Fate.UNREADABLE, detail=report.error_text(error, language))
    except Exception as fault:
        _raise_stopped(fault)
        keep_trace(fault_trace(f"inbox {shown_name(path)}"))
        return Verdict(path, Fate.BROKEN)
    return None


def _raise_stopped(fault: Exception) -> None:
    """What the database makes of Ctrl-C is Ctrl-C."""
    if isinstance(fault, RuntimeError) and str(fault) == "Query interrupted":
        raise KeyboardInterrupt from fault


def _accept(done: _Round, *, is_published: bool) -> None:
    """One load of all good files and a build of it; what a call that was stopped has left undone is done too."""
    new = [verdict for verdict in done.verdicts if verdict.fate is Fate.ACCEPTED]
    if new:
        done.taken = files = tuple(verdict.file for verdict in new if verdict.file)
        confirmed = [problem for verdict in new for problem in verdict.confirmed]
        done.load = accept(replace(done.checked, files=files), received_by=operator(), confirmed=confirmed)
    keep_faults(_outcomes(done), done.checked)
    done.build = newest_build()
    if loads() and not done.build:
        done.build = stage_build()
    is_sent = any(verdict.fate in GOOD for verdict in done.verdicts)
    if is_published and is_sent and done.build and staged() == done.build:
        done.refusal = refused_publication(done.build)
        done.is_published = not done.refusal


def _outcomes(done: _Round) -> list[Outcome]:
    """What becomes of each file that was looked into, for the log of faults."""
    files = {file.path: file for file in done.checked.arrived}
    return [
        Outcome(files[v.path], v.problems, v.confirmed, is_accepted=v.fate is Fate.ACCEPTED)
        for v in done.verdicts
        if v.path in files and v.fate not in LEFT
    ]


def _owed(done: _Round) -> list[Owed]:
    files = [verdict.file for verdict in done.verdicts if verdict.file and verdict.fate in GOOD]
    return owed_in(done.build, done.checked, files) if done.build and files else []


def _put_away(verdict: Verdict, done: _Round, moment: datetime, language: str) -> Verdict:
    """What became of a file in the end: one that changed meanwhile, or cannot be moved, is left and keeps no other."""
    if verdict.fate in LEFT:
        return verdict
    part = None
    try:
        target = place_for(verdict, moment)
        if verdict.fate in (Fate.FAULTY, Fate.ASKED):
            part = folder(f"{INBOX}/{FAULTY}/.{secrets.token_hex(3)}.part")
        copy = _coloured(verdict, part, language) if part else None
        name = f"{target.name}{COPY}" if copy else ""
        load = done.load if verdict.fate is Fate.ACCEPTED else ""
        if not put_away(verdict, target, reports(verdict, load=load, copy=name, language=language), copy=copy):
            return Verdict(verdict.path, Fate.CHANGING, shown=verdict.shown)
    except StorageFailed as fault:
        detail = report.error_text(fault, language)
        return Verdict(verdict.path, Fate.UNREADABLE, detail=detail, shown=verdict.shown)
    finally:
        if part:
            drop(part)
    done.places[verdict.path] = target
    return verdict


def _coloured(verdict: Verdict, part: Path, language: str) -> Path | None:
    """The coloured copy of a file in a folder of its own; None where there is none."""
    try:
        return annotate(verdict.path, verdict.problems, folder=part, language=language)
    except Exception as fault:  # a file that cannot even be copied must not keep the others from being put away
        _raise_stopped(fault)
        log = keep_trace(fault_trace(f"inbox {verdict.name}"))
        sys.stderr.write(f"{t('inbox.no_copy', language, file=verdict.name, log=log)}\n")
        return None


def _tell(done: _Round, owed: Sequence[Owed], options: argparse.Namespace) -> None:
    language = options.lang
    if options.json:
        files = [{**verdict_document(v, language), "moved_to": _moved(done, v)} for v in done.verdicts]
        names = {"load": done.load or None, "build": done.build.name if done.build else None}
        outcome = {**names, "is_live": bool(done.build) and done.build == live()}
        refused = report.error_document(done.refusal, language) if done.refusal else {}
        report.print_json({**outcome, "files": files, "owed": [owed_document(item) for item in owed], **refused})
        return
    if not done.verdicts:
        report.say("inbox.empty", language, folder=folder(INBOX))
    report.print_lines(summary_lines(done.verdicts, language))
    if done.load and done.build:
        number, figures = len(done.taken), sum(file.figures for file in done.taken)
        key = "load.published" if done.is_published else "load.staged"
        report.say(key, language, files=number, figures=figures, build=done.build.name)
    elif done.is_published and done.build:
        report.say("publish.done", language, build=done.build.name)
    if any(verdict.fate not in (*GOOD, *LEFT) for verdict in done.verdicts):
        report.say("inbox.faulty", language, folder=folder(INBOX) / FAULTY)
    for item in owed:
        report.print_lines(owed_lines(item, language))
    if done.refusal:
        sys.stderr.write(report.error_text(done.refusal, language) + "\n")


def _moved(done: _Round, verdict: Verdict) -> str | None:
    place = done.places.get(verdict.path)
    return str(place) if place else None
