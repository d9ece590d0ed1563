"""A right counts on its days and for its area, is never lost from sight, and never opens two areas to one person."""

import os
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmap.access.audit_log import AccessEvent, entries, verify
from riskmap.access.grants import Grant, grant, grants, in_force, revoke, scope_of
from riskmap.access.roles import Role
from riskmap.access.sessions import end_sessions
from riskmap.domain.areas import AreaKind
from riskmap.domain.errors import GrantRefused, StorageFailed
from riskmap.domain.vocabulary import COUNTRY, Scope
from tests.access.racing import let_go_together

AKMOLA, ATBASAR, AKTOBE = "110000000", "113600000", "150000000"
KINDS = {AKMOLA: AreaKind.REGION, ATBASAR: AreaKind.DISTRICT, AKTOBE: AreaKind.REGION, COUNTRY: AreaKind.COUNTRY}
WHO = "aigul@gov.kz"
TODAY = date(2026, 11, 22)
ADD = "INSERT INTO grants (subject, role, area, valid_from, granted_by, granted_at) VALUES (?, ?, ?, ?, ?, ?)"


def given_(
    role: str = "viewer", area: str = AKMOLA, begin: date | None = TODAY, end: date | None = None, who: str = WHO
) -> Grant:
    return grant(who, role=Role(role), area=area, kind=KINDS[area], by="root", valid_from=begin, valid_to=end)


def database(folder: Path) -> Path:
    return folder / "access" / "grants.db"


def reason(act: Callable[[], object]) -> str:
    with pytest.raises(GrantRefused) as refused:
        act()
    return str(refused.value.values["reason"])


# --- days


@pytest.mark.parametrize(
    ("day", "counts"), [(-1, False), (0, True), (5, True), (10, True), (11, False)], ids=lambda value: str(value)
)
def test_a_right_counts_from_its_first_day_to_its_last(data_folder: Path, day: int, counts: bool) -> None:
    given_(end=TODAY + timedelta(10))
    assert bool(in_force(WHO, TODAY + timedelta(day))) is counts


def test_a_right_without_a_last_day_counts_on_every_later_day(data_folder: Path) -> None:
    given_()
    assert in_force(WHO, date.max)


def test_a_right_begins_today_unless_another_day_is_given(data_folder: Path) -> None:
    before = datetime.now(UTC).date()
    given = given_(begin=None)
    assert before <= given.valid_from <= datetime.now(UTC).date()


def test_a_revocation_counts_at_once_and_the_right_stays_told(data_folder: Path) -> None:
    given = given_()
    revoked = revoke(given.id, by="second")
    assert in_force(WHO, TODAY) == ()
    assert grants() == [revoked]
    assert (revoked.subject, revoked.revoked_by, revoked.granted_by) == (WHO, "second", "root")


@pytest.mark.parametrize("times", [0, 1])
def test_what_is_not_there_or_revoked_is_not_revoked(data_folder: Path, times: int) -> None:
    given = given_()
    if times:
        revoke(given.id, by="root")
    number = given.id if times else given.id + 1
    expected = "access.refused.is_revoked" if times else "access.refused.no_grant"
    assert reason(lambda: revoke(number, by="root")) == expected


def test_a_last_day_before_the_first_is_refused(data_folder: Path) -> None:
    assert reason(lambda: given_(end=TODAY - timedelta(1))) == "access.refused.turned_round"
    assert given_(end=TODAY).valid_to == TODAY


# --- whom and what for


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("area", KINDS)
def test_a_role_is_granted_only_for_its_kinds_of_area(data_folder: Path, role: Role, area: str) -> None:
    if KINDS[area] in role.may.kinds:
        assert given_(role, area).role is role
    else:
        assert reason(lambda: given_(role, area)) == f"access.refused.kind.{role}"
        assert not database(data_folder).exists()


