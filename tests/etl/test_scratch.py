"""What does not fit into memory is gone when the work is, also where the process was killed."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from etl.scratch import clear_scratch, scratch_database, scratch_folder
from tests.conftest import ROOT


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the system for what is temporary, for this test alone."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


def test_the_folder_goes_with_its_connection(temporary: Path) -> None:
    connection = scratch_database()
    (place,) = temporary.iterdir()
    assert place.stat().st_mode & 0o777 == 0o700
    connection.close()
    del connection
    assert list(temporary.iterdir()) == []


def test_what_a_killed_process_left_is_removed_and_what_is_worked_in_is_not(temporary: Path) -> None:
    program = (
        "import os, signal\nfrom etl.scratch import *\na = scratch_database()\nos.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False, timeout=60)
    assert done.returncode == -signal.SIGKILL
    (left,) = temporary.iterdir()
    with scratch_folder() as own:
        (temporary / "riskmap-of-somebody").mkdir()
        clear_scratch()
        assert not left.exists()
        assert sorted(path.name for path in temporary.iterdir()) == sorted(["riskmap-of-somebody", Path(own).name])
