"""The whole road of one dossier through the services."""

from __future__ import annotations

from app.domain.custody import Holder
from app.domain.dossier import DossierState
from app.domain.errand import ErrandState
from app.domain.parcel import PaperState, ParcelPurpose
from app.models import Parcel
from app.queries.tracking.timeline import timeline
from app.unit_of_work import UnitOfWork
from tests.factories import NOW
from tests.factories.custody import delivered, make_road, parcels_of, result_out


def holders(parcel: Parcel) -> tuple[Holder, bool]:
    return parcel.holder, parcel.gap


def test_a_dossier_travels_to_the_desk_and_its_result_comes_home(session: UnitOfWork) -> None:
    road = make_road(session)

    attempt = delivered(session, road)

    (dossier,) = parcels_of(session, road, ParcelPurpose.DOSSIER)
    (result,) = parcels_of(session, road, ParcelPurpose.RESULT)
    assert holders(dossier) == (Holder.DESK, False)
    assert holders(result) == (Holder.CITIZEN, False)
    assert [paper.state for paper in dossier.papers] == [PaperState.TAKEN_OUT, PaperState.TAKEN_OUT]
    assert (road.collection.state, road.delivery.state) == (ErrandState.DONE, ErrandState.DONE)
    assert road.dossier.state == DossierState.RESULT_RETURNED
    assert attempt.outcome == "DONE"
    assert road.request.tracking_until is not None


def test_the_delivery_gets_a_slot_when_its_result_reaches_the_office(session: UnitOfWork) -> None:
    road = make_road(session)

    result_out(session, road)

    assert road.delivery.state is ErrandState.SCHEDULED
    assert road.delivery.slot is not None


def test_the_timeline_names_every_step_the_holder_and_the_next_actor(session: UnitOfWork) -> None:
    road = make_road(session)
    delivered(session, road)

    (story,) = timeline(session, road.request, NOW).stories

    keys = [step.key for step in story.steps]
    assert keys == [
        "booked",
        "collection_scheduled",
        "collected",
        "dossier_at_office",
        "handed_to_desk",
        "accepted_until",
        "result_ready",
        "result_at_office",
        "delivery_scheduled",
        "result_out",
        "delivered_unconfirmed",
    ]
