"""The workbook to fill in: whom it is for, that it loads back, and what it lets people write."""

from datetime import date
from itertools import cycle
from pathlib import Path

import pytest
from openpyxl import load_workbook

from etl.return_rules import LONGEST_MESSAGE, LONGEST_TITLE, sentences
from etl.return_workbook import FIRST_ROW, HEADING_ROW, ID_ROW, MONTH_CELL
from etl.template import template_month, template_region, template_source, write_template
from etl.tidy.return_layout import UNITS_EXPECTED, UNITS_REPORTED, return_areas, written_marks
from geo.areas import areas, regions
from riskmap.domain.errors import WrongUsage
from riskmap.domain.vocabulary import LANGUAGES
from tests.etl.conftest import Run
from tests.etl.plausible_returns import fill_in
from tests.etl.returns import FULL, OCTOBER, ULYTAU, month, sheet_name

JULY = month("2026-07")
# A region founded of late, one with many districts and a city, each in another language; all in `make test-all`.
SOME_REGIONS = ("100000000", "110000000", "750000000")
EACH = [
    pytest.param(region.id, language, marks=() if region.id in SOME_REGIONS else pytest.mark.every_combination)
    for region, language in zip(
        sorted(regions(), key=lambda region: (region.id not in SOME_REGIONS, region.id)), cycle(LANGUAGES), strict=False
    )
]


def template(path: Path, *, region: str = ULYTAU, language: str = "ru", code: str = "2025-10") -> Path:
    return write_template(FULL, areas()[region], month(code), language=language, out=path)


# --- it loads back


@pytest.mark.parametrize(("region", "language"), EACH)
def test_the_template_of_every_region_filled_in_loads_without_a_fault(
    data_folder: Path, run: Run, region: str, language: str
) -> None:
    path = fill_in(
        template(data_folder.parent / "t.xlsx", region=region, language=language), region=region, period=OCTOBER
    )
    outcome = run("check", path, "--json", "--without-record")
    assert (outcome.status, outcome.document["problems"]) == (0, [])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_template_of_a_month_without_school_loads_in_every_language(
    data_folder: Path, run: Run, language: str
) -> None:
    path = template(data_folder.parent / "t.xlsx", language=language, code="2026-07")
    outcome = run("check", fill_in(path, region=ULYTAU, period=JULY), "--json", "--without-record")
    assert (outcome.status, outcome.codes) == (0, [])
    figures = sum(len(topic.figures) for topic in FULL.return_sheets)
    assert outcome.document["files"][0]["figures"] == len(return_areas(ULYTAU, JULY.end)) * figures


def test_a_formula_of_a_cell_to_fill_in_must_have_its_value(data_folder: Path, run: Run) -> None:
    path = fill_in(template(data_folder.parent / "t.xlsx"), region=ULYTAU, period=OCTOBER)
    book = load_workbook(path)
    book[sheet_name("schools")]["E7"] = "=1+1"
    book.save(path)
    (problem,) = run("check", path, "--json", "--without-record").document["problems"]
    assert (problem["code"], problem["row"], problem["column"]) == ("V015", 7, "E")


# --- the call


def test_the_command_writes_the_form_of_the_last_month_under_its_own_name(
    data_folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(data_folder.parent)
    code = template_month(None, date.today()).code
    outcome = run("template", "district_return", "--area", "Ulytau", "--lang", "en")
    name = f"district_return_{ULYTAU}_{code}_en.xlsx"
    assert (outcome.status, name in outcome.out) == (0, True)
    assert load_workbook(name)["Schools"][MONTH_CELL].value == code


@pytest.mark.parametrize(
    ("today", "code"), [(date(2026, 1, 1), "2025-12"), (date(2026, 11, 21), "2026-10"), (date(2026, 3, 31), "2026-02")]
)
def test_the_month_is_the_last_one_that_is_over(today: date, code: str) -> None:
    assert template_month(None, today).code == code


def test_a_file_that_is_there_is_never_overwritten(data_folder: Path, run: Run) -> None:
    path = data_folder.parent / "mine.xlsx"
    path.write_text("mine", encoding="utf-8")
    outcome = run("template", "district_return", "--area", ULYTAU, "--lang", "kk", "--out", path)
    assert (outcome.status, path.read_text(encoding="utf-8")) == (2, "mine")
    assert str(path) in outcome.err


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("621000000", "620000000"),  # a district: its region is named
        ("Жезказган", "620000000"),
        ("Алматы", "750000000"),  # two regions
        ("Атлантида", "Атлантида"),
        ("000000000", "000000000"),
        ("620000000-R", "620000000"),
    ],
)
def test_what_is_no_region_is_refused_and_says_which_region_it_may_be(text: str, told: str) -> None:
    with pytest.raises(WrongUsage) as refusal:
        template_region(text, "ru", on=OCTOBER.end)
    assert told in str(refusal.value.values["detail"])


def test_a_source_without_a_template_is_refused_and_those_that_have_one_are_named(data_folder: Path, run: Run) -> None:
    outcome = run("template", "form_1m", "--area", ULYTAU, "--lang", "ru")
    assert (outcome.status, "district_return" in outcome.err) == (2, True)
    assert template_source("district_return").id == "district_return"


