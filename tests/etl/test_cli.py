"""The command line as people and timers use it: status, streams, languages, and what a load does."""

import csv
import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from etl.commands import load
from etl.storage import builds, loads
from riskmap.domain.errors import PublishRefused
from riskmap.domain.problems import PROBLEM_CODES
from riskmap.domain.vocabulary import LANGUAGES
from riskmap.words import t
from tests.etl.conftest import Form, Run
from tests.etl.folders import OFFENCES, SAMPLE, ask, content, live_name, table
from tests.etl.published import write_published

# --- load


def test_a_load_without_publish_stages_a_build_that_waits(live_folder: Path, run: Run) -> None:
    before = live_name()
    outcome = run("load", table(live_folder))
    (*_, waiting) = builds()
    assert (outcome.status, live_name()) == (0, before)
    assert waiting.name in outcome.out
    assert run("status", "--json").document["staged"]["build"] == waiting.name
    assert run("publish").status == 0
    assert live_name() == waiting.name
    assert run("status", "--json").document["staged"] is None


def test_a_load_with_a_fault_accepts_nothing_and_leaves_the_live_build(live_folder: Path, run: Run, form: Form) -> None:
    before, name = content(live_folder), live_name()
    outcome = run("load", table(live_folder), form("nobody.xlsx"), "--period", "2022", "--publish")
    assert outcome.status == 1
    assert "\nnobody.xlsx\n" in f"\n{outcome.out}"
    assert t("problem.A001.text", "en") in outcome.out
    assert (content(live_folder), live_name()) == (before, name)


def test_a_file_that_is_already_accepted_is_refused(live_folder: Path, run: Run) -> None:
    before = content(live_folder)
    outcome = run("load", SAMPLE, "--publish", "--json")
    assert (outcome.status, outcome.codes) == (1, ["P009", "K004"])
    assert content(live_folder) == before


def test_a_load_with_nothing_in_it_is_refused(live_folder: Path, run: Run) -> None:
    outcome = run("load", write_published(live_folder.parent / "none.csv", []), "--json")
    assert (outcome.status, outcome.codes) == (1, ["F002"])
    assert len(loads()) == 1


def test_a_note_does_not_stop_a_load(data_folder: Path, run: Run, form: Form) -> None:
    paths = [form("Almaty.XLSX", 1), form("Almaty Region.XLSX", 2)]
    outcome = run("load", *paths, "--period", "2022", "--json")
    assert (outcome.status, outcome.codes, outcome.document["files"]) == (0, ["A007"], 2)


def test_a_full_set_of_twenty_forms_gives_every_region_its_own_number_and_the_country_their_sum(
    data_folder: Path, run: Run, full_set: dict[str, tuple[Path, int]]
) -> None:
    numbers = {area: number for area, (_, number) in full_set.items()}
    paths = [path for path, _ in full_set.values()]
    outcome = run("load", *paths, "--period", "2022", "--publish", "--json")
    assert (outcome.status, outcome.codes, outcome.document["figures"]) == (0, ["A007"], 300)
    of_offences = f"FROM cells WHERE indicator = '{OFFENCES}' AND breakdown = 'all'"
    cells = dict(
        ask(data_folder, f"SELECT area, numerator {of_offences} AND area <> '000000000' AND NOT contains(area, '~')")
    )
    assert cells == numbers
    query = f"SELECT numerator, source, units_reported {of_offences} AND area = '000000000'"
    assert ask(data_folder, query) == [(sum(numbers.values()), "sum_of_parts", 20)]


