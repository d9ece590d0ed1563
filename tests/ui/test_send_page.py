"""A region sends its return: what is sent waits for the operator as it was, and nothing else is sent."""

import hashlib
import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from etl.cli import main
from riskmap.access.audit_log import AccessEvent, entries
from riskmap.domain.errors import StorageFailed
from riskmap.domain.vocabulary import COUNTRY
from riskmap.ui.checking import Outcome, Upload
from riskmap.ui.sending import send
from riskmap.words import t
from tests.etl.published import published_row, write_published
from tests.etl.returns import FULL, write_good
from tests.ui.test_check_page import faulty_return, figures

ULYTAU, AKMOLA = "620000000", "110000000"
OUTCOME = Outcome("return.xlsx", 7, (), regions=(ULYTAU,), periods=("2025-10",))


def draw(region: str) -> None:
    """The page as somebody sees it who sends for a region."""
    from riskmap.ui import check_panels, send_panels
    from riskmap.ui.viewer import Viewer

    send_panels.explanation(region, "en")
    check_panels.boxes("en", is_kept=True)
    check_panels.found("en")
    send_panels.submit(Viewer(sends_for=region), "en")


def checked(region: str, name: str, content: bytes) -> AppTest:
    """The page after a file was checked."""
    app = AppTest.from_function(draw, kwargs={"region": region}, default_timeout=90).run()
    app.file_uploader[0].set_value((name, content, "application/octet-stream")).run()
    app.button(key="check-run").click().run()
    assert not app.exception
    return app


def has_button(app: AppTest) -> bool:
    return "send" in [button.key for button in app.button]


def waiting(folder: Path) -> list[Path]:
    return sorted((folder / "inbox").glob("*")) if (folder / "inbox").exists() else []


def test_a_return_without_faults_is_sent_as_it_is_and_the_loader_finds_it(
    data_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = write_good(tmp_path / "return.xlsx", source=FULL).read_bytes()
    app = checked(ULYTAU, "Ұлытау, қазан.xlsx", content)
    app.button(key="send").click().run()
    (sent,) = waiting(data_folder)
    assert sent.read_bytes() == content
    assert (sent.name.startswith(f"{ULYTAU}-"), sent.name.endswith("-Ұлытау, қазан.xlsx")) == (True, True)
    assert sent.stat().st_mode & 0o777 == 0o600
    assert app.success[-1].value == t("send_page.sent", "en", file=sent.name)
    assert not has_button(app)
    # The loader looks at it anew beside the record: of a first return it asks whether it can be.
    assert main(["inbox", "--json"]) == 1
    (outcome,) = json.loads(capsys.readouterr().out)["files"]
    assert (outcome["file"], outcome["outcome"]) == (sent.name, "asked")


def test_a_return_with_faults_is_not_sent(data_folder: Path, tmp_path: Path) -> None:
    app = checked(ULYTAU, "return.xlsx", faulty_return(tmp_path))
    assert not has_button(app)
    assert app.info[-1].value == t("send_page.faulty", "en")
    assert waiting(data_folder) == []


def test_a_return_of_another_region_is_not_sent(data_folder: Path, tmp_path: Path) -> None:
    app = checked(AKMOLA, "return.xlsx", write_good(tmp_path / "return.xlsx", source=FULL).read_bytes())
    assert not has_button(app)
    assert "Ulytau" in app.error[-1].value


@pytest.mark.parametrize("other", [ULYTAU, COUNTRY])
def test_a_table_with_a_row_of_another_area_is_not_sent(data_folder: Path, tmp_path: Path, other: str) -> None:
    rows = [published_row("offences_against_minors", area, "2022", 12) for area in (AKMOLA, other)]
    content = write_published(tmp_path / "figures.csv", rows).read_bytes()
    app = checked(AKMOLA, "figures.csv", content)
    assert app.success  # the check itself finds nothing wrong
    assert not has_button(app)
    assert app.error[-1].value.startswith("This file is not sent")


def test_a_table_of_the_own_region_is_sent(data_folder: Path, tmp_path: Path) -> None:
    assert has_button(checked(AKMOLA, "figures.csv", figures(tmp_path)))


def test_who_sent_what_is_noted_without_its_content(data_folder: Path) -> None:
    name = send(Upload("return.xlsx", b"content"), OUTCOME, region=ULYTAU, who="a@example.kz")
    (entry,) = entries()
    assert (entry.event, entry.who) == (AccessEvent.SUBMIT, "a@example.kz")
    assert entry.told == {
        "scope": [ULYTAU],
        "file": name,
        "sha256": hashlib.sha256(b"content").hexdigest(),
        "periods": ["2025-10"],
        "figures": 7,
        "faults": 0,
    }


def test_the_name_of_a_file_leads_nowhere_else(data_folder: Path) -> None:
    name = send(Upload("../../raw/x.xlsx", b"1"), OUTCOME, region=ULYTAU, who="a")
    assert [path.name for path in waiting(data_folder)] == [name]
    assert "/" not in name


def test_what_a_group_collects_may_be_read_by_the_group(data_folder: Path) -> None:
    inbox = data_folder / "inbox"
    inbox.mkdir(parents=True)
    inbox.chmod(0o2770)
    name = send(Upload("x.xlsx", b"1"), OUTCOME, region=ULYTAU, who="a")
    assert (inbox / name).stat().st_mode & 0o777 == 0o660


def test_where_the_inbox_cannot_be_written_it_is_said(data_folder: Path) -> None:
    data_folder.mkdir()
    (data_folder / "inbox").write_text("no folder")
    with pytest.raises(StorageFailed):
        send(Upload("x.xlsx", b"1"), OUTCOME, region=ULYTAU, who="a")
