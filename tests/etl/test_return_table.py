"""A return with one figure a row: sound rows are staged, and every fault is told by its row and column."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from etl.intake import Call, check_files
from etl.listing import MOST_LISTED
from etl.privacy import look
from etl.staging import Checked
from etl.tidy.return_keys import area_on, feeds_of
from geo.areas import areas, resolve
from riskmap.domain.errors import Problem
from riskmap.domain.registry import indicators
from riskmap.domain.vocabulary import month_end
from tests.etl.long_returns import CASES, COLUMNS, DISTRICT, REMAINDER, RETURN, return_row, write_table

Told = list[tuple[str, int | None, str, str]]


def check(path: Path) -> Checked:
    return check_files([path], Call())


def told(checked: Checked) -> Told:
    return [(p.code, p.row, p.column, p.found) for p in checked.problems]


def staged(checked: Checked, *columns: str) -> list[tuple[Any, ...]]:
    query = f"SELECT {', '.join(columns)} FROM staged JOIN origins USING (origin) ORDER BY line"
    return checked.staging.connection.execute(query).fetchall()


def faults_of(tmp_path: Path, **changes: str) -> Told:
    """Faults of a file whose second row is changed; the first and the last are sound."""
    rows = [return_row(area="710000000"), return_row(**changes), return_row(period="2025-11")]
    checked = check(write_table(tmp_path / "r.csv", rows))
    assert all(problem.file == "r.csv" for problem in checked.problems)
    assert checked.files == () if checked.stopped else len(checked.files) == 1
    return told(checked)


def test_a_row_becomes_a_figure_with_its_place(tmp_path: Path) -> None:
    row = return_row(breakdown="type", category="physical", value="0")
    checked = check(write_table(tmp_path / "r.csv", [return_row(), row]))
    assert checked.problems == ()
    place = staged(checked, "line", "column_name", "sheet", "publication", "publication_date")
    assert place == [(2, "value", "", "", None), (3, "value", "", "", None)]
    key = staged(checked, "indicator", "area", "grain", "period_start", "period_end")
    assert key == [(CASES, DISTRICT, "month", date(2025, 10, 1), date(2025, 10, 31))] * 2
    assert staged(checked, "breakdown", "category", "numerator", "status", "provisional", "invented") == [
        ("all", "all", 12.0, "value", False, True),
        ("type", "physical", 0.0, "value", False, True),
    ]
    assert staged(checked, "units_expected", "units_reported") == [(40, 38), (40, 38)]
    assert (checked.figures, checked.files[0].figures) == (2, 2)


@pytest.mark.parametrize(
    "changes",
    [
        {"breakdown": "all", "category": "all"},
        {"status": "value"},
        {"area": REMAINDER},
        {"area": "710000000"},
        {"units_expected": "", "units_reported": ""},
        {"units_reported": ""},
        {"units_expected": "40", "units_reported": "40"},
        {"value": "007"},
        {"value": " 12 ", "area": f" {DISTRICT}", "indicator": f"{CASES} ", "period": " 2025-10", "invented": " TRUE"},
        {"period": "2025-07", "indicator": "police_register"},
        {"period": "2024", "indicator": "children_0_17"},
        {"status": "not_applicable", "value": "", "period": "2025-07"},
    ],
)
def test_what_may_be_written_in_other_ways(tmp_path: Path, changes: dict[str, str]) -> None:
    checked = check(write_table(tmp_path / "r.csv", [return_row(**changes)]))
    assert (told(checked), checked.figures) == ([], 1)


@pytest.mark.parametrize("status", ["not_reported", "not_applicable"])
def test_a_figure_that_is_marked_has_no_number(tmp_path: Path, status: str) -> None:
    checked = check(write_table(tmp_path / "r.csv", [return_row(status=status, value="")]))
    assert checked.problems == ()
    assert staged(checked, "numerator", "status") == [(None, status)]


FAULTS = [
    ({"area": ""}, [("A001", "area", "")]),
    ({"area": "Astana"}, [("A009", "area", "Astana")]),
    ({"area": "7111"}, [("A009", "area", "7111")]),
    ({"area": "999999999"}, [("A002", "area", "999999999")]),
    ({"area": "100000000", "period": "2022-05"}, [("A004", "area", "100000000")]),
    ({"area": "514400000"}, [("A004", "area", "514400000")]),
    ({"period": ""}, [("P001", "period", "")]),
    ({"period": "October"}, [("P002", "period", "October")]),
    ({"period": "2025-13"}, [("P002", "period", "2025-13")]),
    ({"period": "2025-Q3"}, [("P002", "period", "2025-Q3")]),
    ({"period": "2024"}, [("P002", "period", "2024")]),
    ({"period": "2098-10"}, [("P004", "period", "2098-10")]),
    ({"period": "2025-07"}, [("V012", "value", "12")]),
    ({"period": "2025-07", "status": "not_reported", "value": ""}, [("V012", "value", "")]),
    ({"indicator": "violence"}, [("V006", "indicator", "violence")]),
    ({"indicator": "bullying_survey_share"}, [("V006", "indicator", "bullying_survey_share")]),
    ({"breakdown": "colour"}, [("V007", "category", "colour")]),
    ({"breakdown": "type", "category": "theft"}, [("V007", "category", "type theft")]),
    ({"breakdown": "type"}, [("V007", "category", "type")]),
    ({"value": ""}, [("V003", "value", "")]),
    ({"value": "twelve"}, [("V001", "value", "twelve")]),
    ({"value": "12.5"}, [("V001", "value", "12.5")]),
    ({"value": "1e3"}, [("V001", "value", "1e3")]),
    ({"value": "1_000"}, [("V001", "value", "1_000")]),
    ({"value": "٣"}, [("V001", "value", "٣")]),
    ({"value": "1234567890123456"}, [("V001", "value", "1234567890123456")]),
    ({"value": "-5"}, [("V002", "value", "-5")]),
    ({"value": "5", "status": "not_reported"}, [("V014", "value", "5")]),
    ({"value": "0", "status": "not_applicable"}, [("V014", "value", "0")]),
    ({"status": "unknown"}, [("V009", "status", "unknown")]),
    ({"invented": "yes"}, [("V009", "invented", "yes")]),
    ({"units_reported": "41"}, [("V011", "units_reported", "41")]),
    ({"units_expected": ""}, [("V003", "units_expected", "")]),
    ({"units_expected": "-1"}, [("V002", "units_expected", "-1")]),
    ({"units_reported": "3.5"}, [("V001", "units_reported", "3.5")]),
    (
        {"area": "x", "period": "y", "value": "z"},
        [("A009", "area", "x"), ("P002", "period", "y"), ("V001", "value", "z")],
    ),
]


@pytest.mark.parametrize(("changes", "expected"), FAULTS)
def test_every_fault_of_a_row_is_told_at_its_column(
    tmp_path: Path, changes: dict[str, str], expected: list[tuple[str, str, str]]
) -> None:
    assert faults_of(tmp_path, **changes) == [(code, 3, column, found) for code, column, found in expected]


def test_a_fault_tells_what_was_expected_and_which_areas_may_be_meant(tmp_path: Path) -> None:
    rows = [
        return_row(area="Abay Region", period="2021-10"),
        return_row(area="100000000", period="2022-05"),
        return_row(breakdown="type", category="theft"),
        return_row(period="2024"),
        return_row(status="?"),
        return_row(units_reported="41"),
    ]
    checked = check(write_table(tmp_path / "r.csv", rows))
    shown = {p.row: (p.code, p.expected, p.candidates) for p in checked.problems}
    assert shown[3] == ("A004", "2022-06-08/..", ("630000000",))
    assert shown[4] == ("V007", "physical, psychological, sexual, exploitation, cyberbullying, neglect", ())
    assert shown[5] == ("P002", "2025-10", ())
    assert shown[6] == ("V009", "value, not_reported, not_applicable", ())
    assert shown[7] == ("V011", "≤ 40", ())


def test_a_name_in_place_of_a_code_tells_the_code(tmp_path: Path) -> None:
    (problem,) = check(write_table(tmp_path / "r.csv", [return_row(area="Акмолинская область")])).problems
    assert (problem.code, problem.candidates) == ("A009", ("110000000",))


def test_a_code_of_another_time_means_the_area_of_that_time(tmp_path: Path) -> None:
    """The code of Konaev today was that of Taldykorgan before June 2022."""
    rows = [return_row(area="191000000", period=period) for period in ("2022-04", "2022-09")]
    assert staged(check(write_table(tmp_path / "r.csv", rows)), "area") == [("331000000",), ("191000000",)]


def test_the_short_way_to_an_area_leads_where_the_search_leads() -> None:
    days = [month_end(year, month) for year in (2018, 2022, 2025) for month in (1, 5, 6, 12)]
    assert all(area_on(code, day) == resolve(code, on=day) for code in areas() for day in days)


def test_only_what_names_this_source_can_be_sent() -> None:
    assert {key[0] for key in feeds_of(RETURN)} == {i.id for i in indicators() if RETURN.id in i.sources}


# --- repetitions and mixtures


def test_the_same_figure_in_two_rows_shows_both(tmp_path: Path) -> None:
    rows = [return_row(), return_row(period="2025-11"), return_row(value="13", breakdown="all", status="value")]
    (problem,) = check(write_table(tmp_path / "r.csv", rows)).problems
    place = ("K003", "r.csv", "", 4, "value")
    assert problem == Problem(*place, found="2: 12, 4: 13", expected=f"{CASES} 2025-10", candidates=(DISTRICT,))


def test_a_mark_and_a_number_for_one_figure_are_a_repetition(tmp_path: Path) -> None:
    rows = [return_row(), return_row(value="", status="not_reported")]
    (problem,) = check(write_table(tmp_path / "r.csv", rows)).problems
    assert (problem.code, problem.found) == ("K003", "2: 12, 3: not_reported")


def test_two_codes_of_one_area_are_a_repetition(tmp_path: Path) -> None:
    rows = [return_row(area="191000000", period="2022-04"), return_row(area="331000000", period="2022-04")]
    assert [p.code for p in check(write_table(tmp_path / "r.csv", rows)).problems] == ["K003"]


def test_a_file_is_invented_or_real_and_not_both(tmp_path: Path) -> None:
    rows = [return_row(), return_row(period="2025-11"), return_row(period="2025-09", invented="")]
    assert told(check(write_table(tmp_path / "r.csv", rows))) == [("F007", 4, "invented", "")]


def test_without_the_column_a_file_is_real(tmp_path: Path) -> None:
    checked = check(write_table(tmp_path / "r.csv", [return_row()], columns=RETURN.columns))
    assert (told(checked), staged(checked, "invented", "units_expected")) == ([], [(False, None)])


# --- the file


def test_columns_may_stand_in_any_order(tmp_path: Path) -> None:
    checked = check(write_table(tmp_path / "r.csv", [return_row()], columns=sorted(COLUMNS)))
    assert (told(checked), staged(checked, "numerator")) == ([], [(12.0,)])


def test_a_missing_an_unknown_and_a_repeated_column_are_told(tmp_path: Path) -> None:
    columns = [*RETURN.columns[:-1], "note", "area"]
    path = write_table(tmp_path / "r.csv", [{**return_row(), "note": "x"}], columns=columns)
    checked = check_files([path], Call(source=RETURN.id))
    faults = {(p.code, p.row, p.column) for p in checked.problems}
    assert faults == {("L008", 1, "status"), ("L007", 1, "note"), ("L007", 1, "area")}


def test_rows_are_counted_as_a_spreadsheet_counts_them(tmp_path: Path) -> None:
    """Empty lines count, and a line break inside quotes does not."""
    path = write_table(tmp_path / "r.csv", [])
    sound, faulty = (",".join(return_row(value=value).values()) for value in ("1", "x"))
    empty = "," * (len(COLUMNS) - 1)
    broken = sound.replace(CASES, '"violence\ncases"')
    path.write_text(path.read_text(encoding="utf-8") + f"\n{empty}\n{broken}\n{faulty}\n", encoding="utf-8")
    assert [(p.code, p.row) for p in check(path).problems] == [("V006", 4), ("V001", 5)]


@pytest.mark.parametrize("end", ["\r\n", "\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_line_ends_and_the_mark_of_a_spreadsheet_program_do_not_matter(tmp_path: Path, end: str, mark: bytes) -> None:
    path = write_table(tmp_path / "r.csv", [return_row(), return_row(value="x", period="2025-11")])
    path.write_bytes(mark + path.read_bytes().replace(b"\n", end.encode()))
    assert told(check(path)) == [("V001", 3, "value", "x")]


def test_a_row_with_another_number_of_cells_is_told_and_hides_no_other_fault(tmp_path: Path) -> None:
    path = write_table(tmp_path / "r.csv", [return_row(), return_row(value="x")])
    path.write_text(path.read_text(encoding="utf-8") + f"{DISTRICT},2025-10\n", encoding="utf-8")
    assert told(check(path)) == [("L007", 4, "", "2"), ("V001", 3, "value", "x")]


@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        (lambda content: content + "область".encode("cp1251"), "UnicodeDecodeError"),
        (lambda content: content + b'"never closed', "Error"),
    ],
)
def test_a_file_that_is_no_text_of_this_kind_is_one_fault(
    tmp_path: Path, spoil: Callable[[bytes], bytes], found: str
) -> None:
    path = write_table(tmp_path / "r.csv", [return_row()])
    path.write_bytes(spoil(path.read_bytes()))
    (problem,) = check(path).problems
    assert (problem.code, problem.expected, problem.found) == ("F003", "CSV, UTF-8", found)


def test_a_table_without_figures_is_empty(tmp_path: Path) -> None:
    assert check(write_table(tmp_path / "r.csv", [])).problems == (Problem("F002", "r.csv"),)


@pytest.mark.parametrize("name", ["o'hara.csv", "data [1].csv", "a*b.csv", "қала.CSV"])
def test_the_file_may_have_any_name(tmp_path: Path, name: str) -> None:
    checked = check(write_table(tmp_path / name, [return_row()]))
    assert (told(checked), checked.files[0].name) == ([], name)


def test_the_same_bytes_twice_are_told(tmp_path: Path) -> None:
    paths = [write_table(tmp_path / name, [return_row()]) for name in ("one.csv", "two.csv")]
    assert check_files(paths, Call()).problems == (Problem("K001", "two.csv", found="one.csv"),)


def test_the_same_figures_in_two_files_are_told_once_at_each(tmp_path: Path) -> None:
    rows = [return_row(period=f"2025-{month}") for month in ("09", "10", "11")]
    one = write_table(tmp_path / "one.csv", rows)
    two = write_table(tmp_path / "two.csv", [{**row, "value": "13"} for row in rows])
    problems = check_files([one, two], Call()).problems
    assert {(p.code, p.file) for p in problems} == {("K002", "one.csv"), ("K002", "two.csv")}
    (later,) = (p for p in problems if p.file == "two.csv")
    assert (later.row, later.found) == (2, "one.csv 2: 12, 2: 13")


# --- many faults


@pytest.mark.parametrize(
    ("number", "rest"), [(MOST_LISTED, []), (MOST_LISTED + 1, ["V001: 1"]), (5_000, ["V001: 4800"])]
)
def test_of_many_faults_the_first_are_listed_and_the_rest_is_counted(
    tmp_path: Path, number: int, rest: list[str]
) -> None:
    months = [f"{year}-{month:02d}" for year in range(2000, 2025) for month in (1, 2, 3, 4, 5, 9, 10, 11, 12)]
    districts = [area.id for area in areas().values() if area.parent == "110000000"]
    keys = [(area, month) for month in months for area in districts][:number]
    if number > len(keys):
        keys = [(DISTRICT, "2025-10")] * number
    rows = [return_row(area=area, period=month, value="x") for area, month in keys]
    problems = check(write_table(tmp_path / "r.csv", rows)).problems
    listed = [p for p in problems if p.code == "V001"]
    assert [p.row for p in listed] == list(range(2, 2 + min(number, MOST_LISTED)))
    assert [p.found for p in problems if p.code == "F008"] == rest


def test_many_repeated_rows_are_counted_too(tmp_path: Path) -> None:
    problems = check(write_table(tmp_path / "r.csv", [return_row()] * 1000)).problems
    assert [p.code for p in problems] == [*["K003"] * MOST_LISTED, "F008"]
    assert problems[-1].found == "K003: 799"


def test_a_column_of_other_things_is_no_reason_to_look_for_them_one_by_one(tmp_path: Path) -> None:
    rows = [return_row(area=f"school {number}", period=f"day {number}") for number in range(20_000)]
    codes = [p.code for p in check(write_table(tmp_path / "r.csv", rows)).problems]
    assert codes.count("A009") == codes.count("P002") == MOST_LISTED
    assert codes.count("F008") == 2


# --- data on single persons


@pytest.mark.parametrize(
    ("changes", "code", "column"),
    [
        ({"category": "061211600012"}, "S002", "E"),
        ({"value": "061211600012"}, "S002", "F"),
        ({"value": "61211600012"}, "S002", "F"),
        ({"area": "Фамилия, имя"}, "S001", "A"),
        ({"invented": "061211 600 012"}, "S002", "J"),
    ],
)
def test_data_on_a_person_refuses_the_file_and_is_not_repeated(
    tmp_path: Path, changes: dict[str, str], code: str, column: str
) -> None:
    quoted = {name: f'"{text}"' for name, text in changes.items()}
    path = write_table(tmp_path / "r.csv", [return_row(), return_row(**quoted), return_row(value="x")])
    assert told(check(path)) == [(code, 3, column, str(path.stat().st_size))]


def test_a_person_below_the_lines_that_are_looked_at_first_is_found_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(look, "_LONG", 10)
    monkeypatch.setattr(look, "_LINES", 2)
    path = write_table(tmp_path / "r.csv", [return_row(), return_row(), return_row(category="061211600012")])
    assert told(check(path)) == [("S002", 4, "category", "")]


@pytest.mark.parametrize("heading", ["ИИН", "surname"])
def test_a_heading_that_asks_for_a_person_refuses_the_file(tmp_path: Path, heading: str) -> None:
    path = write_table(tmp_path / "r.csv", [{**return_row(), heading: "x"}], columns=[*COLUMNS, heading])
    (problem,) = check(path).problems
    assert (problem.code, problem.row) == ("S001", 1)


def test_a_file_name_with_the_number_of_a_person_refuses_the_file(tmp_path: Path) -> None:
    (problem,) = check(write_table(tmp_path / "061211600012.csv", [return_row()])).problems
    assert (problem.code, problem.file) == ("S002", "************.csv")


# --- Parquet


def write_parquet(path: Path, query: str) -> Path:
    with duckdb.connect() as connection:
        connection.sql(query).write_parquet(str(path))
    return path


ROW = f"'{DISTRICT}' AS area, '2025-10' AS period, '{CASES}' AS indicator, '' AS breakdown, NULL::VARCHAR AS category"


@pytest.mark.parametrize("value", ["12", "12::DOUBLE", "12::DECIMAL(9, 2)", "'12'", "12::UTINYINT"])
def test_a_parquet_file_may_hold_numbers_of_any_type(tmp_path: Path, value: str) -> None:
    query = f"SELECT {ROW}, {value} AS value, NULL AS status, 40.0::DOUBLE AS units_expected, true AS invented"
    checked = check(write_parquet(tmp_path / "r.parquet", query))
    assert told(checked) == []
    assert staged(checked, "numerator", "units_expected", "units_reported", "invented") == [(12.0, 40, None, True)]


def test_a_number_that_is_missing_from_a_column_of_decimals_is_an_empty_cell(tmp_path: Path) -> None:
    query = f"SELECT {ROW}, 'NaN'::DOUBLE AS value, 'not_reported' AS status"
    checked = check(write_parquet(tmp_path / "r.parquet", query))
    assert (told(checked), staged(checked, "numerator")) == ([], [(None,)])


def test_faults_of_a_parquet_file_are_told_by_the_number_of_the_row(tmp_path: Path) -> None:
    rows = f"SELECT {ROW}, 1.5 AS value, '' AS status UNION ALL SELECT {ROW}, 'Infinity'::DOUBLE, ''"
    checked = check(write_parquet(tmp_path / "r.parquet", rows))
    assert told(checked) == [("V001", 1, "value", "1.5"), ("V001", 2, "value", "inf")]


def test_a_parquet_file_of_another_table_tells_its_columns(tmp_path: Path) -> None:
    checked = check(write_parquet(tmp_path / "r.parquet", "SELECT 1 AS area, 2 AS surname_of_child"))
    assert [p.code for p in checked.problems] == ["S001"]
    checked = check(write_parquet(tmp_path / "s.parquet", "SELECT 1 AS area, 2 AS b"))
    assert {(p.code, p.column) for p in checked.problems} >= {("L008", "period"), ("L007", "b")}


def test_a_damaged_parquet_file_is_told(tmp_path: Path) -> None:
    path = write_parquet(tmp_path / "r.parquet", f"SELECT {ROW}, 1 AS value, '' AS status")
    path.write_bytes(path.read_bytes()[:-9])
    (problem,) = check(path).problems
    assert (problem.code, problem.expected) == ("F003", "Parquet")


def test_a_small_parquet_file_that_unpacks_to_endless_rows_is_refused(tmp_path: Path) -> None:
    query = f"SELECT {ROW}, 1 AS value, '' AS status FROM range(10000001)"
    (problem,) = check(write_parquet(tmp_path / "r.parquet", query)).problems
    assert (problem.code, problem.found, problem.expected) == ("F005", "10000001", "10000000")
