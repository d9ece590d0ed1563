"""Bad files of the rules P: periods that are not given, not readable, or not those of the figures."""

from datetime import date

from tests.etl.faulty.bench import Bench, Case, case, faulty
from tests.etl.long_returns import return_row


@faulty("P001", "the police form tells no period, and the call forgot it")
def form_without_period(bench: Bench) -> Case:
    return case(bench.form())


@faulty("P002", "the period was written in words")
def period_in_words(bench: Bench) -> Case:
    return case(bench.table(return_row(period="октябрь 2025 года")), at=(2, "period"))


@faulty("P003", "the form of a new region was loaded for the year before its founding")
def before_the_founding(bench: Bench) -> Case:
    return case(bench.form(name="Abay Region.xlsx"), period="2021")


@faulty("P004", "in January the new year was typed for the month that had just ended")
def month_to_come(bench: Bench) -> Case:
    to_come = f"{date.today().year + 1}-{date.today().month:02}"
    return case(bench.table(return_row(period=to_come)), at=(2, "period"))


@faulty("P005", "the command of the last month was repeated with the new return")
def period_of_the_last_call(bench: Bench) -> Case:
    return case(bench.return_book(), period="2025-09")
