"""Commands that look at a build before it goes live: diff, sign."""

import argparse
from pathlib import Path

from etl import report
from etl.commands.parsing import Commands, add_command, add_wait
from etl.commands.writing import writing
from etl.diff import TOP, diff_builds
from etl.diff_words import diff_document, diff_lines
from etl.journal import operator
from etl.publish import build_meta, staged
from etl.signing import refuse_to_sign, sign_seen
from etl.storage import builds, live
from riskmap.domain.errors import NothingStaged, WrongUsage


def declare(commands: Commands) -> None:
    """Add the commands of this module."""
    diff = add_command(commands, "diff", _diff, has_json=True)
    diff.add_argument("build", nargs="?", metavar="BUILD")
    diff.add_argument("--against", metavar="BUILD")
    diff.add_argument("--top", type=int, default=TOP, metavar="N")
    signing = add_command(commands, "sign", _sign)
    signing.add_argument("build", nargs="?", metavar="BUILD")
    add_wait(signing)


def _diff(options: argparse.Namespace) -> int:
    if options.top < 0:
        raise WrongUsage(detail=f"--top {options.top} (0, 1, 2, …)")
    build = _build(options.build)
    against = _build(options.against) if options.against else _compared_with(build)
    diff = diff_builds(build, against, top=options.top)
    if options.json:
        report.print_json(diff_document(diff))
    else:
        report.print_lines(diff_lines(diff, options.lang))
    return 0


def _sign(options: argparse.Namespace) -> int:
    """Show what a build changes, then note that whoever is at work has seen it."""
    with writing("sign", options):
        build = _build(options.build)
        refuse_to_sign(build)
        diff = diff_builds(build, live())
        report.print_lines([*diff_lines(diff, options.lang), ""])
        sign_seen(build, diff)
    report.say("sign.done", options.lang, build=build.name, name=operator())
    return 0


def _build(name: str | None) -> Path:
    """The build of a name, or the one that waits for publication."""
    found = [build for build in builds() if build.name == name] if name else [build for build in (staged(),) if build]
    if not found:
        raise NothingStaged()
    return found[0]


def _compared_with(build: Path) -> Path | None:
    """The live build; of the live build itself the one that it took the place of, if that is still there."""
    current = live()
    if current and current.name != build.name:
        return current
    base = build_meta(build).get("base")
    return next((other for other in builds() if other.name == base), None)
