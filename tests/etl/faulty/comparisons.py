"""Bad files of the rules from V022 on: numbers that do not agree with others, or with what was before."""

from collections.abc import Iterable

from etl.accepted import accept
from etl.intake import Call, check_files
from tests.etl.faulty.bench import Bench, Case, case, faulty
from tests.etl.long_returns import DISTRICT, return_row
from tests.etl.published import published_row, write_published
from tests.etl.returns import CITY, ULYTAU

OTHER_DISTRICT = "711210000"
AKMOLA = "110000000"
OFFENCES, CHILDREN = "offences_against_minors", "children_0_17"
APPEALS = "helpline_appeals"
USUAL = (12, 9, 14, 11, 13, 10, 15, 12, 8, 13, 11, 14, 10)
# What a district counts in a month besides.
COUNTED = (APPEALS, "support_centre_clients", "preventive_visits", OFFENCES, "offences_by_minors", "bullying_offences")
FURTHER = (
    *("police_register_placed", "police_register_removed", "families_register_placed", "families_register_removed"),
    *("case_management_open", "psychologists", "social_educators"),
)


def series(values: Iterable[int], *, indicator: str = APPEALS, year: int = 2025) -> list[dict[str, str]]:
    """One number a month, from January on."""
    return [
        return_row(indicator=indicator, period=f"{year + n // 12}-{n % 12 + 1:02}", value=str(value))
        for n, value in enumerate(values)
    ]


@faulty("V022", "a district corrected its number after the region had been added up")
def district_corrected_alone(bench: Bench) -> Case:
    rows = [published_row(OFFENCES, ULYTAU, "2025", 38), published_row(OFFENCES, CITY, "2025", 41)]
    return case(write_published(bench.folder / "figures.csv", rows), at=(2, "value"))


@faulty("V023", "cases came to light after the year had been added up")
def year_added_up_too_early(bench: Bench) -> Case:
    rows = [*series((8, 9), indicator=OFFENCES), return_row(indicator=OFFENCES, period="2025", value="10")]
    return case(bench.table(*rows), at=(4, "value"))


@faulty("V024", "a month was sent by itself in a series of sums since January")
def single_month_among_sums(bench: Bench) -> Case:
    rows = [published_row(OFFENCES, AKMOLA, f"2025-01..2025-{month}", n) for month, n in (("05", 50), ("06", 12))]
    return case(write_published(bench.folder / "figures.csv", rows), at=(3, "value"))


@faulty("V025", "children were taken off the register and not counted as removed")
def removed_without_being_counted(bench: Bench) -> Case:
    register = series((100, 92), indicator="police_register")
    moved = [
        return_row(indicator=f"police_register_{way}", period="2025-02", value="3") for way in ("placed", "removed")
    ]
    return case(bench.table(*register, *moved), at=(3, "value"))


@faulty("V026", "the children of two districts were written for one")
def children_of_two_districts(bench: Bench) -> Case:
    rows = [published_row(CHILDREN, AKMOLA, year, count) for year, count in (("2023", 210_114), ("2024", 421_530))]
    return case(write_published(bench.folder / "figures.csv", rows), at=(3, "value"))


@faulty("V027", "a digit was typed twice")
def digit_typed_twice(bench: Bench) -> Case:
    return case(bench.table(*series((*USUAL, 122))), at=(15, "value"))


@faulty("V028", "cases of the summer were all entered in September")
def summer_entered_in_september(bench: Bench) -> Case:
    rows = series((*USUAL[:6], 0, 0, 36))
    return case(bench.table(*rows[:6], rows[8]), at=(8, "value"))


@faulty("V029", "zeros were typed so that the form would be complete")
def zeros_for_a_complete_form(bench: Bench) -> Case:
    return case(bench.table(*series((*USUAL, 0))), at=(15, "value"))


@faulty("V030", "parts without a case were marked as not reported")
def parts_marked_in_place_of_zero(bench: Bench) -> Case:
    parts = {"physical": "5", "psychological": "7", **dict.fromkeys(("sexual", "exploitation", "cyberbullying"), "")}
    rows = [return_row(value="12")]
    for category, value in {**parts, "neglect": ""}.items():
        status = "" if value else "not_reported"
        rows.append(return_row(breakdown="type", category=category, value=value, status=status))
    return case(bench.table(*rows), at=(2, "value"))


@faulty("V031", "the return of the month before was sent under the new month")
def return_of_the_month_before(bench: Bench) -> Case:
    rows = [
        return_row(indicator=name, period=period, value=str(101 + 7 * n))
        for period in ("2025-02", "2025-03")
        for n, name in enumerate(COUNTED)
    ]
    return case(bench.table(*rows), at=(8, "value"))


@faulty("V032", "the row of a district was copied to its neighbour")
def row_copied_to_the_neighbour(bench: Bench) -> Case:
    rows = [
        return_row(indicator=name, area=area, period="2025-03", value=str(101 + 7 * n))
        for area in (DISTRICT, OTHER_DISTRICT)
        for n, name in enumerate(COUNTED)
    ]
    return case(bench.table(*rows), at=(8, "value"))


@faulty("V033", "thousands of children stand beside single cases")
def thousands_of_children(bench: Bench) -> Case:
    rows = [published_row(CHILDREN, AKMOLA, "2025", 211), published_row(OFFENCES, AKMOLA, "2025", 380)]
    return case(write_published(bench.folder / "figures.csv", rows), at=(3, "value"))


@faulty("V034", "half of the schools forgot to tell their psychologists")
def psychologists_forgotten(bench: Bench) -> Case:
    return case(bench.table(*series((41, 12), indicator="psychologists", year=2026)), at=(3, "value"))


@faulty("V035", "a district estimated all of its numbers")
def estimated_numbers(bench: Bench) -> Case:
    names = enumerate((*COUNTED, *FURTHER), start=1)
    return case(bench.table(*(return_row(indicator=name, value=str(10 * n)) for n, name in names)), at=(2, "value"))


@faulty("V036", "only the schools of the town were asked")
def schools_of_the_town(bench: Bench) -> Case:
    schools = return_row(indicator="schools", value="83", units_expected="", units_reported="")
    return case(bench.table(schools, return_row()), at=(3, "value"))


@faulty("V037", "the number of the month was sent in place of the sum that had been accepted")
def other_figure_sent_again(bench: Bench) -> Case:
    accepted = bench.table(return_row(value="112"), name="first.csv")
    accept(check_files([accepted], Call()), received_by="operator")
    return case(bench.table(return_row(value="11")), at=(2, "value"))


@faulty("K006", "a district is missing that has been in every return before")
def district_missing(bench: Bench) -> Case:
    rows = [return_row(area=area, period="2025-09") for area in (DISTRICT, OTHER_DISTRICT)]
    return case(bench.table(*rows, return_row()))


@faulty("P009", "the definition of the figure was changed in the middle of the year")
def changed_in_the_middle(bench: Bench) -> Case:
    rows = [published_row(OFFENCES, AKMOLA, "2024", 38)]
    return case(write_published(bench.folder / "figures.csv", rows), at=(2, "value"))


@faulty("P011", "a series was extended backwards to years in which nobody collected the figure")
def extended_backwards(bench: Bench) -> Case:
    rows = [return_row(indicator="bullying_offences", period="2023-10")]
    return case(bench.table(*rows), at=(2, "value"))
