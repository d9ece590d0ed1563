"""Pages are drawn in turn, and nobody waits for good."""

from threading import Event, Thread

import pytest

from riskmap.ui import turns
from riskmap.ui.turns import aside, turn

_LONG = 60.0  # seconds; nothing here waits for so long


def another() -> tuple[Thread, Event]:
    """Somebody else who wants a page, and whether it is drawn."""
    is_drawn = Event()

    def draw() -> None:
        with turn():
            is_drawn.set()

    thread = Thread(target=draw)
    thread.start()
    return thread, is_drawn


def test_a_page_waits_until_the_one_before_is_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PATIENCE", _LONG)
    with turn():
        thread, is_drawn = another()
        assert not is_drawn.wait(0.1)
    thread.join(_LONG)
    assert is_drawn.is_set()


def test_who_has_waited_long_enough_goes_ahead_and_takes_nobody_s_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PATIENCE", 0.01)
    with turn():
        thread, is_drawn = another()
        assert is_drawn.wait(_LONG)
        thread.join(_LONG)
        monkeypatch.setattr(turns, "PATIENCE", _LONG)
        later, is_drawn_later = another()
        assert not is_drawn_later.wait(0.1)
    later.join(_LONG)


def test_a_page_that_fails_lets_the_next_one_be_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PATIENCE", _LONG)
    with pytest.raises(RuntimeError), turn():
        raise RuntimeError
    thread, is_drawn = another()
    thread.join(_LONG)
    assert is_drawn.is_set()


def test_who_waits_for_another_process_lets_others_take_their_turn_and_takes_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(turns, "PATIENCE", _LONG)
    with turn():
        with aside():
            thread, is_drawn = another()
            thread.join(_LONG)
            assert is_drawn.is_set()
        thread, is_drawn = another()
        assert not is_drawn.wait(0.1)
    thread.join(_LONG)
    assert is_drawn.is_set()


def test_outside_of_a_turn_there_is_none_to_give_away() -> None:
    with aside():
        thread, is_drawn = another()
        thread.join(_LONG)
    assert is_drawn.is_set()
