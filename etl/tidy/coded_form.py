"""Figures of a form whose cells are named by row codes and column numbers.

Every place is found by its code and its number, then title, heading and label must be as the source declares them.
Texts are compared by their letters and digits alone, so case, spaces, line breaks, quotes and dashes may differ.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Final

from etl.frames import Figure, RawSheet, RawTable
from etl.privacy.personal import column_letter
from etl.tidy.folding import bare
from etl.tidy.spoilt_cells import formula_fault, hidden_faults
from riskmap.domain.errors import Problem
from riskmap.domain.registry import FormItem, FormSheet, Source
from riskmap.domain.vocabulary import ALL, Period

HEADER_ROWS: Final = 12  # the column numbers stand within these
WHOLE: Final = re.compile(r"[0-9]{1,12}|[0-9]{1,3}(?: [0-9]{3}){1,3}")
ORDINAL: Final = re.compile(r"[0-9]{1,6}")  # of a row or a column
EXPECTED_NUMBER: Final = "0, 1, 2, …"


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A sheet whose column numbers were found; rows and columns count from 0 here."""

    file: str
    form: FormSheet
    raw: RawSheet
    number_row: int
    code_column: int
    columns: Mapping[str, int]  # column number -> column
    coded: Mapping[str, tuple[int, ...]]  # row code -> rows that carry it

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        return self.raw.rows

    def text(self, row: int, column: int) -> str:
        cells = self.rows[row]
        return " ".join(cells[column].split()) if column < len(cells) else ""

    def label_column(self, row: int) -> int:
        """Left of the code, labels are an indented tree: the last filled cell is the row's own name."""
        filled = [column for column in range(self.code_column) if self.text(row, column)]
        return filled[-1] if filled else 0

    def label(self, row: int) -> str:
        return self.text(row, self.label_column(row))

    def fault(self, code: str, row: int | None, column: int | None, *, found: str, expected: str) -> Problem:
        return Problem(
            code,
            file=self.file,
            sheet=self.form.name,
            row=None if row is None else row + 1,
            column="" if column is None else column_letter(column),
            found=found,
            expected=expected,
        )


def tidy_coded_form(raw: RawTable, source: Source, *, area: str, period: Period) -> tuple[list[Figure], list[Problem]]:
    """Figures the source declares and every fault of the file, one each; a sheet with a fault of layout yields none.

    Every breakdown must add up to its total.
    """
    figures: list[Figure] = []
    problems: list[Problem] = []
    for form in source.sheets:
        items = [item for item in source.items if item.sheet == form.name]
        sheet = _open(raw, source, form)
        if isinstance(sheet, Problem):
            problems.append(sheet)
            continue
        layout = [*_title_faults(sheet), *_heading_faults(sheet), *_row_faults(sheet, items)]
        problems.extend([*layout, *hidden_faults(raw.file, sheet.raw, _cells(sheet, items))])
        for item in items:
            figure, faults = _figure(sheet, item, area=area, period=period)
            problems.extend(faults)
            if figure and not layout:
                figures.append(figure)
    problems.extend(_sum_faults(raw.file, source, figures))
    return figures, list(dict.fromkeys(problems))


def _open(raw: RawTable, source: Source, form: FormSheet) -> _Sheet | Problem:
    sheet = raw.sheets.get(form.name)
    if sheet is None:
        names = ", ".join(_possible_names(raw.names, source, form))
        return Problem("L001", file=raw.file, sheet=form.name, found=names, expected=form.name)
    place = _numbers(sheet)
    if place is None:
        return Problem("L003", file=raw.file, sheet=form.name, expected="А … Б 1 2 3")
    row, code_column, columns = place
    coded = defaultdict(list)
    for index in range(row + 1, len(sheet.rows)):
        code = sheet.rows[index][code_column].strip() if code_column < len(sheet.rows[index]) else ""
        if code:
            coded[code].append(index)
    rows_of = {code: tuple(rows) for code, rows in coded.items()}
    return _Sheet(raw.file, form, sheet, row, code_column, columns, rows_of)


def _possible_names(names: Sequence[str], source: Source, form: FormSheet) -> list[str]:
    """Sheets that may be the missing one, the most similar name first; all names where the form knows each of them."""
    known = {name for sheet in source.sheets for name in (sheet.name, *sheet.siblings)}
    unknown = [name for name in names if name not in known]
    return sorted(unknown, key=lambda name: -_likeness(name, form.name)) or list(names)


def _likeness(text: str, other: str) -> float:
    return SequenceMatcher(None, bare(text), bare(other)).ratio()