@pytest.mark.parametrize("kind", AreaKind)
def test_only_the_country_is_the_country(data_folder: Path, kind: AreaKind) -> None:
    def granted(area: str) -> Grant:
        return grant(WHO, role=Role.ANALYST, area=area, kind=kind, by="root")

    wrong = AKMOLA if kind is AreaKind.COUNTRY else COUNTRY
    assert reason(lambda: granted(wrong)) == "access.refused.kind.analyst"


@pytest.mark.parametrize("spelling", ["AIGUL@gov.kz", " aigul@gov.kz ", "aigul@GOV.KZ"])
def test_a_person_is_the_same_however_the_name_is_written(data_folder: Path, spelling: str) -> None:
    given = given_(who=spelling)
    assert in_force(WHO, TODAY) == in_force(spelling, TODAY) == (given,)


def test_nobody_else_has_the_right(data_folder: Path) -> None:
    given_()
    assert in_force("aigul@gov.kz.example", TODAY) == in_force("%", TODAY) == in_force("", TODAY) == ()


@pytest.mark.parametrize(
    ("name", "expected"),
    [("", "no_subject"), (" \n", "no_subject"), ("a\x1bb", "strange_subject"), ("a" * 321, "strange_subject")],
)
def test_a_name_that_no_sign_in_gives_is_refused(data_folder: Path, name: str, expected: str) -> None:
    assert reason(lambda: given_(who=name)) == f"access.refused.{expected}"


# --- one area


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("viewer", AKMOLA), ("viewer", AKTOBE)),
        (("viewer", AKMOLA), ("viewer", ATBASAR)),  # a district of that very region
        (("viewer", ATBASAR), ("viewer", AKMOLA)),
        (("viewer", AKMOLA), ("analyst", COUNTRY)),
        (("ministry", COUNTRY), ("viewer", AKMOLA)),
    ],
)
def test_nobody_reads_the_exact_numbers_of_two_areas(
    data_folder: Path, first: tuple[str, str], second: tuple[str, str]
) -> None:
    held = given_(*first)
    with pytest.raises(GrantRefused) as refused:
        given_(*second)
    assert refused.value.values["reason"] == "access.refused.two_areas"
    assert (refused.value.values["id"], refused.value.values["area"]) == (held.id, first[1])
    assert grants() == [held]
    given_(*second, who="other@gov.kz")
    revoke(held.id, by="root")
    assert scope_of([given_(*second)]) == Scope(frozenset({second[1]}))


@pytest.mark.parametrize(
    ("first", "second", "area"),
    [
        (("viewer", AKMOLA), ("analyst", AKMOLA), {AKMOLA}),
        (("analyst", COUNTRY), ("ministry", COUNTRY), {COUNTRY}),
        (("viewer", AKMOLA), ("operator", COUNTRY), {AKMOLA}),
        (("signer", COUNTRY), ("administrator", COUNTRY), set()),
    ],
)
def test_one_area_may_be_held_in_several_roles(
    data_folder: Path, first: tuple[str, str], second: tuple[str, str], area: set[str]
) -> None:
    given_(*first)
    given_(*second)
    assert scope_of(in_force(WHO, TODAY)) == Scope(frozenset(area))


def test_the_same_right_is_not_granted_twice_for_one_day(data_folder: Path) -> None:
    given_(end=TODAY)
    assert reason(lambda: given_(begin=TODAY)) == "access.refused.is_granted"
    assert given_(begin=TODAY + timedelta(1)).id == 2


def test_who_has_no_right_reads_nothing_exact() -> None:
    assert scope_of(()) == Scope.public()


def test_two_areas_that_nobody_can_have_granted_open_nothing(data_folder: Path) -> None:
    one, other = given_(), given_(area=AKTOBE, who="other@gov.kz")
    with pytest.raises(StorageFailed):
        scope_of([one, other])


DAYS = st.integers(0, 6)
WISHES = st.lists(st.tuples(st.sampled_from([AKMOLA, AKTOBE]), DAYS, st.none() | DAYS, st.booleans()), max_size=6)


