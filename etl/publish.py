"""Puts a staged build live in one step, or brings the one before it back."""

from pathlib import Path

import duckdb

from etl.storage import builds, drop, folder, live, loads, point, storage_faults
from riskmap.domain.errors import PublishRefused
from riskmap.domain.settings import KEEP_BUILDS, data_folder, live_build


def publish(build: Path) -> None:
    """Make a build the live one; refused, with the reason, where a rule forbids it. The old one stays on disk."""
    _refuse_real_districts(build)
    _keep_released(build)
    point(live_build(), build.name)
    drop(_withdrawn(build))
    _drop_old_builds()


def rollback() -> Path:
    """Make the build that was live before the live one live again and return it."""
    current = live()
    older = [build for build in builds() if current and build.name < current.name and _released(build).exists()]
    if current is None or not older:
        raise PublishRefused(reason="publish.refused.nothing_older")
    with storage_faults(_withdrawn(current)):
        _withdrawn(current).touch(mode=0o600)
    point(live_build(), older[-1].name)
    return older[-1]


def staged() -> Path | None:
    """The build that waits for publication: newest of all, with every load in it, neither live nor taken back."""
    current, newest = live(), newest_build()
    if newest is None or newest == current or _withdrawn(newest).exists():
        return None
    return newest


def newest_build() -> Path | None:
    """The newest build where every accepted load is in it, else None."""
    newest = builds()[-1:]
    return newest[0] if newest and newest[0].name > max(loads(), default="") else None


def _released(build: Path) -> Path:
    return data_folder() / "released" / f"{build.name}.parquet"


def _withdrawn(build: Path) -> Path:
    """Marks a build that was taken back: it does not wait for publication, though it is newer than the live one."""
    return data_folder() / "released" / f"{build.name}.withdrawn"


def _refuse_real_districts(build: Path) -> None:
    """Districts are small: until differences are protected, only invented figures of districts may go live."""
    path = build / "full.duckdb"
    with storage_faults(path), duckdb.connect(str(path), read_only=True) as connection:
        found = connection.execute("""
            SELECT count(*) FROM cells JOIN areas USING (area)
            WHERE kind IN ('district', 'remainder') AND status = 'value' AND NOT invented
        """).fetchall()[0]
    if found and found[0]:
        raise PublishRefused(reason="publish.refused.real_districts")


def _keep_released(build: Path) -> None:
    """Every public table of cells that ever went live is kept: a later audit counts it as known to everyone."""
    target = _released(build)
    if target.exists():
        return
    part = folder("released") / f"{build.name}.part"
    with storage_faults(target), duckdb.connect(str(build / "public.duckdb"), read_only=True) as connection:
        connection.table("cells").write_parquet(str(part))
        part.replace(target)


def _drop_old_builds() -> None:
    """A build goes in two steps, so that one that is half removed is never taken for a build."""
    current = live()
    for build in builds()[: -int(KEEP_BUILDS.value)]:
        if build != current:
            part = build.with_name(f".{build.name}")
            with storage_faults(build):
                build.rename(part)
                drop(part)
