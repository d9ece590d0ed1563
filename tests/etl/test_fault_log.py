"""The log of faults: what arrived with faults is kept without a word of it, open until a good file takes its place."""

import json
import stat
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
from openpyxl import load_workbook

from etl import reference
from etl.accepted import record_views
from etl.arrived import Arrived
from etl.closed_lists import create_types
from etl.fault_history import fault_frame
from etl.fault_log import Outcome, faulty_files, keep_faults
from etl.listing import MOST_LISTED, listed
from etl.sent import add_sent
from etl.staging import Checked, Staging
from etl.storage import clear_leftovers, fault_logs, loads, lock
from geo.areas import districts_of
from riskmap.domain.errors import Problem, Severity, StorageFailed
from riskmap.domain.vocabulary import parse_period
from tests.etl.conftest import Run
from tests.etl.long_returns import return_row, write_table
from tests.etl.plausible_returns import write_plausible
from tests.etl.records import figure, write_record
from tests.etl.returns import sheet_name

ULYTAU, ABAY, ASTANA, COUNTRY = "620000000", "100000000", "710000000", "000000000"
RETURN = "district_return"
# Source, area, period, severity, code, found, mended, number.
Row = tuple[str, str, str, str, str, str, str | None, int]


@pytest.fixture(scope="module")
def nothing_staged() -> Checked:
    return Checked((), (), Staging())


@pytest.fixture
def arrive(data_folder: Path, nothing_staged: Checked) -> "Arrive":
    return Arrive(data_folder, nothing_staged)


class Arrive:
    """Lets files with faults arrive, and returns be accepted, on days of March 2026."""

    def __init__(self, folder: Path, checked: Checked) -> None:
        self.folder, self.checked = folder, checked
        folder.mkdir(parents=True)

    def faulty(
        self,
        day: int,
        faults: Mapping[str, int],
        *,
        name: str = "a.xlsx",
        content: str = "",
        of: tuple[tuple[str, str], ...] = ((ULYTAU, "2026-02"),),
        invented: bool = False,
        confirmed: bool = False,
    ) -> None:
        """A file with so many faults of each code."""
        path = self.folder / name
        path.write_text(content or f"{day} {name}", encoding="utf-8")
        returns = tuple((region, period) for region, code in of if (period := parse_period(code)))
        file = Arrived(path, name, 0, RETURN if of else "", returns, is_invented=invented)
        problems = [
            Problem(code, name, found="Иванов", row=7) for code, number in faults.items() for _ in range(number)
        ]
        told = problems if confirmed else []
        keep_faults(
            [Outcome(file, problems, told, is_accepted=confirmed)], self.checked, moment=datetime(2026, 3, day, 9)
        )

    def good(self, day: int, region: str = ULYTAU, code: str = "2026-02", **told: object) -> None:
        """A return of one district that is accepted."""
        area = districts_of(region)[0].id if region != COUNTRY else COUNTRY
        invented = bool(told.get("invented", False))
        moment = datetime(2026, 3, day, 10)
        load = f"{moment:%Y%m%dT%H%M%S}{len(loads()):03}-aaaaaa"
        known = {"source": RETURN, "received": moment, "file": "good.csv", **told}
        write_record(self.folder, figure("schools", area, code, 10, invented=invented), load=load, **known)


def rows(*, until: date | None = None) -> list[Row]:
    """The table of faults."""
    with duckdb.connect() as connection:
        create_types(connection)
        connection.register("areas", reference.unit_frame())
        record_views(connection)
        add_sent(connection)
        frame = fault_frame(connection, until=until)
    return [(*row[:5], *(f"{day:%m-%d}" if day else None for day in row[5:7]), row[7]) for row in _tuples(frame)]


def _tuples(frame: pd.DataFrame) -> list[tuple[Any, ...]]:
    return list(frame.astype(object).where(frame.notna(), None).itertuples(index=False, name=None))


def spells(*, until: date | None = None) -> list[tuple[str, str, str | None, int]]:
    """Code, day found, day mended and number of each row."""
    return [row[4:] for row in rows(until=until)]


def test_a_fault_is_open_until_figures_of_its_region_and_month_are_accepted(arrive: Arrive) -> None:
    arrive.good(1)
    arrive.faulty(2, {"V005": 3, "V027": 1})
    assert rows() == [
        (RETURN, ULYTAU, "2026-02", "ask", "V027", "03-02", None, 1),
        (RETURN, ULYTAU, "2026-02", "stop", "V005", "03-02", None, 3),
    ]
    arrive.good(3, ABAY)
    arrive.good(4, ULYTAU, "2026-01")
    assert {mended for _, _, mended, _ in spells()} == {None}
    arrive.good(5)
    arrive.good(6)
    assert spells() == [("V027", "03-02", "03-05", 1), ("V005", "03-02", "03-05", 3)]


