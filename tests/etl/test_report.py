"""Words and documents of faults and situations, without a word key left in them."""

import pytest

from etl.report import error_document, error_text, print_json, problem_document
from riskmap.domain.errors import Locked, Problem, PublishRefused, StorageFailed
from riskmap.domain.vocabulary import LANGUAGES


def test_codes_of_areas_stay_codes_in_json() -> None:
    document = problem_document(Problem("A005", expected="750000000", candidates=("190000000",)), "en")
    assert (document["expected"], document["candidates"]) == ("750000000", ("190000000",))


def test_letters_of_all_languages_are_written_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"name": "Өскемен"})
    assert "Өскемен" in capsys.readouterr().out


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_situation_is_a_sentence_with_its_values(language: str) -> None:
    assert "load, PID 7" in error_text(Locked(holder="load, PID 7"), language)
    storage = error_text(StorageFailed(path="/data/raw", detail="No space left on device"), language)
    assert "/data/raw" in storage
    assert "No space left on device" in storage
    refused = error_text(PublishRefused(reason="publish.refused.nothing_older"), language)
    assert "publish.refused" not in refused


def test_the_path_of_a_situation_names_no_person() -> None:
    path = "/data/Иванов Иван Иванович 061211600012.xlsx"
    told = error_text(StorageFailed(path=path, detail=f"{path}: File name too long"), "en")
    assert "File name too long" in told
    assert "Иванов" not in told
    assert "061211600012" not in told


def test_a_situation_as_json_has_a_stable_key() -> None:
    document = error_document(Locked(holder="load, PID 7"), "en")
    assert document == {"error": {"key": "error.locked", "text": error_text(Locked(holder="load, PID 7"), "en")}}
