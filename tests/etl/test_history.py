"""Every revision of a cell, what was published of it, and what it was as known on a day."""

from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from etl.accepted import accept
from etl.history import CellName, as_known, is_summed, parts_of, periods_of, revisions_of, shown_of
from etl.intake import Call, check_files
from etl.journal import publications
from geo.areas import districts_of
from riskmap.domain.vocabulary import LANGUAGES, Period, parse_period
from riskmap.words import t
from tests.etl.conftest import Run
from tests.etl.folders import AKMOLA, OFFENCES, table
from tests.etl.long_returns import return_row, write_table
from tests.etl.records import figure, write_record

BULLYING, REGISTER = "bullying_cases", "in_school_register"


def period(code: str) -> Period:
    found = parse_period(code)
    assert found
    return found


def cell(name: str, area: str, code: str, by: str = "all:all") -> CellName:
    return CellName(name, area, period(code), *by.split(":"))


# --- received


@pytest.fixture
def sent_four_times(data_folder: Path, tmp_path: Path) -> list[str]:
    """Loads of one figure: a number, another by somebody else, an invented one, and the number withdrawn."""
    sent = [("12", "", "one", 1), ("14", "", "two", 5), ("99", "true", "one", 6), ("", "", "two", 9)]
    loads = []
    for value, invented, by, day in sent:
        row = return_row(value=value, invented=invented, status="" if value else "not_reported")
        checked = check_files([write_table(tmp_path / f"day {day}.csv", [row])], Call(past=False))
        assert not checked.stopped, checked.problems
        loads.append(accept(checked, received_by=by, moment=datetime(2026, 3, day, 9, 0)))
    return loads


def of_row() -> CellName:
    row = return_row()
    return cell(row["indicator"], row["area"], row["period"])


def test_every_figure_that_was_received_is_told_in_order(sent_four_times: list[str]) -> None:
    first, second, third, fourth = sent_four_times
    found = revisions_of(of_row())
    columns = ["load", "received_by", "file", "line", "status", "invented", "replaces", "counts"]
    assert found[columns].values.tolist() == [
        [first, "one", "day 1.csv", 2, "value", False, "", False],
        [second, "two", "day 5.csv", 2, "value", False, first, False],
        [third, "one", "day 6.csv", 2, "value", True, "", True],
        [fourth, "two", "day 9.csv", 2, "not_reported", False, second, True],
    ]
    assert found["numerator"].tolist()[:3] == [12, 14, 99]
    assert found["numerator"].isna().tolist() == [False, False, False, True]
    assert [moment.day for moment in found["received"]] == [1, 5, 6, 9]


def test_of_what_was_received_only_that_by_the_end_of_a_day_is_told(sent_four_times: list[str]) -> None:
    found = revisions_of(of_row(), date(2026, 3, 5))
    assert found[["numerator", "counts"]].values.tolist() == [[12.0, False], [14.0, True]]


def test_of_another_cell_nothing_is_told(sent_four_times: list[str]) -> None:
    own = of_row()
    others = [cell(OFFENCES, own.area, own.period.code), cell(own.indicator, AKMOLA, own.period.code)]
    others += [cell(own.indicator, own.area, "2024-02"), cell(own.indicator, own.area, str(own.period.start.year))]
    assert [len(revisions_of(other)) for other in others] == [0, 0, 0, 0]
    assert [span.code for span in periods_of(own.indicator)] == [own.period.code]


def test_before_the_first_load_there_is_nothing(data_folder: Path) -> None:
    asked = cell(OFFENCES, AKMOLA, "2022")
    assert (len(revisions_of(asked)), shown_of(asked), parts_of(asked).figures) == (0, [], 0)
    assert as_known(asked, date(2030, 1, 1)) is None


# --- parts


@pytest.fixture
def corrected_districts(data_folder: Path) -> list[str]:
    """Three months of the districts of a region: 2 each; then two of them otherwise, one the same, one withdrawn."""
    districts = [district.id for district in districts_of(AKMOLA)]
    months = ("2024-09", "2024-10", "2024-11")
    sent = {k: v for area in districts for code in months for k, v in figure(BULLYING, area, code, 2).items()}
    write_record(data_folder, sent, load="1", received=datetime(2024, 12, 8, 9))
    again = {
        **figure(BULLYING, districts[0], "2024-09", 5),
        **figure(BULLYING, districts[1], "2024-10", 2),
        **figure(BULLYING, districts[2], "2024-10", "not_reported"),
        **figure(REGISTER, districts[3], "2024-10", 7),
    }
    write_record(data_folder, again, load="2", received=datetime(2025, 1, 8, 9))
    write_record(data_folder, figure(BULLYING, districts[0], "2024-09", 6), load="3", received=datetime(2025, 2, 8, 9))
    return districts


