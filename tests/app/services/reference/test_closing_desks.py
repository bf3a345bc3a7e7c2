"""What a desk leaves behind when it closes: envelopes it has opened, what is on its way there, and who goes on with them."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from app.domain.closing import Unfinished
from app.domain.custody import Holder
from app.domain.dossier import DossierState
from app.models import Desk, Parcel, StaffAccount
from app.queries.desks.under_way import under_way
from app.services.desks import dossier_steps, transfers
from app.services.desks.counting import count_papers
from app.services.reference.closing import close_place, reopen_place
from app.unit_of_work import UnitOfWork
from tests.factories import DAY, NOW, make_desk
from tests.factories.custody import at_desk, counting, make_road
from tests.factories.transfers import COUNTED_AT, carried, counting_there, make_desk_road, packed, transfer_of

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
