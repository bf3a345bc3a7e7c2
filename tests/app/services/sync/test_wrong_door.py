"""The wrong envelope at the right door: a hole in its story, a task of both offices, and no word of where it is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.domain.custody import Holder
from app.domain.errand import ErrandState
from app.domain.incident import IncidentKind, Verdict
from app.models import CustodyGap, Incident, Parcel
from app.queries.tracking.timeline import timeline
from app.services.custody.incidents import close_incident
from app.services.desks.handover import hand_over
from app.unit_of_work import UnitOfWork
from tests.app.services.sync.street import K, Street, bring_result, codes, deliver, with_courier
from tests.factories import NOW, make_world
from tests.factories import operations as say
from tests.factories.custody import Road, handing, make_road, result_out


@pytest.fixture
def neighbour(session: UnitOfWork, street: Street) -> tuple[Road, Parcel]:
    """Another office's household, whose result this courier has in the bag, too."""
    road = make_road(session, with_courier(session, make_world(session)))
    parcel = result_out(session, road)
    later = street.now + timedelta(days=2) - timedelta(minutes=5)
    hand_over(session, handing(road, [parcel], road.courier, street.road.courier, now=later))
    return road, parcel


def swap(street: Street, code: str) -> dict[str, object]:
    files = say.proof_of_delivery(street.phone.random)
    street.record(K.DELIVERED, say.delivered([code]), street.road.delivery, files=files)
    return street.one()


def test_the_wrong_envelope_opens_a_gap_and_is_a_task_of_both_offices(
    street: Street, session: UnitOfWork, neighbour: tuple[Road, Parcel]
) -> None:
    own = bring_result(street)
    road, other = neighbour

    answer = swap(street, other.code)

    assert {"wrong_envelope", "parcels_left"} <= set(codes(answer))
    assert other.gap
    assert session.scalars(select(CustodyGap.parcel_id).where(CustodyGap.closed_at.is_(None))).all() == [other.id]
    told = session.execute(select(Incident.kind, Incident.office_id, Incident.parcel_code)).all()
    offices = {street.road.world.office.id, road.world.office.id}
    assert {tuple(row) for row in told} == {(IncidentKind.WRONG_DOOR, office, other.code) for office in offices}
    left = session.scalars(select(Parcel).where(Parcel.code == own)).one()
    assert left.holder is Holder.COURIER
    assert street.road.delivery.state is not ErrandState.DONE
    assert road.delivery.state is not ErrandState.DONE


def test_each_citizen_s_page_says_what_is_known_of_his_own_and_never_where_it_is(
    street: Street, session: UnitOfWork, neighbour: tuple[Road, Parcel]
) -> None:
    bring_result(street)
    road, other = neighbour
    swap(street, other.code)
    theirs = timeline(session, road.dossier.request, NOW).stories[0]
    assert theirs.gap
    assert theirs.holder == f"Bưu điện đang kiểm tra phong bì {other.code} hiện ở đâu."
    mine = timeline(session, street.road.dossier.request, NOW)
    said = " ".join([mine.stories[0].holder, mine.stories[0].next_actor, *(step.text for step in mine.steps)])
    assert other.code not in said
    assert "đã trao tận tay" not in said


def test_brought_back_into_the_safe_the_hole_is_closed(
    street: Street, session: UnitOfWork, neighbour: tuple[Road, Parcel]
) -> None:
    bring_result(street)
    _road, other = neighbour
    swap(street, other.code)
    incident = session.scalars(select(Incident.id).order_by(Incident.id)).all()[0]
    close_incident(session, incident, Verdict.FOUND, "đã đổi lại ở nhà dân", "staff:1", street.now)
    assert (other.holder, other.gap) == (Holder.OFFICE_SAFE, False)


@pytest.mark.parametrize("listed", [True, False])
def test_what_was_not_scanned_is_applied_and_says_so(street: Street, *, listed: bool) -> None:
    """As apps of before tell it: the codes of their list, or none."""
    own = bring_result(street)
    said = say.delivered([own] if listed else [])
    del said["scanned"]
    street.record(K.DELIVERED, said, street.road.delivery, files=say.proof_of_delivery(street.phone.random))
    answer = street.one()
    assert (answer["result"], "envelope_not_scanned" in codes(answer)) == ("applied", True)
    assert street.road.delivery.state is ErrandState.DONE


def test_a_scanned_envelope_is_no_question(street: Street) -> None:
    deliver(street, bring_result(street))
    assert "envelope_not_scanned" not in codes(street.one())
