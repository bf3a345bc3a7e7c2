"""A message that nobody sends any more waits on the board until it goes out or somebody has called."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.domain.errors import DomainError
from app.models import AuditEvent, Message
from app.queries.attention import tasks
from app.queries.tracking.reach import NextTry, reach_of
from app.services.messaging import messages
from app.unit_of_work import UnitOfWork
from tests.app.web.coordinators.conftest import Scene
from tests.factories import DAY, NOW


@pytest.fixture
def failed(session: UnitOfWork, scene: Scene) -> Message:
    errand = scene.errand(scene.own)
    messages.tell(session, errand.request, errand, "courier_on_way", NOW, "t")
    message = session.scalars(select(Message).where(Message.trigger == "t")).one()
    message.state, message.error = "failed", "Rejected"
    session.flush()
    return message


def test_an_unsent_message_is_a_task_that_says_what_was_to_be_said(failed: Message, coordinator: FlaskClient) -> None:
    page = coordinator.get("/dieu-phoi/").text
    assert "Tin nhắn chưa đến được người dân." in page
    assert failed.body.split("{link}")[0] in page
    assert "{link}" not in page


@pytest.mark.parametrize("address", ["ba.thu@vidu.example", None])
def test_a_letter_that_failed_is_nobodys_task_also_when_its_address_is_emptied(
    session: UnitOfWork, scene: Scene, address: str | None
) -> None:
    errand = scene.errand(scene.own)
    errand.request.applicant.email = "ba.thu@vidu.example"
    messages.tell(session, errand.request, errand, "courier_on_way", NOW, "t")
    by_telephone, letter = session.scalars(
        select(Message).where(Message.trigger.startswith("t")).order_by(Message.trigger)
    )
    by_telephone.state, letter.state, letter.recipient = "delivered", "failed", address
    letter.created_at += timedelta(minutes=1)
    session.flush()
    assert [task.message_id for task in tasks(session, DAY, NOW) if task.kind == "not_sent"] == []
    assert reach_of(session, errand.request).next_try is NextTry.NOTHING


def test_sending_again_is_a_new_job_and_ends_the_task(
    session: Session, failed: Message, coordinator: FlaskClient
) -> None:
    session.execute(text("delete from procrastinate_jobs"))
    answer = coordinator.post(f"/dieu-phoi/tin-nhan/{failed.id}/gui-lai", follow_redirects=True)
    assert "Tin nhắn chưa đến" not in answer.text
    assert (failed.state, failed.error) == ("queued", None)
    assert session.scalars(text("select args->>'message_id' from procrastinate_jobs")).all() == [str(failed.id)]
    again = coordinator.post(f"/dieu-phoi/tin-nhan/{failed.id}/gui-lai")
    assert again.status_code == 409


def test_somebody_who_has_called_ends_the_task(session: Session, failed: Message, coordinator: FlaskClient) -> None:
    answer = coordinator.post(f"/dieu-phoi/tin-nhan/{failed.id}/da-bao", follow_redirects=True)
    assert "Tin nhắn chưa đến" not in answer.text
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "message.told_otherwise")).one()
    assert (event.object_id, event.actor.split(":")[0]) == (str(failed.id), "staff")


@pytest.mark.parametrize("act", ["gui-lai", "da-bao"])
def test_a_manager_may_not_touch_another_offices_message(failed: Message, stranger: FlaskClient, act: str) -> None:
    assert stranger.post(f"/dieu-phoi/tin-nhan/{failed.id}/{act}").status_code == 404
    assert failed.state == "failed"


def test_a_sign_in_code_is_nobodys_task(session: UnitOfWork, scene: Scene, coordinator: FlaskClient) -> None:
    code = messages.tell_phone(session, "0900000321", "sign_in_code", NOW, "s")
    assert code is not None
    code.state = "failed"
    session.flush()
    assert tasks(session, DAY, NOW) == []
    assert coordinator.post(f"/dieu-phoi/tin-nhan/{code.id}/gui-lai").status_code == 404


def test_a_message_whose_job_was_lost_shows_the_day_after_next(session: UnitOfWork, failed: Message) -> None:
    failed.state = "queued"
    session.flush()
    assert tasks(session, DAY, NOW + timedelta(days=1)) == []
    assert [task.kind for task in tasks(session, DAY, NOW + timedelta(days=2))] == ["not_sent"]
    assert messages.resend(session, failed.id, "staff:1", NOW + timedelta(days=2)).created_at > NOW


def test_an_erased_number_is_not_written_to_again(session: UnitOfWork, failed: Message) -> None:
    failed.recipient = None
    session.flush()
    with pytest.raises(DomainError, match="message_settled"):
        messages.resend(session, failed.id, "staff:1", NOW)
