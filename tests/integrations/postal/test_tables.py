"""Codes and waybill numbers as data."""

import pytest

from integrations.postal import (
    ORDER_STATUSES,
    Meaning,
    Milestone,
    PoolSpent,
    WaybillPool,
    WaybillRange,
    as_pool,
    item_code,
    tracking_table,
)


def test_every_status_of_an_order_has_a_meaning() -> None:
    assert list(ORDER_STATUSES) == ["100", "101", "110"]
    assert all(ORDER_STATUSES.values())


def test_tracking_codes_come_from_configuration() -> None:
    table = tracking_table(
        {"70": {"milestone": "delivered", "means": "Phát thành công", "final": True}, "1": {"milestone": "created"}}
    )
    assert table["70"] == Meaning(Milestone.DELIVERED, "Phát thành công", final=True)
    assert table["1"] == Meaning(Milestone.CREATED, "created")


def test_a_wrong_milestone_is_named_with_those_there_are() -> None:
    with pytest.raises(ValueError, match="tracking code 70: milestone must be one of draft, created"):
        tracking_table({"70": {"milestone": "xong"}})


def test_a_waybill_number_carries_the_check_digit_of_s10() -> None:
    assert item_code("RT", 47312482) == "RT473124829VN"
    assert item_code("EE", 0) == "EE000000005VN"


def test_a_pool_gives_each_number_once_and_in_order() -> None:
    pool = WaybillPool((WaybillRange("RT", 10, 12), WaybillRange("EE", 5, 5)))
    assert len(pool) == 4
    assert [pool.at(index) for index in range(4)] == [
        item_code("RT", 10),
        item_code("RT", 11),
        item_code("RT", 12),
        item_code("EE", 5),
    ]


@pytest.mark.parametrize("index", [4, -1])
def test_a_spent_pool_says_so(index: int) -> None:
    with pytest.raises(PoolSpent, match="holds 4"):
        WaybillPool((WaybillRange("RT", 10, 12), WaybillRange("EE", 5, 5))).at(index)


def test_a_pool_is_read_from_the_operators_slip() -> None:
    pool = as_pool([("RT 47312482 9 VN", item_code("RT", 47312490))])
    assert len(pool) == 9
    assert pool.at(0) == "RT473124829VN"


def test_slips_that_would_give_a_number_twice_are_refused() -> None:
    with pytest.raises(ValueError, match="overlap"):
        WaybillPool((WaybillRange("RT", 10, 12), WaybillRange("RT", 12, 20)))


def test_a_mistyped_slip_is_refused() -> None:
    with pytest.raises(ValueError, match="check digit"):
        WaybillRange.between("RT473124828VN", "RT473124829VN")
    with pytest.raises(ValueError, match="different services"):
        WaybillRange.between("RT473124829VN", item_code("EE", 47312490))
    with pytest.raises(ValueError, match="not after last"):
        WaybillRange("RT", 12, 10)
    with pytest.raises(ValueError, match="capital"):
        WaybillRange("R1", 1, 10)
