"""The universal scalability law is found again in points that follow it."""

import pytest

from apiforge.capacity.scalability import fit, throughput

LAMBDA, SIGMA, KAPPA = 200.0, 0.05, 0.002
N = (1.0, 2.0, 4.0, 8.0, 12.0, 16.0, 24.0)


def test_parameters_and_peak_of_exact_points_are_found() -> None:
    found = fit([(n, throughput(n, LAMBDA, SIGMA, KAPPA)) for n in N])

    assert found is not None
    assert found.lambda_ == pytest.approx(LAMBDA, rel=1e-3)
    assert found.sigma == pytest.approx(SIGMA, rel=1e-2)
    assert found.kappa == pytest.approx(KAPPA, rel=1e-2)
    # N* = sqrt((1 - sigma) / kappa), Gunther 2007.
    assert found.at == pytest.approx(((1 - SIGMA) / KAPPA) ** 0.5, rel=1e-2)
    assert found.is_good


def test_five_rates_are_too_few() -> None:
    points = [(n, throughput(n, LAMBDA, SIGMA, KAPPA)) for n in N[:5]]
    assert fit(points) is None
    assert fit([*points, points[0]]) is None


def test_points_that_follow_no_law_are_not_called_a_good_fit() -> None:
    found = fit([(1, 100), (2, 20), (3, 300), (4, 10), (5, 250), (6, 5), (7, 200)])
    assert found is None or not found.is_good