def test_of_a_sum_it_is_told_how_its_parts_were_revised(corrected_districts: list[str]) -> None:
    first, _, third, *_ = corrected_districts
    parts = parts_of(cell(BULLYING, AKMOLA, "2024-Q4"))
    assert (parts.figures, len(parts.revised)) == (2 * len(corrected_districts), 1)
    parts = parts_of(cell(BULLYING, AKMOLA, "2024"))
    assert parts.figures == 3 * len(corrected_districts)
    told = parts.revised[["load", "area", "period_start", "status_before", "numerator_before", "status"]].to_numpy()
    assert [[*row[:2], row[2].month, *row[3:]] for row in told] == [
        ["2", first, 9, "value", 2, "value"],
        ["2", third, 10, "value", 2, "not_reported"],
        ["3", first, 9, "value", 5, "value"],
    ]
    assert parts.revised["numerator"].tolist()[::2] == [5, 6]


def test_a_district_by_year_is_the_sum_of_its_own_months(corrected_districts: list[str]) -> None:
    asked = cell(BULLYING, corrected_districts[0], "2024")
    assert is_summed(revisions_of(asked))
    parts = parts_of(asked)
    assert (parts.figures, parts.revised["load"].tolist()) == (3, ["2", "3"])
    month = cell(BULLYING, corrected_districts[0], "2024-09")
    assert not is_summed(revisions_of(month))
    assert parts_of(month).figures == 0


# --- as known on a day


@pytest.fixture
def late_regions(data_folder: Path, region_codes: list[str]) -> None:
    """Offences of 2023: of 17 regions 10 each by March, of another in May, and a correction of the first in June."""
    sent = [(region_codes[:17], 10, 3), (region_codes[17:18], 10, 5), (region_codes[:1], 30, 6)]
    for number, (areas, value, month) in enumerate(sent):
        figures = {key: told for area in areas for key, told in figure(OFFENCES, area, "2023", value).items()}
        write_record(data_folder, figures, load=str(number), received=datetime(2024, month, 1, 23, 59, 59))


KNOWN = {
    date(2024, 2, 29): None,
    date(2024, 3, 1): ("not_reported", None, 17),
    date(2024, 4, 30): ("not_reported", None, 17),
    date(2024, 5, 1): ("value", 180, 18),  # nine tenths of 20
    date(2024, 5, 31): ("value", 180, 18),
    date(2024, 6, 1): ("value", 200, 18),
}


@pytest.mark.parametrize("day", KNOWN)
def test_a_sum_is_told_as_it_was_known_at_the_end_of_a_day(late_regions: None, day: date) -> None:
    known = as_known(cell(OFFENCES, "000000000", "2023"), day)
    assert (known and (known["status"], known["numerator"], known["units_reported"])) == KNOWN[day]


def test_as_of_a_day_the_command_works_the_cell_out_anew(late_regions: None, run: Run, region_codes: list[str]) -> None:
    asked = asked_of(cell(OFFENCES, region_codes[0], "2023"))
    document = run(*asked, "--as-of", "2024-05-31", "--json").document
    assert (document["as_known"]["on"], document["as_known"]["cell"]["numerator"]) == ("2024-05-31", 10)
    assert len(document["received"]) == 2
    assert run(*asked, "--as-of", "2024-02-29", "--json").document["as_known"]["cell"] is None
    told = run(*asked, "--as-of", "2024-06-01", "--lang", "en").out.splitlines()
    assert told[-2:] == [t("history.as_known", "en", day="1 June 2024"), f"  30 ({t('history.invented', 'en')})"]


# --- published


