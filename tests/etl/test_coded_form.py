"""Form No. 1-M: a good workbook gives exactly its figures, every fault exactly its problem."""

import csv
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from openpyxl import Workbook

from etl.documents import source_table
from etl.frames import Figure, RawTable
from etl.readers.workbook import read_workbook
from etl.tidy.coded_form import tidy_coded_form
from riskmap.domain.errors import Problem, Severity
from riskmap.domain.registry import source
from riskmap.domain.vocabulary import CellStatus, year_period
from tests.conftest import ROOT
from tests.etl.form_workbook import Key, write_form

FORM = source("form_1m")
YEAR = year_period(2022)
FIGURES: dict[Key, int] = {
    ("offences_against_minors", "all", "all"): 38,
    ("offences_against_minors", "type", "misdemeanour"): 2,
    ("offences_against_minors", "type", "crime"): 36,
    ("offences_by_minors", "all", "all"): 2537,
    ("child_victims", "all", "all"): 41,
    ("child_victims", "age", "0-11"): 8,
    ("child_victims", "age", "12-13"): 3,
    ("child_victims", "age", "14-15"): 13,
    ("child_victims", "age", "16-17"): 17,
    ("minors_held_liable", "all", "all"): 25,
    ("minors_held_liable", "age", "12-13"): 0,
    ("minors_held_liable", "age", "14-15"): 11,
    ("minors_held_liable", "age", "16-17"): 14,
    ("suicides_minors", "all", "all"): 3,
    ("suicide_attempts_minors", "all", "all"): 11,
}
MINORS = "в т.ч.несовершеннолетними (до 18 лет)"
NUMBERS = "0, 1, 2, …"
HEADING = "из графы 2 / в отношении несовершеннолетних"
ATTEMPTS = "Всего совершено попыток суицида (в лицах)"

Change = Callable[[Workbook], None]


def _read(path: Path) -> tuple[dict[Key, int], list[Problem]]:
    figures, problems = _tidy(path)
    return {(f.indicator, f.breakdown, f.category): int(f.numerator or 0) for f in figures}, problems


def _tidy(path: Path) -> tuple[list[Figure], list[Problem]]:
    raw = read_workbook(path, sheets=[sheet.name for sheet in FORM.sheets])
    assert isinstance(raw, RawTable), raw
    return tidy_coded_form(raw, FORM, area="103200000", period=YEAR)


def _put(sheet: str, **cells: object) -> Change:
    """Write values into cells by their address."""

    def change(book: Workbook) -> None:
        for address, value in cells.items():
            book[sheet][address] = value

    return change


def _rename(name: str, other: str) -> Change:
    def change(book: Workbook) -> None:
        book[name].title = other

    return change


def _remove(name: str) -> Change:
    return lambda book: book.remove(book[name])


def _move(sheet: str, row: int, target: int) -> Change:
    """Move the content of one whole row below the others, leaving its place empty."""

    def change(book: Workbook) -> None:
        cells = book[sheet]
        for column in range(1, cells.max_column + 1):
            cells.cell(target, column).value = cells.cell(row, column).value
            cells.cell(row, column).value = None

    return change


def _swap(sheet: str, one: str, other: str) -> Change:
    def change(book: Workbook) -> None:
        cells = book[sheet]
        cells[one].value, cells[other].value = cells[other].value, cells[one].value

    return change


def _all(*changes: Change) -> Change:
    def change(book: Workbook) -> None:
        for single in changes:
            single(book)

    return change


def _without_number_row(book: Workbook) -> None:
    book["R1"].delete_rows(5)


def test_a_good_workbook_gives_exactly_its_figures(tmp_path: Path) -> None:
    write_form(tmp_path / "form.xlsx", FIGURES)
    assert _read(tmp_path / "form.xlsx") == (FIGURES, [])


def test_a_figure_carries_its_place_area_and_period(tmp_path: Path) -> None:
    write_form(tmp_path / "form.xlsx", FIGURES)
    figures, _ = _tidy(tmp_path / "form.xlsx")
    by_key = {(f.indicator, f.category): f for f in figures}
    crime = by_key["offences_against_minors", "crime"]
    assert (crime.sheet, crime.line, crime.column) == ("R1", 8, "I")
    assert (crime.area, crime.period, crime.status) == ("103200000", YEAR, CellStatus.VALUE)
    attempts = by_key["suicide_attempts_minors", "all"]
    assert (attempts.sheet, attempts.line, attempts.column) == ("PRIL4", 58, "E")


