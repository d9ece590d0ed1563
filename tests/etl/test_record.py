"""The record only grows, knows of each figure what it took the place of, and notices what was changed behind it."""

import json
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pytest

from etl.accepted import accept, clock_behind, record, replaced
from etl.intake import Call, check_files
from etl.manifest import MANIFEST, FaultKind, record_faults, seal
from etl.staging import FIGURE_KEY
from etl.storage import clear_leftovers, loads, lock
from riskmap.domain.errors import StorageFailed
from riskmap.words import t
from tests.etl.conftest import Form, Run
from tests.etl.folders import AKMOLA, OFFENCES, table
from tests.etl.long_returns import return_row, write_table
from tests.etl.published import published_row, write_published

OTHER = "150000000"


def settle(folder: Path) -> None:
    """Let a command have been at work in the data folder before."""
    with lock("load"):
        assert folder.exists()


def received(path: Path, moment: datetime | None = None) -> str:
    """Accept a file, whatever it contradicts; returns the id of the load."""
    return accept(check_files([path], Call(past=False)), received_by="operator", moment=moment)


def published(folder: Path, *figures: tuple[str, str, int], name: str = "figures.csv") -> Path:
    """A table of published figures: area, period, value."""
    folder.mkdir(exist_ok=True)
    return write_published(folder / name, [published_row(OFFENCES, *figure) for figure in figures])


def rows(*columns: str, until: date | None = None) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        return connection.execute(f"SELECT {', '.join(columns)} FROM {record(until)} ORDER BY ALL").fetchall()


# --- what a figure replaces


def test_a_figure_names_the_load_whose_figure_counted_until_it_came(data_folder: Path, tmp_path: Path) -> None:
    first = received(published(tmp_path, (AKMOLA, "2021", 1), (AKMOLA, "2022", 2)))
    second = received(published(tmp_path, (AKMOLA, "2022", 3), (OTHER, "2022", 4)))
    third = received(published(tmp_path, (AKMOLA, "2021", 5), (AKMOLA, "2022", 6)))
    assert rows("load", "area", "year(period_start)", "replaces") == [
        (first, AKMOLA, 2021, ""),
        (first, AKMOLA, 2022, ""),
        (second, AKMOLA, 2022, first),
        (second, OTHER, 2022, ""),
        (third, AKMOLA, 2021, first),
        (third, AKMOLA, 2022, second),
    ]


def test_a_figure_that_is_sent_again_unchanged_replaces_the_one_before_too(data_folder: Path, tmp_path: Path) -> None:
    first = received(published(tmp_path, (AKMOLA, "2022", 2)))
    received(published(tmp_path, (AKMOLA, "2022", 2)))
    assert rows("replaces") == [("",), (first,)]


def test_a_figure_of_another_source_replaces_nothing(data_folder: Path, tmp_path: Path, form: Form) -> None:
    sent = check_files([form("Astana.xlsx", 7)], Call(period="2022", past=False))
    first = accept(sent, received_by="operator")
    received(published(tmp_path, ("710000000", "2022", 5)))
    accept(sent, received_by="operator")
    found = rows("source", "load = (SELECT min(load) FROM " + record() + ")", "replaces")
    assert set(found) == {("form_1m", True, ""), ("form_1m", False, first), ("published", False, "")}


def test_an_invented_figure_and_a_real_one_never_replace_each_other(data_folder: Path, tmp_path: Path) -> None:
    given = [
        received(write_table(tmp_path / "r.csv", [return_row(value=str(value), invented=invented)]))
        for value, invented in enumerate(("", "true", "", "true"))
    ]
    assert rows("load", "invented", "replaces") == [
        (given[0], False, ""),
        (given[1], True, ""),
        (given[2], False, given[0]),
        (given[3], True, given[1]),
    ]


def test_two_files_of_one_load_do_not_replace_each_other(data_folder: Path, tmp_path: Path) -> None:
    first = received(published(tmp_path, (AKMOLA, "2022", 2)))
    paths = [published(tmp_path / "a", (AKMOLA, "2022", 3)), published(tmp_path / "b", (AKMOLA, "2021", 4))]
    accept(check_files(paths, Call(past=False)), received_by="operator")
    assert rows("numerator", "replaces") == [(2.0, ""), (3.0, first), (4.0, "")]


