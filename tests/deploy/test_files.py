"""The files of `deploy/` agree with the program and with each other."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from riskmap.domain.settings import MAX_UPLOAD_MB, SETTINGS
from tests.conftest import ROOT
from tests.deploy.proxied import BASE, CONFIGURATION

DEPLOY = ROOT / "deploy"
UNITS = sorted(path.name for path in (DEPLOY / "systemd").iterdir() if path.suffix != ".conf")
FILES = sorted(path for path in (*DEPLOY.rglob("*"), ROOT / "docs" / "deployment.md") if path.is_file())


def values(path: Path) -> dict[str, str]:
    """What a file of settings sets, also in lines that are left to be switched on."""
    lines = re.findall(r"^#? ?([A-Z_]+)=(.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return dict(lines)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_setting_that_is_named_exists(path: Path) -> None:
    named = set(re.findall(r"RISKMAP_[A-Z_]+", path.read_text(encoding="utf-8")))
    assert named <= {setting.variable for setting in SETTINGS}


def test_no_file_holds_a_secret() -> None:
    secret = {setting.variable for setting in SETTINGS if setting.is_secret}
    assert {name: value for path in FILES for name, value in values(path).items() if name in secret and value} == {}
    assert secret <= set(values(DEPLOY / "sign-in.env"))


def test_the_limit_of_uploads_is_that_of_the_dashboard() -> None:
    limits = re.findall(r"client_max_body_size +(\w+);", CONFIGURATION.read_text(encoding="utf-8"))
    assert limits == ["16k", f"{MAX_UPLOAD_MB.default}m"]


def test_the_path_is_the_same_everywhere() -> None:
    told = values(DEPLOY / "riskmap.env")
    assert f"/{told['STREAMLIT_SERVER_BASE_URL_PATH']}" == BASE
    assert told["RISKMAP_PUBLIC_URL"].endswith(BASE)
    paths = set(re.findall(r"location (?:=|\^~|~ \^)? ?(/[a-z]+)", CONFIGURATION.read_text(encoding="utf-8")))
    assert paths == {BASE}


def test_each_replica_stands_in_every_block() -> None:
    text = CONFIGURATION.read_text(encoding="utf-8").partition("# --- what is passed on")[0]
    blocks = re.findall(r"^(?:upstream|map) [^{]+\{.*?^\}", text, re.MULTILINE | re.DOTALL)
    with_replicas = [block for block in blocks if "8501" in block]
    assert len(with_replicas) == 5
    assert all("8502" in block for block in with_replicas)


@pytest.mark.every_combination
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("program missing: systemd-analyze")
    for name in UNITS:
        shutil.copy(DEPLOY / "systemd" / name, tmp_path / name.replace("@.", "@8501."))
    units = [name.replace("@.", "@8501.") for name in UNITS]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    # That the program is not installed here is no fault of the unit.
    assert [line for line in done.stderr.splitlines() if "is not executable" not in line] == []
