"""What a courier's day costs and takes. Nothing here is measured yet: the province replaces the figures in one place.

| figure | value | where it comes from |
| --- | --- | --- |
| a courier's day, when used | 150.000 đ | half a day's pay: another courier must be worth it [assumption] |
| an hour of riding | 30.000 đ | pay of a provincial courier [assumption] |
| a kilometre | 1.500 đ | fuel and wear of a 110 cm³ motorbike [assumption] |
| a paper's onward kilometre | 200 đ | a van at 6.000 đ/km shared by about 30 envelopes [assumption] |
| a stranger at a door | 5.000 đ | ten minutes of pay for finding the hamlet, door and person (`TANNHA_STRANGER_PRICE`) [assumption] |
| at the door | 5 min, and 3 min for each further errand there | checklist, seal, signature [assumption] |
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Assumptions:
    """Đồng and seconds; see the table above."""

    fixed: int = 150_000
    per_hour: int = 30_000
    per_km: int = 1_500
    onward_per_km: int = 200
    stranger: int = 5_000
    first_errand_s: int = 300
    further_errand_s: int = 180
    profile: str = "motorbike"
    onward_profile: str = "truck"
    shared_window_s: int = 1_800  # two errands at one door share a visit when their slots overlap this long

    def service_s(self, errands: int) -> int:
        return self.first_errand_s + self.further_errand_s * (errands - 1)


ASSUMPTIONS = Assumptions()
