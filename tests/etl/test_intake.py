"""From the paths of one call to figures and faults: every fault is told once, and none hides another."""

import os
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook

from etl import declared
from etl.intake import Call, check_files
from etl.listing import MOST_LISTED
from etl.privacy.look import person_level
from etl.privacy.shown import shown_names
from etl.readers.workbook import read_workbook
from etl.staging import Checked
from riskmap.domain.errors import Problem, Severity, StorageFailed, WrongUsage
from riskmap.domain.registry import catalogue
from tests.etl.conftest import POLICE_NAMES, Form
from tests.etl.long_returns import RETURN, return_row, write_table
from tests.etl.published import published_row, write_published
from tests.etl.returns import ULYTAU, write_good

ABAI, AKMOLA, ALMATY_REGION, ASTANA, ALMATY = "100000000", "110000000", "190000000", "710000000", "750000000"
OFFENCES = "offences_against_minors"
ULYTAU_REMAINDER = f"{ULYTAU}-R"


def check(*paths: Path, area: str | None = None, period: str | None = "2022", source: str | None = None) -> Checked:
    return check_files(paths, Call(source, area, period))


def told(checked: Checked) -> list[tuple[str, str]]:
    return [(problem.code, problem.file) for problem in checked.problems]


def stops(checked: Checked) -> list[Problem]:
    return [problem for problem in checked.problems if problem.severity is Severity.STOP]


def areas_of(checked: Checked) -> dict[str, set[str]]:
    query = "SELECT DISTINCT area FROM staged WHERE file_number = ?"
    ask = checked.staging.connection.execute
    return {file.name: {area for (area,) in ask(query, [file.number]).fetchall()} for file in checked.files}


# --- the file as a whole


@pytest.mark.parametrize("name", ["Abay Region.xlsx", "nobody.xlsx", "figures.csv", "notes.docx", "folder"])
def test_a_missing_file_is_one_fault_whatever_else_is_missing(tmp_path: Path, name: str) -> None:
    assert check(tmp_path / name, period=None).problems == (Problem("F001", name),)


