"""Putting builds live and taking them back: one step, rules first, nothing that went live forgotten."""

import shutil
from pathlib import Path

import duckdb
import pytest

from etl.build import stage_build
from etl.publish import newest_build, publish, rollback, staged
from etl.storage import builds, live, new_identifier
from riskmap.domain.errors import PublishRefused, StorageFailed


def _copy(build: Path) -> Path:
    """One more build with the same content."""
    copy = build.with_name(new_identifier())
    shutil.copytree(build, copy)
    return copy


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
        build = _copy(before)
        _insert_district(build, kind=kind, invented=False)
        with pytest.raises(PublishRefused) as raised:
            publish(build)
        assert raised.value.values == {"reason": "publish.refused.real_districts"}
        assert _live(live_folder) == before
        assert not (live_folder / "released" / f"{build.name}.parquet").exists()


@pytest.mark.parametrize(
    ("kind", "invented", "status"),
    [("district", True, "value"), ("district", False, "not_reported"), ("region", False, "value")],
)
def test_invented_districts_empty_ones_and_real_regions_may_be_published(
    live_folder: Path, kind: str, invented: bool, status: str
) -> None:
    build = _copy(_live(live_folder))
    _insert_district(build, kind=kind, invented=invented, status=status)
    publish(build)
    assert _live(live_folder) == build


def test_public_cells_of_every_build_that_went_live_are_kept(live_folder: Path) -> None:
    first = _live(live_folder)
    second = _copy(first)
    publish(second)
    with duckdb.connect(str(second / "public.duckdb"), read_only=True) as connection:
        public = connection.execute("SELECT * FROM cells ORDER BY ALL").fetchall()
    released = live_folder / "released"
    with duckdb.connect() as connection:
        kept = connection.execute(f"SELECT * FROM '{released / second.name}.parquet' ORDER BY ALL").fetchall()
    assert kept == public
    assert sorted(path.stem for path in released.iterdir()) == [first.name, second.name]


def test_what_was_released_is_never_written_again(live_folder: Path) -> None:
    first = _live(live_folder)
    released = live_folder / "released" / f"{first.name}.parquet"
    before = released.stat()
    publish(_copy(first))
    publish(first)
    assert (released.stat().st_mtime_ns, released.stat().st_ino) == (before.st_mtime_ns, before.st_ino)


def test_a_build_that_cannot_be_opened_is_not_published(live_folder: Path) -> None:
    before = _live(live_folder)
    build = _copy(before)
    (build / "full.duckdb").write_bytes(b"nothing of the kind" * 1000)
    with pytest.raises(StorageFailed):
        publish(build)
    assert _live(live_folder) == before


def test_rollback_goes_to_the_build_that_was_live_before(live_folder: Path) -> None:
    first = _live(live_folder)
    never_live = _copy(first)
    publish(_copy(first))
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
    second = _copy(first)
    assert staged() == second
    publish(second)
    rollback()
    assert (staged(), newest_build()) == (None, second)
    publish(second)
    assert _live(live_folder) == second
    publish(first)
    assert staged() == second


def test_the_live_build_does_not_wait(live_folder: Path) -> None:
    assert staged() is None


def test_a_build_that_lacks_the_last_load_does_not_wait(live_folder: Path) -> None:
    waiting = _copy(_live(live_folder))
    assert staged() == waiting
    (live_folder / "accepted" / f"{new_identifier()}.parquet").touch()
    assert (staged(), newest_build()) == (None, None)


def test_the_last_builds_stay_and_the_live_one_always(live_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RISKMAP_KEEP_BUILDS", "3")
    first = _live(live_folder)
    later = [_copy(first) for _ in range(5)]
    publish(first)
    assert builds() == [first, *later[-3:]]
    publish(later[-1])
    assert builds() == later[-3:]
    assert {path.name for path in (live_folder / "warehouse").iterdir()} == {
        *(build.name for build in later[-3:]),
        "current",
    }


def test_twelve_builds_stay_by_default(live_folder: Path) -> None:
    first = _live(live_folder)
    later = [_copy(first) for _ in range(13)]
    publish(later[-1])
    assert builds() == later[-12:]


def test_files_of_a_build_have_the_modes_of_their_content(live_folder: Path) -> None:
    build = stage_build()
    modes = {path.name: path.stat().st_mode & 0o777 for path in (build, *build.iterdir())}
    assert modes == {build.name: 0o700, "full.duckdb": 0o600, "public.duckdb": 0o644}
