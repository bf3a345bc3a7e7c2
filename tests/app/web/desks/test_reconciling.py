"""At 16:30 the desk's day is laid beside the one-stop software's file: what differs is named, and nothing is typed twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import Clock, at
from app.domain.dossier import DossierState
from app.models import AuditEvent, Dossier, Link, Message, OneStopLine
from app.services.desks.counting import count_papers
from app.services.desks.results import result_ready
from app.services.outbox import links
from app.unit_of_work import UnitOfWork
from app.web.session import init_context
from tests.app.web.conftest import SignIn
from tests.app.web.desks.conftest import TODAY, Place
from tests.factories import make_desk
from tests.factories.custody import accepted, counting, make_road, next_dossier_code, packing
from tests.factories.custody import at_desk as sealed_here

HEADINGS = "STT;Mã hồ sơ;Chủ hồ sơ;Trạng thái;Ngày hẹn trả;Mã bưu gửi"
LATER = TODAY + timedelta(days=20)


def line(code: str, state: str = "Đã tiếp nhận", due: str = "", envelope: str = "") -> str:
    return f"1;{code};;{state};{due};{envelope}"


def send(place: Place, *lines: str) -> Any:
    file = (BytesIO("\n".join((HEADINGS, *lines)).encode()), "ho-so.csv")
    return place.client.post("/mot-cua/doi-chieu", data={"file": file}, content_type="multipart/form-data")


def page(place: Place) -> str:
    return unescape(place.client.get("/mot-cua/doi-chieu").text)


def differences(place: Place) -> str:
    text = page(place)
    return text[text.index('id="differences"') : text.index('id="file"')]


def take(place: Place, **given: str) -> Any:
    return place.client.post("/mot-cua/doi-chieu/lay", data=given)


@pytest.fixture
def taken_in(at_desk: Place, session: UnitOfWork) -> Place:
    accepted(session, at_desk.road)
    return at_desk


@pytest.fixture
def numberless(at_desk: Place, session: UnitOfWork) -> tuple[Place, str]:
    """Counted in the morning, before the one-stop software had given a number; with the envelope's code."""
    parcel = sealed_here(session, at_desk.road)
    count_papers(session, counting(at_desk.road, parcel, dossier_code=None, due_on=None))
    return at_desk, parcel.code


def code_of(dossier: Dossier) -> str:
    assert dossier.code is not None
    return dossier.code


def test_a_file_that_says_the_same_is_told_as_such(taken_in: Place) -> None:
    dossier = taken_in.road.dossier
    assert send(taken_in, line(code_of(dossier), due=f"{dossier.due_on:%d/%m/%Y}")).status_code == 303
    assert "Hai bên khớp nhau" in page(taken_in)


def test_another_due_date_is_named_and_taken_over_with_one_button(taken_in: Place) -> None:
    send(taken_in, line(code_of(taken_in.road.dossier), due=f"{LATER:%d/%m/%Y} 16:30"))
    assert "Ngày hẹn trả khác nhau" in differences(taken_in)
    assert take(taken_in, dossier_id=str(taken_in.road.dossier.id)).status_code == 303
    assert taken_in.road.dossier.due_on == LATER
    assert "Hai bên khớp nhau" in page(taken_in)


def test_their_date_moved_a_second_time_is_taken_and_waits_for_a_look(taken_in: Place, session: UnitOfWork) -> None:
    for days in (20, 25):
        send(taken_in, line(code_of(taken_in.road.dossier), due=f"{TODAY + timedelta(days=days):%d/%m/%Y}"))
        take(taken_in)
    moved = session.scalars(select(AuditEvent.action).where(AuditEvent.action.like("dossier.due_moved%"))).all()
    assert moved == ["dossier.due_moved", "dossier.due_moved_again"]


def test_number_and_date_of_an_envelope_come_from_the_file(numberless: tuple[Place, str]) -> None:
    place, envelope = numberless
    code = next_dossier_code()
    send(place, line(code, due=f"{LATER:%d/%m/%Y}", envelope=envelope))
    assert "Một cửa đã cấp mã" in differences(place)
    take(place)
    dossier = place.road.dossier
    assert (dossier.code, dossier.state, dossier.due_on) == (code, DossierState.ACCEPTED, LATER)


def test_a_dossier_that_they_only_registered_gets_its_number_and_waits(numberless: tuple[Place, str]) -> None:
    place, envelope = numberless
    code = next_dossier_code()
    send(place, line(code, "Mới đăng ký", envelope=envelope))
    take(place)
    assert (place.road.dossier.code, place.road.dossier.state) == (code, DossierState.REGISTERED)