@pytest.mark.parametrize(
    ("mutate", "problem"),
    [
        # sheets, titles, column numbers
        (_rename("R1", "Раздел 1"), Problem("L001", "", "R1", found="Раздел 1", expected="R1")),
        (_rename("R1", "R1 (2)"), Problem("L001", "", "R1", found="R1 (2)", expected="R1")),
        (
            _put("R2", A2="Раздел 5. Сведения о лицах"),
            Problem("L002", "", "R2", 2, "A", "Раздел 5. Сведения о лицах", FORM.sheets[1].title),
        ),
        (_without_number_row, Problem("L003", "", "R1", expected="А … Б 1 2 3")),
        (_put("R1", F5="1"), Problem("L003", "", "R1", expected="А … Б 1 2 3")),
        (_put("R1", I5=None), Problem("L008", "", "R1", 5, "", "1, 2, 3, 4, 6, 7", "5")),
        # row codes
        (_put("R1", D7=None), Problem("L004", "", "R1", 7, "D", "", "2")),
        (_put("R1", D7="2-1"), Problem("L004", "", "R1", 7, "D", "2-1", "2")),
        (_put("R1", D7=None, B7="мелкие"), Problem("L004", "", "R1", None, "D", "", "2")),
        (_put("R1", D9="3"), Problem("L004", "", "R1", 9, "D", "3 (8), 3 (9)", "3")),
        (_move("R1", 8, 20), Problem("L004", "", "R1", 20, "D", "5, 3", "3")),
        (_move("PRIL4", 18, 120), Problem("L004", "", "PRIL4", 120, "D", "70, 13", "13")),
        # row labels
        (_put("R1", B7="деяния"), Problem("L005", "", "R1", 7, "B", "деяния", "проступки")),
        (_put("R10", B5=None), Problem("L005", "", "R10", 5, "A", "", "Всего правонарушений")),
        (_put("PRIL4", B18="детьми"), Problem("L005", "", "PRIL4", 18, "B", "детьми", MINORS)),
        (
            _put("PRIL4", B46="Всего совершено фактов суицида"),
            Problem("L005", "", "PRIL4", 46, "B", "Всего совершено фактов суицида", ATTEMPTS),
        ),
        (_swap("PRIL4", "B18", "B19"), Problem("L005", "", "PRIL4", 18, "B", f"14 {MINORS}", f"13 {MINORS}")),
        # column headings
        (
            _put("R1", I4="в отношении женщин"),
            Problem("L006", "", "R1", 4, "I", "из графы 2 / в отношении женщин", HEADING),
        ),
        (
            _put("R1", H3="из графы 1"),
            Problem("L006", "", "R1", 4, "I", "из графы 1 / в отношении несовершеннолетних", HEADING),
        ),
        (
            _put("R6", N3="Взрослых"),
            Problem("L006", "", "R6", 4, "O", "Взрослых / 12-13 лет", "Несовершеннолетних / 12-13 лет"),
        ),
        (_put("R1", I4=None), Problem("L006", "", "R1", 4, "I", "", HEADING)),
        # values
        (_put("R2", G6="двенадцать"), Problem("V001", "", "R2", 6, "G", "двенадцать", NUMBERS)),
        (_put("R2", G6="12,5"), Problem("V001", "", "R2", 6, "G", "12,5", NUMBERS)),
        (_put("R2", G6=12.5), Problem("V001", "", "R2", 6, "G", "12.5", NUMBERS)),
        (_put("R2", G6="12.0"), Problem("V001", "", "R2", 6, "G", "12.0", NUMBERS)),
        (_put("R2", G6="2 53"), Problem("V001", "", "R2", 6, "G", "2 53", NUMBERS)),
        (_put("R2", G6="-"), Problem("V001", "", "R2", 6, "G", "-", NUMBERS)),
        (_put("R2", G6="х"), Problem("V001", "", "R2", 6, "G", "х", NUMBERS)),
        (_put("R2", G6="-12"), Problem("V002", "", "R2", 6, "G", "-12", "≥ 0")),
        (_put("R2", G6=-12), Problem("V002", "", "R2", 6, "G", "-12", "≥ 0")),
        (_put("R2", G6="\u221212"), Problem("V002", "", "R2", 6, "G", "\u221212", "≥ 0")),
        (_put("R2", G6=None), Problem("V003", "", "R2", 6, "G", "", NUMBERS)),
        (_put("R2", G6=" \u00a0"), Problem("V003", "", "R2", 6, "G", "", NUMBERS)),
        (_put("R2", G6="9" * 5000), Problem("V001", "", "R2", 6, "G", "9" * 5000, NUMBERS)),
        (_put("PRIL4", E33="один"), Problem("V001", "", "PRIL4", 33, "E", "один", NUMBERS)),
        # sums
        (_put("R1", I8="35"), Problem("V005", "", "R1", 6, "I", "2 + 35 = 37", "38")),
        (_put("R1", I8="39"), Problem("V004", "", "R1", 8, "I", "39", "≤ 38")),
        (_put("R3", S7="9"), Problem("V005", "", "R3", 7, "G", "9 + 3 + 13 + 17 = 42", "41")),
        (_put("R6", Q6="13"), Problem("V005", "", "R10", 5, "F", "0 + 11 + 13 = 24", "25")),
    ],
)
def test_each_fault_yields_exactly_its_problem(tmp_path: Path, mutate: Change, problem: Problem) -> None:
    path = tmp_path / "form.xlsx"
    write_form(path, FIGURES, mutate=mutate)
    _, problems = _read(path)
    place = (problem.sheet, problem.row, problem.column)
    expected = Problem(problem.code, "form.xlsx", *place, found=problem.found, expected=problem.expected)
    assert problems == [expected]
    assert problems[0].severity is Severity.STOP


