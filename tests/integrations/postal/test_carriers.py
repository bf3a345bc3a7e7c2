"""What every operator promises through the one interface, and where each has a way of its own."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from integrations.errors import BadAnswer, Rejected, Unavailable
from integrations.http import OutsideService
from integrations.postal import Cancellation, Carrier, HccCarrier, Milestone, OrderNumber, OwnCouriers, Placed, Purpose
from integrations.unknown import Unknown
from tests.fakes.partner import told
from tests.integrations.conftest import Answer, Authority, Serve
from tests.integrations.postal.conftest import NUMBER, ORDER, SHIPMENT, Hcc, MyPost, hcc_settings


def test_the_same_order_twice_is_one_order(carrier: Carrier) -> None:
    first, second = carrier.create(ORDER), carrier.create(ORDER)
    assert (first.existed, second.existed) == (False, True)
    assert first.number == second.number == "H21.65-220914-0011-TG01"


def test_an_order_whose_answer_was_lost_is_found_again(hcc: Hcc, mypost: MyPost) -> None:
    for joined in (hcc, mypost):
        client: Carrier = joined.client
        client.create(ORDER)  # its effect stayed, and its answer is as if it had been lost
        assert client.create(ORDER).existed
    assert len(hcc.operator.orders) == len(mypost.operator.orders) == 1
    assert len(mypost.partner.asked("/CreateOrder")) == 1


def test_a_cancelled_number_is_used_up_and_the_next_attempt_is_another_order(carrier: Carrier) -> None:
    placed = carrier.create(ORDER)
    assert carrier.cancel(placed) is Cancellation.DONE
    with pytest.raises(Rejected) as caught:
        carrier.create(ORDER)
    assert caught.value.code in {"110", "9"}
    assert not carrier.create(replace(ORDER, number=replace(NUMBER, attempt=2))).existed


def test_an_order_cancelled_before_is_cancelled(carrier: Carrier) -> None:
    placed = carrier.create(ORDER)
    assert [carrier.cancel(placed), carrier.cancel(placed)] == [Cancellation.DONE, Cancellation.DONE]


def test_an_order_that_is_not_there_is_not_cancelled(carrier: Carrier) -> None:
    with pytest.raises(Rejected) as caught:
        carrier.cancel(Placed("H21.65-220914-0099-TG01", "GL01"))
    assert caught.value.code == "404"


def test_myvnpost_may_have_to_ask_before_it_cancels(mypost: MyPost) -> None:
    placed = mypost.client.create(ORDER)
    mypost.operator.cancel_type = "02"
    assert mypost.client.cancel(placed) is Cancellation.WAITING
    mypost.operator.cancel_type = "01"
    with pytest.raises(Rejected) as caught:
        mypost.client.cancel(placed)
    assert caught.value.code == "01"


def test_myvnpost_finds_the_id_to_cancel_by_when_it_was_lost(mypost: MyPost) -> None:
    placed = mypost.client.create(ORDER)
    assert mypost.client.cancel(replace(placed, carrier_id=None)) is Cancellation.DONE


def test_the_feed_is_read_page_by_page_and_never_from_zero_again(hcc: Hcc) -> None:
    for number in range(7):
        hcc.operator.tell(str(NUMBER), 70 + number)
    client = HccCarrier(hcc_settings(hcc.partner.url, page_size=3), OutsideService("bưu chính"))
    cursor, seen = None, []
    while True:
        page = client.track(cursor)
        seen += [event.code for event in page.events]
        cursor = page.cursor
        if not page.more:
            break
    assert seen == [str(code) for code in range(70, 77)]
    assert client.track(cursor).events == ()
    assert [sent.query["lastId"][-1] for sent in hcc.partner.asked("/tracking")] == ["0", "3", "6", "7"]


def test_a_line_of_the_feed_becomes_an_event_with_utc_time_and_meaning(hcc: Hcc) -> None:
    line_id = hcc.operator.tell(
        str(NUMBER), "70", POSID="600100", ItemCode="RT473124829VN", Notes="Đã phát", StatusMessage="OK"
    )
    (event,) = hcc.client.track(None).events
    assert event.event_id == line_id
    assert (event.order_number, event.item_code, event.office) == (str(NUMBER), "RT473124829VN", "600100")
    assert event.occurred_at == datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
    assert not isinstance(event.meaning, Unknown)
    assert event.meaning.milestone is Milestone.DELIVERED
    assert (event.customer_code, event.words) == ("GL01", "OK · Đã phát")


def test_a_code_nobody_explained_is_shown_as_unmapped_and_not_dropped(hcc: Hcc) -> None:
    hcc.operator.tell(str(NUMBER), 999)
    (event,) = hcc.client.track(None).events
    assert event.meaning == Unknown("999")


@pytest.mark.parametrize(
    "broken", [{"EventTime": "hôm qua"}, {"OrderNumber": None}, {"StatusCode": {}}, {"Notes": "\x00"}]
)
def test_one_broken_line_stops_neither_the_others_nor_the_cursor(hcc: Hcc, broken: dict[str, object]) -> None:
    hcc.operator.tell(str(NUMBER), 1)
    bad = hcc.operator.tell(str(NUMBER), 2)
    hcc.operator.feed[-1].update(broken)
    last = hcc.operator.tell(str(NUMBER), 3)
    page = hcc.client.track(None)
    assert [event.code for event in page.events] == ["1", "3"]
    assert [line.about for line in page.unreadable] == [bad]
    assert page.unreadable[0].raw
    assert page.cursor == last


def test_lines_told_twice_or_in_disorder_never_move_the_cursor_back(hcc: Hcc) -> None:
    hcc.client.create(ORDER)
    ids = [hcc.operator.tell(str(NUMBER), code) for code in (1, 2, 3)]
    lines = [hcc.operator.feed[at] for at in (1, 0, 2, 0)]
    hcc.partner.faults.append(told(_page(lines)))
    page = hcc.client.track(None)
    assert page.cursor == ids[2]
    hcc.partner.faults.append(told(_page(lines[:2])))
    assert hcc.client.track(page.cursor).cursor == ids[2]


def _page(lines: list[dict[str, object]], pages: int = 1) -> dict[str, object]:
    return {"_size": 9, "_total_pages": pages, "_returned": len(lines), "_embedded": {"rh:doc": lines}}


def test_a_feed_told_newest_first_is_not_believed_while_older_lines_wait(hcc: Hcc) -> None:
    for code in (1, 2):
        hcc.operator.tell(str(NUMBER), code)
    hcc.client.track(None)
    hcc.partner.faults.append(told(_page(hcc.operator.feed[::-1], pages=2)))
    with pytest.raises(BadAnswer, match="newest first"):
        hcc.client.track(None)


@pytest.mark.parametrize(
    "page",
    [
        {"_returned": 2, "_embedded": {"rh:doc": [{"_id": {"$oid": "0" * 24}}]}},
        {"_returned": 1, "_embedded": {"rh:doc": [{"OrderNumber": "x"}]}},
        {"_returned": 1, "_embedded": {"rh:doc": [{"_id": {"$oid": "../../x"}}]}},
        {"_returned": 1, "_embedded": {"rh:doc": {"_id": "x"}}},
        {"_embedded": {}},
    ],
)
def test_a_page_that_would_lose_lines_is_not_believed(hcc: Hcc, page: dict[str, object]) -> None:
    hcc.client.track(None)
    hcc.partner.faults.append(told(page))
    with pytest.raises(BadAnswer):
        hcc.client.track(None)


def test_myvnpost_reads_the_history_of_each_open_order_and_none_stops_another(mypost: MyPost) -> None:
    one, other = mypost.client.create(ORDER), mypost.client.create(replace(ORDER, number=replace(NUMBER, attempt=2)))
    assert one.item_code is not None
    assert other.item_code is not None
    line = {"statusCode": 14, "statusName": "Phát thành công", "createdDate": "23/11/2026", "createdHour": "08:30:00"}
    mypost.operator.history = {
        one.item_code: [{"statusCode": 14, "createdDate": "hôm nay"}],
        other.item_code: [line, {**line, "statusCode": 77}],
    }
    page = mypost.client.track("đã đọc", [Placed("H21.65-220914-0099-KQ01", "GL01"), one, other])
    delivered, unknown = page.events
    assert (delivered.event_id, delivered.order_number) == (f"{other.item_code}/14/23/11/2026 08:30:00", other.number)
    assert delivered.occurred_at == datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
    assert unknown.meaning == Unknown("77")
    assert [line.about for line in page.unreadable] == [one.number]
    assert page.cursor == "đã đọc"


def test_our_own_couriers_need_nobody_outside() -> None:
    own: Carrier = OwnCouriers()
    placed = own.create(ORDER)
    assert (placed.number, placed.existed) == (str(NUMBER), False)
    assert own.cancel(placed) is Cancellation.DONE
    assert own.track(None, [placed]).events == ()
    with pytest.raises(Rejected) as caught:
        own.price(SHIPMENT)
    assert caught.value.code == "no_price"


def test_ngsp_has_no_price_to_ask_for(hcc: Hcc) -> None:
    with pytest.raises(Rejected) as caught:
        HccCarrier(replace(hcc.settings, price_url=None), OutsideService("NGSP")).price(SHIPMENT)
    assert caught.value.code == "no_price"


@pytest.mark.parametrize("joined", ["hcc", "mypost"])
def test_an_expired_token_is_renewed_once_for_all_callers(request: pytest.FixtureRequest, joined: str) -> None:
    operator = request.getfixturevalue(joined)
    operator.client.create(ORDER)
    operator.operator.tokens.clear()
    with ThreadPoolExecutor(12) as pool:
        assert all(placed.existed for placed in pool.map(operator.client.create, [ORDER] * 24))
    assert operator.operator.log_ins == 2


def test_a_customer_with_two_orders_at_once_gets_one_token(hcc: Hcc) -> None:
    with ThreadPoolExecutor(12) as pool:
        list(pool.map(hcc.client.track, [None] * 24))
    assert hcc.operator.log_ins == 1


def test_an_operator_with_an_authority_of_its_own_is_reached_over_checked_tls(
    serve: Serve, authority: Authority
) -> None:
    token, created = Answer(body=b'{"access_token": "t"}'), Answer(body=b'{"Status": "100"}')
    server = serve(token, created, context=authority.context)
    trusting = HccCarrier(hcc_settings(server.url), OutsideService("tỉnh", ca_path=authority.pem))
    assert not trusting.create(ORDER).existed
    with pytest.raises(Unavailable, match="certificate"):
        HccCarrier(hcc_settings(server.url), OutsideService("tỉnh")).create(ORDER)


def test_a_slow_operator_means_later(serve: Serve) -> None:
    server = serve(Answer(body=b'{"access_token": "t"}', hang_s=0.4))
    with pytest.raises(Unavailable, match="in time"):
        HccCarrier(hcc_settings(server.url), OutsideService("chậm", read_s=0.05)).create(ORDER)


def test_an_order_number_says_what_it_is_for_and_reads_back() -> None:
    number = OrderNumber("000.00.65.H21-200914-0011", Purpose.RESULT, 12)
    assert str(number) == "000.00.65.H21-200914-0011-KQ12"
    assert OrderNumber.parse(str(number)) == number


@pytest.mark.parametrize(
    ("dossier", "attempt"), [("H21.65-220914-0011", 0), ("H21.65-220914-0011", 100), ("H21 65", 1)]
)
def test_an_order_number_that_could_not_be_read_back_is_refused(dossier: str, attempt: int) -> None:
    with pytest.raises(ValueError, match=re.compile("^(attempt|dossier_code):")):
        OrderNumber(dossier, Purpose.TRANSFER, attempt)


def test_a_number_that_is_not_ours_is_refused() -> None:
    with pytest.raises(ValueError, match="not one of ours"):
        OrderNumber.parse("DHVN00039")
