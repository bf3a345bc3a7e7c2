"""A dossier between two desks: at every hop one holder, one sub-state, one owner of the due date."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.custody import Holder, Party
from app.domain.dossier import DossierState
from app.domain.errand import ErrandState
from app.domain.errors import DomainError
from app.domain.parcel import PaperState, ParcelPurpose
from app.domain.transfer import DueOwner, TransferKind, TransferState, due_owner
from app.models import AuditEvent, DossierStep, Incident, Message, Parcel, Transfer
from app.queries.custody.verification import verify
from app.queries.desks.transfers import older_transfers
from app.queries.tracking.timeline import timeline
from app.services.desks import dossier_steps, transfers
from app.services.desks.bags import close_bag, open_bag
from app.services.desks.counting import count_papers
from app.services.desks.handover import hand_over
from app.services.visits.delivery import deliver
from app.unit_of_work import UnitOfWork
from tests.factories import KEYS, NOW
from tests.factories.custody import delivering, handing, next_seal
from tests.factories.transfers import (
    COUNTED_AT,
    DeskRoad,
    bagging,
    carried,
    counting_there,
    decided,
    local,
    make_desk_road,
    make_round,
    opening,
    packed,
    packing_transfer,
    received,
    transfer_of,
)

Stand = tuple[Party, int, int | None, DueOwner, date | None]


def stands(session: Session, way: DeskRoad, parcel: Parcel) -> Stand:
    """Who holds the envelope, the state and sub-state, who owns the due date, and which."""
    session.flush()
    dossier = way.road.dossier
    between, sent_on = dossier.desk_id != dossier.competent_desk_id, dossier.sent_on_at is not None
    owner = due_owner(dossier.state, between_desks=between, sent_on=sent_on)
    return Party(parcel.holder, parcel.holder_id), dossier.state, dossier.sub_state, owner, dossier.due_on


def told(session: Session, way: DeskRoad) -> list[tuple[int, int | None]]:
    """What the one-stop exchange is told of, step by step."""
    mine = select(DossierStep).where(DossierStep.dossier_id == way.road.dossier.id).order_by(DossierStep.id)
    return [(step.state, step.sub_state) for step in session.scalars(mine)]


def says(session: Session, way: DeskRoad) -> str:
    """Where the papers are, in the citizen's words."""
    session.flush()
    session.expire_all()
    return timeline(session, way.road.request, NOW).stories[0].holder


def in_bag(parcel: Parcel, bag_code: str) -> Party:
    assert parcel.holder is Holder.BAG
    return Party(Holder.BAG, bag_code)


def test_a_boundary_free_dossier_hop_by_hop(session: UnitOfWork) -> None:
    """Received at one commune for another; the slip promised a day; the result goes home through the other desk's office."""
    way, promised = make_desk_road(session), date(2026, 12, 4)
    here, there, owns_here, owns_there = way.here, way.other, DueOwner.RECEIVING, DueOwner.COMPETENT
    make_round(session, (here, "07:30"), (there, "09:15"))

    transfer = received(session, way, due_on=promised)
    first = session.scalars(select(Parcel).where(Parcel.dossier_id == way.road.dossier.id)).one()
    assert (transfer.kind, transfer.state) == (TransferKind.BOUNDARY_FREE, TransferState.WANTED)
    assert stands(session, way, first) == (here, 2, 1, owns_here, promised)
    assert says(session, way) == f"{way.road.world.desk.name} đang giữ hồ sơ, sẽ chuyển đến {way.there.name}."

    parcel = transfers.pack(session, packing_transfer(way, transfer)).parcel
    assert parcel is not None
    assert stands(session, way, parcel) == (here, 2, 1, owns_here, promised)
    assert [(paper.line, paper.count, paper.state) for paper in parcel.papers] == [
        (1, 1, PaperState.IN_PARCEL),
        (3, 2, PaperState.IN_PARCEL),
    ]

    bag = close_bag(session, bagging(way, [parcel], here, there))
    assert stands(session, way, parcel) == (in_bag(parcel, bag.code), 2, 4, owns_here, promised)
    assert (transfer.state, transfer.expected_at) == (TransferState.UNDER_WAY, local(2, 9, 15))
    assert says(session, way).endswith("dự kiến đến lúc 09:15 02/12/2026.")

    open_bag(session, opening(way, bag, [parcel], there))
    assert stands(session, way, parcel) == (there, 2, 4, owns_here, promised)
    assert transfer.state == TransferState.ARRIVED

    count_papers(session, counting_there(way, parcel))
    assert stands(session, way, parcel) == (there, 4, 2, owns_there, promised)
    assert {paper.state for paper in parcel.papers} == {PaperState.TAKEN_OUT}

    result = decided(session, way)
    assert stands(session, way, result) == (there, 9, 2, DueOwner.NOBODY, promised)

    hub = Party(Holder.OFFICE_SAFE, str(way.hub.id))
    since = COUNTED_AT + timedelta(days=2, hours=1)
    hand_over(session, handing(way.road, [result], there, hub, now=since, confirmed_by=way.by_other))
    assert stands(session, way, result)[0] == hub
    ride = bagging(way, [result], hub, way.road.safe, now=since + timedelta(hours=1))
    home = close_bag(session, ride)
    open_bag(session, opening(way, home, [result], way.road.safe, now=since + timedelta(hours=17)))
    assert way.road.delivery.state is ErrandState.SCHEDULED
    go_home(session, way, result, since + timedelta(hours=20))

    assert stands(session, way, result) == (Party(Holder.CITIZEN), 10, 3, DueOwner.NOBODY, promised)
    assert told(session, way) == [(2, 1), (2, 4), (4, 2), (9, 2), (10, 3)]
    assert verify(session, KEYS).clean


