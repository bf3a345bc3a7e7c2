"""Whoever comes to the desk and takes the result along: where there is one, where it lies, and not without a tick."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.dossier import DossierState
from app.domain.entitlement import ResultHere
from app.domain.errand import ErrandState
from app.domain.identity import Role
from app.domain.transfer import TransferState
from app.models import AuditEvent, Desk, Message, StaffAccount, Transfer
from app.queries.tracking.timeline import timeline
from app.services.booking.entitlements import note_result
from app.texts import say
from app.texts.timeline import NEXT
from app.unit_of_work import UnitOfWork
from tests.app.web.conftest import SignIn
from tests.factories import NOW, make_desk, make_staff
from tests.factories.custody import Road, make_road, next_dossier_code
from tests.factories.request import make_dossier

BUTTON = "Đã trao kết quả tại đây"
TICKED = {"handed_over": "1"}


@pytest.fixture
def road(session: UnitOfWork) -> Road:
    """Its papers came to the desk; only the visit that brings the result is left."""
    road = make_road(session, code=next_dossier_code(), state=DossierState.IN_PROCESS)
    road.collection.state = ErrandState.DONE
    session.flush()
    return road


@pytest.fixture
def above(session: UnitOfWork, road: Road) -> StaffAccount:
    """The clerk of another desk, which decides what this desk received."""
    decides = make_desk(session)
    road.dossier.competent_desk = decides
    session.flush()
    return make_staff(session, Role.DESK_CLERK, desk=decides)


def page_of(road: Road) -> str:
    return f"/mot-cua/ho-so/{road.dossier.id}"


def give(client: FlaskClient, road: Road, **typed: Any) -> tuple[int, str]:
    answer = client.post(f"{page_of(road)}/da-trao", data=typed)
    return answer.status_code, unescape(answer.text)


def moving(session: Session, road: Road, state: TransferState) -> Transfer:
    dossier = road.dossier
    ends = {"from_desk_id": dossier.desk_id, "to_desk_id": dossier.competent_desk_id}
    row = Transfer(dossier_id=dossier.id, kind="vertical", state=state, wanted_at=NOW, **ends)
    session.add(row)
    session.flush()
    return row


def test_nothing_counts_before_the_clerk_ticks_that_it_was_handed_over(
    client: FlaskClient, session: UnitOfWork, sign_in: SignIn, road: Road
) -> None:
    sign_in(road.world.clerk)
    status, page = give(client, road)
    assert (status, "Chưa đánh dấu là đã trao tận tay" in page) == (422, True)
    session.expire_all()
    assert (road.dossier.state, road.delivery.state) == (DossierState.IN_PROCESS, ErrandState.REQUESTED)
    assert give(client, road, **TICKED)[0] == 303
    session.expire_all()
    assert (road.dossier.state, road.delivery.state) == (DossierState.RESULT_RETURNED, ErrandState.CANCELLED)


@pytest.mark.parametrize("state", [DossierState.PAPERS_WANTED, DossierState.FEE_DUE])
def test_a_dossier_that_waits_for_its_citizen_has_no_result_to_give(
    client: FlaskClient, session: UnitOfWork, sign_in: SignIn, road: Road, state: DossierState
) -> None:
    road.dossier.state = state
    session.flush()
    sign_in(road.world.clerk)
    assert BUTTON not in client.get(page_of(road)).text
    status, page = give(client, road, **TICKED)
    assert (status, "Chưa ghi nhận kết quả của hồ sơ này tại đây" in page) == (422, True)


@pytest.mark.parametrize("there_is", ["told", "entered", "entered elsewhere", "nothing"])
def test_the_desk_that_only_received_it_gives_what_is_told_or_entered_there(
    client: FlaskClient, session: UnitOfWork, sign_in: SignIn, road: Road, above: StaffAccount, there_is: str
) -> None:
    if there_is == "told":
        road.dossier.state = DossierState.FINISHED
    elif there_is != "nothing":
        desk = road.world.desk.id if there_is == "entered" else above.desk_id
        assert desk is not None
        note_result(session, ResultHere(road.dossier.code or "", desk, "staff:1", NOW))
    session.flush()
    sign_in(road.world.clerk)
    allowed = there_is in {"told", "entered"}
    assert (BUTTON in client.get(page_of(road)).text) is allowed
    assert give(client, road, **TICKED)[0] == (303 if allowed else 422)


@pytest.mark.parametrize("state", [TransferState.PACKED, TransferState.UNDER_WAY])
def test_nothing_is_given_while_its_papers_travel_between_two_desks(
    client: FlaskClient, session: UnitOfWork, sign_in: SignIn, road: Road, above: StaffAccount, state: TransferState
) -> None:
    moving(session, road, state)
    sign_in(above)
    assert BUTTON not in client.get(page_of(road)).text
    status, page = give(client, road, **TICKED)
    assert (status, "đang chuyển giữa hai bộ phận một cửa" in page) == (422, True)


def test_papers_that_were_still_to_go_need_not_and_the_desk_that_gave_it_is_named(
    client: FlaskClient, session: UnitOfWork, sign_in: SignIn, road: Road, above: StaffAccount
) -> None:
    transfer = moving(session, road, TransferState.WANTED)
    sign_in(above)
    assert give(client, road, **TICKED)[0] == 303
    session.expire_all()
    assert transfer.state == TransferState.CANCELLED
    desk = session.get_one(Desk, above.desk_id)
    told = session.scalars(select(Message.body).where(Message.template == "given_at_desk")).one()
    assert f"đã trao tại {desk.name}" in told
    noted = session.scalars(select(AuditEvent).where(AuditEvent.action == "result.given_here")).one()
    assert (noted.object_id, noted.detail) == (str(road.dossier.id), {"desk": desk.code})
    page = unescape(client.get(f"/theo-doi/{road.request.tracking_token}").text)
    assert f"Kết quả đã trao tại {desk.name}, bưu tá không mang đến nhà nữa" in page
    assert f"Kết quả đã trao tại {road.dossier.desk.name}" not in page


def test_what_was_given_out_of_a_visit_that_brings_other_results_is_told_as_given(
    client: FlaskClient, session: UnitOfWork, sign_in: SignIn, road: Road
) -> None:
    """The visit goes on for the other dossier alone: what the page says of this one cannot be read from it."""
    named = {"procedure": road.world.procedure, "desk": road.world.desk, "state": DossierState.IN_PROCESS}
    other = make_dossier(session, road.request, code=next_dossier_code(), **named)
    road.delivery.dossiers.append(other)
    session.flush()
    sign_in(road.world.clerk)
    assert give(client, road, **TICKED)[0] == 303
    session.expire_all()
    assert (road.delivery.state, road.delivery.dossiers) == (ErrandState.REQUESTED, [other])
    stories = {one.dossier_id: one for one in timeline(session, road.request, NOW).stories}
    given, waits = stories[road.dossier.id], stories[other.id]
    assert given.holder == f"Kết quả đã trao tại {road.world.desk.name}."
    assert given.next_actor == say(NEXT["nobody"], "vi")
    assert [step.key for step in given.steps][-1] == "given_at_desk"
    assert waits.next_actor != given.next_actor
    assert "given_at_desk" not in {step.key for step in waits.steps}
