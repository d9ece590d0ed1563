"""The command line; each family of commands is a module of `etl.commands`.

Exit status: 0 done, 1 faults in the data (listed), 2 wrong usage, 3 a situation (no build, locked, disk full); as in
every shell, 130 stopped by Ctrl-C and 141 nobody reads the output.
"""

import argparse
import math
import os
import sys
from collections.abc import Callable, Sequence

from etl import report, sign_off
from etl.commands import (
    access,
    audit,
    builds,
    check,
    explain,
    history,
    inbox,
    keep,
    load,
    package,
    receipt,
    review,
    template,
)
from etl.commands.parsing import Parser
from etl.fault_table import print_problems
from etl.serving import check_groups
from etl.trace import fault_trace, keep_trace
from riskmap.domain.errors import DataFaults, RiskMapError, StorageFailed, WrongUsage
from riskmap.domain.registry import catalogue
from riskmap.domain.settings import KEEP_BUILDS, LANGUAGE, MAX_FILE_MB, PROTECTION, Setting
from riskmap.domain.vocabulary import LANGUAGES, Protection
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
        print_problems(faults.problems, language=language, as_json="--json" in arguments)
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
    sign_off.is_required()
    if PROTECTION.value not in list(Protection):
        raise _wrong_setting(PROTECTION, ", ".join(Protection))
    check_groups()


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
    error = RiskMapError()
    trace = fault_trace(str(list(arguments)))
    try:
        details = t("error.details", language, path=keep_trace(trace))
    except StorageFailed:
        details = trace
    status = _tell(error, language, as_json="--json" in arguments)
    sys.stderr.write(details + "\n")
    return status


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="python -m etl")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    families = (check, load, inbox, template, review, builds, history, receipt, keep, package, access, audit, explain)
    for family in families:
        family.declare(commands)
    return parser
