"""What the operator is told of a file of the inbox: in the summary, and in the reports that lie beside the file."""

import json
from collections.abc import Sequence
from typing import Final

from etl.confirmed import decide
from etl.fault_table import Look, counts_text, fault_table, problems_document
from etl.inbox import LEFT, Fate, Verdict
from etl.terminal import display_width, padded, spelled
from riskmap.words import number, t

_REPORT_WIDTH: Final = 100


def reports(verdict: Verdict, *, load: str, copy: str, language: str) -> dict[str, str]:
    """The reports of a file by ending: sentences in the operator's language, and one document."""
    document = {**verdict_document(verdict, language), "load": load or None, "annotated": copy or None}
    return {
        ".report.txt": "".join(f"{line}\n" for line in _report_lines(verdict, load=load, copy=copy, language=language)),
        ".report.json": json.dumps(document, ensure_ascii=False, indent=2, default=str) + "\n",
    }


def _report_lines(verdict: Verdict, *, load: str, copy: str, language: str) -> list[str]:
    lines = [spelled(verdict.name), fate_text(verdict, language)]
    if verdict.fate in (Fate.ACCEPTED, Fate.ASKED, Fate.PERSONAL, Fate.BROKEN):
        lines.append(t(f"inbox.next.{verdict.fate}", language, load=load, codes=_asked(verdict)))
    if copy:
        lines.append(t("check.annotated", language, file=spelled(verdict.name), copy=copy))
    table = fault_table(verdict.problems, Look(language, _REPORT_WIDTH), confirmed=verdict.confirmed)
    return [*lines, "", *table] if verdict.problems else lines


def _asked(verdict: Verdict) -> str:
    return ",".join(decide([p for p in verdict.problems if p not in verdict.confirmed], frozenset()).asked)


def fate_text(verdict: Verdict, language: str) -> str:
    """What became of a file, in a few words."""
    figures = number(verdict.file.figures, language) if verdict.file else ""
    return t(f"inbox.fate.{verdict.fate}", language, figures=figures, detail=verdict.detail)


def summary_lines(verdicts: Sequence[Verdict], language: str) -> list[str]:
    """One line a file: its name, what became of it, and how many faults it has."""
    names = [spelled(verdict.name) for verdict in verdicts]
    width = max(map(display_width, names), default=0)
    return [
        f"{padded(name, width)}  {fate_text(verdict, language)}{_faults(verdict, language)}"
        for name, verdict in zip(names, verdicts, strict=True)
    ]


def _faults(verdict: Verdict, language: str) -> str:
    """How many faults a file has; that it was accepted before is not counted as one of its notes."""
    told = [] if verdict.fate is Fate.KNOWN else verdict.problems
    counts = counts_text(told, language, confirmed=verdict.confirmed)
    return f" ({counts})" if counts else ""


def verdict_document(verdict: Verdict, language: str) -> dict[str, object]:
    """A file for another program."""
    file = verdict.file
    return {
        "file": verdict.name,
        "outcome": verdict.fate,
        "is_left": verdict.fate in LEFT,
        "source": file.source.id if file else None,
        "figures": file.figures if file else 0,
        "confirmed": sorted({problem.code for problem in verdict.confirmed}),
        **problems_document(verdict.problems, language),
    }
