"""From paths to figures: look for personal data, read, find area and period, tidy, compare files with each other."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from geo.areas import areas, resolve, resolve_region_from_filename

from etl.accepted import CheckedFile
from etl.frames import Figure, RawTable
from etl.personal import personal_data
from etl.readers.delimited import read_delimited
from etl.readers.workbook import read_workbook
from etl.tidy.coded_form import tidy_coded_form
from etl.tidy.long_table import tidy_long_table
from riskmap.domain.areas import Area
from riskmap.domain.errors import Problem, Severity
from riskmap.domain.registry import Source, catalogue
from riskmap.domain.vocabulary import Period


@dataclass(frozen=True, slots=True)
class Call:
    """What the operator said besides the paths; each may be left out."""

    source: str | None = None
    area: str | None = None
    period: Period | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """Everything found in the files of one call: the understood ones, and all faults."""

    files: tuple[CheckedFile, ...]
    problems: tuple[Problem, ...]

    @property
    def stopped(self) -> bool:
        """Whether any fault keeps the call from being accepted."""
        return any(problem.severity is Severity.STOP for problem in self.problems)


def check_files(paths: Sequence[Path], call: Call) -> Checked:
    """Read and check every file of one call; one faulty file does not hide the faults of another."""
    places, problems = _areas_of(paths, call)
    files = []
    for path in paths:
        checked, faults = _check_file(path, call, places.get(path))
        problems.extend(faults)
        if checked:
            files.append(checked)
    problems.extend(_repetitions(files))
    return Checked(tuple(files), tuple(problems))


def _check_file(path: Path, call: Call, area: Area | None) -> tuple[CheckedFile | None, list[Problem]]:
    source = recognise(path, call.source)
    if isinstance(source, Problem):
        return None, [source]
    raw = read_delimited(path) if source.layout == "long_table" else _read_form(path, source)
    if isinstance(raw, list):
        return None, raw
    faults = personal_data(raw)
    if faults:
        return None, faults
    if source.layout == "long_table":
        figures, faults = tidy_long_table(raw, source)
        area_id = ""
    else:
        missing = _missing(raw, area, call.period)
        if missing or area is None or call.period is None:
            return None, missing
        figures, faults = tidy_coded_form(raw, source, area=area.id, period=call.period)
        area_id = area.id
    if any(fault.severity is Severity.STOP for fault in faults):
        return None, faults
    return CheckedFile(path, raw, source, area_id, tuple(figures)), faults


def recognise(path: Path, source: str | None = None) -> Source | Problem:
    """The source whose files end like this one, or the one the operator named."""
    declared = catalogue().sources
    fits = [s for s in declared.values() if path.suffix.lower() in s.suffixes and source in (None, s.id)]
    if len(fits) == 1:
        return fits[0]
    expected = ", ".join(f"{s.id} ({', '.join(s.suffixes)})" for s in declared.values())
    return Problem("F004", file=path.name, found=path.suffix, expected=expected)


def _read_form(path: Path, source: Source) -> RawTable | list[Problem]:
    return read_workbook(path, sheets=[sheet.name for sheet in source.sheets])


def _missing(raw: RawTable, area: Area | None, period: Period | None) -> list[Problem]:
    """Faults about the period; those about the area have been told where the file name was read."""
    if period is None:
        return [Problem("P001", file=raw.file)]
    today = date.today()
    if period.end > today:
        return [Problem("P004", file=raw.file, found=period.code, expected=today.isoformat())]
    if area and area.valid_from and area.valid_from > period.end:
        return [Problem("P003", file=raw.file, found=period.code, expected=area.valid_from.isoformat())]
    return []


def _areas_of(paths: Sequence[Path], call: Call) -> tuple[dict[Path, Area], list[Problem]]:
    """The reporting area of each form: from --area, else from the file name; and the faults of both."""
    forms = [path for path in paths if _is_form(path, call)]
    on = call.period.end if call.period else None
    given = resolve(call.area, on=on) if call.area else None
    if isinstance(given, Problem):
        return {}, [given]
    named = {path: resolve_region_from_filename(path.stem) for path in forms}
    if given:
        return _from_call(named, given)
    return _by_elimination(named)


def _is_form(path: Path, call: Call) -> bool:
    source = recognise(path, call.source)
    return isinstance(source, Source) and source.layout == "coded_form"


def _from_call(named: dict[Path, Area | Problem], given: Area) -> tuple[dict[Path, Area], list[Problem]]:
    places, problems = {}, []
    for path, name in named.items():
        other = isinstance(name, Area) and name.id != given.id
        if isinstance(name, Problem) and name.candidates and name.code == "A003":
            other = given.id not in name.candidates
        if other:
            problems.append(Problem("A005", file=path.name, found=path.stem, expected=given.name("ru")))
        else:
            places[path] = given
    return places, problems


def _by_elimination(named: dict[Path, Area | Problem]) -> tuple[dict[Path, Area], list[Problem]]:
    """Areas by file name; a name that fits two areas is settled when the other files leave only one, and said so.

    The police export calls its files "Almaty.XLSX" and "Almaty Region.XLSX": alone the first fits the city and the
    region, beside the second only the city is left.
    """
    places = {path: name for path, name in named.items() if isinstance(name, Area)}
    taken = {area.id for area in places.values()}
    problems = []
    for path, name in named.items():
        if not isinstance(name, Problem):
            continue
        left = [c for c in name.candidates if c not in taken] if name.code == "A003" else []
        if len(left) == 1 and len(left) < len(name.candidates):
            places[path] = areas()[left[0]]
            note = Problem("A007", file=path.name, found=path.stem, candidates=(left[0],), severity=Severity.NOTE)
            problems.append(note)
        else:
            code = "A001" if name.code == "A002" else name.code
            problems.append(replace(name, code=code, file=path.name, found=path.stem))
    return places, problems


def _repetitions(files: Sequence[CheckedFile]) -> list[Problem]:
    """Faults between files: the same bytes twice, or the same figure in two files or two rows."""
    problems = []
    first: dict[str, str] = {}
    for file in files:
        if file.raw.digest in first:
            problems.append(Problem("K001", file=file.raw.file, found=first[file.raw.digest]))
        first.setdefault(file.raw.digest, file.raw.file)
    reported = Counter((file.source.id, file.area) for file in files if file.area)
    for file in files:
        if file.area and reported[file.source.id, file.area] > 1:
            problems.append(Problem("K002", file=file.raw.file, found=areas()[file.area].name("ru")))
    for file in files:
        problems.extend(_repeated_rows(file))
    return problems


def _repeated_rows(file: CheckedFile) -> list[Problem]:
    seen: dict[tuple[object, ...], Figure] = {}
    problems = []
    for figure in file.figures:
        key = (figure.indicator, figure.area, figure.period, figure.breakdown, figure.category)
        if key in seen:
            found = f"{figure.indicator} {figure.area} {figure.period.code} {figure.category}"
            where = str(seen[key].line)
            place = {"sheet": figure.sheet, "row": figure.line, "column": figure.column}
            problems.append(Problem("K003", file=file.raw.file, found=found, expected=where, **place))  # type: ignore[arg-type]
        seen.setdefault(key, figure)
    return problems