@pytest.mark.parametrize("code", ["2025", "2025-13", "october", "2025-01..2025-10"])
def test_only_a_month_has_a_template(code: str) -> None:
    with pytest.raises(WrongUsage):
        template_month(code, date(2026, 11, 21))


# --- what the spreadsheet lets people write


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", ["2025-10", "2026-07"])
def test_every_cell_to_fill_in_has_one_rule_with_a_message_that_has_room(
    tmp_path: Path, language: str, code: str
) -> None:
    book = load_workbook(template(tmp_path / "t.xlsx", language=language, code=code))
    last = FIRST_ROW + len(return_areas(ULYTAU, month(code).end)) - 1
    for sheet in book.worksheets[1:]:
        rules = sheet.data_validations.dataValidation
        covered = [str(rule.sqref) for rule in rules]
        letters = [cell.column_letter for cell in sheet[ID_ROW][2:]]
        assert covered == [MONTH_CELL, *(f"{letter}{FIRST_ROW}:{letter}{last}" for letter in letters)]
        for rule in rules:
            assert 0 < len(rule.promptTitle) <= LONGEST_TITLE >= len(rule.errorTitle) > 0
            assert 0 < len(rule.prompt) <= LONGEST_MESSAGE >= len(rule.error) > 0
            assert len(rule.formula1) <= LONGEST_MESSAGE
            assert rule.showErrorMessage
            assert rule.showInputMessage
            assert rule.prompt.rstrip().endswith((".", "»", "”"))


def test_a_count_takes_a_number_or_a_mark_and_says_what_is_counted(tmp_path: Path) -> None:
    sheet = load_workbook(template(tmp_path / "t.xlsx", language="en"))["Violence and bullying"]
    keys = {cell.value: cell.column_letter for cell in sheet[ID_ROW]}
    rules = {str(rule.sqref).split(":")[0].rstrip("0123456789"): rule for rule in sheet.data_validations.dataValidation}
    rule = rules[keys["violence_reports"]]
    assert rule.type == "custom"
    assert all(f'="{mark}"' in rule.formula1 for mark in written_marks())
    assert rule.promptTitle == "Reports of violence"
    assert rule.prompt.startswith("All reports of violence against pupils")
    assert "no report, ..., x" in rule.prompt
    part = rules[keys["violence_reports:channel:box"]]
    assert "trust box" in part.prompt.casefold()


def test_reported_schools_must_not_exceed_those_due(tmp_path: Path) -> None:
    sheet = load_workbook(template(tmp_path / "t.xlsx"))[sheet_name("attendance")]
    keys = {cell.value: cell.column_letter for cell in sheet[ID_ROW]}
    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    expected, reported = (
        next(r for s, r in rules.items() if s.startswith(keys[k])) for k in (UNITS_EXPECTED, UNITS_REPORTED)
    )
    assert (expected.type, expected.operator, expected.formula1) == ("whole", "greaterThanOrEqual", "0")
    assert "D7<=C7" in reported.formula1


def test_what_is_not_collected_takes_only_its_mark(tmp_path: Path) -> None:
    sheet = load_workbook(template(tmp_path / "t.xlsx", code="2026-07"))[sheet_name("attendance")]
    keys = {cell.value: cell.column_letter for cell in sheet[ID_ROW]}
    (rule,) = (r for r in sheet.data_validations.dataValidation if str(r.sqref).startswith(keys["missed_lessons"]))
    assert (rule.type, rule.formula1) == ("list", '"х"')


def test_the_month_is_chosen_among_two_years(tmp_path: Path) -> None:
    sheet = load_workbook(template(tmp_path / "t.xlsx"))[sheet_name("schools")]
    rule = sheet.data_validations.dataValidation[0]
    months = rule.formula1.strip('"').split(",")
    assert (str(rule.sqref), rule.type) == (MONTH_CELL, "list")
    assert (len(months), months[0], months[-1], "2025-10" in months) == (24, "2024-01", "2025-12", True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_only_cells_to_fill_in_and_the_month_are_open_and_no_password_is_set(tmp_path: Path, language: str) -> None:
    book = load_workbook(template(tmp_path / "t.xlsx", language=language))
    last = FIRST_ROW + len(return_areas(ULYTAU, OCTOBER.end)) - 1
    for sheet in book.worksheets:
        assert sheet.protection.sheet
        assert not sheet.protection.password
        opened = {cell.coordinate for row in sheet.iter_rows() for cell in row if not cell.protection.locked}
        if sheet is book.worksheets[0]:
            assert opened == set()
            continue
        body = sheet.iter_rows(min_row=FIRST_ROW, max_row=last, min_col=3, max_col=len(sheet[ID_ROW]))
        assert opened == {MONTH_CELL, *(cell.coordinate for row in body for cell in row)}


def test_it_prints_across_on_one_width_with_its_headings_on_every_page(tmp_path: Path) -> None:
    book = load_workbook(template(tmp_path / "t.xlsx"))
    for sheet in book.worksheets:
        assert sheet.page_setup.orientation == "landscape"
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert {sheet.print_title_rows for sheet in book.worksheets[1:]} == {f"${HEADING_ROW}:${ID_ROW}"}


def test_a_message_is_cut_between_sentences() -> None:
    assert sentences("One. Two. Three.", 16) == "One. Two. Three."
    assert sentences("One. Two. Three.", 10) == "One. Two."
    assert sentences("A long first sentence.", 10) == ""
