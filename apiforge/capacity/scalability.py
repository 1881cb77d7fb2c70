"""The universal scalability law, fitted to measured points.

X(N) = lambda N / (1 + sigma (N - 1) + kappa N (N - 1)): with N requests in progress, X are answered
each second. sigma is the part that is done one after the other, kappa what each costs the others.
Source: Neil J. Gunther, "Guerrilla Capacity Planning", Springer 2007, chapter 4.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

FEWEST_POINTS = 6
GOOD_FIT = 0.9
"""Of R²; below, the law does not describe these points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """`most` requests per second would come at `at` requests in progress; None: no such peak."""

    points: int
    lambda_: float
    sigma: float
    kappa: float
    r_squared: float
    at: float | None
    most: float | None

    @property
    def is_good(self) -> bool:
        return self.r_squared >= GOOD_FIT

    def as_json(self) -> dict[str, Any]:
        """For the document."""
        return {
            "points": self.points,
            "lambda": round(self.lambda_, 4),
            "sigma": round(self.sigma, 6),
            "kappa": round(self.kappa, 8),
            "r_squared": round(self.r_squared, 4),
            "usable": self.is_good,
            "peak_in_progress": None if self.at is None else round(self.at, 2),
            "peak_rate": None if self.most is None else round(self.most, 2),
        }


def rates(points: Sequence[tuple[float, float]]) -> int:
    """How many different rates there are among the points."""
    return len({rate for _, rate in points})


def throughput(n: Any, lambda_: float, sigma: float, kappa: float) -> Any:
    """X(N), requests per second; of a number, or of each in an array."""
    return lambda_ * n / (1 + sigma * (n - 1) + kappa * n * (n - 1))


def fit(points: Sequence[tuple[float, float]]) -> Fit | None:
    """The law through (in progress, per second) points by least squares; None of fewer than six."""
    if rates(points) < FEWEST_POINTS:
        return None
    # Imported here: it takes longer than everything else that the command does.
    import numpy
    from scipy.optimize import curve_fit

    n, x = (numpy.array(values) for values in zip(*points, strict=True))
    start = (float(max(x / n)), 0.1, 0.001)
    try:
        found, _ = curve_fit(throughput, n, x, p0=start, bounds=((0, 0, 0), (math.inf, 1, 1)))
    except RuntimeError:  # it did not converge: no such law here
        return None
    lambda_, sigma, kappa = map(float, found)
    residual = float(((x - throughput(n, lambda_, sigma, kappa)) ** 2).sum())
    total = float(((x - x.mean()) ** 2).sum())
    at = math.sqrt((1 - sigma) / kappa) if kappa > 0 and sigma < 1 else None
    return Fit(
        points=len(points),
        lambda_=lambda_,
        sigma=sigma,
        kappa=kappa,
        r_squared=1 - residual / total,
        at=at,
        most=None if at is None else throughput(at, lambda_, sigma, kappa),
    )
