"""The period of a number from everything that is said of it: by heading, label, sheet, title, file and call."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from etl.spreadsheet.columns import Level
from etl.spreadsheet.periods import Mention, narrowed, read_periods
from etl.spreadsheet.sense import Sense
from riskmap.domain.vocabulary import Grain


@dataclass(frozen=True, slots=True)
class When:
    """A period with its year, or the code of the fault and what was found."""

    mention: Mention | None = None
    code: str = ""
    found: str = ""
    of_cell: bool = False  # whether the fault is one of the cell, not of the whole table


def period_of(said: Sequence[Mention], outside: Sequence[Sequence[Mention]]) -> When:
    """The one period that all agree on that is said beside a number; else the first that is told outside the table.

    What a place outside leaves open is settled by the next one that agrees with it, never chosen.
    """
    if said:
        inner = narrowed(said)
        if inner is None:
            return When(code="P002", found=", ".join(map(shown, said)), of_cell=True)
        return _with_year(inner, outside)
    if not outside:
        return When(code="P001")
    first, *later = outside
    inner = narrowed(first)
    if inner is None:
        agreed = [mention for mention in first if any(mention in others for others in later)]
        inner = narrowed(agreed)
    return _with_year(inner, outside) if inner else When(code="P002", found=", ".join(map(shown, first)))


def _with_year(mention: Mention, outside: Sequence[Sequence[Mention]]) -> When:
    if mention.year is not None:
        return When(mention)
    for place, mentions in enumerate(outside):
        years = {m.year for m in mentions if m.year is not None and m.grain is not Grain.SCHOOL_YEAR}
        if len(years) > 1:
            years = years & {m.year for others in outside[place + 1 :] for m in others} or years
        if len(years) == 1:
            return When(mention.within(years.pop()))
        if years:
            return When(code="P002", found=", ".join(map(str, sorted(years))))
    return When(code="P001", found=shown(mention))


def jumps(senses: Sequence[Sense]) -> Iterator[tuple[Level, str]]:
    """Months across a table that do not follow the one before them: the heading, and both months."""
    run: list[Mention] = []
    for sense in senses:
        is_month = any(mention.grain is Grain.MONTH for mention in sense.mentions)
        month = narrowed(sense.mentions) if is_month else None
        if month is None or (run and month == run[-1]):
            continue
        if run and month == run[0]:
            run = []
        if run and not _follows(run[-1], month):
            level = next(level for level in reversed(sense.levels) if read_periods(level.text).mentions)
            yield level, f"{shown(run[-1])}, {shown(month)}"
        run.append(month)


def _follows(first: Mention, second: Mention) -> bool:
    """Whether a month is the next one; without a year December is followed by January."""
    years = 0 if first.year is None or second.year is None else second.year - first.year
    is_over = second.last == 1 and first.last == 12 and (years == 1 or first.year is None)
    return is_over or (second.last - first.last == 1 and years == 0)


def shown(mention: Mention) -> str:
    """A period as it is told in a fault, its months where the year is not known."""
    period = mention.period
    if period:
        return period.code
    return f"{mention.first}" if mention.first == mention.last else f"{mention.first}–{mention.last}"
