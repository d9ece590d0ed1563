"""The command line: check, load, demo, publish, rollback, status, explain, settings.

Exit status: 0 done, 1 faults in the data (listed), 2 wrong usage, 3 a situation (no build, locked, disk full); as in
every shell, 130 stopped by Ctrl-C and 141 nobody reads the output.
"""

import argparse
import getpass
import math
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

from etl import report
from etl.accepted import accept, already_accepted
from etl.build import stage_build
from etl.demo.command import load_published, make_demo
from etl.demo.loaded import SEED
from etl.intake import Call, check_files
from etl.personal import masked
from etl.publish import newest_build, publish, rollback, staged
from etl.reconcile import disagreements
from etl.staging import Checked
from etl.status import status_document, status_lines
from etl.storage import builds, clear_leftovers, folder, loads, lock, now, storage_faults
from etl.usefulness import refuse_mostly_hidden
from riskmap.domain.errors import DataFaults, Problem, PublishRefused, RiskMapError, Severity, StorageFailed, WrongUsage
from riskmap.domain.problems import PROBLEM_CODES
from riskmap.domain.registry import catalogue
from riskmap.domain.settings import KEEP_BUILDS, LANGUAGE, MAX_FILE_MB, OPERATOR, SETTINGS, Setting
from riskmap.domain.vocabulary import LANGUAGES
from riskmap.words import t

_STOPPED, _NO_READER = 130, 141


def main(arguments: Sequence[str]) -> int:
    """Run one command and return the exit status; every failure is a sentence, never a stack trace."""
    mask = os.umask(0o077)  # whatever is written is its owner's alone, from the first byte
    try:
        status = _run(arguments)
        report.print_lines([], flush=True)
    except KeyboardInterrupt:
        return _STOPPED
    except BrokenPipeError:
        # Python writes what is left in the buffer when it ends: give it a place to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _NO_READER
    finally:
        os.umask(mask)
    return status


def _run(arguments: Sequence[str]) -> int:
    language = _language(arguments)
    try:
        _check_settings()
        options = _parser().parse_args(arguments)
        catalogue()
        command: Callable[[argparse.Namespace], int] = options.run
        return command(options)
    except SystemExit as stop:  # --help
        return int(stop.code or 0)
    except DataFaults as faults:
        report.print_problems(faults.problems, language=language, as_json="--json" in arguments)
        return faults.exit_status
    except RiskMapError as error:
        return _tell(error, language, as_json="--json" in arguments)
    except (BrokenPipeError, KeyboardInterrupt):
        raise
    except Exception as fault:
        if isinstance(fault, RuntimeError) and str(fault) == "Query interrupted":  # Ctrl-C inside the database
            raise KeyboardInterrupt from fault
        return _tell_unexpected(arguments, language)


def _language(arguments: Sequence[str]) -> str:
    """The language of the call, known before the call is understood, because misunderstanding is told in it too."""
    given = [after for before, after in zip(arguments, arguments[1:], strict=False) if before == "--lang"]
    given += [argument.removeprefix("--lang=") for argument in arguments if argument.startswith("--lang=")]
    wanted = [language for language in (*given, LANGUAGE.value) if language in LANGUAGES]
    return wanted[0] if wanted else LANGUAGE.default


def _check_settings() -> None:
    """Refuse a setting that cannot be meant, before anything is done with it."""
    keep, limit = KEEP_BUILDS.value, MAX_FILE_MB.value
    if not (keep.isascii() and keep.isdigit() and int(keep) > 0):
        raise _wrong_setting(KEEP_BUILDS, "1, 2, 3, …")
    try:
        is_limit = 0 < float(limit) < math.inf
    except ValueError:
        is_limit = False
    if not is_limit:
        raise _wrong_setting(MAX_FILE_MB, "> 0")
    if LANGUAGE.value not in LANGUAGES:
        raise _wrong_setting(LANGUAGE, ", ".join(LANGUAGES))


