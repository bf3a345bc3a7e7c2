import ast
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.orm import Session

import app
from app.clock import at, start_of_day
from app.domain.errand import ErrandKind, ErrandState, ProofKind
from app.domain.errors import DomainError
from app.domain.identity import Channel
from app.domain.slot import AFTERNOON
from app.domain.templates import LONGEST, TEMPLATES
from app.models import Errand, HandoverCode, Message, ServiceRequest
from app.services.messaging import handover_codes, messages
from app.texts import LANGUAGES
from app.unit_of_work import UnitOfWork
from tests.factories import DAY, KEYS, NOW, TODAY, make_applicant, make_errand, make_office, make_request, make_slot


@pytest.fixture
def request_row(session: Session) -> ServiceRequest:
    return make_request(session)


def jobs(session: Session) -> list[tuple[str, object]]:
    rows = session.execute(text("select args->>'message_id', scheduled_at from procrastinate_jobs order by id"))
    return [(row[0], row[1]) for row in rows]


def said(session: Session, request: ServiceRequest) -> list[Message]:
    return list(session.scalars(select(Message).where(Message.request_id == request.id).order_by(Message.trigger)))


def test_a_message_comes_with_its_job(session: UnitOfWork, request_row: ServiceRequest) -> None:
    messages.tell(session, request_row, None, "courier_on_way", NOW, "t")
    (message,) = said(session, request_row)
    assert (message.state, message.template_version) == ("queued", TEMPLATES["courier_on_way"].version)
    assert jobs(session) == [(str(message.id), None)]


def test_one_trigger_is_told_once(session: UnitOfWork, request_row: ServiceRequest) -> None:
    messages.tell(session, request_row, None, "courier_on_way", NOW, "t")
    messages.tell(session, request_row, None, "courier_on_way", NOW, "t")
    assert len(jobs(session)) == len(said(session, request_row)) == 1


def test_a_message_rolled_back_promises_nothing(session: UnitOfWork, request_row: ServiceRequest) -> None:
    work = session.begin_nested()
    messages.tell(session, request_row, None, "courier_on_way", NOW, "t")
    work.rollback()
    assert jobs(session) == []
    assert said(session, request_row) == []


def test_the_stored_body_holds_no_code(session: UnitOfWork, request_row: ServiceRequest) -> None:
    errand = make_errand(session, request_row, kind=ErrandKind.DELIVER)
    messages.tell_evening_before(session, DAY, NOW, KEYS)
    row = session.get_one(HandoverCode, errand.id)
    body = said(session, request_row)[0].body
    assert "{code}" in body
    assert handover_codes.reveal(row, KEYS) not in body


def test_the_stored_body_holds_no_tracking_link(session: UnitOfWork, request_row: ServiceRequest) -> None:
    messages.tell(session, request_row, None, "delivered", NOW, "t")
    body = said(session, request_row)[0].body
    assert body.endswith(" {link}")
    assert request_row.tracking_token not in body


def test_the_citizens_name_is_in_no_message(session: UnitOfWork) -> None:
    request = make_request(session, applicant=make_applicant(session, name="Trần Thị Thử"))
    messages.tell(session, request, None, "delivered", NOW, "t")
    assert "Trần" not in said(session, request)[0].body


@pytest.mark.parametrize("named", [True, False])
def test_a_message_names_the_telephone_of_the_office_of_the_door(
    session: UnitOfWork, request_row: ServiceRequest, *, named: bool
) -> None:
    errand = make_errand(session, request_row, office=make_office(session, phone="02693822115"))
    messages.tell(session, request_row, errand if named else None, "delivered", NOW, "t")
    assert "xin báo ngay: 02693822115. {link}" in said(session, request_row)[0].body


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_operator_that_fills_in_itself_writes_a_day_as_the_sentence_does(
    session: UnitOfWork, request_row: ServiceRequest, language: str
) -> None:
    request_row.language = language
    due = date(2026, 12, 24)
    messages.tell(session, request_row, None, "accepted_until", NOW, "t", dossier="H21.34-1", due=due)
    (message,) = said(session, request_row)
    assert (message.params or {})["due"] == "24/12/2026"
    assert "24/12/2026" in message.body