@pytest.mark.parametrize("name", ["Abay Region.xlsx", "figures.csv", "folder"])
def test_a_folder_is_no_file(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    assert check(tmp_path / name).problems == (Problem("F001", name),)


def test_the_present_folder_is_named_as_it_was_written() -> None:
    assert check(Path()).problems == (Problem("F001", "."),)


def test_a_file_of_no_known_kind_lists_the_sources_with_their_endings(tmp_path: Path) -> None:
    (tmp_path / "report.docx").write_text("x")
    (problem,) = check(tmp_path / "report.docx", period=None).problems
    assert (problem.code, problem.file, problem.found) == ("F004", "report.docx", ".docx")
    assert problem.expected == ", ".join(
        f"{s.id} ({', '.join(s.suffixes)})" for s in catalogue().sources.values() if s.suffixes
    )


def test_a_named_source_wins_over_no_other_ending(form: Form) -> None:
    assert told(check(form("Abay Region.xlsx"), source="published")) == [("F004", "Abay Region.xlsx")]


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read every file")
def test_a_file_that_may_not_be_read_is_a_situation(form: Form) -> None:
    path = form("Abay Region.xlsx")
    path.chmod(0)
    with pytest.raises(StorageFailed) as raised:
        check(path)
    assert raised.value.values["path"] == str(path)


def test_a_name_that_no_file_can_have_is_a_situation(tmp_path: Path) -> None:
    with pytest.raises(StorageFailed):
        check(tmp_path / f"{'x' * 300}.xlsx")


def test_a_name_in_letters_of_another_encoding_is_spelled_out(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"\xc0\xe1\xe0\xe9.csv")
    write_published(path, [published_row(OFFENCES, ABAI, "2022", 1)])
    checked = check(path)
    assert (told(checked), [file.name for file in checked.files]) == ([], [r"\udcc0\udce1\udce0\udce9.csv"])


def test_one_faulty_file_does_not_hide_the_faults_of_another(tmp_path: Path, form: Form) -> None:
    (tmp_path / "Akmola Region.xlsx").touch()
    truncated = form("Astana.xlsx")
    truncated.write_bytes(truncated.read_bytes()[:5000])
    checked = check(tmp_path / "Akmola Region.xlsx", truncated, form("Abay Region.xlsx"), tmp_path / "gone.csv")
    assert told(checked) == [("F002", "Akmola Region.xlsx"), ("F003", "Astana.xlsx"), ("F001", "gone.csv")]
    assert areas_of(checked) == {"Abay Region.xlsx": {ABAI}}


# --- area


def test_every_region_is_known_by_the_name_the_police_give_its_file(full_set: dict[str, tuple[Path, int]]) -> None:
    checked = check(*(path for path, _ in full_set.values()))
    assert areas_of(checked) == {name: {area} for area, name in POLICE_NAMES.items()}
    assert told(checked) == [("A007", "Almaty.XLSX")]
    assert not checked.stopped


def test_a_name_that_fits_two_regions_means_what_the_source_is_declared_to_mean_and_it_is_said_so(form: Form) -> None:
    checked = check(form("Almaty.XLSX", 1), form("Almaty Region.XLSX", 2))
    (note,) = checked.problems
    assert note == Problem("A007", "Almaty.XLSX", found="Almaty", candidates=(ALMATY,), severity=Severity.NOTE)
    assert areas_of(checked) == {"Almaty.XLSX": {ALMATY}, "Almaty Region.XLSX": {ALMATY_REGION}}


def test_a_name_that_fits_two_regions_and_is_not_declared_is_refused_with_both(form: Form) -> None:
    checked = check(form("Алматы.XLSX"))
    (problem,) = checked.problems
    assert problem.code == "A003"
    assert {ALMATY, ALMATY_REGION} <= set(problem.candidates)
    assert checked.files == ()


def test_what_a_form_holds_beyond_the_declared_tables_is_told(form: Form) -> None:
    checked = check(form("Akmola Region.xlsx"), period="2022-01..2022-10")
    (note,) = checked.problems
    assert (note.code, note.severity) == ("V010", Severity.NOTE)
    assert note.found == "2022-01..2022-10: offences_against_minors type, child_victims age, minors_held_liable age"
    assert len(checked.files) == 1


def test_a_form_whose_name_tells_no_region_is_refused(form: Form) -> None:
    checked = check(form("1-M final.xlsx"))
    assert [(p.code, p.file, p.found) for p in checked.problems] == [("A001", "1-M final.xlsx", "1-M final")]
    assert checked.files == ()


def test_area_names_the_region_where_the_file_name_does_not(form: Form) -> None:
    assert areas_of(check(form("1-M final.xlsx"), area=ABAI)) == {"1-M final.xlsx": {ABAI}}


def test_area_settles_a_name_that_fits_two_regions(form: Form) -> None:
    checked = check(form("Almaty.xlsx"), area=ALMATY)
    assert (areas_of(checked), checked.problems) == ({"Almaty.xlsx": {ALMATY}}, ())


@pytest.mark.parametrize("name", ["Astana", "Almaty"])
def test_area_and_a_file_name_that_speaks_of_another_region_are_refused(form: Form, name: str) -> None:
    checked = check(form(f"{name}.xlsx"), area=ABAI)
    assert checked.problems == (Problem("A005", f"{name}.xlsx", found=name, expected=ABAI),)
    assert checked.files == ()


@pytest.mark.parametrize(
    ("area", "code"),
    [("711110000", "A006"), ("000000000", "A006"), ("100000000-R", "A006"), ("999999999", "A002"), ("Narnia", "A002")],
)
def test_an_area_that_is_no_region_is_told_once_with_the_level_that_reports(form: Form, area: str, code: str) -> None:
    checked = check(form("one.xlsx", 1), form("two.xlsx", 2), area=area)
    assert [(p.code, p.file, p.found, p.expected) for p in checked.problems] == [(code, "", area, "region")]
    assert checked.files == ()


def test_area_given_for_several_forms_is_the_same_region_twice(form: Form) -> None:
    checked = check(form("one.xlsx", 1), form("two.xlsx", 2), form("three.xlsx", 3), area=ABAI)
    assert [(p.code, p.file, p.found, p.candidates) for p in checked.problems] == [
        ("K002", "one.xlsx", "one.xlsx, two.xlsx", (ABAI,)),
        ("K002", "one.xlsx", "one.xlsx, three.xlsx", (ABAI,)),
        ("K002", "two.xlsx", "one.xlsx, two.xlsx", (ABAI,)),
        ("K002", "three.xlsx", "one.xlsx, three.xlsx", (ABAI,)),
    ]


# --- period


def test_a_missing_period_is_one_fault_of_the_call(form: Form) -> None:
    one, other = form("Abay Region.xlsx", 1), form("Astana.xlsx", 2)
    assert told(check(one, period=None)) == [("P001", "Abay Region.xlsx")]
    assert told(check(one, other, period=None)) == [("P001", "")]
    assert check(one, other, period=None).files == ()


@pytest.mark.parametrize(
    "period", ["", "last year", "2022-13", "22", "2022-10", "2022-Q3", "2022/23", "2024-09..2025-02"]
)
def test_a_period_that_is_none_or_not_of_this_form_tells_how_it_is_written(form: Form, period: str) -> None:
    checked = check(form("Abay Region.xlsx"), period=period)
    assert checked.problems == (Problem("P002", found=period, expected="2022, 2025-01..2025-10"),)


def test_a_year_that_has_not_ended_is_in_the_future(form: Form) -> None:
    this_year = str(date.today().year)
    (problem,) = check(form("Abay Region.xlsx"), period=this_year).problems
    assert (problem.code, problem.found) == ("P004", this_year)
    assert problem.expected == f"≤ {date.today().isoformat()}"


def test_the_months_until_yesterday_are_not_in_the_future(form: Form) -> None:
    end = date.today() - timedelta(days=1)
    start = date(end.year, 1, 1)
    if end <= start:
        end, start = start - timedelta(days=1), date(start.year - 1, 1, 1)
    assert not check(form("Astana.xlsx"), period=f"{start:%Y-%m}..{end.isoformat()}").stopped


@pytest.mark.parametrize("period", ["2021", "2022-01..2022-05"])
@pytest.mark.parametrize("area", [None, ABAI])
def test_a_region_founded_later_is_told_with_its_day(form: Form, period: str, area: str | None) -> None:
    (problem,) = check(form("Abay Region.xlsx"), period=period, area=area).problems
    assert (problem.code, problem.found, problem.expected) == ("P003", period, "≥ 2022-06-08")
    assert problem.candidates == (ABAI,)


def test_the_year_of_its_founding_is_no_fault(form: Form) -> None:
    assert check(form("Abay Region.xlsx"), period="2022").problems == ()


def test_faults_of_the_layout_are_told_even_without_area_and_period(form: Form) -> None:
    path = form("nobody.xlsx")
    book = load_workbook(path)
    book["R2"]["G6"] = "много"
    book.save(path)
    assert [problem.code for problem in check(path, period=None).problems] == ["P001", "A001", "V001"]


# --- repetitions


@pytest.mark.parametrize("period", ["2022", None])
@pytest.mark.parametrize("names", [("Abay Region", "Astana"), ("Abay Region", "nobody"), ("Abay Region", "Abay copy")])
def test_the_same_bytes_under_another_name_are_one_fault_of_the_later_file(
    form: Form, names: tuple[str, str], period: str | None
) -> None:
    checked = check(*(form(f"{name}.xlsx") for name in names), period=period)
    of_files = [problem for problem in checked.problems if problem.code != "P001"]
    assert of_files == [Problem("K001", f"{names[1]}.xlsx", found="Abay Region.xlsx")]


def test_a_third_copy_is_told_too(form: Form) -> None:
    checked = check(*(form(f"{name}.xlsx") for name in ("Abay Region", "Astana", "Akmola Region")))
    assert told(checked) == [("K001", "Astana.xlsx"), ("K001", "Akmola Region.xlsx")]


def test_the_same_path_twice_is_the_same_file_twice(form: Form) -> None:
    path = form("Abay Region.xlsx")
    assert check(path, path).problems == (Problem("K001", "Abay Region.xlsx", found="Abay Region.xlsx"),)


def test_a_copy_in_another_folder_is_named_with_its_folder(tmp_path: Path, form: Form) -> None:
    first = form("Abay Region.xlsx")
    (tmp_path / "old").mkdir()
    second = shutil.copy(first, tmp_path / "old")
    (problem,) = check(first, Path(second)).problems
    assert (problem.code, problem.found) == ("K001", str(first))


def test_files_of_one_shown_name_are_numbered_and_the_faults_of_one_do_not_refuse_the_other(tmp_path: Path) -> None:
    good, bad, third = (tmp_path / name for name in ("a_202511200930.csv", "a_202511210915.csv", "a_202511220915.csv"))
    write_published(good, [published_row(OFFENCES, ABAI, "2022", 1)])
    write_published(third, [published_row(OFFENCES, AKMOLA, "2022", 1)])
    bad.write_text("nothing of the kind")
    checked = check(good, bad, third, period=None)
    assert areas_of(checked) == {"a_************.csv": {ABAI}, "a_************ (3).csv": {AKMOLA}}
    assert {file for _, file in told(checked)} == {"a_************ (2).csv"}


def test_a_number_given_to_a_shown_name_is_the_name_of_no_other_file(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("one/a.csv", "two/a.csv", "a (2).csv", "one/a.csv")]
    assert list(shown_names(paths).values()) == ["a.csv", "a (3).csv", "a (2).csv"]


@pytest.mark.parametrize("layout", ["form", "table", "return"])
def test_a_file_that_changed_after_the_look_for_personal_data_is_not_read_as_looked_at(
    tmp_path: Path, form: Form, monkeypatch: pytest.MonkeyPatch, layout: str
) -> None:
    path = form("Astana.xlsx") if layout == "form" else tmp_path / "a.csv"
    if layout == "table":
        write_published(path, [published_row(OFFENCES, ABAI, "2022", 1)])
    if layout == "return":
        write_table(path, [return_row()])
    content, status = path.read_bytes(), path.stat()

    def late(looked_at: Path, **options: bool) -> list[Problem]:
        found = person_level(looked_at, **options)
        path.write_bytes(content)
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))  # as a copy with the times of its source
        return found

    monkeypatch.setattr("etl.intake.person_level", late)
    with pytest.raises(StorageFailed) as raised:
        check(path)
    assert raised.value.values == {"path": path.name, "detail": "changed while it was read"}


