"""What the loader makes of a made-up spreadsheet, beside what is true."""

from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Final

from etl.intake import Call, check_files
from riskmap.domain.errors import Problem, Severity
from tests.etl.shapes.compose import compose
from tests.etl.shapes.damage import DAMAGES
from tests.etl.shapes.facts import Facts, draw_facts
from tests.etl.shapes.shape import Shape, draw_shape, fitted
from tests.etl.shapes.staged import differences, read
from tests.etl.shapes.write import write


@dataclass(frozen=True, slots=True)
class Outcome:
    """`exact`, `refused` or `wrong`; and what was told or read otherwise."""

    kind: str
    shape: Shape
    path: Path
    problems: tuple[Problem, ...]
    differing: tuple[str, ...] = ()


GENERAL: Final = "regional_table"
RUNNING: Final = "running_totals"


def made(shape: Shape, folder: Path, *, declared: str, damage: str = "") -> tuple[Facts, Path, Call]:
    """The spreadsheet of a shape in a folder of its own: its facts and path, and how it is loaded."""
    facts = draw_facts(
        Random(shape.seed),
        figures=shape.figures,
        periods=shape.periods,
        regions=shape.regions,
        gaps=shape.gaps,
        since_january=shape.cumulative,
    )
    book = compose(facts, shape)
    if damage:
        DAMAGES[damage](list(book.sheets.values())[-1], Random(shape.seed + 3))
    place = folder / f"{shape.seed}{damage}"
    place.mkdir(parents=True, exist_ok=True)
    return facts, write(book, shape, place), Call(declared, book.area, book.period, past=False)


def running(seed: int) -> Shape:
    """The shape of a seed with numbers that run since 1 January."""
    shape = replace(draw_shape(seed), cumulative=True, period="across", area="down", figure="across")
    return fitted(replace(shape, periods=max(shape.periods, 2), number_notes="none", hidden="none"))


def outcome(shape: Shape, folder: Path, *, declared: str = GENERAL, damage: str = "") -> Outcome:
    """What the loader makes of the spreadsheet of a shape, by default with the one general declaration."""
    facts, path, call = made(shape, folder, declared=declared, damage=damage)
    checked = check_files([path], call)
    stops = tuple(problem for problem in checked.problems if problem.severity is Severity.STOP)
    if checked.stopped or not checked.files:
        return Outcome("refused", shape, path, stops)
    differing = differences(facts.numbers, read(checked.staging.connection))
    return Outcome("wrong" if differing else "exact", shape, path, checked.problems, differing)
