"""A spreadsheet with the declaration that somebody wrote for it from the guide alone, and what it truly says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from openpyxl import Workbook

from etl.intake import Call
from riskmap.domain.vocabulary import LANGUAGES, CellStatus
from tests.etl.shapes.staged import Key, Number


@dataclass(frozen=True, slots=True)
class Stranger:
    """`sheets` are cells by sheet, columns between semicolons; `truth` is a figure, area, period and number a line."""

    id: str
    declaration: str  # without its words
    file: str
    sheets: Mapping[str, str]
    truth: str
    merges: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    call: Call = field(default_factory=Call)

    @property
    def toml(self) -> str:
        """The declaration as it stands in its file."""
        return self.declaration + "".join(f'\n[words.{lang}]\nname = "{self.id}"\n' for lang in LANGUAGES)

    @property
    def numbers(self) -> dict[Key, Number]:
        """What the spreadsheet truly says."""
        found: dict[Key, Number] = {}
        for line in self.truth.strip().splitlines():
            figure, area, period, number = line.split()
            found[figure, area, period] = int(number) if number.isdecimal() else CellStatus(number)
        return found

    def write(self, folder: Path) -> Path:
        """Write the spreadsheet; as text where its name says so."""
        path = folder / self.file
        if path.suffix != ".xlsx":
            (text,) = self.sheets.values()
            path.write_text(text.lstrip("\n"), encoding="utf-8")
            return path
        book = Workbook()
        book.remove(book.active)
        for name, text in self.sheets.items():
            sheet = book.create_sheet(name)
            for line in text.strip("\n").splitlines():
                sheet.append([_cell(cell.strip()) for cell in line.split(";")])
            for merge in self.merges.get(name, ()):
                sheet.merge_cells(merge)
        book.save(path)
        return path


def _cell(text: str) -> str | int | float | None:
    """A number as a spreadsheet keeps it; what is quoted stays text."""
    if text.startswith("'"):
        return text[1:]
    if text.isdecimal() and len(text) < len("111000000"):
        return int(text)
    return text or None
