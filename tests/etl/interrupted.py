"""Runs the command line again and again, each time killed at another point of its work, as the system would kill it.

A program of its own: `python -m tests.etl.interrupted ARGUMENTS` reads lines `FOLDER MODULE NAME before|after` and
answers each with the signal that ended the run. It forks before anything has opened a database, so that every run
begins clean and the libraries are loaded only once.
"""

import importlib
import os
import signal
import sys
from collections.abc import Sequence
from types import ModuleType

from etl.cli import main


def die_at(module: ModuleType, name: str, *, after: bool) -> None:
    """Let the process be killed when it calls a function of a module, before or after that has done its work."""
    real = getattr(module, name)

    def dying(*arguments: object, **options: object) -> None:
        if after:
            real(*arguments, **options)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(module, name, dying)


def killed_run(order: str, arguments: Sequence[str]) -> int:
    """The signal that ended a run in the folder, or 0 where it came to its end."""
    folder, module, name, when = order.split()
    child = os.fork()
    if child == 0:
        os.environ["RISKMAP_DATA"] = folder
        die_at(importlib.import_module(module), name, after=when == "after")
        os._exit(main(arguments))
    _, status = os.waitpid(child, 0)
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


if __name__ == "__main__":
    for line in sys.stdin:
        sys.stderr.write(f"{killed_run(line, sys.argv[1:])}\n")
