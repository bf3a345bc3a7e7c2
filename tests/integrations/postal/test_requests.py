"""What goes over the wire to each interface, field by field (domain.md §5)."""

import base64
from dataclasses import replace

import pytest

from integrations.http import Caller
from integrations.postal import Cod, HccCarrier, HeaderEnvelope, Order, Party, Place, QueryEnvelope
from integrations.postal.envelopes import Envelope
from tests.fakes.postal import SECRET
from tests.integrations.postal.conftest import NUMBER, ORDER, SHIPMENT, Hcc, MyPost, hcc_settings

HCC_BODY = {
    "CustomerCode": "GL01",
    "OrderNumber": "H21.65-220914-0011-TG01",
    "CODAmount": 46000,
    "SenderProvince": "52",
    "SenderDistrict": "6405",
    "SenderAddress": "12 Lê Lợi",
    "SenderName": "Nguyễn Văn Thử",
    "SenderEmail": "thu@vidu.vn",
    "SenderTel": "0900000123",
    "SenderDesc": "Gọi cổng sau",
    "Description": "Hồ sơ H21.65-220914-0011; thu hộ: phí, lệ phí 8000 đ, cước 30000 đ, chuyển tiền 8000 đ",
    "ReceiverName": "Một cửa Ia Krái",
    "ReceiverAddress": "Trụ sở",
    "ReceiverTel": "0900000999",
    "ReceiverProvince": "52",
    "ReceiverDistrict": "6400",
    "ReceiverEmail": "",
}
MYVNPOST_BODY = {
    "orderCreationStatus": 1,
    "type": "GUI",
    "customerCode": "GL01",
    "contractCode": "HD-7",
    "informationOrder": {
        "senderName": "Nguyễn Văn Thử",
        "senderPhone": "0900000123",
        "senderEmail": "thu@vidu.vn",
        "senderAddress": "12 Lê Lợi",
        "senderProvinceCode": "52",
        "senderDistrictCode": "VNPOST",
        "senderCommuneCode": "23728",
        "receiverName": "Một cửa Ia Krái",
        "receiverPhone": "0900000999",
        "receiverEmail": None,
        "receiverAddress": "Trụ sở",
        "receiverProvinceCode": "52",
        "receiverDistrictCode": "VNPOST",
        "receiverCommuneCode": "23730",
        "serviceCode": "ETN011",
        "addonService": [{"code": "GTG021", "propValue": "PROP0018:46000"}],
        "additionRequest": [],
        "orgCodeCollect": None,
        "orgCodeAccept": None,
        "saleOrderCode": "H21.65-220914-0011-TG01",
        "contentNote": HCC_BODY["Description"],
        "weight": "120",
        "width": None,
        "length": None,
        "height": None,
        "vehicle": "BO",
        "sendType": "1",
        "isBroken": "0",
        "deliveryTime": None,
        "deliveryRequire": None,
        "deliveryInstruction": "Gọi cổng sau",
    },
}


def test_hcc_asks_for_a_token_with_its_credentials_even_with_vietnamese_letters(hcc: Hcc) -> None:
    hcc.client.create(ORDER)
    (log_in,) = hcc.partner.asked("/token")
    assert log_in.body == b"grant_type=client_credentials"
    assert log_in.headers["authorization"] == "Basic " + base64.b64encode(f"gialai:{SECRET}".encode()).decode()
    assert hcc.partner.asked("/post")[0].headers["authorization"] == "Bearer the-1"


def test_hcc_orders_field_by_field(hcc: Hcc) -> None:
    hcc.client.create(ORDER)
    (sent,) = hcc.partner.asked("/post")
    assert (sent.method, sent.query, sent.json) == ("POST", {}, HCC_BODY)


def test_hcc_takes_a_waybill_number_of_our_pool(hcc: Hcc) -> None:
    placed = hcc.client.create(replace(ORDER, item_code="RT473124829VN"))
    assert hcc.partner.asked("/post")[0].json == {**HCC_BODY, "ItemCode": "RT473124829VN", "FlagConfig": "2"}
    assert placed.item_code == "RT473124829VN"


def test_hcc_cancels_and_tracks_by_query(hcc: Hcc) -> None:
    placed = hcc.client.create(ORDER)
    hcc.client.cancel(placed)
    hcc.client.track(None)
    (cancelled,), (tracked,) = hcc.partner.asked("/cancel"), hcc.partner.asked("/tracking")
    assert (cancelled.method, cancelled.query) == ("GET", {"CustomerCode": "GL01", "OrderNumber": str(NUMBER)})
    assert (tracked.method, tracked.query) == ("GET", {"pagesize": "1000", "lastId": "0" * 24})


