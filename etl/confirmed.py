"""Faults that a person must decide on: which codes the operator has confirmed, and what is kept of that decision."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from riskmap.domain.errors import Problem, Severity, WrongUsage
from riskmap.domain.problems import RULES

CONFIRMED: Final = "confirmed.json"
_KEPT: Final = ("code", "file", "sheet", "row", "column", "found", "expected")
_UNLISTED: Final = "F008"  # its `found` begins with the code of which there are more


@dataclass(frozen=True, slots=True)
class Decided:
    """The faults of a call, split by what the operator has said of those that need a decision."""

    open: tuple[Problem, ...]  # that refuse the load: those that stop, and those that nobody has confirmed
    confirmed: tuple[Problem, ...]

    @property
    def asked(self) -> tuple[str, ...]:
        """Codes that still need a decision; empty where something stops the load anyway."""
        if any(problem.severity is Severity.STOP for problem in self.open):
            return ()
        return tuple(sorted({_asked_code(problem) for problem in self.open}))


def confirmed_codes(given: Iterable[str]) -> frozenset[str]:
    """The codes of all --confirm of a call; WrongUsage for one that is unknown or that nobody has to decide on."""
    codes = [code.strip().upper() for text in given for code in text.split(",")]
    askable = [code for code, rule in RULES.items() if rule.severity is Severity.ASK]
    strange = [code for code in codes if code not in askable]
    if strange:
        raise WrongUsage(detail=f"--confirm {', '.join(strange)} ({', '.join(askable)})")
    return frozenset(codes)


def decide(problems: Iterable[Problem], codes: frozenset[str]) -> Decided:
    """Which faults still refuse the load and which were confirmed; notes are neither."""
    told = [problem for problem in problems if problem.severity is not Severity.NOTE]
    confirmed = [p for p in told if p.severity is Severity.ASK and _asked_code(p) in codes]
    return Decided(tuple(p for p in told if p not in confirmed), tuple(confirmed))


def _asked_code(problem: Problem) -> str:
    """The code to be confirmed; of faults beyond those that are listed, the code of these."""
    return problem.found.partition(":")[0] if problem.code == _UNLISTED else problem.code


def write_confirmed(place: Path, problems: Sequence[Problem], *, by: str, moment: datetime) -> None:
    """Keep with the files of a load who confirmed what and when, readable by its owner only; nothing where nothing."""
    if not problems:
        return
    rows = [{name: getattr(problem, name) for name in _KEPT} for problem in problems]
    document = {"confirmed_by": by, "confirmed": moment.isoformat(), "problems": rows}
    path = place / CONFIRMED
    path.write_text(json.dumps(document, ensure_ascii=False, indent=2), encoding="utf-8")
    path.chmod(0o600)
