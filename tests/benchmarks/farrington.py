"""How long it takes to look for aberrations in all series at once, against a loop over regressions of statsmodels.

`python -m tests.benchmarks.farrington [--json]`; exit status 1 when ours needs more than 0.2 of the loop's time, or
tells other expectations. 224 areas by 10 indicators by 120 months; the loop fits every series as it is described in
`riskmap.methods.farrington`, twice or four times, and is measured on every tenth series, since each costs the same.
Both run in one process, in turn, five rounds. Told besides: the time of ten times as many series.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import statsmodels.api as sm
from numpy.typing import NDArray

from riskmap.methods.farrington import Control, farrington_flexible, reference_periods
from tests.benchmarks.in_turn import answered, medians

AREAS: Final = 224
INDICATORS: Final = 10
MONTHS: Final = 120
PART: Final = 10
MOST: Final = 0.2
CONTROL: Final = Control(least_reports=0)

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Result:
    """Medians in seconds for all series, and by how much the two differ in any expectation, relative to it."""

    ours_s: float
    loop_s: float
    ratio: float
    ours_tenfold_s: float
    differs: float

    @property
    def holds(self) -> bool:
        """Whether the limit is kept, and both find the same."""
        return self.ratio <= MOST and self.differs < 1e-6


def made(areas: int) -> Floats:
    """Counts of one to forty a month, with a season and a slow change."""
    chance = np.random.default_rng(20)
    month = np.arange(MONTHS)
    level = chance.uniform(1, 40, size=(areas, INDICATORS, 1))
    change = chance.normal(0, 0.004, size=(areas, INDICATORS, 1))
    season = 1 + 0.3 * np.sin(2 * np.pi * month / 12)
    return chance.poisson(level * season * np.exp(change * (month - MONTHS))).astype(float)


def loop(series: Floats) -> list[float]:
    """The expectation of the last month of each series, one regression after the other."""
    now = series.shape[1] - 1
    parts = reference_periods(now, control=CONTROL)
    parts[now - CONTROL.past_not_included :] = 0
    points = np.flatnonzero(parts)
    levels = [parts[points] == part for part in range(1, CONTROL.no_periods)]
    design = np.column_stack([np.ones(len(points)), *levels, (points - now) / CONTROL.frequency])
    return [_expected(y[points], design) for y in series]


def _expected(y: Floats, design: Floats) -> float:
    model, phi = _fitted(y, design)
    error = (phi * model.normalized_cov_params[-1, -1]) ** 0.5
    p = 2 * sm.stats.stattools.stats.t.sf(abs(model.params[-1] / error), model.df_resid)
    if p < CONTROL.p_threshold_trend and np.exp(model.params[0]) <= y.max():
        return float(np.exp(model.params[0]))
    return float(np.exp(_fitted(y, design[:, :-1])[0].params[0]))


def _fitted(y: Floats, design: Floats) -> tuple[sm.GLM, float]:
    """The regression with the weights of its own residuals, and its overdispersion."""
    first = sm.GLM(y, design, family=sm.families.Poisson()).fit()
    phi = max(first.pearson_chi2 / first.df_resid, 1)
    free = phi * (1 - first.get_hat_matrix_diag())
    residuals = 1.5 * (y ** (2 / 3) * first.mu ** (-1 / 6) - first.mu**0.5) / free**0.5
    high = residuals > CONTROL.weights_threshold
    weights = np.where(high, 1 / np.where(high, residuals, 1) ** 2, 1)
    weights *= len(y) / weights.sum()
    second = sm.GLM(y, design, family=sm.families.Poisson(), var_weights=weights).fit()
    return second, max(second.pearson_chi2 / second.df_resid, 1)


def run() -> Result:
    """Measure both on the same series."""
    series = made(AREAS)
    flat = series.reshape(-1, MONTHS)[::PART]
    many = made(10 * AREAS)
    ours, part, tenfold = medians(
        (
            lambda: farrington_flexible(series, control=CONTROL),
            lambda: loop(flat),
            lambda: farrington_flexible(many, control=CONTROL),
        )
    )
    told = farrington_flexible(flat, control=CONTROL).expected
    differs = float(np.max(np.abs(told / loop(flat) - 1)))
    return Result(ours, part * PART, ours / (part * PART), tenfold, differs)


def main() -> int:
    """Measure, write the medians, and say by the exit status whether the limit holds."""
    return answered(__doc__, run, _lines)


def _lines(result: Result) -> Iterator[str]:
    times = f"ours {result.ours_s:.3f} s, loop over statsmodels {result.loop_s:.1f} s"
    yield f"{AREAS} areas x {INDICATORS} x {MONTHS} months: {times}; ratio {result.ratio:.4f} (at most {MOST:g})"
    yield f"ten times the series: {result.ours_tenfold_s:.2f} s, {result.ours_tenfold_s / result.ours_s:.1f} times"
    yield f"largest relative difference of an expectation: {result.differs:.1e}"


if __name__ == "__main__":
    sys.exit(main())
