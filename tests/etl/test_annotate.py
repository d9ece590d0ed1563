"""The sender's workbook with the faults in it: nothing of it is lost, every fault is to be seen."""

import re
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter

from etl.annotate.comments import SIGN
from etl.annotate.copy import annotate
from etl.annotate.fault_sheet import is_fault_sheet
from etl.annotate.styles import FILLS
from etl.intake import Call, check_files
from etl.report import problem_words
from etl.return_workbook import FIRST_ROW
from riskmap.domain.errors import Problem, Severity
from riskmap.domain.vocabulary import LANGUAGES
from riskmap.words import t
from tests.etl.annotate_books import assert_well_formed, change, parts_of, rich_workbook, values_of, with_prefix
from tests.etl.returns import FULL, write_good

FAULTS = (
    Problem("V001", "book.xlsx", "Figures", 3, "B", found="=1+1", expected="0, 1, 2"),
    Problem("V002", "book.xlsx", "Figures", 3, "B", found="-6"),
    Problem("V003", "book.xlsx", "Figures", 3, "C"),
    Problem("V003", "book.xlsx", "Figures", 6, "AB"),
    Problem("V003", "book.xlsx", "Figures", 40, "B"),
    Problem("L005", "book.xlsx", "Figures", 4, "G"),
    Problem("V002", "book.xlsx", "Locked", 2, "units", found="-1"),
    Problem("L001", "book.xlsx", "Hidden 'one'"),
    Problem("A007", "book.xlsx", "Figures", 1, "A", candidates=("110000000",)),
    Problem("A005", "book.xlsx", found="x"),
)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return rich_workbook(tmp_path / "book.xlsx")


def marked(path: Path, problems: Sequence[Problem] = FAULTS, language: str = "en") -> Path:
    folder = path.parent / "copies"
    folder.mkdir(exist_ok=True)
    copy = annotate(path, problems, folder=folder, language=language)
    assert copy is not None
    assert_well_formed(copy)
    return copy


def fill_of(path: Path, sheet: str, cell: str) -> str:
    return str(load_workbook(path)[sheet][cell].fill.fgColor.rgb)


def test_parts_that_know_nothing_of_faults_are_kept_byte_for_byte(book: Path) -> None:
    before, after = parts_of(book), parts_of(marked(book))
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {
        "[Content_Types].xml",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/styles.xml",
        "xl/worksheets/sheet1.xml",
        "xl/worksheets/sheet2.xml",
        "xl/worksheets/sheet3.xml",
        "xl/worksheets/_rels/sheet3.xml.rels",
        "xl/comments/comment1.xml",
        "xl/drawings/commentsDrawing1.vml",
    }
    assert any(name.startswith("xl/charts/") for name in before)
    assert any(name.startswith("xl/media/") for name in before)


def test_a_sheet_without_faults_is_kept_byte_for_byte(book: Path) -> None:
    after = parts_of(marked(book, FAULTS[:2]))
    for sheet in ("xl/worksheets/sheet2.xml", "xl/worksheets/sheet3.xml"):
        assert after[sheet] == parts_of(book)[sheet]


def test_values_formulas_and_stored_values_are_those_of_the_sender(book: Path) -> None:
    copy = marked(book)
    before, after = values_of(book), values_of(copy)
    assert {name: after[name] for name in before} == before
    assert load_workbook(copy)["Figures"]["E2"].value == "=SUM(A2:D2)"
    assert load_workbook(copy, data_only=True)["Figures"]["E2"].value == 20


def test_what_a_sheet_has_besides_values_is_kept(book: Path) -> None:
    sheets = [load_workbook(path)["Figures"] for path in (book, marked(book))]
    before, after = (
        (
            [str(cells) for cells in sheet.merged_cells.ranges],
            sheet.column_dimensions["D"].width,
            sheet.row_dimensions[4].height,
            [(str(rule.sqref), rule.formula1) for rule in sheet.data_validations.dataValidation],
            [str(cells.sqref) for cells in sheet.conditional_formatting],
            sheet.freeze_panes,
            sheet.auto_filter.ref,
            len(sheet._charts),
            len(sheet._images),
            sheet["I1"].hyperlink.location,
        )
        for sheet in sheets
    )
    assert after == before