def test_hcc_asks_for_a_price_field_by_field(hcc: Hcc) -> None:
    assert hcc.client.price(SHIPMENT).postage == 30000
    assert hcc.partner.asked("/price")[0].json == {
        "weight": 120,
        "mainSrv": "HCC",
        "isreturn": 1,
        "sender": {"provCode": "52", "distCode": "6405"},
        "receiver": {"provCode": "52", "distCode": "6400"},
    }
    assert hcc.client.price(replace(SHIPMENT, weight_g=90)).postage == 26000


@pytest.mark.parametrize(
    ("envelope", "query", "header"),
    [
        (QueryEnvelope(), [{"serviceType": "VNPost", "serviceName": name} for name in ("OrderPost", "OrderCancel")], [None, None]),
        (HeaderEnvelope(), [{}, {}], ["vnpost_post_order", "vnpost_cancel_order"]),
    ],
)  # fmt: skip
def test_an_lgsp_names_the_service_in_the_query_or_in_a_header(
    hcc: Hcc, envelope: Envelope, query: list[dict[str, str]], header: list[str | None]
) -> None:
    client = HccCarrier(hcc_settings(hcc.partner.url, envelope=envelope), Caller("LGSP"))
    client.cancel(client.create(ORDER))
    ordered, cancelled = hcc.partner.asked("/post")[0], hcc.partner.asked("/cancel")[0]
    assert ordered.json == HCC_BODY
    assert dict(ordered.query) == query[0]
    assert cancelled.query == {**query[1], "CustomerCode": "GL01", "OrderNumber": str(NUMBER)}
    assert [sent.headers.get("service-code") for sent in (ordered, cancelled)] == header


def test_myvnpost_logs_in_for_the_customer(mypost: MyPost) -> None:
    mypost.client.provinces()
    (log_in,) = mypost.partner.asked("/GetAccessToken")
    assert log_in.json == {"username": "gialai", "password": SECRET, "customerCode": "GL01"}
    assert mypost.partner.asked("/getNewProvinceAll")[0].headers["token"] == "the-1"


def test_myvnpost_orders_field_by_field_with_two_level_addresses(mypost: MyPost) -> None:
    mypost.client.create(ORDER)
    (sent,) = mypost.partner.asked("/CreateOrder")
    assert sent.json == MYVNPOST_BODY


def test_myvnpost_without_money_orders_no_cash_on_delivery(mypost: MyPost) -> None:
    mypost.client.create(replace(ORDER, cod=Cod(), note=""))
    told = mypost.partner.asked("/CreateOrder")[0].json["informationOrder"]
    assert (told["addonService"], told["deliveryInstruction"]) == ([], None)
    assert told["contentNote"] == "Hồ sơ H21.65-220914-0011"


def test_myvnpost_asks_by_number_and_cancels_by_its_own_id(mypost: MyPost) -> None:
    placed = mypost.client.create(ORDER)
    mypost.client.cancel(placed)
    assert dict(mypost.partner.asked("/getOrder")[0].query) == {"type": "1", "code": str(NUMBER)}
    assert mypost.partner.asked("/orderCancel")[0].json == {"OriginalId": "hdr-1"}


def test_myvnpost_asks_for_a_price_field_by_field(mypost: MyPost) -> None:
    assert mypost.client.price(SHIPMENT).postage == 31000
    assert mypost.partner.asked("/ServicesCharge")[0].json == {
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
            "addonService": [],
            "additionRequest": [],
            "vehicle": "BO",
        },
    }


def test_myvnpost_lists_places_of_two_levels(mypost: MyPost) -> None:
    (province,), (commune,) = mypost.client.provinces(), mypost.client.communes()
    assert (province.code, province.province_code) == ("52", None)
    assert (commune.code, commune.name, commune.province_code) == ("23728", "Ia Krái", "52")


def test_an_order_that_no_operator_could_carry_is_refused_by_field() -> None:
    with pytest.raises(ValueError, match=r"^phone:"):
        Party(name="Nguyễn Văn Thử", phone=" ", address="12 Lê Lợi", place=Place("52"))
    with pytest.raises(ValueError, match=r"^weight_g:"):
        replace(ORDER, weight_g=0)
    with pytest.raises(ValueError, match=r"^cod:"):
        Cod(postage=-1)


def test_money_goes_out_as_one_sum_and_stays_apart_with_us() -> None:
    cod = Cod(state_fee=8000, postage=30000)
    assert cod.total == 38000
    assert str(cod) == "phí, lệ phí 8000 đ, cước 30000 đ"


def test_an_identity_number_has_no_field_to_travel_in() -> None:
    fields = {*Order.__dataclass_fields__, *Party.__dataclass_fields__}
    assert not [name for name in fields if "identity" in name or "id_" in name]
