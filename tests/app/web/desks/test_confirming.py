"""On the desk's screen: who asked for a result by its code, and the desk's three answers."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select

from app.domain.identity import Channel, parse_phone
from app.domain.wording import tidy
from app.models import AuditEvent, Desk, Entitlement, Parcel, ServiceRequest, WaitingResult
from app.services.booking.book import book
from app.unit_of_work import UnitOfWork
from tests.app.web.desks.conftest import Place
from tests.factories import KEYS, make_desk, wish_for_result
from tests.factories.custody import next_operation, next_seal

PAGE = "/mot-cua/nguoi-nhan/"
CODE = "H21.91.001-261120-00007"


@pytest.fixture
def asked(at_desk: Place, session: UnitOfWork) -> ServiceRequest:
    return ask(at_desk, session)


def ask(place: Place, session: UnitOfWork, code: str = CODE, **given: Any) -> ServiceRequest:
    place.road.world.desk.dossier_prefix = "H21.91.001"
    session.flush()
    return book(session, wish_for_result(place.road.world, code, **given), KEYS)


def answer(place: Place, request: ServiceRequest, **form: str) -> int:
    return place.client.post(f"{PAGE}{request.dossiers[0].id}", data=form).status_code


def state(session: UnitOfWork, request: ServiceRequest) -> tuple[str, str | None]:
    session.expire_all()
    one = session.get_one(Entitlement, request.dossiers[0].id)
    return one.state, one.reason


def scan(place: Place, **form: str) -> tuple[int, str]:
    got = place.client.post("/mot-cua/ket-qua/quet", data={"operation": next_operation(), **form})
    return got.status_code, unescape(got.text)


def citizen_reads(place: Place, request: ServiceRequest) -> str:
    return unescape(place.client.get(f"/theo-doi/{request.tracking_token}").text)


def test_the_desks_day_begins_with_who_waits_for_its_word(at_desk: Place, asked: ServiceRequest) -> None:
    assert "1 yêu cầu chờ xác nhận người nhận" in at_desk.client.get("/mot-cua/").text
    assert CODE in at_desk.client.get(PAGE).text


def test_whoever_looks_at_a_person_is_written_down(at_desk: Place, session: UnitOfWork, asked: ServiceRequest) -> None:
    page = at_desk.client.get(f"{PAGE}{asked.dossiers[0].id}").text
    assert str(asked.applicant.phone) in page
    seen = select(AuditEvent.actor).where(AuditEvent.action == "entitlement.viewed")
    assert session.scalars(seen).all() == [f"staff:{at_desk.clerk.id}"]


def test_the_desk_reads_who_gets_the_code_and_whether_the_number_was_tried(at_desk: Place, session: UnitOfWork) -> None:
    helped = {
        "channel": Channel.HELPER,
        "helper_name": tidy("Người Giúp Thử"),
        "helper_phone": parse_phone("0900777888"),
    }
    rows = []
    for given in ({}, helped):
        request = ask(at_desk, session, **given)
        page = at_desk.client.get(f"{PAGE}{request.dossiers[0].id}").text
        told = " ".join(re.sub(r"<[^>]+>", " ", page[page.index("Số đã xác nhận") :]).split())
        rows.append(told.partition(" Bốn số cuối")[0])
    assert rows == [
        "Số đã xác nhận có Người giúp (nhận mã) không có",
        "Số đã xác nhận không Người giúp (nhận mã) Người Giúp Thử · 0900777888",
    ]


def test_a_name_stands_on_no_list_and_in_no_address(at_desk: Place, asked: ServiceRequest) -> None:
    assert str(asked.applicant.name) not in at_desk.client.get(PAGE).text


def test_confirmed_it_is_packed_as_any_result(at_desk: Place, session: UnitOfWork, asked: ServiceRequest) -> None:
    refused, said = scan(at_desk, dossier=CODE)
    assert (refused, "Chờ xác nhận người nhận" in said) == (422, True)
    assert answer(at_desk, asked, verdict="confirm") == 303
    assert state(session, asked) == ("proved", None)
    assert scan(at_desk, dossier=CODE, seal_number=next_seal())[0] == 303
    assert session.scalars(select(Parcel.dossier_id)).all() == [asked.dossiers[0].id]
    assert "đang giữ kết quả" in citizen_reads(at_desk, asked)


def test_denied_the_citizen_is_sent_to_the_desk_and_not_told_why(
    at_desk: Place, session: UnitOfWork, asked: ServiceRequest
) -> None:
    assert answer(at_desk, asked, verdict="deny", deny_reason="handed_over") == 303
    assert state(session, asked) == ("denied", "handed_over")
    page = citizen_reads(at_desk, asked)
    assert f"mang giấy hẹn và giấy tờ tùy thân đến {at_desk.road.world.desk.name}" in page
    assert "trao tại quầy" not in page


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"verdict": "deny"}, "deny_reason"),
        ({"verdict": "deny", "deny_reason": "for_somebody_else"}, "deny_reason"),
        ({"verdict": "pass_on", "elsewhere": "x"}, "elsewhere"),
    ],
)
def test_half_an_answer_is_asked_for_at_its_field(
    at_desk: Place, session: UnitOfWork, asked: ServiceRequest, form: dict[str, str], field: str
) -> None:
    got = at_desk.client.post(f"{PAGE}{asked.dossiers[0].id}", data=form)
    assert (got.status_code, f'id="{field}-error"' in got.text) == (422, True)
    assert state(session, asked) == ("to_confirm", None)


@pytest.mark.parametrize("form", [{}, {"verdict": ""}, {"verdict": "denied", "deny_reason": "handed_over"}])
def test_an_answer_that_cannot_be_read_confirms_nobody(
    at_desk: Place, session: UnitOfWork, asked: ServiceRequest, form: dict[str, str]
) -> None:
    got = at_desk.client.post(f"{PAGE}{asked.dossiers[0].id}", data=form)
    assert (got.status_code, "Xin chọn một trong ba cách trả lời" in got.text) == (422, True)
    assert state(session, asked) == ("to_confirm", None)


def test_who_answers_what_a_colleague_has_answered_is_told_so_on_the_list(
    at_desk: Place, session: UnitOfWork, asked: ServiceRequest
) -> None:
    answer(at_desk, asked, verdict="confirm")
    form = {"verdict": "deny", "deny_reason": "handed_over"}
    got = at_desk.client.post(f"{PAGE}{asked.dossiers[0].id}", data=form, follow_redirects=True)
    assert (got.status_code, "đã được trả lời rồi" in got.text) == (200, True)
    assert state(session, asked) == ("proved", None)


def test_what_lies_elsewhere_goes_to_the_desk_there(at_desk: Place, session: UnitOfWork, asked: ServiceRequest) -> None:
    other: Desk = make_desk(session)
    assert answer(at_desk, asked, verdict="pass_on", elsewhere=other.code) == 303
    session.expire_all()
    assert asked.dossiers[0].desk == other
    assert answer(at_desk, asked, verdict="confirm") == 404


def test_a_result_entered_before_anybody_asks_is_kept_in_mind_until_it_is_packed(
    at_desk: Place, session: UnitOfWork
) -> None:
    """The clerk never heard of a booking, and has the paper: both ends know what to do."""
    status, said = scan(at_desk, dossier=CODE)
    assert (status, "chưa niêm phong" in said) == (422, True)
    assert session.scalars(select(WaitingResult.code)).all() == [CODE]
    request = ask(at_desk, session)
    assert "Kết quả có ở đây" in at_desk.client.get(PAGE).text
    answer(at_desk, request, verdict="confirm")
    page = at_desk.client.get(PAGE).text
    assert re.search(rf'name="dossier" value="{re.escape(CODE)}"', page)
    assert scan(at_desk, dossier=CODE, seal_number=next_seal())[0] == 303
    assert session.scalars(select(WaitingResult.code)).all() == []


def test_two_for_one_code_are_shown_as_such(at_desk: Place, session: UnitOfWork, asked: ServiceRequest) -> None:
    second = ask(at_desk, session)
    assert at_desk.client.get(PAGE).text.count("Nhiều người đặt") == 2
    answer(at_desk, second, verdict="confirm")
    assert state(session, asked) == ("denied", "for_somebody_else")


def test_the_citizens_page_says_of_an_unconfirmed_dossier_its_code_and_no_more(
    at_desk: Place, session: UnitOfWork, asked: ServiceRequest
) -> None:
    page = citizen_reads(at_desk, asked)
    facts = page[page.index('id="ho-so"') : page.index('id="gia"')]
    assert (CODE in facts, "Chưa xác nhận" in facts, at_desk.road.world.desk.name in facts) == (True, True, False)
    answer(at_desk, asked, verdict="confirm")
    session.expire_all()
    page = citizen_reads(at_desk, asked)
    assert "Chưa xác nhận" not in page[page.index('id="ho-so"') : page.index('id="gia"')]
