"""Bad files of the rules V up to V021: numbers that are none, and numbers that do not agree inside one row."""

from etl.return_workbook import FIRST_ROW
from tests.etl.faulty.bench import FORM, SUMMER_RETURN, Bench, Case, case, faulty, sound_units
from tests.etl.form_workbook import write_form
from tests.etl.long_returns import return_row
from tests.etl.published import published_row, write_published
from tests.etl.returns import CITY, ULYTAU, put

OFFENCES, AKMOLA = "offences_against_minors", "110000000"


@faulty("V001", "a remark was written beside the number")
def remark_in_the_cell(bench: Bench) -> Case:
    return case(bench.table(return_row(value="12 (из них 2 повторно)")), at=(2, "value"))


@faulty("V002", "a correction was sent as the difference")
def difference_in_place_of_a_number(bench: Bench) -> Case:
    return case(bench.table(return_row(value="-1")), at=(2, "value"))


@faulty("V003", "the cell was left empty where nothing happened")
def empty_for_zero(bench: Bench) -> Case:
    return case(bench.table(return_row(value="")), at=(2, "value"))


@faulty("V004", "two digits of a part changed places")
def part_above_its_total(bench: Bench) -> Case:
    write_form(bench.folder / FORM, {(OFFENCES, "all", "all"): 38, (OFFENCES, "type", "crime"): 83})
    return case(bench.folder / FORM, period="2022", at=(8, "I"))


@faulty("V005", "a case was added to a part and not to the total")
def parts_beside_their_total(bench: Bench) -> Case:
    figures = {(OFFENCES, "all", "all"): 38, (OFFENCES, "type", "crime"): 30, (OFFENCES, "type", "misdemeanour"): 7}
    write_form(bench.folder / FORM, figures)
    return case(bench.folder / FORM, period="2022", at=(6, "I"))


@faulty("V006", "the id of the figure was made up")
def made_up_figure(bench: Bench) -> Case:
    return case(bench.table(return_row(indicator="violence_total")), at=(2, "indicator"))


@faulty("V007", "a category of another breakdown was given")
def category_of_another_breakdown(bench: Bench) -> Case:
    return case(bench.table(return_row(breakdown="type", category="home")), at=(2, "category"))


@faulty("V008", "thousands of people were given for people")
def thousands_for_people(bench: Bench) -> Case:
    row = published_row("children_0_17", AKMOLA, "2022", 240, unit="thousand children")
    return case(write_published(bench.folder / "figures.csv", [row]), at=(2, "unit"))


@faulty("V009", "nobody wrote down where the figure was published")
def figure_without_publication(bench: Bench) -> Case:
    row = published_row(OFFENCES, AKMOLA, "2022", 38, publication="")
    return case(write_published(bench.folder / "figures.csv", [row]), at=(2, "publication"))


@faulty("V010", "the form of ten months holds breakdowns that are published by years only")
def form_of_ten_months(bench: Bench) -> Case:
    return case(bench.form(), period="2022-01..2022-10")


@faulty("V011", "colleges answered too and were counted as schools")
def more_answers_than_schools(bench: Bench) -> Case:
    return case(bench.table(return_row(units_expected="40", units_reported="42")), at=(2, "units_reported"))


@faulty("V012", "lessons were counted in July")
def lessons_in_july(bench: Bench) -> Case:
    change = put("schools", CITY, {"lessons_due": 0})
    return case(bench.return_book(change, of=SUMMER_RETURN, name=SUMMER_RETURN), at=(FIRST_ROW, "G"))


@faulty("V013", "zeros were written for a district whose schools did not answer")
def zeros_of_silent_schools(bench: Bench) -> Case:
    silent = put("registers", CITY, {"units_reported": 0})
    total = sum(reported for area, (_, reported) in sound_units().items() if area != CITY)
    return case(bench.return_book(silent, put("registers", ULYTAU, {"units_reported": total})), at=(FIRST_ROW, "E"))


@faulty("V014", "a number was written beside the mark that there is none")
def number_beside_its_mark(bench: Bench) -> Case:
    return case(bench.table(return_row(status="not_reported")), at=(2, "value"))
