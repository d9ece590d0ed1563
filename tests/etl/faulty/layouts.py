"""Bad files of the rules L: sheets, headings and rows that are not where they should be."""

from openpyxl import Workbook

from etl.return_workbook import FIRST_ROW, ID_ROW
from tests.etl.faulty.bench import Bench, Case, case, faulty
from tests.etl.published import published_row, write_published
from tests.etl.returns import TOTAL_ROW, VIOLENCE, Change, sheet_name

YEAR = "2022"
FIRST = "R1"  # a sheet of the form
STRANGER = "711110000"  # a district of Astana


def on(name: str, **cells: object) -> Change:
    """Write values into cells of a sheet by their names, such as B3."""

    def write(book: Workbook) -> None:
        for place, value in cells.items():
            book[name][place] = value

    return write


def without_row(name: str, row: int) -> Change:
    """Take a row out of a sheet."""
    return lambda book: book[name].delete_rows(row)


def with_row_like(name: str, row: int, **cells: object) -> Change:
    """Add a row below the table that repeats another one, but for these cells."""

    def append(book: Workbook) -> None:
        sheet = book[name]
        new = sheet.max_row + 1
        for column in range(1, sheet.max_column + 1):
            sheet.cell(new, column, sheet.cell(row, column).value)
        for letter, value in cells.items():
            sheet[f"{letter}{new}"] = value

    return append


@faulty("L001", "a sheet of the form was renamed while it was printed")
def renamed_sheet(bench: Bench) -> Case:
    def rename(book: Workbook) -> None:
        book["R2"].title = "R2 печать"

    return case(bench.form(rename), period=YEAR)


@faulty("L002", "the table of another section was pasted over the sheet with its title")
def title_of_another_section(bench: Bench) -> Case:
    title = "Раздел 7. Сведения о движении уголовных дел"
    return case(bench.form(on(FIRST, A2=title)), period=YEAR, at=(2, "A"))


@faulty("L003", "the row of column numbers was deleted because it looked like figures")
def column_numbers_deleted(bench: Bench) -> Case:
    return case(bench.form(without_row(FIRST, 5)), period=YEAR)


@faulty("L004", "the table was sorted, so that two rows changed places")
def sorted_rows(bench: Bench) -> Case:
    def exchange(book: Workbook) -> None:
        sheet = book[FIRST]
        for column in range(1, sheet.max_column + 1):
            upper, lower = sheet.cell(7, column), sheet.cell(8, column)
            upper.value, lower.value = lower.value, upper.value
        sheet["A8"], sheet["A7"] = None, "из них"

    return case(bench.form(exchange), period=YEAR, at=(7, "D"))


@faulty("L005", "a new edition of the form calls the first row otherwise")
def other_row_label(bench: Bench) -> Case:
    return case(bench.form(on(FIRST, A6="Всего зарегистрировано")), period=YEAR, at=(6, "A"))


@faulty("L006", "a new edition of the form counts pupils where it counted minors")
def other_heading(bench: Bench) -> Case:
    return case(bench.form(on(FIRST, I4="в отношении учащихся")), period=YEAR, at=(4, "I"))


@faulty("L007", "somebody added a column with remarks")
def column_of_remarks(bench: Bench) -> Case:
    rows = [published_row("offences_against_minors", "110000000", "2022", 38)]
    path = write_published(bench.folder / "figures.csv", rows)
    lines = path.read_text(encoding="utf-8").splitlines()
    text = "\n".join(f"{line},{end}" for line, end in zip(lines, ("remarks", "checked"), strict=True))
    return case(bench.text(text, name="figures.csv"), at=(1, "remarks"))


@faulty("L008", "a column was deleted because it seemed to say the same everywhere")
def column_deleted(bench: Bench) -> Case:
    rows = [published_row("offences_against_minors", "110000000", "2022", 38)]
    path = write_published(bench.folder / "figures.csv", rows)
    lines = [line.split(",") for line in path.read_text(encoding="utf-8").splitlines()]
    column = lines[0].index("unit")
    text = "\n".join(",".join([*cells[:column], *cells[column + 1 :]]) for cells in lines)
    return case(bench.text(text, name="figures.csv"), at=(1, "unit"), source="published")


@faulty("L009", "the grey row of ids was deleted for a tidy print")
def ids_deleted(bench: Bench) -> Case:
    return case(bench.return_book(without_row(VIOLENCE, ID_ROW)))


@faulty("L010", "a sheet was copied from the return of the month before")
def sheet_of_another_month(bench: Bench) -> Case:
    return case(bench.return_book(on(VIOLENCE, B3="2025-09")))


@faulty("L011", "the row of a district was deleted because nothing happened there")
def district_deleted(bench: Bench) -> Case:
    return case(bench.return_book(without_row(VIOLENCE, FIRST_ROW)))


@faulty("L012", "a city sent its row twice, and both were pasted")
def city_twice(bench: Bench) -> Case:
    return case(bench.return_book(with_row_like(VIOLENCE, FIRST_ROW)), at=(TOTAL_ROW + 1, "A"))


@faulty("L013", "a sheet of one's own sums was left in the return")
def sheet_of_own_sums(bench: Bench) -> Case:
    def add(book: Workbook) -> None:
        book.create_sheet("Расчёт").append(["Итого", 12])

    return case(bench.return_book(add))


@faulty("L014", "the Kazakh sheet of the same topic was pasted beside the Russian one")
def topic_in_two_languages(bench: Bench) -> Case:
    def add(book: Workbook) -> None:
        book.copy_worksheet(book[VIOLENCE]).title = sheet_name("violence", "kk")

    return case(bench.return_book(add))


@faulty("L015", "the row of a district was left empty")
def row_left_empty(bench: Bench) -> Case:
    def clear(book: Workbook) -> None:
        for column in range(3, book[VIOLENCE].max_column + 1):
            book[VIOLENCE].cell(FIRST_ROW, column).value = None

    return case(bench.return_book(clear), at=(FIRST_ROW, "C"))


@faulty("L016", "a school was added as a row of its own, without a code")
def row_without_code(bench: Bench) -> Case:
    row = with_row_like(VIOLENCE, FIRST_ROW, A=None, B="Школа-гимназия № 5")
    return case(bench.return_book(row), at=(TOTAL_ROW + 1, "A"))


@faulty("L017", "a district of another region was pasted into the return")
def district_of_another_region(bench: Bench) -> Case:
    row = with_row_like(VIOLENCE, FIRST_ROW, A=STRANGER, B=None)
    return case(bench.return_book(row), at=(TOTAL_ROW + 1, "A"))


@faulty("L018", "the line on invented data was typed by hand, with a mistake")
def misspelt_mark(bench: Bench) -> Case:
    return case(bench.return_book(on(VIOLENCE, A4="ВЫМЫШЛЕНЫЕ ДАННЫЕ")), at=(4, "A"))


@faulty("L019", "the month was not filled in")
def month_left_empty(bench: Bench) -> Case:
    return case(bench.return_book(on(VIOLENCE, B3=None)), at=(3, ""))
