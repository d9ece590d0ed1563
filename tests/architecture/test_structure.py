"""The rules of docs/structure.md, checked on the files themselves."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from riskmap.domain.registry import catalogue
from riskmap.ui.navigation import PAGES, RESERVED
from tests.conftest import ROOT

ROOMS = ("riskmap", "etl", "geo", "pages")
CODE = sorted([ROOT / "dashboard.py", *(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))])
SCREEN = sorted(
    path
    for path in [ROOT / "dashboard.py", *(ROOT / "pages").rglob("*"), *(ROOT / "riskmap" / "ui").rglob("*")]
    if path.suffix in {".py", ".js", ".css", ".svg", ".html"}
)
TEXT = {".py", ".md", ".toml", ".js", ".css", ".csv", ".json", ".svg", ".txt", ""}
WHOLE = (".ci", ".streamlit", "data/samples", "docs", "tests", *ROOMS)

LONGEST_PAGE = 60
DUMPS = {"utils", "util", "helpers", "helper", "common", "misc", "base"}
# An id that is an ordinary word may be that word elsewhere: file -> (id, what it is there).
ORDINARY_WORDS = {
    "etl/journal.py": ("published", "the event that a build went live"),
    "riskmap/ui/definitions.py": ("published", "the fact which tables of an indicator are published"),
}
# The name of a language, which no program ever asks for.
NAMESPACE = "http://www.w3.org/2000/svg"
OUTSIDE = re.compile(r"(?:https?:|wss?:)?//[\w-]+(?:\.[\w-]+)+[^\s\"'<>)]*")
HOMES = ("work", "tmp", "root", "home", "Users", "opt", "mnt")
# Where the files of a server have to say that the program lies.
INSTALLED = "/opt/riskmap"
MACHINE_PATH = re.compile(rf"(?<![\w.\-])/(?:{'|'.join(HOMES)})/\w")


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def texts(path: Path) -> Iterator[str]:
    """Every string literal of a module, pieces of f-strings and docstrings included."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def text_files() -> list[Path]:
    below = (path for folder in WHOLE for path in (ROOT / folder).rglob("*"))
    found = {*below, *ROOT.glob("*")}
    return sorted(p for p in found if p.is_file() and p.suffix in TEXT and "__pycache__" not in p.parts)


def test_imports_go_down_only() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_domain_needs_nothing_but_the_standard_library() -> None:
    modules = (ROOT / "riskmap" / "domain").rglob("*.py")
    foreign = {
        (name(path), module)
        for path in modules
        for module in imported(path)
        if module.split(".")[0] not in sys.stdlib_module_names and not module.startswith("riskmap.domain")
    }
    assert not foreign


@pytest.mark.parametrize("path", CODE, ids=name)
def test_no_indicator_or_source_is_named_outside_the_catalogue(path: Path) -> None:
    ids = [*catalogue().indicators, *catalogue().sources]
    excused = ORDINARY_WORDS.get(name(path), ("", ""))[0]
    found = {i for text in texts(path) for i in ids if text == i or ("_" in i and re.search(rf"\b{i}\b", text))}
    assert found == ({excused} if excused else set())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.id)
def test_a_page_is_a_table_of_contents(page: object) -> None:
    lines = (ROOT / page.file).read_text(encoding="utf-8").splitlines()  # type: ignore[attr-defined]
    assert len(lines) <= LONGEST_PAGE


def test_every_page_file_is_declared() -> None:
    files = {name(path) for path in (ROOT / "pages").glob("*.py")} - {"pages/__init__.py"}
    assert files == {page.file for page in (*PAGES, *RESERVED)}


def test_every_folder_of_code_is_a_package() -> None:
    folders = {path.parent for room in (*ROOMS, "tests") for path in (ROOT / room).rglob("*.py")}
    assert not [name(folder) for folder in folders if not (folder / "__init__.py").exists()]


def test_no_module_is_a_dump() -> None:
    names = {name(path): {path.stem, *path.relative_to(ROOT).parts[:-1]} for path in CODE}
    assert not [path for path, parts in names.items() if parts & DUMPS]


def test_only_command_lines_print() -> None:
    ignores = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]["lint"]
    allowed = {path for path, rules in ignores["per-file-ignores"].items() if "T20" in rules}
    printing = {
        name(path)
        for path in CODE
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"print", "pprint"}
    }
    assert printing == allowed == {"etl/report.py", "geo/__main__.py"}


def test_no_path_of_a_machine_is_written_down() -> None:
    found = {
        f"{name(path)}: {line}"
        for path in text_files()
        for line in path.read_text(encoding="utf-8").splitlines()
        if MACHINE_PATH.search(line.replace(INSTALLED, ""))
    }
    assert not found


@pytest.mark.parametrize("path", SCREEN, ids=name)
def test_the_screen_names_no_outside_server(path: Path) -> None:
    addresses = OUTSIDE.findall(path.read_text(encoding="utf-8"))
    assert not [address for address in addresses if address != NAMESPACE]


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt", "requirements-audit.txt"])
def test_every_library_is_pinned(file: str) -> None:
    lines = (line.split("#")[0].strip() for line in (ROOT / file).read_text(encoding="utf-8").splitlines())
    loose = [line for line in lines if line and not re.fullmatch(r"-r requirements\.txt|[\w.-]+==[\w.]+", line)]
    assert not loose
