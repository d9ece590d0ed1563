"""Files made to harm whoever reads them: each is refused with its own code, in little time and memory."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from etl.readers import limits
from etl.readers.container import container_faults
from etl.readers.workbook import read_workbook
from riskmap.domain.errors import Problem
from tests.conftest import ROOT
from tests.etl.hostile_archives import changed, plain, sheet_xml
from tests.etl.hostile_files import HOSTILE, Hostile

# All files are written and read once, by one process of the run.
MEMORY = 800_000_000  # bytes of a process, the interpreter and its libraries included
SECONDS = 30.0  # of the processor
# A new process reads all files, so that none can harm the tests; it tells code and time of each as it goes.
PROGRAM = """
import json, resource, sys, time
from pathlib import Path
from etl.readers.workbook import read_workbook
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]),) * 2)
for name in sys.argv[2:]:
    begin = time.process_time()
    raw = read_workbook(Path(name))
    codes = [problem.code for problem in raw] if isinstance(raw, list) else []
    found = [problem.found for problem in raw] if isinstance(raw, list) else []
    print(json.dumps([Path(name).name, codes, time.process_time() - begin, found]), flush=True)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All hostile files."""
    folder = tmp_path_factory.mktemp("hostile")
    for hostile in HOSTILE:
        hostile.write(folder / hostile.name)
    return folder


@pytest.fixture(scope="module")
def refused(folder: Path) -> dict[str, Any]:
    """Codes and seconds of every hostile file; a file that ended the process is missing, with all after it."""
    paths = [str(folder / hostile.name) for hostile in HOSTILE]
    command = [sys.executable, "-c", PROGRAM, str(MEMORY), *paths]
    ended = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=300, check=False)
    told = [json.loads(line) for line in ended.stdout.splitlines()]
    return {name: (codes, seconds, found) for name, codes, seconds, found in told} | {"": ended.stderr[-2_000:]}


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda hostile: hostile.name)
def test_a_hostile_file_is_refused_in_little_time_and_memory(refused: dict[str, Any], hostile: Hostile) -> None:
    assert hostile.name in refused, refused[""]
    codes, seconds, _ = refused[hostile.name]
    assert codes == ([hostile.code] if hostile.code else [])
    assert seconds < SECONDS


def test_every_hostile_file_is_small_on_disk(folder: Path) -> None:
    assert {path.name for path in folder.iterdir() if path.stat().st_size > 8_000_000} == set()


def test_several_dangers_are_told_together_and_each_once(tmp_path: Path) -> None:
    parts = dict.fromkeys(("xl/vbaProject.bin", "xl/embeddings/a.bin", "xl/externalLinks/a.xml"), b"<a/>")
    path = changed(plain(tmp_path / "a.xlsm"), parts)
    assert [(p.code, p.found) for p in container_faults(path)] == [
        ("F009", "xl/vbaProject.bin"),
        ("F010", "xl/externalLinks/a.xml"),
    ]


def test_a_link_is_told_by_its_last_name_and_never_by_its_folders(folder: Path) -> None:
    for name in ("share.xlsx", "file.xlsx"):
        assert [problem.found for problem in container_faults(folder / name)] == ["a.xlsx"]


def test_a_sound_workbook_has_no_fault_of_its_container(tmp_path: Path) -> None:
    assert container_faults(plain(tmp_path / "a.xlsx")) == []


def test_a_text_beyond_the_longest_of_a_cell_is_told_with_its_place(folder: Path) -> None:
    expected = Problem("F012", "long text.xlsx", "R1", 1, "A", found="40000", expected="≤ 32767")
    assert read_workbook(folder / "long text.xlsx") == [expected]


def test_a_workbook_that_takes_too_long_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits.Clock, "left", 0.0)
    path = plain(tmp_path / "a.xlsx")
    assert read_workbook(path) == [Problem("F016", "a.xlsx", expected="≤ 60 s")]
    assert container_faults(path) == [Problem("F016", "a.xlsx", expected="≤ 60 s")]


def test_a_long_narrow_sheet_is_within_the_limits(tmp_path: Path) -> None:
    """A million rows of three columns: what is counted is the table, and not the width that a sheet could have."""
    rows = (
        b'<row r="%d"><c r="A%d"><v>1</v></c><c r="C%d"/></row>' % (row, row, row) for row in range(1, 400_001, 1_000)
    )
    path = changed(plain(tmp_path / "a.xlsx"), {"xl/worksheets/sheet1.xml": sheet_xml(b"".join(rows))})
    assert container_faults(path) == []
