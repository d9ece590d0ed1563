"""The workbook to fill in, as it is sent to a region: which source, region and month it is for, and where it is put."""

from datetime import date, timedelta
from pathlib import Path

from etl.return_workbook import write_return
from geo.areas import areas, resolve
from riskmap.domain.areas import Area, AreaKind
from riskmap.domain.errors import Problem, WrongUsage
from riskmap.domain.registry import Source, catalogue
from riskmap.domain.vocabulary import Grain, Period, parse_period
from riskmap.words import t


def template_source(name: str) -> Source:
    """The source of a template; WrongUsage, naming those that have one, for any other."""
    having = {source.id: source for source in catalogue().sources.values() if source.return_sheets}
    if name not in having:
        raise WrongUsage(detail=f"template {name} ({', '.join(having)})")
    return having[name]


def template_region(text: str, language: str, *, on: date) -> Area:
    """The region that a code or name means; WrongUsage for none, for several, and for a district, naming its region."""
    found = resolve(text, on=on)
    if isinstance(found, Problem):
        found = resolve(text, on=on, level=AreaKind.REGION)
    if isinstance(found, Problem):
        possible = ", ".join(_shown(areas()[candidate], language) for candidate in found.candidates)
        raise WrongUsage(detail=f"--area {text}{f' ({possible})' if possible else ''}")
    if found.kind is not AreaKind.REGION:
        region = areas().get(found.parent)
        if region is None or region.kind is not AreaKind.REGION:
            raise WrongUsage(detail=f"--area {_shown(found, language)}")
        asked = {"area": _shown(found, language), "region": _shown(region, language)}
        raise WrongUsage(detail=t("template.of_region", language, **asked))
    return found


def _shown(area: Area, language: str) -> str:
    return f"{area.name(language)} {area.id}"


def template_month(code: str | None, today: date) -> Period:
    """The month of a code, or the last one that is over; WrongUsage for anything else."""
    if code is None:
        last = today.replace(day=1) - timedelta(days=1)
        code = f"{last:%Y-%m}"
    period = parse_period(code)
    if period is None or period.grain is not Grain.MONTH:
        raise WrongUsage(detail=f"--period {code} (2025-10)")
    return period


def write_template(source: Source, region: Area, period: Period, *, language: str, out: Path | None) -> Path:
    """Write the empty return and return its path; a file that is there is never overwritten."""
    path = out or Path(f"{source.id}_{region.id}_{period.code}_{language}.xlsx")
    if path.exists() or path.is_symlink():
        raise WrongUsage(detail=t("template.exists", language, path=path))
    write_return(
        path,
        source=source,
        region=region.id,
        period=period,
        language=language,
        figures=None,
        units={},
        invented=False,
    )
    return path