def go_home(session: UnitOfWork, way: DeskRoad, result: Parcel, since: object) -> None:
    road = way.road
    hand_over(session, handing(road, [result], road.safe, road.courier, now=since))
    road.delivery.state = ErrandState.PLANNED
    deliver(session, delivering(road, now=since + timedelta(hours=1)), KEYS)  # type: ignore[operator]  # a moment


def test_a_vertical_dossier_hop_by_hop(session: UnitOfWork) -> None:
    """Received at the commune, sent on to the province, where its time starts; the paper follows; the result comes back."""
    way = make_desk_road(session, "province")
    here, there, sent_at = way.here, way.other, COUNTED_AT + timedelta(minutes=30)
    due = date(2026, 12, 4)  # three working days after Tuesday

    transfer = received(session, way)
    first = session.scalars(select(Parcel).where(Parcel.dossier_id == way.road.dossier.id)).one()
    assert transfer.kind == TransferKind.VERTICAL
    assert stands(session, way, first) == (here, 2, 1, DueOwner.RECEIVING, None)

    transfers.send_on(session, transfer.id, way.road.world.desk.id, way.road.by_clerk, sent_at)
    assert stands(session, way, first) == (here, 2, 4, DueOwner.COMPETENT, due)
    assert way.road.dossier.sent_on_at == sent_at

    parcel = transfers.pack(session, packing_transfer(way, transfer)).parcel
    assert parcel is not None
    assert stands(session, way, parcel) == (here, 2, 4, DueOwner.COMPETENT, due)

    bag = close_bag(session, bagging(way, [parcel], here, there))
    assert stands(session, way, parcel) == (in_bag(parcel, bag.code), 2, 4, DueOwner.COMPETENT, due)

    open_bag(session, opening(way, bag, [parcel], there))
    assert stands(session, way, parcel) == (there, 2, 4, DueOwner.COMPETENT, due)

    count_papers(session, counting_there(way, parcel))
    assert stands(session, way, parcel) == (there, 4, 2, DueOwner.COMPETENT, due)

    result = decided(session, way)
    back = transfers.send_result_back(session, result.code, way.there.id, way.by_other, COUNTED_AT + timedelta(days=2))
    assert (back.kind, back.state) == (TransferKind.RESULT_BACK, TransferState.PACKED)
    assert stands(session, way, result) == (there, 9, 2, DueOwner.NOBODY, due)

    since = COUNTED_AT + timedelta(days=2, hours=1)
    down = close_bag(session, bagging(way, [result], there, here, now=since))
    assert stands(session, way, result) == (in_bag(result, down.code), 9, 2, DueOwner.NOBODY, due)
    assert "đang trên đường" in says(session, way)
    open_bag(session, opening(way, down, [result], here, now=since + timedelta(hours=18)))
    assert stands(session, way, result) == (here, 9, 2, DueOwner.NOBODY, due)
    assert back.state == TransferState.ARRIVED

    hand_over(session, handing(way.road, [result], here, way.road.safe, now=since + timedelta(hours=19)))
    assert way.road.delivery.state is ErrandState.SCHEDULED
    go_home(session, way, result, since + timedelta(hours=40))
    assert stands(session, way, result) == (Party(Holder.CITIZEN), 10, 3, DueOwner.NOBODY, due)
    assert told(session, way) == [(2, 1), (2, 4), (4, 2), (9, 2), (10, 3)]
    assert verify(session, KEYS).clean


