"""Staff name who may receive instead, on the citizen's word: proved somehow, written down, for the own office's requests."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from sqlalchemy import select

from app.domain.identity import Channel, Role
from app.domain.named_receiver import NameReceiver
from app.models import AuditEvent, Message, NamedReceiver
from app.queries.attention import AttentionTask, tasks
from app.services.booking import receivers
from app.unit_of_work import UnitOfWork
from tests.app.web.conftest import SignIn
from tests.app.web.desks.conftest import Place
from tests.factories import DAY, NOW, make_office, make_staff, make_unit

PAGE = "/buu-cuc/nguoi-nhan-thay/"
WORD = {"word_proof": "called_back", "name": "Trần Thị Thử", "relation": "family", "id_last4": "12ab"}


def said(place: Place, **given: str) -> Mapping[str, str]:
    return {"reference": place.road.request.reference, **WORD, **given}


def test_the_counter_writes_whom_the_citizen_names_and_how_that_was_proved(
    at_counter: Place, session: UnitOfWork
) -> None:
    assert at_counter.client.post(PAGE, data=said(at_counter)).status_code == 303
    row = session.scalars(select(NamedReceiver)).one()
    actor = f"staff:{at_counter.counter.id}"
    assert (row.name, row.relation, row.id_last4, row.named_by) == ("Trần Thị Thử", "family", "12AB", actor)
    deed = session.scalars(select(AuditEvent).where(AuditEvent.action == "receiver.named")).one()
    assert (deed.actor, deed.detail) == (actor, {"proof": "called_back"})
    assert at_counter.client.post(PAGE, data=said(at_counter, turn="off", name="")).status_code == 303
    assert session.scalars(select(NamedReceiver)).all() == []


@pytest.mark.parametrize(
    ("wrong", "status"),
    [({"word_proof": ""}, 422), ({"name": ""}, 422), ({"id_last4": "1"}, 422), ({"reference": "TN-XXXXXX"}, 404)],
)
def test_what_is_wrong_is_said_and_the_rest_is_kept(
    at_counter: Place, session: UnitOfWork, wrong: Mapping[str, str], status: int
) -> None:
    answer = at_counter.client.post(PAGE, data=said(at_counter, **wrong))
    assert answer.status_code == status
    assert 'value="family" checked' in answer.text
    assert session.scalars(select(NamedReceiver)).all() == []


def test_another_office_names_nobody_for_it(place: Place, session: UnitOfWork, sign_in: SignIn) -> None:
    sign_in(make_staff(session, Role.COUNTER, office=make_office(session, unit=make_unit(session))))
    assert place.client.post(PAGE, data=said(place)).status_code == 404
    assert session.scalars(select(NamedReceiver)).all() == []


def test_who_asked_is_told_that_staff_named_or_took_off_somebody_and_reads_no_name(
    at_counter: Place, session: UnitOfWork
) -> None:
    about = select(Message.template, Message.recipient, Message.body).where(Message.template.startswith("receiver_"))
    at_counter.client.post(PAGE, data=said(at_counter))
    (template, recipient, body) = session.execute(about).one()
    assert (template, recipient) == ("receiver_named", at_counter.road.request.applicant.phone)
    assert "Nếu không phải ông/bà nhờ, xin báo ngay" in body
    assert not any(word in body for word in ("Trần", "12AB"))
    for _pressed in range(2):
        at_counter.client.post(PAGE, data=said(at_counter, turn="off", name=""))
    assert sorted(session.scalars(about.with_only_columns(Message.template))) == ["receiver_named", "receiver_unnamed"]


def test_the_citizens_own_naming_tells_nobody(place: Place, session: UnitOfWork) -> None:
    own = NameReceiver(place.road.request.id, "Trần Thị Thử", "family", "12AB", by="citizen:1", now=NOW)
    receivers.name_receiver(session, own)
    receivers.unname_receiver(session, own.request_id, own.by, NOW)
    assert session.scalars(select(Message).where(Message.template.startswith("receiver_"))).all() == []


def untold(session: UnitOfWork, office_id: int) -> list[AttentionTask]:
    return [task for task in tasks(session, DAY, NOW, {office_id}) if task.kind == "receiver_untold"]


def test_who_is_reached_by_no_message_is_a_task_until_somebody_has_told_them(
    at_counter: Place, session: UnitOfWork, sign_in: SignIn
) -> None:
    request, office = at_counter.road.request, at_counter.road.world.office
    at_counter.client.post(PAGE, data=said(at_counter))
    assert untold(session, office.id) == []  # a message went
    request.channel = Channel.NONE
    session.flush()
    (task,) = untold(session, office.id)
    assert task.reference == request.reference
    assert untold(session, make_office(session).id) == []
    sign_in(make_staff(session, Role.OFFICE_MANAGER, office=office))
    told = f"/dieu-phoi/nguoi-nhan-thay/{request.reference}/da-bao"
    assert f'action="{told}"' in at_counter.client.get("/dieu-phoi/").text
    assert at_counter.client.post(told).status_code == 303
    assert untold(session, office.id) == []
    deed = session.scalars(select(AuditEvent).where(AuditEvent.action == "receiver.told")).one()
    assert (deed.object_id, deed.detail) == (str(request.id), {})


def test_whom_another_offices_citizen_was_told_of_is_nobodys_to_say(
    place: Place, session: UnitOfWork, sign_in: SignIn
) -> None:
    sign_in(make_staff(session, Role.OFFICE_MANAGER, office=make_office(session, unit=make_unit(session))))
    told = f"/dieu-phoi/nguoi-nhan-thay/{place.road.request.reference}/da-bao"
    assert place.client.post(told).status_code == 404