def test_what_old_loads_replaced_is_worked_out_as_it_would_have_been_kept(data_folder: Path, tmp_path: Path) -> None:
    random = Random(5)
    for number in range(7):
        areas = random.sample([AKMOLA, OTHER, "190000000"], 2)
        path = published(tmp_path, *((area, random.choice(("2021", "2022")), number) for area in areas))
        received(path)
    columns = ("load", FIGURE_KEY, "replaces")
    with duckdb.connect() as connection:
        anew = connection.execute(f"SELECT {', '.join(columns)} FROM ({replaced(record())}) ORDER BY ALL").fetchall()
    kept = rows(*columns)
    assert anew == kept
    assert len({replaces for *_, replaces in kept}) > 4


# --- when


def test_after_the_clock_was_set_back_a_load_is_received_no_earlier_than_the_one_before(
    data_folder: Path, tmp_path: Path
) -> None:
    ahead = datetime.now(UTC).replace(tzinfo=None, microsecond=0) + timedelta(days=400)
    received(published(tmp_path, (AKMOLA, "2021", 1)), ahead)
    second = received(published(tmp_path, (AKMOLA, "2022", 2)))
    assert rows("received", "numerator") == [(ahead, 1.0), (ahead, 2.0)]
    assert second.startswith(f"{ahead:%Y%m%dT%H%M%S}")


def test_a_clock_that_is_behind_the_last_load_is_noticed_and_told(data_folder: Path, tmp_path: Path, run: Run) -> None:
    settle(data_folder)
    assert clock_behind() is None
    received(published(tmp_path, (AKMOLA, "2021", 1)))
    assert clock_behind() is None
    ahead = datetime.now(UTC).replace(tzinfo=None) + timedelta(hours=5)
    received(published(tmp_path, (AKMOLA, "2022", 2)), ahead)
    behind = clock_behind()
    assert behind is not None
    assert timedelta(hours=4, minutes=50) < behind <= timedelta(hours=5)
    told = run("publish", "nothing of this name")
    assert told.status == 3
    assert f"{ahead:%Y-%m-%d %H:%M}" in told.err.splitlines()[0]
    assert f"{ahead - timedelta(hours=5):%Y-%m-%d %H:%M}" in told.err.splitlines()[0]


def test_the_record_of_a_day_holds_what_was_received_by_its_end(data_folder: Path, tmp_path: Path) -> None:
    moments = [datetime(2026, 3, 1, 23, 59, 59), datetime(2026, 3, 2, 0, 0), datetime(2026, 3, 5, 12, 0)]
    for value, moment in enumerate(moments):
        received(published(tmp_path, (AKMOLA, "2022", value)), moment)
    known = {day: len(rows("load", until=date(2026, 3, day))) for day in (1, 2, 4, 5)}
    assert known == {1: 1, 2: 2, 4: 2, 5: 3}
    assert rows("load", until=date(2026, 2, 28)) == []


# --- nothing is rewritten, and what somebody else changed is noticed


def states(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """Every file of the record as received and accepted: which file it is, when it was changed, what is in it."""
    paths = [path for name in ("accepted", "raw") for path in (folder / name).rglob("*") if path.is_file()]
    return {str(path): (path.stat().st_ino, path.stat().st_mtime_ns, path.read_bytes()) for path in paths}


def test_no_command_touches_what_was_accepted(live_folder: Path, run: Run) -> None:
    before = states(live_folder)
    path = table(live_folder)
    calls = [("load", path, "--publish"), ("load", path), ("rollback",), ("status",)]
    assert [run(*call).status for call in calls] == [0, 1, 0, 0]
    assert run("history", OFFENCES, "--area", AKMOLA, "--period", "2019").status == 0
    after = states(live_folder)
    assert {name: after[name] for name in before} == before
    assert len(after) == len(before) + 3  # the file, its figures and its manifest


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[str, str]]:
    """A data folder with a record of two loads of one file each."""
    place = tmp_path_factory.mktemp("two_loads")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RISKMAP_DATA", str(place / "data"))
        settle(place / "data")
        first = received(published(place, (AKMOLA, "2021", 1), name="first.csv"))
        return place / "data", (first, received(published(place, (AKMOLA, "2022", 2), name="second.csv")))


@pytest.fixture
def two_loads(made_once: tuple[Path, tuple[str, str]], data_folder: Path) -> tuple[str, str]:
    """The ids of two loads in a data folder of the test's own."""
    shutil.copytree(made_once[0], data_folder)
    return made_once[1]


def told() -> list[tuple[str, FaultKind]]:
    return [(fault.load, fault.kind) for fault in record_faults()]