def test_an_office_without_a_telephone_is_asked_at_its_counter(
    session: UnitOfWork, request_row: ServiceRequest
) -> None:
    messages.tell(session, request_row, make_errand(session, request_row), "delivered", NOW, "t")
    assert "xin báo ngay: tại bưu cục. {link}" in said(session, request_row)[0].body


def test_what_a_desk_wrote_is_said_in_the_room_that_a_message_has(
    session: UnitOfWork, request_row: ServiceRequest
) -> None:
    messages.tell(session, request_row, None, "refused", NOW, "t", desk="Một cửa", reason="thiếu bản sao " * 30)
    (message,) = said(session, request_row)
    assert len((message.params or {})["reason"]) <= LONGEST["reason"]
    assert (message.params or {})["reason"] in message.body


def test_an_unknown_template_is_refused(session: UnitOfWork, request_row: ServiceRequest) -> None:
    with pytest.raises(DomainError, match="template_unknown"):
        messages.tell(session, request_row, None, "hello", NOW, "t")


def test_somebody_without_a_telephone_is_noted_as_not_told(session: UnitOfWork) -> None:
    request = make_request(session, channel=Channel.NONE)
    messages.tell(session, request, None, "courier_on_way", NOW, "t")
    assert [message.state for message in said(session, request)] == ["not_wanted"]
    assert jobs(session) == []


def test_the_named_helper_is_told(session: UnitOfWork) -> None:
    helped = make_request(session, channel=Channel.HELPER, helper_name="Trưởng thôn Thử", helper_phone="0900000888")
    messages.tell(session, helped, None, "courier_on_way", NOW, "t")
    assert said(session, helped)[0].recipient == "0900000888"


def test_nobodys_telephone_rings_at_night(session: UnitOfWork, request_row: ServiceRequest) -> None:
    late = start_of_day(TODAY) + timedelta(hours=22)
    messages.tell(session, request_row, None, "courier_on_way", late, "late")
    messages.tell(session, request_row, None, "courier_on_way", start_of_day(TODAY) + timedelta(hours=4), "early")
    times = [when for _, when in jobs(session)]
    assert times == [start_of_day(DAY) + timedelta(hours=7), start_of_day(TODAY) + timedelta(hours=7)]


# -- letters


def test_whoever_gave_an_address_gets_a_letter_beside_the_message(session: UnitOfWork) -> None:
    request = make_request(session, applicant=make_applicant(session, email="ba.thu@vidu.example"))
    messages.tell(session, request, make_errand(session, request), "delivered", NOW, "t")
    messages.tell(session, request, None, "delivered", NOW, "t")
    assert [(one.recipient, one.trigger) for one in said(session, request)] == [
        (request.applicant.phone, "t"), ("ba.thu@vidu.example", "t:letter"),
    ]  # fmt: skip
    assert len(jobs(session)) == 2


def test_whoever_is_not_called_is_written_to_all_the_same(session: UnitOfWork) -> None:
    asked = make_applicant(session, email="ba.thu@vidu.example")
    request = make_request(session, applicant=asked, channel=Channel.NONE)
    messages.tell(session, request, None, "courier_on_way", NOW, "t")
    assert [one.state for one in said(session, request)] == ["not_wanted", "queued"]


def test_a_code_is_in_no_letter(session: UnitOfWork) -> None:
    request = make_request(session, applicant=make_applicant(session, email="ba.thu@vidu.example"))
    make_errand(session, request, kind=ErrandKind.DELIVER)
    assert messages.tell_evening_before(session, DAY, NOW, KEYS) == 1
    assert [one.recipient for one in said(session, request)] == [request.applicant.phone]


def test_a_visit_that_is_off_is_taken_back_in_the_calendar(session: UnitOfWork) -> None:
    request = make_request(session, applicant=make_applicant(session, email="ba.thu@vidu.example"))
    errand = make_errand(session, request)
    messages.tell(session, request, errand, "cancelled", NOW, "t")
    letter = said(session, request)[1].params or {}
    assert (letter["entry"], letter["visit"]) == ("withdrawn", str(errand.id))