def test_a_number_that_another_dossier_bears_is_refused_by_name(
    numberless: tuple[Place, str], session: UnitOfWork
) -> None:
    place, envelope = numberless
    other = make_road(session, desk=make_desk(session))
    other.dossier.code = next_dossier_code()
    session.flush()
    send(place, line(other.dossier.code, envelope=envelope))
    take(place)
    assert "đã cấp cho hồ sơ khác" in page(place)
    assert place.road.dossier.code is None


def test_another_number_for_an_envelope_that_has_one_is_named_and_never_taken_over(
    at_desk: Place, session: UnitOfWork
) -> None:
    parcel = sealed_here(session, at_desk.road)
    count_papers(session, counting(at_desk.road, parcel))
    ours, theirs = code_of(at_desk.road.dossier), next_dossier_code()
    send(at_desk, line(theirs, envelope=parcel.code))
    take(at_desk)
    text = differences(at_desk)
    assert ("Một cửa ghi mã khác" in text, theirs in text, ours in text) == (True, True, True)
    assert at_desk.road.dossier.code == ours


def test_the_number_of_another_dossier_beside_our_envelope_is_no_agreement(at_desk: Place, session: UnitOfWork) -> None:
    parcel = sealed_here(session, at_desk.road)
    count_papers(session, counting(at_desk.road, parcel))
    other = make_road(session, at_desk.road.world)
    accepted(session, other)
    send(at_desk, line(code_of(other.dossier), envelope=parcel.code))
    assert "Một cửa ghi mã khác" in differences(at_desk)


@pytest.mark.parametrize(
    ("here", "there", "agrees"),
    [
        (DossierState.REFUSED, "3", True),
        (DossierState.REFUSED, "", True),
        (DossierState.REFUSED, "Đã tiếp nhận", False),
        (DossierState.REFUSED, "9", False),
        (DossierState.WITHDRAWN, "3", False),
        (DossierState.STOPPED, "Yêu cầu bổ sung", False),
        (DossierState.RESULT_RETURNED, "9", True),
        (DossierState.RESULT_RETURNED, "Đang giải quyết", True),
        (DossierState.RESULT_RETURNED, "3", False),
    ],
)
def test_what_ended_here_and_not_there_is_a_difference(
    taken_in: Place, session: UnitOfWork, here: DossierState, there: str, *, agrees: bool
) -> None:
    taken_in.road.dossier.state = here
    session.flush()
    send(taken_in, line(code_of(taken_in.road.dossier), there))
    text = differences(taken_in)
    assert ("Hai bên khớp nhau" in text, "hai trạng thái khác nhau" in text) == (agrees, not agrees)


def test_a_dossier_is_found_by_its_requests_number_too(numberless: tuple[Place, str]) -> None:
    place, _envelope = numberless
    send(place, line(next_dossier_code(), envelope=place.road.request.reference))
    take(place)
    assert place.road.dossier.state == DossierState.ACCEPTED


def test_the_citizen_is_told_once_of_what_the_file_brought(numberless: tuple[Place, str], session: Session) -> None:
    place, envelope = numberless
    send(place, line(next_dossier_code(), due=f"{LATER:%d/%m/%Y}", envelope=envelope))
    for _ in range(2):
        take(place)
    told = session.scalars(select(Message).where(Message.template == "accepted_until")).all()
    assert len(told) == 1


def test_a_dossier_that_is_decided_there_is_decided_here(taken_in: Place) -> None:
    send(taken_in, line(code_of(taken_in.road.dossier), "Đang giải quyết"))
    take(taken_in)
    assert taken_in.road.dossier.state == DossierState.IN_PROCESS


def test_a_result_that_is_ready_there_leads_to_the_packing(taken_in: Place) -> None:
    send(taken_in, line(code_of(taken_in.road.dossier), "9"))
    text = differences(taken_in)
    assert ("ở đây chưa niêm phong" in text, "Niêm phong kết quả" in text) == (True, True)


def test_a_result_that_is_packed_here_is_no_difference(taken_in: Place, session: UnitOfWork) -> None:
    result_ready(session, packing(taken_in.road))
    send(taken_in, line(code_of(taken_in.road.dossier), "Đang giải quyết"))
    assert "Hai bên khớp nhau" in page(taken_in)