def test_a_refused_publication_does_not_undo_the_load_and_both_are_told(
    live_folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(build: Path) -> None:
        raise PublishRefused(reason="publish.refused.real_districts")

    before = live_name()
    monkeypatch.setattr(load, "publish", refuse)
    outcome = run("load", table(live_folder), "--publish")
    assert (outcome.status, live_name(), len(loads())) == (3, before, 2)
    assert builds()[-1].name in outcome.out
    assert t("publish.refused.real_districts", "en") in outcome.err
    outcome = run("load", table(live_folder, 6), "--publish", "--json")
    assert (outcome.status, outcome.document["is_live"]) == (3, False)
    assert outcome.document["error"]["key"] == "error.publish_refused"


def test_everything_that_is_kept_is_its_owners_alone_and_only_the_public_file_is_not(
    data_folder: Path, run: Run
) -> None:
    assert run("load", SAMPLE, "--publish").status == 0
    paths = [data_folder, *data_folder.rglob("*")]
    open_to_others = [path.name for path in paths if not path.is_symlink() and path.stat().st_mode & 0o077]
    assert open_to_others == ["public.duckdb"]
    (full,) = data_folder.glob("warehouse/2*/full.duckdb")
    assert stat.S_IMODE(full.stat().st_mode) == 0o600


def test_the_mask_of_the_process_is_as_it_was(data_folder: Path, run: Run) -> None:
    before = os.umask(0o022)
    try:
        run("status")
        assert os.umask(0o022) == 0o022
    finally:
        os.umask(before)


def test_the_operator_is_the_one_set_or_the_user_or_a_bare_number(
    data_folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody() -> str:
        raise KeyError("getpwuid(): uid not found")

    monkeypatch.setattr("getpass.getuser", nobody)
    assert run("load", table(data_folder)).status == 0
    monkeypatch.setenv("RISKMAP_OPERATOR", "Айгүл")
    assert run("load", table(data_folder, 6)).status == 0
    query = f"SELECT received_by FROM '{data_folder}/accepted/*.parquet' ORDER BY load"
    with duckdb.connect() as connection:
        received_by = connection.execute(query).fetchall()
    assert received_by == [(f"uid {os.getuid()}",), ("Айгүл",)]


# --- publish, rollback, status


def test_a_build_is_published_by_name_and_rolled_back(live_folder: Path, run: Run) -> None:
    first = live_name()
    assert run("load", table(live_folder), "--publish").status == 0
    second = live_name()
    assert run("rollback").status == 0
    assert live_name() == first
    assert run("publish", second).status == 0
    assert live_name() == second


def test_publish_without_a_name_takes_in_every_load(live_folder: Path, run: Run) -> None:
    run("load", table(live_folder))
    stale = builds()[-1]
    run("load", table(live_folder, 6))
    shutil.rmtree(builds()[-1])
    assert run("publish").status == 0
    assert live_name() > stale.name
    assert ask(live_folder, "SELECT numerator FROM cells WHERE period_start = '2019-01-01' AND status = 'value'") == [
        (6.0,)
    ]


@pytest.mark.parametrize("name", ["20220101T000000000-aaaaaa", "current", "..", "../warehouse", ""])
def test_an_unknown_build_is_refused(live_folder: Path, run: Run, name: str) -> None:
    before = content(live_folder)
    outcome = run("publish", name) if name else run("publish", "nothing")
    assert (outcome.status, content(live_folder)) == (3, before)
    assert t("publish.refused.no_staged_build", "en") in outcome.err


def test_publish_before_the_first_load_is_refused(data_folder: Path, run: Run) -> None:
    assert run("publish").status == 3
    assert builds() == []


def test_rollback_before_the_first_publication_is_refused(data_folder: Path, run: Run) -> None:
    outcome = run("rollback")
    assert outcome.status == 3
    assert t("publish.refused.nothing_older", "en") in outcome.err


def test_status_before_the_first_publication_says_so(data_folder: Path, run: Run) -> None:
    outcome = run("status")
    assert (outcome.status, outcome.out.splitlines()[0]) == (3, t("status.no_live_build", "en"))
    nothing: dict[str, object] = {"live": None, "staged": None, "signed": None, "publications": [], "received": []}
    assert run("status", "--json").document == {**nothing, "is_signature_needed": False}
    assert not data_folder.exists()


def test_status_tells_what_is_live_and_what_was_received(live_folder: Path, run: Run) -> None:
    outcome = run("status", "--json")
    assert outcome.status == 0
    assert outcome.document["live"]["build"] == live_name()
    (received,) = outcome.document["received"]
    assert (received["source"], received["loads"]) == ("published", 1)
    assert live_name() in run("status").out


def test_status_of_a_build_that_cannot_be_opened_says_so(live_folder: Path, run: Run) -> None:
    (live_folder / "warehouse" / live_name() / "public.duckdb").write_bytes(b"nothing of the kind" * 500)
    outcome = run("status")
    assert outcome.status == 3
    assert t("error.build_unreadable", "en") in outcome.err


# --- calls


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["load"],
        ["frobnicate"],
        ["check", "a.csv", "--lang", "de"],
        ["check", "a.csv", "--wrong"],
        ["check", "a.csv", "--source", "form_2x"],
        ["explain", "X999"],
        ["load", "a.csv", "--publ"],
    ],
)
def test_a_wrong_call_is_a_sentence_and_status_2(data_folder: Path, run: Run, arguments: list[str]) -> None:
    outcome = run(*arguments)
    assert (outcome.status, outcome.out) == (2, "")
    assert t("error.wrong_usage", "en", detail="") in outcome.err
    assert "Traceback" not in outcome.err


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        *(("RISKMAP_KEEP_BUILDS", value) for value in ("0", "-1", "many", "", "1.5")),
        *(("RISKMAP_MAX_FILE_MB", value) for value in ("0", "-1", "much", "nan", "inf")),
        ("RISKMAP_LANGUAGE", "de"),
    ],
)
def test_a_setting_that_cannot_be_meant_is_refused_before_anything_is_done(
    live_folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    before = content(live_folder)
    monkeypatch.setenv(variable, value)
    outcome = run("load", table(live_folder), "--publish")
    assert (outcome.status, content(live_folder)) == (2, before)
    assert f"{variable}={value}" in outcome.err


def test_help_is_in_the_language_set(data_folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RISKMAP_LANGUAGE", "ru")
    outcome = run("--help")
    assert outcome.status == 0
    assert t("command.rollback", "ru") in " ".join(outcome.out.split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_explain_tells_every_code_with_its_remedy(data_folder: Path, run: Run, language: str) -> None:
    outcome = run("explain", "--lang", language)
    lines = outcome.out.splitlines()
    assert outcome.status == 0
    assert [line.split()[0] for line in lines[::2]] == list(PROBLEM_CODES)
    explained = run("explain", "k005", "--json", "--lang", language).document
    assert explained == {"K005": {part: t(f"problem.K005.{part}", language) for part in ("text", "remedy")}}


def test_settings_are_listed_with_value_default_and_meaning(
    data_folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RISKMAP_KEEP_BUILDS", "5")
    lines = run("settings").out.splitlines()
    assert "RISKMAP_KEEP_BUILDS=5  (12)" in lines
    assert f"    {t('setting.KEEP_BUILDS', 'en')}" in lines


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["check", "nothing.csv"], 1),
        (["check", str(SAMPLE)], 0),
        (["load", "nothing.csv"], 1),
        (["load", str(SAMPLE), "--source", "nothing"], 2),
        (["status"], 3),
        (["explain"], 0),
        (["explain", "X999"], 2),
    ],
)
def test_json_is_one_document_on_standard_output_and_nothing_else(
    data_folder: Path, run: Run, arguments: list[str], status: int
) -> None:
    outcome = run(*arguments, "--json")
    assert outcome.status == status
    assert outcome.err == ""
    assert outcome.document


# --- the real files


# How a fact is called in the collection of published facts, and the indicator whose cells must equal it.
FACTS = {
    "offences_against_minors_registered": "offences_against_minors",
    "offences_committed_by_or_with_minors_completed_cases": "offences_by_minors",
    "victims_minors": "child_victims",
    "minors_held_criminally_liable": "minors_held_liable",
    "suicides_minors": "suicides_minors",
    "suicide_attempts_minors": "suicide_attempts_minors",
}


@pytest.mark.real
def test_the_real_workbooks_on_top_of_the_sample_equal_the_published_facts_cell_by_cell(
    live_folder: Path, run: Run, shared_file: Callable[[str], Path]
) -> None:
    workbooks = sorted(shared_file("real/form_1m_2022").glob("*.XLSX"))
    with shared_file("reference/facts.csv").open(encoding="utf-8", newline="") as lines:
        facts = [row for row in csv.DictReader(lines) if row["indicator"] in FACTS and "archive/" in row["source_url"]]
    outcome = run("load", *workbooks, "--period", "2022", "--publish", "--json")
    assert (outcome.status, outcome.codes, outcome.document["files"]) == (0, [], 14)
    cells = ask(
        live_folder,
        """
        SELECT replace(name_ru, 'город ', 'г. '), indicator, numerator, source FROM cells JOIN areas USING (area)
        WHERE kind = 'region' AND grain = 'year' AND period_start = '2022-01-01' AND breakdown = 'all'
            AND status = 'value'
        """,
    )
    expected = set()
    for row in (row for row in facts if row["level"] == "region"):
        workbook = row["source_url"].split("archive/")[1].split(" @")[0]
        source = "form_1m" if workbook in {path.name for path in workbooks} else "published"
        expected.add((row["area_name_ru"], FACTS[row["indicator"]], float(row["value"]), source))
    assert {cell for cell in cells if cell[1] in FACTS.values()} == expected
    assert len(expected) == 20 * len(FACTS)
    assert sum(cell[3] == "form_1m" for cell in expected) == 14 * len(FACTS)
