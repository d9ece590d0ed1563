"""Commands on builds: publish, rollback, status, demo."""

import argparse
from pathlib import Path

from etl import report
from etl.build import stage_build
from etl.commands.parsing import Commands, add_command
from etl.demo.command import load_published, make_demo
from etl.demo.loaded import SEED
from etl.publish import publish, rollback, staged
from etl.status import status_document, status_lines
from etl.storage import builds, clear_leftovers, loads, lock
from etl.usefulness import refuse_mostly_hidden
from riskmap.domain.errors import PublishRefused


def declare(commands: Commands) -> None:
    """Add the commands of this module."""
    demo = add_command(commands, "demo", _demo)
    demo.add_argument("--small", action="store_true")
    demo.add_argument("--seed", type=int, default=SEED)
    demo.add_argument("--out", type=Path, metavar="DIR")
    add_command(commands, "publish", _publish).add_argument("build", nargs="?", metavar="BUILD")
    add_command(commands, "rollback", _rollback)
    add_command(commands, "status", _status, has_json=True)


def _demo(options: argparse.Namespace) -> int:
    """Load the published figures and beside them the sample country, check the catalogue on both, publish."""
    with lock("demo"):
        clear_leftovers()
        load_published()
        make_demo(small=options.small, seed=options.seed, out=options.out, language=options.lang, tell=_say_now)
        build = stage_build()
        refuse_mostly_hidden(build)
        publish(build)
    report.say("publish.done", options.lang, build=build.name)
    return 0


def _say_now(text: str) -> None:
    report.print_lines([text], flush=True)


def _publish(options: argparse.Namespace) -> int:
    with lock("publish"):
        clear_leftovers()
        build = _named_build(options.build) if options.build else _waiting_build()
        publish(build)
    report.say("publish.done", options.lang, build=build.name)
    return 0


def _named_build(name: str) -> Path:
    for build in builds():
        if build.name == name:
            return build
    raise PublishRefused(reason="publish.refused.no_staged_build")


def _waiting_build() -> Path:
    """The build that waits, or a new one of everything accepted where none does; an empty one would show nothing."""
    if not loads():
        raise PublishRefused(reason="publish.refused.no_staged_build")
    return staged() or stage_build()


def _rollback(options: argparse.Namespace) -> int:
    with lock("rollback"):
        clear_leftovers()
        build = rollback()
    report.say("rollback.done", options.lang, build=build.name)
    return 0


def _status(options: argparse.Namespace) -> int:
    document = status_document()
    if options.json:
        report.print_json(document)
    else:
        report.print_lines(status_lines(document, options.lang))
    return 0 if document["live"] else 3
