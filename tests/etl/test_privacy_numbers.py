"""Identification numbers and telephones: every way in which they are written, and no alarm at counts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.privacy.personal import is_identification_number, personal_codes

# The worked example of a public validator; it needs the second set of weights. The other one needs the first set:
# 8 + 5*2 + 0 + 4 + 0 + 6 + 3*7 + 0 + 0 + 10 + 2*11 = 81, and 81 mod 11 = 4.
NUMBER, OTHER_NUMBER = "061211600012", "850101300124"


@pytest.mark.parametrize("digits", [NUMBER, OTHER_NUMBER])
def test_a_published_example_is_an_identification_number(digits: str) -> None:
    assert is_identification_number(digits)


@pytest.mark.parametrize("number", [NUMBER, OTHER_NUMBER])
def test_any_other_check_digit_is_none(number: str) -> None:
    others = {number[:11] + digit for digit in "0123456789"} - {number}
    assert not any(map(is_identification_number, others))


@pytest.mark.parametrize("digits", ["060011600017", "061311600013", "061200600019", "061232600014", "061211700016"])
def test_an_impossible_month_day_or_century_is_none_even_with_the_right_check_digit(digits: str) -> None:
    assert not is_identification_number(digits)


@pytest.mark.parametrize(
    "text",
    [
        *(NUMBER, f" {NUMBER} ", f"№{NUMBER}", f"ученик {NUMBER}, 7 класс", f"n.{NUMBER}", f"{NUMBER}.", f"({NUMBER})"),
        *("061211 600012", "061211-600012", "0612 1160 0012", "061 211 600 012", "06-12-11-600012", "061211–600012"),
        *("номер 061211 600012, 7 класс", "7 061211600012", "061211600012 061211600013", "12 061211 600012 15"),
        *("61211600012", "61 211 600 012"),  # the spreadsheet has dropped the first zero
        *(f"{OTHER_NUMBER}.0", f"{OTHER_NUMBER},00", f"{OTHER_NUMBER}.", "8.50101300124e11", "8.50101300124E+11"),
        *("８５０１０１３００１２４", "850\u00a0101\u00a0300\u00a0124", "850\u200b101300124"),
    ],
)
def test_an_identification_number_is_found(text: str) -> None:
    assert personal_codes(text) == ("S002",)


@pytest.mark.parametrize(
    "text",
    [
        *("061211600013", "253700000000", "100000000", "0.061211600012345", "0.061211600012", "5,061211600012"),
        *("0612116000123", "1061211600012", "{00000000-0008-0000-0900-000002000000}", "850101300124.5"),
        *("061211 60001", "061211, 600012", "061211/600012", "1 кв. 061211, 2 кв. 600012"),
    ],
)
def test_other_numbers_are_no_identification_number(text: str) -> None:
    assert personal_codes(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        *(
            "+7 701 123 45 67",
            "+77011234567",
            "+7(701)1234567",
            "+7-701-123-45-67",
            "+ 7 701 1234567",
            "+7 7172 55 12 34",
        ),
        *(
            "8 701 123 45 67",
            "8-701-123-45-67",
            "8(701)1234567",
            "8 (7172) 55-12-34",
            "8 7172 551234",
            "8 (71840) 2-12-34",
        ),
        *("87011234567", "77011234567", "87471234567", "77751234567.0", "8.7011234567E10", "87 011 234 567"),
        *(
            "701 123 45 67",
            "(701) 123-45-67",
            "(7172) 55-12-34",
            "7 701 123 45 67",
            "моб. 87172551234",
            "мама 87071112233",
        ),
        *(
            "тел. 55-12-34",
            "тел: 551234",
            "Тел.: (7172) 55-12-34",
            "телефон 55 12 34",
            "ұялы тел. 7011234567",
            "т. 55-12-34",
        ),
        *(
            "tel. 551234",
            "phone: 55-12-34",
            "WhatsApp 7011234567",
            "факс 8(7172)551234",
            "телефон нөмірі 551234",
            "моб.: 7011234567",
        ),
        *(
            "Исп. Ахметов Д.С., тел. 55-12-34",
            "звонить по +7\u00a0701\u00a0123\u00a045\u00a067 после 18:00",
            "сот 701-123-45-67",
        ),
    ],
)
def test_a_telephone_is_found(text: str) -> None:
    assert personal_codes(text) == ("S005",)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "111",
            "тел. 111",
            "тел. 111, 150",
            "телефоны 111 150 112",
            "телефон доверия 150",
            "1414",
            "тел. 1414 и 111",
            "8 111",
        ),
        *(
            "81 234 567 890",
            "8 123 456 789",
            "8 123 456 789,50",
            "87654321098",
            "12345678901",
            "80000000000",
            "70112345678",
        ),
        *(
            "7 701 123 456",
            "+7 %",
            "+7,5",
            "+70123",
            "8-11 классы",
            "7-9 классы: 8 123",
            "2025-10-01 2025-10-31",
            "8 2022 2023 2024",
        ),
        *(
            "число телефонов 123456",
            "телефонов: 87654321",
            "0.87011234567",
            "1,87011234567",
            "с 8.00 до 20.00",
            "7 8 9 10 11 12 13",
        ),
        *("01.01.2022-31.12.2022", "a.imash@aspire.gov.kz", "E(87011)", "№ 7-15 /3053-ВН", "87 701 12"),
    ],
)
def test_short_lines_counts_and_dates_are_no_telephone(text: str) -> None:
    assert personal_codes(text) == ()


# --- Any number


@st.composite
def numbers(draw: st.DrawFn) -> str:
    """Valid identification numbers."""
    day = draw(st.dates())
    digits = f"{day:%y%m%d}".rjust(6, "0") + str(draw(st.integers(0, 6))) + f"{draw(st.integers(0, 9999)):04}"
    found = next((digits + check for check in "0123456789" if is_identification_number(digits + check)), None)
    if found is None:
        return NUMBER
    return found


AROUND = st.sampled_from(["", "ученик ", "№ ", "ИНН:", "7 «А», ", "(", "n="])
AFTER = st.sampled_from(["", ", 7 класс", ")", ".", "; 5", " 12"])


@given(numbers(), st.sampled_from(["", " ", "-"]), AROUND, AFTER)
def test_any_identification_number_is_found_wherever_it_stands(number: str, gap: str, before: str, after: str) -> None:
    assert "S002" in personal_codes(f"{before}{number[:6]}{gap}{number[6:]}{after}")


@given(
    st.sampled_from(["701", "702", "705", "707", "747", "771", "775", "776", "777", "778"]),
    st.integers(0, 9_999_999).map("{:07}".format),
    st.sampled_from(["+7 {} {} {} {}", "8 ({}) {}-{}-{}", "8{}{}{}{}", "+7{}{}{}{}", "8-{}-{}-{}-{}", "({}) {}-{}-{}"]),
    AROUND,
    AFTER,
)
def test_any_mobile_number_is_found_wherever_it_stands(
    code: str, digits: str, shape: str, before: str, after: str
) -> None:
    text = shape.format(code, digits[:3], digits[3:5], digits[5:])
    assert "S005" in personal_codes(f"{before}{text}{after}") or "S002" in personal_codes(f"{before}{text}{after}")


@given(st.integers(-(10**9), 10**9), st.integers(0, 4))
def test_counts_and_shares_are_never_personal(count: int, decimals: int) -> None:
    for text in (
        str(count),
        f"{count:,}".replace(",", " "),
        f"{count / 10**decimals:.{decimals}f}",
        f"{count:,}",
        f"{count} %",
    ):
        assert personal_codes(text) == ()
