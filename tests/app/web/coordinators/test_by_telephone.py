"""Who opens no link calls: staff move and cancel a visit from the request's page, as the link would."""

from __future__ import annotations

from datetime import time

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.clock import at
from app.domain.checklist import Tick
from app.domain.commands import PaperTicked
from app.domain.errand import ErrandState
from app.domain.identity import Channel, Role
from app.domain.incident import Verdict
from app.domain.parcel import PaperForm, ParcelPurpose
from app.domain.slot import AFTERNOON
from app.models import Errand, Incident, Message
from app.queries.custody.state import chain_of
from app.services.custody.incidents import close_incident
from app.services.visits.delivery import deliver
from app.texts.told_by_telephone import CANCELLED, MOVED, WILL_BE_TOLD
from app.unit_of_work import UnitOfWork
from tests.app.web.conftest import SignIn
from tests.app.web.coordinators.conftest import Scene
from tests.factories import DAY, KEYS, make_paper, make_procedure, make_slot, make_staff
from tests.factories.custody import Road, collected, delivered, delivering, make_road, parcels_of, result_out


@pytest.fixture
def visit(scene: Scene) -> Errand:
    return scene.errand(scene.own)


def page(errand: Errand, act: str) -> str:
    return f"/dieu-phoi/yeu-cau/{errand.request.reference}/luot/{errand.id}/{act}"


def told(session: UnitOfWork, errand: Errand) -> list[str]:
    return list(session.scalars(select(Message.template).where(Message.errand_id == errand.id)))


def test_a_visit_is_moved_as_the_caller_asks(session: UnitOfWork, manager: FlaskClient, visit: Errand) -> None:
    later = make_slot(session, visit.place.unit, times=AFTERNOON)
    assert page(visit, "doi-gio") in manager.get(f"/dieu-phoi/yeu-cau/{visit.request.reference}").text
    assert f'value="{later.id}"' in manager.get(page(visit, "doi-gio")).text
    answer = manager.post(page(visit, "doi-gio"), data={"slot": later.id, "revision": visit.revision})
    assert answer.status_code == 303
    assert visit.slot_id == later.id
    assert told(session, visit) == ["scheduled"]


def test_a_move_without_a_time_and_to_a_full_one_is_told(
    session: UnitOfWork, manager: FlaskClient, visit: Errand
) -> None:
    full = make_slot(session, visit.place.unit, times=AFTERNOON, capacity=0)
    assert manager.post(page(visit, "doi-gio"), data={}).status_code == 422
    assert manager.post(page(visit, "doi-gio"), data={"slot": full.id}).status_code == 422
    assert told(session, visit) == []


def test_a_visit_is_cancelled_as_the_caller_asks(session: UnitOfWork, manager: FlaskClient, visit: Errand) -> None:
    assert "Hủy lịch hẹn theo lời gọi?" in manager.get(page(visit, "huy")).text
    assert manager.post(page(visit, "huy"), data={"revision": visit.revision}).status_code == 303
    assert visit.state is ErrandState.CANCELLED
    assert told(session, visit) == ["cancelled"]
    assert page(visit, "huy") not in manager.get(f"/dieu-phoi/yeu-cau/{visit.request.reference}").text


def test_a_cancelled_visit_is_not_told_as_a_cancelled_request(
    session: UnitOfWork, manager: FlaskClient, visit: Errand
) -> None:
    assert "lượt này đã hủy và không thu tiền lượt này" in manager.get(page(visit, "huy")).text
    manager.post(page(visit, "huy"), data={"revision": visit.revision})
    (body,) = session.scalars(select(Message.body).where(Message.errand_id == visit.id))
    assert f"lượt bưu tá đến nhà của yêu cầu {visit.request.reference} đã hủy" in body


@pytest.mark.parametrize("channel", Channel)
def test_a_message_is_promised_only_to_whoever_gets_one(
    session: UnitOfWork, manager: FlaskClient, visit: Errand, channel: Channel
) -> None:
    visit.request.channel = channel
    visit.request.helper_name, visit.request.helper_phone = "Trưởng thôn Thử", "0900000888"
    later = make_slot(session, visit.place.unit, times=AFTERNOON)
    moved = manager.post(page(visit, "doi-gio"), data={"slot": later.id}, follow_redirects=True).text
    asked = manager.get(page(visit, "huy")).text
    off = manager.post(page(visit, "huy"), data={"revision": visit.revision}, follow_redirects=True).text
    for shown, sentences in ((moved, MOVED), (asked, WILL_BE_TOLD), (off, CANCELLED)):
        assert sentences[channel] in shown
        assert ("được nhắn" in sentences[channel]) is (channel in {Channel.SMS, Channel.HELPER})