def test_the_citizen_is_told_the_day_once_the_province_has_the_dossier(session: UnitOfWork) -> None:
    way = make_desk_road(session, "province")
    transfer = received(session, way)

    for _ in range(2):
        transfers.send_on(session, transfer.id, way.road.world.desk.id, way.road.by_clerk, COUNTED_AT)

    wanted = select(Message.body).where(Message.template == "accepted_until")
    (body,) = session.scalars(wanted).all()
    assert "04/12/2026" in body


def test_the_paper_of_a_vertical_dossier_does_not_go_before_its_scan(session: UnitOfWork) -> None:
    way = make_desk_road(session, "province")
    transfer = received(session, way)

    with pytest.raises(DomainError) as refused:
        transfers.pack(session, packing_transfer(way, transfer))

    assert refused.value.code == "not_sent_on"
    assert transfer.parcel is None


def test_a_date_on_the_slip_stands_when_the_dossier_is_sent_on(session: UnitOfWork) -> None:
    way = make_desk_road(session, "province")
    transfer = received(session, way, due_on=date(2026, 12, 9))

    transfers.send_on(session, transfer.id, way.road.world.desk.id, way.road.by_clerk, COUNTED_AT)

    assert way.road.dossier.due_on == date(2026, 12, 9)


def test_what_got_lost_between_the_desks_is_looked_for_and_not_asked_of_the_citizen(session: UnitOfWork) -> None:
    way = make_desk_road(session)
    parcel = packed(session, way)
    carried(session, way, parcel)

    count_papers(session, counting_there(way, parcel, counts={1: 1, 3: 1}))

    incident = session.scalars(select(Incident)).one()
    assert (incident.kind, incident.parcel_code) == ("papers_short", parcel.code)
    assert stands(session, way, parcel)[1:3] == (DossierState.ACCEPTED, 4)
    assert not session.scalars(select(Message).where(Message.template == "papers_wanted")).all()

    transfers.take_in(session, transfer_of(session, way).id, way.there.id, way.by_other, COUNTED_AT + timedelta(days=1))
    assert stands(session, way, parcel)[1:4] == (DossierState.IN_PROCESS, 2, DueOwner.COMPETENT)


def test_a_parcel_missing_from_the_bag_stays_under_way_with_its_incident(session: UnitOfWork) -> None:
    way = make_desk_road(session)
    parcel = packed(session, way)
    bag = close_bag(session, bagging(way, [parcel], way.here, way.other))

    open_bag(session, opening(way, bag, [], way.other))

    assert transfer_of(session, way).state == TransferState.UNDER_WAY
    assert stands(session, way, parcel)[0] == Party(Holder.BAG, bag.code)
    assert session.scalars(select(Incident.kind)).all() == ["missing_from_bag"]


@pytest.mark.parametrize("state", [DossierState.REFUSED, DossierState.WITHDRAWN, DossierState.STOPPED])
def test_a_dossier_that_ends_calls_its_transfer_off(session: UnitOfWork, state: DossierState) -> None:
    way = make_desk_road(session)
    transfer = received(session, way)

    dossier_steps.move(session, way.road.dossier, state, by=way.road.by_clerk, at=COUNTED_AT, now=COUNTED_AT)

    assert transfer.state == TransferState.CANCELLED
    with pytest.raises(DomainError) as refused:
        transfers.pack(session, packing_transfer(way, transfer))
    assert refused.value.code == "transfer_over"


def test_a_transfer_that_was_only_wanted_ends_with_the_result_that_the_agency_says_is_given(
    session: UnitOfWork,
) -> None:
    way = make_desk_road(session)
    transfer = received(session, way)
    dossier = way.road.dossier

    returned = DossierState.RESULT_RETURNED
    dossier_steps.move(session, dossier, returned, by="partner:1", at=COUNTED_AT, now=COUNTED_AT)

    assert transfer.state == TransferState.CANCELLED
    told = select(AuditEvent.detail).where(AuditEvent.action == "transfer.cancelled")
    assert session.scalars(told).all() == [{"reason": f"dossier_state_{returned.value}"}]
    (line,) = older_transfers(session, transfer.from_desk_id, COUNTED_AT, 1).lines
    assert (line.transfer.id, line.ended_by) == (transfer.id, returned)


def test_an_envelope_that_is_packed_still_goes_where_its_papers_belong(session: UnitOfWork) -> None:
    way = make_desk_road(session)
    packed(session, way)
    dossier_steps.move(
        session, way.road.dossier, DossierState.RESULT_RETURNED, by="staff:1", at=COUNTED_AT, now=COUNTED_AT
    )
    assert transfer_of(session, way).state == TransferState.PACKED