def test_a_missing_sheet_names_the_sheets_there_are(tmp_path: Path) -> None:
    write_form(tmp_path / "form.xlsx", FIGURES, mutate=_remove("R6"))
    _, (problem,) = _read(tmp_path / "form.xlsx")
    assert (problem.code, problem.sheet, problem.expected) == ("L001", "R6", "R6")
    assert problem.found.startswith("R1, R1-1, R1-2, R11, R2")


def test_unknown_sheets_are_offered_by_likeness(tmp_path: Path) -> None:
    change = _all(_rename("R10", "R-10 новый"), lambda book: book.create_sheet("Справка", 0))
    write_form(tmp_path / "form.xlsx", FIGURES, mutate=change)
    _, (problem,) = _read(tmp_path / "form.xlsx")
    assert problem.found == "R-10 новый, Справка"


def test_labels_of_two_rows_that_changed_places_are_told_with_both_codes(tmp_path: Path) -> None:
    write_form(tmp_path / "form.xlsx", FIGURES, mutate=_swap("R1", "B7", "B8"))
    _, problems = _read(tmp_path / "form.xlsx")
    assert [(p.code, p.row, p.found, p.expected) for p in problems] == [
        ("L005", 7, "3 проступки", "2 проступки"),
        ("L005", 8, "2 преступлений", "3 преступлений"),
    ]


def test_all_faults_of_a_file_are_told_at_once_and_sound_sheets_still_give_figures(tmp_path: Path) -> None:
    changes = _all(_rename("R2", "Лист2"), _put("R1", I6="много", B7="деяния"), _put("PRIL4", E18=None, E33=-1))
    write_form(tmp_path / "form.xlsx", FIGURES, mutate=changes)
    figures, problems = _read(tmp_path / "form.xlsx")
    assert sorted(problem.code for problem in problems) == ["L001", "L005", "V001", "V002", "V003"]
    assert {indicator for indicator, _, _ in figures} == {
        *("child_victims", "minors_held_liable", "suicide_attempts_minors")
    }


def test_an_empty_workbook_is_told_sheet_by_sheet(tmp_path: Path) -> None:
    Workbook().save(tmp_path / "form.xlsx")
    figures, problems = _read(tmp_path / "form.xlsx")
    assert figures == {}
    assert [(p.code, p.sheet, p.found) for p in problems] == [("L001", s.name, "Sheet") for s in FORM.sheets]


def _without_rows(book: Workbook) -> None:
    for form in FORM.sheets:
        book[form.name].delete_rows(1, 200)


def _without_labels(book: Workbook) -> None:
    for form in FORM.sheets:
        for row in range(6, 120):
            book[form.name].cell(row, 2).value = None


@pytest.mark.parametrize("mutate", [_without_rows, _without_labels, _put("R1", I5="5" * 5000, D7="2" * 5000)])
def test_a_ruined_workbook_gives_problems_and_no_exception(tmp_path: Path, mutate: Change) -> None:
    write_form(tmp_path / "form.xlsx", FIGURES, mutate=mutate)
    _, problems = _read(tmp_path / "form.xlsx")
    assert problems


