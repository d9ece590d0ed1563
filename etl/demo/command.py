"""Makes the sample country: writes its returns, loads them as if they had come in month by month, writes the truth."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from etl.accepted import accept, already_accepted
from etl.demo.arrivals import Arrivals
from etl.demo.loaded import RECEIVED_BY, loaded_digests
from etl.demo.people import PUBLISHED
from etl.demo.plan import plan
from etl.demo.returns import Consignment, consignments, extent, report, write_consignment
from etl.demo.series import make_country
from etl.demo.truth import write_truth
from etl.demo.workbooks import write_workbooks
from etl.intake import Call, check_files
from etl.storage import storage_faults
from riskmap.domain.errors import DataFaults
from riskmap.domain.settings import data_folder
from riskmap.words import plural, t


@dataclass(frozen=True, slots=True)
class Demo:
    """What was made: all files and their figures, the loads of those that were new, and where everything lies."""

    returns: tuple[Path, ...]
    figures: int
    loads: tuple[str, ...]
    workbooks: tuple[Path, ...]
    truth: Path


def make_demo(
    *,
    small: bool,
    seed: int,
    out: Path | None,
    language: str,
    tell: Callable[[str], None],
    publish_first: Callable[[], None] | None = None,
) -> Demo:
    """Write the sample country below `out`, or `demo/` of the data folder, and load its returns into the data folder.

    The same seed gives the same figures. A file that stands in the record already is not loaded again, so that a call
    that was stopped is gone on with. `tell` gets a line about each step. `publish_first` is called once on the way:
    when all that had come in by the day of the first publication is in the record, and something later is about to be.
    Nothing else is built or published.
    """
    folder = out or data_folder() / "demo"
    for name in ("returns", "workbooks"):
        with storage_faults(folder):
            (folder / name).mkdir(parents=True, exist_ok=True)
    country = make_country(plan(), seed)
    reporting = report(country, seed)
    part = extent(country, small=small)
    tell(t("demo.drawn", language))
    workbooks = write_workbooks(country, reporting, part, folder / "workbooks")
    tell(plural("demo.workbooks", len(workbooks), language, folder=folder / "workbooks"))
    arrivals = Arrivals(plan(), workbooks)
    known = loaded_digests()
    paths, loads, figures = [], [], 0
    for consignment in consignments(country, reporting, part):
        path = write_consignment(consignment, folder / "returns")
        paths.append(path)
        figures += len(consignment.figures)
        is_known = hashlib.sha256(path.read_bytes()).hexdigest() in known
        arrivals.come(consignment.received.date(), is_kept=not is_known)
        if is_known:
            continue
        if publish_first and consignment.received.date() > plan().returns.first_publication:
            publish_first()
            publish_first = None
        loads.append(_load(path, consignment))
    tell(t("demo.loaded", language, files=len(paths), figures=figures))
    truth = write_truth(country, reporting, part, folder / "truth.json", seed=seed)
    return Demo(tuple(paths), figures, tuple(loads), workbooks, truth)


def load_published() -> None:
    """Load the published figures that ship with the product where the record lacks them: the real part of a sample."""
    checked = check_files([PUBLISHED], Call())
    if checked.stopped:
        raise DataFaults(list(checked.problems))
    if not already_accepted(checked):
        accept(checked, received_by=RECEIVED_BY)


def _load(path: Path, consignment: Consignment) -> str:
    """Load one file by the ordinary way, as received on its day; a fault that stops is a fault of the sample.

    What a person would be asked about is planted, such as slips that a later file corrects, so nothing is compared with
    the months before.
    """
    checked = check_files([path], Call(source=plan().source, past=False))
    if checked.stopped:
        raise DataFaults(list(checked.problems))
    return accept(checked, received_by=RECEIVED_BY, moment=consignment.received)
