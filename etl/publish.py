"""Puts a staged build live in one step, or brings the one before it back.

The audit log is told first: what cannot be noted there does not happen.
"""

from pathlib import Path

import duckdb

from etl.journal import EventKind, noted_with_link, operator, publications
from etl.revisions import revision_counts
from etl.serving import open_to_servers
from etl.sign_off import refuse_unsigned
from etl.storage import builds, drop, folder, live, loads, point, storage_faults
from riskmap.access import audit_log
from riskmap.access.audit_log import AccessEvent
from riskmap.domain.errors import PublishRefused
from riskmap.domain.settings import KEEP_BUILDS, data_folder, live_build
from riskmap.domain.tables import FORMAT
from riskmap.domain.vocabulary import Protection


def publish(build: Path) -> None:
    """Make a build the live one; refused, with the reason, where a rule forbids it. The old one stays on disk.

    A build that was live before was signed, where that is asked for, when it first went live.
    """
    current = live()
    if current and current.name == build.name:
        open_to_servers(build)
        return
    refuse_unfit(build)
    if not was_live(build):
        refuse_unsigned(build)
    told = {"data_date": build_meta(build)["data_date"], "revised": revision_counts(build)}
    _keep_released(build)
    open_to_servers(build)
    with noted_with_link(EventKind.PUBLISHED, build=build.name, live=build.name, **told):
        audit_log.note(AccessEvent.PUBLISH, who=operator(), build=build.name)
        point(live_build(), build.name)
    _drop_old_builds()


def refuse_unfit(build: Path) -> None:
    """`PublishRefused` where a build cannot go live, whether somebody signs it or not."""
    _refuse_other_format(build)
    _refuse_past(build)
    _refuse_real_districts(build)
    _refuse_unaudited(build)
    _refuse_other_base(build)


def was_live(build: Path) -> bool:
    """Whether a build was ever published."""
    return any(event["build"] == build.name for event in publications() if event["event"] == EventKind.PUBLISHED)


def rollback() -> Path:
    """Make the build that was live before the live one live again and return it."""
    current, before = live(), _live_before()
    if current is None or not before:
        raise PublishRefused(reason="publish.refused.nothing_older")
    found = [build for build in builds() if build.name == before]
    if not found:
        raise PublishRefused(reason="publish.refused.older_removed", build=before)
    _refuse_other_format(found[0])
    open_to_servers(found[0])
    with noted_with_link(EventKind.TAKEN_BACK, build=current.name, live=before):
        audit_log.note(AccessEvent.TAKE_BACK, who=operator(), build=current.name, live=before)
        point(live_build(), before)
    return found[0]


def staged() -> Path | None:
    """The build that waits for publication: of all that is accepted, compared with the live one, never taken back."""
    current, newest = live(), newest_build()
    if newest is None or newest == current or _is_taken_back(newest):
        return None
    return newest if _is_current(newest) else None


def newest_build() -> Path | None:
    """The newest build that holds every accepted load, else None; what shows a past day does not."""
    last = max(loads(), default="")
    return next((build for build in reversed(builds()) if build.name > last and not _is_past(build)), None)


def build_meta(build: Path) -> dict[str, str]:
    """What a build says of itself."""
    path = build / "full.duckdb"
    with storage_faults(path), duckdb.connect(str(path), read_only=True) as connection:
        return dict(connection.execute("SELECT name, value FROM meta").fetchall())


def _is_current(build: Path) -> bool:
    """Whether a build may go live as far as what it was compared with is concerned."""
    meta, current = build_meta(build), live()
    return meta["format"] == FORMAT and meta["base"] == (current.name if current else "")


def _is_taken_back(build: Path) -> bool:
    told = [event["event"] for event in publications() if event["build"] == build.name]
    return told[-1:] == [EventKind.TAKEN_BACK]


def _live_before() -> str:
    """The build whose place the live one took, empty where there is none: by the order of events, not of names."""
    stack: list[str] = []
    for event in publications():
        if event["event"] == EventKind.PUBLISHED:
            stack.append(event["live"])
        else:
            stack = stack[:-1]
    return stack[-2] if len(stack) > 1 else ""


def _refuse_other_format(build: Path) -> None:
    """Of what an earlier version wrote a build is made again from the record; the dashboard does not open it."""
    if build_meta(build).get("format") != FORMAT:
        raise PublishRefused(reason="publish.refused.other_format", build=build.name)


def _is_past(build: Path) -> bool:
    """Whether a build leaves out what was received after some day."""
    return bool(build_meta(build).get("as_known_on"))


def _refuse_past(build: Path) -> None:
    if _is_past(build):
        raise PublishRefused(reason="publish.refused.as_known", build=build.name)


def _refuse_other_base(build: Path) -> None:
    """Its revisions are those against the build that was live when it was staged; against another they are wrong."""
    if not _is_current(build):
        raise PublishRefused(reason="publish.refused.base_changed", build=build.name)


def _released(build: Path) -> Path:
    return data_folder() / "released" / f"{build.name}.parquet"


def _refuse_real_districts(build: Path) -> None:
    """Only invented figures of districts may go live until what follows from incomplete sums is protected too.

    Sums of different reporting units, and those of two publications between which a return arrived, differ by what the
    units between them sent.
    """
    path = build / "full.duckdb"
    with storage_faults(path), duckdb.connect(str(path), read_only=True) as connection:
        found = connection.execute("""
            SELECT count(*) FROM cells JOIN areas USING (area)
            WHERE kind IN ('district', 'remainder') AND status = 'value' AND NOT invented
        """).fetchall()[0]
    if found and found[0]:
        raise PublishRefused(reason="publish.refused.real_districts")


def told_before(build: Path) -> int:
    """How many hidden numbers of a build earlier publications tell by themselves, so that it could not hide them."""
    return int(_public_meta(build).get("audit_told_before", "0"))


def _public_meta(build: Path) -> dict[str, str]:
    path = build / "public.duckdb"
    with storage_faults(path), duckdb.connect(str(path), read_only=True) as connection:
        return dict(connection.execute("SELECT name, value FROM meta").fetchall())


def _refuse_unaudited(build: Path) -> None:
    """Whose hidden numbers are not all proved to be safe does not go live; rounded numbers are not proved at all."""
    meta = _public_meta(build)
    if meta["protection"] != Protection.ROUNDING and meta.get("audit_passed") != "true":
        raise PublishRefused(reason="publish.refused.not_proved", build=build.name)


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
    """A build goes in two steps, so that one that is half removed is never taken for a build.

    The live one stays, and the one that a rollback brings back.
    """
    current, before = live(), _live_before()
    for build in builds()[: -int(KEEP_BUILDS.value)]:
        if build != current and build.name != before:
            part = build.with_name(f".{build.name}")
            with storage_faults(build):
                build.rename(part)
                drop(part)
