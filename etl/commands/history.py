"""The command history: every revision of one cell, or whether the record is as it was accepted."""

import argparse
from collections.abc import Iterable, Sequence
from datetime import date
from difflib import get_close_matches

from etl import reference, report
from etl.commands.parsing import Commands, add_command
from etl.history import CellName, as_known, is_summed, parts_of, periods_of, revisions_of, shown_of
from etl.history_words import History, area_name, history_document, history_lines
from etl.manifest import record_faults
from etl.storage import folder_format, loads, refuse_other_format
from geo.areas import resolve
from riskmap.domain.errors import Problem, WrongUsage
from riskmap.domain.registry import Indicator, catalogue
from riskmap.domain.vocabulary import ALL, Period, parse_period
from riskmap.words import t

_MOST = 5  # candidates told
_FAULTY = 3


def declare(commands: Commands) -> None:
    """Add the command of this module."""
    history = add_command(commands, "history", _history, has_json=True)
    history.add_argument("indicator", nargs="?", metavar="INDICATOR")
    history.add_argument("--area", metavar="KATO")
    history.add_argument("--period", metavar="2022|2025-10|2022/23")
    history.add_argument("--by", metavar="BREAKDOWN:CATEGORY")
    history.add_argument("--as-of", metavar="2026-03-01")
    history.add_argument("--verify", action="store_true")


def _history(options: argparse.Namespace) -> int:
    refuse_other_format(folder_format())
    if options.verify:
        return _verify(options)
    cell, on = _cell(options), _day(options.as_of)
    revisions = revisions_of(cell)
    parts = parts_of(cell) if is_summed(revisions) else None
    known = as_known(cell, on) if on else None
    history = History(cell, revisions, parts, shown_of(cell), on, known)
    if options.json:
        report.print_json(history_document(history))
    else:
        report.print_lines(history_lines(history, options.lang))
    return 0


def _cell(options: argparse.Namespace) -> CellName:
    missing = [name for name in ("indicator", "area", "period") if not getattr(options, name)]
    if missing:
        raise WrongUsage(detail="history INDICATOR --area KATO --period CODE | history --verify")
    item = _indicator(options.indicator)
    breakdown, category = _part(item, options.by)
    return CellName(item.id, _area(options.area, options.lang), _period(item, options.period), breakdown, category)


def _indicator(name: str) -> Indicator:
    known = catalogue().indicators
    if name not in known:
        raise _unknown("", name, get_close_matches(name, known, _MOST, 0.3) or known)
    return known[name]


def _area(text: str, language: str) -> str:
    if text in set(reference.area_frame()["area"]):
        return text
    found = resolve(text)
    if isinstance(found, Problem):
        raise _unknown("--area ", text, (f"{area_name(area, language)} {area}" for area in found.candidates))
    return found.id


def _period(item: Indicator, code: str) -> Period:
    found = parse_period(code)
    if found is None:
        raise _unknown("--period ", code, [span.code for span in periods_of(item.id)[-_MOST:]])
    return found


def _part(item: Indicator, text: str | None) -> Sequence[str]:
    known = [f"{breakdown}:{category}" for breakdown, names in item.breakdowns.items() for category in names]
    if text is None:
        return (ALL, ALL)
    if text not in known:
        raise _unknown("--by ", text, known)
    return text.split(":")


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise _unknown("--as-of ", str(text), ["2026-03-01"]) from None


def _unknown(option: str, given: str, candidates: Iterable[str]) -> WrongUsage:
    return WrongUsage(detail=f"history {option}{given} ({', '.join(candidates)})")


def _verify(options: argparse.Namespace) -> int:
    """Whether every file of the record is the one that was accepted; 3 where one is not."""
    known, faults, language = loads(), record_faults(), options.lang
    texts = [t(f"history.fault.{fault.kind}", language, load=fault.load, path=fault.path) for fault in faults]
    if options.json:
        told = [
            {"load": fault.load, "kind": str(fault.kind), "path": fault.path, "text": text}
            for fault, text in zip(faults, texts, strict=True)
        ]
        report.print_json({"loads": len(known), "faults": told})
    else:
        whole = t("history.whole", language, loads=len(known))
        report.print_lines(texts or [whole])
    return _FAULTY if faults else 0
