"""Names of files that trick a reader, a terminal or another system are refused before anything is opened."""

from pathlib import Path

import pytest

from etl.readers.container import container_faults
from etl.readers.files import file_fault, name_fault, visible
from etl.readers.sheets import read_any
from riskmap.domain.errors import Problem
from tests.etl.hostile_archives import plain


@pytest.mark.parametrize(
    "name",
    [
        *("../a.csv", "a/b.csv", "a\\b.csv", "..\\a.csv", "C:a.csv", "a.xlsx:hidden", "..", "."),
        *("a\nb.csv", "a\0b.csv", "\x1b[2Ja.csv", "a\u2028b.csv", "a\x7f.csv", "a\x9b.csv"),
        *("a\u202evsc.exe", "a\u2066b\u2069.csv", "a\u200fb.csv", "a\u200bb.csv", "\ufeffa.csv"),
        *("con.csv", "NUL", "Aux.xlsx", "com1.csv", "LPT9.tar.csv", "con .csv", "prn"),
        *(".a.csv", ".xlsx", "._Абай.xlsx", "~$Абай.xlsx", ""),
        *("a" * 201, "ә" * 98 + ".xlsx"),
    ],
)
def test_a_name_that_is_none_of_a_file_is_refused(name: str) -> None:
    fault = name_fault(name)
    assert fault is not None
    assert fault.code == "F014"
    assert visible(fault.file) == fault.file
    assert visible(fault.found) == fault.found


@pytest.mark.parametrize(
    "name",
    [
        *("Abay Region.XLSX", "облысы (1).xlsx", "Қостанай – 2024, наурыз.csv", "a..b.csv", "a.", "-a.csv", "№ 5.xls"),
        *("console.csv", "com.csv", "com10.csv", "nullable.xlsx", "ә" * 97 + ".xlsx", "الماتى.csv", "a\u0306.csv"),
    ],
)
def test_a_name_that_people_give_is_no_fault(name: str) -> None:
    assert name_fault(name) is None
    assert visible(name) == name


def test_a_name_is_looked_at_by_every_reader_and_before_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a\u202excod.xlsx"
    expected = Problem("F014", "a\\u202excod.xlsx", found="a\\u202excod.xlsx")
    assert file_fault(path) == expected
    plain(path)
    assert container_faults(path) == [expected]
    assert read_any(path) == [expected]
    assert read_any(path.with_suffix(".csv")) != read_any(path)


def test_a_folder_without_a_name_is_not_found() -> None:
    assert file_fault(Path("/")) == Problem("F001")


def test_an_ending_that_no_reader_takes_is_told_with_those_that_are(tmp_path: Path) -> None:
    path = plain(tmp_path / "a.ods")
    assert read_any(path) == [Problem("F003", "a.ods", found=".ods", expected=".xlsx, .xlsm, .xls, .csv, .tsv, .txt")]
