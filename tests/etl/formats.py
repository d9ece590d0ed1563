"""Data folders as earlier versions of the program have left them."""

import shutil
import tarfile
from pathlib import Path

FORMAT_1 = Path(__file__).parents[1] / "fixtures" / "format_1"


def format_1(place: Path) -> Path:
    """A data folder of the first version: a publication, a wrong one that was taken back, and its correction, live.

    It was written by that version from the published figures that ship with the product.
    """
    shutil.copytree(FORMAT_1, place)
    with tarfile.open(place / "warehouse.tar.gz") as packed:
        packed.extractall(place, filter="data")
    (place / "warehouse.tar.gz").unlink()
    return place
