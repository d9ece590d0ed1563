"""`python -m riskmap.ui.check_process ...`: the checks of the loader as a process with limits of its own.

The limits are set here and not by the server, which has threads: code that runs between its fork and its exec may
stand still for ever.
"""

import os
import resource
import sys
from typing import Final

MEMORY_BYTES: Final = 2 << 30
FILE_BYTES: Final = 512 << 20  # of each file that the checks write
CPU_SECONDS: Final = 60  # ends a check whose server has died before it
MOST_CPUS: Final = 2  # of a large machine; the database reserves memory of the limit for each one it sees


def main() -> None:
    """Set the limits and become `python -m etl check`."""
    for kind, limit in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (limit, limit))
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:MOST_CPUS])
    os.execv(sys.executable, [sys.executable, "-m", "etl", "check", *sys.argv[1:]])  # noqa: S606 - no shell is meant


if __name__ == "__main__":
    main()
