"""The short form of `make bench PART=addresses`: hardly anybody is sent astray, and nobody is turned away."""

from __future__ import annotations

from collections import Counter

from tests.bench.addresses import SHORT_ADDRESSES, judge, measure, strangers

MOST_SILENT, MOST_REFUSED = 1, SHORT_ADDRESSES // 100


def test_damaged_addresses_are_asked_about_and_neither_guessed_nor_refused() -> None:
    together: Counter[str] = sum(measure(SHORT_ADDRESSES).values(), Counter())
    assert together.total() == SHORT_ADDRESSES
    assert together["silent"] <= MOST_SILENT
    assert together["refused"] <= MOST_REFUSED
    assert together["right"] > SHORT_ADDRESSES * 0.8


def test_an_address_with_its_own_province_is_never_taken_for_ours() -> None:
    named = strangers(200)[1::2]
    assert {judge(text, frozenset()) for text in named} == {"refused"}
