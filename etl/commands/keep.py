"""Commands that keep the data folder: backup, restore, migrate."""

import argparse
import sys
from pathlib import Path

from etl import report
from etl.backup import Manifest, restore, write_backup
from etl.commands.parsing import Commands, add_command, add_wait
from etl.commands.writing import writing
from etl.inbox import arrivals
from etl.migration import Migrated, migrate
from etl.storage import live, storage_faults
from riskmap.domain.settings import area_folder, data_folder, inbox_folder, spreadsheet_folder
from riskmap.domain.tables import FORMAT
from riskmap.words import plural

_MEGABYTE = 1_000_000


def declare(commands: Commands) -> None:
    """Add the commands of this module."""
    for name, run in (("backup", _backup), ("restore", _restore), ("migrate", _migrate)):
        command = add_command(commands, name, run, has_json=True)
        add_wait(command)
        if name != "migrate":
            command.add_argument("file", type=Path, metavar="FILE.tar")
        if name == "restore":
            command.add_argument("--no-publish", action="store_true")


def _backup(options: argparse.Namespace) -> int:
    with writing("backup", options, or_older=True):
        manifest = write_backup(options.file)
        waiting = len(arrivals()[0]) if inbox_folder().exists() else 0
    with storage_faults(options.file):
        size = options.file.stat().st_size
    outside = [str(place) for place in (area_folder(), spreadsheet_folder()) if place.exists() and _is_outside(place)]
    if options.json:
        kept = {**_document(options.file, manifest), "bytes": size}
        report.print_json({**kept, "inbox": waiting, "outside": outside})
        return 0
    told = {"path": options.file, "files": len(manifest.files), "loads": manifest.loads}
    report.say("backup.done", options.lang, **told, size=f"{size / _MEGABYTE:.1f}")
    report.say("backup.secret", options.lang)
    if waiting:
        report.print_lines([plural("backup.inbox", waiting, options.lang)])
    for place in outside:
        report.say("backup.outside", options.lang, path=place)
    return 0


def _is_outside(place: Path) -> bool:
    return not place.resolve().is_relative_to(data_folder().resolve())


def _restore(options: argparse.Namespace) -> int:
    with writing("restore", options, or_older=True):
        manifest = restore(options.file, is_published=not options.no_publish)
    current = live()
    is_live = current is not None and current.name == manifest.live
    if options.json:
        report.print_json({**_document(options.file, manifest), "is_live": is_live})
        return 0
    report.say("restore.done", options.lang, files=len(manifest.files), loads=manifest.loads)
    if manifest.format != FORMAT:
        report.say("restore.old", options.lang, found=manifest.format)
    elif is_live:
        report.say("restore.published", options.lang, build=manifest.live)
    elif manifest.live:
        report.say("restore.unpublished", options.lang, build=manifest.live)
    else:
        report.say("restore.nothing_live", options.lang)
    return 0


def _document(path: Path, manifest: Manifest) -> dict[str, object]:
    told = {"backup": str(path), "format": manifest.format, "made": manifest.made, "live": manifest.live or None}
    return {**told, "files": len(manifest.files), "loads": manifest.loads}


def _migrate(options: argparse.Namespace) -> int:
    with writing("migrate", options, or_older=True):
        done = migrate()
    if options.json:
        report.print_json(_outcome(done, options.lang))
    elif done is None:
        report.say("migrate.nothing", options.lang, format=FORMAT)
    else:
        _tell(done, options.lang)
    return done.refusal.exit_status if done and done.refusal else 0


def _outcome(done: Migrated | None, language: str) -> dict[str, object]:
    if done is None:
        return {"format": FORMAT, "found": FORMAT}
    refused = report.error_document(done.refusal, language) if done.refusal else {}
    build = done.build.name if done.build else None
    return {
        "format": FORMAT,
        "found": done.found,
        "loads": done.loads,
        "build": build,
        "is_live": done.is_live,
        **refused,
    }


def _tell(done: Migrated, language: str) -> None:
    report.say("migrate.done", language, found=done.found, format=FORMAT, loads=done.loads)
    if done.build:
        key = "restore.published" if done.is_live else "restore.staged"
        report.say(key, language, build=done.build.name)
    if done.refusal:
        sys.stderr.write(report.error_text(done.refusal, language) + "\n")
