"""What an order may say, what follows from an answer, and what is read of a price and of places."""

from dataclasses import replace

import pytest

from integrations.postal import Cod, Order, OrderParty, PlaceCodes
from tests.integrations.postal.conftest import NUMBER, ORDER, SHIPMENT, Hcc, MyPost


def test_hcc_calls_off_what_it_ordered_by_its_number(hcc: Hcc) -> None:
    hcc.client.cancel(hcc.client.create(ORDER))
    assert hcc.partner.asked("/cancel")[0].query == {"CustomerCode": "GL01", "OrderNumber": str(NUMBER)}


def test_hcc_tells_the_waybill_number_of_our_pool_that_it_took(hcc: Hcc) -> None:
    assert hcc.client.create(replace(ORDER, item_code="RT473124829VN")).item_code == "RT473124829VN"


def test_hcc_tells_a_price_as_a_number_or_as_text(hcc: Hcc) -> None:
    assert hcc.client.price(SHIPMENT).postage == 30000
    assert hcc.client.price(replace(SHIPMENT, weight_g=90)).postage == 26000


def test_myvnpost_without_money_orders_no_cash_on_delivery(mypost: MyPost) -> None:
    mypost.client.create(replace(ORDER, cod=Cod(), note=""))
    told = mypost.partner.asked("/CreateOrder")[0].json["informationOrder"]
    assert (told["addonService"], told["deliveryInstruction"]) == ([], None)
    assert told["contentNote"] == "Hồ sơ H21.65-220914-0011"


def test_myvnpost_calls_off_what_it_ordered_by_its_own_id(mypost: MyPost) -> None:
    mypost.client.cancel(mypost.client.create(ORDER))
    assert mypost.partner.asked("/orderCancel")[0].json == {"OriginalId": "hdr-1"}


def test_myvnpost_tells_a_price_and_is_asked_for_no_cash_where_there_is_none(mypost: MyPost) -> None:
    assert mypost.client.price(SHIPMENT).postage == 31000
    assert mypost.partner.asked("/ServicesCharge")[0].json["data"]["addonService"] == []


def test_myvnpost_lists_places_of_two_levels(mypost: MyPost) -> None:
    (province,), (commune,) = mypost.client.provinces(), mypost.client.communes()
    assert (province.code, province.province_code) == ("52", None)
    assert (commune.code, commune.name, commune.province_code) == ("23728", "Ia Krái", "52")


def test_an_order_that_no_operator_could_carry_is_refused_by_field() -> None:
    with pytest.raises(ValueError, match=r"^phone:"):
        OrderParty(name="Nguyễn Văn Thử", phone=" ", address="12 Lê Lợi", place=PlaceCodes("52"))
    with pytest.raises(ValueError, match=r"^weight_g:"):
        replace(ORDER, weight_g=0)
    with pytest.raises(ValueError, match=r"^cod:"):
        Cod(postage=-1)


def test_money_goes_out_as_one_sum_and_stays_apart_with_us() -> None:
    cod = Cod(state_fee=8000, postage=30000)
    assert cod.total == 38000
    assert str(cod) == "phí, lệ phí 8000 đ, cước 30000 đ"


def test_an_identity_number_has_no_field_to_travel_in() -> None:
    fields = {*Order.__dataclass_fields__, *OrderParty.__dataclass_fields__}
    assert not [name for name in fields if "identity" in name or "id_" in name]
