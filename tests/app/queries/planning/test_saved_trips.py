"""The journey spared: geopy's ellipsoid metres on both sides of the subtraction."""

from __future__ import annotations

import pytest
from geopy.distance import geodesic

from app.domain.commands import PublishPlan
from app.models import Errand
from app.queries.planning.saved_trips import DETOUR, spared_journey, spared_journeys
from app.services.planning import publish
from app.unit_of_work import UnitOfWork
from tests.factories.office import make_desk, make_unit
from tests.factories.planning import make_day, make_plan
from tests.factories.procedure import make_procedure
from tests.factories.request import make_dossier, make_errand
from tests.factories.times import NOW


def road_m(errand: Errand, lon: float, lat: float) -> int:
    return int(0.5 + geodesic((errand.place.lat, errand.place.lon), (lat, lon)).meters * DETOUR)


def test_gross_is_the_way_there_and_back_and_net_takes_off_the_couriers_share(session: UnitOfWork) -> None:
    (errand,) = make_day(session, errands=1).errands
    plan = make_plan(session)
    desk = errand.dossiers[0].competent_desk
    journey = spared_journeys(session, plan.id, [errand.id])[errand.id]
    assert journey.gross_m == 2 * road_m(errand, desk.lon, desk.lat)
    assert journey.marginal_m == plan.routes[0].distance_m
    # desk and office stand together here, and the courier rode for this visit alone: nothing is spared on the road
    assert journey.net_m == pytest.approx(0, abs=2)


def test_a_bound_procedure_counts_its_competent_desk_and_a_free_one_the_nearest(session: UnitOfWork) -> None:
    (errand,) = make_day(session, errands=1).errands
    near = errand.dossiers[0].competent_desk
    far = make_desk(session, unit=make_unit(session, lon=109.0, lat=13.9))
    errand.dossiers[0].competent_desk = far
    session.flush()
    plan = make_plan(session)
    assert spared_journeys(session, plan.id, [errand.id])[errand.id].one_way_m == road_m(errand, far.lon, far.lat)
    errand.dossiers[0].procedure = make_procedure(session, boundary_free=True)
    session.flush()
    assert spared_journeys(session, plan.id, [errand.id])[errand.id].one_way_m == road_m(errand, near.lon, near.lat)


def test_a_visit_that_costs_more_road_than_it_spares_is_shown_as_it_is(session: UnitOfWork) -> None:
    (errand,) = make_day(session, errands=1).errands
    errand.dossiers[0].competent_desk = make_desk(
        session, unit=make_unit(session, lon=errand.place.lon, lat=errand.place.lat)
    )
    session.flush()
    plan = make_plan(session)
    journey = spared_journeys(session, plan.id, [errand.id])[errand.id]
    assert journey.net_m == -plan.routes[0].distance_m


def test_before_publication_nothing_is_claimed(session: UnitOfWork) -> None:
    (errand,) = make_day(session, errands=1).errands
    plan = make_plan(session)
    assert spared_journey(session, errand.id) is None
    publish(session, PublishPlan(plan.id, by="staff:1", now=NOW))
    assert spared_journey(session, errand.id) == spared_journeys(session, plan.id, [errand.id])[errand.id]


def test_of_a_plan_in_force_for_one_office_nothing_is_claimed_for_another(session: UnitOfWork) -> None:
    day = make_day(session, offices=2, errands=1)
    plan = make_plan(session)
    publish(session, PublishPlan(plan.id, by="staff:1", now=NOW), office_ids=[day.offices[0].id])
    known = {errand.office_id: spared_journey(session, errand.id) is not None for errand in day.errands}
    assert known == {day.offices[0].id: True, day.offices[1].id: False}


def test_a_doors_marginal_way_is_shared_by_the_errands_done_there(session: UnitOfWork) -> None:
    (first,) = make_day(session, errands=1).errands
    dossier = make_dossier(session, first.request)
    second = make_errand(session, first.request, dossiers=[dossier], office=first.office)
    plan = make_plan(session)
    journeys = spared_journeys(session, plan.id, [first.id, second.id])
    assert [journey.marginal_m for journey in journeys.values()] == [round(plan.routes[0].distance_m / 2)] * 2
