"""Runs a program as one whom permissions stop, also where the tests run as a user whom nothing stops.

A program of its own: `python -m tests.etl.unprivileged MODULE ARGUMENTS` becomes `python -m MODULE ARGUMENTS`. The user
stays the same, because the libraries may lie where nobody else may look; what root may do beyond the permissions of a
file is given up for good, by this process and all that it starts.
"""

import ctypes
import os
import sys

# Of the Linux kernel: prctl(2) and capabilities(7).
_DROP_FROM_BOUNDS = 24
_MAY_WRITE_AND_READ, _MAY_READ = 1, 2

if __name__ == "__main__":
    if os.geteuid() == 0:
        kernel = ctypes.CDLL(None, use_errno=True)
        for capability in (_MAY_WRITE_AND_READ, _MAY_READ):
            if kernel.prctl(_DROP_FROM_BOUNDS, capability, 0, 0, 0):
                raise OSError(ctypes.get_errno(), "permissions cannot be made to count")
    os.execv(sys.executable, [sys.executable, "-m", *sys.argv[1:]])  # noqa: S606