def _wrong_setting(setting: Setting, expected: str) -> WrongUsage:
    return WrongUsage(detail=f"{setting.variable}={setting.value} ({expected})")


def _tell(error: RiskMapError, language: str, *, as_json: bool) -> int:
    if as_json:
        report.print_json(report.error_document(error, language))
    else:
        sys.stderr.write(report.error_text(error, language) + "\n")
    return error.exit_status


def _tell_unexpected(arguments: Sequence[str], language: str) -> int:
    """Keep the trace of a fault of ours in the log, or show it where even that cannot be written; tell one sentence."""
    trace = masked(f"{now().isoformat()} {list(arguments)}\n{traceback.format_exc()}\n")
    error = RiskMapError()
    try:
        path = folder("log") / "etl.log"
        with storage_faults(path), path.open("a", encoding="utf-8", errors="backslashreplace") as log:
            path.chmod(0o600)
            log.write(trace)
        details = t("error.details", language, path=path)
    except StorageFailed:
        details = trace
    status = _tell(error, language, as_json="--json" in arguments)
    sys.stderr.write(details + "\n")
    return status


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with a call in the same way as everything else is said."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        raise WrongUsage(detail=message)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m etl")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, run in (("check", _check), ("load", _load)):
        command = _command(commands, name, run, has_json=True)
        command.add_argument("paths", nargs="+", metavar="PATH")
        command.add_argument("--source", metavar="ID")
        command.add_argument("--area", metavar="KATO")
        command.add_argument("--period", metavar="2022|2025-10|2025-01..2025-10")
        if name == "load":
            command.add_argument("--publish", action="store_true")
    demo = _command(commands, "demo", _demo)
    demo.add_argument("--small", action="store_true")
    demo.add_argument("--seed", type=int, default=SEED)
    demo.add_argument("--out", type=Path, metavar="DIR")
    _command(commands, "publish", _publish).add_argument("build", nargs="?", metavar="BUILD")
    _command(commands, "rollback", _rollback)
    _command(commands, "status", _status, has_json=True)
    _command(commands, "explain", _explain, has_json=True).add_argument("code", nargs="?", metavar="CODE")
    _command(commands, "settings", _settings)
    return parser


def _command(
    commands: "argparse._SubParsersAction[_Parser]",
    name: str,
    run: Callable[[argparse.Namespace], int],
    *,
    has_json: bool = False,
) -> argparse.ArgumentParser:
    language = LANGUAGE.value
    meaning = t(f"command.{name}", language)
    command = commands.add_parser(name, help=meaning, description=meaning, allow_abbrev=False)
    command.add_argument("--lang", choices=LANGUAGES, default=language)
    if has_json:
        command.add_argument("--json", action="store_true")
    command.set_defaults(run=run)
    return command


def _checked(options: argparse.Namespace) -> Checked:
    call = Call(options.source, options.area, options.period)
    return check_files([Path(path) for path in options.paths], call)


def _check(options: argparse.Namespace) -> int:
    checked = _checked(options)
    problems = [*checked.problems, *_notes(already_accepted(checked))]
    report.print_problems(problems, language=options.lang, as_json=options.json)
    return 1 if checked.stopped else 0


def _notes(problems: Sequence[Problem]) -> list[Problem]:
    return [replace(problem, severity=Severity.NOTE) for problem in problems]


def _load(options: argparse.Namespace) -> int:
    with lock("load"):
        clear_leftovers()
        checked = _checked(options)
        known = already_accepted(checked)
        goes_on = not checked.stopped and len(known) == len(checked.files) and _is_unfinished(options.publish)
        problems = [*checked.problems, *(_notes(known) if goes_on else known)]
        if any(problem.severity is Severity.STOP for problem in problems):
            raise DataFaults(problems)
        load = loads()[-1] if goes_on else accept(checked, received_by=_operator())
        build = (newest_build() if goes_on else None) or stage_build()
        problems += disagreements(load)
        refusal = _refusal(build) if options.publish else None
    _tell_load(options, checked, problems, {"load": load, "build": build.name}, refusal)
    return refusal.exit_status if refusal else 0