def test_what_each_publication_showed_is_told_and_that_one_was_taken_back(live_folder: Path, run: Run) -> None:
    for value in (5, 8):
        assert run("load", table(live_folder, value, f"{value}.csv"), "--publish").status == 0
    assert run("rollback").status == 0
    shown = shown_of(cell(OFFENCES, AKMOLA, "2019"))
    assert [(row["event"], row["status"], row["numerator"]) for row in shown] == [
        ("published", None, None),
        ("published", "value", 5),
        ("published", "value", 8),
        ("taken_back", "value", 5),
    ]
    assert [row["build"] for row in shown] == [event["live"] for event in publications()]
    with duckdb.connect() as connection:
        released = live_folder / "released" / f"{shown[2]['build']}.parquet"
        query = f"SELECT numerator FROM '{released}' WHERE indicator = '{OFFENCES}' AND period_start = '2019-01-01'"
        assert (8.0,) in connection.execute(f"{query} AND area = '{AKMOLA}'").fetchall()
    outcome = run("history", OFFENCES, "--area", AKMOLA, "--period", "2019", "--lang", "en")
    assert outcome.status == 0
    values = {"at": shown[2]["at"].replace("T", " "), "value": "8", "build": shown[2]["build"]}
    assert "  " + t("history.event.published", "en", **values) in outcome.out.splitlines()
    (live_folder / "released" / f"{shown[1]['build']}.parquet").unlink()
    assert [row["is_kept"] for row in shown_of(cell(OFFENCES, AKMOLA, "2019"))] == [True, False, True, False]


# --- the command


def asked_of(name: CellName) -> list[str]:
    by = [] if name.breakdown == "all" else ["--by", f"{name.breakdown}:{name.category}"]
    return ["history", name.indicator, "--area", name.area, "--period", name.period.code, *by]


def test_the_command_tells_every_revision_to_another_program(corrected_districts: list[str], run: Run) -> None:
    asked = cell(BULLYING, corrected_districts[0], "2024-09")
    document = run(*asked_of(asked), "--json").document
    assert document["cell"]["area"] == corrected_districts[0]
    assert [(row["received"], row["numerator"]) for row in document["received"]] == [
        ("2024-12-08T09:00:00", 2),
        ("2025-01-08T09:00:00", 5),
        ("2025-02-08T09:00:00", 6),
    ]
    assert (document["parts"], document["publications"], document["as_known"]) == (None, [], None)
    document = run(*asked_of(cell(BULLYING, AKMOLA, "2024")), "--json").document
    revised = document["parts"]["revised"]
    assert [(row["area"], row["period"], row["numerator_before"], row["numerator"]) for row in revised] == [
        (corrected_districts[0], "2024-09", 2, 5),
        (corrected_districts[2], "2024-10", 2, None),
        (corrected_districts[0], "2024-09", 5, 6),
    ]
    assert document["parts"]["figures"] == 3 * len(corrected_districts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_command_tells_it_to_people_in_each_language(
    corrected_districts: list[str], run: Run, language: str
) -> None:
    outcome = run(*asked_of(cell(BULLYING, corrected_districts[0], "2024-09")), "--lang", language)
    assert (outcome.status, outcome.err) == (0, "")
    lines = outcome.out.splitlines()
    assert t("history.received", language) in lines
    counted = t("history.counts", language, at="2025-02-08 09:00:00", value=f"6 ({t('history.invented', language)})")
    assert f"  {counted}" in lines
    outcome = run(*asked_of(cell(BULLYING, AKMOLA, "2024")), "--lang", language)
    assert t("history.parts", language, figures=3 * len(corrected_districts), revised=3) in outcome.out


USAGE = {
    "no indicator": ([], "--verify"),
    "unknown indicator": (["bulying_cases", "--area", AKMOLA, "--period", "2024"], BULLYING),
    "unknown area": ([BULLYING, "--area", "Akmolla", "--period", "2024"], AKMOLA),
    "area of two meanings": ([BULLYING, "--area", "Абайский район", "--period", "2024"], "Abai"),
    "unknown period": ([BULLYING, "--area", AKMOLA, "--period", "2024-13"], "2024-09"),
    "unknown part": ([BULLYING, "--area", AKMOLA, "--period", "2024", "--by", "sex:cat"], "sex:"),
    "unknown day": ([BULLYING, "--area", AKMOLA, "--period", "2024", "--as-of", "yesterday"], "2026-03-01"),
}


@pytest.mark.parametrize("case", USAGE)
def test_a_wrong_call_is_told_with_what_could_have_been_meant(
    corrected_districts: list[str], run: Run, case: str
) -> None:
    arguments, hint = USAGE[case]
    outcome = run("history", *arguments)
    assert (outcome.status, outcome.out) == (2, "")
    assert hint in outcome.err


def test_an_area_may_be_spelled_as_people_spell_it(corrected_districts: list[str], run: Run) -> None:
    outcome = run("history", BULLYING, "--area", "Акмолинская обл.", "--period", "2024", "--json")
    assert outcome.document["cell"]["area"] == AKMOLA
