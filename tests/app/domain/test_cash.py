"""Two purses, and which receipts a difference may be."""

from __future__ import annotations

import pytest

from app.domain.cash import Cash, Numbered, cash_of, may_be

RECEIPTS = [
    Numbered("TN1", Cash(26_000)),
    Numbered("TN2", Cash(30_000, 8_000)),
    Numbered("TN3", Cash(15_000, 50_000)),
]


def test_what_the_post_takes_for_passing_a_fee_on_is_its_own_money() -> None:
    parts = [
        {"kind": "postage", "amount": 26_000},
        {"kind": "remittance", "amount": 8_000},
        {"kind": "state_fee", "amount": 50_000},
    ]
    assert cash_of(parts) == Cash(34_000, 50_000)


@pytest.mark.parametrize(
    ("difference", "numbers"),
    [
        (Cash(), ()),
        (Cash(26_000), ("TN1",)),
        (Cash(30_000, 8_000), ("TN2",)),
        (Cash(41_000, 50_000), ("TN1", "TN3")),  # two together
        (Cash(30_000), ("TN2",)),  # its fee was handed in, its postage not
        (Cash(26_000, 8_000), ("TN1", "TN2")),  # each purse by itself
        (Cash(1), ()),
    ],
)
def test_a_difference_names_the_fewest_receipts_that_it_may_be(difference: Cash, numbers: tuple[str, ...]) -> None:
    assert may_be(difference, RECEIPTS) == numbers
