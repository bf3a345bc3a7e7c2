"""One table answer → error for every call of every operator: what is later, never, broken, or a yes."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from integrations.errors import BadAnswer, IntegrationError, Rejected, Unavailable
from integrations.http import OutsideService
from integrations.postal import Cancellation, HccCarrier, MyVnpost, OwnCouriers, Page, Placed
from tests.fakes.partner import BROKEN, HTML, Reply, told
from tests.integrations.conftest import Answer, Serve
from tests.integrations.postal.conftest import NUMBER, ORDER, SHIPMENT, Hcc, MyPost, hcc_settings

PLACED = Placed(str(NUMBER), "GL01", item_code="CP000000000VN", carrier_id="hdr-1")
TOO_LONG = told({"Status": "100", "_returned": 0, "content": {"price": 1}, "success": True, "more": "x" * 8192})
LATER: dict[str, Reply] = {
    **{str(status): Reply(status) for status in (408, 425, 429, 500, 503, 504)},
    "502 with HTML": Reply(502, HTML),
    "500 that says it went well": told({"Status": "100", "success": True}, 500),
    "a reset line": Reply(reset=True),
    "an answer cut short": Reply(body=b'{"Status": "100"', cut=True),
}
NEVER: dict[str, Reply] = {
    **{str(status): Reply(status) for status in (400, 405, 409, 413, 422)},
    "422 with HTML": Reply(422, HTML),
    "400 that says it went well": told({"Status": "100", "success": True}, 400),
}
BAD: dict[str, Reply] = {
    **{str(status): Reply(status, headers={"Location": "/elsewhere"}) for status in (301, 302, 303, 307, 308)},
    **BROKEN,
    "JSON with a tail": Reply(body=b'{"Status": "100"}{"Status": "100"}'),
    "an answer too long": TOO_LONG,
}
TABLE = (
    *((name, reply, Unavailable) for name, reply in LATER.items()),
    *((name, reply, Rejected) for name, reply in NEVER.items()),
    *((name, reply, BadAnswer) for name, reply in BAD.items()),
)
ROWS = pytest.mark.parametrize(("reply", "error"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
HCC_CALLS: dict[str, Callable[[HccCarrier], object]] = {
    "create": lambda client: client.create(ORDER),
    "cancel": lambda client: client.cancel(PLACED),
    "price": lambda client: client.price(SHIPMENT),
    "track": lambda client: client.track(None),
}
C_CALLS: dict[str, Callable[[MyVnpost], object]] = {
    "getOrder": lambda client: client.create(ORDER),
    "orderCancel": lambda client: client.cancel(PLACED),
    "ServicesCharge": lambda client: client.price(SHIPMENT),
    "getNewProvinceAll": lambda client: client.provinces(),
    "getNewCommuneAll": lambda client: client.communes(),
}


def _failure(call: Callable[[], object]) -> IntegrationError:
    with pytest.raises(IntegrationError) as caught:
        call()
    return caught.value


def _hcc(hcc: Hcc) -> HccCarrier:
    """Ours, logged in, that takes no answer above 4 kB."""
    client = HccCarrier(hcc.settings, OutsideService("bưu chính", read_s=5, most_bytes=4096))
    client.track(None)
    return client


def _mypost(mypost: MyPost) -> MyVnpost:
    client = MyVnpost(mypost.client._settings, OutsideService("MyVNPost", read_s=5, most_bytes=4096))
    client.provinces()
    return client


@ROWS
def test_each_call_of_hcc_makes_the_same_of_an_answer(hcc: Hcc, reply: Reply, error: type[IntegrationError]) -> None:
    client = _hcc(hcc)
    for name, call in HCC_CALLS.items():
        hcc.partner.faults.append(reply)
        failure = _failure(lambda call=call: call(client))  # type: ignore[misc] # each its own
        assert type(failure) is error, (name, failure)
        if isinstance(failure, BadAnswer) and reply.status == 200 and reply is not TOO_LONG:
            assert failure.raw == reply.body
    assert (hcc.operator.log_ins, hcc.operator.orders) == (1, {})


@ROWS
def test_each_call_of_myvnpost_makes_the_same_of_an_answer(
    mypost: MyPost, reply: Reply, error: type[IntegrationError]
) -> None:
    client = _mypost(mypost)
    for name, call in C_CALLS.items():
        mypost.partner.faults.append(reply)
        failure = _failure(lambda call=call: call(client))  # type: ignore[misc] # each its own
        assert type(failure) is error, (name, failure)
        if isinstance(failure, BadAnswer) and reply.status == 200 and reply is not TOO_LONG:
            assert failure.raw == reply.body
    mypost.partner.faults += [told([]), reply]  # the number is free, and then this
    assert type(_failure(lambda: client.create(ORDER))) is error
    assert (mypost.operator.log_ins, mypost.operator.orders) == (1, {})


@ROWS
def test_a_history_that_fails_is_later_or_parked_with_what_they_said(
    mypost: MyPost, reply: Reply, error: type[IntegrationError]
) -> None:
    client = _mypost(mypost)
    mypost.partner.faults.append(reply)
    if error is Unavailable:
        assert type(_failure(lambda: client.track(None, [PLACED]))) is Unavailable
        return
    page = client.track("cursor", [PLACED])
    assert [line.about for line in page.unreadable] == [str(NUMBER)]
    assert (page.events, page.cursor) == ((), "cursor")


@ROWS
@pytest.mark.parametrize("joined", ["hcc", "mypost"])
def test_a_log_in_is_never_refused_for_good(
    request: pytest.FixtureRequest, joined: str, reply: Reply, error: type[IntegrationError]
) -> None:
    operator = request.getfixturevalue(joined)
    settings, short = operator.client._settings, OutsideService("bưu chính", read_s=5, most_bytes=4096)
    client = HccCarrier(settings, short) if joined == "hcc" else MyVnpost(settings, short)
    operator.partner.faults.append(reply)
    failure = _failure(lambda: client.price(SHIPMENT))
    assert type(failure) is (BadAnswer if error is BadAnswer else Unavailable), failure
    assert len(operator.partner.sent) == 1
    assert client.price(SHIPMENT).postage  # and the next message logs in anew


def test_a_wrong_password_in_a_200_means_later(mypost: MyPost) -> None:
    mypost.partner.faults.append(told({"success": False, "message": "Sai mat khau"}))
    failure = _failure(mypost.client.provinces)
    assert type(failure) is Unavailable
    assert "check the user name and the secret" in str(failure)


REFUSALS: dict[str, Reply] = {"401": Reply(401), "403": Reply(403), "403 with HTML": Reply(403, HTML)}


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
@pytest.mark.parametrize("name", HCC_CALLS)
def test_each_call_of_hcc_renews_the_token_and_asks_once_more(hcc: Hcc, name: str, refusal: Reply) -> None:
    hcc.client.create(ORDER)
    hcc.partner.sent.clear()
    hcc.partner.faults.append(refusal)
    assert HCC_CALLS[name](hcc.client)
    refused, log_in, repeated = hcc.partner.sent
    assert [sent.headers.get("authorization") for sent in (refused, repeated)] == ["Bearer the-1", "Bearer the-2"]
    assert (refused.path, refused.query, refused.body) == (repeated.path, repeated.query, repeated.body)
    assert log_in.path == "/token"


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
@pytest.mark.parametrize("name", [*C_CALLS, "GetStatusHistoryOrder"])
def test_each_call_of_myvnpost_renews_the_token_and_asks_once_more(mypost: MyPost, name: str, refusal: Reply) -> None:
    placed = mypost.client.create(ORDER)
    calls: dict[str, Callable[[MyVnpost], object]] = {
        **C_CALLS,
        "GetStatusHistoryOrder": lambda client: client.track(None, [placed]),
    }
    mypost.partner.sent.clear()
    mypost.partner.faults.append(refusal)
    assert calls[name](mypost.client)
    refused, log_in, repeated = mypost.partner.sent
    assert [sent.headers.get("token") for sent in (refused, log_in, repeated)] == ["the-1", None, "the-2"]
    assert (refused.path, refused.query, refused.body) == (repeated.path, repeated.query, repeated.body)
    assert log_in.path == "/GetAccessToken"


@pytest.mark.parametrize("status", [401, 403])
def test_a_second_refusal_of_the_token_means_later_and_renews_no_more(hcc: Hcc, mypost: MyPost, status: int) -> None:
    hcc.client.track(None)
    hcc.partner.faults += [Reply(status), told({"access_token": "x"}), Reply(status)]
    first = _failure(lambda: hcc.client.create(ORDER))
    mypost.client.provinces()
    mypost.partner.faults += [Reply(status), told({"success": True, "token": "x"}), Reply(status)]
    second = _failure(lambda: mypost.client.create(ORDER))
    for failure in (first, second):
        assert isinstance(failure, Unavailable)
        assert str(status) in failure.reason
    assert (len(hcc.partner.asked("/token")), len(mypost.partner.asked("/GetAccessToken"))) == (2, 2)


def test_how_much_later_is_kept(hcc: Hcc, mypost: MyPost) -> None:
    hcc.client.track(None)
    mypost.client.provinces()
    for partner, call in ((hcc.partner, hcc.client.track), (mypost.partner, mypost.client.create)):
        partner.faults.append(Reply(429, headers={"Retry-After": "30"}))
        failure = _failure(lambda call=call: call(None if call == hcc.client.track else ORDER))  # type: ignore[misc]  # mypy infers no lambda with a default
        assert isinstance(failure, Unavailable)
        assert (failure.retry_after_s, failure.status) == (30, 429)


STATUSES: dict[str, tuple[object, object, object]] = {  # Status → (of an order, of a cancellation)
    "100": (100, False, Rejected),
    "'100'": ("100", False, Rejected),
    "' 100 '": (" 100 ", False, Rejected),
    "101": (101, True, Rejected),
    "'101'": ("101", True, Rejected),
    "110": (110, Rejected, Cancellation.DONE),
    "'110'": ("110", Rejected, Cancellation.DONE),
    "unknown": (999, Rejected, Rejected),
    "unknown words": ("OK", Rejected, Rejected),
    "minus": (-1, Rejected, Rejected),
    "401 in a 200": ("401", Rejected, Rejected),
    "500": (500, Unavailable, Unavailable),
    "'503'": ("503", Unavailable, Unavailable),
    "true": (True, BadAnswer, BadAnswer),
    "a fraction": (100.0, BadAnswer, BadAnswer),
    "a list": ([100], BadAnswer, BadAnswer),
    "an object": ({"code": 100}, BadAnswer, BadAnswer),
    "nothing": (None, BadAnswer, BadAnswer),
    "blank": (" ", BadAnswer, BadAnswer),
}


@pytest.mark.parametrize(("status", "ordered", "cancelled"), STATUSES.values(), ids=STATUSES)
def test_each_status_of_hcc_is_a_yes_to_one_call_only(
    hcc: Hcc, status: object, ordered: object, cancelled: object
) -> None:
    hcc.client.track(None)
    reply = told({"Status": status, "Message": "Thành công"})
    calls = (lambda: hcc.client.create(ORDER).existed, ordered), (lambda: hcc.client.cancel(PLACED), cancelled)
    for call, wanted in calls:
        hcc.partner.faults.append(reply)
        if isinstance(wanted, type):
            failure = _failure(call)
            assert type(failure) is wanted
            if isinstance(failure, Rejected):
                assert (failure.code, failure.said) == (str(status).strip(), "Thành công")
        else:
            assert call() == wanted
    assert hcc.operator.log_ins == 1


C_CANCELS: dict[str, tuple[Any, object]] = {
    "at once": ({"Type": "00"}, Cancellation.DONE),
    "when the office agrees": ({"type ": "02"}, Cancellation.WAITING),
    "no": ({"Type": "01"}, Rejected),
    "unknown": ({"Type": "77"}, Rejected),
    "no in a 200": ({"success": False, "message": "Đã phát"}, Rejected),
    "no as a word": ({"success": "false", "Type": "00"}, Rejected),
    "nothing": ({"success": True}, BadAnswer),
    "true": ({"Type": True}, BadAnswer),
    "a list": ([{"Type": "00"}], BadAnswer),
}


@pytest.mark.parametrize(("answer", "wanted"), C_CANCELS.values(), ids=C_CANCELS)
def test_each_type_of_a_cancellation_at_myvnpost(mypost: MyPost, answer: object, wanted: object) -> None:
    placed = mypost.client.create(ORDER)
    mypost.partner.faults.append(told(answer))
    if isinstance(wanted, type):
        assert type(_failure(lambda: mypost.client.cancel(placed))) is wanted
    else:
        assert mypost.client.cancel(placed) is wanted


@pytest.mark.parametrize("made", [[], [{"itemCode": "CP1"}, {"itemCode": "CP2"}], {"data": None}, {"results": []}])
def test_an_order_that_became_none_or_two_is_broken(mypost: MyPost, made: object) -> None:
    mypost.client.provinces()
    mypost.partner.faults += [told([]), told(made)]
    assert type(_failure(lambda: mypost.client.create(ORDER))) is BadAnswer


@pytest.mark.parametrize("row", [{}, {"provinceCode": "52"}, {"provinceCode": [], "provinceName": "Gia Lai"}, 52, None])
def test_a_list_of_places_with_a_hole_is_broken(mypost: MyPost, row: object) -> None:
    mypost.client.provinces()
    for read in (mypost.client.provinces, mypost.client.communes):
        mypost.partner.faults.append(told([row]))
        assert type(_failure(read)) is BadAnswer


def test_an_operator_that_does_not_answer_means_later(mypost: MyPost, serve: Serve) -> None:
    slow = serve(Answer(hang_s=0.4))
    hurried = OutsideService("chậm", read_s=0.05)
    clients = (
        HccCarrier(hcc_settings(slow.url), hurried),
        MyVnpost(replace(mypost.client._settings, base_url=slow.url), hurried),
    )
    for client in clients:
        assert type(_failure(lambda client=client: client.create(ORDER))) is Unavailable  # type: ignore[misc]  # mypy infers no lambda with a default


def test_a_redirect_takes_neither_the_secret_nor_a_token_along(hcc: Hcc, mypost: MyPost, serve: Serve) -> None:
    elsewhere = serve()
    away = Reply(307, headers={"Location": elsewhere.url})
    for joined in (hcc, mypost):
        for _ in range(2):  # of the log-in, then of a call
            joined.partner.faults.append(away)
            assert type(_failure(lambda joined=joined: joined.client.price(SHIPMENT))) is BadAnswer  # type: ignore[misc]  # mypy infers no lambda with a default
            joined.client.price(SHIPMENT)
    assert elsewhere.asked == []


def test_our_own_couriers_answer_every_call_with_nobody_to_ask() -> None:
    own = OwnCouriers()
    pooled = replace(ORDER, item_code="RT473124829VN")
    once, twice = own.create(pooled), own.create(pooled)
    assert once == twice == Placed(str(NUMBER), "GL01", item_code="RT473124829VN")
    assert [own.cancel(once), own.cancel(once)] == [Cancellation.DONE, Cancellation.DONE]
    assert own.track("65f0a1", [once]) == Page((), (), "65f0a1", more=False)
    assert own.track(None) == Page((), (), "", more=False)
    failure = _failure(lambda: own.price(SHIPMENT))
    assert isinstance(failure, Rejected)
    assert failure.code == "no_price"
