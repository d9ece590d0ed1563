"""Text on a terminal: measured by what is drawn, broken where it may be, harmless."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.terminal import cut, display_width, padded, spelled, styled, wrapped


@pytest.mark.parametrize(
    ("text", "width"), [("Ақмола", 6), ("abc", 3), ("и\u0306", 1), ("表", 2), ("й", 1), ("", 0), ("ә\u200d", 1)]
)
def test_width_is_what_is_drawn(text: str, width: int) -> None:
    assert display_width(text) == width
    assert display_width(padded(text, 10)) == 10


def test_a_line_is_not_broken_at_a_space_that_must_not_be() -> None:
    assert wrapped("Форма №\u00a01-М", 8) == ["Форма", "№\u00a01-М"]


def test_a_word_wider_than_the_line_is_broken_inside() -> None:
    assert wrapped("ab абвгдежз", 4) == ["ab", "абвг", "дежз"]
    assert wrapped("表表表", 3) == ["表", "表", "表"]


@given(st.text(st.characters(blacklist_categories=["Cs", "Cc", "Mn", "Me", "Cf"])), st.integers(2, 60))
def test_wrapping_loses_nothing_and_keeps_to_the_width(text: str, width: int) -> None:
    lines = wrapped(text, width)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert max(map(display_width, lines)) <= width
    assert wrapped(text, None) == [text]


@given(st.text(), st.integers(1, 30))
def test_what_is_cut_fits_and_what_fits_is_not_cut(text: str, width: int) -> None:
    assert display_width(cut(text, width)) <= width
    if display_width(text) <= width:
        assert cut(text, width) == text


@given(st.text())
def test_whatever_is_spelled_out_can_be_printed_on_one_line(text: str) -> None:
    assert all(sign.isprintable() or sign == "\u00a0" or sign.isspace() for sign in spelled(text))
    assert "\n" not in spelled(text)
    assert "\r" not in spelled(text)


def test_harmless_text_stays_as_it_is() -> None:
    assert spelled("№\u00a01-М, Ақмола – «а»") == "№\u00a01-М, Ақмола – «а»"


def test_a_style_is_only_where_it_is_wanted() -> None:
    assert styled("a", "stop", is_coloured=False) == "a"
    assert styled("a", "stop", is_coloured=True) == "\x1b[31ma\x1b[0m"