def test_a_file_of_several_regions_is_mended_when_the_last_of_them_was_accepted(arrive: Arrive) -> None:
    arrive.faulty(2, {"V005": 2}, of=((ULYTAU, "2026-02"), (ABAY, "2026-02")))
    assert rows()[0][:3] == (RETURN, COUNTRY, "2026-02")
    arrive.good(3, ABAY)
    assert spells() == [("V005", "03-02", None, 2)]
    arrive.good(7, ULYTAU)
    assert spells() == [("V005", "03-02", "03-07", 2)]


def test_a_file_that_does_not_tell_what_it_is_is_mended_by_a_later_one_of_its_name(arrive: Arrive) -> None:
    arrive.good(1, file="b.csv")
    arrive.faulty(2, {"F004": 1}, name="b.csv", of=())
    arrive.good(3, file="other.csv")
    assert rows() == [("", COUNTRY, "", "stop", "F004", "03-02", None, 1)]
    arrive.good(4, file="b.csv")
    assert spells() == [("F004", "03-02", "03-04", 1)]


def test_the_same_file_sent_twice_counts_once(arrive: Arrive) -> None:
    for day in (2, 3, 5):
        arrive.faulty(day, {"V005": 3}, content="the same")
    assert spells() == [("V005", "03-02", None, 3)]


def test_of_a_file_sent_again_the_faults_that_are_gone_are_mended_and_the_others_keep_their_day(arrive: Arrive) -> None:
    arrive.faulty(2, {"V005": 5, "V001": 1})
    arrive.faulty(4, {"V005": 2}, name="b.xlsx")
    assert spells() == [("V001", "03-02", "03-04", 1), ("V005", "03-02", "03-04", 3), ("V005", "03-02", None, 2)]
    arrive.faulty(6, {"V005": 3, "V003": 1})
    arrive.good(9)
    assert spells() == [
        ("V001", "03-02", "03-04", 1),
        ("V003", "03-06", "03-09", 1),
        ("V005", "03-02", "03-04", 3),
        ("V005", "03-02", "03-09", 2),
        ("V005", "03-06", "03-09", 1),
    ]


def test_what_comes_faulty_after_a_good_one_is_open_again(arrive: Arrive) -> None:
    arrive.faulty(2, {"V005": 2})
    arrive.good(3)
    arrive.faulty(4, {"V005": 2})
    assert spells() == [("V005", "03-02", "03-03", 2), ("V005", "03-04", None, 2)]


def test_a_file_that_could_not_be_read_belongs_to_the_next_one_of_its_name(arrive: Arrive) -> None:
    arrive.faulty(2, {"F003": 1}, of=())
    arrive.faulty(3, {"V005": 1})
    assert spells() == [("F003", "03-02", "03-03", 1), ("V005", "03-03", None, 1)]


def test_what_was_confirmed_is_mended_on_the_day_it_was_accepted(arrive: Arrive) -> None:
    arrive.faulty(2, {"V027": 1}, content="the same")
    digest = faulty_files()[0].digest
    arrive.good(5, digest=digest)
    arrive.faulty(5, {"V027": 1}, content="the same", confirmed=True)
    assert faulty_files()[-1].confirmed == ("V027",)
    assert faulty_files()[-1].accepted
    assert spells() == [("V027", "03-02", "03-05", 1)]


def test_notes_and_what_nobody_must_mend_are_not_kept(arrive: Arrive) -> None:
    arrive.faulty(2, {"V010": 2, "F001": 1, "K004": 1})
    assert fault_logs() == []
    assert rows() == []


def test_faults_beyond_those_that_are_listed_count_too(arrive: Arrive) -> None:
    path = arrive.folder / "a.csv"
    path.write_text("a", encoding="utf-8")
    faults = listed([Problem("V001", "a.csv")] * (MOST_LISTED + 30))
    keep_faults([Outcome(Arrived(path, "a.csv", 0), faults)], arrive.checked)
    (file,) = faulty_files()
    assert [(fault.code, fault.number) for fault in file.faults] == [("V001", MOST_LISTED + 30)]


def test_nothing_that_was_found_is_kept(arrive: Arrive) -> None:
    arrive.faulty(2, {"S003": 2, "V005": 1})
    (path,) = fault_logs()
    text = path.read_text(encoding="utf-8")
    assert "Иванов" not in text
    assert set(json.loads(text)["files"][0]["faults"][0]) == {"code", "severity", "number"}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_invented_faults_count_where_all_figures_are_invented_and_real_ones_elsewhere(arrive: Arrive) -> None:
    arrive.faulty(2, {"V005": 1}, of=((ABAY, "2026-02"),), invented=True)
    arrive.faulty(3, {"V003": 1}, of=((ULYTAU, "2026-02"),))
    assert [code for code, *_ in spells()] == ["V003"]
    arrive.good(4, ASTANA, invented=True)
    assert [code for code, *_ in spells()] == ["V005"]
    arrive.good(5, ASTANA)
    assert [code for code, *_ in spells()] == ["V003"]