@settings(max_examples=40)
@given(wishes=WISHES)
def test_day_by_day_nobody_ever_reads_two_areas_and_nothing_else_is_refused(
    tmp_path_factory: pytest.TempPathFactory, wishes: list[tuple[str, int, int | None, bool]]
) -> None:
    held: dict[int, set[tuple[int, str]]] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RISKMAP_DATA", str(tmp_path_factory.mktemp("grants")))
        for area, begin, length, is_revoked in wishes:
            last = None if length is None else begin + length
            days = set(range(begin, 14 if last is None else last + 1))
            taken = {day for others in held.values() for day, _ in others}
            try:
                end = None if last is None else TODAY + timedelta(last)
                given = given_("viewer", area, TODAY + timedelta(begin), end)
            except GrantRefused:
                assert days & taken
                continue
            assert not days & taken
            if is_revoked:
                revoke(given.id, by="root")
            else:
                held[given.id] = {(day, area) for day in days}
        for day in range(14):
            expected = {area for known in held.values() for on, area in known if on == day}
            assert scope_of(in_force(WHO, TODAY + timedelta(day))).areas == expected


RACER = """
import sys
from riskmap.access.grants import grant
from riskmap.access.roles import Role
from riskmap.domain.areas import AreaKind
from riskmap.domain.errors import GrantRefused
print("ready", flush=True)
sys.stdin.readline()
for person in range(20):
    try:
        grant(f"person {person}", role=Role.VIEWER, area=sys.argv[1], kind=AreaKind.REGION, by="root")
    except GrantRefused as refused:
        assert refused.values["reason"] == "access.refused.two_areas"
"""


def test_of_several_processes_that_grant_at_once_one_only_opens_its_area(data_folder: Path) -> None:
    racers = let_go_together(RACER, (AKMOLA, ATBASAR, AKTOBE))
    for racer in racers:
        racer.communicate(timeout=60)
    assert [racer.returncode for racer in racers] == [0, 0, 0]
    assert sorted(one.subject for one in grants()) == sorted(f"person {person}" for person in range(20))
    assert verify() == []


# --- the file


def test_before_the_first_right_nobody_has_any_and_nothing_is_written(data_folder: Path) -> None:
    assert (in_force(WHO, TODAY), grants()) == ((), [])
    assert not data_folder.exists()


@pytest.mark.parametrize("content", [b"", b"no database", None], ids=["empty", "other", "torn"])
def test_a_damaged_file_is_never_taken_for_one_without_rights(data_folder: Path, content: bytes | None) -> None:
    given_()
    path = database(data_folder)
    path.write_bytes(path.read_bytes()[:6000] if content is None else content)
    acts: tuple[Callable[[], object], ...] = (
        *(lambda: in_force(WHO, TODAY), grants),
        *(lambda: given_(who="b"), lambda: revoke(1, by="root")),
    )
    for act in acts:
        with pytest.raises(StorageFailed) as failed:
            act()
        assert failed.value.values["path"] == str(path)


def test_a_row_that_no_program_of_ours_wrote_is_a_damage(data_folder: Path) -> None:
    given_()
    with closing(sqlite3.connect(database(data_folder))) as connection, connection:
        connection.execute(ADD, (WHO, "emperor", COUNTRY, "2026-01-01", "x", "2026-01-01T00:00:00"))
    with pytest.raises(StorageFailed):
        in_force(WHO, TODAY)