def test_a_refused_dossier_that_was_packed_is_opened_where_it_lies(session: UnitOfWork) -> None:
    way = make_desk_road(session)
    parcel = packed(session, way)
    dossier_steps.move(session, way.road.dossier, DossierState.REFUSED, by="staff:1", at=COUNTED_AT, now=COUNTED_AT)

    count_papers(session, counting_there(way, parcel, desk_id=way.road.world.desk.id, by=way.road.by_clerk))

    assert way.road.dossier.state == DossierState.REFUSED
    assert {paper.state for paper in parcel.papers} == {PaperState.TAKEN_OUT}


def test_papers_on_the_road_arrive_though_the_dossier_was_withdrawn(session: UnitOfWork) -> None:
    way = make_desk_road(session)
    parcel = packed(session, way)
    bag = close_bag(session, bagging(way, [parcel], way.here, way.other))
    dossier_steps.move(session, way.road.dossier, DossierState.WITHDRAWN, by="staff:1", at=COUNTED_AT, now=COUNTED_AT)

    open_bag(session, opening(way, bag, [parcel], way.other))
    count_papers(session, counting_there(way, parcel))

    assert transfer_of(session, way).state == TransferState.ARRIVED
    assert way.road.dossier.state == DossierState.WITHDRAWN


def test_a_dossier_of_its_own_desk_goes_nowhere(session: UnitOfWork) -> None:
    way = make_desk_road(session)
    way.road.dossier.competent_desk = way.road.dossier.desk
    session.flush()

    assert received(session, way) is None
    assert told(session, way) == [(2, None)]


def test_an_electronic_dossier_is_at_the_competent_desk_at_once(session: UnitOfWork) -> None:
    way = make_desk_road(session, channel="2")

    dossier_steps.learn(session, way.road.dossier, 2, by="partner:1", at=COUNTED_AT, now=COUNTED_AT)

    assert transfer_of(session, way) is None
    assert way.road.dossier.sent_on_at == COUNTED_AT


def test_papers_handed_in_at_the_counter_are_packed_as_the_clerk_counts_them(session: UnitOfWork) -> None:
    way = make_desk_road(session, channel="1")
    way.road.dossier.code = "H21.65-261201-0001"
    dossier_steps.learn(session, way.road.dossier, 2, by="partner:1", at=COUNTED_AT, now=COUNTED_AT)

    parcel = transfers.pack(session, packing_transfer(way, transfer_of(session, way), counts={1: 2})).parcel

    assert parcel is not None
    assert [(paper.line, paper.count) for paper in parcel.papers] == [(1, 2)]


def test_a_second_press_packs_no_second_envelope(session: UnitOfWork) -> None:
    way = make_desk_road(session)
    command = packing_transfer(way, received(session, way))

    first, again = transfers.pack(session, command), transfers.pack(session, command)

    assert first is again
    packed_once = select(Parcel).where(Parcel.purpose == ParcelPurpose.TRANSFER)
    assert len(session.scalars(packed_once).all()) == 1
    with pytest.raises(DomainError) as refused:
        transfers.pack(session, packing_transfer(way, first, seal_number=next_seal()))
    assert refused.value.code == "transfer_packed"


def test_another_desk_neither_sends_nor_packs(session: UnitOfWork) -> None:
    way = make_desk_road(session)
    transfer = received(session, way)

    with pytest.raises(DomainError, match="not_found"):
        transfers.send_on(session, transfer.id, way.there.id, way.by_other, COUNTED_AT)
    with pytest.raises(DomainError, match="not_found"):
        transfers.pack(session, packing_transfer(way, transfer, desk_id=way.there.id))


def test_by_way_of_an_office_the_last_bag_tells_the_hour(session: UnitOfWork) -> None:
    way = make_desk_road(session)
    parcel = packed(session, way)
    hub, half = Party(Holder.OFFICE_SAFE, str(way.road.world.office.id)), COUNTED_AT + timedelta(hours=2)
    make_round(session, (hub, "18:00"), (way.other, "19:40"))

    hand_over(session, handing(way.road, [parcel], way.here, hub, now=half))
    transfer: Transfer = transfer_of(session, way)
    assert (transfer.state, transfer.expected_at) == (TransferState.UNDER_WAY, None)
    close_bag(session, bagging(way, [parcel], hub, way.other, now=half))

    assert transfer.expected_at == local(1, 19, 40)


def test_only_a_result_of_another_desks_dossier_goes_back(session: UnitOfWork) -> None:
    way = make_desk_road(session)
    parcel = packed(session, way)

    with pytest.raises(DomainError) as refused:
        transfers.send_result_back(session, parcel.code, way.road.world.desk.id, way.road.by_clerk, COUNTED_AT)

    assert refused.value.code == "not_a_result_of_others"
