"""The command package: a data folder with the exact numbers of one region for a workplace without a server."""

import argparse
from pathlib import Path

from etl import report
from etl.commands.parsing import Commands, add_command
from etl.commands.regions import region_id
from etl.journal import operator
from etl.package import refuse_package, write_package
from etl.storage import live
from geo.areas import areas
from riskmap.access.audit_log import AccessEvent, note
from riskmap.domain.errors import NoPublishedBuild


def declare(commands: Commands) -> None:
    """Add the command of this module."""
    package = add_command(commands, "package", _package, has_json=True)
    package.add_argument("--region", required=True, metavar="KATO")
    package.add_argument("--out", type=Path, metavar="DIR", default=Path())


def _package(options: argparse.Namespace) -> int:
    region = region_id(options.region)
    build = live()
    if build is None:
        raise NoPublishedBuild
    refuse_package(build)
    note(AccessEvent.PACKAGE, who=operator(), scope=[region], build=build.name)
    written = write_package(build, region, out=options.out)
    if options.json:
        report.print_json({"package": str(written), "region": region})
    else:
        report.say("package.written", options.lang, path=written, region=areas()[region].name(options.lang))
    return 0