COLUMNS = ("id", "subject", "role", "area", "valid_from", "valid_to", "granted_by", "granted_at")
OTHERS = ", ".join(COLUMNS[2:])
FORBIDDEN = (
    "DELETE FROM grants",
    *(f"UPDATE grants SET {column} = '2030-01-01'" for column in COLUMNS[1:]),
    *(f"UPDATE grants SET revoked_by = 'x', revoked_at = 'y', {column} = '9'" for column in COLUMNS),
    "UPDATE grants SET revoked_by = NULL, revoked_at = NULL",
    "UPDATE grants SET revoked_by = 'x', revoked_at = 'y' WHERE id = 2",  # is revoked already
    "UPDATE grants SET revoked_by = 'x' WHERE id = 1",
    f"REPLACE INTO grants SELECT id, 'thief', {OTHERS}, NULL, NULL FROM grants",
    f"INSERT INTO grants SELECT 9, subject, {OTHERS}, 'x', 'y' FROM grants LIMIT 1",
    "DELETE FROM sign_outs",
    "UPDATE sign_outs SET at = '2000-01-01'",
)


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_file_itself_refuses_to_have_a_right_changed_or_deleted(data_folder: Path, statement: str) -> None:
    given_(end=TODAY)
    revoke(given_(who="other@gov.kz").id, by="root")
    end_sessions(WHO, datetime(2026, 11, 22))
    before = grants()
    with closing(sqlite3.connect(database(data_folder))) as connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute(statement)
    assert grants() == before


def test_a_grant_that_cannot_be_noted_is_none(data_folder: Path) -> None:
    given = given_()
    log = data_folder / "access" / "log"
    log.rename(log.with_name("moved"))
    log.write_text("in the way")
    with pytest.raises(StorageFailed):
        given_(who="b")
    with pytest.raises(StorageFailed):
        revoke(given.id, by="root")
    assert grants() == [given]


def test_what_is_granted_and_revoked_is_noted_and_what_is_refused_is_not(data_folder: Path) -> None:
    given = given_(end=TODAY)
    with pytest.raises(GrantRefused):
        given_(area=AKTOBE)
    revoke(given.id, by="second")
    told = list(entries())
    assert [(entry.event, entry.who) for entry in told] == [(AccessEvent.GRANT, "root"), (AccessEvent.REVOKE, "second")]
    days = {"valid_from": "2026-11-22", "valid_to": "2026-11-22"}
    assert dict(told[0].told) == {"grant": 1, "subject": WHO, "role": "viewer", "area": AKMOLA, **days}
    assert verify() == []


def test_what_a_killed_process_left_half_done_is_taken_back_by_whoever_asks_next(
    data_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = given_()
    path = database(data_folder)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA cache_size = 2")
        connection.execute("BEGIN IMMEDIATE")
        row = ("x" * 500, "viewer", AKMOLA, "2026-01-01", "x", "2026-01-01T00:00:00")
        for _ in range(200):  # more than is kept in memory, so that a part of it is in the file
            connection.execute(ADD, row)
        killed = tmp_path / "killed" / "access"
        killed.mkdir(parents=True)
        for name in ("grants.db", "grants.db-journal"):
            (killed / name).write_bytes(path.with_name(name).read_bytes())
        connection.execute("ROLLBACK")
    monkeypatch.setenv("RISKMAP_DATA", str(killed.parent))
    assert in_force(WHO, TODAY) == (given,)
    assert len(grants()) == 1


@pytest.mark.parametrize("mask", [0, 0o077])
def test_what_is_kept_is_for_its_owner_alone(data_folder: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        given_()
    finally:
        os.umask(before)
    found = {path: stat.S_IMODE(path.stat().st_mode) for path in (data_folder / "access").rglob("*")}
    assert {mode for path, mode in found.items() if path.is_file()} == {0o600}
    assert {mode for path, mode in found.items() if path.is_dir()} == {0o700}
    assert stat.S_IMODE((data_folder / "access").stat().st_mode) == 0o700


def test_what_the_operator_has_given_to_a_group_is_made_for_that_group(data_folder: Path) -> None:
    (data_folder / "access").mkdir(parents=True)
    (data_folder / "access").chmod(0o2770)
    before = os.umask(0o077)
    try:
        given_()
    finally:
        os.umask(before)
    found = {path: stat.S_IMODE(path.stat().st_mode) for path in (data_folder / "access").rglob("*")}
    assert {mode for path, mode in found.items() if path.is_file()} == {0o660}
    assert {mode for path, mode in found.items() if path.is_dir()} == {0o2770}
