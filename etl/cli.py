"""The command line: check, load, publish, rollback, status, explain, settings.

Exit status: 0 done, 1 faults in the data (listed), 2 wrong usage, 3 a situation (no build, locked, disk full).
"""

import argparse
import getpass
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from etl import report
from etl.accepted import accept, already_accepted
from etl.build import stage_build
from etl.intake import Call, Checked, check_files
from etl.publish import publish, rollback, staged
from etl.status import status_document, status_lines
from etl.storage import builds, lock
from riskmap.domain.errors import DataFaults, Problem, PublishRefused, RiskMapError, Severity, WrongUsage
from riskmap.domain.problems import PROBLEM_CODES
from riskmap.domain.registry import catalogue
from riskmap.domain.settings import LANGUAGE, OPERATOR, SETTINGS
from riskmap.domain.vocabulary import LANGUAGES, parse_period
from riskmap.words import t


def main(arguments: Sequence[str]) -> int:
    """Run one command and return the exit status; every expected failure is a sentence, never a stack trace."""
    try:
        options = _parser().parse_args(arguments)
    except SystemExit as stop:
        return int(stop.code or 0)
    try:
        catalogue()
        command: Callable[[argparse.Namespace], int] = options.run
        return command(options)
    except DataFaults as faults:
        report.print_problems(faults.problems, language=options.lang, as_json=getattr(options, "json", False))
        return faults.exit_status
    except RiskMapError as error:
        sys.stderr.write(report.error_text(error, options.lang) + "\n")
        return error.exit_status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m etl")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, run in (("check", _check), ("load", _load)):
        command = _command(commands, name, run, has_json=True)
        command.add_argument("paths", nargs="+", metavar="PATH")
        command.add_argument("--source", metavar="ID")
        command.add_argument("--area", metavar="KATO")
        command.add_argument("--period", metavar="2022|2025-10|2025-01..2025-10")
        if name == "load":
            command.add_argument("--publish", action="store_true")
    _command(commands, "publish", _publish).add_argument("build", nargs="?", metavar="BUILD")
    _command(commands, "rollback", _rollback)
    _command(commands, "status", _status, has_json=True)
    _command(commands, "explain", _explain, has_json=True).add_argument("code", nargs="?", metavar="CODE")
    _command(commands, "settings", _settings)
    return parser


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    run: Callable[[argparse.Namespace], int],
    *,
    has_json: bool = False,
) -> argparse.ArgumentParser:
    language = LANGUAGE.value if LANGUAGE.value in LANGUAGES else LANGUAGE.default
    command = commands.add_parser(name, help=t(f"command.{name}", language), description=t(f"command.{name}", language))
    command.add_argument("--lang", choices=LANGUAGES, default=language)
    if has_json:
        command.add_argument("--json", action="store_true")
    command.set_defaults(run=run)
    return command


def _call(options: argparse.Namespace) -> Call:
    period = None
    if options.period:
        period = parse_period(options.period)
        if period is None:
            raise DataFaults([Problem("P002", found=options.period, expected="2022, 2025-10, 2025-01..2025-10")])
    if options.source and options.source not in catalogue().sources:
        raise WrongUsage(detail=f"--source {options.source}: {', '.join(catalogue().sources)}")
    return Call(options.source, options.area, period)


def _checked(options: argparse.Namespace) -> Checked:
    return check_files([Path(path) for path in options.paths], _call(options))


def _check(options: argparse.Namespace) -> int:
    checked = _checked(options)
    report.print_problems(checked.problems, language=options.lang, as_json=options.json)
    return 1 if checked.stopped else 0


def _load(options: argparse.Namespace) -> int:
    with lock("load"):
        checked = _checked(options)
        problems = [*checked.problems, *already_accepted(checked.files)]
        if any(problem.severity is Severity.STOP for problem in problems):
            raise DataFaults(problems)
        load = accept(checked.files, received_by=OPERATOR.value or getpass.getuser())
        build = stage_build()
        if options.publish:
            publish(build)
    figures = sum(len(file.figures) for file in checked.files)
    if options.json:
        shown = [report.problem_document(problem, options.lang) for problem in problems]
        outcome = {"load": load, "build": build.name, "is_live": options.publish, "figures": figures}
        report.print_json({**outcome, "files": len(checked.files), "problems": shown})
        return 0
    for problem in problems:
        sys.stdout.write("\n".join(report.problem_lines(problem, options.lang)) + "\n")
    key = "load.published" if options.publish else "load.staged"
    report.say(key, options.lang, files=len(checked.files), figures=figures, build=build.name)
    return 0


def _publish(options: argparse.Namespace) -> int:
    with lock("publish"):
        build = _named_build(options.build) if options.build else staged() or stage_build()
        publish(build)
    report.say("publish.done", options.lang, build=build.name)
    return 0


def _named_build(name: str) -> Path:
    for build in builds():
        if build.name == name:
            return build
    raise PublishRefused(reason="publish.refused.no_staged_build")


def _rollback(options: argparse.Namespace) -> int:
    with lock("rollback"):
        build = rollback()
    report.say("rollback.done", options.lang, build=build.name)
    return 0


def _status(options: argparse.Namespace) -> int:
    document = status_document()
    if options.json:
        report.print_json(document)
    else:
        sys.stdout.write("\n".join(status_lines(document, options.lang)) + "\n")
    return 0 if document["live"] else 3


def _explain(options: argparse.Namespace) -> int:
    codes = [options.code.upper()] if options.code else list(PROBLEM_CODES)
    if not set(codes) <= set(PROBLEM_CODES):
        raise WrongUsage(detail=f"explain {options.code}: {', '.join(PROBLEM_CODES)}")
    explained = {code: report.problem_words(Problem(code), options.lang) for code in codes}
    if options.json:
        report.print_json({code: {p: w[p] for p in ("text", "remedy")} for code, w in explained.items()})
        return 0
    for code, words in explained.items():
        sys.stdout.write(f"{code}  {words['text']}\n      {words['remedy']}\n")
    return 0


def _settings(options: argparse.Namespace) -> int:
    for setting in SETTINGS:
        meaning = t(f"setting.{setting.name}", options.lang)
        sys.stdout.write(f"{setting.variable}={setting.value}  ({setting.default or '-'})\n    {meaning}\n")
    return 0
