"""What a form allows by itself: which cells may be filled in, with what, and what the spreadsheet says of each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from openpyxl.styles import Border, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from etl.tidy.return_layout import UNITS_EXPECTED, UNITS_REPORTED, is_collected, written_marks
from riskmap.domain.registry import figure_key, indicator
from riskmap.domain.vocabulary import ALL, CellStatus, Period
from riskmap.words import t

INPUT: Final = PatternFill("solid", fgColor="FFF9E6")
CLOSED: Final = PatternFill("solid", fgColor="F2F2F2")
FRAME: Final = Border(*[Side(style="hair", color="A6A6A6")] * 4)
OPEN: Final = Protection(locked=False)
LONGEST_MESSAGE: Final = 255  # characters that a spreadsheet has room for in a message beside a cell
LONGEST_TITLE: Final = 32
_A4: Final = 9


@dataclass(frozen=True, slots=True)
class Body:
    """The cells of a sheet that are filled in: columns by id, rows from the first to the last area."""

    sheet: Worksheet
    keys: Sequence[str]  # of all columns; the first two say which area
    first: int
    last: int
    period: Period
    language: str

    def word(self, key: str, **values: object) -> str:
        """A text of the form in its language."""
        return t(f"return_form.{key}", self.language, **values)

    def mark(self, status: CellStatus) -> str:
        """What stands for a number that is not there."""
        return self.word(f"mark.{status}")


def guard(body: Body) -> None:
    """Open the cells to fill in and say what each takes; lock all others, without a password."""
    for position, key in enumerate(body.keys[2:], start=3):
        letter = get_column_letter(position)
        is_open = key in _RULES or is_collected(key, body.period)
        for row in range(body.first, body.last + 1):
            cell = body.sheet.cell(row, position)
            cell.protection, cell.fill, cell.border = OPEN, INPUT if is_open else CLOSED, FRAME
        make = _RULES.get(key, _count_rule if is_open else _closed_rule)
        rule = make(body, key, f"{letter}{body.first}")
        rule.add(f"{letter}{body.first}:{letter}{body.last}")
        body.sheet.add_data_validation(rule)
    lock(body.sheet)


def guard_month(body: Body, cell: str) -> None:
    """Let the month be chosen among those of its year and of the year before."""
    years = (body.period.start.year - 1, body.period.start.year)
    months = ",".join(f"{year}-{month:02}" for year in years for month in range(1, 13))
    rule = _rule(body, "month", type="list", formula1=f'"{months}"')
    rule.add(cell)
    body.sheet.add_data_validation(rule)
    body.sheet[cell].protection, body.sheet[cell].fill = OPEN, INPUT


def lock(sheet: Worksheet) -> None:
    """Lock whatever is not open, so that nothing is changed by accident; widths and heights stay free."""
    sheet.protection.sheet = True
    sheet.protection.formatColumns = sheet.protection.formatRows = False


def set_up_print(sheet: Worksheet, *, repeated: str = "") -> None:
    """Landscape on A4, as wide as a page, the repeated rows on each."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", _A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.oddFooter.center.text = "&A: &P / &N"
    if repeated:
        sheet.print_title_rows = repeated


def _count_rule(body: Body, key: str, first: str) -> DataValidation:
    """A whole number or a mark in any language, as the reader takes them."""
    allowed = ",".join(f'{first}="{mark}"' for mark in written_marks())
    formula = f"IF(ISNUMBER({first}),AND({first}>=0,{first}=INT({first})),OR({allowed}))"
    marks = f"{body.mark(CellStatus.NOT_REPORTED)}, ..., {body.mark(CellStatus.NOT_APPLICABLE)}"
    entry = body.word("prompt.count", marks=marks)
    rule = _rule(body, "count", marks=marks, type="custom", formula1=formula)
    name, breakdown, category = figure_key(key)
    words = indicator(name).words[body.language]
    if breakdown == ALL:
        text = words["counted"]
    else:
        parts = {"breakdown": t(f"breakdown.{breakdown}", body.language)}
        text = body.word("prompt.part", **parts, category=t(f"category.{breakdown}.{category}", body.language))
    if len(words["short"]) <= LONGEST_TITLE:
        rule.promptTitle = words["short"]
    rule.prompt = f"{sentences(text, LONGEST_MESSAGE - len(entry) - 1)}\n{entry}".strip()
    return rule


def sentences(text: str, longest: int) -> str:
    """The first whole sentences of a text that have room; none where the first one has not."""
    if len(text) <= longest:
        return text
    return text[: text.rfind(". ", 0, longest) + 1]


def _closed_rule(body: Body, key: str, _: str) -> DataValidation:
    """Only the mark of what cannot be there."""
    mark = body.mark(CellStatus.NOT_APPLICABLE)
    return _rule(body, "closed", mark=mark, type="list", formula1=f'"{mark}"')


def _units_expected_rule(body: Body, key: str, _: str) -> DataValidation:
    return _rule(body, key, type="whole", operator="greaterThanOrEqual", formula1="0")


def _units_reported_rule(body: Body, key: str, first: str) -> DataValidation:
    """No more than in the column to the left, where that is filled in."""
    expected = f"{get_column_letter(body.keys.index(UNITS_EXPECTED) + 1)}{body.first}"
    whole = f"ISNUMBER({first}),{first}>=0,{first}=INT({first})"
    return _rule(body, key, type="custom", formula1=f'AND({whole},OR({expected}="",{first}<={expected}))')


_RULES: Final[dict[str, Callable[[Body, str, str], DataValidation]]] = {
    UNITS_EXPECTED: _units_expected_rule,
    UNITS_REPORTED: _units_reported_rule,
}


def _rule(body: Body, message: str, **rule: Any) -> DataValidation:
    """A rule with its message beside the cell and its words where an entry is refused."""
    values = {key: rule.pop(key) for key in ("mark", "marks") if key in rule}
    made = DataValidation(**rule, allow_blank=True, showInputMessage=True, showErrorMessage=True)
    made.promptTitle, made.errorTitle = body.word("prompt.title"), body.word("refused.title")
    made.prompt = body.word(f"prompt.{message}", **values)
    made.error = body.word(f"refused.{message}", **values)
    return made