def test_a_record_as_it_was_accepted_is_whole(two_loads: tuple[str, str], data_folder: Path) -> None:
    assert told() == []
    manifest = json.loads((data_folder / "raw" / two_loads[1] / MANIFEST).read_text(encoding="utf-8"))
    assert (manifest["load"], manifest["after"], len(manifest["files"])) == (two_loads[1], two_loads[0], 1)


def changed(path: Path) -> None:
    """Turn one bit of the last byte but ten."""
    content = bytearray(path.read_bytes())
    content[-10] ^= 1
    path.write_bytes(bytes(content))


def of_load(folder: Path, load: str) -> dict[str, Path]:
    return {
        "accepted": folder / "accepted" / f"{load}.parquet",
        "raw": next((folder / "raw" / load).glob("*/*")),
        "manifest": folder / "raw" / load / MANIFEST,
    }


SPOILT: dict[str, tuple[str, Callable[[Path], None], FaultKind]] = {
    "changed figures": ("accepted", changed, FaultKind.CHANGED),
    "figures are gone": ("accepted", Path.unlink, FaultKind.MISSING),
    "changed file": ("raw", changed, FaultKind.RAW_CHANGED),
    "file is gone": ("raw", Path.unlink, FaultKind.RAW_MISSING),
    "manifest is gone": ("manifest", Path.unlink, FaultKind.UNSEALED),
}


@pytest.mark.parametrize(("what", "place"), [*((what, 1) for what in SPOILT), ("changed figures", 0)])
def test_what_somebody_changed_is_noticed_and_the_load_is_named(
    two_loads: tuple[str, str], data_folder: Path, run: Run, what: str, place: int
) -> None:
    load, (part, spoil, kind) = two_loads[place], SPOILT[what]
    spoil(of_load(data_folder, load)[part])
    assert told() == [(load, kind)]
    outcome = run("history", "--verify")
    assert (outcome.status, len(outcome.out.splitlines())) == (3, 1)
    assert load in outcome.out
    document = run("history", "--verify", "--json").document
    assert [(fault["load"], fault["kind"]) for fault in document["faults"]] == [(load, kind)]
    assert document["faults"][0]["text"] == outcome.out.strip()


def test_a_load_of_which_nothing_is_left_is_missed(two_loads: tuple[str, str], data_folder: Path) -> None:
    shutil.rmtree(data_folder / "raw" / two_loads[0])
    (data_folder / "accepted" / f"{two_loads[0]}.parquet").unlink()
    assert told() == [(two_loads[0], FaultKind.LOST)]


def test_a_whole_record_is_said_to_be_whole(two_loads: tuple[str, str], run: Run) -> None:
    outcome = run("history", "--verify")
    assert (outcome.status, outcome.out) == (0, t("history.whole", "en", loads=2) + "\n")
    assert run("history", "--verify", "--json").document == {"loads": 2, "faults": []}


def test_a_load_that_was_killed_before_its_last_step_is_no_fault(two_loads: tuple[str, str], data_folder: Path) -> None:
    accepted = of_load(data_folder, two_loads[1])["accepted"]
    accepted.rename(accepted.with_suffix(".part"))
    assert told() == []
    clear_leftovers()
    assert (loads(), told()) == ([two_loads[0]], [])
    assert [path.name for path in (data_folder / "raw").iterdir()] == [two_loads[0]]


def test_a_manifest_that_cannot_be_read_is_a_situation(two_loads: tuple[str, str], data_folder: Path) -> None:
    of_load(data_folder, two_loads[0])["manifest"].write_text("{", encoding="utf-8")
    with pytest.raises(StorageFailed):
        record_faults()


def test_a_load_of_an_earlier_version_is_sealed_as_it_stands_and_only_once(
    two_loads: tuple[str, str], data_folder: Path
) -> None:
    for load in two_loads:
        of_load(data_folder, load)["manifest"].unlink()
        seal(load)
    assert told() == []
    changed(of_load(data_folder, two_loads[0])["accepted"])
    seal(two_loads[0])
    assert told() == [(two_loads[0], FaultKind.CHANGED)]


def test_two_files_of_the_same_bytes_are_one_content(data_folder: Path, tmp_path: Path) -> None:
    one = published(tmp_path / "one", (AKMOLA, "2021", 1), name="a.csv")
    (tmp_path / "two").mkdir()
    two = Path(shutil.copy(one, tmp_path / "two" / "b.csv"))
    checked = check_files([one, two], Call(past=False))
    accept(checked, received_by="operator")
    assert told() == []
