"""A table answer → error for every interface, the awkward answers replayed, and nothing personal in any log."""

import logging
import re
from collections.abc import Callable

import pytest

from integrations.errors import BadAnswer, IntegrationError, Rejected, Unavailable
from integrations.postal import Carrier, Placed
from tests.fakes.partner import BROKEN, HTML, Reply, told
from tests.integrations.postal.conftest import CANARIES, ORDER, SHIPMENT, Hcc, MyPost

ANYWHERE: dict[str, tuple[Reply, type[IntegrationError]]] = {
    "502 with HTML": (Reply(502, HTML), Unavailable),
    "503": (Reply(503, headers={"Retry-After": "30"}), Unavailable),
    "a reset line": (Reply(reset=True), Unavailable),
    "an answer cut short": (Reply(body=b'{"Status": "100"', cut=True), Unavailable),
    "400 with a sentence": (told({"message": "Nguyễn Văn Thử không có ở 12 Lê Lợi"}, 400), Rejected),
    "422 with HTML": (Reply(422, HTML), Rejected),
    "a redirect": (Reply(301, headers={"Location": "http://127.0.0.1/"}), BadAnswer),
    **{name: (reply, BadAnswer) for name, reply in BROKEN.items()},
}
HCC_ONLY: dict[str, tuple[Reply, type[IntegrationError]]] = {
    "a 200 that says failed": (told({"Status": "99", "Message": "Sai địa chỉ của Nguyễn Văn Thử"}), Rejected),
    "a 200 that says later": (told({"Status": 500, "Message": "Lỗi hệ thống"}), Unavailable),
    "a status of the wrong type": (told({"Status": True}), BadAnswer),
    "a status in a list": (told({"Status": ["100"]}), BadAnswer),
}
MYVNPOST_ONLY: dict[str, tuple[Reply, type[IntegrationError]]] = {
    "a 200 that says failed": (told({"success": False, "message": "Thiếu mã xã"}), Rejected),
    "success that is a number": (told({"success": 1, "data": None}), BadAnswer),
    "success and no id": (told({"success": True, "data": {"status": 1}}), BadAnswer),
    "ids of the wrong type": (told({"itemCode": ["x"]}), BadAnswer),
}


def _fails(call: Callable[[], object], reply: Reply, error: type[IntegrationError]) -> IntegrationError:
    with pytest.raises(IntegrationError) as caught:
        call()
    assert type(caught.value) is error, caught.value
    if isinstance(caught.value, BadAnswer) and reply.status == 200:
        assert caught.value.raw == reply.body
    return caught.value


@pytest.mark.parametrize(("reply", "error"), [*ANYWHERE.values(), *HCC_ONLY.values()], ids=[*ANYWHERE, *HCC_ONLY])
@pytest.mark.parametrize("act", ["create", "cancel"])
def test_an_answer_of_hcc_becomes_later_never_or_broken(
    hcc: Hcc, reply: Reply, error: type[IntegrationError], act: str
) -> None:
    hcc.client.track(None)
    hcc.partner.faults.append(reply)
    _fails(lambda: _act(hcc.client, act), reply, error)


@pytest.mark.parametrize(
    ("reply", "error"), [*ANYWHERE.values(), *MYVNPOST_ONLY.values()], ids=[*ANYWHERE, *MYVNPOST_ONLY]
)
def test_an_answer_of_myvnpost_becomes_later_never_or_broken(
    mypost: MyPost, reply: Reply, error: type[IntegrationError]
) -> None:
    mypost.client.provinces()
    mypost.partner.faults += [told([]), reply]  # the number is free, and then this
    _fails(lambda: mypost.client.create(ORDER), reply, error)


@pytest.mark.parametrize(("reply", "error"), ANYWHERE.values(), ids=ANYWHERE.keys())
@pytest.mark.parametrize("act", ["price", "track"])
def test_reading_fails_as_clearly_as_writing(hcc: Hcc, reply: Reply, error: type[IntegrationError], act: str) -> None:
    hcc.client.track(None)
    hcc.partner.faults.append(reply)
    _fails(lambda: _act(hcc.client, act), reply, error)