def test_hidden_and_protected_sheets_tables_and_local_names_stay_what_they_are(book: Path) -> None:
    copy = load_workbook(marked(book))
    assert copy.sheetnames == ["Faults", "Figures", "Hidden 'one'", "Locked"]
    assert copy["Hidden 'one'"].sheet_state == "hidden"
    assert copy["Locked"].protection.sheet
    assert copy["Locked"].protection.password == load_workbook(book)["Locked"].protection.password
    assert copy["Locked"].tables["units"].ref == "A1:B3"
    assert copy["Locked"].print_area == "'Locked'!$A$1:$B$3"
    assert copy.defined_names["units_of_all"].attr_text == "Locked!$B$2:$B$3"
    assert copy.active.title == "Locked"


@pytest.mark.parametrize(
    ("sheet", "cell", "severity"),
    [
        ("Figures", "B3", Severity.STOP),
        ("Figures", "C3", Severity.STOP),
        ("Figures", "AB6", Severity.STOP),
        ("Figures", "B40", Severity.STOP),
        ("Figures", "F2", Severity.STOP),  # stands for G4, which is merged with it
        ("Locked", "B2", Severity.STOP),
        ("Figures", "A1", Severity.NOTE),
    ],
)
def test_every_faulty_cell_is_coloured_and_commented(book: Path, sheet: str, cell: str, severity: Severity) -> None:
    found = load_workbook(marked(book))[sheet][cell]
    assert found.fill.fgColor.rgb == FILLS[severity]
    assert found.fill.fill_type == "solid"
    assert "What to do" in found.comment.text


def test_the_gravest_fault_of_a_cell_gives_it_its_colour(book: Path) -> None:
    copy = marked(book, [Problem("A007", sheet="Figures", row=1, column="A"), Problem("V025", "", "Figures", 1, "A")])
    assert fill_of(copy, "Figures", "A1") == FILLS[Severity.ASK]


def test_a_coloured_cell_keeps_the_rest_of_its_look(book: Path) -> None:
    before, after = (load_workbook(path)["Figures"]["B3"] for path in (book, marked(book)))
    for part in ("number_format", "border", "alignment", "font", "protection"):
        assert repr(getattr(after, part)) == repr(getattr(before, part))


def test_cells_without_faults_keep_their_look(book: Path) -> None:
    before, after = (load_workbook(path)["Figures"] for path in (book, marked(book)))
    for cell in ("A2", "B2", "D3", "E2", "A8"):
        assert repr(after[cell].fill) == repr(before[cell].fill)
        assert after[cell].comment is None


def test_several_faults_of_one_cell_stand_in_one_comment(book: Path) -> None:
    text = load_workbook(marked(book))["Figures"]["B3"].comment.text
    for problem in FAULTS[:2]:
        assert problem.code in text
        assert problem_words(problem, "en")["text"] in text


def test_a_comment_of_the_sender_is_kept_and_ours_stands_below_it(book: Path) -> None:
    comment = load_workbook(marked(book))["Figures"]["C3"].comment
    assert comment.text.startswith("ours since 2019")
    assert "V003" in comment.text
    assert comment.author == "Aigul"


def test_each_comment_has_one_box(book: Path) -> None:
    parts = parts_of(marked(book))
    (boxes,) = (data.decode() for name, data in parts.items() if name == "xl/drawings/commentsDrawing1.vml")
    assert len(re.findall(r"<\w+:Row>", boxes)) == 6
    ids = re.findall(r'<\w+:shape [^>]*?\bid="(\w+)"', boxes)
    assert len(set(ids)) == len(ids) == 6
    (own,) = (data.decode() for name, data in parts.items() if name.startswith("xl/drawings/vmlDrawing"))
    assert own.count("<x:Row>1</x:Row><x:Column>1</x:Column>") == 1


