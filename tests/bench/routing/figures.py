"""Ratios of paired runs: their geometric mean and how sure it is."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

RESAMPLES = 2000


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean and the bounds between which 95 % of resampled means lie."""

    mean: float
    low: float
    high: float
    count: int

    def __str__(self) -> str:
        return f"{self.mean:.3f} ({self.low:.3f} to {self.high:.3f})"


def geometric_mean(values: Sequence[float]) -> float:
    """Return the n-th root of the product of positive numbers; ``ValueError`` for none."""
    if not values:
        raise ValueError("no ratios, no mean")
    return math.exp(sum(math.log(value) for value in values) / len(values))


def bootstrap(values: Sequence[float], resamples: int = RESAMPLES, seed: int = 1) -> Interval:
    """Return the geometric mean of paired ratios and its percentile interval (Efron 1979), by a fixed seed."""
    rng = random.Random(seed)
    means = sorted(geometric_mean(rng.choices(values, k=len(values))) for _ in range(resamples))
    low, high = means[int(0.025 * resamples)], means[math.ceil(0.975 * resamples) - 1]
    return Interval(geometric_mean(values), low, high, len(values))


def percentile(values: Sequence[float], part: float) -> float:
    """Return the smallest value that at least ``part`` of the values do not pass (nearest rank)."""
    return sorted(values)[max(0, math.ceil(part * len(values)) - 1)]
