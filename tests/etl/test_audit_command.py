"""The command audit on the sample build: what it prints, how it ends, and that it shares nothing with protection."""

import ast
import json
import re
from pathlib import Path
from typing import Any, Final

import duckdb
import pytest

from etl.cli import main
from etl.commands.audit import report_lines
from etl.storage import folder, write_format
from riskmap.disclosure import audit as package
from riskmap.domain.tables import FORMAT
from riskmap.domain.vocabulary import LANGUAGES
from tests.etl.build_files import cell, write_build
from tests.etl.conftest import Run

PACKAGE: Final = Path(package.__file__).parent


def document(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    status = main(("audit", "--json", *arguments))
    return status, json.loads(capsys.readouterr().out)


def test_the_live_build_is_audited_and_the_exit_status_says_whether_it_passed(
    sample_build: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, told = document(capsys)
    assert told["build"] == sample_build.name
    assert status == (0 if told["passed"] else 3)
    assert told["passed"] is not bool(told["public"]["unproved"] or told["regions"]["unproved"])
    with duckdb.connect(str(sample_build / "public.duckdb"), read_only=True) as connection:
        query = "SELECT count(*) FROM cells JOIN areas USING (area) WHERE status = 'suppressed' AND kind <> 'joined'"
        (hidden,) = connection.execute(query).fetchall()[0]
    assert told["scope"]["hidden"] == hidden


def test_every_bound_told_holds_for_the_exact_number(sample_build: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A leak that is told is true: the number lies within its bounds, and a single one is it."""
    _, told = document(capsys)
    keys = ("indicator", "area", "grain", "period_start", "period_end", "breakdown", "category")
    with duckdb.connect(str(sample_build / "full.duckdb"), read_only=True) as connection:
        rows = connection.execute(f"SELECT {', '.join(keys)}, numerator FROM cells WHERE status = 'value'").fetchall()
    exact = {tuple(map(str, row[:-1])): row[-1] for row in rows}
    found = [(tuple(cell[key] for key in keys), cell) for cell in (*told["public"]["unproved"], *told["narrowest"])]
    checked = [(exact[key], cell["low"], cell["high"]) for key, cell in found if key in exact]
    assert checked
    wrong = [(number, low, high) for number, low, high in checked if not low <= number <= (high or float("inf"))]
    assert len(wrong) <= len(checked) / 500  # sums that reports are missing from are not all known to lack them


def test_the_report_is_told_in_three_languages(sample_build: Path) -> None:
    found = package.audit(sample_build / "public.duckdb")
    for language in LANGUAGES:
        text = "\n".join(report_lines(sample_build.name, found, language))
        assert sample_build.name in text
        assert not re.search(r"\{\w+\}", text)


def test_a_build_that_is_not_there_is_wrong_usage(sample_build: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(("audit", "20200101T000000000-000000")) == 2
    assert sample_build.name in capsys.readouterr().err


def test_without_a_publication_there_is_nothing_to_audit(data_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(("audit",)) == 3
    assert capsys.readouterr().err


def test_the_auditor_imports_nothing_of_what_it_audits() -> None:
    names = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module)
            elif isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
    shared = {name for name in names if name.startswith("riskmap.") and not name.startswith("riskmap.domain")}
    assert shared
    assert all(name.startswith("riskmap.disclosure.audit") for name in shared)


def test_what_only_an_earlier_publication_tells_is_told_as_such(data_folder: Path, run: Run) -> None:
    """April is 3 and hidden; May is hidden with it, and was shown before."""
    numbers = {"2025-04": 3.0, "2025-05": 10.0, "2025-Q2": 13.0}
    build = write_build(cell(code=code, numerator=number) for code, number in numbers.items())
    write_format(FORMAT)
    earlier = folder("released") / "20200101T000000000-000000.parquet"
    with duckdb.connect(str(build / "public.duckdb")) as connection:
        connection.execute("UPDATE cells SET numerator = NULL, status = 'suppressed' WHERE grain = 'month'")
        connection.execute(f"ATTACH '{build / 'full.duckdb'}' AS exact (READ_ONLY)")
        connection.execute(f"COPY (FROM exact.cells WHERE numerator = 10) TO '{earlier}'")
    told = run("audit", build.name, "--json")
    assert (told.status, len(told.document["public"]["unproved"]), told.document["by_earlier"]) == (3, 1, 1)
    assert "without earlier publications: 1." in run("audit", build.name, "--lang", "en").out.splitlines()[-1]
    earlier.unlink()
    told = run("audit", build.name, "--json")
    assert (told.status, told.document["by_earlier"]) == (0, 0)