def test_a_sheet_with_a_fault_in_no_cell_has_a_coloured_tab(book: Path) -> None:
    copy = load_workbook(marked(book))
    assert copy["Hidden 'one'"].sheet_properties.tabColor.rgb == FILLS[Severity.STOP]
    assert copy["Locked"].sheet_properties.tabColor is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_list_holds_every_fault_in_the_language_asked_for(book: Path, language: str) -> None:
    copy = load_workbook(marked(book, language=language))
    rows = list(copy.worksheets[0].iter_rows(min_row=4, values_only=True))
    assert [row[2] for row in rows][:-1] == [problem.code for problem in FAULTS if problem.code != "A007"]
    assert rows[-1][2] == "A007"
    assert {row[5] for row in rows} == {problem_words(problem, language)["text"] for problem in FAULTS}


def test_a_fault_in_the_list_leads_to_its_cell(book: Path) -> None:
    sheet = load_workbook(marked(book)).worksheets[0]
    links = {sheet.cell(row, 5).value: sheet.cell(row, 5).hyperlink for row in range(4, 14)}
    assert links["AB6"].location == "'Figures'!AB6"
    hidden = next(row for row in range(4, 14) if sheet.cell(row, 4).value == "Hidden 'one'")
    assert sheet.cell(hidden, 5).hyperlink.location == "'Hidden ''one'''!A1"


def test_no_text_of_the_list_is_a_formula(book: Path) -> None:
    texts = ("=HYPERLINK(1)", "+1", "-1", "@SUM(1)", "\t=1")
    sheet = load_workbook(
        marked(book, [Problem("V001", "", "Figures", 1, "A", found=text) for text in texts])
    ).worksheets[0]
    assert [sheet.cell(row, 7).value for row in range(4, 9)] == list(texts)
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} == {"s"}


def test_texts_that_xml_cannot_hold_do_not_break_the_copy(book: Path) -> None:
    odd = "a\x00b\x1f<&\"'>\ud800 _x0041_ \ufffe"
    copy = marked(book, [Problem("V001", "", "Figures", 1, "A", found=odd)])
    found = values_of(copy)["Faults"][3][6]
    assert found == "a\ufffdb\ufffd<&\"'>\ufffd _x0041_ \ufffd"


def test_the_same_faults_give_the_same_bytes(book: Path) -> None:
    first = marked(book).read_bytes()
    assert marked(book).read_bytes() == first


def test_a_name_of_a_sheet_that_is_taken_is_not_taken_again(tmp_path: Path) -> None:
    book = Workbook()
    book.active.title = "FAULTS"
    book.create_sheet("Faults (2)")
    book.save(tmp_path / "book.xlsx")
    copy = load_workbook(marked(tmp_path / "book.xlsx", [Problem("V001", "", "FAULTS", 1, "A")]))
    assert copy.sheetnames == ["Faults (3)", "FAULTS", "Faults (2)"]


@pytest.mark.parametrize("through", ["as it is", "saved by another program"])
def test_a_copy_that_comes_back_shows_only_the_faults_it_has_now(book: Path, through: str) -> None:
    first = marked(book)
    if through != "as it is":
        load_workbook(first).save(first)
    shutil.move(first, first.with_name("back.xlsx"))
    left = [Problem("V002", "", "Figures", 3, "C"), Problem("V025", "", "Figures", 7, "D")]
    again = marked(first.with_name("back.xlsx"), left, "ru")
    copy = load_workbook(again)
    assert copy.sheetnames == ["Faults", "Figures", "Hidden 'one'", "Locked"]
    assert [row[2] for row in copy["Faults"].iter_rows(min_row=4, values_only=True)] == ["V002", "V025"]
    sheets = [copy[name] for name in copy.sheetnames[1:]]
    found = {cell.coordinate: cell.comment.text for sheet in sheets for row in sheet for cell in row if cell.comment}
    assert set(found) == {"C3", "D7"}
    assert found["C3"].startswith("ours since 2019\n\nriskmap")
    assert found["C3"].count("riskmap") == 1
    ours = set(FILLS.values())
    painted = {c.coordinate for sheet in sheets for row in sheet for c in row if c.fill.fgColor.rgb in ours}
    assert painted == {"C3", "D7"}
    assert copy["Hidden 'one'"].sheet_properties.tabColor is None
    assert {**values_of(again), "Faults": []} == {**values_of(first.with_name("back.xlsx")), "Faults": []}