@pytest.mark.parametrize("state", ["Yêu cầu bổ sung", "3", "Đã rút"])
def test_what_needs_a_reason_is_never_taken_over_by_itself(taken_in: Place, state: str) -> None:
    send(taken_in, line(code_of(taken_in.road.dossier), state))
    take(taken_in)
    assert taken_in.road.dossier.state == DossierState.ACCEPTED
    assert f"/mot-cua/tu-choi/{taken_in.road.dossier.id}" in differences(taken_in)


def test_what_was_taken_in_today_and_is_not_in_their_file_is_named(taken_in: Place, session: UnitOfWork) -> None:
    taken_in.road.dossier.accepted_at = at(TODAY, time(8))
    session.flush()
    send(taken_in, line(next_dossier_code()))
    text = differences(taken_in)
    assert ("tệp của một cửa không có" in text, code_of(taken_in.road.dossier) in text) == (True, True)


def test_dossiers_that_never_saw_the_post_are_only_counted(taken_in: Place) -> None:
    send(taken_in, line(code_of(taken_in.road.dossier)), line(next_dossier_code()), line(next_dossier_code()))
    assert "2 hồ sơ của một cửa không qua bưu điện" in page(taken_in)


def test_another_desks_dossier_is_not_compared(at_desk: Place, session: UnitOfWork) -> None:
    other = make_road(session, desk=make_desk(session))
    other.dossier.code = next_dossier_code()
    session.flush()
    send(at_desk, line(other.dossier.code, "9"))
    assert other.dossier.code not in differences(at_desk)


def test_scanned_slips_do_the_same_without_a_file(taken_in: Place) -> None:
    codes = code_of(taken_in.road.dossier)
    assert taken_in.client.post("/mot-cua/doi-chieu", data={"codes": codes}).status_code == 303
    assert "Hai bên khớp nhau" in page(taken_in)


def test_a_line_that_nobody_can_read_is_named_and_stops_no_other(taken_in: Place, session: Session) -> None:
    answer = send(taken_in, line(code_of(taken_in.road.dossier)), line("H21?"), line(next_dossier_code(), "bay mất"))
    assert (answer.status_code, answer.text.count("Không hiểu trạng thái")) == (422, 1)
    assert len(session.scalars(select(OneStopLine)).all()) == 1


def test_an_empty_file_is_refused_at_its_field(at_desk: Place) -> None:
    answer = send(at_desk)
    assert (answer.status_code, 'id="file-error"' in answer.text) == (422, True)


def test_the_last_file_of_the_day_stands(taken_in: Place, session: Session) -> None:
    for due in (LATER, taken_in.road.dossier.due_on):
        send(taken_in, line(code_of(taken_in.road.dossier), due=f"{due:%d/%m/%Y}"))
    assert len(session.scalars(select(OneStopLine)).all()) == 1
    assert "Hai bên khớp nhau" in page(taken_in)


def test_a_scanned_slip_joins_the_file_and_unsays_nothing_of_it(taken_in: Place, session: Session) -> None:
    code, other = code_of(taken_in.road.dossier), next_dossier_code()
    send(taken_in, line(code, due=f"{LATER:%d/%m/%Y}"), line(next_dossier_code()))
    for _ in range(2):
        taken_in.client.post("/mot-cua/doi-chieu", data={"codes": f"{code}\n{other}"})
    said = session.scalars(select(OneStopLine).order_by(OneStopLine.id)).all()
    assert [(one.code, one.state) for one in said][::2] == [(code, DossierState.ACCEPTED), (other, None)]
    assert (len(said), said[0].due_on) == (3, LATER)


# -- the reminder


@pytest.fixture
def late(place: Place, sign_in: SignIn, flask_app: Flask) -> Place:
    """Half past four."""
    moment = Clock(fixed=at(TODAY, time(16, 30)))
    init_context(flask_app, replace(flask_app.extensions["tannha"], clock=moment))
    sign_in(place.clerk)
    return place


def reminded(place: Place) -> bool:
    return "Chưa đối chiếu với một cửa hôm nay" in unescape(place.client.get("/mot-cua/").text)


def test_from_half_past_four_the_first_page_asks_for_it(late: Place) -> None:
    assert reminded(late)


def test_before_half_past_four_nobody_is_reminded(at_desk: Place) -> None:
    assert not reminded(at_desk)


def test_once_it_is_done_nobody_is_reminded(late: Place) -> None:
    send(late, line(next_dossier_code()))
    assert not reminded(late)


def test_where_the_exchange_is_joined_nobody_is_reminded(late: Place, session: UnitOfWork) -> None:
    session.add(Link(name=links.ONE_STOP, enabled=True))
    session.flush()
    links.forget(session)
    assert not reminded(late)
