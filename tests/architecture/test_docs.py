"""The documentation names everything there is and nothing there is not."""

import argparse
import csv
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from etl.cli import _parser
from etl.documents import generated
from geo.areas import areas, foundings
from riskmap.domain.problems import PROBLEM_CODES, RULES, Severity
from riskmap.domain.settings import SETTINGS
from riskmap.domain.tables import ACCEPTED, TABLES
from riskmap.files.csv import COLUMNS
from riskmap.ui.navigation import PAGES
from tests.conftest import ROOT

DOCS = ROOT / "docs"
README = ROOT / "README.md"
PAGES_OF_DOCS = sorted([README, ROOT / "CHANGELOG.md", *DOCS.rglob("*.md")])
MARKDOWN = sorted([*PAGES_OF_DOCS, *(ROOT / "geo").rglob("*.md"), *(ROOT / "data" / "samples").rglob("*.md")])
CODE_ROOMS = ("riskmap", "etl", "geo", "pages")
LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)#\s]*)(?:#(?P<anchor>[^)\s]*))?\)")


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def all_text() -> str:
    return "\n".join(read(path) for path in PAGES_OF_DOCS)


def commands() -> dict[str, argparse.ArgumentParser]:
    """The commands of `python -m etl` as the parser itself knows them."""
    (action,) = (a for a in _parser()._actions if isinstance(a, argparse._SubParsersAction))
    return dict(action.choices)


def make_targets() -> set[str]:
    (line,) = re.findall(r"^\.PHONY:(.*)$", read(ROOT / "Makefile"), re.MULTILINE)
    return set(line.split())


def anchors(text: str) -> set[str]:
    """The anchors that a Markdown page offers: its headings, lower case, without signs, spaces as hyphens."""
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def code_modules() -> set[str]:
    rooms = (path for room in CODE_ROOMS for path in (ROOT / room).rglob("*.py"))
    return {name(path) for path in rooms if path.name != "__init__.py"} | {"dashboard.py"}


def tree_paths() -> Iterator[str]:
    """Every path of the tree drawn in docs/structure.md; two spaces are one level."""
    folders: list[str] = []
    drawing = read(DOCS / "structure.md").split("## Tree")[1]
    for line in re.findall(r"^    ( *\S+)", drawing, re.MULTILINE):
        entry = line.strip()
        del folders[(len(line) - len(entry)) // 2 :]
        yield "".join((*folders, entry))
        folders.append(entry)


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.variable)
def test_every_setting_has_a_heading(setting: object) -> None:
    assert f"\n## {setting.variable}\n" in read(DOCS / "settings.md")  # type: ignore[attr-defined]


@pytest.mark.parametrize("code", PROBLEM_CODES)
def test_every_fault_code_has_a_heading(code: str) -> None:
    rule = RULES[code]
    assert f"\n## {code} {rule.name}\n\n`{rule.severity}`: " in read(DOCS / "errors.md")


def test_the_page_of_faults_counts_every_rule() -> None:
    rows = re.findall(r"^\| ([A-Z]?) \| [\w ]+ \|((?: \d+ \|)+)$", read(DOCS / "errors.md"), re.MULTILINE)
    letters = {letter: [int(number) for number in numbers.split("|")[:-1]] for letter, numbers in rows}
    assert {letter: numbers[-1] for letter, numbers in letters.items() if letter} == Counter(c[0] for c in RULES)
    assert letters[""] == [sum(rule.severity == s for rule in RULES.values()) for s in Severity] + [len(RULES)]


@pytest.mark.parametrize("command", commands())
def test_every_command_and_option_stands_in_the_operating_page(command: str) -> None:
    text = read(DOCS / "operating.md")
    assert re.search(rf"^\| `{command}[ `]", text, re.MULTILINE)
    options = {option for action in commands()[command]._actions for option in action.option_strings}
    missing = {option for option in options - {"-h", "--help"} if f"`{option}" not in text}
    assert not missing


@pytest.mark.parametrize("target", sorted(make_targets()))
def test_every_make_target_stands_in_the_operating_page(target: str) -> None:
    assert f"\n| `make {target}` |" in read(DOCS / "operating.md")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.id)
def test_every_page_stands_in_the_readme(page: object) -> None:
    address = "/" if page.is_default else f"/{page.id}"  # type: ignore[attr-defined]
    assert f"| `{address}` |" in read(README)


@pytest.mark.parametrize("command", ["make run", "make test"])
def test_the_readme_begins_with_the_two_commands(command: str) -> None:
    assert re.search(rf"^    {command}\b", read(README).split("\n## Start\n")[1].split("\n## ")[0], re.MULTILINE)


