"""From paths to figures: look for personal data, read, find area and period, tidy, compare files with each other."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

from etl import reference
from etl.accepted import CheckedFile
from etl.frames import Figure, RawTable
from etl.personal import masked, personal_data
from etl.readers.delimited import read_delimited
from etl.readers.workbook import read_workbook
from etl.storage import storage_faults
from etl.tidy.coded_form import tidy_coded_form
from etl.tidy.long_table import tidy_long_table
from geo.areas import areas, resolve, resolve_region_from_filename
from riskmap.domain.areas import Area, AreaKind
from riskmap.domain.errors import Problem, Severity, WrongUsage
from riskmap.domain.registry import Source, catalogue
from riskmap.domain.vocabulary import ALL, Grain, Period, parse_period, year_period

# How a period of each grain is written, for messages.
_CODES: Final = {
    Grain.MONTH: "2025-10",
    Grain.QUARTER: "2022-Q3",
    Grain.HALF_YEAR: "2022-H1",
    Grain.YEAR: "2022",
    Grain.SCHOOL_YEAR: "2022/23",
    Grain.THREE_YEARS: "2022/23-2024/25",
    Grain.YTD: "2025-01..2025-10",
    Grain.SCHOOL_YTD: "2024-09..2025-02",
}
_ANY_PERIOD: Final = year_period(2000)


@dataclass(frozen=True, slots=True)
class Call:
    """What the operator said besides the paths, as written; each may be left out."""

    source: str | None = None
    area: str | None = None
    period: str | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """Everything found in the files of one call: the understood ones, and all faults."""

    files: tuple[CheckedFile, ...]
    problems: tuple[Problem, ...]

    @property
    def stopped(self) -> bool:
        """Whether any fault keeps the call from being accepted."""
        return any(problem.severity is Severity.STOP for problem in self.problems)


@dataclass(frozen=True, slots=True)
class _Place:
    """The area a form reports for, or none; and what is to be told of how it was found."""

    area: Area | None
    problem: Problem | None = None


@dataclass(slots=True)
class _Known:
    """What is known while the files of one call are read one after the other."""

    source: str | None
    period: Period | None
    places: Mapping[Path, _Place]
    digests: dict[str, Path] = field(default_factory=dict)
    reported: dict[tuple[str, str], Path] = field(default_factory=dict)
    keys: dict[tuple[object, ...], tuple[Path, Figure]] = field(default_factory=dict)


def check_files(paths: Sequence[Path], call: Call) -> Checked:
    """Read and check every file of one call; one faulty file does not hide the faults of another."""
    declared = catalogue().sources
    if call.source and call.source not in declared:
        raise WrongUsage(detail=f"--source {call.source} ({', '.join(declared)})")
    forms = {path: source for path in paths if (source := _form_source(path, call.source))}
    period, problems = _period(call, {path: source for path, source in forms.items() if _is_there(path)})
    places, unknown = _places(forms, call)
    problems.extend(unknown)
    known = _Known(call.source, period, places)
    files = []
    for path in paths:
        checked, faults = _check_file(path, known)
        problems.extend(replace(fault, file=_shown(path)) for fault in faults)
        if checked:
            files.append(checked)
    return Checked(tuple(files), tuple(problems))


def recognise(path: Path, source: str | None = None) -> Source | Problem:
    """The source whose files end like this one, or the one the operator named."""
    declared = catalogue().sources
    fits = [s for s in declared.values() if path.suffix.lower() in s.suffixes and source in (None, s.id)]
    if len(fits) == 1:
        return fits[0]
    expected = ", ".join(f"{s.id} ({', '.join(s.suffixes)})" for s in declared.values())
    return Problem("F004", file=_shown(path), found=path.suffix, expected=expected)


def _form_source(path: Path, named: str | None) -> Source | None:
    source = recognise(path, named)
    return source if isinstance(source, Source) and source.layouts[path.suffix.lower()] == "coded_form" else None


def _is_there(path: Path) -> bool:
    with storage_faults(path):
        return path.is_file()


def _shown(path: Path) -> str:
    return _printable(path.name or str(path))


def _printable(name: str) -> str:
    """A name as it may be shown and stored: without the number of a person and without broken letters."""
    return masked(name.encode("utf-8", "backslashreplace").decode("utf-8"))


def _check_file(path: Path, known: _Known) -> tuple[CheckedFile | None, list[Problem]]:
    if not _is_there(path):
        return None, [Problem("F001")]
    source = recognise(path, known.source)
    if isinstance(source, Problem):
        return None, [source]
    raw = _read(path, source, known)
    if isinstance(raw, list):
        return None, raw
    if source.layouts[path.suffix.lower()] == "long_table":
        figures, faults = _published_figures(path, raw, source, known)
    else:
        figures, faults = _form_figures(path, raw, source, known)
    if not figures or any(fault.severity is Severity.STOP for fault in faults):
        return None, faults
    return CheckedFile(path, _shown(path), raw.digest, source, tuple(figures)), faults


def _read(path: Path, source: Source, known: _Known) -> RawTable | list[Problem]:
    """The content of a file, or its faults: unreadable, the same as an earlier one, or with data on single persons."""
    with storage_faults(path), path.open("rb"):  # no permission is a situation, not a fault of the file
        # All sheets are read, not only those that are used: the whole file would be kept.
        is_text = source.layouts[path.suffix.lower()] == "long_table"
        raw = read_delimited(path) if is_text else read_workbook(path)
    if isinstance(raw, list):
        return raw
    first = known.digests.get(raw.digest)
    if first is not None:
        return [Problem("K001", found=_other_name(first, path))]
    known.digests[raw.digest] = path
    return personal_data(raw) or raw


def _other_name(first: Path, path: Path) -> str:
    """How an earlier file is called beside a later one: with its folder where the names are the same."""
    return _printable(str(first)) if first.name == path.name and first != path else _shown(first)


def _form_figures(path: Path, raw: RawTable, source: Source, known: _Known) -> tuple[list[Figure], list[Problem]]:
    """Figures and faults of a form; faults of its layout are told even where nobody knows its area or period."""
    place = known.places[path]
    area_id = place.area.id if place.area else ""
    figures, faults = tidy_coded_form(raw, source, area=area_id, period=known.period or _ANY_PERIOD)
    faults = [*_place_faults(path, place, source, known), *faults]
    if not (place.area and known.period) or any(fault.severity is Severity.STOP for fault in faults):
        return [], faults
    return figures, [*faults, *_unpublished(figures)]


def _place_faults(path: Path, place: _Place, source: Source, known: _Known) -> Iterator[Problem]:
    if place.problem:
        yield place.problem
    if place.area is None:
        return
    first = known.reported.setdefault((source.id, place.area.id), path)
    if first != path:
        names = f"{_other_name(first, path)}, {_shown(path)}"
        yield Problem("K002", found=names, candidates=(place.area.id,))
    founded = place.area.valid_from
    if known.period and founded and founded > known.period.end:
        found, expected = known.period.code, f"≥ {founded.isoformat()}"
        yield Problem("P003", found=found, expected=expected, candidates=(place.area.id,))


def _published_figures(path: Path, raw: RawTable, source: Source, known: _Known) -> tuple[list[Figure], list[Problem]]:
    figures, faults = tidy_long_table(raw, source)
    faults = [*faults, *_undeclared(figures), *_repeated(path, figures, source, known)]
    return figures, faults if figures or faults else [Problem("F002")]


@cache
def _tables() -> Mapping[str, frozenset[tuple[str, str, str]]]:
    """Level, grain and breakdown of every table of each indicator."""
    tables: dict[str, set[tuple[str, str, str]]] = {}
    for table in reference.table_frame().itertuples():
        tables.setdefault(table.indicator, set()).add((table.level, table.grain, table.breakdown))
    return {indicator: frozenset(found) for indicator, found in tables.items()}


def _undeclared(figures: Sequence[Figure]) -> Iterator[Problem]:
    """Figures of a level, a period or a breakdown that no table of their indicator has: they would go nowhere."""
    for figure in figures:
        level, grain = str(areas()[figure.area].kind), figure.period.grain
        tables = _tables()[figure.indicator]
        grains = {table[1] for table in tables if table[0] == level}
        breakdowns = {table[2] for table in tables if table[:2] == (level, grain)}
        if not grains:
            levels = ", ".join(sorted({table[0] for table in tables}))
            yield Problem("A006", row=figure.line, column="area", found=figure.area, expected=levels)
        elif grain not in grains:
            codes = ", ".join(_CODES[other] for other in Grain if other in grains)
            yield Problem("P002", row=figure.line, column="period", found=figure.period.code, expected=codes)
        elif figure.breakdown not in breakdowns:
            expected = ", ".join(sorted(breakdowns))
            yield Problem("V007", row=figure.line, column="breakdown", found=figure.breakdown, expected=expected)


def _unpublished(figures: Sequence[Figure]) -> Iterator[Problem]:
    """What a form holds beyond the declared tables: kept in the record, shown nowhere, and told once per form."""
    beyond = {
        " ".join([figure.indicator, *_part(figure)[:1]]): None
        for figure in figures
        if (str(areas()[figure.area].kind), figure.period.grain, figure.breakdown) not in _tables()[figure.indicator]
    }
    if beyond:
        found = f"{figures[0].period.code}: {', '.join(beyond)}"
        yield Problem("V010", found=found, severity=Severity.NOTE)


def _repeated(path: Path, figures: Sequence[Figure], source: Source, known: _Known) -> Iterator[Problem]:
    """The same figure in two rows, told at the later one; in two files, told once for the later file."""
    told = set()
    for figure in figures:
        key = (source.id, figure.indicator, figure.area, figure.period, figure.breakdown, figure.category)
        first_path, first = known.keys.setdefault(key, (path, figure))
        if first is figure or first_path in told:
            continue
        expected = " ".join([figure.indicator, figure.period.code, *_part(figure)])
        numbers = ", ".join(f"{row.line}: {row.numerator:.15g}" for row in (first, figure))
        code = "K003"
        if first_path != path:
            told.add(first_path)
            code, numbers = "K002", f"{_other_name(first_path, path)} {numbers}"
        place = (figure.line, figure.column)
        yield Problem(code, "", "", *place, found=numbers, expected=expected, candidates=(figure.area,))


def _part(figure: Figure) -> list[str]:
    return [] if figure.breakdown == ALL else [figure.breakdown, figure.category]


def _period(call: Call, forms: Mapping[Path, Source]) -> tuple[Period | None, list[Problem]]:
    """The period of all forms of the call, or the one fault that the call has in it."""
    file = _shown(next(iter(forms))) if len(forms) == 1 else ""
    grains = [grain for grain in Grain if all(grain in source.grains for source in forms.values())]
    if call.period is None:
        return None, [Problem("P001", file)] if forms else []
    period = parse_period(call.period)
    if period is None or period.grain not in grains:
        expected = ", ".join(_CODES[grain] for grain in grains)
        return None, [Problem("P002", found=call.period, expected=expected)]
    today = date.today()
    if forms and period.end > today:
        return None, [Problem("P004", found=period.code, expected=f"≤ {today.isoformat()}")]
    return period, []


def _places(forms: Mapping[Path, Source], call: Call) -> tuple[dict[Path, _Place], list[Problem]]:
    """The reporting area of each form: from --area, else from the file name; and what is wrong with --area itself."""
    named = {path: resolve_region_from_filename(path.stem) for path in forms}
    if not call.area:
        return {path: _named(path, named[path], source) for path, source in forms.items()}, []
    given = {path: resolve(call.area, level=AreaKind(source.area)) for path, source in forms.items()}
    places = {path: _given(path, named[path], area) for path, area in given.items() if isinstance(area, Area)}
    unknown = dict.fromkeys(area for area in given.values() if isinstance(area, Problem))
    return {path: places.get(path, _Place(None)) for path in forms}, list(unknown)


def _given(path: Path, named: Area | Problem, given: Area) -> _Place:
    """The area of --area, unless the file name clearly speaks of another one."""
    fitting = {named.id} if isinstance(named, Area) else set(named.candidates if named.code == "A003" else ())
    if fitting and given.id not in fitting:
        return _Place(None, Problem("A005", found=_printable(path.stem), expected=given.id))
    return _Place(given)


def _named(path: Path, area: Area | Problem, source: Source) -> _Place:
    """The area of a file name; of a name that fits several, the one that the source means by it, and said so."""
    if isinstance(area, Area):
        return _Place(area)
    found = _printable(path.stem)
    meant = {name.casefold(): code for name, code in source.file_names.items()}.get(path.stem.strip().casefold())
    if area.code == "A003" and meant in area.candidates:
        return _Place(areas()[meant], Problem("A007", found=found, candidates=(meant,), severity=Severity.NOTE))
    return _Place(None, replace(area, code="A001" if area.code == "A002" else area.code, found=found))
