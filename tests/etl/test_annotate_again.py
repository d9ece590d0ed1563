"""Boxes of comments in a workbook that comes back: ours are found however they are written, and in little time."""

import re
from pathlib import Path
from time import process_time
from zipfile import ZIP_STORED, ZipFile

import pytest

from etl.annotate import comments
from etl.annotate.copy import annotate
from riskmap.domain.errors import Problem
from tests.etl.annotate_books import assert_well_formed, change, parts_of, rich_workbook

BOXES = "xl/drawings/commentsDrawing1.vml"


def marked(path: Path) -> Path:
    """A copy with a mark in a sheet and a box for it, under a name of its own."""
    folder = path.with_name(f"copy of {path.stem}")
    folder.mkdir()
    copy = annotate(path, [Problem("V003", "", "Figures", 6, "D")], folder=folder, language="en")
    assert copy is not None
    assert_well_formed(copy)
    return copy


def with_boxes(path: Path, boxes: bytes) -> Path:
    parts = parts_of(path)
    assert BOXES in parts
    with ZipFile(path, "w", ZIP_STORED) as archive:
        for name, data in parts.items():
            archive.writestr(name, boxes if name == BOXES else data)
    return path


@pytest.mark.parametrize(
    "pattern",
    [b"<v:shape ", b"<shape ", b"<v:shape></v:shape ", b"<v:shape></v:shape><Row>", b"<x:", b"</v:shape"],
)
def test_boxes_without_an_end_are_looked_through_once(tmp_path: Path, pattern: bytes) -> None:
    back = with_boxes(marked(rich_workbook(tmp_path / "book.xlsx")), pattern * 100_000 + b"</xml>")
    before = process_time()
    marked(back)
    assert process_time() - before < 5


def test_a_box_without_a_prefix_is_taken_away_too(tmp_path: Path) -> None:
    back = marked(rich_workbook(tmp_path / "book.xlsx"))
    change(back, {BOXES: lambda text: re.sub(r"(</?)v:shape(?=[ >])", r"\1shape", text)})
    assert parts_of(back)[BOXES].count(b"<shape ") == 1
    boxes = parts_of(marked(back))[BOXES].decode()
    assert re.findall(r"<\w+:Row>(\d+)</", boxes) == ["2", "5"]  # that of the sender, and one that is new


def test_a_box_that_begins_in_one_without_an_end_is_a_box_of_its_own(tmp_path: Path) -> None:
    back = marked(rich_workbook(tmp_path / "book.xlsx"))
    change(back, {BOXES: lambda text: text.replace("<v:shape ", "<v:shape id='mine'/><v:shape ")})
    assert parts_of(marked(back))[BOXES].count(b"id='mine'") == 1


def test_more_boxes_than_anybody_makes_are_not_looked_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = rich_workbook(tmp_path / "book.xlsx")
    monkeypatch.setattr(comments, "_MOST_BOX_BYTES", 99)
    assert BOXES not in parts_of(marked(book))
