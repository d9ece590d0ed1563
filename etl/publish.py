"""Puts a staged build live in one step, or brings the one before it back."""

import shutil
from pathlib import Path

import duckdb

from etl.storage import builds, folder, live, point, storage_faults
from riskmap.domain.errors import PublishRefused
from riskmap.domain.settings import KEEP_BUILDS, live_build


def publish(build: Path) -> None:
    """Make a build the live one; refused, with the reason, where a rule forbids it. The old one stays on disk."""
    _refuse_real_districts(build)
    _keep_released(build)
    point(live_build(), build.name)
    _drop_old_builds()


def rollback() -> Path:
    """Make the build before the live one live again and return it."""
    current = live()
    older = [build for build in builds() if current and build.name < current.name]
    if not older:
        raise PublishRefused(reason="publish.refused.nothing_older")
    point(live_build(), older[-1].name)
    return older[-1]


def staged() -> Path | None:
    """The newest build that is not live, or None when the live build is the newest."""
    current = live()
    newer = [build for build in builds() if current is None or build.name > current.name]
    return newer[-1] if newer else None


def _refuse_real_districts(build: Path) -> None:
    """Districts are small: until differences are protected, only invented figures of districts may go live."""
    with duckdb.connect(str(build / "full.duckdb"), read_only=True) as connection:
        found = connection.execute("""
            SELECT count(*) FROM cells JOIN areas USING (area)
            WHERE kind IN ('district', 'remainder') AND status = 'value' AND NOT invented
        """).fetchone()
    if found and found[0]:
        raise PublishRefused(reason="publish.refused.real_districts")


def _keep_released(build: Path) -> None:
    """Every public table of cells that ever went live is kept: a later audit counts it as known to everyone."""
    target = folder("released") / f"{build.name}.parquet"
    with storage_faults(target), duckdb.connect(str(build / "public.duckdb"), read_only=True) as connection:
        connection.table("cells").write_parquet(str(target))


def _drop_old_builds() -> None:
    keep = int(KEEP_BUILDS.value)
    current = live()
    for build in builds()[:-keep]:
        if build != current:
            shutil.rmtree(build, ignore_errors=True)