def test_a_fault_mended_takes_the_comment_and_its_box_away(book: Path) -> None:
    first = marked(book).rename(book.with_name("back.xlsx"))
    parts = parts_of(marked(first, FAULTS[-1:]))
    (boxes,) = (data.decode() for name, data in parts.items() if name == "xl/drawings/commentsDrawing1.vml")
    assert re.findall(r"<\w+:Row>(\d+)</", boxes) == ["2"]  # that of the sender


def test_a_fill_of_the_sender_is_no_mark_of_ours(book: Path) -> None:
    changed = load_workbook(book)
    changed["Figures"]["D5"].fill = PatternFill("solid", fgColor="FFFFC7CE")
    changed.save(book)
    first = marked(book).rename(book.with_name("back.xlsx"))
    assert fill_of(marked(first), "Figures", "D5") == "FFFFC7CE"


@pytest.mark.parametrize("language", LANGUAGES)
def test_our_name_begins_alike_in_every_language(language: str) -> None:
    assert t("annotate.author", language).startswith(SIGN)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_list_is_known_again_by_its_first_cell(book: Path, language: str) -> None:
    (first, *others) = values_of(marked(book, language=language)).values()
    assert is_fault_sheet(first)
    assert not any(is_fault_sheet(rows) for rows in others)


def test_a_namespace_written_as_a_prefix_is_kept(book: Path) -> None:
    copy = marked(with_prefix(book))
    assert b"<x:worksheet" in parts_of(copy)["xl/worksheets/sheet1.xml"]
    assert fill_of(copy, "Figures", "B40") == FILLS[Severity.STOP]


def test_rows_and_cells_that_do_not_say_where_they_are_are_found(tmp_path: Path) -> None:
    path = rich_workbook(tmp_path / "book.xlsx")
    change(path, {"xl/worksheets/sheet3.xml": lambda text: re.sub(r'(<(?:row|c)) r="\w+"', r"\1", text)})
    copy = marked(path, [Problem("V002", "", "Locked", 3, "B")])
    assert b"<c r=" not in parts_of(copy)["xl/worksheets/sheet3.xml"]
    assert fill_of(copy, "Locked", "B3") == FILLS[Severity.STOP]
    assert values_of(copy)["Locked"] == values_of(path)["Locked"]


@pytest.mark.parametrize("code", ["S001", "S002", "S005"])
def test_of_a_file_with_data_on_persons_there_is_no_copy(book: Path, code: str) -> None:
    assert annotate(book, [*FAULTS, Problem(code)], folder=book.parent, language="en") is None
    assert sorted(path.name for path in book.parent.iterdir()) == ["book.xlsx"]


@pytest.mark.parametrize(("name", "problems"), [("book.xlsx", ()), ("table.parquet", FAULTS)])
def test_without_faults_and_of_parquet_there_is_no_copy(book: Path, name: str, problems: tuple[Problem, ...]) -> None:
    path = book.with_name(name)
    shutil.copy(book, path) if path != book else None
    assert annotate(path, problems, folder=book.parent, language="en") is None


def test_a_table_of_text_becomes_a_workbook_with_its_cells(tmp_path: Path) -> None:
    path = tmp_path / "=table.csv"
    path.write_text('area,ID,note\n111000000,=1+1,"two\nlines"\n007,-3,\n', encoding="utf-8")
    copy = marked(path, [Problem("V002", path.name, "", 3, "ID"), Problem("V001", path.name, "", 2, "C")])
    sheet = load_workbook(copy)["=table"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["area", "ID", "note"],
        ["111000000", "=1+1", "two\nlines"],
        ["007", "-3", None],
    ]
    assert sheet["B2"].data_type == "s"
    assert sheet["B3"].fill.fgColor.rgb == sheet["C2"].fill.fgColor.rgb == FILLS[Severity.STOP]
    assert "formulas" in load_workbook(copy).worksheets[0]["A2"].value


