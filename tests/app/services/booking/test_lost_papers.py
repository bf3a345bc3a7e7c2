"""The post has lost an envelope: its papers are wanted again, and fetched anew at the post's cost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.domain.dossier import DossierState
from app.domain.incident import IncidentKind, Verdict
from app.domain.parcel import ParcelPurpose
from app.models import Charge, Incident, Parcel
from app.services.custody.incidents import close_incident, open_incident
from app.services.desks.counting import count_papers
from app.services.desks.dossier_steps import move
from app.services.desks.handover import hand_over
from app.unit_of_work import UnitOfWork
from tests.app.services.booking.test_missing_papers import (
    GIVEN,
    MISSING,
    NOW,
    brought,
    counted,
    fetch,
    in_part,
    refused,
    story,
    wanted,
)
from tests.factories.custody import TICKS, Road, collected, counting, handing, make_road

LOST_AT = NOW - timedelta(hours=1)


def lose(session: UnitOfWork, road: Road, parcel: Parcel) -> Incident:
    office = road.world.office.id
    return open_incident(
        session, kind=IncidentKind.LOST, parcel_code=parcel.code, office_id=office, by="staff:1", now=LOST_AT
    )


@pytest.fixture
def road(session: UnitOfWork) -> Road:
    """The envelope with both papers was signed for at the door, and nobody knows where it is."""
    road = make_road(session)
    lose(session, road, collected(session, road))
    return road


def test_every_paper_of_a_lost_envelope_is_fetched_again(session: UnitOfWork, road: Road) -> None:
    assert fetch(session, road).only_lines == wanted(session, road) == [1, 3]


def test_they_are_fetched_at_the_posts_cost(session: UnitOfWork, road: Road) -> None:
    visit = fetch(session, road)
    session.flush()

    assert session.scalars(select(Charge).where(Charge.errand_id == visit.id)).all() == []


def test_what_the_citizen_never_gave_is_paid_for(session: UnitOfWork) -> None:
    road = make_road(session)
    lose(session, road, collected(session, road, papers={**TICKS, 3: MISSING}, taken_in_part=True))
    visit = fetch(session, road)
    session.flush()

    assert visit.only_lines == [1, 3]
    assert [one.amount for one in session.scalars(select(Charge).where(Charge.errand_id == visit.id))] == [26_000]


def test_the_citizens_page_offers_the_visit(session: UnitOfWork, road: Road) -> None:
    assert story(session, road).fetchable


def test_the_count_of_the_second_envelope_takes_the_dossier_in(session: UnitOfWork, road: Road) -> None:
    parcel = brought(session, road, fetch(session, road), TICKS)
    count_papers(session, counting(road, parcel, now=NOW + timedelta(days=1, hours=3)))

    assert (parcel.purpose, wanted(session, road), road.dossier.state) == (
        ParcelPurpose.SUPPLEMENT, [], DossierState.ACCEPTED
    )  # fmt: skip


def test_with_a_paper_still_lost_the_dossier_waits_for_it(session: UnitOfWork, road: Road) -> None:
    parcel = brought(session, road, fetch(session, road), {1: TICKS[1], 3: MISSING})
    count_papers(session, counting(road, parcel, now=NOW + timedelta(days=1, hours=3)))

    assert (wanted(session, road), road.dossier.state) == ([3], DossierState.PAPERS_WANTED)


def test_a_second_envelope_that_is_opened_before_the_first_takes_nothing_in(session: UnitOfWork) -> None:
    road = make_road(session)
    collected(session, road, papers={**TICKS, 3: MISSING}, taken_in_part=True)
    counted(session, road, brought(session, road, fetch(session, road), {3: GIVEN}))

    assert road.dossier.state == DossierState.REGISTERED


def test_an_envelope_that_was_found_again_is_not_fetched(session: UnitOfWork) -> None:
    road = make_road(session)
    incident = lose(session, road, collected(session, road))
    close_incident(session, incident.id, Verdict.FOUND, "trong tủ", "staff:1", NOW)

    assert refused(session, road) == "no_paper_missing"


def test_one_that_is_found_behind_the_second_takes_nothing_in_again(session: UnitOfWork) -> None:
    road = make_road(session)
    first = collected(session, road)
    incident = lose(session, road, first)
    second = brought(session, road, fetch(session, road), TICKS)
    count_papers(session, counting(road, second, now=NOW + timedelta(days=1, hours=3)))
    later = NOW + timedelta(days=2)
    move(session, road.dossier, DossierState.IN_PROCESS, by=road.by_clerk, at=later, now=later)
    close_incident(session, incident.id, Verdict.FOUND, "trong tủ", "staff:1", later)
    hand_over(session, handing(road, [first], road.safe, road.desk, now=later + timedelta(hours=1)))
    whole = {"dossier_code": None, "due_on": None, "now": later + timedelta(hours=2), "counts": {1: 1, 3: 0}}
    count_papers(session, counting(road, first, **whole))

    assert (wanted(session, road), road.dossier.state) == ([], DossierState.IN_PROCESS)


def test_an_envelope_whose_papers_were_taken_out_before_lacks_nothing(session: UnitOfWork) -> None:
    road = in_part(session)
    lose(session, road, session.scalars(select(Parcel)).one())

    assert wanted(session, road) == [3]
