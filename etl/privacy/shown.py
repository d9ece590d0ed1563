"""The names of files as they may be shown and stored."""

from collections.abc import Iterable
from pathlib import Path

from etl.privacy.personal import masked
from etl.readers.files import visible


def shown_name(path: Path) -> str:
    """The name of a file without its folder, as it may be shown and stored."""
    return printable(path.name or str(path))


def shown_names(paths: Iterable[Path]) -> dict[Path, str]:
    """The names under which the files of one call are shown and judged: where several would have one, numbered."""
    different = list(dict.fromkeys(paths))
    taken = {shown_name(path) for path in different}
    names: dict[Path, str] = {}
    for path in different:
        name, number = shown_name(path), 1
        if name in names.values():
            stem, suffix = Path(name).stem, Path(name).suffix
            while name in taken:
                number += 1
                name = f"{stem} ({number}){suffix}"
            taken.add(name)
        names[path] = name
    return names


def printable(name: str) -> str:
    """A name as it may be shown and stored: without the number of a person and without broken letters."""
    return masked(visible(name.encode("utf-8", "backslashreplace").decode("utf-8")))
