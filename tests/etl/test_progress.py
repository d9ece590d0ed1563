"""How far the work is: on a terminal a bar that leaves nothing behind, in a log lines or nothing."""

import io
from contextlib import redirect_stderr, suppress

import pytest

from etl.progress import progress


class Terminal(io.StringIO):
    """A terminal of 40 columns."""

    def isatty(self) -> bool:
        return True

    def screen(self) -> str:
        """What stands on its line now."""
        line = ""
        for part in self.getvalue().split("\r"):
            line = part + line[len(part) :]
        return line.rstrip()


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("TERM", "xterm")
    return Terminal()


def test_the_bar_grows_in_place_and_is_taken_away(terminal: Terminal) -> None:
    with redirect_stderr(terminal), progress("ru") as tell:
        assert tell
        tell(1, 4, "очень длинное имя файла Акмолинской области.xlsx")
        assert terminal.screen() == "[.............] 1/4 очень длинное имя …"
        for number in (2, 3, 4, 1, 2, 3):
            tell(number, 4, "b.xlsx")
        assert terminal.screen() == "[#########....] 3/4 b.xlsx"
    assert terminal.screen() == ""
    assert "\n" not in terminal.getvalue()


def test_the_bar_is_taken_away_when_the_work_is_stopped(terminal: Terminal) -> None:
    with suppress(KeyboardInterrupt), redirect_stderr(terminal), progress("en") as tell:
        assert tell
        tell(1, 1, "a.xlsx")
        raise KeyboardInterrupt
    assert terminal.screen() == ""
    assert "a.xlsx" in terminal.getvalue()


def test_a_log_has_a_line_a_file_where_asked_for_and_else_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("en") as tell:
        assert tell is None
    with progress("en", in_log=True) as tell:
        assert tell
        tell(1, 2, "a.xlsx")
        tell(2, 2, "b.xlsx")
        tell(1, 2, "a.xlsx")
    assert capsys.readouterr().err == "1/2 a.xlsx\n2/2 b.xlsx\n"


def test_nothing_is_shown_beside_a_document(terminal: Terminal) -> None:
    with redirect_stderr(terminal), progress("en", is_quiet=True, in_log=True) as tell:
        assert tell is None
    assert terminal.getvalue() == ""


def test_a_terminal_that_cannot_redraw_is_a_log(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    with redirect_stderr(terminal), progress("en", in_log=True) as tell:
        assert tell
        tell(1, 1, "a.xlsx")
    assert terminal.getvalue() == "1/1 a.xlsx\n"


def test_a_name_cannot_steer_the_terminal(terminal: Terminal) -> None:
    with redirect_stderr(terminal), progress("en") as tell:
        assert tell
        tell(1, 1, "a\x1b[2J\r.csv")
        assert terminal.screen() == r"[.............] 1/1 a\x1b[2J\r.csv"
