"""The command check: every fault of files, and nothing written but coloured copies where they are asked for."""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from etl import report
from etl.accepted import already_accepted
from etl.annotate.copy import annotate
from etl.commands.parsing import Commands, add_command, add_file_options
from etl.fault_table import print_problems, problems_document
from etl.intake import Call, check_files
from etl.privacy.shown import shown_name, shown_names
from etl.progress import progress
from etl.staging import Checked
from etl.storage import storage_faults
from etl.terminal import spelled
from riskmap.domain.errors import Problem, Severity, WrongUsage


def declare(commands: Commands) -> None:
    """Add the command of this module."""
    check = add_command(commands, "check", _check, has_json=True)
    add_file_options(check)
    check.add_argument("--annotate", type=Path, metavar="DIR")
    check.add_argument("--without-record", action="store_true")


def checked_files(options: argparse.Namespace, *, past: bool = True) -> Checked:
    """The files of a call, read and checked while a bar tells how far it is."""
    call = Call(options.source, options.area, options.period, past=past)
    with progress(options.lang, is_quiet=options.json) as tell:
        return check_files([Path(path) for path in options.paths], call, tell=tell)


def as_notes(problems: Sequence[Problem]) -> list[Problem]:
    """The same faults, only told."""
    return [replace(problem, severity=Severity.NOTE) for problem in problems]


def _check(options: argparse.Namespace) -> int:
    paths = [Path(path) for path in options.paths]
    if options.annotate:
        _refuse_same_names(paths)
    checked = checked_files(options, past=not options.without_record)
    known = [] if options.without_record else already_accepted(checked)
    problems = [*checked.problems, *as_notes(known)]
    copies = _copies(paths, problems, options) if options.annotate else {}
    if options.json:
        files = _file_documents(paths, checked, copies)
        report.print_json({**problems_document(problems, options.lang), "files": files})
    else:
        print_problems(problems, language=options.lang, as_json=False)
        for path, copy in copies.items():
            report.say("check.annotated", options.lang, file=spelled(shown_name(path)), copy=spelled(str(copy)))
    return 1 if any(problem.severity is not Severity.NOTE for problem in problems) else 0


def _refuse_same_names(paths: Sequence[Path]) -> None:
    """Faults name their file without its folder: of two files of one name nobody could say whose cell to colour."""
    names = [shown_name(path) for path in paths]
    double = sorted({name for name in names if names.count(name) > 1})
    if double:
        raise WrongUsage(detail=f"--annotate: {', '.join(double)}")


def _copies(paths: Sequence[Path], problems: Sequence[Problem], options: argparse.Namespace) -> dict[Path, Path]:
    """The coloured copy of each file with a fault; none of a file that may hold data on persons."""
    folder: Path = options.annotate
    copies: dict[Path, Path] = {}
    with storage_faults(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for number, path in enumerate(paths, start=1):
            own = [problem for problem in problems if problem.file == shown_name(path)]
            if not path.is_file() or all(problem.severity is Severity.NOTE for problem in own):
                continue
            # a.csv and a.xlsx have copies of one name.
            place = folder / str(number) if path.stem in {known.stem for known in copies} else folder
            place.mkdir(exist_ok=True)
            copy = annotate(path, own, folder=place, language=options.lang)
            if copy:
                copies[path] = copy
    return copies


def _file_documents(paths: Sequence[Path], checked: Checked, copies: dict[Path, Path]) -> list[dict[str, object]]:
    """Each file of the call: its source and figures where it was understood, whose return it is, its coloured copy."""
    connection = checked.staging.connection
    arrived = {file.path: file.with_figures(connection).returns for file in checked.arrived}
    understood = {file.path: file for file in checked.files}
    names = shown_names(paths)
    documents: list[dict[str, object]] = []
    for path in paths:
        file, copy = understood.get(path), copies.get(path)
        documents.append(
            {
                "file": names[path],
                "source": file.source.id if file else None,
                "figures": file.figures if file else 0,
                "regions": sorted({region for region, _ in arrived.get(path, ())}),
                "periods": sorted({period.code for _, period in arrived.get(path, ())}),
                "annotated": str(copy) if copy else None,
            }
        )
    return documents