def _is_unfinished(is_published: bool) -> bool:
    """Whether a load that was stopped on its way waits to be gone on with when it is called again."""
    return bool(loads()) and (newest_build() is None or (is_published and staged() is not None))


def _operator() -> str:
    """Who is at work: as set, or as the system knows the user, which in a container may be a bare number."""
    try:
        return OPERATOR.value or getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


def _refusal(build: Path) -> PublishRefused | None:
    """Publish; a refusal does not undo the load, so both are told."""
    try:
        publish(build)
    except PublishRefused as refusal:
        return refusal
    return None


def _tell_load(
    options: argparse.Namespace,
    checked: Checked,
    problems: Sequence[Problem],
    names: dict[str, str],
    refusal: PublishRefused | None,
) -> None:
    figures, files = checked.figures, len(checked.files)
    is_live = options.publish and refusal is None
    if options.json:
        shown = [report.problem_document(problem, options.lang) for problem in problems]
        outcome = {**names, "is_live": is_live, "figures": figures, "files": files, "problems": shown}
        report.print_json({**outcome, **(report.error_document(refusal, options.lang) if refusal else {})})
        return
    for problem in problems:
        report.print_lines(report.problem_lines(problem, options.lang))
    key = "load.published" if is_live else "load.staged"
    report.say(key, options.lang, files=files, figures=figures, build=names["build"])
    if refusal:
        sys.stderr.write(report.error_text(refusal, options.lang) + "\n")


def _demo(options: argparse.Namespace) -> int:
    """Load the published figures and beside them the sample country, check the catalogue on both, publish."""
    with lock("demo"):
        clear_leftovers()
        load_published()
        make_demo(small=options.small, seed=options.seed, out=options.out, language=options.lang, tell=_say_now)
        build = stage_build()
        refuse_mostly_hidden(build)
        publish(build)
    report.say("publish.done", options.lang, build=build.name)
    return 0


def _say_now(text: str) -> None:
    report.print_lines([text], flush=True)


def _publish(options: argparse.Namespace) -> int:
    with lock("publish"):
        clear_leftovers()
        build = _named_build(options.build) if options.build else _waiting_build()
        publish(build)
    report.say("publish.done", options.lang, build=build.name)
    return 0


def _named_build(name: str) -> Path:
    for build in builds():
        if build.name == name:
            return build
    raise PublishRefused(reason="publish.refused.no_staged_build")


def _waiting_build() -> Path:
    """The build that waits, or a new one of everything accepted where none does; an empty one would show nothing."""
    if not loads():
        raise PublishRefused(reason="publish.refused.no_staged_build")
    return staged() or stage_build()


def _rollback(options: argparse.Namespace) -> int:
    with lock("rollback"):
        clear_leftovers()
        build = rollback()
    report.say("rollback.done", options.lang, build=build.name)
    return 0


def _status(options: argparse.Namespace) -> int:
    document = status_document()
    if options.json:
        report.print_json(document)
    else:
        report.print_lines(status_lines(document, options.lang))
    return 0 if document["live"] else 3


def _explain(options: argparse.Namespace) -> int:
    codes = [options.code.upper()] if options.code else list(PROBLEM_CODES)
    if not set(codes) <= set(PROBLEM_CODES):
        raise WrongUsage(detail=f"explain {options.code} ({', '.join(PROBLEM_CODES)})")
    explained = {code: report.problem_words(Problem(code), options.lang) for code in codes}
    if options.json:
        report.print_json({code: {p: w[p] for p in ("text", "remedy")} for code, w in explained.items()})
        return 0
    for code, words in explained.items():
        report.print_lines([f"{code}  {words['text']}", f"      {words['remedy']}"])
    return 0


def _settings(options: argparse.Namespace) -> int:
    for setting in SETTINGS:
        meaning = t(f"setting.{setting.name}", options.lang)
        report.print_lines([f"{setting.variable}={setting.value}  ({setting.default or '-'})", f"    {meaning}"])
    return 0
