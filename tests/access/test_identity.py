"""Who is believed: the claims of a token as OpenID Connect Core 2 and 3.1.3.7 have them, bent one at a time."""

import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmap.access.identity import CLOCKS_APART, Identity, identity_of, subject_of
from riskmap.domain.errors import SignInRefused

NOW = datetime(2026, 11, 22, 9, 0)
ISSUER = "https://login.example.kz/realms/state"
CLAIMS: dict[str, object] = {
    "iss": ISSUER,
    "aud": "risk-map",
    "sub": "4711",
    "iat": int(NOW.replace(tzinfo=UTC).timestamp()) - 600,
    "email": "Asel.Kuanyshkyzy@Example.KZ",
    "email_verified": True,
    "name": "Әсел Қуанышқызы",
}


def told(*, claim: str = "email", now: datetime = NOW, issuer: str = ISSUER, **bent: object) -> Identity:
    claims = {name: value for name, value in {**CLAIMS, **bent}.items() if value is not None}
    return identity_of(claims, issuer=issuer, client_id="risk-map", claim=claim, hours=8, now=now)


def refused(**bent: object) -> str:
    with pytest.raises(SignInRefused) as caught:
        told(**bent)  # type: ignore[arg-type]
    return str(caught.value.values["reason"]).removeprefix("sign_in.refused.")


def test_an_identity_is_whom_the_claim_names_in_small_letters() -> None:
    assert told() == Identity("asel.kuanyshkyzy@example.kz", "Әсел Қуанышқызы", ISSUER, NOW - timedelta(seconds=600))


@pytest.mark.parametrize("aud", ["risk-map", ["risk-map"]])
def test_a_token_for_us_alone_needs_no_party(aud: object) -> None:
    assert told(aud=aud).subject


def test_a_token_for_several_programs_counts_where_ours_asked_for_it() -> None:
    assert told(aud=["other", "risk-map"], azp="risk-map").subject


@pytest.mark.parametrize(
    "bent",
    [
        {"aud": "other"},
        {"aud": ["other"], "azp": "risk-map"},
        {"aud": ["other", "risk-map"]},
        {"aud": ["other", "risk-map"], "azp": "other"},
        {"azp": "other"},
        {"aud": []},
        {"aud": None},
        {"aud": "risk-map-too"},
        {"aud": {"risk-map": 1}},
    ],
)
def test_a_token_for_another_program_is_refused(bent: dict[str, object]) -> None:
    assert refused(**bent) == "audience"


@pytest.mark.parametrize("iss", [None, "", 1, "https://login.example.kz/realms/other", f"{ISSUER}/x", f"{ISSUER}//"])
def test_a_token_of_another_provider_is_refused(iss: object) -> None:
    assert refused(iss=iss) == "issuer"


def test_a_slash_at_the_end_of_the_issuer_makes_no_difference() -> None:
    # OpenID Connect Discovery 4: it is taken away before the address of the metadata is formed.
    assert told(iss=f"{ISSUER}/").issuer == f"{ISSUER}/"
    assert told(issuer=f"{ISSUER}/").issuer == ISSUER


def test_where_no_issuer_is_known_no_token_counts() -> None:
    assert refused(iss=None, issuer="") == refused(iss="", issuer="") == "issuer"


def test_a_sign_in_counts_for_the_hours_allowed_and_not_a_second_longer() -> None:
    begin = NOW - timedelta(seconds=600)
    assert told(now=begin + timedelta(hours=8, seconds=-1)).subject
    assert refused(now=begin + timedelta(hours=8)) == "expired"


def test_a_sign_in_may_seem_younger_than_it_can_be_only_by_the_difference_of_two_clocks() -> None:
    begin = NOW - timedelta(seconds=600)
    assert told(now=begin - CLOCKS_APART).subject
    assert refused(now=begin - CLOCKS_APART - timedelta(seconds=1)) == "future"


@pytest.mark.parametrize("iat", [None, "1795312039", True, float("nan"), float("inf"), -1, 1e300, [1]])
def test_a_token_without_a_time_is_refused(iat: object) -> None:
    assert refused(iat=iat) == "no_time"


@pytest.mark.parametrize("email", [None, "", "  ", 4711, ["a@b"], "a@b\nc@d", "a\u202eb@c", "a\u200bb@c"])
def test_a_token_that_does_not_say_who_is_refused(email: object) -> None:
    assert refused(email=email) == "claim"


@pytest.mark.parametrize("verified", [False, "false", 0, "no", []])
def test_an_address_that_nobody_verified_names_nobody(verified: object) -> None:
    assert refused(email_verified=verified) == "unverified"


@pytest.mark.parametrize("verified", [None, True, "true"])
def test_an_address_counts_where_the_provider_verified_it_or_does_not_speak_of_it(verified: object) -> None:
    assert told(email_verified=verified).subject


def test_another_claim_than_the_address_needs_no_verified_address() -> None:
    assert told(claim="sub", email_verified=False).subject == "4711"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("  Әсел  ", "Әсел"),
        ("Ә\u202eлес", "Әлес"),
        ("a\nb\x00", "ab"),
        (None, "asel.kuanyshkyzy@example.kz"),
        ("\u200b", "asel.kuanyshkyzy@example.kz"),
        ("x" * 101, "x" * 100),
        (1, "asel.kuanyshkyzy@example.kz"),
    ],
)
def test_a_name_is_shown_without_signs_that_turn_or_break_the_line(name: object, shown: str) -> None:
    assert told(name=name).name == shown


def test_how_a_letter_is_composed_makes_no_other_person() -> None:
    assert told(email="и\u0306@b.kz").subject == told(email="Й@B.KZ").subject == "й@b.kz"


@given(st.text())
def test_a_subject_is_written_in_one_way_only(text: str) -> None:
    once = subject_of(text)
    assert subject_of(once) == once
    assert unicodedata.is_normalized("NFC", once)


@given(st.dictionaries(st.sampled_from([*CLAIMS, "azp"]), st.none() | st.booleans() | st.integers() | st.text()))
def test_whatever_a_token_holds_it_is_refused_or_names_somebody(bent: dict[str, object]) -> None:
    try:
        identity = told(**bent)  # type: ignore[arg-type]
    except SignInRefused:
        return
    assert identity.subject
    assert identity.signed_in <= NOW + CLOCKS_APART
