"""The command load: files without a fault into the record, a build of it, and where asked the build live."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from etl import report
from etl.accepted import accept, already_accepted
from etl.build import stage_build
from etl.commands.audit import say_told_before
from etl.commands.check import as_notes, checked_files
from etl.commands.parsing import Commands, add_command, add_file_options, add_wait
from etl.commands.receipt import say_receipts
from etl.commands.writing import writing
from etl.confirmed import Decided, confirmed_codes, decide
from etl.fault_log import Outcome, keep_faults
from etl.fault_table import print_problems, problems_document
from etl.journal import operator
from etl.publish import newest_build, publish, staged
from etl.reconcile import disagreements
from etl.staging import Checked
from etl.storage import loads
from riskmap.domain.errors import Problem, PublishRefused


def declare(commands: Commands) -> None:
    """Add the command of this module."""
    load = add_command(commands, "load", _load, has_json=True)
    add_file_options(load)
    add_load_options(load)


def add_load_options(command: argparse.ArgumentParser) -> None:
    """What is to be done with files that are accepted."""
    command.add_argument("--publish", action="store_true")
    command.add_argument("--confirm", action="append", default=[], metavar="CODE[,CODE]")
    add_wait(command)


@dataclass(frozen=True, slots=True)
class _Loaded:
    """What a load has come to."""

    checked: Checked
    problems: Sequence[Problem]
    confirmed: Sequence[Problem]
    load: str
    build: str
    refusal: PublishRefused | None

    @property
    def status(self) -> int:
        return self.refusal.exit_status if self.refusal else 0


def _load(options: argparse.Namespace) -> int:
    codes = confirmed_codes(options.confirm)
    with writing("load", options):
        checked = checked_files(options)
        known = already_accepted(checked)
        decided = decide(checked.problems, codes)
        goes_on = not decided.open and len(known) == len(checked.files) and is_unfinished(is_published=options.publish)
        problems = [*checked.problems, *(as_notes(known) if goes_on else known)]
        decided = decide(problems, codes)
        if decided.open:
            keep_faults(_outcomes(checked), checked)
            return _refused(problems, decided, options)
        load = loads()[-1] if goes_on else accept(checked, received_by=operator(), confirmed=decided.confirmed)
        keep_faults(_outcomes(checked, confirmed=decided.confirmed, is_accepted=True), checked)
        build = (newest_build() if goes_on else None) or stage_build()
        problems += disagreements(load)
        refusal = refused_publication(build) if options.publish else None
    loaded = _Loaded(checked, problems, decided.confirmed, load, build.name, refusal)
    _tell(loaded, options)
    if options.publish and refusal is None:
        say_told_before(build, options.lang, as_json=options.json)
        say_receipts(build, options.lang, as_json=options.json)
    return loaded.status


def _outcomes(checked: Checked, *, confirmed: Sequence[Problem] = (), is_accepted: bool = False) -> list[Outcome]:
    """What became of each file of the call, for the log of faults."""
    return [
        Outcome(
            file,
            problems=[problem for problem in checked.problems if problem.file == file.name],
            confirmed=[problem for problem in confirmed if problem.file == file.name],
            is_accepted=is_accepted,
        )
        for file in checked.arrived
    ]


def _refused(problems: Sequence[Problem], decided: Decided, options: argparse.Namespace) -> int:
    """Nothing was accepted: every fault, and how to confirm where nothing else is in the way."""
    print_problems(problems, language=options.lang, as_json=options.json)
    if decided.asked and not options.json:
        report.say("load.asked", options.lang, codes=",".join(decided.asked))
    return 1


def is_unfinished(*, is_published: bool) -> bool:
    """Whether a load that was stopped on its way waits to be gone on with when it is called again."""
    return bool(loads()) and (newest_build() is None or (is_published and staged() is not None))


def refused_publication(build: Path) -> PublishRefused | None:
    """Publish; a refusal does not undo the load, so both are told."""
    try:
        publish(build)
    except PublishRefused as refusal:
        return refusal
    return None


def _tell(loaded: _Loaded, options: argparse.Namespace) -> None:
    figures, files, language = loaded.checked.figures, len(loaded.checked.files), options.lang
    is_live = options.publish and loaded.refusal is None
    if options.json:
        names = {"load": loaded.load, "build": loaded.build}
        confirmed = sorted({problem.code for problem in loaded.confirmed})
        outcome = {**names, "is_live": is_live, "figures": figures, "files": files, "confirmed": confirmed}
        refused = report.error_document(loaded.refusal, language) if loaded.refusal else {}
        report.print_json({**outcome, **problems_document(loaded.problems, language), **refused})
        return
    if loaded.problems:
        print_problems(loaded.problems, language=language, as_json=False, confirmed=loaded.confirmed)
    key = "load.published" if is_live else "load.staged"
    report.say(key, language, files=files, figures=figures, build=loaded.build)
    if loaded.refusal:
        sys.stderr.write(report.error_text(loaded.refusal, language) + "\n")
