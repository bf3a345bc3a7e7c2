"""The short form of `make bench PART=addresses`: hardly anybody is sent astray, and nobody is turned away."""

from __future__ import annotations

import random
from collections import Counter

from tests.bench.addresses import SHORT_ADDRESSES, addresses, judge, measure, strangers

MOST_SILENT, MOST_REFUSED = 1, SHORT_ADDRESSES // 100
FEW = 630  # thirty of each damage
LANDMARKS = ("gần chợ", "sau nhà văn hóa thôn 2", "đối diện trường tiểu học Lê Lợi", "cạnh cầu treo", "trước cổng chào")


def test_damaged_addresses_are_asked_about_and_neither_guessed_nor_refused() -> None:
    together: Counter[str] = sum(measure(SHORT_ADDRESSES).values(), Counter())
    assert together.total() == SHORT_ADDRESSES
    assert together["silent"] <= MOST_SILENT
    assert together["refused"] <= MOST_REFUSED
    assert together["right"] > SHORT_ADDRESSES * 0.8


def test_an_address_with_its_own_province_is_never_taken_for_ours() -> None:
    named = strangers(200)[1::2]
    assert {judge(text, frozenset()) for text in named} == {"refused"}


def test_landmarks_ahead_of_an_address_send_no_more_people_astray() -> None:
    dice = random.Random(1)
    made = addresses(FEW)
    plain = Counter(judge(text, truth) for _, text, truth in made)
    ahead = Counter(judge(f"{dice.choice(LANDMARKS)}, {text}", truth) for _, text, truth in made)
    assert ahead["silent"] <= plain["silent"]
    assert ahead["refused"] <= FEW // 100
