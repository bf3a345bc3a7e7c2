"""The journey an errand spared: home ↔ the nearest desk that may receive it, there and back, minus the courier's marginal metres."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SparedJourney:
    """Metres. `net_m` may be negative: then the visit cost more road than it spared, and the page says so."""

    one_way_m: int
    marginal_m: int

    @property
    def gross_m(self) -> int:
        return 2 * self.one_way_m

    @property
    def net_m(self) -> int:
        return self.gross_m - self.marginal_m