def test_an_old_workbook_becomes_a_new_one_with_its_cells(tmp_path: Path, shared_file: Callable[[str], Path]) -> None:
    path = tmp_path / "old.xls"
    shutil.copy(shared_file("real/region_tables/bns_innovations_2022_kk.xls"), path)
    name = next(iter(values_of(path)))
    copy = marked(path, [Problem("V001", path.name, name, 7, "B")])
    before, after = values_of(path), values_of(copy)
    assert {sheet: after[sheet] for sheet in before} == before
    assert fill_of(copy, name, "B7") == FILLS[Severity.STOP]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"<html>"])
def test_of_a_file_that_cannot_be_read_the_copy_is_the_list_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.xlsx"
    path.write_bytes(content)
    copy = load_workbook(marked(path, [Problem("F003", path.name)]))
    assert copy.sheetnames == ["Faults"]
    assert "could not be coloured" in copy.active["A2"].value
    assert copy.active["C4"].value == "F003"


def test_a_real_form_keeps_every_value_and_shows_its_faults(tmp_path: Path, shared_file: Callable[[str], Path]) -> None:
    path = tmp_path / "Abay Region.XLSX"
    shutil.copy(shared_file("real/form_1m_2022/Abay Region.XLSX"), path)
    problems = [Problem("V001", path.name, "R1", 10, "C"), Problem("V003", path.name, "PRIL4", 9, "D")]
    copy = marked(path, problems)
    before, after = values_of(path), values_of(copy)
    assert {name: after[name] for name in before} == before
    assert fill_of(copy, "PRIL4", "D9") == fill_of(copy, "R1", "C10") == FILLS[Severity.STOP]
    kept = {name for name, data in parts_of(path).items() if parts_of(copy)[name] == data}
    assert {"xl/sharedStrings.xml", "xl/theme/theme1.xml", "xl/worksheets/sheet2.xml"} <= kept


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_marked_copy_is_read_as_the_same_return(tmp_path: Path, language: str) -> None:
    path = write_good(tmp_path / "return.xlsx", source=FULL)
    copy = marked(path, [Problem("V026", "", first_topic(path), FIRST_ROW, "E"), Problem("L013", "", "x")], language)
    before, after = (check_files([file], Call()) for file in (path, copy))
    assert after.figures == before.figures > 0
    assert [problem.code for problem in after.problems] == [problem.code for problem in before.problems]


def first_topic(path: Path) -> str:
    """The first sheet of a return that holds figures."""
    return str(load_workbook(path).sheetnames[1])


CELLS = st.tuples(st.integers(1, 12), st.integers(1, 8))


@settings(max_examples=15)
@given(
    filled=st.dictionaries(CELLS, st.integers(0, 99) | st.text("ab =<&", min_size=1, max_size=5), max_size=20),
    commented=st.sets(CELLS, max_size=3),
    faults=st.dictionaries(CELLS, st.sampled_from(["V001", "V025", "K005"]), min_size=1, max_size=10),
)
def test_any_faults_in_any_workbook_are_shown_where_they_are(
    tmp_path_factory: pytest.TempPathFactory,
    filled: dict[tuple[int, int], int | str],
    commented: set[tuple[int, int]],
    faults: dict[tuple[int, int], str],
) -> None:
    path = tmp_path_factory.mktemp("any") / "book.xlsx"
    book = Workbook()
    for (row, column), value in filled.items():
        book.active.cell(row, column, value).data_type = "n" if isinstance(value, int) else "s"
    for row, column in commented:
        book.active.cell(row, column).comment = Comment("own", "sender")
    book.save(path)
    problems = [Problem(code, "", "Sheet", row, get_column_letter(column)) for (row, column), code in faults.items()]
    copy = marked(path, problems)
    assert values_of(copy)["Sheet"] == values_of(path)["Sheet"]
    sheet = load_workbook(copy)["Sheet"]
    for problem in problems:
        cell = sheet[f"{problem.column}{problem.row}"]
        assert cell.fill.fgColor.rgb == FILLS[problem.severity]
        assert problem.code in cell.comment.text
    assert all("own" in sheet.cell(*place).comment.text for place in commented)
    painted = {cell.coordinate for row in sheet.iter_rows() for cell in row if cell.fill.fill_type == "solid"}
    assert painted == {f"{problem.column}{problem.row}" for problem in problems}