@pytest.mark.parametrize("is_known", [True, False])
def test_every_line_of_a_long_text_is_looked_at_that_no_database_looks_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_known: bool
) -> None:
    monkeypatch.setattr("etl.privacy.look._LONG", 1_000)
    monkeypatch.setattr("etl.privacy.look._LINES", 3)
    path = tmp_path / "a.csv"
    rows = [published_row(OFFENCES, ABAI, str(year), 1) for year in range(2015, 2022)]
    write_published(path, [*rows, published_row(OFFENCES, ABAI, "2022", 1, note="ИИН 061211600012")])
    if not is_known:
        path.write_text(path.read_text(encoding="utf-8").replace("indicator", "other", 1), encoding="utf-8")
    assert person_level(path) == []
    checked = check(path, period=None)
    assert (checked.files, {(p.code, p.row) for p in checked.problems}) == ((), {("S001", 9), ("S002", 9)})


def test_copies_of_a_file_with_a_fault_repeat_no_fault(form: Form) -> None:
    path = form("Abay Region.xlsx")
    book = load_workbook(path)
    del book["R6"]
    book.save(path)
    copy = path.with_name("Astana.xlsx")
    shutil.copyfile(path, copy)
    assert told(check(path, copy)) == [("L001", "Abay Region.xlsx"), ("K001", "Astana.xlsx")]