def test_what_somebody_changed_meanwhile_is_not_undone(manager: FlaskClient, visit: Errand) -> None:
    assert manager.post(page(visit, "huy"), data={"revision": visit.revision + 1}).status_code == 409
    assert visit.state is ErrandState.SCHEDULED


@pytest.mark.parametrize("act", ["doi-gio", "huy"])
def test_nobody_moves_or_cancels_a_visit_of_another_office(
    session: UnitOfWork, manager: FlaskClient, scene: Scene, visit: Errand, act: str
) -> None:
    strange = scene.errand(scene.foreign)
    assert manager.get(page(strange, act)).status_code == 404
    assert manager.post(page(strange, act), data={}).status_code == 404
    of_another_request = f"/dieu-phoi/yeu-cau/{visit.request.reference}/luot/{strange.id}/{act}"
    assert manager.post(of_another_request, data={}).status_code == 404
    assert strange.state is ErrandState.SCHEDULED


def test_whoever_says_that_nothing_came_opens_an_incident_once_and_moves_nothing(
    session: UnitOfWork, client: FlaskClient, sign_in: SignIn
) -> None:
    road = make_road(session)
    world = road.world
    delivered(session, road)
    (parcel,) = parcels_of(session, road, ParcelPurpose.RESULT)
    before = len(chain_of(session, parcel.id))
    sign_in(make_staff(session, Role.OFFICE_MANAGER, office=world.office))
    asked = page(road.delivery, "chua-nhan")
    assert asked in client.get(f"/dieu-phoi/yeu-cau/{road.request.reference}").text
    assert "Người dân báo chưa nhận được" in client.get(asked).text
    for _ in range(2):
        assert client.post(asked, data={"note": "bà nói không ai đến"}).status_code == 303
    (incident,) = session.scalars(select(Incident).where(Incident.kind == "not_received")).all()
    assert (incident.parcel_code, incident.office_id, incident.note) == (
        parcel.code,
        world.office.id,
        "bà nói không ai đến",
    )
    assert len(chain_of(session, parcel.id)) == before


def reports(session: UnitOfWork) -> list[Incident]:
    wanted = select(Incident).where(Incident.kind == "not_received").order_by(Incident.id)
    return list(session.scalars(wanted.execution_options(populate_existing=True)))


@pytest.fixture
def given(session: UnitOfWork, client: FlaskClient, sign_in: SignIn) -> Road:
    """A result that was given at the door; its manager is signed in."""
    road = make_road(session)
    delivered(session, road)
    sign_in(make_staff(session, Role.OFFICE_MANAGER, office=road.world.office))
    return road


def test_whoever_misses_it_again_after_the_incident_was_closed_opens_another(
    session: UnitOfWork, client: FlaskClient, given: Road
) -> None:
    asked = page(given.delivery, "chua-nhan")
    for times in (1, 2, 3):
        client.post(asked, data={"note": "bà nói không ai đến"})
        assert len(reports(session)) == times
        close_incident(
            session, reports(session)[-1].id, Verdict.STAYS, "con trai nhận", "staff:1", at(DAY, time(18, 0))
        )
    assert {one.note for one in reports(session)} == {"bà nói không ai đến"}


def test_what_is_said_while_it_is_looked_into_is_added(session: UnitOfWork, client: FlaskClient, given: Road) -> None:
    asked = page(given.delivery, "chua-nhan")
    for note in ("bà nói không ai đến", "", "cả nhà đã tìm", "cả nhà đã tìm"):
        client.post(asked, data={"note": note})
    assert [one.note for one in reports(session)] == ["bà nói không ai đến · cả nhà đã tìm"]
    client.post(asked, data={"note": "x" * 500})
    assert [len(one.note) for one in reports(session)] == [500]


def test_the_envelope_that_the_citizen_gave_at_the_same_visit_is_missed_by_nobody(
    session: UnitOfWork, client: FlaskClient, sign_in: SignIn
) -> None:
    road = make_road(
        session, procedure=make_procedure(session, [make_paper(1)], cases=[], originals_due=True), cases=[]
    )
    result = result_out(session, road, papers={1: PaperTicked(Tick.IN_ENVELOPE, PaperForm.COPY)}, cases=())
    original = {1: PaperTicked(Tick.IN_ENVELOPE)}
    collected(session, road, errand_id=road.delivery.id, papers=original, cases=())
    deliver(session, delivering(road), KEYS)
    sign_in(make_staff(session, Role.OFFICE_MANAGER, office=road.world.office))
    client.post(page(road.delivery, "chua-nhan"), data={})
    assert [one.parcel_code for one in reports(session)] == [result.code]


def test_nothing_is_missed_that_was_not_given(manager: FlaskClient, visit: Errand) -> None:
    assert page(visit, "chua-nhan") not in manager.get(f"/dieu-phoi/yeu-cau/{visit.request.reference}").text
    assert manager.post(page(visit, "chua-nhan"), data={}).status_code == 409
