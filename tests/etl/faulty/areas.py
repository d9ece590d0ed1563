"""Bad files of the rules A: areas that are not given, not known, or not those that are meant."""

from tests.etl.faulty.bench import FORM, Bench, Case, case, faulty
from tests.etl.long_returns import DISTRICT, return_row
from tests.etl.published import published_row, write_published

YEAR = "2022"
AKMOLA, ABAI = "110000000", "100000000"
OFFENCES = "offences_against_minors"


@faulty("A001", "the police form came as a file without the name of its region")
def form_without_region(bench: Bench) -> Case:
    return case(bench.form(name="1-M final.xlsx"), period=YEAR)


@faulty("A002", "a digit of the code was mistyped")
def mistyped_code(bench: Bench) -> Case:
    return case(bench.table(return_row(area="711119000")), at=(2, "area"))


@faulty("A003", "in Kazakh the region and the city of Almaty have one name")
def region_or_city(bench: Bench) -> Case:
    return case(bench.form(name="Алматы.xlsx"), period=YEAR)


@faulty("A004", "a long series was given to a region that is younger than its first year")
def younger_than_the_series(bench: Bench) -> Case:
    rows = [published_row(OFFENCES, ABAI, "2019", 38)]
    return case(write_published(bench.folder / "figures.csv", rows), at=(2, "area"))


@faulty("A005", "the command of the last file was repeated with the next one")
def area_of_the_last_call(bench: Bench) -> Case:
    return case(bench.form(name=FORM), area=ABAI, period=YEAR)


@faulty("A006", "the code of the district was given in whose town the office stands")
def district_for_its_region(bench: Bench) -> Case:
    return case(bench.form(name="1-M final.xlsx"), area=DISTRICT, period=YEAR)


@faulty("A007", "the police call the file of the city as the region is called too")
def city_named_like_its_region(bench: Bench) -> Case:
    return case(bench.form(name="Almaty.XLSX"), period=YEAR)


@faulty("A008", "names were sorted and codes were not")
def sorted_names(bench: Bench) -> Case:
    row = published_row(OFFENCES, AKMOLA, "2022", 38, area_name="Костанайская область")
    return case(write_published(bench.folder / "figures.csv", [row]), at=(2, "area_name"))


@faulty("A009", "the name of the district was written where its code belongs")
def name_for_code(bench: Bench) -> Case:
    return case(bench.table(return_row(area="район Алматы")), at=(2, "area"))