def test_the_tree_shows_every_module_and_nothing_else() -> None:
    drawn = set(tree_paths())
    assert {path for path in drawn if path.endswith(".py")} >= code_modules() - {"dashboard.py"}
    gone = {path for path in drawn if not (ROOT / path).exists()}
    assert not gone


def test_every_import_contract_is_told() -> None:
    text = " ".join(read(DOCS / "structure.md").replace("`", "").split())
    told = {bold.rstrip(".") for bold in re.findall(r"\*\*(.+?)\*\*", text)}
    contracts = tomllib.loads(read(ROOT / "pyproject.toml"))["tool"]["importlinter"]["contracts"]
    assert not {contract["name"] for contract in contracts} - told


def test_the_layers_are_told_in_their_order() -> None:
    text = read(DOCS / "structure.md").split("**Imports go down only**")[1].split("A layer imports")[0]
    contracts = tomllib.loads(read(ROOT / "pyproject.toml"))["tool"]["importlinter"]["contracts"]
    (layers,) = (contract["layers"] for contract in contracts if contract["type"] == "layers")
    there = re.sub(r"\(.*?\)", "", " ".join(layers))  # in brackets: a place that is kept for later
    assert re.findall(r"`([\w.]+)`", text) == re.findall(r"[\w.]+", there)


def test_every_column_stands_in_the_vocabulary() -> None:
    declared = {column for table in (*TABLES, ACCEPTED) for column in table.names} | set(COLUMNS)
    told = set(re.findall(r"`(\w+)`", read(DOCS / "vocabulary.md")))
    assert not declared - told


def test_generated_pages_are_what_their_declarations_say() -> None:
    stale = [name(path) for path, text in generated().items() if read(path) != text]
    assert not stale, "python -m etl.documents writes them anew"


@pytest.mark.parametrize("path", MARKDOWN, ids=name)
def test_every_link_within_the_project_resolves(path: Path) -> None:
    broken = []
    for link in LINK.finditer(read(path)):
        if link["target"].startswith(("http://", "https://", "mailto:")):
            continue
        target = (path.parent / link["target"]) if link["target"] else path
        if not target.exists() or (link["anchor"] and link["anchor"] not in anchors(read(target))):
            broken.append(link[0])
    assert not broken


def test_nothing_is_told_that_does_not_exist() -> None:
    text = all_text()
    assert set(re.findall(r"\bRISKMAP_[A-Z_]+\b", text)) == {setting.variable for setting in SETTINGS}
    assert set(re.findall(r"\bpython -m etl ([a-z]+)\b", text)) <= set(commands())
    assert set(re.findall(r"(?:`|^    )make ([a-z-]+)\b", text, re.MULTILINE)) == make_targets()
    assert set(re.findall(r"`([A-Z]\d{3})`", text)) <= set(PROBLEM_CODES)


def test_the_readme_counts_the_figures_that_ship() -> None:
    with (ROOT / "data" / "samples" / "published" / "figures.csv").open(encoding="utf-8-sig", newline="") as file:
        count = sum(1 for _ in csv.DictReader(file))
    assert f"shows {count} figures" in read(README)


def test_the_part_year_of_2022_is_told_as_the_build_has_it(sample_build: Path) -> None:
    with duckdb.connect(str(sample_build / "public.duckdb"), read_only=True) as connection:
        rows = connection.execute("""
            SELECT area, denominator FROM cells
            WHERE indicator = 'offences_against_minors' AND breakdown = 'all' AND grain = 'year'
            AND period_end = DATE '2022-12-31'
        """).fetchall()
    person_years = dict(rows)
    new = [(child, parent) for child, parent, day in foundings() if day.isoformat() == "2022-06-08"]
    regions = {code for pair in new for code in pair if areas()[code].kind == "region"}
    text = read(DOCS / "methods.md")
    assert len(regions) == 6
    assert not [code for code in regions if f"= {person_years[code]:,.0f} |" not in text]


def test_the_changelog_knows_this_version_and_sets_published_numbers_apart() -> None:
    version = tomllib.loads(read(ROOT / "pyproject.toml"))["project"]["version"]
    headings = re.findall(r"^#+ (.*)$", read(ROOT / "CHANGELOG.md"), re.MULTILINE)
    assert "[Unreleased]" in headings
    assert any(heading.startswith(f"[{version}] - ") for heading in headings)
    assert "Published numbers" in headings


def test_every_test_that_the_list_of_threats_names_is_there() -> None:
    named = set(re.findall(r"`(test_\w+)`", (ROOT / "docs/security.md").read_text(encoding="utf-8")))
    written = {
        name
        for file in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", file.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert len(named) > 30
    assert named - written == set()
