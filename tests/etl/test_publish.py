"""Putting builds live and taking them back: one step, rules first, nothing that went live forgotten."""

from pathlib import Path

import duckdb
import pytest

from etl.build import stage_build
from etl.journal import EventKind, events
from etl.publish import newest_build, publish, rollback, staged
from etl.storage import builds, drop, folder, live, new_identifier
from riskmap.domain.errors import PublishRefused, StorageFailed
from tests.etl.build_files import copied


def _live(live_folder: Path) -> Path:
    build = live()
    assert build is not None
    return live_folder / "warehouse" / build.name


def _insert_district(build: Path, *, kind: str, invented: bool, status: str = "value") -> None:
    number = 7 if status == "value" else None
    with duckdb.connect(str(build / "full.duckdb")) as connection:
        connection.execute("UPDATE areas SET kind = ? WHERE area = '711110000'", [kind])
        connection.execute(
            "INSERT INTO cells SELECT * REPLACE ('711110000' AS area, ? AS numerator, ? AS status, ? AS invented)"
            " FROM cells WHERE indicator = 'children_0_17' AND area = '710000000' LIMIT 1",
            [number, status, invented],
        )


def test_a_published_build_is_named_by_a_relative_link_beside_it(live_folder: Path) -> None:
    build = stage_build()
    publish(build)
    assert (live_folder / "warehouse" / "current").readlink() == Path(build.name)
    assert _live(live_folder) == build


def test_a_build_with_real_figures_of_districts_is_refused_and_the_old_one_stays(live_folder: Path) -> None:
    before = _live(live_folder)
    for kind in ("district", "remainder"):
        build = copied(before)
        _insert_district(build, kind=kind, invented=False)
        with pytest.raises(PublishRefused) as raised:
            publish(build)
        assert raised.value.values == {"reason": "publish.refused.real_districts"}
        assert _live(live_folder) == before
        assert not (live_folder / "released" / f"{build.name}.parquet").exists()


@pytest.mark.parametrize("told", ["false", None])
def test_a_build_whose_hidden_numbers_are_not_all_proved_to_be_safe_is_refused_and_the_old_one_stays(
    live_folder: Path, told: str | None
) -> None:
    before = _live(live_folder)
    build = copied(before)
    with duckdb.connect(str(build / "public.duckdb")) as connection:
        connection.execute("DELETE FROM meta WHERE name = 'audit_passed'")
        if told:
            connection.execute("INSERT INTO meta VALUES ('audit_passed', ?)", [told])
    with pytest.raises(PublishRefused) as raised:
        publish(build)
    assert raised.value.values == {"reason": "publish.refused.not_proved", "build": build.name}
    assert _live(live_folder) == before
    assert not (live_folder / "released" / f"{build.name}.parquet").exists()


@pytest.mark.parametrize(
    ("kind", "invented", "status"),
    [("district", True, "value"), ("district", False, "not_reported"), ("region", False, "value")],
)
def test_invented_districts_empty_ones_and_real_regions_may_be_published(
    live_folder: Path, kind: str, invented: bool, status: str
) -> None:
    build = copied(_live(live_folder))
    _insert_district(build, kind=kind, invented=invented, status=status)
    publish(build)
    assert _live(live_folder) == build


def test_public_cells_of_every_build_that_went_live_are_kept(live_folder: Path) -> None:
    first = _live(live_folder)
    second = copied(first)
    publish(second)
    with duckdb.connect(str(second / "public.duckdb"), read_only=True) as connection:
        public = connection.execute("SELECT * FROM cells ORDER BY ALL").fetchall()
    released = live_folder / "released"
    with duckdb.connect() as connection:
        kept = connection.execute(f"SELECT * FROM '{released / second.name}.parquet' ORDER BY ALL").fetchall()
    assert kept == public
    assert sorted(path.stem for path in released.iterdir()) == [first.name, second.name]


def test_what_was_released_is_never_written_again(live_folder: Path) -> None:
    second = copied(_live(live_folder))
    publish(second)
    released = live_folder / "released" / f"{second.name}.parquet"
    before = released.stat()
    rollback()
    publish(second)
    assert (released.stat().st_mtime_ns, released.stat().st_ino) == (before.st_mtime_ns, before.st_ino)


def test_a_build_that_cannot_be_opened_is_not_published(live_folder: Path) -> None:
    before = _live(live_folder)
    build = copied(before)
    (build / "full.duckdb").write_bytes(b"nothing of the kind" * 1000)
    with pytest.raises(StorageFailed):
        publish(build)
    assert _live(live_folder) == before


def test_rollback_goes_to_the_build_that_was_live_before(live_folder: Path) -> None:
    first = _live(live_folder)
    never_live = copied(first)
    publish(copied(first))
    assert rollback() == first
    assert _live(live_folder) == first
    assert never_live.exists()


def test_rollback_without_an_earlier_publication_is_refused(live_folder: Path) -> None:
    first = _live(live_folder)
    with pytest.raises(PublishRefused) as raised:
        rollback()
    assert raised.value.values == {"reason": "publish.refused.nothing_older"}
    assert _live(live_folder) == first


def test_rollback_before_the_first_publication_is_refused(data_folder: Path) -> None:
    with pytest.raises(PublishRefused):
        rollback()
    assert not data_folder.exists()


def test_a_build_that_was_taken_back_does_not_wait_until_it_is_published_by_name(live_folder: Path) -> None:
    first = _live(live_folder)
    second = copied(first)
    assert staged() == second
    publish(second)
    rollback()
    assert (staged(), newest_build()) == (None, second)
    publish(second)
    assert _live(live_folder) == second