def test_an_earlier_state_knows_nothing_of_what_arrived_later(arrive: Arrive) -> None:
    arrive.faulty(2, {"V005": 2})
    arrive.faulty(6, {"V003": 1}, of=((ABAY, "2026-02"),))
    assert spells(until=date(2026, 3, 5)) == [("V005", "03-02", None, 2)]


def test_a_call_that_was_killed_leaves_nothing_half_written(arrive: Arrive) -> None:
    arrive.faulty(2, {"V005": 2})
    (path,) = fault_logs()
    part = path.with_name("20260303T090000000-aaaaaa.part")
    part.write_text('{"found": "2026-', encoding="utf-8")
    assert len(rows()) == 1
    with lock("load"):
        clear_leftovers()
    assert list(path.parent.iterdir()) == [path]


def test_a_log_that_cannot_be_read_is_never_passed_over(arrive: Arrive) -> None:
    arrive.faulty(2, {"V005": 2})
    fault_logs()[0].write_text("{}", encoding="utf-8")
    with pytest.raises(StorageFailed):
        rows()


# --- with real files


def test_a_refused_load_is_kept_and_a_check_is_not(data_folder: Path, run: Run) -> None:
    good, bad = return_row(), return_row(value="-3", indicator="bullying_cases")
    path = write_table(data_folder.parent / "a.csv", [good, bad])
    assert run("check", path).status == 1
    assert fault_logs() == []
    assert run("load", path).status == 1
    (file,) = faulty_files()
    assert (file.source, file.returns, file.invented, file.accepted) == (RETURN, ((ASTANA, "2025-10"),), True, False)
    assert [(fault.code, fault.severity, fault.number) for fault in file.faults] == [("V002", "stop", 1)]
    write_table(path, [good])
    assert run("load", path).status == 0
    found = file.found
    assert rows() == [(RETURN, ASTANA, "2025-10", "stop", "V002", f"{found:%m-%d}", f"{date.today():%m-%d}", 1)]


def test_a_refused_workbook_tells_its_region_and_month_and_a_good_one_beside_it_nothing(
    data_folder: Path, run: Run
) -> None:
    inbox = data_folder / "inbox"
    inbox.mkdir(parents=True)
    write_plausible(inbox / "good.xlsx", region=ABAY)
    path = write_plausible(inbox / "bad.xlsx")
    book = load_workbook(path)
    book[sheet_name("schools")]["E7"] = "много"
    book.save(path)
    persons = inbox / "ИИН 061211600012.csv"
    persons.write_text("ФИО;ИИН\nИванов Иван Иванович;061211600012\n", encoding="utf-8")
    assert run("inbox").status == 1
    files = {file.file: file for file in faulty_files()}
    assert set(files) == {"bad.xlsx", "ИИН ************.csv"}
    ((region, code),) = files["bad.xlsx"].returns
    assert (code, files["bad.xlsx"].source) == ("2025-10", RETURN)
    assert {fault.code[0] for fault in files["ИИН ************.csv"].faults} == {"S"}
    assert (files["bad.xlsx"].digest, region) != ("", ABAY)
    ((log,),) = [[path.read_text(encoding="utf-8") for path in fault_logs()]]
    assert "Иванов" not in log
    assert "061211600012" not in log


def test_a_confirmed_load_is_mended_at_once(data_folder: Path, run: Run) -> None:
    path = write_plausible(data_folder.parent / "return.xlsx")
    book = load_workbook(path)
    book[sheet_name("schools")].column_dimensions["F"].hidden = True
    book.save(path)
    assert run("load", path).status == 1
    assert run("load", path, "--confirm", "L025").status == 0
    first, second = faulty_files()
    assert (first.accepted, second.accepted, second.confirmed) == (False, True, ("L025",))
    assert spells() == [("L025", f"{first.found:%m-%d}", f"{second.found:%m-%d}", first.faults[0].number)]


def test_the_public_file_tells_no_code_and_the_sample_has_open_and_mended_faults(sample_build: Path) -> None:
    found = {}
    for kind in ("full", "public"):
        with duckdb.connect(str(sample_build / f"{kind}.duckdb"), read_only=True) as connection:
            found[kind] = connection.execute("SELECT * EXCLUDE code, code FROM faults ORDER BY ALL").fetchall()
    assert {row[-1] for row in found["public"]} == {""}
    assert [row[:-1] for row in found["public"]] == [row[:-1] for row in found["full"]]
    assert {(row[3], row[5] is None) for row in found["full"]} == {("ask", True), ("stop", False)}
    assert {severity.value for severity in Severity} > {row[3] for row in found["full"]}
