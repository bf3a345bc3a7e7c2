"""Every request to a postal operator, whole: method, query, headers and each field that docs/domain.md §5 names."""

import base64
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from integrations.http import OutsideService
from integrations.postal import (
    Cod,
    HccCarrier,
    HeaderEnvelope,
    MyVnpost,
    Placed,
    QueryEnvelope,
    Shipment,
    as_pool,
    item_code,
)
from integrations.postal.envelopes import BareEnvelope, Envelope
from tests.fakes.postal import SECRET
from tests.integrations.postal.bodies import HCC_BODY, MYVNPOST_BODY
from tests.integrations.postal.conftest import NUMBER, ORDER, SHIPMENT, Hcc, MyPost, hcc_settings
from tests.integrations.whole import FORM, JSON, whole

# as docs/domain.md §5 writes them
CREATE_NAMES = """CustomerCode, OrderNumber, CODAmount, SenderProvince, SenderDistrict, SenderAddress, SenderName, SenderEmail,
SenderTel, SenderDesc, Description, ReceiverName, ReceiverAddress, ReceiverTel, ReceiverProvince, ReceiverDistrict,
ReceiverEmail"""
PRICE_BODY = {
    "weight": 120,
    "mainSrv": "HCC",
    "isreturn": 1,
    "sender": {"provCode": "52", "distCode": "6405"},
    "receiver": {"provCode": "52", "distCode": "6400"},
}
FULL = replace(ORDER, receiver=replace(ORDER.receiver, email="motcua@vidu.vn"))
FULL_BODY = {**HCC_BODY, "ReceiverEmail": "motcua@vidu.vn"}
BEARER = {"authorization": "Bearer the-1"}
PLACED = Placed(str(NUMBER), "GL01")


def _vnpost(name: str) -> dict[str, str]:
    return {"serviceType": "VNPost", "serviceName": name}


def _code(name: str) -> dict[str, str]:
    return {"service-code": name}


# interface → envelope, then for order and cancellation what it adds to the query and to the headers
INTERFACES: dict[str, tuple[Envelope, list[dict[str, str]], list[dict[str, str]]]] = {
    "A": (BareEnvelope(), [{}, {}], [{}, {}]),
    "B-query": (QueryEnvelope(), [_vnpost("OrderPost"), _vnpost("OrderCancel")], [{}, {}]),
    "B-header": (HeaderEnvelope(), [{}, {}], [_code("vnpost_post_order"), _code("vnpost_cancel_order")]),
}


@pytest.mark.parametrize(("envelope", "queries", "headers"), INTERFACES.values(), ids=INTERFACES)
def test_hcc_is_asked_whole_over_each_interface(
    hcc: Hcc, envelope: Envelope, queries: list[dict[str, str]], headers: list[dict[str, str]]
) -> None:
    client = HccCarrier(hcc_settings(hcc.partner.url, envelope=envelope), OutsideService("bưu chính"))
    client.create(FULL)
    client.cancel(PLACED)
    client.price(SHIPMENT)
    client.track(None)
    client.track("65f0a1b2c3d4e5f601234567")
    basic = "Basic " + base64.b64encode(f"gialai:{SECRET}".encode()).decode()
    cancelled = {"CustomerCode": "GL01", "OrderNumber": "H21.65-220914-0011-TG01"}
    assert [whole(sent) for sent in hcc.partner.sent] == [
        ("POST", "/token", {}, {**FORM, "authorization": basic}, "grant_type=client_credentials"),
        ("POST", "/post", queries[0], {**JSON, **BEARER, **headers[0]}, FULL_BODY),
        ("GET", "/cancel", {**queries[1], **cancelled}, {**BEARER, **headers[1]}, None),
        ("POST", "/price", {}, {**JSON, **BEARER}, PRICE_BODY),
        ("GET", "/tracking", {"pagesize": "1000", "lastId": "000000000000000000000000"}, BEARER, None),
        ("GET", "/tracking", {"pagesize": "1000", "lastId": "65f0a1b2c3d4e5f601234567"}, BEARER, None),
    ]


@pytest.mark.parametrize("envelope", [BareEnvelope(), QueryEnvelope(), HeaderEnvelope()], ids=INTERFACES)
def test_a_number_of_our_pool_travels_in_the_same_body_over_each_interface(hcc: Hcc, envelope: Envelope) -> None:
    pool = as_pool([(item_code("RT", 47312482), item_code("RT", 47312483))])
    client = HccCarrier(hcc_settings(hcc.partner.url, envelope=envelope), OutsideService("bưu chính"))
    placed = [
        client.create(replace(FULL, number=replace(NUMBER, attempt=nn), item_code=pool.at(nn - 1))) for nn in (1, 2)
    ]
    numbered = {**FULL_BODY, "ItemCode": "RT473124829VN", "FlagConfig": "2"}
    other = {"OrderNumber": "H21.65-220914-0011-TG02", "ItemCode": item_code("RT", 47312483)}
    assert [sent.json for sent in hcc.partner.asked("/post")] == [numbered, {**numbered, **other}]
    assert [one.item_code for one in placed] == ["RT473124829VN", item_code("RT", 47312483)]


