"""What is told where the clock of the machine is behind the last load."""

import sys

from etl.accepted import clock_behind
from etl.storage import now
from riskmap.words import t


def tell_clock(language: str) -> None:
    """Say on standard error that the clock is behind, with both times; nothing where it is not."""
    if behind := clock_behind():
        present = now()
        sys.stderr.write(t("clock.behind", language, now=present, last=present + behind) + "\n")
