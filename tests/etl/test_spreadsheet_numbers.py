"""Cells to numbers and marks: every way to print a number has one meaning, everything else is a fault."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.spreadsheet.numbers import Number, Unreadable, marks_of, read_cell, read_number
from riskmap.domain.spreadsheets import Meaning

USUAL = marks_of({})
THIN, NBSP, NARROW = "\u2009", "\u00a0", "\u202f"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("1234", 1234),
        ("1 234 567", 1234567),
        (f"1{NBSP}234", 1234),
        (f"1{THIN}234", 1234),
        (f"1{NARROW}234", 1234),
        ("1'234", 1234),
        ("12,0", 12),
        ("12.0", 12),
        ("1 234,50", 1234.5),
        ("1,234,567", 1234567),
        ("1.234.567", 1234567),
        ("1,234.5", 1234.5),
        ("12*", 12),
        ("12 1)", 12),
        ("12¹", 12),
        (" 100 000 ", 100000),
        ("-5", -5),
        ("−5", -5),
        ("89,56%", 89.56),
    ],
)
def test_a_number_is_read_however_it_is_printed(text: str, value: float) -> None:
    found = read_cell(text, USUAL)
    assert isinstance(found, Number)
    assert found.value == value


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1О2", "V018"),
        ("l5", "V018"),
        ("З5", "V018"),
        ("О", "V018"),
        ("12 34", "V001"),
        ("в 4 раза", "V001"),
        ("121)", "V001"),
        ("1e5", "V001"),
        ("(5)", "V001"),
        ("s", "V020"),
        ("см. письмо", "V020"),
    ],
)
def test_what_is_no_number_is_a_fault_of_its_kind(text: str, code: str) -> None:
    assert read_cell(text, USUAL) == Unreadable(code)


@pytest.mark.parametrize("text", ["1.000", "12,000", "999.000"])
def test_nobody_can_tell_one_from_a_thousand(text: str) -> None:
    found = read_cell(text, USUAL)
    assert isinstance(found, Number)
    assert found.is_unclear


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("-", Meaning.NONE),
        ("–", Meaning.NONE),
        ("0,0", Meaning.NEGLIGIBLE),
        ("х", Meaning.CONFIDENTIAL),
        ("x", Meaning.CONFIDENTIAL),
        ("X", Meaning.CONFIDENTIAL),
        ("...", Meaning.NO_DATA),
        ("…", Meaning.NO_DATA),
        ("н/д", Meaning.NO_DATA),
    ],
)
def test_the_marks_of_the_statistics_office_have_their_meanings(text: str, meaning: Meaning) -> None:
    assert read_cell(text, USUAL) is meaning


def test_a_declaration_changes_what_a_mark_means() -> None:
    marks = marks_of({"x": Meaning.CANNOT_BE, "нет": Meaning.NONE, "-": Meaning.UNKNOWN})
    assert [read_cell(text, marks) for text in ("х", "Нет", "-")] == [
        Meaning.CANNOT_BE,
        Meaning.NONE,
        Unreadable("V020"),
    ]


@given(st.integers(min_value=0, max_value=10**12), st.sampled_from([" ", NBSP, THIN, NARROW, "'", ""]))
def test_a_whole_number_comes_back_whatever_sets_off_its_thousands(value: int, mark: str) -> None:
    found = read_number(f"{value:,}".replace(",", mark))
    assert found is not None
    assert (found.value, found.is_unclear) == (value, False)


@given(st.integers(min_value=0, max_value=10**6), st.integers(min_value=0, max_value=99), st.sampled_from(",."))
def test_two_decimals_are_never_taken_for_thousands(whole: int, part: int, sign: str) -> None:
    found = read_number(f"{whole}{sign}{part:02d}")
    assert found is not None
    assert round(found.value * 100) == whole * 100 + part


@given(st.text())
def test_any_text_is_a_number_a_mark_or_a_fault(text: str) -> None:
    assert isinstance(read_cell(text, USUAL), Number | Meaning | Unreadable)


@given(st.text(alphabet="0123456789 .,'-%*)(xхО…"))
def test_a_number_is_never_larger_than_its_digits(text: str) -> None:
    found = read_number(text)
    if found is not None:
        digits = "".join(character for character in text if character.isdigit())
        assert abs(found.value) <= int(digits)