def test_the_names_of_an_order_are_those_of_the_operator_and_money_is_a_whole_number(hcc: Hcc) -> None:
    hcc.client.create(FULL)
    body = hcc.partner.asked("/post")[0].json
    assert set(body) == {name.strip() for name in CREATE_NAMES.replace("\n", " ").split(",")}
    assert type(body.pop("CODAmount")) is int
    assert {type(value) for value in body.values()} == {str}


def test_an_order_without_money_says_zero_and_explains_none(hcc: Hcc) -> None:
    hcc.client.create(replace(FULL, cod=Cod(), note=""))
    free = {"CODAmount": 0, "SenderDesc": "", "Description": "Hồ sơ H21.65-220914-0011"}
    assert hcc.partner.asked("/post")[0].json == {**FULL_BODY, **free}


def test_a_page_of_the_feed_is_as_long_as_set_and_never_above_a_thousand(hcc: Hcc) -> None:
    HccCarrier(hcc_settings(hcc.partner.url, page_size=1), OutsideService("bưu chính")).track(None)
    assert hcc.partner.asked("/tracking")[0].query["pagesize"] == "1"
    for size in (0, 1001):
        with pytest.raises(ValueError, match=r"^page_size: must be 1 to 1000"):
            hcc_settings(hcc.partner.url, page_size=size)


CHARGE_BODY = {
    "scope": 1,
    "customerCode": "GL01",
    "contractNumber": "HD-7",
    "data": {
        "senderProvinceCode": "52",
        "senderDistrictCode": "VNPOST",
        "senderCommuneCode": "23728",
        "receiverProvinceCode": "52",
        "receiverDistrictCode": "VNPOST",
        "receiverCommuneCode": "23730",
        "receiverNational": "VN",
        "receiverCity": None,
        "receiverPostCode": "",
        "orgCodeAccept": None,
        "weight": 120,
        "width": None,
        "length": None,
        "height": None,
        "serviceCode": "ETN011",
        "addonService": [{"code": "GTG021", "propValue": "PROP0018:46000"}],
        "additionRequest": [],
        "vehicle": "BO",
    },
}
TOKEN = {"token": "the-1"}
BY_ITEM = {"type": "1", "code": "CP000000000VN"}
BY_NUMBER = {"type": "1", "code": "H21.65-220914-0011-TG01"}
HELD = Placed(str(NUMBER), "GL01", item_code="CP000000000VN", carrier_id="hdr-1")
C_CALLS: dict[str, tuple[Callable[[MyVnpost], object], tuple[str, str, dict[str, str], dict[str, str], Any]]] = {
    "getOrder": (lambda client: client.create(ORDER), ("GET", "/getOrder", BY_NUMBER, TOKEN, None)),
    "orderCancel": (
        lambda client: client.cancel(HELD),
        ("POST", "/orderCancel", {}, {**JSON, **TOKEN}, {"OriginalId": "hdr-1"}),
    ),
    "GetStatusHistoryOrder": (
        lambda client: client.track(None, [HELD]),
        ("GET", "/GetStatusHistoryOrder", BY_ITEM, TOKEN, None),
    ),
    "GetStatusHistoryOrder by our number": (
        lambda client: client.track(None, [PLACED]),
        ("GET", "/GetStatusHistoryOrder", BY_NUMBER, TOKEN, None),
    ),
    "ServicesCharge": (
        lambda client: client.price(Shipment(ORDER.sender.place, ORDER.receiver.place, 120, ORDER.cod)),
        ("POST", "/ServicesCharge", {}, {**JSON, **TOKEN}, CHARGE_BODY),
    ),
    "getNewProvinceAll": (lambda client: client.provinces(), ("GET", "/getNewProvinceAll", {}, TOKEN, None)),
    "getNewCommuneAll": (lambda client: client.communes(), ("GET", "/getNewCommuneAll", {}, TOKEN, None)),
}


@pytest.mark.parametrize(("call", "wanted"), C_CALLS.values(), ids=C_CALLS)
def test_myvnpost_is_asked_whole(mypost: MyPost, call: Callable[[MyVnpost], object], wanted: tuple[Any, ...]) -> None:
    mypost.client.create(ORDER)
    mypost.partner.sent.clear()
    call(mypost.client)
    assert [whole(sent) for sent in mypost.partner.sent] == [wanted]


def test_myvnpost_is_logged_in_to_and_looked_at_before_an_order_is_told_whole(mypost: MyPost) -> None:
    mypost.client.create(ORDER)
    who = {"username": "gialai", "password": SECRET, "customerCode": "GL01"}
    assert [whole(sent) for sent in mypost.partner.sent] == [
        ("POST", "/GetAccessToken", {}, JSON, who),
        ("GET", "/getOrder", BY_NUMBER, TOKEN, None),
        ("POST", "/CreateOrder", {}, {**JSON, **TOKEN}, MYVNPOST_BODY),
    ]


def test_no_district_of_ours_ever_reaches_an_operator_of_two_levels(mypost: MyPost) -> None:
    mypost.client.create(ORDER)
    mypost.client.price(SHIPMENT)
    told = [mypost.partner.asked("/CreateOrder")[0].json["informationOrder"]]
    told.append(mypost.partner.asked("/ServicesCharge")[0].json["data"])
    for one in told:
        assert (one["senderDistrictCode"], one["receiverDistrictCode"]) == ("VNPOST", "VNPOST")
    assert all(b"6405" not in sent.body for sent in mypost.partner.sent)
