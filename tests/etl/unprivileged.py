"""Runs the command line as a user whom permissions stop, also where the tests run as one whom nothing stops.

A program of its own: `python -m tests.etl.unprivileged ARGUMENTS`. What the command needs is imported before it becomes
that user, because the libraries may lie where nobody else may look.
"""

import os
import sys

from etl.cli import main
from geo.areas import areas
from riskmap.domain.registry import catalogue

NOBODY = 65534

if __name__ == "__main__":
    catalogue()
    areas()
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    sys.exit(main(sys.argv[1:]))