def test_the_live_build_does_not_wait(live_folder: Path) -> None:
    assert staged() is None


def test_a_build_that_lacks_the_last_load_does_not_wait(live_folder: Path) -> None:
    waiting = copied(_live(live_folder))
    assert staged() == waiting
    (live_folder / "accepted" / f"{new_identifier()}.parquet").touch()
    assert (staged(), newest_build()) == (None, None)


def _hollow_builds(number: int) -> list[Path]:
    """Builds that have nothing but their names."""
    made = []
    for _ in range(number):
        build = folder("warehouse") / new_identifier()
        build.mkdir()
        (build / "public.duckdb").touch()
        made.append(build)
    return made


def test_the_last_builds_stay_and_always_the_live_one_and_the_one_before_it(
    live_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RISKMAP_KEEP_BUILDS", "3")
    first = _live(live_folder)
    later = _hollow_builds(5)
    second = copied(first)
    publish(second)
    assert builds() == [first, *later[-2:], second]
    third = copied(second)
    publish(third)
    assert builds() == [later[-1], second, third]
    names = {path.name for path in (live_folder / "warehouse").iterdir()}
    assert names == {later[-1].name, second.name, third.name, "current"}


def test_twelve_builds_stay_by_default(live_folder: Path) -> None:
    first = _live(live_folder)
    later = _hollow_builds(13)
    second = copied(first)
    publish(second)
    assert builds() == [first, *later[-11:], second]


def test_rollback_goes_back_by_the_order_of_publications_one_further_each_time(live_folder: Path) -> None:
    first = _live(live_folder)
    second = copied(first)
    publish(second)
    third = copied(second)
    publish(third)
    assert [rollback(), rollback()] == [second, first]
    with pytest.raises(PublishRefused) as raised:
        rollback()
    assert raised.value.values == {"reason": "publish.refused.nothing_older"}
    publish(second)
    publish(third)
    assert (_live(live_folder), rollback()) == (third, second)


def test_rollback_to_a_build_that_is_gone_names_it_and_changes_nothing(live_folder: Path) -> None:
    first = _live(live_folder)
    second = copied(first)
    publish(second)
    drop(first)
    with pytest.raises(PublishRefused) as raised:
        rollback()
    assert raised.value.values == {"reason": "publish.refused.older_removed", "build": first.name}
    assert _live(live_folder) == second


def test_a_build_that_was_compared_with_another_than_the_live_one_is_not_published(live_folder: Path) -> None:
    first = _live(live_folder)
    one, other = copied(first), copied(first)
    publish(one)
    assert staged() is None  # of two that were staged one after the other the newer is out of date as well
    with pytest.raises(PublishRefused) as raised:
        publish(other)
    assert raised.value.values == {"reason": "publish.refused.base_changed", "build": other.name}
    assert _live(live_folder) == one


def test_a_build_that_was_live_is_published_again_only_in_place_of_what_it_was_compared_with(live_folder: Path) -> None:
    first = _live(live_folder)
    second = copied(first)
    publish(second)
    assert rollback() == first
    publish(second)
    assert _live(live_folder) == second
    publish(copied(second))
    with pytest.raises(PublishRefused) as raised:
        publish(first)
    assert raised.value.values["reason"] == "publish.refused.base_changed"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [({"format": "1"}, "publish.refused.other_format"), ({"as_known_on": "2024-01-31"}, "publish.refused.as_known")],
)
def test_a_build_of_another_format_or_of_a_past_day_neither_waits_nor_goes_live(
    live_folder: Path, changes: dict[str, str], reason: str
) -> None:
    first = _live(live_folder)
    build = copied(first, **changes)
    assert staged() is None
    with pytest.raises(PublishRefused) as raised:
        publish(build)
    assert raised.value.values == {"reason": reason, "build": build.name}
    assert _live(live_folder) == first


def test_behind_a_build_of_a_past_day_the_one_before_it_waits(live_folder: Path) -> None:
    first = _live(live_folder)
    waiting = copied(first)
    copied(first, as_known_on="2024-01-31")
    assert (staged(), newest_build()) == (waiting, waiting)


def test_publishing_the_live_build_changes_nothing_and_is_no_event(live_folder: Path) -> None:
    first, before = _live(live_folder), events()
    publish(first)
    assert (_live(live_folder), events()) == (first, before)


def test_the_journal_tells_each_publication_and_each_that_was_taken_back(
    live_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RISKMAP_OPERATOR", "Айгүл")
    first = _live(live_folder)
    second = copied(first, data_date="2026-10-31")
    publish(second)
    rollback()
    staging, publishing, taking_back = events()[-3:]
    assert [event["event"] for event in (staging, publishing, taking_back)] == [
        EventKind.STAGED,
        EventKind.PUBLISHED,
        EventKind.TAKEN_BACK,
    ]
    assert (staging["build"], staging["base"], staging["by"]) == (second.name, first.name, "Айгүл")
    assert (publishing["build"], publishing["live"], publishing["data_date"]) == (
        second.name,
        second.name,
        "2026-10-31",
    )
    assert (taking_back["build"], taking_back["live"], taking_back["by"]) == (second.name, first.name, "Айгүл")


def test_files_of_a_build_have_the_modes_of_their_content(live_folder: Path) -> None:
    build = stage_build()
    modes = {path.name: path.stat().st_mode & 0o777 for path in (build, *build.iterdir())}
    assert modes == {build.name: 0o700, "full.duckdb": 0o600, "public.duckdb": 0o644}
