"""What stands ahead of the commune is the way to the door."""

from __future__ import annotations

import pytest

from integrations.geocoding import door_words


@pytest.mark.parametrize(
    ("typed", "door"),
    [
        (
            "nhà cạnh suối, làng Mook Trang, thôn 3, xã Ia Tô, huyện Ia Grai, sđt 0912345678",
            "nhà cạnh suối, làng Mook Trang, thôn 3",
        ),
        ("12 Lê Lợi, Diên Hồng, Pleiku", "12 Lê Lợi"),
        ("12 Hùng Vương P. Diên Hồng", "12 Hùng Vương"),
        ("lang Bi xa Ia Krai", "lang Bi"),
        ("0912345678 xã Ia Tô", ""),
        ("Ia Tô, Ia Grai", ""),
        ("Phường Diên Hồng", ""),
        ("Ia Krái", ""),
        ("", ""),
    ],
)
def test_the_way_to_the_door_is_carried_on(typed: str, door: str) -> None:
    assert door_words(typed) == door
