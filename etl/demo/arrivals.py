"""Workbooks of the sample country that arrived and were refused: the log of faults tells of them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path

from etl.arrived import Arrived
from etl.demo.plan import Arrival, Plan
from etl.fault_log import Outcome, keep_faults
from etl.intake import Call, check_files
from riskmap.domain.vocabulary import month_period

_HOUR = time(9)


class Arrivals:
    """The workbooks that are still to arrive, in the order of their days."""

    def __init__(self, plan: Plan, workbooks: Sequence[Path]) -> None:
        self.plan = plan
        self.paths = {path.name: path for path in workbooks}
        here = (arrival for arrival in plan.arrivals if arrival.file in self.paths)
        self.left = sorted(here, key=lambda arrival: arrival.day)

    def come(self, until: date, *, is_kept: bool) -> None:
        """Let the workbooks of the days up to one arrive: each is checked, and kept in the log where that is asked."""
        while self.left and self.left[0].day <= until:
            arrival = self.left.pop(0)
            if is_kept:
                self._keep(arrival)

    def _keep(self, arrival: Arrival) -> None:
        checked = check_files([self.paths[arrival.file]], Call(past=False))
        outcomes = [
            Outcome(self._told(file), [fault for fault in checked.problems if fault.file in ("", file.name)])
            for file in checked.arrived
        ]
        keep_faults(outcomes, checked, moment=datetime.combine(arrival.day, _HOUR))

    def _told(self, file: Arrived) -> Arrived:
        """What whoever sent the workbook has said of it, where it does not tell that itself."""
        month = month_period(self.plan.workbook.month.year, self.plan.workbook.month.month)
        region = next(item.region for item in self.plan.workbooks if item.file == file.path.name)
        told = replace(file, source=file.source or self.plan.source, is_invented=True)
        return told if told.returns else replace(told, returns=((region, month),))
