"""How a region is named on the command line."""

from geo.areas import resolve
from riskmap.domain.areas import AreaKind
from riskmap.domain.errors import Problem, WrongUsage


def region_id(text: str) -> str:
    """The id of the region that `--region` names by its code or in words; `WrongUsage` where that is none."""
    found = resolve(text, level=AreaKind.REGION)
    if isinstance(found, Problem):
        raise WrongUsage(detail=f"--region {text}")
    return found.id
