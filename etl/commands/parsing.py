"""What the commands share in how they are called: the parser, the language, the options that say which files."""

import argparse
import math
import sys
from collections.abc import Callable
from typing import NoReturn, TypeAlias

from riskmap.domain.errors import WrongUsage
from riskmap.domain.settings import LANGUAGE
from riskmap.domain.vocabulary import LANGUAGES
from riskmap.words import t


class Parser(argparse.ArgumentParser):
    """Says what is wrong with a call in the same way as everything else is said."""

    def error(self, message: str) -> NoReturn:
        """Raise the wrong call as what it is."""
        self.print_usage(sys.stderr)
        raise WrongUsage(detail=message)


Commands: TypeAlias = "argparse._SubParsersAction[Parser]"


def add_command(
    commands: Commands, name: str, run: Callable[[argparse.Namespace], int], *, has_json: bool = False
) -> argparse.ArgumentParser:
    """A command with its help in the language that is set; `run` gives the exit status."""
    language = LANGUAGE.value
    meaning = t(f"command.{name}", language)
    command = commands.add_parser(name, help=meaning, description=meaning, allow_abbrev=False)
    command.add_argument("--lang", choices=LANGUAGES, default=language)
    if has_json:
        command.add_argument("--json", action="store_true")
    command.set_defaults(run=run)
    return command


def add_file_options(command: argparse.ArgumentParser) -> None:
    """Which files, and what the operator says of all of them."""
    command.add_argument("paths", nargs="+", metavar="PATH")
    command.add_argument("--source", metavar="ID")
    command.add_argument("--area", metavar="KATO")
    command.add_argument("--period", metavar="2022|2025-10|2025-01..2025-10")


def add_wait(command: argparse.ArgumentParser) -> None:
    """For how many seconds another writer is waited for; left out, the command is refused at once."""
    command.add_argument("--wait", type=_seconds, default=0.0, metavar="SECONDS")


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 <= seconds < math.inf:
        raise ValueError(text)
    return seconds