# -- the evening before


def test_the_evening_before_names_the_slot_and_not_a_minute(session: UnitOfWork, request_row: ServiceRequest) -> None:
    make_errand(session, request_row)
    assert messages.tell_evening_before(session, DAY, NOW, KEYS) == 1
    assert "sáng Thứ Ba 01/12 (07:00–11:30)" in said(session, request_row)[0].body


def test_a_collection_gets_no_code(session: UnitOfWork, request_row: ServiceRequest) -> None:
    errand = make_errand(session, request_row)
    messages.tell_evening_before(session, DAY, NOW, KEYS)
    assert session.get(HandoverCode, errand.id) is None
    assert said(session, request_row)[0].template == "evening_before"


@pytest.mark.parametrize("proof", [ProofKind.SLIP, ProofKind.ID_CHECK])
def test_who_shows_a_slip_or_a_card_gets_no_code_by_text(
    session: UnitOfWork, request_row: ServiceRequest, proof: ProofKind
) -> None:
    make_errand(session, request_row, kind=ErrandKind.DELIVER, proof=proof)
    messages.tell_evening_before(session, DAY, NOW, KEYS)
    assert said(session, request_row)[0].template == "evening_before"


def test_the_evening_before_can_be_repeated(session: UnitOfWork, request_row: ServiceRequest) -> None:
    make_errand(session, request_row, kind=ErrandKind.DELIVER)
    messages.tell_evening_before(session, DAY, NOW, KEYS)
    assert messages.tell_evening_before(session, DAY, NOW, KEYS) == 0


def test_a_changed_slot_is_told_anew(session: UnitOfWork, request_row: ServiceRequest) -> None:
    errand = make_errand(session, request_row)
    messages.tell_evening_before(session, DAY, NOW, KEYS)
    errand.slot = make_slot(session, request_row.place.unit, times=AFTERNOON)
    session.flush()
    assert messages.tell_evening_before(session, DAY, NOW, KEYS) == 1


def test_only_who_is_visited_that_day_is_told(session: UnitOfWork) -> None:
    make_errand(session, day=DAY + timedelta(days=1))
    make_errand(session, state=ErrandState.CANCELLED)
    make_errand(session, state=ErrandState.REQUESTED, slot=None)
    assert messages.tell_evening_before(session, DAY, NOW, KEYS) == 0


def test_a_whole_evening_takes_a_handful_of_statements_and_tells_each_once(session: UnitOfWork) -> None:
    request = make_request(session)
    told = 2 * messages.AT_ONCE + 1
    for number in range(told):
        make_errand(session, request, kind=(ErrandKind.DELIVER, ErrandKind.COLLECT)[number % 2])
    statements: list[str] = []
    connection = session.connection()
    event.listen(connection, "before_cursor_execute", lambda *call: statements.append(call[2]))
    assert messages.tell_evening_before(session, DAY, NOW, KEYS) == told
    assert len(statements) < told / 10
    assert messages.tell_evening_before(session, DAY, NOW, KEYS) == 0
    assert len(jobs(session)) == len(said(session, request)) == told
    assert session.scalar(select(func.count()).select_from(HandoverCode)) == messages.AT_ONCE + 1


# -- templates


def test_every_template_the_program_names_exists() -> None:
    named = set()
    for path in Path(app.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {
                "messages.tell",
                "tell",
                "messages.tell_phone",
            }:
                named |= {arg.value for arg in node.args[2:4] if isinstance(arg, ast.Constant) and arg.value}
    assert {"booked", "cancelled", "sign_in_code"} <= named
    assert named <= set(TEMPLATES)


def test_a_label_is_empty_while_there_is_no_slot(session: Session) -> None:
    errand: Errand = make_errand(session, state=ErrandState.REQUESTED, slot=None)
    assert messages.label(errand) == ""


def test_half_past_four_is_a_good_time(session: UnitOfWork, request_row: ServiceRequest) -> None:
    messages.tell(session, request_row, None, "courier_on_way", at(TODAY, AFTERNOON.end), "t")
    assert jobs(session)[0][1] is None
