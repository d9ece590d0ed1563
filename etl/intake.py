"""From paths to staged figures: recognise, look for personal data, read, find area and period, tidy, compare files."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Final, TypeAlias

from etl.arrived import Arrived
from etl.checks.run import data_faults
from etl.declared import PERIOD_CODES, undeclared, unpublished
from etl.frames import Figure, RawTable
from etl.listing import MOST_LISTED, listed, unlisted
from etl.privacy.look import is_looked_at_in_part, person_level
from etl.privacy.shown import printable, shown_names
from etl.readers.delimited import read_delimited
from etl.readers.sheets import read_any
from etl.readers.texts import look
from etl.readers.workbook import read_workbook
from etl.recognise import recognise
from etl.spreadsheet.tidy import Asked, tidy_spreadsheet
from etl.staging import Checked, CheckedFile, Staging
from etl.storage import State, state, storage_faults
from etl.tidy.coded_form import tidy_coded_form
from etl.tidy.long_table import tidy_long_table
from etl.tidy.return_form import tidy_return_form
from etl.tidy.return_table import stage_return_table
from geo.areas import areas, resolve, resolve_region_from_filename
from riskmap.domain.areas import Area, AreaKind
from riskmap.domain.errors import Problem, Severity, StorageFailed, WrongUsage
from riskmap.domain.registry import Source, catalogue, spreadsheets
from riskmap.domain.spreadsheets import Spreadsheet
from riskmap.domain.vocabulary import Grain, Period, parse_period, year_period

_ANY_PERIOD: Final = year_period(2000)

Kind: TypeAlias = Source | Spreadsheet | Problem | tuple[Problem, ...]
"""What a file turned out to be, or why it is none of them."""


@dataclass(frozen=True, slots=True)
class Call:
    """What the operator said besides the paths, as written; each may be left out."""

    source: str | None = None
    area: str | None = None
    period: str | None = None
    past: bool = True  # whether the figures are compared with the record


@dataclass(frozen=True, slots=True)
class _Place:
    """The area a form reports for, or none; and what is to be told of how it was found."""

    area: Area | None
    problem: Problem | None = None


@dataclass(slots=True)
class _Known:
    """What is known while the files of one call are read one after the other."""

    paths: Sequence[Path]
    names: Mapping[Path, str]  # as they are shown
    looked_at: Mapping[Path, State | None]  # before the look for personal data
    kinds: Mapping[Path, Kind]
    period: Period | None
    places: Mapping[Path, _Place]
    region: Area | None  # of --area, for a return that tells its own
    asked: Asked  # for a declared spreadsheet
    staging: Staging
    arrived: dict[int, Arrived] = field(default_factory=dict)  # by the number of the file
    digests: dict[str, Path] = field(default_factory=dict)
    reported: dict[tuple[str, str], Path] = field(default_factory=dict)
    compared: dict[str, list[int]] = field(default_factory=dict)  # source -> files whose figures are compared
    conflicts: dict[int, list[Problem]] = field(default_factory=dict)  # of files read before the one in conflict


def check_files(paths: Sequence[Path], call: Call, *, tell: Callable[[int, int, str], None] | None = None) -> Checked:
    """Read and check every file of one call; one faulty file does not hide the faults of another.

    `tell` is called for each file, with its number from 1, how many there are, and its shown name: before it is looked
    at, and again before its figures are read.
    """
    declared = (*catalogue().sources, *spreadsheets())
    if call.source and call.source not in declared:
        raise WrongUsage(detail=f"--source {call.source} ({', '.join(declared)})")
    asked, problems = _asked(call)
    names, looked_at, kinds = shown_names(paths), {}, {}
    for number, path in enumerate(paths, start=1):
        if tell:
            tell(number, len(paths), names[path])
        if _is_there(path):
            looked_at[path] = state(path)
            kinds[path] = _recognised(path, call.source, asked)
    forms = _of_layout(kinds, "coded_form")
    period, faults = _period(call, forms, names)
    problems.extend(faults)
    places, unknown = _places(forms, call)
    problems.extend(fault for fault in unknown if fault not in problems)
    region, unknown = _region(call, _of_layout(kinds, "return_form"))
    problems.extend(fault for fault in unknown if fault not in problems)
    known = _Known(paths, names, looked_at, kinds, period, places, region, asked, Staging())
    found: dict[int, tuple[CheckedFile | None, list[Problem]]] = {}
    for number, path in enumerate(paths):
        if tell:
            tell(number + 1, len(paths), names[path])
        found[number] = _check_file(number, known)
    return _compared(found, problems, known, past=call.past)


def _compared(
    found: Mapping[int, tuple[CheckedFile | None, list[Problem]]], problems: list[Problem], known: _Known, *, past: bool
) -> Checked:
    """The files that nothing speaks against, neither themselves nor the files beside them nor the record."""
    good = []
    for number, (checked, faults) in found.items():
        faults = [*faults, *known.conflicts.get(number, ())]
        problems.extend(replace(fault, file=known.names[known.paths[number]]) for fault in listed(faults))
        if checked and not _stops(faults):
            good.append(checked)
    names = {file.number: file.name for file in good}
    compared = data_faults(known.staging, names, past=past, sources={file.number: file.source.id for file in good})
    refused = {fault.file for fault in compared if fault.severity is Severity.STOP}
    files = tuple(file for file in good if file.name not in refused)
    return Checked(files, (*problems, *compared), known.staging, tuple(known.arrived.values()))


def _stops(faults: Iterable[Problem]) -> bool:
    return any(fault.severity is Severity.STOP for fault in faults)


def _recognised(path: Path, named: str | None, asked: Asked) -> Kind:
    with storage_faults(path):
        kind = tuple(person_level(path)) or recognise(path, named, asked=asked)
        # A return of a million rows is looked at where its texts are: inside the database.
        is_looked_at_later = isinstance(kind, Source) and _layout(path, kind) == "return_table"
        if isinstance(kind, tuple) or is_looked_at_later or not is_looked_at_in_part(path):
            return kind
        return tuple(person_level(path, is_whole=True)) or kind


def _asked(call: Call) -> tuple[Asked, list[Problem]]:
    """What the call says to a spreadsheet that tells no area or period itself."""
    period = parse_period(call.period) if call.period else None
    if not call.area:
        return Asked(None, period), []
    area = resolve(call.area, level=AreaKind.REGION)
    if isinstance(area, Problem) and area.code == "A006":
        area = resolve(call.area)
    return (Asked(None, period), [area]) if isinstance(area, Problem) else (Asked(area, period), [])


def _of_layout(kinds: Mapping[Path, Kind], layout: str) -> dict[Path, Source]:
    return {path: kind for path, kind in kinds.items() if isinstance(kind, Source) and _layout(path, kind) == layout}


def _is_there(path: Path) -> bool:
    with storage_faults(path):
        return path.is_file()


def _check_file(number: int, known: _Known) -> tuple[CheckedFile | None, list[Problem]]:
    """A file with its faults, both from the bytes that were looked at for personal data."""
    path = known.paths[number]
    known.arrived[number] = Arrived(path, known.names[path], number)
    found = _staged(path, number, known)
    if path in known.looked_at and state(path) != known.looked_at[path]:
        raise StorageFailed(path=known.names[path], detail="changed while it was read")
    return found


def _staged(path: Path, number: int, known: _Known) -> tuple[CheckedFile | None, list[Problem]]:
    kind = known.kinds.get(path, Problem("F001"))
    if isinstance(kind, Problem):
        return None, [kind]
    if isinstance(kind, tuple):
        return None, list(kind)
    source = kind if isinstance(kind, Source) else catalogue().sources[kind.source]
    known.arrived[number] = replace(known.arrived[number], source=source.id)
    if isinstance(kind, Spreadsheet):
        known.arrived[number] = known.arrived[number].of_call(known.asked.area, known.asked.period)
        digest, faults = _stage_spreadsheet(path, kind, number, known)
    elif _layout(path, source) == "return_table":
        digest, faults = _stage_long(path, source, number, known)
    else:
        digest, faults = _stage_small(path, source, number, known)
    figures = known.staging.count(number)
    if not figures or _stops(faults):
        return None, faults
    return CheckedFile(path, known.names[path], digest, source, number, figures), faults


def _stage_spreadsheet(path: Path, item: Spreadsheet, number: int, known: _Known) -> tuple[str, list[Problem]]:
    """Stage the figures of a declared spreadsheet; its digest and its faults."""
    with storage_faults(path), path.open("rb"):
        raw = read_any(path)
    faults = raw if isinstance(raw, list) else _same_bytes(raw.digest, path, known)
    if isinstance(raw, list) or faults:
        return "", faults
    source = catalogue().sources[item.source]
    figures, faults = tidy_spreadsheet(raw, item, source, asked=known.asked)
    known.staging.add(number, figures)
    faults = [*faults, *_repeated(number, source, known)]
    return raw.digest, faults if figures or faults else [Problem("F002")]


def _layout(path: Path, source: Source) -> str:
    return source.layouts[path.suffix.lower()]


def _stage_long(path: Path, source: Source, number: int, known: _Known) -> tuple[str, list[Problem]]:
    """Stage a table that may be too long for memory; its digest and its faults."""
    with storage_faults(path), path.open("rb"):  # no permission is a situation, not a fault of the file
        table = look(path)
        if isinstance(table, Problem):
            return "", [table]
        faults = _same_bytes(table.digest, path, known)
        if faults:
            return table.digest, faults
        faults = stage_return_table(table, source, known.staging, number=number)
    faults = [*faults, *_repeated(number, source, known)]
    return table.digest, faults if faults or known.staging.count(number) else [Problem("F002")]


def _stage_small(path: Path, source: Source, number: int, known: _Known) -> tuple[str, list[Problem]]:
    """Stage the figures of a file that was read as a whole; its digest and its faults."""
    raw = _read(path, source, known)
    if isinstance(raw, list):
        return "", raw
    layout = _layout(path, source)
    if layout == "coded_form":
        known.arrived[number] = known.arrived[number].of_call(known.places[path].area, known.period)
        figures, faults = _form_figures(path, raw, source, known)
    elif layout == "return_form":
        known.arrived[number] = known.arrived[number].of_head(raw, source)
        figures, faults = tidy_return_form(raw, source)
        faults = [*faults, *_call_faults(figures, known)]
    else:
        figures, faults = tidy_long_table(raw, source)
        faults = [*faults, *undeclared(figures)]
    known.staging.add(number, figures)
    if layout == "coded_form":  # a second form of one area is told as a whole
        return raw.digest, faults
    faults = [*faults, *_repeated(number, source, known)]
    return raw.digest, faults if figures or faults else [Problem("F002")]


def _read(path: Path, source: Source, known: _Known) -> RawTable | list[Problem]:
    """The content of a file, or its faults: unreadable, or the same as an earlier one."""
    with storage_faults(path), path.open("rb"):
        # All sheets are read, not only those that are used: the whole file would be kept.
        raw = read_delimited(path) if _layout(path, source) == "long_table" else read_workbook(path)
    if isinstance(raw, list):
        return raw
    return _same_bytes(raw.digest, path, known) or raw


def _same_bytes(digest: str, path: Path, known: _Known) -> list[Problem]:
    first = known.digests.get(digest)
    known.digests.setdefault(digest, path)
    return [] if first is None else [Problem("K001", found=_other_name(first, path, known))]


def _other_name(first: Path, path: Path, known: _Known) -> str:
    """How an earlier file is called beside a later one: with its folder where the names are the same."""
    return printable(str(first)) if first.name == path.name and first != path else known.names[first]


def _form_figures(path: Path, raw: RawTable, source: Source, known: _Known) -> tuple[list[Figure], list[Problem]]:
    """Figures and faults of a form; faults of its layout are told even where nobody knows its area or period."""
    place = known.places[path]
    area_id = place.area.id if place.area else ""
    figures, faults = tidy_coded_form(raw, source, area=area_id, period=known.period or _ANY_PERIOD)
    faults = [*_place_faults(path, place, source, known), *faults]
    if not (place.area and known.period) or any(fault.severity is Severity.STOP for fault in faults):
        return [], faults
    return figures, [*faults, *unpublished(figures)]


def _place_faults(path: Path, place: _Place, source: Source, known: _Known) -> Iterator[Problem]:
    if place.problem:
        yield place.problem
    if place.area is None:
        return
    first = known.reported.setdefault((source.id, place.area.id), path)
    if first != path:
        names = f"{_other_name(first, path, known)}, {known.names[path]}"
        fault = Problem("K002", found=names, candidates=(place.area.id,))
        known.conflicts.setdefault(known.paths.index(first), []).append(fault)
        yield fault
    founded = place.area.valid_from
    if known.period and founded and founded > known.period.end:
        found, expected = known.period.code, f"≥ {founded.isoformat()}"
        yield Problem("P003", found=found, expected=expected, candidates=(place.area.id,))


def _call_faults(figures: Sequence[Figure], known: _Known) -> Iterator[Problem]:
    """Where a return says another region or period than the call."""
    if not figures:
        return
    area, period = areas()[figures[0].area], figures[0].period
    region = area.id if area.kind is AreaKind.REGION else area.parent
    if known.region and known.region.id != region:
        yield Problem("A005", found=region, expected=known.region.id)
    if known.period and known.period != period:
        yield Problem("P005", found=period.code, expected=known.period.code)


def _repeated(number: int, source: Source, known: _Known) -> Iterator[Problem]:
    """The same figure in two rows, told at the later one; in two files, once at each of them."""
    compared = known.compared.setdefault(source.id, [])
    compared.append(number)
    path, inside = known.paths[number], 0
    for repeat in known.staging.repeats(number, compared):
        numbers = f"{repeat.first_line}: {repeat.first_number}, {repeat.line}: {repeat.number}"
        first, code = known.paths[repeat.first_file], "K003"
        if repeat.first_file != number:
            code = "K002"
            other = Problem(code, "", row=repeat.first_line, found=f"{_other_name(path, first, known)} {numbers}")
            other = replace(other, expected=repeat.figure, candidates=(repeat.area,))
            known.conflicts.setdefault(repeat.first_file, []).append(other)
            numbers = f"{_other_name(first, path, known)} {numbers}"
        else:
            inside = repeat.shared
        place = (repeat.sheet, repeat.line, repeat.column)
        yield Problem(code, "", *place, found=numbers, expected=repeat.figure, candidates=(repeat.area,))
    if inside > MOST_LISTED:
        yield unlisted("K003", inside)


def _period(call: Call, forms: Mapping[Path, Source], names: Mapping[Path, str]) -> tuple[Period | None, list[Problem]]:
    """The period of all forms of the call, or the one fault that the call has in it."""
    file = names[next(iter(forms))] if len(forms) == 1 else ""
    grains = [grain for grain in Grain if all(grain in source.grains for source in forms.values())]
    if call.period is None:
        return None, [Problem("P001", file)] if forms else []
    period = parse_period(call.period)
    if period is None or period.grain not in grains:
        expected = ", ".join(PERIOD_CODES[grain] for grain in grains)
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


def _region(call: Call, returns: Mapping[Path, Source]) -> tuple[Area | None, list[Problem]]:
    """The region of --area, with which returns that tell their own region must agree."""
    if not (call.area and returns):
        return None, []
    area = resolve(call.area, level=AreaKind.REGION)
    return (area, []) if isinstance(area, Area) else (None, [area])


def _given(path: Path, named: Area | Problem, given: Area) -> _Place:
    """The area of --area, unless the file name clearly speaks of another one."""
    fitting = {named.id} if isinstance(named, Area) else set(named.candidates if named.code == "A003" else ())
    if fitting and given.id not in fitting:
        return _Place(None, Problem("A005", found=printable(path.stem), expected=given.id))
    return _Place(given)


def _named(path: Path, area: Area | Problem, source: Source) -> _Place:
    """The area of a file name; of a name that fits several, the one that the source means by it, and said so."""
    if isinstance(area, Area):
        return _Place(area)
    found = printable(path.stem)
    meant = {name.casefold(): code for name, code in source.file_names.items()}.get(path.stem.strip().casefold())
    if area.code == "A003" and meant in area.candidates:
        return _Place(areas()[meant], Problem("A007", found=found, candidates=(meant,)))
    return _Place(None, replace(area, code="A001" if area.code == "A002" else area.code, found=found))