@pytest.mark.parametrize(
    "mutate",
    [
        _put("R1", A2="  РАЗДЕЛ  1.\nСведения о зарегистрированных\u00a0уголовных правонарушениях за год"),
        _put("R10", B2="Форма отчета № 1-М    Раздел 10. Сведения о несовершеннолетних, совершивших правонарушения"),
        _put("R1", B7="Проступки:", B8=" ПРЕСТУПЛЕНИЙ\n"),
        _put("R1", B8="пpecтуплeний"),  # Latin p, c and e
        _put("R1", I4="в  отношении\nнесовершеннолётних"),
        _put("R2", G4="«несовершеннолетними», или при их соучастии"),
        _put("R3", U5="14 – 15 лет"),
        _put("PRIL4", B18="в т. ч. несовершеннолетними (до 18 лет)"),
        _put("R1", A5="A", D5="B"),  # Latin
        _put("R10", B4="A", E4=" Б "),
        _put("R1", D6=1, D7=2.0, D8=" 3 ", I5=5),
        _put("R2", G6=2537),
        _put("R2", G6=2537.0),
        _put("R2", G6="2 537"),
        _put("R2", G6="2\u00a0537"),
        _put("R2", G6=" 2\u202f537\n"),
        lambda book: book["R1"].insert_rows(1),
        lambda book: book["R2"].insert_rows(6),
        lambda book: book["R6"].insert_cols(1),
    ],
)
def test_differences_without_a_meaning_are_no_fault(tmp_path: Path, mutate: Change) -> None:
    write_form(tmp_path / "form.xlsx", FIGURES, mutate=mutate)
    assert _read(tmp_path / "form.xlsx") == (FIGURES, [])


def test_every_item_is_declared_in_full() -> None:
    headings = {sheet.name: sheet.headings for sheet in FORM.sheets}
    for item in FORM.items:
        assert len(item.rows) == len(item.labels) > 0, item
        assert item.column in headings[item.sheet], item
    keys = [(item.indicator, item.breakdown, item.category) for item in FORM.items]
    assert sorted(keys) == sorted(FIGURES)


def test_suicides_are_declared_as_totals_only() -> None:
    assert {item.breakdown for item in FORM.items if item.sheet == "PRIL4"} == {"all"}


def test_the_document_shows_the_declaration() -> None:
    assert source_table(FORM) in (ROOT / "docs" / "sources" / "form_1m.md").read_text(encoding="utf-8")


PUBLISHED_AS: dict[str, Key] = {
    "offences_against_minors_registered": ("offences_against_minors", "all", "all"),
    "misdemeanours_against_minors_registered": ("offences_against_minors", "type", "misdemeanour"),
    "crimes_against_minors_registered": ("offences_against_minors", "type", "crime"),
    "offences_committed_by_or_with_minors_completed_cases": ("offences_by_minors", "all", "all"),
    "victims_minors": ("child_victims", "all", "all"),
    "minors_held_criminally_liable": ("minors_held_liable", "all", "all"),
    "minors_held_liable_age_14_15": ("minors_held_liable", "age", "14-15"),
    "minors_held_liable_age_16_17": ("minors_held_liable", "age", "16-17"),
    "suicides_minors": ("suicides_minors", "all", "all"),
    "suicide_attempts_minors": ("suicide_attempts_minors", "all", "all"),
}


def _published(facts: Path, workbook: str) -> dict[Key, int]:
    with facts.open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if f"archive/{workbook} @" in row["source_url"]]
    return {PUBLISHED_AS[row["indicator"]]: int(row["value"]) for row in rows if row["indicator"] in PUBLISHED_AS}


@pytest.mark.real
def test_real_workbooks_load_without_a_problem_and_equal_the_published_facts(
    shared_file: Callable[[str], Path],
) -> None:
    folder, facts = shared_file("real/form_1m_2022"), shared_file("reference/facts.csv")
    workbooks: Sequence[Path] = sorted(folder.glob("*.XLSX"))
    assert len(workbooks) == 14
    for path in workbooks:
        figures, problems = _read(path)
        published = _published(facts, path.name)
        assert problems == [], path.name
        assert len(published) == len(PUBLISHED_AS)
        assert {key: figures[key] for key in published} == published, path.name
        assert figures.keys() == FIGURES.keys()