@pytest.mark.parametrize(
    "reply", [told({"price": 1}), told({"content": {"price": True}}), told({"content": {"price": 0.5}})]
)
def test_a_price_that_is_no_amount_is_not_quoted(hcc: Hcc, reply: Reply) -> None:
    hcc.client.track(None)
    hcc.partner.faults.append(reply)
    _fails(lambda: hcc.client.price(SHIPMENT), reply, BadAnswer)


def test_a_price_for_another_service_is_not_quoted(mypost: MyPost) -> None:
    mypost.client.provinces()
    reply = told([{"serviceCode": "CTN009", "totalFee": 1}])
    mypost.partner.faults.append(reply)
    _fails(lambda: mypost.client.price(SHIPMENT), reply, BadAnswer)


@pytest.mark.parametrize(
    "reply", [Reply(404), told([]), told({"success": False, "message": "Không tìm thấy đơn hàng"})]
)
def test_myvnpost_has_several_ways_to_say_that_a_number_is_free(mypost: MyPost, reply: Reply) -> None:
    mypost.client.provinces()
    mypost.partner.faults.append(reply)
    assert not mypost.client.create(ORDER).existed


def test_a_look_that_fails_orders_nothing(mypost: MyPost) -> None:
    mypost.client.provinces()
    for reply in (Reply(500), told({"success": False, "message": "Lỗi"}), Reply(200, HTML)):
        mypost.partner.faults.append(reply)
        with pytest.raises(IntegrationError):
            mypost.client.create(ORDER)
    assert mypost.operator.orders == {}


@pytest.mark.parametrize("joined", ["hcc", "mypost"])
@pytest.mark.parametrize("reply", [*BROKEN.values(), told({"access_token": "ữ", "success": True, "token": "ữ"})])
def test_a_token_that_makes_no_sense_is_broken(request: pytest.FixtureRequest, joined: str, reply: Reply) -> None:
    operator = request.getfixturevalue(joined)
    operator.partner.faults.append(reply)
    _fails(lambda: operator.client.price(SHIPMENT), reply, BadAnswer)


@pytest.mark.parametrize("joined", ["hcc", "mypost"])
def test_a_refused_log_in_means_later_and_asks_for_the_secret(request: pytest.FixtureRequest, joined: str) -> None:
    operator = request.getfixturevalue(joined)
    operator.partner.faults.append(Reply(401))
    with pytest.raises(Unavailable, match="check the user name and the secret"):
        operator.client.price(SHIPMENT)


def test_nothing_personal_and_no_secret_reaches_a_log_or_an_error(
    hcc: Hcc, mypost: MyPost, caplog: pytest.LogCaptureFixture
) -> None:
    heard = [repr(ORDER)]
    with caplog.at_level(logging.DEBUG):
        for joined in (hcc, mypost):
            placed = joined.client.create(ORDER)
            joined.client.price(SHIPMENT)
            joined.client.cancel(placed)
            for reply, _ in (*ANYWHERE.values(), *HCC_ONLY.values(), *MYVNPOST_ONLY.values()):
                joined.partner.faults.append(reply)
                with pytest.raises(IntegrationError) as caught:
                    joined.client.price(SHIPMENT)
                heard += [str(caught.value), repr(caught.value)]
                joined.partner.faults.clear()
        hcc.operator.tell(placed.number, 70, Notes="Phát cho Nguyễn Văn Thử")
        heard.append(repr(hcc.client.track(None)))
    heard += [caplog.text, repr(hcc.settings), repr(hcc.settings.credentials())]
    assert not [word for word in CANARIES for text in heard if re.search(re.escape(word), text)]


def _act(client: Carrier, act: str) -> object:
    placed = Placed(str(ORDER.number), ORDER.customer_code)
    calls: dict[str, Callable[[], object]] = {
        "create": lambda: client.create(ORDER),
        "cancel": lambda: client.cancel(placed),
        "price": lambda: client.price(SHIPMENT),
        "track": lambda: client.track(None),
    }
    return calls[act]()
