"""The catalogue: what is shipped holds together, and every contradiction is told, all at once."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from riskmap.domain.errors import CatalogueInvalid
from riskmap.domain.registry import (
    WORDS,
    Indicator,
    catalogue,
    indicator,
    indicators,
    read_catalogue,
    source,
)
from riskmap.domain.vocabulary import ALL, LANGUAGES, Family, Grain, Kind

KAZAKH_LETTERS = set("әғқңөұүһі")

PEOPLE = """
[people]
family = "population"
kind = "stock"
place = "residence"
unit = "residents"
interval = "none"
sources = ["office"]
publish = [
    { area = "country", grain = "year" },
    { area = "region", grain = "year" },
    { area = "district", grain = "year" },
]
definitions = [{ id = "1", since = 2010-01-01 }]
"""

COMPARABLE = """
population = "people"

[limits]
oblast = [250_000]
republican_city = []
district = [5_000, 20_000]
city = [50_000]
city_district = []
"""

REPORTS = """
[reports]
family = "recorded"
kind = "flow"
place = "event"
unit = "offences"
population = "people"
sources = ["office"]
breaks = [10, 20.5, 30]
publish = [{ area = "region", grain = "year" }, { area = "country", grain = "year", breakdown = "sex" }]
definitions = [{ id = "1", since = 2010-01-01 }, { id = "2", since = 2020-07-01, story = "break.law" }]

[reports.breakdowns]
sex = ["f", "m"]

[reports.disclosure]
hide_below = 7
published_by_state = [{ area = "region", grain = "year", publication = "publication.office" }]
"""

TOPICS = """
[topic]
kk = "Тақырып"
ru = "Тема"
en = "Topic"

