"""The command inbox: accept what has arrived, put every file away with its report, say who has not reported."""

import argparse
import sys
from collections.abc import Sequence

from etl import report
from etl.commands.audit import say_told_before
from etl.commands.load import add_load_options, refused_publication
from etl.commands.parsing import Commands, add_command
from etl.commands.receipt import say_receipts
from etl.commands.writing import writing
from etl.confirmed import confirmed_codes
from etl.inbox import FAULTY, GOOD, LEFT, Verdict, clear_unfinished
from etl.inbox_round import Round, accept_good, judged, owed_beside, put_all_away
from etl.inbox_words import summary_lines, verdict_document
from etl.missing import Owed, owed_document, owed_lines
from etl.publish import staged
from etl.storage import folder, live, now
from riskmap.domain.settings import INBOX


def declare(commands: Commands) -> None:
    """Add the command of this module."""
    add_load_options(add_command(commands, "inbox", _inbox, has_json=True))


def _inbox(options: argparse.Namespace) -> int:
    codes = confirmed_codes(options.confirm)
    with writing("inbox", options):
        clear_unfinished()
        done = judged(codes, options.lang, is_quiet=options.json)
        accept_good(done)
        if options.publish:
            _publish(done)
        owed = owed_beside(done)
        put_all_away(done, now(), options.lang)
    _tell(done, owed, options)
    if done.is_published and done.build:
        say_told_before(done.build, options.lang, as_json=options.json)
        say_receipts(done.build, options.lang, as_json=options.json)
    return done.status


def _publish(done: Round) -> None:
    """Publish what was sent in this round or a stopped one; a build that waits for other reasons goes on waiting."""
    is_sent = any(verdict.fate in GOOD for verdict in done.verdicts)
    if is_sent and done.build and staged() == done.build:
        done.refusal = refused_publication(done.build)
        done.is_published = not done.refusal


def _tell(done: Round, owed: Sequence[Owed], options: argparse.Namespace) -> None:
    language = options.lang
    if options.json:
        files = [{**verdict_document(v, language), "moved_to": _moved(done, v)} for v in done.verdicts]
        names = {"load": done.load or None, "build": done.build.name if done.build else None}
        outcome = {**names, "is_live": bool(done.build) and done.build == live()}
        refused = report.error_document(done.refusal, language) if done.refusal else {}
        report.print_json({**outcome, "files": files, "owed": [owed_document(item) for item in owed], **refused})
        return
    if not done.verdicts:
        report.say("inbox.empty", language, folder=folder(INBOX))
    report.print_lines(summary_lines(done.verdicts, language))
    if done.load and done.build:
        number, figures = len(done.taken), sum(file.figures for file in done.taken)
        key = "load.published" if done.is_published else "load.staged"
        report.say(key, language, files=number, figures=figures, build=done.build.name)
    elif done.is_published and done.build:
        report.say("publish.done", language, build=done.build.name)
    if any(verdict.fate not in (*GOOD, *LEFT) for verdict in done.verdicts):
        report.say("inbox.faulty", language, folder=folder(INBOX) / FAULTY)
    for item in owed:
        report.print_lines(owed_lines(item, language))
    if done.refusal:
        sys.stderr.write(report.error_text(done.refusal, language) + "\n")


def _moved(done: Round, verdict: Verdict) -> str | None:
    place = done.places.get(verdict.path)
    return str(place) if place else None
