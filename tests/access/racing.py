"""Processes that do the same thing at the same moment."""

import subprocess
import sys
from collections.abc import Sequence

from tests.conftest import ROOT


def let_go_together(code: str, arguments: Sequence[str]) -> list["subprocess.Popen[str]"]:
    """A process for each argument; each says `ready`, waits for a line, and all have been given theirs."""
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", code, argument], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        for argument in arguments
    ]
    for racer in racers:
        assert racer.stdout
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        assert racer.stdin
        racer.stdin.write("go\n")
        racer.stdin.flush()
    return racers
