"""Operators on loopback and our clients of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from integrations.http import OutsideService
from integrations.postal import (
    Account,
    Carrier,
    Cod,
    HccCarrier,
    HccSettings,
    MyVnpost,
    MyVnpostSettings,
    Order,
    OrderNumber,
    OrderParty,
    PlaceCodes,
    Purpose,
    Shipment,
    tracking_table,
)
from integrations.shared_token import Credentials
from tests.fakes.partner import Partner
from tests.fakes.postal import SECRET, FakeHcc, FakeMyVnpost

CANARIES = ("Nguyễn Văn Thử", "0900000123", "12 Lê Lợi", "thu@vidu.vn", "Gọi cổng sau", SECRET, "the-1")
NUMBER = OrderNumber("H21.65-220914-0011", Purpose.COLLECT, 1)
ORDER = Order(
    number=NUMBER,
    customer_code="GL01",
    sender=OrderParty(
        name="Nguyễn Văn Thử",
        phone="0900000123",
        address="12 Lê Lợi",
        place=PlaceCodes("52", "6405", "23728"),
        email="thu@vidu.vn",
    ),
    receiver=OrderParty(
        name="Một cửa Ia Krái", phone="0900000999", address="Trụ sở", place=PlaceCodes("52", "6400", "23730")
    ),
    contents="Hồ sơ H21.65-220914-0011",
    weight_g=120,
    cod=Cod(state_fee=8000, postage=30000, remittance=8000),
    note="Gọi cổng sau",
)
SHIPMENT = Shipment(ORDER.sender.place, ORDER.receiver.place, 120)
CODES = tracking_table({"70": {"milestone": "delivered", "means": "Phát thành công", "final": True}})


@dataclass
class Hcc:
    operator: FakeHcc
    partner: Partner
    settings: HccSettings
    client: HccCarrier


@dataclass
class MyPost:
    operator: FakeMyVnpost
    partner: Partner
    client: MyVnpost


def hcc_settings(url: str, **more: object) -> HccSettings:
    return HccSettings(
        token_url=f"{url}/token",
        post_url=f"{url}/post",
        cancel_url=f"{url}/cancel",
        tracking_url=f"{url}/tracking",
        price_url=f"{url}/price",
        credentials=lambda: Credentials("gialai", SECRET),
        tracking_codes=CODES,
        **more,  # type: ignore[arg-type] # the settings a test changes
    )


@pytest.fixture
def hcc() -> Iterator[Hcc]:
    operator = FakeHcc()
    with Partner(operator.answer) as partner:
        settings = hcc_settings(partner.url)
        yield Hcc(operator, partner, settings, HccCarrier(settings, OutsideService("bưu chính", read_s=5)))


@pytest.fixture
def mypost() -> Iterator[MyPost]:
    operator = FakeMyVnpost()
    with Partner(operator.answer) as partner:
        settings = MyVnpostSettings(
            base_url=f"{partner.url}/",
            account=Account("GL01", "ETN011", "HD-7"),
            credentials=lambda: Credentials("gialai", SECRET),
        )
        yield MyPost(operator, partner, MyVnpost(settings, OutsideService("MyVNPost", read_s=5)))


@pytest.fixture(params=["hcc", "mypost"])
def carrier(request: pytest.FixtureRequest) -> Carrier:
    """Each outside operator in turn, as the one interface."""
    client: Carrier = request.getfixturevalue(request.param).client
    return client
