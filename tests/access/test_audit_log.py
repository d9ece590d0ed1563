"""Whatever is changed in the log of who did what can be told, and where; and nothing is lost when several write."""

import json
import subprocess
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmap.access import audit_log
from riskmap.access.audit_log import AccessEvent, entries, head, held, log_folder, note, verify
from riskmap.access.chain import digest
from riskmap.domain.errors import StorageFailed
from tests.access.racing import let_go_together
from tests.full_disk import files_limited_to

MONTHS = ("2026-09", "2026-10", "2026-11")
EACH = 4  # entries of each month


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Sets the clock of the log."""

    def clock(moment: str) -> None:
        monkeypatch.setattr(audit_log, "_now", lambda: datetime.fromisoformat(moment))

    return clock


@pytest.fixture
def log(data_folder: Path, at: Callable[[str], None]) -> Path:
    """A log of three months."""
    for month in MONTHS:
        for day in range(1, EACH + 1):
            at(f"{month}-{day:02}T12:00:00")
            note(AccessEvent.VIEW, who="aigul@gov.kz", page=f"page {day}", areas=["110000000"])
    assert verify() == []
    return data_folder / "access" / "log"


def lines(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines()


def write(path: Path, content: list[bytes]) -> None:
    path.write_bytes(b"".join(line + b"\n" for line in content))


def told(faults: list[audit_log.LogFault]) -> list[tuple[str, str, int]]:
    return [(str(fault.kind), fault.file, fault.line) for fault in faults]


# --- what is written


def test_each_line_holds_the_digest_of_the_line_before_through_all_months(log: Path) -> None:
    content = [line for month in MONTHS for line in lines(log / f"{month}.jsonl")]
    digests = [
        subprocess.run(["sha256sum"], input=line, capture_output=True, check=True).stdout.split()[0].decode()
        for line in content
    ]
    documents = [json.loads(line) for line in content]
    assert [document["before"] for document in documents] == ["", *digests[:-1]]
    assert [document["n"] for document in documents] == list(range(1, 13))
    last = head()
    assert last
    assert (last.number, last.digest, last.file) == (12, digests[-1], "2026-11.jsonl")


def test_an_entry_says_when_what_and_who_and_nothing_else(data_folder: Path, at: Callable[[str], None]) -> None:
    at("2026-11-22T01:02:03.456789")
    note(AccessEvent.DOWNLOAD, who="aigul@gov.kz", page="trends", rows=7, areas=["110000000", "150000000"])
    (line,) = lines(data_folder / "access" / "log" / "2026-11.jsonl")
    assert json.loads(line) == {
        "n": 1,
        "at": "2026-11-22T01:02:03.456",
        "event": "download",
        "who": "aigul@gov.kz",
        "told": {"page": "trends", "rows": 7, "areas": ["110000000", "150000000"]},
        "before": "",
    }


def test_each_month_has_its_file_and_is_read_alone(log: Path) -> None:
    assert sorted(path.name for path in log.iterdir()) == [*(f"{month}.jsonl" for month in MONTHS), "head.json"]
    assert [entry.number for entry in entries("2026-10")] == [5, 6, 7, 8]
    assert len(list(entries())) == 12
    assert list(entries("2025-01")) == []


def test_where_the_clock_was_set_back_the_chain_goes_on_in_the_last_file(log: Path, at: Callable[[str], None]) -> None:
    at("2026-09-30T12:00:00")
    note(AccessEvent.VIEW, who="late")
    assert json.loads(lines(log / "2026-11.jsonl")[-1])["at"] == "2026-09-30T12:00:00.000"
    assert [entry.who for entry in entries("2026-09")][-1] == "late"
    assert verify() == []


def test_where_the_head_is_lost_and_the_clock_was_set_back_no_line_is_put_among_earlier_ones(
    log: Path, at: Callable[[str], None]
) -> None:
    before = (log / "2026-09.jsonl").read_bytes()
    (log / "head.json").unlink()
    at("2026-09-30T12:00:00")
    note(AccessEvent.VIEW, who="late")
    assert (log / "2026-09.jsonl").read_bytes() == before
    assert told(verify()) == [("head", "2026-11.jsonl", 5)]


def test_without_a_log_there_is_nothing_to_tell(data_folder: Path) -> None:
    assert (verify(), list(entries()), head()) == ([], [], None)
    assert not data_folder.exists()


@pytest.mark.parametrize("value", [1.5, None, True, {"a": 1}, ("a",), [1], b"a"])
def test_only_texts_numbers_and_lists_of_texts_are_noted(data_folder: Path, value: Any) -> None:
    with pytest.raises(TypeError):
        note(AccessEvent.VIEW, who="a", value=value)
    assert not data_folder.exists()


def test_of_what_is_too_long_the_line_says_how_much_was_left_out(data_folder: Path) -> None:
    note(AccessEvent.DOWNLOAD, who="w" * 5000, areas=[f"{number:09}" for number in range(5000)], why="x" * 9000)
    (entry,) = entries()
    areas, why = entry.told["areas"], entry.told["why"]
    assert isinstance(areas, list)
    assert isinstance(why, str)
    assert areas == [f"{number:09}" for number in range(len(areas))]
    assert (len(areas) + entry.cut["areas"], len(why) + entry.cut["why"]) == (5000, 9000)
    assert min(len(areas), len(why), len(entry.who)) > 50
    assert verify() == []


def test_names_that_leave_no_room_are_a_fault_of_the_caller_and_nothing_is_written(data_folder: Path) -> None:
    with pytest.raises(ValueError, match="no room"):
        note(AccessEvent.VIEW, who="a", **{f"n{'x' * 500}{number}": 1 for number in range(20)})
    assert (verify(), list(entries())) == ([], [])


VALUES = st.text(max_size=3000) | st.integers() | st.lists(st.text(max_size=400), max_size=30)


@settings(max_examples=60)
@given(notes=st.lists(st.tuples(st.text(max_size=400), st.dictionaries(st.sampled_from("abcd"), VALUES)), max_size=4))
def test_whatever_is_noted_is_one_line_that_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, notes: list[tuple[str, dict[str, Any]]]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RISKMAP_DATA", str(tmp_path_factory.mktemp("log")))
        for who, values in notes:
            note(AccessEvent.REFUSED, who=who, **values)
        found = list(entries())
        assert verify() == []
        assert len(found) == len(notes)
        for entry, (who, values) in zip(found, notes, strict=True):
            assert who.startswith(entry.who)
            for name, value in values.items():
                kept = entry.told[name]
                if name in entry.cut:
                    assert not isinstance(value, int)
                    assert value[: len(value) - entry.cut[name]] == kept
                else:
                    assert value == kept
        assert all(len(line) <= audit_log.MOST_BYTES for path in log_folder().glob("2*") for line in lines(path))


def test_half_a_sign_in_a_name_is_noted_too(data_folder: Path) -> None:
    note(AccessEvent.REFUSED, who="a\ud83d\n\x1b")
    assert [entry.who for entry in entries()] == ["a\ud83d\n\x1b"]
    assert verify() == []


# --- what is done to it afterwards


def forged(line: bytes, **values: object) -> bytes:
    return json.dumps({**json.loads(line), **values}).encode()


def linked(before: bytes, **values: object) -> bytes:
    """A line that hangs on another one as if it had been noted."""
    return forged(before, n=json.loads(before)["n"] + 1, before=digest(before), **values)


Lines = list[bytes]
# What is done to the lines of October, and which faults that must be told of which file and line.
OCTOBER, NOVEMBER = "2026-10.jsonl", "2026-11.jsonl"
TAMPERED: dict[str, tuple[Callable[[Lines], Lines], list[tuple[str, str, int]]]] = {
    "who was changed": (lambda a: [a[0], forged(a[1], who="nobody"), *a[2:]], [("changed", OCTOBER, 2)]),
    "one sign was added": (lambda a: [a[0], a[1] + b" ", *a[2:]], [("changed", OCTOBER, 2)]),
    "first line was changed": (lambda a: [forged(a[0], who="nobody"), *a[1:]], [("changed", OCTOBER, 1)]),
    "last line was changed": (lambda a: [*a[:3], forged(a[3], who="nobody")], [("changed", OCTOBER, 4)]),
    "number was changed": (
        lambda a: [a[0], forged(a[1], n=70), *a[2:]],
        [("changed", OCTOBER, 2), ("inserted", OCTOBER, 3)],
    ),
    "line is no entry": (lambda a: [a[0], b"{}", *a[2:]], [("changed", OCTOBER, 2)]),
    "event is none of ours": (lambda a: [a[0], forged(a[1], event="tea"), *a[2:]], [("changed", OCTOBER, 2)]),
    "line was halved": (lambda a: [a[0], a[1][:50], *a[2:]], [("cut_off", OCTOBER, 2)]),
    "line was removed": (lambda a: [a[0], *a[2:]], [("removed", OCTOBER, 2)]),
    "first line was removed": (lambda a: a[1:], [("removed", OCTOBER, 1)]),
    "last lines were removed": (lambda a: a[:2], [("removed", NOVEMBER, 1)]),
    "all lines were removed": (lambda _: [], [("removed", NOVEMBER, 1)]),
    "line was copied": (lambda a: [*a[:3], a[1], a[3]], [("inserted", OCTOBER, 4)]),
    "line was doubled": (lambda a: [a[0], a[0], *a[1:]], [("inserted", OCTOBER, 2)]),
    "line was forged": (lambda a: [a[0], linked(a[0]), *a[1:]], [("inserted", OCTOBER, 3)]),
    "strange line was inserted": (lambda a: [a[0], b"hello", *a[1:]], [("cut_off", OCTOBER, 2)]),
    "empty line was inserted": (lambda a: [a[0], b"", *a[1:]], [("cut_off", OCTOBER, 2)]),
    "lines were swapped": (
        lambda a: [a[0], a[2], a[1], a[3]],
        [("removed", OCTOBER, 2), ("inserted", OCTOBER, 3)],
    ),
    "line was moved to the end": (
        lambda a: [a[0], *a[2:], a[1]],
        [("removed", OCTOBER, 2), ("inserted", OCTOBER, 4)],
    ),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_what_was_done_to_a_month_is_told_with_file_and_line_and_ever_after(log: Path, what: str) -> None:
    change, expected = TAMPERED[what]
    path = log / OCTOBER
    write(path, change(lines(path)))
    assert told(verify()) == expected
    note(AccessEvent.VIEW, who="later")
    assert told(verify()) == expected


def remove_months(log: Path) -> None:
    for month in MONTHS:
        (log / f"{month}.jsonl").unlink()


Change = Callable[[Path], object]
END: dict[str, tuple[Change, tuple[str, str, int, int], tuple[str, str, int]]] = {
    # What is done to the end of the log; what is told then; what is told when another line was noted behind it.
    "last line was changed": (
        lambda log: write(log / NOVEMBER, [*lines(log / NOVEMBER)[:-1], forged(lines(log / NOVEMBER)[-1], who="x")]),
        ("changed", NOVEMBER, 4, 0),
        ("changed", NOVEMBER, 4),
    ),
    "last line was removed": (
        lambda log: write(log / NOVEMBER, lines(log / NOVEMBER)[:-1]),
        ("cut_off", NOVEMBER, 4, 1),
        ("removed", NOVEMBER, 4),
    ),
    "last three lines were removed": (
        lambda log: write(log / NOVEMBER, lines(log / NOVEMBER)[:-3]),
        ("cut_off", NOVEMBER, 2, 3),
        ("removed", NOVEMBER, 2),
    ),
    "last month was removed": (
        lambda log: (log / NOVEMBER).unlink(),
        ("cut_off", NOVEMBER, 1, 4),
        ("removed", NOVEMBER, 1),
    ),
    "first month was removed": (
        lambda log: (log / "2026-09.jsonl").unlink(),
        ("removed", OCTOBER, 1, 4),
        ("removed", OCTOBER, 1),
    ),
    "every month was removed": (
        remove_months,
        ("cut_off", NOVEMBER, 1, 12),
        ("removed", NOVEMBER, 1),
    ),
    "line was added": (
        lambda log: write(log / NOVEMBER, [*lines(log / NOVEMBER), linked(lines(log / NOVEMBER)[-1])]),
        ("inserted", NOVEMBER, 5, 0),
        ("inserted", NOVEMBER, 6),
    ),
    "head was removed": (lambda log: (log / "head.json").unlink(), ("head", "head.json", 0, 0), ("head", NOVEMBER, 5)),
    "head was emptied": (
        lambda log: (log / "head.json").write_bytes(b""),
        ("head", "head.json", 0, 0),
        ("head", NOVEMBER, 5),
    ),
    "head was spoilt": (
        lambda log: (log / "head.json").write_text('{"n": 12, "digest": "no", "file": "2026-11.jsonl"}'),
        ("head", "head.json", 0, 0),
        ("head", NOVEMBER, 5),
    ),
}


@pytest.mark.parametrize("what", END)
def test_what_was_done_to_the_end_or_the_head_is_told_and_the_next_line_does_not_hide_it(log: Path, what: str) -> None:
    change, expected, after = END[what]
    change(log)
    (fault,) = verify()
    assert (str(fault.kind), fault.file, fault.line, fault.missing) == expected
    note(AccessEvent.VIEW, who="later")
    assert told(verify()) == [after]
    assert [entry.who for entry in entries()][-1] == "later"


def test_a_copy_of_the_head_tells_a_chain_that_was_written_anew(log: Path, tmp_path: Path) -> None:
    copied = head()
    assert copied
    for path in log.iterdir():
        path.rename(tmp_path / path.name)
    for number in range(copied.number):
        note(AccessEvent.VIEW, who="somebody else", page=str(number))
    assert verify() == []  # this is what a log cannot tell of itself
    anew = [line for path in sorted(log.glob("2*")) for line in lines(path)][copied.number - 1]
    assert digest(anew) != copied.digest


@pytest.mark.parametrize("kept", [0, 1, 40, -2, -1])
def test_a_line_that_a_power_cut_has_halved_is_told_and_the_next_ones_go_on_behind_it(log: Path, kept: int) -> None:
    path = log / NOVEMBER
    *before, last = lines(path)
    half = last[:kept] if kept >= 0 else last[: len(last) + kept + 1]
    path.write_bytes(b"".join(line + b"\n" for line in before) + half)
    is_whole = half == last  # but for the end of the line: then nothing is lost
    assert told(verify()) == ([] if is_whole else [("cut_off", NOVEMBER, 4)])
    note(AccessEvent.VIEW, who="later")
    note(AccessEvent.VIEW, who="still later")
    assert told(verify()) == ([] if is_whole else [("cut_off" if half else "removed", NOVEMBER, 4)])
    assert [entry.who for entry in entries()][-2:] == ["later", "still later"]
    assert half in path.read_bytes()


# --- faults of the machine


@pytest.mark.parametrize("room", [0, 1, 100])
def test_a_line_for_which_there_is_no_room_is_refused_and_leaves_no_trace(log: Path, room: int) -> None:
    before = {path: path.read_bytes() for path in log.iterdir()}
    with files_limited_to(len(before[log / NOVEMBER]) + room), pytest.raises(StorageFailed):
        note(AccessEvent.VIEW, who="nobody")
    assert {path: path.read_bytes() for path in log.iterdir()} == before
    note(AccessEvent.VIEW, who="later")
    assert verify() == []


@pytest.mark.parametrize("room", [0, 100, 256, 300])
def test_where_there_is_no_room_for_the_first_line_the_log_stays_empty(data_folder: Path, room: int) -> None:
    with files_limited_to(room), pytest.raises(StorageFailed):
        note(AccessEvent.VIEW, who="nobody", page="x" * 300)
    assert (verify(), list(entries())) == ([], [])
    note(AccessEvent.VIEW, who="later")
    assert ([entry.number for entry in entries()], verify()) == ([1], [])


def test_a_place_that_is_no_folder_is_told(data_folder: Path) -> None:
    data_folder.mkdir()
    (data_folder / "access").write_text("in the way")
    with pytest.raises(StorageFailed) as failed:
        note(AccessEvent.VIEW, who="a")
    assert failed.value.values["path"] == str(data_folder / "access")


WRITER = """
import sys
from riskmap.access.audit_log import AccessEvent, note
print("ready", flush=True)
sys.stdin.readline()
for number in range(150):
    note(AccessEvent.VIEW, who=sys.argv[1], number=number, areas=["110000000"] * (number % 20))
