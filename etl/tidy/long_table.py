"""One figure a row: the layout of the published figures that ship with the product."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from etl.frames import Figure, Publication, RawTable
from geo.areas import resolve
from riskmap.domain.errors import Problem
from riskmap.domain.registry import Source, catalogue
from riskmap.domain.vocabulary import ALL, Kind, Period, parse_period

PRECISIONS = ("exact", "rounded", "estimate")

Row = dict[str, str]
Fault = Callable[..., Problem]


def tidy_long_table(raw: RawTable, source: Source) -> tuple[list[Figure], list[Problem]]:
    """Figures of a table whose columns the source declares, and every fault by row and column name."""
    (sheet,) = raw.sheets.values()
    if not sheet.rows:
        return [], [Problem("F002", file=raw.file)]
    header = [name.strip() for name in sheet.rows[0]]
    faults = list(header_faults(raw.file, header, source))
    if faults:
        return [], faults
    figures = []
    for line, cells in enumerate(sheet.rows[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        found, wrong = _figure(raw.file, line, header, cells)
        faults.extend(wrong)
        if found:
            figures.append(found)
    return figures, faults


def header_faults(file: str, header: Sequence[str], source: Source) -> Iterator[Problem]:
    """Columns that are missing, unknown or there twice."""
    expected = ", ".join(source.columns)
    for name in source.columns:
        if name not in header:
            yield Problem("L008", file=file, row=1, column=name, found=", ".join(header), expected=expected)
    for name in header:
        if name not in (*source.columns, *source.optional_columns) or header.count(name) > 1:
            yield Problem("L007", file=file, row=1, column=name, found=name, expected=expected)


def _figure(file: str, line: int, header: list[str], cells: tuple[str, ...]) -> tuple[Figure | None, list[Problem]]:
    def fault(code: str, column: str, found: str = "", expected: str = "") -> Problem:
        return Problem(code, file=file, row=line, column=column, found=found, expected=expected)

    if len(cells) != len(header):
        return None, [fault("L007", "", str(len(cells)), str(len(header)))]
    row = {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
    period, faults = _period(row, fault)
    area, area_faults = _area(row, period, fault)
    value, value_faults = _value(row, fault)
    publication, publication_faults = _publication(row, fault)
    faults = [*faults, *area_faults, *_catalogue_faults(row, fault), *value_faults, *publication_faults]
    if faults or period is None or value is None:
        return None, faults
    figure = Figure(
        indicator=row["indicator"],
        area=area,
        period=period,
        numerator=value,
        line=line,
        column="value",
        breakdown=row["breakdown"] or ALL,
        category=row["category"] or ALL,
        provisional=row["precision"] != "exact",
        publication=publication,
    )
    return figure, []


def _period(row: Row, fault: Fault) -> tuple[Period | None, list[Problem]]:
    if not row["period"]:
        return None, [fault("P001", "period")]
    period = parse_period(row["period"])
    if period is None:
        return None, [fault("P002", "period", row["period"], "2022, 2022-10, 2022/23, 2025-01..2025-10")]
    # What is counted over a period is known when it is over; a number of things or people may be told before.
    item = catalogue().indicators.get(row["indicator"])
    known_from = period.start if item and item.kind is Kind.STOCK else period.end
    today = date.today()
    if known_from > today:
        return None, [fault("P004", "period", row["period"], today.isoformat())]
    return period, []


def _catalogue_faults(row: Row, fault: Fault) -> Iterator[Problem]:
    known = catalogue().indicators
    item = known.get(row["indicator"])
    if item is None:
        yield fault("V006", "indicator", row["indicator"], ", ".join(known))
        return
    if row["unit"] != item.unit:
        yield fault("V008", "unit", row["unit"], item.unit)
    categories = {ALL: (ALL, ""), "": (ALL, ""), **item.breakdowns}.get(row["breakdown"], ())
    if row["category"] not in categories:
        yield fault("V007", "category", f"{row['breakdown']} {row['category']}", ", ".join(filter(None, categories)))
    if row["precision"] not in PRECISIONS:
        yield fault("V009", "precision", row["precision"], ", ".join(PRECISIONS))


def _area(row: Row, period: Period | None, fault: Fault) -> tuple[str, list[Problem]]:
    on = period.end if period else None
    by_code, by_name = resolve(row["area"], on=on), resolve(row["area_name"], on=on)
    if isinstance(by_code, Problem):
        place = fault(by_code.code, "area")
        return "", [replace(by_code, file=place.file, row=place.row, column=place.column)]
    agrees = by_code.id in by_name.candidates if isinstance(by_name, Problem) else by_code.id == by_name.id
    if not agrees:
        return "", [fault("A008", "area_name", row["area_name"], by_code.name("ru"))]
    return by_code.id, []


def _value(row: Row, fault: Fault) -> tuple[float | None, list[Problem]]:
    text = row["value"]
    digits = text.removeprefix("-")
    if not text:
        return None, [fault("V003", "value")]
    if not (digits.isascii() and digits.isdigit()):
        return None, [fault("V001", "value", text)]
    if text != digits:
        return None, [fault("V002", "value", text)]
    return float(text), []


def _publication(row: Row, fault: Fault) -> tuple[Publication, list[Problem]]:
    faults = [fault("V009", name) for name in ("publication", "publication_url") if not row[name]]
    day = None
    if row["publication_date"]:
        try:
            day = date.fromisoformat(row["publication_date"])
        except ValueError:
            faults.append(fault("P002", "publication_date", row["publication_date"], "2025-12-31"))
    return Publication(row["publication"], day, row["publication_url"]), faults