def test_two_different_files_of_one_region_name_both(form: Form) -> None:
    checked = check(form("Abay Region.xlsx", 1), form("Abai oblysy.xlsx", 2))
    assert [(p.code, p.file, p.found) for p in checked.problems] == [
        ("K002", name, "Abay Region.xlsx, Abai oblysy.xlsx") for name in ("Abay Region.xlsx", "Abai oblysy.xlsx")
    ]
    assert checked.problems[0].candidates == (ABAI,)
    assert checked.files == ()


def test_the_same_figure_in_two_rows_shows_both(tmp_path: Path) -> None:
    rows = [published_row(OFFENCES, ABAI, "2022", value) for value in (38, 39)]
    (problem,) = check(write_published(tmp_path / "f.csv", rows)).problems
    place = ("K003", "f.csv", "", 3, "value")
    assert problem == Problem(*place, found="2: 38, 3: 39", expected=f"{OFFENCES} 2022", candidates=(ABAI,))


def test_rows_that_differ_in_one_part_of_their_key_are_no_repetition(tmp_path: Path) -> None:
    rows = [
        published_row(OFFENCES, ABAI, "2022", 38),
        published_row(OFFENCES, ABAI, "2023", 38),
        published_row(OFFENCES, AKMOLA, "2022", 38),
        published_row(OFFENCES, ABAI, "2022", 38, breakdown="type", category="crime"),
        published_row("child_victims", ABAI, "2022", 38),
    ]
    assert not stops(check(write_published(tmp_path / "f.csv", rows)))


