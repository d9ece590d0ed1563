"""The receipts of a publication: one page per region and language, written from what the public may see."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from etl.storage import folder, storage_faults
from riskmap.domain.vocabulary import LANGUAGES, Scope


@dataclass(frozen=True, slots=True)
class Written:
    """One receipt on disk."""

    region: str
    language: str
    path: Path


def write_receipts(
    build: Path, *, regions: Iterable[str] = (), languages: Sequence[str] = LANGUAGES, out: Path | None = None
) -> list[Written]:
    """Write the receipts of a build and return them; one that is there is written anew.

    Without `regions` those of every region that owes a return to a source which somebody has reported to: none in a
    build of published figures. They stand in receipts/<build> of the data folder, or in `out`.
    """
    # What draws a page takes its time to be imported, and most calls of the command line never need it.
    from riskmap.analytics import quality  # noqa: PLC0415
    from riskmap.files.receipt import receipt_html, receipt_name  # noqa: PLC0415

    wanted = tuple(regions)
    scope = Scope.public()
    views = {region: quality.receipt(build, scope=scope, region=region) for region in wanted}
    views = views or quality.receipts(build, scope=scope)
    if not views:
        return []
    place = out or folder("receipts") / build.name
    written = []
    with storage_faults(place):
        place.mkdir(parents=True, exist_ok=True)
        for region, view in views.items():
            for language in languages:
                path = place / receipt_name(view, language=language)
                _replace(path, receipt_html(view, language=language))
                written.append(Written(region, language, path))
    return written


def _replace(path: Path, content: bytes) -> None:
    part = path.with_name(f"{path.name}.part")
    part.write_bytes(content)
    part.replace(path)
