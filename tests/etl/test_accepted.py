"""The record of what was received: complete, only growing, and sure of what it has already."""

import hashlib
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from etl import accepted
from etl.accepted import accept, already_accepted, record, record_views
from etl.intake import Call, check_files
from etl.manifest import MANIFEST
from etl.staging import Checked
from etl.storage import loads
from riskmap.domain.errors import StorageFailed
from riskmap.domain.tables import ACCEPTED
from tests.etl.conftest import Form
from tests.etl.long_returns import CASES, REMAINDER, return_row, write_table
from tests.etl.plausible_returns import write_plausible
from tests.etl.published import published_row, write_published

OFFENCES, AKMOLA = "offences_against_minors", "110000000"


def checked(*paths: Path, period: str | None = None) -> Checked:
    found = check_files(paths, Call(period=period))
    assert found.problems == ()
    return found


def table(folder: Path, *rows: dict[str, str], name: str = "figures.csv") -> Path:
    folder.mkdir(exist_ok=True)
    return write_published(folder / name, rows)


def rows(*columns: str) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        return connection.execute(f"SELECT {', '.join(columns)} FROM {record()} ORDER BY ALL").fetchall()


def files_below(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def kept_below(folder: Path, load: str) -> Iterator[Path]:
    """The files of a load as they came, without the manifest that seals it."""
    return (path for path in files_below(folder / "raw" / load) if path.name != MANIFEST)


def test_the_record_is_empty_and_has_its_columns_before_the_first_load(data_folder: Path) -> None:
    with duckdb.connect() as connection:
        described = connection.execute(f"DESCRIBE SELECT * FROM {record()}").fetchall()
    assert [(name, kind) for name, kind, *_ in described] == [(c.name, c.type) for c in ACCEPTED.columns]
    assert rows("*") == []
    assert not data_folder.exists()


def test_a_row_tells_who_sent_what_from_which_place(data_folder: Path, tmp_path: Path) -> None:
    row = published_row(OFFENCES, AKMOLA, "2022", 38, precision="rounded", publication="Report")
    path = table(tmp_path, row)
    load = accept(checked(path), received_by="operator")
    columns = ("load", "received_by", "source", "file", "digest", "line", "column_name", "indicator", "area")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert rows(*columns) == [
        (load, "operator", "published", "figures.csv", digest, 2, "value", OFFENCES, AKMOLA),
    ]
    values = ("grain", "period_start", "period_end", "numerator", "status", "provisional", "publication")
    assert rows(*values) == [("year", date(2022, 1, 1), date(2022, 12, 31), 38.0, "value", True, "Report")]


def test_files_are_kept_byte_for_byte_and_for_their_owner_only(data_folder: Path, tmp_path: Path, form: Form) -> None:
    paths = [table(tmp_path, published_row(OFFENCES, AKMOLA, "2021", 1)), form("Astana.xlsx")]
    load = accept(checked(*paths, period="2022"), received_by="operator")
    kept = {path.name: path for path in kept_below(data_folder, load)}
    assert {name: path.read_bytes() for name, path in kept.items()} == {p.name: p.read_bytes() for p in paths}
    modes = {path.stat().st_mode & 0o777 for path in files_below(data_folder)}
    assert modes == {0o600}


def test_two_files_of_one_name_are_both_kept(data_folder: Path, tmp_path: Path) -> None:
    one = table(tmp_path / "one", published_row(OFFENCES, AKMOLA, "2021", 1))
    other = table(tmp_path / "other", published_row(OFFENCES, AKMOLA, "2022", 2))
    load = accept(checked(one, other), received_by="operator")
    kept = list(kept_below(data_folder, load))
    assert sorted(path.read_bytes() for path in kept) == sorted([one.read_bytes(), other.read_bytes()])
    assert {path.parent.name for path in kept} == {digest for (digest,) in rows("digest")}


def test_a_later_load_leaves_the_earlier_as_it_was(data_folder: Path, tmp_path: Path) -> None:
    accept(checked(table(tmp_path, published_row(OFFENCES, AKMOLA, "2022", 1))), received_by="operator")
    before = {path: path.read_bytes() for path in files_below(data_folder)}
    accept(checked(table(tmp_path, published_row(OFFENCES, AKMOLA, "2022", 2))), received_by="operator")
    assert {path: path.read_bytes() for path in before} == before
    assert rows("load", "numerator") == list(zip(loads(), (1.0, 2.0), strict=True))


@pytest.mark.parametrize("name", ["o'hara", "data [1]", "a*b"])
def test_the_folder_may_have_any_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("RISKMAP_DATA", str(tmp_path / name))
    accept(checked(table(tmp_path, published_row(OFFENCES, AKMOLA, "2022", 7))), received_by="operator")
    assert rows("numerator") == [(7.0,)]


@pytest.mark.parametrize("step", ["_keep", "_write_parquet"])
def test_a_load_that_fails_leaves_nothing(
    data_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    real = getattr(accepted, step)

    def full(*arguments: object) -> None:
        real(*arguments)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(accepted, step, full)
    files = checked(table(tmp_path, published_row(OFFENCES, AKMOLA, "2022", 1)))
    with pytest.raises(StorageFailed):
        accept(files, received_by="operator")
    assert list(files_below(data_folder)) == []
    assert list((data_folder / "raw").iterdir()) == []


def test_a_file_that_changed_after_the_look_is_not_kept(data_folder: Path, tmp_path: Path) -> None:
    path = table(tmp_path, published_row(OFFENCES, AKMOLA, "2022", 1))
    files = checked(path)
    path.write_text("ИИН\n061211600012\n", encoding="utf-8")
    with pytest.raises(StorageFailed):
        accept(files, received_by="operator")
    assert list(files_below(data_folder)) == []


def test_a_record_that_cannot_be_read_is_a_situation(data_folder: Path, tmp_path: Path) -> None:
    files = checked(table(tmp_path, published_row(OFFENCES, AKMOLA, "2022", 1)))
    accept(files, received_by="operator")
    (data_folder / "accepted" / f"{loads()[0]}.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(StorageFailed):
        already_accepted(files)


# --- already accepted


def _known(*paths: Path, period: str | None = None) -> list[str]:
    return [problem.file for problem in already_accepted(checked(*paths, period=period))]


def test_nothing_is_known_before_the_first_load(data_folder: Path, form: Form) -> None:
    assert _known(form("Astana.xlsx"), period="2022") == []


def test_the_same_bytes_again_are_known_under_any_name(data_folder: Path, form: Form) -> None:
    accept(checked(form("Astana.xlsx"), period="2022"), received_by="operator")
    assert _known(form("Astana qalasy.xlsx"), period="2022") == ["Astana qalasy.xlsx"]


@pytest.mark.parametrize(("name", "period"), [("Astana.xlsx", "2023"), ("Abay Region.xlsx", "2022")])
def test_the_same_bytes_for_another_period_or_area_are_new(
    data_folder: Path, form: Form, name: str, period: str
) -> None:
    accept(checked(form("Astana.xlsx"), period="2022"), received_by="operator")
    assert _known(form(name), period=period) == []


def test_a_file_goes_back_to_being_new_when_any_of_its_figures_was_corrected(data_folder: Path, tmp_path: Path) -> None:
    first = table(
        tmp_path / "a", published_row(OFFENCES, AKMOLA, "2021", 1), published_row(OFFENCES, AKMOLA, "2022", 2)
    )
    accept(checked(first), received_by="operator")
    assert _known(first) == ["figures.csv"]
    accept(checked(table(tmp_path / "b", published_row(OFFENCES, AKMOLA, "2022", 3))), received_by="operator")
    assert _known(first) == []


def test_a_file_stays_known_when_other_parts_of_its_table_come_after_it(data_folder: Path, tmp_path: Path) -> None:
    crimes = table(tmp_path / "a", published_row(OFFENCES, AKMOLA, "2022", 1, breakdown="type", category="crime"))
    accept(checked(crimes), received_by="operator")
    accept(checked(table(tmp_path / "b", published_row(OFFENCES, AKMOLA, "2022", 3))), received_by="operator")
    assert _known(crimes) == ["figures.csv"]


def test_only_the_files_that_bring_nothing_are_told(data_folder: Path, form: Form) -> None:
    unchanged = form("Abay Region.xlsx", 2)
    accept(checked(form("Astana.xlsx", 1), unchanged, period="2022"), received_by="operator")
    assert _known(form("Astana.xlsx", 5), unchanged, period="2022") == ["Abay Region.xlsx"]


# --- returns, invented figures, loads of an earlier version


def test_figures_of_every_layout_are_accepted_in_one_load(data_folder: Path, tmp_path: Path, form: Form) -> None:
    published = table(tmp_path, published_row(OFFENCES, AKMOLA, "2021", 1))
    long = write_table(tmp_path / "return.csv", [return_row(), return_row(area=REMAINDER, value="0")])
    workbook = write_plausible(tmp_path / "return.xlsx")
    found = check_files([published, long, workbook, form("Astana.xlsx")], Call(period="2022"))
    assert [(p.code, p.file) for p in found.problems] == [("P005", "return.xlsx")]
    found = check_files([published, long, workbook], Call())
    assert found.problems == ()
    load = accept(found, received_by="operator")
    assert set(rows("load")) == {(load,)}
    count = "count(*) OVER (PARTITION BY source, file)"
    assert set(rows("source", "file", count)) == {
        ("published", "figures.csv", 1),
        ("district_return", "return.csv", 2),
        ("district_return", "return.xlsx", found.files[2].figures),
    }
    assert (CASES, REMAINDER, 0.0, 40, 38, True) in rows(
        *("indicator", "area", "numerator", "units_expected", "units_reported", "invented")
    )


def test_a_load_may_have_been_received_earlier(data_folder: Path, tmp_path: Path) -> None:
    moment = datetime(2024, 11, 5, 9, 30)
    files = checked(write_table(tmp_path / "r.csv", [return_row(period="2024-10")]))
    load = accept(files, received_by="operator", moment=moment)
    assert load.startswith("20241105T093000000-")
    assert rows("load", "received") == [(load, moment)]


def test_a_load_of_an_earlier_moment_still_comes_after_those_there_are(data_folder: Path, tmp_path: Path) -> None:
    """The order of loads says which figure counts."""
    for value, moment in (("1", datetime(2024, 11, 5)), ("2", datetime(2024, 10, 5))):
        files = checked(write_table(tmp_path / "r.csv", [return_row(period="2024-09", value=value)]))
        accept(files, received_by="operator", moment=moment)
    assert rows("load", "numerator") == list(zip(loads(), (1.0, 2.0), strict=True))
    assert counted("numerator") == [(2.0,)]


def counted(*columns: str) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        record_views(connection)
        return connection.execute(f"SELECT {', '.join(columns)} FROM latest ORDER BY ALL").fetchall()


def test_an_invented_figure_never_takes_the_place_of_a_real_one(data_folder: Path, tmp_path: Path) -> None:
    for value, invented in (("1", "false"), ("2", "true"), ("3", "true")):
        files = checked(write_table(tmp_path / "r.csv", [return_row(value=value, invented=invented)]))
        accept(files, received_by="operator")
    assert counted("numerator", "invented") == [(1.0, False), (3.0, True)]


def test_a_return_stays_known_when_invented_figures_of_its_keys_come_after_it(
    data_folder: Path, tmp_path: Path
) -> None:
    real = write_table(tmp_path / "real.csv", [return_row(invented="")])
    accept(checked(real), received_by="operator")
    accept(checked(write_table(tmp_path / "invented.csv", [return_row(value="5")])), received_by="operator")
    assert _known(real) == ["real.csv"]


def test_a_real_return_is_new_where_the_same_figures_are_known_as_invented(data_folder: Path, tmp_path: Path) -> None:
    accept(checked(write_table(tmp_path / "r.csv", [return_row()])), received_by="operator")
    assert _known(write_table(tmp_path / "r.csv", [return_row(invented="")])) == []


def test_a_load_of_a_version_without_units_is_read_beside_a_later_one(data_folder: Path, tmp_path: Path) -> None:
    load = accept(checked(table(tmp_path, published_row(OFFENCES, AKMOLA, "2022", 7))), received_by="operator")
    path = data_folder / "accepted" / f"{load}.parquet"
    with duckdb.connect() as connection:
        query = f"SELECT * EXCLUDE (units_expected, units_reported) FROM '{path}'"
        connection.execute(f"CREATE TABLE older AS {query}")
        connection.table("older").write_parquet(str(path))
        assert len(connection.table("older").columns) == len(ACCEPTED.columns) - 2
    assert rows("numerator", "units_expected", "units_reported") == [(7.0, None, None)]
    accept(checked(write_table(tmp_path / "r.csv", [return_row()])), received_by="operator")
    assert rows("numerator", "units_expected", "units_reported") == [(7.0, None, None), (12.0, 40, 38)]
    with duckdb.connect() as connection:
        described = connection.execute(f"DESCRIBE SELECT * FROM {record()}").fetchall()
    assert [(name, kind) for name, kind, *_ in described] == [(c.name, c.type) for c in ACCEPTED.columns]


def test_of_two_files_with_one_masked_name_only_the_one_accepted_before_is_known(
    data_folder: Path, tmp_path: Path
) -> None:
    first = table(tmp_path, published_row(OFFENCES, AKMOLA, "2021", 1), name="a_202511200930.csv")
    accept(checked(first), received_by="operator")
    later = table(tmp_path, published_row(OFFENCES, AKMOLA, "2022", 2), name="a_202511210915.csv")
    known = already_accepted(check_files([later, first], Call()))
    assert [problem.file for problem in known] == ["a_************ (2).csv"]