def _numbers(sheet: RawSheet) -> tuple[int, int, dict[str, int]] | None:
    """Row of the column numbers (А … Б 1 2 3 …), column of the row codes (under Б), and column of each number."""
    for row, cells in enumerate(sheet.rows[:HEADER_ROWS]):
        marks = [bare(cell) for cell in cells]
        letters = [(column, mark) for column, mark in enumerate(marks) if mark in ("а", "б", "в")]
        if [mark for _, mark in letters] not in (["а", "б"], ["а", "в"]):  # "в" is a Latin B
            continue
        code_column = letters[1][0]
        numbered = [(mark, at) for at, mark in enumerate(marks) if at > code_column and ORDINAL.fullmatch(mark)]
        numbers = [int(mark) for mark, _ in numbered]
        if numbers[:1] == [1] and numbers == sorted(set(numbers)):
            return row, code_column, dict(numbered)
    return None


def _title_faults(sheet: _Sheet) -> Iterator[Problem]:
    """Some sheets print the name of the form before the title of the sheet, in the same cell."""
    above = [
        (row, column, sheet.text(row, column))
        for row in range(sheet.number_row)
        for column in range(len(sheet.rows[row]))
        if sheet.text(row, column)
    ]
    title = sheet.form.title
    if not any(bare(title) in bare(text) for _, _, text in above):
        nearest = max(above, key=lambda place: _likeness(place[2][: len(title)], title), default=(None, None, ""))
        row, column, found = nearest
        yield sheet.fault("L002", row, column, found=found, expected=title)


def _heading_faults(sheet: _Sheet) -> Iterator[Problem]:
    """A heading over several columns that has changed is told once, at the first of them."""
    told = []
    for number, heading in sheet.form.headings.items():
        column = sheet.columns.get(number)
        if column is None:
            yield sheet.fault("L008", sheet.number_row, None, found=", ".join(sheet.columns), expected=number)
            continue
        levels = heading.split(" / ")
        row, found = _heading(sheet, column, depth=len(levels))
        pairs = zip_longest(found, levels, fillvalue="")
        wrong = [(text, level) for text, level in pairs if bare(text) != bare(level)]
        if wrong and wrong not in told:
            told.append(wrong)
            yield sheet.fault("L006", row, column, found=" / ".join(found), expected=heading)


def _heading(sheet: _Sheet, column: int, *, depth: int) -> tuple[int, list[str]]:
    """Row of the column's own heading, and the lowest `depth` levels above its number, the widest first.

    A heading over several columns or rows has its text in its first cell only: a level above the column's own is the
    next text to the left.
    """
    rows = range(sheet.number_row - 1, -1, -1)
    own = next((row for row in rows if sheet.text(row, column)), None)
    if own is None:
        return sheet.number_row - 1, []
    levels = [sheet.text(own, column)]
    for row in range(own - 1, -1, -1):
        leftwards = (sheet.text(row, place) for place in range(column, sheet.code_column, -1))
        text = next(filter(None, leftwards), "")
        if text and len(levels) < depth:
            levels.append(text)
    return own, levels[::-1]


def _row_faults(sheet: _Sheet, items: Sequence[FormItem]) -> Iterator[Problem]:
    read = {code: label for item in items for code, label in zip(item.rows, item.labels, strict=True)}
    expected = {**sheet.form.anchors, **read}
    for code, label in expected.items():
        rows = sheet.coded.get(code, ())
        if len(rows) != 1:
            yield _lost_row(sheet, code, label, expected)
        elif bare(sheet.label(rows[0])) != bare(label):
            yield _other_label(sheet, code, label, expected)
        else:
            yield from _order_faults(sheet, code, rows[0])


def _lost_row(sheet: _Sheet, code: str, label: str, expected: Mapping[str, str]) -> Problem:
    """A code that stands nowhere or twice; where its label stands beside another code, that row is named."""
    rows = sheet.coded.get(code, ())
    if rows:
        found = ", ".join(f"{code} ({row + 1})" for row in rows)
        return sheet.fault("L004", rows[1], sheet.code_column, found=found, expected=code)
    row = _row_of_label(sheet, label, expected)
    found = "" if row is None else sheet.text(row, sheet.code_column)
    return sheet.fault("L004", row, sheet.code_column, found=found, expected=code)


def _other_label(sheet: _Sheet, code: str, label: str, expected: Mapping[str, str]) -> Problem:
    """Another label beside the code; where the expected one stands beside another code, both codes are told."""
    row = sheet.coded[code][0]
    found = sheet.label(row)
    moved = _row_of_label(sheet, label, expected)
    if moved is not None:
        found, label = f"{sheet.text(moved, sheet.code_column)} {label}".strip(), f"{code} {label}"
    return sheet.fault("L005", row, sheet.label_column(row), found=found, expected=label)


