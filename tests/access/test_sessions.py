"""After its owner has signed out, a copy of a cookie is worth nothing."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmap.access.identity import Identity
from riskmap.access.sessions import end_sessions, is_ended
from riskmap.domain.errors import StorageFailed

NOON = datetime(2026, 11, 22, 12)


def signed_in(at: datetime, subject: str = "aigul@gov.kz") -> Identity:
    return Identity(subject, "Aigul", "https://id.gov.kz", at)


def test_before_anybody_has_signed_out_no_session_is_ended(data_folder: Path) -> None:
    assert not is_ended(signed_in(NOON))
    assert not data_folder.exists()


@pytest.mark.parametrize(("seconds", "ended"), [(-3600, True), (-1, True), (0, True), (1, False), (3600, False)])
def test_a_sign_out_ends_what_began_before_it_or_with_it(data_folder: Path, seconds: int, ended: bool) -> None:
    end_sessions("aigul@gov.kz", NOON)
    assert is_ended(signed_in(NOON + timedelta(seconds=seconds))) is ended


def test_the_sessions_of_others_go_on(data_folder: Path) -> None:
    end_sessions("aigul@gov.kz", NOON)
    assert not is_ended(signed_in(NOON, "aigul@gov.kz.example"))


def test_the_subject_is_the_same_however_it_is_written(data_folder: Path) -> None:
    end_sessions("Äigul@GOV.kz", NOON)
    assert is_ended(signed_in(NOON, "äigul@gov.kz"))


def test_a_moment_with_a_zone_is_a_fault_of_the_caller(data_folder: Path) -> None:
    with pytest.raises(ValueError, match="zone"):
        end_sessions("aigul@gov.kz", NOON.replace(tzinfo=UTC))


def test_where_the_file_is_damaged_nobody_is_taken_for_signed_in(data_folder: Path) -> None:
    end_sessions("aigul@gov.kz", NOON)
    (data_folder / "access" / "grants.db").write_bytes(b"")
    with pytest.raises(StorageFailed):
        is_ended(signed_in(NOON))


MOMENTS = st.integers(0, 40).map(lambda half: NOON + timedelta(seconds=half / 2))


@given(outs=st.lists(MOMENTS, max_size=4), at=MOMENTS)
def test_the_last_sign_out_counts_in_whatever_order_they_were_told(
    tmp_path_factory: pytest.TempPathFactory, outs: list[datetime], at: datetime
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RISKMAP_DATA", str(tmp_path_factory.mktemp("sessions")))
        for moment in outs:
            end_sessions("aigul@gov.kz", moment)
        assert is_ended(signed_in(at)) == any(at <= moment for moment in outs)
