"""What the operator's own rows of areas do to figures that were received before and after them."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from geo.register_tables import COLUMNS
from tests.conftest import ROOT
from tests.etl.plain_cells import Cells
from tests.etl.records import figure, write_record

EVENTS = "offences_against_minors"
ZERENDI, RENUMBERED, NEW, BURABAI = "115600000", "595900000", "115800000", "117000000"
NAMES = "Жаңажол ауданы,район Жанажол,Zhanazhol District,Жаңажол,Жанажол,Zhanazhol"

PROGRAM = """
import json, sys
from etl.cells import build_cells
from etl.joined import with_joined
from etl.reference import area_frame
from etl.scratch import COUNTING, scratch_database
from riskmap.domain.tables import CELLS

with scratch_database(COUNTING) as connection:
    build_cells(connection)
    columns = ", ".join(f"CAST({column.name} AS {column.type}) AS {column.name}" for column in CELLS.columns)
    cells = with_joined(connection.execute(f"SELECT {columns} FROM cells").df(), area_frame())
years = cells[(cells["grain"] == "year") & (cells["breakdown"] == "all")].set_index("area")["numerator"].dropna()
print(json.dumps({area: years[area] for area in years.index if "~" in area or area in sys.argv[1:]}))
"""


def years(data: Path, own: Path, *asked: str) -> Any:
    """The numbers of the year, of the areas asked for and of all joined ones, in a process with the operator's rows."""
    settings = {"RISKMAP_DATA": str(data), "RISKMAP_AREAS": str(own), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *asked], env=os.environ | settings, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def write(own: Path, **tables: str) -> Path:
    own.mkdir()
    for name, rows in tables.items():
        (own / f"{name}.csv").write_text(",".join(COLUMNS[name].split()) + "\n" + rows + "\n", encoding="utf-8")
    return own


def months(area: str, value: int, *numbers: int) -> Cells:
    return {key: cell for n in numbers for key, cell in figure(EVENTS, area, f"2025-{n:02d}", value).items()}


def test_figures_received_under_an_old_code_go_on_under_the_new_one(tmp_path: Path) -> None:
    write_record(tmp_path / "data", months(ZERENDI, 25, *range(1, 13)))
    own = write(
        tmp_path / "areas",
        changes=f"2026-03-01,code,{ZERENDI},{RENUMBERED},,,,",
        districts=f"{RENUMBERED},590000000" + "," * 11,
    )
    assert years(tmp_path / "data", own, ZERENDI, RENUMBERED)[RENUMBERED] == 300


def test_units_between_which_a_row_moved_a_border_are_counted_as_one(tmp_path: Path) -> None:
    """Thirty a month in Zerendi until July; ten of them in the new district from then on, and Burabai as ever."""
    record = months(ZERENDI, 30, *range(1, 8)) | months(ZERENDI, 20, *range(8, 13))
    record |= months(NEW, 10, *range(8, 13)) | months(BURABAI, 25, *range(1, 13))
    write_record(tmp_path / "data", record)
    own = write(
        tmp_path / "areas",
        changes=f"2025-08-01,split,{ZERENDI},{NEW},,,,\n2025-08-01,land,{BURABAI},{NEW},,,,",
        districts=f"{NEW},110000000,district,{NAMES},,,,",
    )
    found = years(tmp_path / "data", own, ZERENDI, NEW)
    assert found == {ZERENDI: 310, NEW: 50, f"{ZERENDI}~{NEW}~{BURABAI}": 660}