def _row_of_label(sheet: _Sheet, label: str, expected: Mapping[str, str]) -> int | None:
    """The row that carries a label beside a code under which it is not expected."""
    for row in range(sheet.number_row + 1, len(sheet.rows)):
        rightful = expected.get(sheet.text(row, sheet.code_column), "")
        if bare(sheet.label(row)) == bare(label) != bare(rightful):
            return row
    return None


def _order_faults(sheet: _Sheet, code: str, row: int) -> Iterator[Problem]:
    """Codes rise down the sheet: a row between others than its neighbours was moved."""
    codes = {place: int(text) for text, places in sheet.coded.items() if ORDINAL.fullmatch(text) for place in places}
    if row not in codes:
        return
    above = [codes[place] for place in sorted(codes) if place < row][-1:]
    below = [codes[place] for place in sorted(codes) if place > row][:1]
    run = [*above, codes[row], *below]
    if run != sorted(run):
        yield sheet.fault("L004", row, sheet.code_column, found=", ".join(map(str, run)), expected=code)


def _cells(sheet: _Sheet, items: Sequence[FormItem]) -> Iterator[tuple[int, int]]:
    """The places of all numbers that are read."""
    for item in items:
        column, rows = _place(sheet, item)
        if column is not None:
            yield from ((row, column) for row in rows)


def _place(sheet: _Sheet, item: FormItem) -> tuple[int | None, list[int]]:
    """The column of a figure and the rows that are added up for it, those that can be told."""
    rows = [places[0] for places in map(sheet.coded.get, item.rows) if places and len(places) == 1]
    return sheet.columns.get(item.column), rows


def _figure(sheet: _Sheet, item: FormItem, *, area: str, period: Period) -> tuple[Figure | None, list[Problem]]:
    column, rows = _place(sheet, item)
    if column is None or len(rows) != len(item.rows):
        return None, []  # told as a fault of layout
    read = [_count(sheet, row, column) for row in rows]
    faults = [count for count in read if isinstance(count, Problem)]
    if faults:
        return None, faults
    figure = Figure(
        indicator=item.indicator,
        area=area,
        period=period,
        numerator=float(sum(count for count in read if isinstance(count, int))),
        line=rows[0] + 1,
        column=column_letter(column),
        sheet=sheet.form.name,
        breakdown=item.breakdown,
        category=item.category,
    )
    return figure, []


def _count(sheet: _Sheet, row: int, column: int) -> int | Problem:
    text = sheet.text(row, column)
    spoilt = formula_fault(sheet.file, sheet.raw, row, column)
    if spoilt:
        return spoilt
    if not text:
        return sheet.fault("V003", row, column, found="", expected=EXPECTED_NUMBER)
    digits = text.removeprefix("-").removeprefix("−")
    if not WHOLE.fullmatch(digits):
        return sheet.fault("V001", row, column, found=text, expected=EXPECTED_NUMBER)
    if digits != text:
        return sheet.fault("V002", row, column, found=text, expected="≥ 0")
    return int("".join(digits.split()))


def _sum_faults(file: str, source: Source, figures: Sequence[Figure]) -> Iterator[Problem]:
    """Breakdowns of which total and every part were read, and that do not add up."""
    read = {(figure.indicator, figure.breakdown, figure.category): figure for figure in figures}
    declared = defaultdict(list)
    for item in source.items:
        declared[item.indicator, item.breakdown].append((item.indicator, item.breakdown, item.category))
    for (indicator, breakdown), keys in declared.items():
        total = read.get((indicator, ALL, ALL))
        parts = [read[key] for key in keys if key in read]
        if breakdown != ALL and total and len(parts) == len(keys):
            yield from _breakdown_faults(file, total, parts)


def _breakdown_faults(file: str, total: Figure, parts: Sequence[Figure]) -> Iterator[Problem]:
    whole = int(total.numerator or 0)
    counts = [int(part.numerator or 0) for part in parts]
    larger = [(part, count) for part, count in zip(parts, counts, strict=True) if count > whole]
    for part, count in larger:
        yield _at(part, "V004", file, found=str(count), expected=f"≤ {whole}")
    if sum(counts) != whole and not larger:
        found = f"{' + '.join(map(str, counts))} = {sum(counts)}"
        yield _at(total, "V005", file, found=found, expected=str(whole))


def _at(figure: Figure, code: str, file: str, *, found: str, expected: str) -> Problem:
    place = (figure.sheet, figure.line, figure.column)
    return Problem(code, file, *place, found=found, expected=expected)
