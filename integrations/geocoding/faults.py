"""What is known to be wrong in vietnamadminunits 1.0.4 for Gia Lai, and what is used instead.

Found by three cross-checks, kept as data because they are facts about one version of one package: the areas of the new
units of each old district must add up to that district's published area (22 of 28 do, to a few tenths of a km²); an old
commune's geocoded address must name more than its district or province; and a code must be spelled without accents.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

PROVINCE_AREA_KM2: Final = 21_576.5
"""Published area of the merged province, the sum that the corrected areas are held against."""

AREAS_KM2: Final[Mapping[str, float]] = {
    # what is left of the old district's published area after its other units; split by cell area where two are wrong
    "21628": 101.5,  # An Hòa (77.9 in the package)
    "21727": 202.7,  # Kim Sơn (29.4)
    "21786": 164.8,  # Vĩnh Thạnh (65.9)
    "21808": 114.2,  # Tây Sơn (334.62)
    "21835": 229.1,  # Bình Phú (47.3)
    "21871": 87.1,  # Hòa Hội (136.27)
    "21910": 32.4,  # An Nhơn (3.23)
    "23563": 43.3,  # Diên Hồng (1.86)
    "23614": 73.1,  # An Bình (18.39)
    "24076": 362.3,  # Phú Túc (63.14)
}

VAGUE_ADDRESSES: Final = frozenset(
    {
        "Binh Dinh, Vietnam",  # thị trấn An Lão: the province's own point, 42 km off
        "Chư Sê District, Gia Lai, Vietnam",  # xã Kông HTok and xã Ia Pal: the district's point, twice
    }
)
"""Geocoder answers that name no commune: the point is of something larger, so the new unit's point is used instead."""
