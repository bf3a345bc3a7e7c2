"""Answers that are no errors and still awkward, replayed: told twice, in disorder, late, in unknown codes or strange clothes."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import pytest

from integrations.errors import BadAnswer, Rejected
from integrations.postal import MYVNPOST_STATES, BadSignature, Placed, public_key, read_webhook
from integrations.unknown import Unknown
from tests.fakes.partner import told
from tests.integrations.postal.conftest import NUMBER, ORDER, Hcc, MyPost

# as docs/domain.md §5 writes them
PUBLISHED = (
    "0 draft 1 created 2 pickup accepted 3 to confirm 4 picking up 5 pickup failed 6 picked up 7 at the office "
    "8 pickup given up 9 pickup cancelled 10 in transit 11 at the delivery office 12 out for delivery 13 forwarded "
    "14 delivered 15 delivery failed 16 waiting to return 17 return approved 18 return started 19 returned "
    "20 part returned 21 COD paid 22 delivery cancelled 23 part delivered 24 returning 28 shipping paid "
    "29 cancel fee paid"
)
HELD = Placed(str(NUMBER), "GL01", item_code="CP000000000VN", carrier_id="hdr-1")


def _line(at: int, code: object = 70, **more: Any) -> dict[str, Any]:
    line = {"_id": {"$oid": f"{at:024x}"}, "CustomerCode": "GL01", "OrderNumber": str(NUMBER), "StatusCode": code}
    return {**line, "EventTime": "20261123083000", **more}


def _page(*lines: dict[str, Any], pages: int = 1) -> dict[str, Any]:
    return {"_size": 9, "_total_pages": pages, "_returned": len(lines), "_embedded": {"rh:doc": lines}}


def _read(hcc: Hcc, page: dict[str, Any], cursor: str | None = None) -> Any:
    hcc.partner.faults.append(told(page))
    return hcc.client.track(cursor)


@pytest.fixture
def feed(hcc: Hcc) -> Hcc:
    hcc.client.track(None)
    return hcc


def test_a_page_in_any_order_and_twice_tells_the_same_lines_and_ends_at_the_same_cursor(feed: Hcc) -> None:
    lines = [_line(1, 10), _line(2, 50), _line(3, 70)]
    for told_so in permutations(lines):
        page = _read(feed, _page(*told_so, *told_so))
        assert {event.event_id: event.code for event in page.events} == {
            f"{1:024x}": "10",
            f"{2:024x}": "50",
            f"{3:024x}": "70",
        }
        assert (len(page.events), page.cursor) == (6, f"{3:024x}")


def test_lines_behind_the_cursor_told_again_keep_their_ids_and_the_cursor(feed: Hcc) -> None:
    first = _read(feed, _page(_line(1), _line(2)))
    again = _read(feed, _page(_line(1), _line(2)), first.cursor)
    assert again.events == first.events
    assert again.cursor == first.cursor


def test_a_feed_that_promises_more_and_tells_the_same_page_for_ever_is_left_alone(feed: Hcc) -> None:
    first = _read(feed, _page(_line(1), _line(2), pages=5))
    again = _read(feed, _page(_line(1), _line(2), pages=5), first.cursor)
    assert (first.more, again.more) == (True, False)


@pytest.mark.parametrize("page", [{"_returned": 0}, {"_returned": "0", "_embedded": {"rh:doc": []}}, _page(pages=3)])
def test_an_empty_page_leaves_the_cursor_where_it_is(feed: Hcc, page: dict[str, Any]) -> None:
    read = _read(feed, page, "65f0a1b2c3d4e5f601234567")
    assert (read.events, read.unreadable, read.more) == ((), (), False)
    assert read.cursor == "65f0a1b2c3d4e5f601234567"


def test_an_id_may_be_bare_or_in_capitals_and_is_the_same_id(feed: Hcc) -> None:
    oid = "65f0a1b2c3d4e5f601234567"
    for written in ({"$oid": oid.upper()}, oid, oid.upper()):
        page = _read(feed, _page({**_line(0), "_id": written}))
        assert (page.events[0].event_id, page.cursor) == (oid, oid)


@pytest.mark.parametrize(("code", "known"), [(70, True), ("070", True), (" 70", True), ("7O", False), (700, False)])
def test_a_code_is_known_however_it_is_written_and_an_unknown_one_kept(feed: Hcc, code: object, known: bool) -> None:
    (event,) = _read(feed, _page(_line(1, code))).events
    assert event.code == str(code).strip()
    assert isinstance(event.meaning, Unknown) is not known


@pytest.mark.parametrize("code", [None, "", True, 70.0, ["70"], {"code": 70}])
def test_a_line_whose_code_is_none_is_set_aside_as_it_came(feed: Hcc, code: object) -> None:
    page = _read(feed, _page(_line(1, code), _line(2)))
    (aside,) = page.unreadable
    assert (aside.about, json.loads(aside.raw)["statuscode"]) == (f"{1:024x}", code)
    assert ([event.code for event in page.events], page.cursor) == (["70"], f"{2:024x}")


@pytest.mark.parametrize(
    "text", ["20261123083000", "2026-11-23T08:30:00", "23/11/2026 08:30:00", "23-11-2026 08:30", "2026-11-23T01:30:00Z"]
)
def test_an_event_has_one_time_whatever_form_tells_it(feed: Hcc, text: str) -> None:
    (event,) = _read(feed, _page(_line(1, EventTime=text))).events
    assert event.occurred_at == datetime(2026, 11, 23, 1, 30, tzinfo=UTC)


def test_a_line_without_a_time_or_of_a_stranger_is_told_all_the_same(feed: Hcc) -> None:
    stranger = _line(2, OrderNumber="DHVN00039", CustomerCode="GL02")
    untimed, theirs = _read(feed, _page(_line(1, EventTime=None), stranger)).events
    assert untimed.occurred_at is None
    assert (theirs.order_number, theirs.customer_code) == ("DHVN00039", "GL02")


def test_each_state_of_myvnpost_means_what_it_publishes() -> None:
    assert " ".join(f"{code} {state.means}" for code, state in MYVNPOST_STATES.items()) == PUBLISHED


def _history(*lines: tuple[object, str]) -> dict[str, Any]:
    rows = [{"statusCode": code, "createdDate": "23/11/2026", "createdHour": hour} for code, hour in lines]
    return {"data": {"statusHistory": rows}}


def test_a_history_in_any_order_and_twice_tells_the_same_events(mypost: MyPost) -> None:
    mypost.client.create(ORDER)
    lines = [(6, "08:30:00"), (12, "09:00:00"), ("015", "10:15:00"), (77, "11:00")]
    seen = set()
    for told_so in permutations(lines):
        mypost.partner.faults.append(told(_history(*told_so, *told_so)))
        page = mypost.client.track(None, [HELD])
        seen.add(frozenset((event.event_id, event.code, event.occurred_at) for event in page.events))
        assert page.unreadable == ()
    (events,) = seen
    assert len(events) == len(lines)
    assert {code for _, code, _ in events} == {"6", "12", "015", "77"}


def test_codes_of_a_history_nobody_explained_are_kept_and_zeros_forgiven(mypost: MyPost) -> None:
    mypost.client.create(ORDER)
    mypost.partner.faults.append(told(_history(("015", "10:15:00"), (30, "11:00:00"))))
    failed, unknown = mypost.client.track(None, [HELD]).events
    assert failed.meaning is MYVNPOST_STATES["15"]
    assert unknown.meaning == Unknown("30")


def test_a_history_nobody_holds_is_no_fault_however_it_is_said(mypost: MyPost) -> None:
    mypost.client.provinces()
    for reply in (told({}, 404), told({"success": False, "message": "Không tìm thấy đơn hàng"})):
        mypost.partner.faults.append(reply)
        page = mypost.client.track(None, [HELD])
        assert (page.events, page.unreadable) == ((), ())


OURS = {"itemCode": "CP7", "orderHdrID": "hdr-7", "saleOrderCode": str(NUMBER), "status": 1}
SHAPES: dict[str, object] = {
    "results": {"results": [OURS]},
    "results in a list": [{"results": [OURS]}],
    "data": {"success": True, "data": [OURS]},
    "data that is the row": {"data": OURS},
    "a list": [OURS],
    "a bare row": OURS,
    "beside another order": [{**OURS, "itemCode": "CP8", "saleOrderCode": "H21.65-220914-0012-TG01"}, OURS],
    "beside an old draft": [{**OURS, "itemCode": "CP8", "orderHdrID": "hdr-8", "status": "00"}, OURS],
    "after one that ended": [{**OURS, "itemCode": "CP8", "status": 9}, OURS],
    "before one that ended": [OURS, {**OURS, "itemCode": "CP8", "status": "09"}],
}


@pytest.mark.parametrize("answer", SHAPES.values(), ids=SHAPES)
def test_an_order_is_found_in_whatever_shape_it_is_told(mypost: MyPost, answer: object) -> None:
    mypost.client.provinces()
    mypost.partner.faults.append(told(answer))
    placed = mypost.client.create(ORDER)
    assert (placed.existed, placed.item_code, placed.carrier_id) == (True, "CP7", "hdr-7")
    assert mypost.operator.orders == {}


@pytest.mark.parametrize(
    "answer",
    [
        [{**OURS, "status": 0}],
        [{**OURS, "saleOrderCode": "H21.65-220914-0012-TG01"}],
        {"results": None},
        {"data": []},
    ],
    ids=["a draft", "another order", "null", "an empty list"],
)
def test_what_nobody_will_carry_is_no_order_of_ours(mypost: MyPost, answer: object) -> None:
    mypost.client.provinces()
    mypost.partner.faults.append(told(answer))
    assert not mypost.client.create(ORDER).existed
    assert list(mypost.operator.orders) == [str(NUMBER)]


@pytest.mark.parametrize("status", [8, 9, "09", 22])
def test_an_order_that_ended_used_its_number_up(mypost: MyPost, status: object) -> None:
    mypost.client.provinces()
    mypost.partner.faults.append(told([{**OURS, "status": status}]))
    with pytest.raises(Rejected) as caught:
        mypost.client.create(ORDER)
    assert caught.value.code == str(status).lstrip("0")
    assert mypost.operator.orders == {}


def test_the_number_the_operator_gave_is_kept_above_ours(feed: Hcc) -> None:
    pooled = replace(ORDER, item_code="RT473124829VN")
    feed.partner.faults.append(told({"Status": 101, "ItemCode": "EE000000005VN"}))
    assert feed.client.create(pooled).item_code == "EE000000005VN"


# made with openssl dgst -sha256 -sign, by a key that is gone
KEY = (
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA5yF9I763H/5NOz2e9gPnu6IMG8AeBzCm+U/qXaLgbyMww8ESmMN5AXRx2JkTVdlm9K06"
    "sI7mg2b24Va3RCXQKS1t7CDcsl/kf6RuiBkQHnz+Ez0eBlwW1GUp0thEM6MDYBOjJEJ6EGJ6G5T/AGsMW10t6dkntDo6/EBx3Z+w5ardqo7vK86J"
    "IuIEBw17OkURT5IJKCgFXP+uLQbw40i6sFk35OpFt5W7EkLGGCt1c7RBY/B6gMlYmAV14rwoJmZn2rgVvT7+KfTgwbF96JkdSoKR18I12mB3Vu+g"
    "twpBfwAAtU6rs81r0K2aOk9/+Kx6GWgBL7Rb2UAUy/mK7XKSJQIDAQAB"
)
SIGNATURE = (
    "WjuFFqVftabD2ev8u3R8R2PCdZJGXElsTgYCYZtcntE7EfSMg34cIjcKgJdgIPDBHddpcu4NwMlcjsP3+CLDx3pi8y97V6kJDMgcQMlGkazl0A1L"
    "803C8GP76W8v9rcmb/n+OEkTqjyS8U1/HtXlkvEur1Ql1aPQ5r7Yb4BVQPxYHf1sgsLK0S6bH1W3ZGo7KN7vpv/qM4rprcoy8B5pd3kPLTHKZLQz"
    "05gWXBAjWJ7MjiPcsDRgLVPJrNE+gXS2DPgGXi2D8wo/rMXp6o3yHtumtjwkmOk7+utgz8dB+trhHSBt9SIQYL8F4S7q9H/DaVzLtd/rh+xmP6qv"
    "B3esWA=="
)
ITEM = {"itemCode": "CP000000001VN", "status": 14}


def _webhook(*items: dict[str, Any], sent: str = "23/11/2026 08:30:00") -> bytes:
    return json.dumps({"data": items, "sendDate": sent, "signature": SIGNATURE}).encode()


def test_a_signature_of_somebody_elses_program_is_believed() -> None:
    (event,) = read_webhook(_webhook(ITEM), (public_key(KEY),)).events
    assert (event.item_code, event.code, event.proven) == ("CP000000001VN", "14", True)


@pytest.mark.parametrize(
    "body",
    [
        _webhook({**ITEM, "status": 15}),
        _webhook({**ITEM, "itemCode": "CP000000002VN"}),
        _webhook(ITEM, sent="23/11/2026 08:30:01"),
        _webhook(ITEM, sent="20261123083000"),
        _webhook({"itemCode": "CP000000002VN", "status": 14}, ITEM),
        _webhook({**ITEM, "itemCode": "CP000000001VN ", "status": 14}),
    ],
    ids=["status", "item", "second", "form of the date", "order of the items", "a blank"],
)
def test_whatever_the_signature_covers_may_not_change_by_a_letter(body: bytes) -> None:
    with pytest.raises(BadSignature) as caught:
        read_webhook(body, (public_key(KEY),))
    assert caught.value.code == "401"


def test_a_webhook_told_twice_in_one_body_or_in_two_is_one_proven_event() -> None:
    keys = (public_key(KEY),)
    together = read_webhook(_webhook(ITEM, ITEM), keys).events
    alone = read_webhook(_webhook(ITEM), keys).events
    assert {event.event_id for event in (*together, *alone) if event.proven} == {alone[0].event_id}


@pytest.mark.parametrize("body", [b'{"data": [{"itemCode": 1}', b'{"data": "x"}', b"<html></html>", b'[{"data": []}]'])
def test_a_body_that_is_none_is_kept_for_a_person(body: bytes) -> None:
    with pytest.raises(BadAnswer) as caught:
        read_webhook(body, (public_key(KEY),))
    assert caught.value.raw == body
