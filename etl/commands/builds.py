"""Commands on builds: publish, rollback, status, demo."""

import argparse
from pathlib import Path

from etl import report
from etl.build import stage_build
from etl.commands.audit import say_told_before
from etl.commands.parsing import Commands, add_command, add_wait
from etl.commands.receipt import say_receipts
from etl.commands.writing import writing
from etl.demo.command import load_published, make_demo
from etl.demo.loaded import SEED
from etl.publish import build_meta, publish, rollback, staged
from etl.sign_off import is_required
from etl.status import status_document, status_lines
from etl.storage import builds, folder_format, live, loads, refuse_other_format
from etl.usefulness import refuse_mostly_hidden
from riskmap.domain.errors import PublishRefused
from riskmap.words import t


def declare(commands: Commands) -> None:
    """Add the commands of this module."""
    demo = add_command(commands, "demo", _demo)
    demo.add_argument("--small", action="store_true")
    demo.add_argument("--seed", type=int, default=SEED)
    demo.add_argument("--out", type=Path, metavar="DIR")
    publication = add_command(commands, "publish", _publish)
    publication.add_argument("build", nargs="?", metavar="BUILD")
    for command in (demo, publication, add_command(commands, "rollback", _rollback)):
        add_wait(command)
    add_command(commands, "status", _status, has_json=True)


def _demo(options: argparse.Namespace) -> int:
    """Load the published figures and beside them the sample country, check the catalogue on both, publish."""
    with writing("demo", options):
        load_published()
        _make_demo(options)
        build = stage_build()
        refuse_mostly_hidden(build)
        publish(build)
    report.say("publish.done", options.lang, build=build.name)
    say_told_before(build, options.lang)
    say_receipts(build, options.lang)
    return 0


def _make_demo(options: argparse.Namespace) -> None:
    """Every return of the sample country; an earlier state of it is published first, so that there is a change log.

    Where a second person signs, or the sample is shown already, there is nothing to publish on the way.
    """
    current = live()
    is_first = not is_required() and not (current and build_meta(current)["is_invented"] == "true")

    def publish_first() -> None:
        build = stage_build()
        publish(build)
        _say_now(t("demo.first_published", options.lang, build=build.name))

    make_demo(
        small=options.small,
        seed=options.seed,
        out=options.out,
        language=options.lang,
        tell=_say_now,
        publish_first=publish_first if is_first else None,
    )


def _say_now(text: str) -> None:
    report.print_lines([text], flush=True)


def _publish(options: argparse.Namespace) -> int:
    with writing("publish", options):
        build = _named_build(options.build) if options.build else _waiting_build()
        publish(build)
    report.say("publish.done", options.lang, build=build.name)
    say_told_before(build, options.lang)
    say_receipts(build, options.lang)
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
    with writing("rollback", options):
        build = rollback()
    report.say("rollback.done", options.lang, build=build.name)
    return 0


def _status(options: argparse.Namespace) -> int:
    refuse_other_format(folder_format())
    document = status_document()
    if options.json:
        report.print_json(document)
    else:
        report.print_lines(status_lines(document, options.lang))
    return 0 if document["live"] else 3
