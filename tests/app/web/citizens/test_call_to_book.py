"""Whom no code reaches is called and booked for: one task a telephone, closed by whoever calls."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.domain.booking_wish import MOST_TRIES, OPEN_AT_MOST, AskForCall, WishResult
from app.domain.errand import RequestKind
from app.domain.errors import DomainError
from app.domain.identity import Channel, PhoneNumber, PhoneProof, Role
from app.domain.personal_data import RULES
from app.models import AuditEvent, BookingWish, Message, ServiceRequest, SignInCode, SlotHold
from app.queries.attention import AttentionTask, tasks
from app.queries.reference.calendar import calendar
from app.queries.tracking import code_budget
from app.services import retention
from app.services.booking.booking_wishes import ask, not_reached, unwanted
from app.services.booking.callbacks import ask_to_be_called, call_due
from app.unit_of_work import UnitOfWork
from tests.app.web.citizens.walk import confirm, path, walk_to_confirm, walk_to_person
from tests.app.web.conftest import SignIn
from tests.factories import DAY, NOW, World, make_errand, make_office, make_staff

LANDLINE, MOBILE = PhoneNumber("02693820000"), PhoneNumber("0900000456")
ASK = "/dat-lich/goi-lai"


def wishes(session: UnitOfWork) -> list[BookingWish]:
    session.expire_all()
    return list(session.scalars(select(BookingWish).order_by(BookingWish.id)))


def board(session: UnitOfWork, office_id: int) -> list[AttentionTask]:
    return [task for task in tasks(session, DAY, NOW, {office_id}) if task.kind == "call_to_book"]


def asked(world: World, phone: PhoneNumber = LANDLINE, unit: str = "") -> AskForCall:
    return AskForCall(phone, RequestKind.SEND, unit or world.unit.code, (world.procedure.code,))


def ask_on_the_page(client: FlaskClient, world: World, number: str = LANDLINE) -> str:
    walk_to_person(client, world)
    refused = client.post("/dat-lich/lien-lac", data={"channel": "voice", "phone": number})
    assert refused.status_code == 422
    assert f'name="phone" value="{number}"' in refused.text
    assert path(client.post(ASK, data={"phone": number})) == "/dat-lich/se-goi-lai"
    return client.get("/dat-lich/se-goi-lai").text


def test_a_landline_asks_on_the_very_page_and_nothing_of_the_form_is_left(
    client: FlaskClient, session: UnitOfWork, world: World
) -> None:
    world.office.phone = "02693111222"
    said = ask_on_the_page(client, world)
    assert f"{world.office.name} gọi trước" in said
    assert "Bưu cục gọi từ số 02693111222" in said
    (wish,) = wishes(session)
    assert (wish.phone, wish.office_id, wish.unit_code) == (LANDLINE, world.office.id, world.unit.code)
    assert (wish.procedures, wish.kind, wish.day) == ([world.procedure.code], RequestKind.SEND, None)
    assert path(client.get("/dat-lich/lien-lac")) == "/dat-lich"
    assert session.scalar(select(func.count()).select_from(Message)) == 0


def test_a_mobile_that_no_code_reaches_asks_by_the_page_of_the_code_and_its_code_stays(
    client: FlaskClient, session: UnitOfWork, world: World
) -> None:
    walk_to_person(client, world)
    client.post("/dat-lich/lien-lac", data={"channel": "sms", "phone": MOBILE})
    before = session.scalars(select(SignInCode.code_mac)).one()
    assert f'action="{ASK}' in client.get("/dat-lich/ma").text
    assert path(client.post(ASK)) == "/dat-lich/se-goi-lai"
    assert [wish.phone for wish in wishes(session)] == [MOBILE]
    assert session.scalars(select(SignInCode.code_mac)).one() == before
    assert session.scalar(select(func.count()).select_from(SlotHold)) == 0


def test_the_day_of_a_place_that_was_chosen_goes_along_and_the_place_is_free(
    client: FlaskClient, session: UnitOfWork, world: World
) -> None:
    walk_to_confirm(client, world)
    assert session.scalar(select(func.count()).select_from(SlotHold)) == 1
    assert client.post("/dat-lich/lien-lac?sua=1", data={"channel": "voice", "phone": LANDLINE}).status_code == 422
    client.post(ASK, data={"phone": LANDLINE})
    assert [wish.day for wish in wishes(session)] == [world.slot.day]
    assert session.scalar(select(func.count()).select_from(SlotHold)) == 0


def test_who_asks_again_is_one_task_and_reads_the_same_as_whoever_asks_first(
    client: FlaskClient, session: UnitOfWork, world: World
) -> None:
    ask(session, asked(world), NOW - timedelta(days=2))
    (before,) = wishes(session)
    overdue = before.due_at
    known = ask_on_the_page(client, world)
    (standing,) = wishes(session)
    assert (standing.id, standing.due_at) == (before.id, overdue)
    new = ask_on_the_page(client, world, "02693820001")
    assert main_of(known) == main_of(new)


def main_of(page: str) -> str:
    return page[page.index("<main") : page.index("</main")]


def test_who_names_another_commune_is_called_by_its_office(session: UnitOfWork, world: World) -> None:
    ask(session, asked(world), NOW)
    other = make_office(session)
    promised = ask(session, asked(world, unit=other.unit_code), NOW)
    assert promised.office.id == other.id
    assert [wish.office_id for wish in wishes(session)] == [other.id]


def test_a_script_fills_no_queue(client: FlaskClient, session: UnitOfWork, world: World) -> None:
    """A hundred tries from one address are ten tasks; the address pays for them among the codes that nobody typed."""
    walk_to_person(client, world)
    for n in range(100):
        if client.post(ASK, data={"phone": f"0269382{n:04d}"}).status_code == 303:
            walk_to_person(client, world)
    assert len(wishes(session)) == 10
    assert code_budget.untyped_of_lane(session, NOW, known=False) == 10


def test_an_office_that_many_wait_for_takes_no_more_whoever_asks(session: UnitOfWork, world: World) -> None:
    for n in range(OPEN_AT_MOST):
        ask(session, asked(world, PhoneNumber(f"0269382{n:04d}")), NOW)
    for phone in (PhoneNumber("02693829999"), PhoneNumber("02693820000")):  # one that is new, one that waits
        with pytest.raises(DomainError, match="calls_of_office"):
            ask(session, asked(world, phone), NOW)


def test_the_board_shows_the_number_what_was_chosen_and_what_else_is_under_way(
    client: FlaskClient, session: UnitOfWork, world: World, sign_in: SignIn
) -> None:
    under_way = make_errand(session, office=world.office)
    under_way.request.applicant.phone = LANDLINE
    ask(session, asked(world), NOW)
    (task,) = board(session, world.office.id)
    assert task.others == (under_way.request.reference,)
    assert board(session, make_office(session).id) == []
    sign_in(make_staff(session, Role.OFFICE_MANAGER, office=world.office))
    page = client.get("/dieu-phoi/").text
    assert f'href="tel:{LANDLINE}"' in page
    assert world.procedure.name in page
    assert under_way.request.reference in page


def test_a_wish_for_a_request_lists_the_numbers_other_requests(session: UnitOfWork) -> None:
    first = make_errand(session)
    second = make_errand(session, office=first.office)
    elsewhere = make_errand(session)
    for errand in (first, second, elsewhere):
        errand.request.applicant.phone = MOBILE
    session.flush()
    ask_to_be_called(session, first.request, NOW)
    (task,) = [one for one in tasks(session, DAY, NOW, {first.office_id}) if one.kind == "call_back"]
    assert task.others == (second.request.reference,)


def test_the_caller_books_with_what_is_known_and_the_booking_ends_the_call(
    client: FlaskClient, session: UnitOfWork, world: World, sign_in: SignIn
) -> None:
    ask(session, asked(world), NOW)
    (wish,) = wishes(session)
    sign_in(make_staff(session, Role.COUNTER, office=world.office))
    assert f"/buu-cuc/goi-de-dat/{wish.id}" in client.get("/buu-cuc/dat-giup").text
    assert world.procedure.name in client.get(f"/buu-cuc/goi-de-dat/{wish.id}").text
    assert path(client.post(f"/buu-cuc/goi-de-dat/{wish.id}/dat-giup")) == "/dat-lich/truong-hop"
    client.post("/dat-lich/truong-hop", data={"who": "self"})
    client.post("/dat-lich/dia-chi", data={"address": "Thôn 2"})
    client.post("/dat-lich/nguoi-gui", data={"who": "person", "name": "Nguyễn Văn Thử"})
    contact = client.get("/dat-lich/lien-lac").text
    assert LANDLINE in contact
    client.post("/dat-lich/lien-lac", data={"channel": "voice", "phone": LANDLINE, "phone_proof": "call_back"})
    client.post("/dat-lich/gio-hen", data={"slot": str(world.slot.id)})
    assert confirm(client).status_code == 303
    (ended,) = wishes(session)
    request = session.scalars(select(ServiceRequest)).one()
    assert (request.phone_proof, request.channel) == (PhoneProof.CALL_BACK, Channel.VOICE)
    assert (ended.result, ended.request_id, ended.phone) == (WishResult.BOOKED, request.id, None)
    assert board(session, world.office.id) == []


def end(client: FlaskClient, wish: BookingWish, **said: str) -> tuple[int, str]:
    answer = client.post(f"/buu-cuc/goi-de-dat/{wish.id}", data=said, follow_redirects=True)
    return answer.status_code, answer.text


def test_a_call_ends_unwanted_or_with_a_reference_that_exists(
    client: FlaskClient, session: UnitOfWork, world: World, sign_in: SignIn
) -> None:
    for phone in (LANDLINE, MOBILE):
        ask(session, asked(world, phone), NOW)
    first, second = wishes(session)
    sign_in(make_staff(session, Role.COUNTER, office=world.office))
    assert end(client, first)[0] == 422
    assert "người dân không đặt nữa" in end(client, first, call_result="unwanted")[1]
    assert end(client, second, call_result="booked", booked_reference="KHONG")[0] == 422
    reference = make_errand(session, office=world.office).request.reference
    assert reference in end(client, second, call_result="booked", booked_reference=reference)[1]
    assert [(wish.result, wish.phone) for wish in wishes(session)] == [
        (WishResult.UNWANTED, None), (WishResult.BOOKED, None),
    ]  # fmt: skip
    assert client.get(f"/buu-cuc/goi-de-dat/{first.id}").status_code == 404


def test_after_three_tries_the_call_is_closed_and_that_is_said(
    client: FlaskClient, session: UnitOfWork, world: World, sign_in: SignIn
) -> None:
    ask(session, asked(world), NOW - timedelta(days=1))
    (wish,) = wishes(session)
    for days in (3, 2):
        assert not not_reached(session, wish, "staff:1", NOW - timedelta(days=days))
    assert wish.due_at == call_due(NOW - timedelta(days=2), calendar(session))
    session.flush()
    sign_in(make_staff(session, Role.COUNTER, office=world.office))
    assert "việc này đóng lại" in end(client, wish, call_result="not_reached")[1]
    (ended,) = wishes(session)
    assert (ended.result, ended.tries, ended.phone) == (WishResult.NOT_REACHED, MOST_TRIES, None)


def test_what_is_pressed_twice_is_one_try(session: UnitOfWork, world: World) -> None:
    ask(session, asked(world), NOW)
    (wish,) = wishes(session)
    not_reached(session, wish, "staff:1", NOW)
    with pytest.raises(DomainError, match="tried_just_now"):
        not_reached(session, wish, "staff:1", NOW + timedelta(minutes=1))
    assert wish.tries == 1


def test_another_offices_call_is_nobodys_to_see_or_end(
    client: FlaskClient, session: UnitOfWork, world: World, sign_in: SignIn
) -> None:
    ask(session, asked(world), NOW)
    (wish,) = wishes(session)
    sign_in(make_staff(session, Role.COUNTER, office=make_office(session)))
    assert LANDLINE not in client.get("/buu-cuc/dat-giup").text
    assert client.get(f"/buu-cuc/goi-de-dat/{wish.id}").status_code == 404
    assert end(client, wish, call_result="unwanted")[0] == 404
    assert client.post(f"/buu-cuc/goi-de-dat/{wish.id}/dat-giup").status_code == 404


def test_the_audit_names_no_number_and_a_wish_left_alone_goes_after_its_time(session: UnitOfWork, world: World) -> None:
    ask(session, asked(world), NOW)
    ask(session, asked(world, MOBILE), NOW)
    unwanted(session, wishes(session)[1], "staff:1", NOW)
    said = session.scalars(select(AuditEvent.detail).where(AuditEvent.object_kind == "booking_wish")).all()
    assert len(said) == 3
    assert LANDLINE not in str(said)
    days = RULES["wish"].days or 0
    retention.keep_time_limits(session, NOW + timedelta(days=days - 1))
    assert len(wishes(session)) == 2
    retention.keep_time_limits(session, NOW + timedelta(days=days + 1))
    assert wishes(session) == []