def test_the_same_figures_in_two_tables_are_told_once_at_each_file(tmp_path: Path) -> None:
    years = ("2021", "2022", "2023")
    one = write_published(tmp_path / "one.csv", [published_row(OFFENCES, AKMOLA, year, 1) for year in years])
    other = write_published(tmp_path / "other.csv", [published_row(OFFENCES, AKMOLA, year, 2) for year in years])
    checked = check(one, other)
    assert [(p.code, p.file, p.row, p.found) for p in checked.problems] == [
        ("K002", "one.csv", 2, "other.csv 2: 1, 2: 2"),
        ("K002", "other.csv", 2, "one.csv 2: 1, 2: 2"),
    ]
    assert checked.files == ()


# --- published figures that go nowhere


@pytest.mark.parametrize("indicator", [OFFENCES, "suicides_minors"])
def test_a_figure_of_a_district_is_part_of_the_sums_above_it(tmp_path: Path, indicator: str) -> None:
    path = write_published(tmp_path / "f.csv", [published_row(indicator, "711110000", "2022", 5)])
    assert check(path).problems == ()


def test_a_figure_above_every_table_of_its_indicator_tells_the_levels_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(declared, "_tables", lambda: {OFFENCES: {("region", "year", "all")}})
    path = write_published(tmp_path / "f.csv", [published_row(OFFENCES, "000000000", "2022", 5)])
    (problem,) = check(path).problems
    assert (problem.code, problem.row, problem.column) == ("A006", 2, "area")
    assert (problem.found, problem.expected) == ("000000000", "region")


def test_a_figure_of_a_period_that_no_table_has_tells_which_there_are(tmp_path: Path) -> None:
    path = write_published(tmp_path / "f.csv", [published_row("children_0_17", AKMOLA, "2022-10", 5)])
    (problem,) = check(path).problems
    assert (problem.code, problem.row, problem.column, problem.found) == ("P002", 2, "period", "2022-10")
    assert problem.expected == "2022"


def test_a_figure_of_a_breakdown_that_is_not_shown_for_its_period_is_told(tmp_path: Path) -> None:
    row = published_row("minors_held_liable", AKMOLA, "2025-01..2025-06", 5, breakdown="age", category="14-15")
    (problem,) = check(write_published(tmp_path / "f.csv", [row])).problems
    assert (problem.code, problem.column, problem.found, problem.expected) == ("V007", "breakdown", "age", "all")


def test_a_table_without_figures_is_empty(tmp_path: Path) -> None:
    assert check(write_published(tmp_path / "f.csv", [])).problems == (Problem("F002", "f.csv"),)


# --- calls that name what is not there


def test_files_and_forms_are_read_in_one_call(tmp_path: Path, form: Form) -> None:
    table = write_published(tmp_path / "f.csv", [published_row("children_0_17", AKMOLA, "2022", 5)])
    checked = check(table, form("Abay Region.xlsx"))
    assert areas_of(checked) == {"f.csv": {AKMOLA}, "Abay Region.xlsx": {ABAI}}


