"""Gives the users that serve the pages their part of a build, by group, before it goes live and never earlier."""

import grp
import os
import stat
from pathlib import Path

from etl.storage import storage_faults
from riskmap.access.folder import ACCESS
from riskmap.domain.errors import WrongUsage
from riskmap.domain.settings import EXACT_GROUP, SERVING_GROUP, Setting, data_folder

# The names in a folder are for its owner: the group gets through it to what it knows by name.
_FOLDER, _EXACT, _CLOSED, _OWNERS = 0o710, 0o640, 0o600, 0o700
# What is noted about access is written by whoever serves exact numbers, and by the commands.
_SHARED_FOLDER, _SHARED = 0o2770, 0o660


def check_groups() -> None:
    """`WrongUsage` where a group is not known to the system, or exact numbers are given without a way to them."""
    serving, exact = _group(SERVING_GROUP), _group(EXACT_GROUP)
    if exact is not None and serving is None:
        raise WrongUsage(detail=f"{EXACT_GROUP.variable}={EXACT_GROUP.value} ({SERVING_GROUP.variable}=?)")


def open_to_servers(build: Path) -> None:
    """Let the serving group reach the public file of a build, and the exact group its full file and what is noted.

    Without a serving group everything stays its owner's. What waits to be published is never given.
    """
    serving, exact = _group(SERVING_GROUP), _group(EXACT_GROUP)
    if serving is None:
        return
    for place in (data_folder(), build.parent, build):
        _give(place, group=serving, mode=_FOLDER)
    full = build / "full.duckdb"
    if exact is None:
        _give(full, group=serving, mode=_CLOSED)
    else:
        _give(full, group=exact, mode=_EXACT)
        _share(build.parent.with_name(ACCESS), group=exact)


def _share(access: Path, *, group: int) -> None:
    with storage_faults(access):
        access.mkdir(mode=_OWNERS, exist_ok=True)
        content = [Path(place, name) for place, *names in os.walk(access) for name in [*names[0], *names[1]]]
    # Whoever serves may write here: a link of theirs would lead to what is not theirs.
    for path in (access, *(path for path in content if not path.is_symlink())):
        _give(path, group=group, mode=_SHARED_FOLDER if path.is_dir() else _SHARED)


def _group(setting: Setting) -> int | None:
    if not setting.value:
        return None
    try:
        return grp.getgrnam(setting.value).gr_gid
    except KeyError as fault:
        raise WrongUsage(detail=f"{setting.variable}={setting.value} (getent group)") from fault


def _give(path: Path, *, group: int, mode: int) -> None:
    """What is given already is not touched, so that nobody who reads just then finds it closed."""
    with storage_faults(path):
        found = path.stat()
        if found.st_gid != group:
            path.chmod(mode & _OWNERS)  # what the group before could read is none of the next one's
            os.chown(path, -1, group)
        if stat.S_IMODE(path.stat().st_mode) != mode:
            path.chmod(mode)
