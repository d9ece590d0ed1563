"""Bad files of the rules K: what was sent twice, and what was sent by two."""

import shutil
from pathlib import Path

from etl.accepted import accept, already_accepted
from etl.intake import Call, check_files
from etl.reconcile import disagreements
from riskmap.domain.errors import Problem
from tests.etl.faulty.bench import FORM, Bench, Case, case, faulty
from tests.etl.form_workbook import write_form
from tests.etl.long_returns import return_row
from tests.etl.published import published_row, write_published

OFFENCES, AKMOLA = "offences_against_minors", "110000000"


@faulty("K001", "one form was saved under the names of two regions")
def one_form_under_two_names(bench: Bench) -> Case:
    first = bench.form()
    return case(first, Path(shutil.copy(first, bench.folder / "Astana.xlsx")), period="2022")


@faulty("K002", "the first and the corrected form of a region came together")
def form_and_its_correction(bench: Bench) -> Case:
    corrected = bench.folder / "Akmola oblysy.xlsx"
    write_form(corrected, {(OFFENCES, "all", "all"): 7, (OFFENCES, "type", "crime"): 7})
    return case(bench.form(), corrected, period="2022")


@faulty("K003", "the export was appended to itself")
def export_appended_to_itself(bench: Bench) -> Case:
    return case(bench.table(return_row(), return_row()), at=(3, "value"))


@faulty("K004", "the return of last month was loaded once more")
def loaded_once_more(bench: Bench) -> Case:
    path = bench.table(return_row())
    accept(check_files([path], Call()), received_by="operator")
    return Case(lambda: already_accepted(check_files([path], Call())))


@faulty("K005", "the committee publishes another number than the police form has")
def two_sources_disagree(bench: Bench) -> Case:
    row = published_row(OFFENCES, AKMOLA, "2022", 39)
    write_form(bench.folder / FORM, {(OFFENCES, "all", "all"): 38, (OFFENCES, "type", "crime"): 38})
    paths = [write_published(bench.folder / "figures.csv", [row]), bench.folder / FORM]

    def told() -> list[Problem]:
        loads = [accept(check_files([path], Call(period="2022")), received_by="operator") for path in paths]
        return disagreements(loads[-1])

    return Case(told, (2, "value"))
