"""One dossier, from the citizen's online submission to state 10, through real HTTP on both sides."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.domain.custody import Holder, Party
from app.domain.parcel import ParcelPurpose
from app.models import Parcel, Transfer
from app.queries.custody.verification import verify
from app.services.desks import transfers
from app.services.desks.bags import close_bag, open_bag
from app.services.desks.counting import count_papers
from app.services.desks.handover import hand_over
from app.services.desks.results import result_ready
from app.services.visits.delivery import deliver
from app.unit_of_work import UnitOfWork
from tests.crash.joined import town
from tests.crash.servers import until
from tests.factories.custody import delivering, handing, packing
from tests.factories.transfers import DeskRoad, bagging, counting_there, opening, packing_transfer, transfer_of

CODE = "H21.65-261124-00001"


@pytest.mark.timeout(180)
def test_a_dossier_goes_from_online_submission_to_state_ten() -> None:
    with town(between_desks=True) as place:
        place.submit(CODE, competent_desk=place.ids.there_code)
        until(lambda: place.state(CODE) == 1)

        place.bring_to_desk(CODE)
        until(lambda: place.theirs()[CODE] == 2)
        until(lambda: f"{CODE}-TG01" in place.items())

        def travel(session: UnitOfWork, way: DeskRoad) -> None:
            now = place.now()
            transfer: Transfer = transfer_of(session, way)
            parcel = transfers.pack(session, packing_transfer(way, transfer, now=now)).parcel
            assert parcel is not None
            bag = close_bag(session, bagging(way, [parcel], way.here, way.other, now=now))
            open_bag(session, opening(way, bag, [parcel], way.other, now=now))
            count_papers(session, counting_there(way, parcel, now=now))

        place.act(CODE, travel)
        until(lambda: place.theirs()[CODE] == 4)
        until(lambda: place.items().get(f"{CODE}-LC01") == "created")
        until(lambda: place.order_state(f"{CODE}-LC01") == "closed")

        place.sandbox.post("advance", {"items": False})
        until(lambda: place.state(CODE) == 9)

        def bring_home(session: UnitOfWork, way: DeskRoad) -> None:
            road, now = way.road, place.now()
            ready = packing(road, dossier=CODE, now=now, desk_id=way.there.id, by=way.by_other)
            result = result_ready(session, ready)
            hub = Party(Holder.OFFICE_SAFE, str(way.hub.id))
            hand_over(session, handing(road, [result], way.other, hub, now=now, confirmed_by=way.by_other))
            bag = close_bag(session, bagging(way, [result], hub, road.safe, now=now))
            open_bag(session, opening(way, bag, [result], road.safe, now=now))
            hand_over(session, handing(road, [result], road.safe, road.courier, now=now))
            deliver(session, delivering(road, now=now), place.keys)

        place.act(CODE, bring_home)
        until(lambda: place.theirs()[CODE] == 10)
        until(lambda: f"{CODE}-KQ01" in place.items())

        held = next(one for one in place.sandbox.get("dossiers") if one["code"] == CODE)
        assert [state for state, _ in held["steps"]] == [1, 2, 4, 9, 10]
        with place.database.transaction() as session:
            mine = select(Parcel).where(Parcel.purpose == ParcelPurpose.RESULT)
            assert [parcel.holder for parcel in session.scalars(mine)] == [Holder.CITIZEN]
            assert verify(session, place.keys).clean
