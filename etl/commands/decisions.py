"""The command decisions: carry out what was decided on pages, then tell there what waits."""

import argparse

from etl import report
from etl.commands.audit import say_told_before
from etl.commands.parsing import Commands, add_command, add_wait
from etl.commands.receipt import say_receipts
from etl.commands.writing import writing
from etl.decisions import Carried, carry_out
from etl.inbox import clear_unfinished
from etl.privacy.shown import printable
from etl.waiting import what_waits
from riskmap.access.review import Answer, tell_waiting
from riskmap.words import t


def declare(commands: Commands) -> None:
    """Add the command of this module."""
    add_wait(add_command(commands, "decisions", _decisions, has_json=True))


def _decisions(options: argparse.Namespace) -> int:
    with writing("decisions", options):
        clear_unfinished()
        done = carry_out(options.lang)
        waiting = what_waits(options.lang)
        tell_waiting(waiting)
    _tell(done, options)
    if done.published:
        say_told_before(done.published, options.lang, as_json=options.json)
        say_receipts(done.published, options.lang, as_json=options.json)
    return 0


def _tell(done: Carried, options: argparse.Namespace) -> None:
    live = done.published.name if done.published else None
    if options.json:
        answers = [_document(one, options.lang) for one in done.answers]
        report.print_json({"answers": answers, "live": live, "strange": done.strange})
        return
    report.print_lines([_line(one, options.lang) for one in done.answers])
    if not done.answers:
        report.say("decision.none", options.lang)
    if live:
        report.say("publish.done", options.lang, build=live)
    for name in done.strange:
        report.say("decision.strange", options.lang, file=printable(name))


def _document(one: Answer, language: str) -> dict[str, object]:
    decision = one.decision
    about = {"act": decision.act, "who": decision.who, "build": decision.build} if decision else {}
    reason = t(one.reason, language, **one.values) if one.reason else None
    return {"id": one.id, **about, "state": one.state, "key": one.reason or None, "text": reason, "files": one.fates}


def _line(one: Answer, language: str) -> str:
    act = t(f"decision.act.{one.decision.act}", language) if one.decision else one.id
    who = f" ({one.decision.who})" if one.decision else ""
    reason = f" {t(one.reason, language, **one.values)}" if one.reason else ""
    return f"{act}{who}: {t(f'decision.state.{one.state}', language)}.{reason}"
