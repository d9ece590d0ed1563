"""What every reader asks of a file before looking inside: present, not empty, within the size limit."""

from pathlib import Path

from riskmap.domain.errors import Problem
from riskmap.domain.settings import MAX_FILE_MB


def file_fault(path: Path) -> Problem | None:
    """The fault that a file has whatever is in it: missing, empty, or over the limit."""
    if not path.is_file():
        return Problem("F001", file=path.name)
    size = path.stat().st_size
    if size == 0:
        return Problem("F002", file=path.name)
    limit = float(MAX_FILE_MB.value)
    if size > limit * 1_000_000:
        return Problem("F005", file=path.name, found=f"{size / 1_000_000:.1f} MB", expected=f"{limit:g} MB")
    return None


def read_bytes(path: Path) -> bytes | Problem:
    """The content of a file, or the fault that keeps it from being read."""
    fault = file_fault(path)
    if fault:
        return fault
    try:
        return path.read_bytes()
    except OSError as error:
        return Problem("F003", file=path.name, found=type(error).__name__)
