"""Commands that only tell: explain, settings."""

import argparse

from etl import report
from etl.commands.parsing import Commands, add_command
from riskmap.domain.errors import Problem, WrongUsage
from riskmap.domain.problems import PROBLEM_CODES
from riskmap.domain.settings import SETTINGS
from riskmap.words import t


def declare(commands: Commands) -> None:
    """Add the commands of this module."""
    add_command(commands, "explain", _explain, has_json=True).add_argument("code", nargs="?", metavar="CODE")
    add_command(commands, "settings", _settings)


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
        report.print_lines([f"{setting.variable}={setting.shown}  ({setting.default or '-'})", f"    {meaning}"])
    return 0
