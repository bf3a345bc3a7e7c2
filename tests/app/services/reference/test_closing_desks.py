"""What a desk leaves behind when it closes: envelopes it has opened, what is on its way there, and who goes on with them."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from app.domain.closing import Unfinished
from app.domain.custody import Holder
from app.domain.dossier import DossierState
from app.domain.errors import DomainError
from app.domain.parcel import ParcelPurpose
from app.models import Desk, Parcel, StaffAccount
from app.queries.desks.under_way import under_way
from app.services.desks import dossier_steps, transfers
from app.services.desks.bags import close_bag, open_bag
from app.services.desks.counting import count_papers
from app.services.reference.closing import close_place, reopen_place
from app.texts import explain
from app.unit_of_work import UnitOfWork
from tests.factories import DAY, NOW, make_desk, make_dossier, make_errand
from tests.factories.custody import at_desk, counting, make_road, next_dossier_code
from tests.factories.links import make_order
from tests.factories.planning import make_parcel
from tests.factories.transfers import (
    COUNTED_AT,
    bagging,
    carried,
    counting_there,
    make_desk_road,
    opening,
    packed,
    transfer_of,
)

BY = "staff:1"


def left_at(session: UnitOfWork, desk: Desk) -> dict[Unfinished, int]:
    return {one.what: one.count for one in under_way(session, desk, DAY) if one.what is not Unfinished.PEOPLE}


def test_an_envelope_that_was_opened_lies_at_no_desk_any_more(session: UnitOfWork) -> None:
    road = make_road(session, state=DossierState.REGISTERED)
    parcel = at_desk(session, road)
    desk = road.dossier.desk
    assert left_at(session, desk)[Unfinished.PAPERS] == 1
    count_papers(session, counting(road, parcel))
    assert (parcel.holder, parcel.holder_id) == (Holder.DESK, str(desk.id))
    assert Unfinished.PAPERS not in left_at(session, desk)


def short_by_one(parcel: Parcel) -> dict[int, int]:
    return {paper.line: paper.count - (position == 0) for position, paper in enumerate(parcel.papers)}


@pytest.mark.parametrize("opened_again", [False, True])
def test_opened_papers_go_with_the_dossier_and_are_sent_on_by_who_took_over(
    session: UnitOfWork, opened_again: bool
) -> None:
    way = make_desk_road(session)
    dossier, heir = way.road.dossier, make_desk(session)
    desk = dossier.desk
    parcel = at_desk(session, way.road)
    count_papers(session, counting(way.road, parcel, due_on=None, counts=short_by_one(parcel)))
    assert dossier.state == DossierState.PAPERS_WANTED
    session.execute(update(StaffAccount).where(StaffAccount.desk_id == desk.id).values(active=False))
    close_place(session, desk, heir, BY, NOW)
    if opened_again:
        reopen_place(session, desk, BY, NOW)
    session.expire_all()
    dossier_steps.move(session, dossier, DossierState.ACCEPTED, by=BY, at=COUNTED_AT, now=COUNTED_AT)
    session.flush()
    transfer = transfer_of(session, way)
    assert (transfer.from_desk_id, transfer.to_desk_id) == (heir.id, way.there.id)
    assert dossier.sent_on_at is None


def test_a_desk_that_found_papers_short_says_first_that_it_goes_on(session: UnitOfWork) -> None:
    way = make_desk_road(session)
    parcel = packed(session, way)
    carried(session, way, parcel)
    count_papers(session, counting_there(way, parcel, counts=short_by_one(parcel)))
    session.flush()
    assert left_at(session, way.there)[Unfinished.TRANSFERS] == 1
    transfers.take_in(session, transfer_of(session, way).id, way.there.id, way.by_other, COUNTED_AT)
    session.flush()
    assert Unfinished.TRANSFERS not in left_at(session, way.there)


@pytest.mark.parametrize("holder", [Holder.COURIER, Holder.OFFICE_SAFE, Holder.BAG, Holder.CARRIER])
@pytest.mark.parametrize("purpose", [ParcelPurpose.DOSSIER, ParcelPurpose.PAPERS_DUE, ParcelPurpose.SUPPLEMENT])
def test_originals_on_the_road_hold_their_desk_open_whatever_became_of_the_dossier(
    session: UnitOfWork, holder: Holder, purpose: ParcelPurpose
) -> None:
    errand = make_errand(session)
    dossier = errand.dossiers[0]
    dossier.state = DossierState.RESULT_RETURNED
    parcel = make_parcel(session, errand, purpose=purpose, holder=holder, holder_id="1")
    with pytest.raises(DomainError, match="place_busy") as refusal:
        close_place(session, dossier.desk, make_desk(session), BY, NOW)
    assert "1 phong bì đang trên đường đến đây" in explain(refusal.value)
    assert left_at(session, dossier.desk) == {Unfinished.ON_THE_ROAD: 1}
    parcel.purpose = ParcelPurpose.RESULT  # on its way from here
    session.flush()
    assert left_at(session, dossier.desk) == {}


def test_papers_packed_again_hold_the_desk_open_that_decides(session: UnitOfWork) -> None:
    way = make_desk_road(session)
    parcel = packed(session, way)
    bag = close_bag(session, bagging(way, [parcel], way.here, way.other))
    assert left_at(session, way.there)[Unfinished.ON_THE_ROAD] == 1
    assert Unfinished.ON_THE_ROAD not in left_at(session, way.road.dossier.desk)
    open_bag(session, opening(way, bag, [parcel], way.other))
    session.flush()
    assert Unfinished.ON_THE_ROAD not in left_at(session, way.there)


@pytest.mark.parametrize(("purpose", "decides_too"), [("TG", False), ("KQ", True)])
def test_an_order_that_a_carrier_still_carries_out_holds_its_desks_open(
    session: UnitOfWork, purpose: str, decides_too: bool
) -> None:
    decides = make_desk(session)
    dossier = make_dossier(
        session,
        competent_desk=decides,
        competent_desk_id=decides.id,
        code=next_dossier_code(),
        state=DossierState.RESULT_RETURNED,
    )
    order = make_order(session, dossier, purpose=purpose, executed_by="carrier", state="placed")
    held = {Unfinished.ORDERS: 1}
    assert left_at(session, dossier.desk) == held
    assert left_at(session, decides) == (held if decides_too else {})
    order.state = "closed"
    session.flush()
    assert left_at(session, dossier.desk) == {}
    order.state, order.executed_by = "placed", "own"  # for accounting: our own envelopes tell
    session.flush()
    assert left_at(session, dossier.desk) == {}