[people]
kk = "Халық"
ru = "Люди"
en = "People"
"""

RETURN = """owed = false
return_sheets = [{ id = "one", names = { kk = "A", ru = "B", en = "C" }, figures = ["reports"] }]
"""

GROUPS = """
sums = [{ area = "country", grain = "quarter" }, { area = "region", grain = "quarter" }]
"""

INDEXES = """
overlapping = []
[families]
"""

OFFICE = """
area = "region"
grains = ["year"]
owed = false
layouts = { ".csv" = "long_table" }
columns = ["area", "value"]
sheets = [{ name = "S1", title = "Reports", headings = { 2 = "number" } }]
items = [{ indicator = "reports", sheet = "S1", rows = ["1"], labels = ["All"], column = "2" }]
"""


def words(prefix: str, keys: tuple[str, ...]) -> str:
    tables = (f"\n[{prefix}words.{lang}]\n" + "".join(f'{k} = "{k} {lang}"\n' for k in keys) for lang in LANGUAGES)
    return "".join(tables)


def write(
    folder: Path,
    *,
    reports: str = "",
    people: str = "",
    office: str = "",
    topics: str = TOPICS,
    comparable: str = COMPARABLE,
    indexes: str = INDEXES,
) -> Path:
    """A catalogue of two indicators, two topics and one source, each as it should be where it is not given."""
    for name, text in (
        ("indicators/topic.toml", reports or REPORTS + words("reports.", WORDS)),
        ("indicators/people.toml", people or PEOPLE + words("people.", WORDS)),
        ("sources/office.toml", office or OFFICE + words("", ("name",))),
        ("topics.toml", topics),
        ("publish.toml", GROUPS),
        ("indexes.toml", indexes),
        ("comparable.toml", comparable),
    ):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def changed(text: str, old: str, new: str) -> str:
    assert text.count(old) == 1, f"{old!r} must stand once in the sample"
    return text.replace(old, new)


def faults_of(folder: Path) -> list[str]:
    with pytest.raises(CatalogueInvalid) as raised:
        read_catalogue(folder)
    return raised.value.faults


def test_what_is_declared_is_what_is_read(tmp_path: Path) -> None:
    declared = read_catalogue(write(tmp_path))
    item = declared.indicators["reports"]
    assert (item.id, item.topic) == ("reports", "topic")
    assert item.family is Family.RECORDED
    assert item.kind is Kind.FLOW
    assert list(item.breaks) == [10, 20.5, 30]
    assert (item.disclosure.open, item.disclosure.hide_below, item.disclosure.hide_zero) == (False, 7, False)
    assert item.disclosure.published_by_state[0].publication == "publication.office"
    assert item.words["kk"]["name"] == "name kk"
    assert item.published("region", Grain.YEAR, ALL)
    assert item.published("country", Grain.YEAR, "sex")
    assert not item.published("region", Grain.YEAR, "sex")
    assert not item.published("region", Grain.YTD, ALL)
    assert declared.sources["office"].grains == (Grain.YEAR,)


def test_the_tables_of_its_groups_are_those_of_an_indicator(tmp_path: Path) -> None:
    text = changed(REPORTS, 'unit = "offences"', 'unit = "offences"\ntables = ["sums"]') + words("reports.", WORDS)
    item = read_catalogue(write(tmp_path, reports=text)).indicators["reports"]
    assert [(table.area, table.grain) for table in item.publish] == [
        ("country", Grain.QUARTER),
        ("region", Grain.QUARTER),
        ("region", Grain.YEAR),
        ("country", Grain.YEAR),
    ]


def test_a_part_has_its_own_class_limits_before_those_of_its_breakdown() -> None:
    item = indicator("missed_lessons")
    assert item.class_breaks("reason", "illness") == item.breaks_by["reason"]
    assert item.class_breaks("reason", "no_valid_reason") == item.breaks_by["reason:no_valid_reason"]
    assert item.class_breaks(ALL, ALL) == item.breaks


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        # what cannot be read
        ('unit = "offences"', 'unit = "offences"\ncolour = "red"', "topic.toml: reports: unknown key 'colour'"),
        ('unit = "offences"\n', "", "topic.toml: reports: missing key 'unit'"),
        ('family = "recorded"', 'family = "bad"', "family: 'bad' is none of outcome, recorded, signal"),
        ('area = "region", grain = "year" }, {', 'area = "region", grain = "week" }, {', "grain: 'week' is none of"),
        ("hide_below = 7", 'hide_below = "seven"', "disclosure: hide_below: expected int, found 'seven'"),
        ("hide_below = 7", "hide_below = true", "disclosure: hide_below: expected int, found True"),
        ("hide_below = 7", "hide_below = 7\nfloor = 1", "disclosure: unknown key 'floor'"),
        ("breaks = [10, 20.5, 30]", 'breaks = [10, "20", 30]', "breaks: expected float, found '20'"),
        ("since = 2010-01-01", 'since = "2010"', "since: expected date, found '2010'"),
        ('[reports.breakdowns]\nsex = ["f", "m"]', "breakdowns = 3", "breakdowns: expected a table, found 3"),
        (', publication = "publication.office"', "", "published_by_state: missing key 'publication'"),
        # what reads well and contradicts itself or the rest
        ('name = "name en"\n', "", "reports: no word 'name' in en"),
        ('is_not = "is_not kk"', 'is_not = "  "', "reports: no word 'is_not' in kk"),
        ('population = "people"', 'population = "nobody"', "reports: population 'nobody' is not an indicator"),
        ('population = "people"', 'population = "reports"', "population 'reports' is not of the family population"),
        ('population = "people"\n', "", "reports: an interval is declared but no population"),
        ("breaks = [10, 20.5, 30]\n", "", "reports: a rate is formed but there are no class breaks"),
        ("breaks = [10, 20.5, 30]", "breaks = [10, 30, 20.5]", "reports: class breaks do not rise"),
        ("breaks = [10, 20.5, 30]", "breaks = [10, 10, 30]", "reports: class breaks do not rise"),
        (
            "breaks = [10, 20.5, 30]",
            "breaks = [10, 20.5, 30]\nbreaks_by = { sex = [1, 2] }",
            "reports: class breaks of breakdown 'sex' and its tables below the country do not go together",
        ),
        ('unit = "offences"', 'unit = "offences"\ninterval = "wald"', "reports: unknown interval 'wald'"),
        ('breakdown = "sex"', 'breakdown = "age"', "reports: table by 'age' but no such breakdown"),
        ('sex = ["f", "m"]', 'sex = ["f", "m"]\nrace = ["a", "b"]', "reports: unknown breakdown 'race'"),
        ('sex = ["f", "m"]', 'sex = ["f"]', "reports: breakdown 'sex' needs two or more different categories"),
        ('sex = ["f", "m"]', 'sex = ["f", "f"]', "reports: breakdown 'sex' needs two or more different categories"),
        ('area = "region", grain = "year" }, {', 'area = "street", grain = "year" }, {', "unknown level 'street'"),
        (', breakdown = "sex" }', ' }, { area = "region", grain = "year" }', "reports: a table is declared twice"),
        ('since = 2020-07-01, story = "break.law"', "since = 2009-07-01", "definition versions are missing or not in"),
        ('state = [{ area = "region"', 'state = [{ area = "district"', "never reaches below region"),
        ('sources = ["office"]', 'sources = ["office", "press"]', "reports: source 'press' is not declared"),
        ('sources = ["office"]', 'sources = ["office"]\ntables = ["weekly"]', "reports: no group 'weekly'"),
        (
            "breaks = [10, 20.5, 30]",
            'breaks = [10, 20.5, 30]\nbreaks_by = { "sex:x" = [1, 2] }',
            "reports: class breaks of 'sex:x', which is not declared",
        ),
        ("hide_below = 7", 'hide_below = 7\nhide_categories = ["sex:x"]', "reports: hidden category 'sex:x' is not"),
        (
            'unit = "offences"',
            'unit = "offences"\nbalance = ["people", "reports"]',
            "balance with 'people', which is no",
        ),
        ('unit = "offences"', 'unit = "offences"\nbalance = ["reports"]', "a balance is that of a stock"),
        (
            'unit = "offences"',
            'unit = "offences"\nfirst_screen = { district = "all" }',
            "the first screen shows 'all' by 'district', which is not published",
        ),
        (
            'unit = "offences"',
            'unit = "offences"\nreceipt = "sex:x"',
            "the receipt of a region shows 'sex:x', which is not published of regions",
        ),
    ],
)
def test_a_contradiction_in_an_indicator_is_told(tmp_path: Path, old: str, new: str, fault: str) -> None:
    text = changed(REPORTS + words("reports.", WORDS), old, new)
    assert any(fault in told for told in faults_of(write(tmp_path, reports=text)))


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("owed = false", 'owed = false\nowner = "us"', "office.toml: unknown key 'owner'"),
        ("owed = false\n", "", "office.toml: missing key 'owed'"),
        ("owed = false", "owed = 0", "office.toml: owed: expected bool, found 0"),
        ('grains = ["year"]', 'grains = ["decade"]', "office.toml: grains: 'decade' is none of"),
        ('name = "name ru"\n', "", "source office: no word 'name' in ru"),
        ('indicator = "reports"', 'indicator = "riots"', "feeds 'riots', which does not name this source"),
        (
            'column = "2"',
            'column = "2", breakdown = "sex", category = "x"',
            "feeds reports sex 'x', which is not declared",
        ),
        ('column = "2"', 'column = "3"', "reads column 3 of sheet 'S1', which is not declared"),
        ("owed = false", RETURN.replace("reports", "riots"), "feeds 'riots', which does not name this source"),
        ("owed = false", RETURN.replace('"reports"', '"reports:sex:x"'), "feeds reports sex 'x', which is not"),
        ("owed = false", RETURN.replace('"reports"', '"reports", "reports"'), "asks twice for reports"),
        ("owed = false", "owed = true", "no due_days for 'year', which is owed"),
        ("owed = false", "owed = true\ndue_days = { year = 0 }", "due_days of 'year' is 0"),
        ("owed = false", "owed = true\ndue_days = { year = 20, month = 5 }", "due_days for 'month', which is not owed"),
        ("owed = false", "owed = false\ndue_days = { year = 20 }", "due_days for 'year', which is not owed"),
        ("owed = false", RETURN.replace('"B"', '"A name of more than thirty-one signs"'), "needs a name of 1 to 31"),
    ],
)
def test_a_contradiction_in_a_source_is_told(tmp_path: Path, old: str, new: str, fault: str) -> None:
    text = changed(OFFICE + words("", ("name",)), old, new)
    assert any(fault in told for told in faults_of(write(tmp_path, office=text)))


def test_an_indicator_declared_in_two_files_is_told(tmp_path: Path) -> None:
    twice = PEOPLE.replace("[people]", "[reports]") + words("reports.", WORDS)
    assert "topic.toml: reports: declared twice" in faults_of(write(tmp_path, people=twice))


def test_all_faults_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    reports = changed(REPORTS, 'kind = "flow"', 'kind = "flood"')
    people = changed(PEOPLE, 'unit = "residents"\n', "")
    office = changed(OFFICE, "owed = false", 'owed = "no"\nowner = "us"')
    told = faults_of(write(tmp_path, reports=reports, people=people, office=office))
    expected = ("'flood'", "missing key 'unit'", "unknown key 'owner'", "owed: expected bool", "missing key 'words'")
    assert all(any(part in fault for fault in told) for part in expected)


def test_all_contradictions_of_all_declarations_are_told_at_once(tmp_path: Path) -> None:
    reports = changed(REPORTS, "breaks = [10, 20.5, 30]", "breaks = [2, 1]") + words("reports.", WORDS[1:])
    people = changed(PEOPLE, 'sources = ["office"]', 'sources = ["census"]') + words("people.", WORDS)
    office = changed(OFFICE + words("", ("name",)), 'name = "name en"\n', "")
    told = faults_of(write(tmp_path, reports=reports, people=people, office=office))
    assert len(told) >= len(LANGUAGES) + 3
    assert {"reports: class breaks do not rise", "people: source 'census' is not declared"} <= set(told)
    assert "source office: no word 'name' in en" in told


def test_indicators_stand_in_the_order_of_their_topics(tmp_path: Path) -> None:
    assert list(read_catalogue(write(tmp_path)).indicators) == ["reports", "people"]
    topics = TOPICS[TOPICS.index("[people]") :] + TOPICS[: TOPICS.index("[people]")]
    assert list(read_catalogue(write(tmp_path, topics=topics)).indicators) == ["people", "reports"]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("[topic]", "[subject]", "reports: topic 'topic' is not in topics.toml"),
        ('ru = "Тема"\n', "", "topic: no name in ru"),
    ],
)
def test_a_contradiction_in_a_topic_is_told(tmp_path: Path, old: str, new: str, fault: str) -> None:
    assert any(fault in told for told in faults_of(write(tmp_path, topics=changed(TOPICS, old, new))))


# What is shipped.


def test_the_shipped_catalogue_reads_and_is_found_by_id_and_topic() -> None:
    assert {item.id for item in indicators()} == set(catalogue().indicators)
    assert {item.topic for item in indicators()} == set(catalogue().topics)
    assert [item.id for item in indicators("suicide")] == ["suicides_minors", "suicide_attempts_minors"]
    assert indicator("offences_by_minors").topic == "offences"
    assert source("published").layouts == {".csv": "long_table"}
    for find in (indicator, source):
        with pytest.raises(KeyError):
            find("no_such_thing")


@pytest.mark.parametrize("item", indicators(), ids=lambda item: item.id)
def test_no_word_mixes_alphabets_and_each_language_has_its_own(item: Indicator) -> None:
    for lang, key, text in shipped_words(item):
        for word in re.findall(r"[^\W\d_]+", text):
            kinds = {"cyrillic" if "\u0400" <= letter <= "\u04ff" else "latin" for letter in word}
            assert len(kinds) == 1, f"{lang} {key}: {word}"
    assert len({item.words[lang]["name"] for lang in LANGUAGES}) == len(LANGUAGES)
    assert any(KAZAKH_LETTERS & set(item.words["kk"][key].lower()) for key in WORDS)
    assert not any(
        KAZAKH_LETTERS & set(text) for lang, key, text in shipped_words(item) if (lang, key) == ("ru", "name")
    )


def shipped_words(item: Indicator) -> Iterator[tuple[str, str, str]]:
    for lang in LANGUAGES:
        for key, text in item.words[lang].items():
            yield lang, key, text


@pytest.mark.parametrize("item", indicators("suicide"), ids=lambda item: item.id)
def test_suicide_is_never_coloured_broken_down_or_shown_below_region(item: Indicator) -> None:
    assert item.never_coloured
    assert not item.breakdowns
    assert not item.breaks
    assert {table.area for table in item.publish} <= {"country", "region"}
    assert item.disclosure.hide_below == 10
    assert item.disclosure.hide_zero


def test_only_populations_and_counts_of_schools_staff_and_lessons_are_open() -> None:
    assert {item.id for item in indicators() if item.disclosure.open} == {
        *(item.id for item in indicators() if item.family is Family.POPULATION),
        *("programme_schools", "safety_service_schools", "qr_coverage", "monitoring_share_met", "hotline_lines"),
        *("staff_trained", "psychologists", "social_educators", "safety_lessons", "preventive_visits"),
        "missed_lessons",
    }


def test_exemptions_are_totals_that_are_published_and_name_their_publication() -> None:
    for item in indicators():
        for exemption in item.disclosure.published_by_state:
            assert item.published(exemption.area, exemption.grain, ALL), item.id
            assert exemption.publication.startswith("publication."), item.id


def test_the_law_of_2024_breaks_every_series_of_criminal_offences() -> None:
    for item in (item for item in indicators("offences") if "form_1m" in item.sources):
        versions = {(version.id, version.since, version.story) for version in item.definitions}
        assert ("2024", date(2024, 6, 16), "break.law_2024") in versions


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('population = "people"', 'population = "nobody"', "'nobody' is no population"),
        ('population = "people"', 'population = "reports"', "'reports' is no population"),
        ("republican_city = []\n", "", "limits of 'republican_city' are missing or too many"),
        ("city = [50_000]", "city = [50_000]\nvillage = []", "limits of 'village' are missing or too many"),
        ("[5_000, 20_000]", "[20_000, 5_000]", "the limits of 'district' do not rise from above 0"),
        ("[5_000, 20_000]", "[0, 20_000]", "the limits of 'district' do not rise from above 0"),
        ("[5_000, 20_000]", '["many"]', "expected int, found 'many'"),
    ],
)
def test_a_contradiction_in_what_is_comparable_is_told(tmp_path: Path, old: str, new: str, fault: str) -> None:
    told = faults_of(write(tmp_path, comparable=changed(COMPARABLE, old, new)))
    assert any(fault in one for one in told)


def test_sizes_of_areas_that_are_not_published_of_districts_are_a_fault(tmp_path: Path) -> None:
    people = changed(PEOPLE, '    { area = "district", grain = "year" },\n', "") + words("people.", WORDS)
    assert "comparable: 'people' is not published of regions and districts" in faults_of(write(tmp_path, people=people))


def test_an_area_belongs_to_the_group_that_its_number_of_children_begins() -> None:
    beside = catalogue().comparable
    assert beside.group("city", 20_000) == ("city", 20_000, 50_000)
    assert beside.group("city", 19_999) == ("city", 0, 20_000)
    assert beside.group("city", 300_000) == ("city", 100_000, float("inf"))
    assert beside.group("city_district", 5) == ("city_district", 0, float("inf"))
    assert beside.group("city", float("nan")) is None
    assert beside.group("", 20_000) is None


@pytest.mark.parametrize(("family", "higher_is"), [("outcome", ""), ("outcome", "bad"), ("recorded", "worse")])
def test_what_a_higher_value_means_is_declared_of_outcomes_alone(tmp_path: Path, family: str, higher_is: str) -> None:
    text = changed(REPORTS, 'family = "recorded"', f'family = "{family}"\nhigher_is = "{higher_is}"')
    told = faults_of(write(tmp_path, reports=text + words("reports.", WORDS)))
    assert (
        f"reports: what a higher value means is declared of outcomes and of nothing else, found {higher_is!r}" in told
    )