def test_an_unknown_source_is_wrong_usage(form: Form) -> None:
    with pytest.raises(WrongUsage):
        check(form("Abay Region.xlsx"), source="form_2x")


# --- returns, which tell their own region and month


def test_a_return_needs_neither_area_nor_period(tmp_path: Path) -> None:
    checked = check(write_good(tmp_path / "r.xlsx", source=RETURN), period=None)
    assert not stops(checked)
    (areas_told,) = areas_of(checked).values()
    assert {ULYTAU_REMAINDER} < areas_told


def test_a_return_may_be_given_with_the_region_and_the_month_it_tells(tmp_path: Path) -> None:
    path = write_good(tmp_path / "r.xlsx", source=RETURN)
    assert not stops(check(path, area=ULYTAU, period="2025-10"))


def test_a_return_that_tells_another_region_or_month_than_the_call_is_refused(tmp_path: Path) -> None:
    path = write_good(tmp_path / "r.xlsx", source=RETURN)
    checked = check(path, area=ABAI, period="2025-09")
    assert [(p.code, p.file, p.found, p.expected) for p in checked.problems] == [
        ("A005", "r.xlsx", ULYTAU, ABAI),
        ("P005", "r.xlsx", "2025-10", "2025-09"),
    ]
    assert checked.files == ()


def test_an_area_of_the_call_that_is_none_is_told_once_for_forms_and_returns(tmp_path: Path, form: Form) -> None:
    checked = check(form("one.xlsx"), write_good(tmp_path / "r.xlsx", source=RETURN), area="Narnia", period=None)
    assert [(p.code, p.found) for p in checked.problems if p.code == "A002"] == [("A002", "Narnia")]


def test_a_return_as_a_workbook_and_as_a_table_repeat_each_other(tmp_path: Path) -> None:
    workbook = write_good(tmp_path / "r.xlsx", source=RETURN)
    table = write_table(tmp_path / "r.csv", [return_row(area=ULYTAU_REMAINDER, invented="")])
    first, second = stops(check(workbook, table, period=None))
    assert (first.code, first.file) == ("K002", "r.xlsx")
    assert (second.code, second.file, second.row) == ("K002", "r.csv", 2)
    assert second.found.startswith("r.xlsx ")


def test_a_faulty_file_still_tells_what_a_later_one_repeats(tmp_path: Path) -> None:
    faulty = write_table(tmp_path / "a.csv", [return_row(), return_row(value="x", period="2025-09")])
    later = write_table(tmp_path / "b.csv", [return_row()])
    assert told(check(faulty, later, period=None)) == [("V001", "a.csv"), ("K002", "a.csv"), ("K002", "b.csv")]


def test_an_invented_return_beside_a_real_one_repeats_nothing(tmp_path: Path) -> None:
    paths = [write_table(tmp_path / f"{kind}.csv", [return_row(invented=kind)]) for kind in ("true", "false")]
    assert check(*paths, period=None).problems == ()


def test_faults_of_a_published_table_are_listed_up_to_a_number(tmp_path: Path) -> None:
    rows = [{**published_row(OFFENCES, ABAI, "2022", 1), "value": "x"} for _ in range(MOST_LISTED + 5)]
    problems = check(write_published(tmp_path / "f.csv", rows)).problems
    assert [p.code for p in problems] == [*["V001"] * MOST_LISTED, "F008"]
    assert (problems[-1].file, problems[-1].found) == ("f.csv", "V001: 5")


@pytest.mark.real
def test_a_real_workbook_gives_the_same_figures_with_all_its_sheets_read(shared_file: Callable[[str], Path]) -> None:
    path = shared_file("real/form_1m_2022/Abay Region.XLSX")
    checked = check(path)
    assert checked.problems == ()
    raw = read_workbook(path, sheets=["R1"])
    assert not isinstance(raw, list)
    query = "SELECT line, column_name FROM staged JOIN origins USING (origin) WHERE indicator = ? AND breakdown = 'all'"
    ((line, column),) = checked.staging.connection.execute(query, [OFFENCES]).fetchall()
    assert raw.sheets["R1"].rows[line - 1][ord(column) - ord("A")] == "38"