"""


def test_several_processes_and_threads_that_write_at_once_make_one_chain(data_folder: Path) -> None:
    writers = let_go_together(WRITER, ("first", "second"))
    here = [threading.Thread(target=_write_some, args=(name,)) for name in ("third", "fourth")]
    for thread in here:
        thread.start()
    while any(writer.poll() is None for writer in writers):
        assert {fault.kind for fault in verify()} == set()  # also while they write
        for writer in writers:
            try:
                writer.wait(timeout=0.05)
            except subprocess.TimeoutExpired:
                continue
    for thread in here:
        thread.join()
    assert [writer.communicate()[0] or writer.returncode for writer in writers] == [0, 0]
    assert verify() == []
    found = list(entries())
    assert [entry.number for entry in found] == list(range(1, 401))
    for name, count in (("first", 150), ("second", 150), ("third", 50), ("fourth", 50)):
        assert [entry.told["number"] for entry in found if entry.who == name] == list(range(count))


def _write_some(name: str) -> None:
    for number in range(50):
        note(AccessEvent.VIEW, who=name, number=number)


def test_while_the_log_is_held_nobody_adds_to_it(log: Path) -> None:
    before = (log / NOVEMBER).read_bytes()
    writer = threading.Thread(target=note, args=(AccessEvent.VIEW,), kwargs={"who": "later"})
    with held():
        writer.start()
        writer.join(timeout=0.2)
        assert writer.is_alive()
        assert (log / NOVEMBER).read_bytes() == before
    writer.join(timeout=60)
    assert (log / NOVEMBER).read_bytes() != before
